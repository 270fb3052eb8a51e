"""The buyer of a posting, as its marketplace gives the data: now less of it, now more."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.flow.recipients import address_checks
from hub.plugin_api.models import Posting, Recipient
from hub.store import Transaction, rows

_IN_FULL = tuple(name for name in Recipient.__struct_fields__ if name not in ("name", "address", "identity"))
"""Fields of the buyer that only the single read may have."""


def keep_recipient(tx: Transaction, posting_id: str, posting: Posting, now: datetime) -> bool:
    """The buyer's data; a list's shorter form never replaces what the single read gave. Whether the address
    is another one."""
    if posting.recipient is None:
        return False
    known = rows.recipients.get(tx, posting_id)
    new = rows.RecipientRow(posting_id=posting_id, document=posting.recipient, updated_at=now)
    if known is None:
        rows.recipients.insert(tx, new)
        return False
    old, some = known.given_document, new.document
    document = msgspec.structs.replace(some, identity=old.identity)  # no marketplace gives it
    if not posting.recipient_complete:
        left_out = {name: getattr(old, name) for name in _IN_FULL if not getattr(some, name)}
        document = msgspec.structs.replace(document, **left_out)
    new = address_checks.after_news(known, msgspec.structs.replace(new, document=document))
    rows.recipients.save(tx, new)
    return new.document.address != known.document.address
