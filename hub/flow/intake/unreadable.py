"""What a marketplace sends and cannot be read: kept raw and shown as a problem, until it can be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hub.flow.intake.arriving import Item
from hub.flow.problems.opening import open_problem
from hub.plugin_api.ids import new_id
from hub.store import Transaction, arrivals, postings, problems, rows
from hub.store.arrivals import RawPayload

_NOTHING = "unreadable"


def keep(tx: Transaction, account: rows.AccountRow, item: Item, now: datetime) -> None:
    """An item that cannot be read is kept as it came, and is a problem."""
    assert item.fault is not None
    external = item.number or item.digest.hex()[:16]
    arrivals.keep_raw(tx, [RawPayload(account.id, _NOTHING, external, now, item.digest, item.raw)])
    row = postings.of_number(tx, account=account.id, number=item.number)
    data = {"number": external, "reason": msgspec.to_builtins(item.fault)}
    if row is not None:
        open_problem(tx, row, "decode_failed", data, now=now)
        return
    known = problems.open_unread(tx, account=account.id, number=external)
    if known is None:
        rows.problems.insert(
            tx,
            rows.ProblemRow(
                id=new_id("prb"),
                seller=account.seller,
                posting_id="",
                account=account.id,
                operation_id="",
                kind="decode_failed",
                data=data,
                deadline=None,
                state="open",
                answer="",
                created_at=now,
                closed_at=None,
                subject_type="number",
                subject_id=external,
            ),
        )


def read_again(tx: Transaction, account: str, numbers: Sequence[str], now: datetime) -> None:
    """What could not be read before, and can be now, is no problem any more."""
    for number in problems.unread_numbers(tx, account=account) & set(numbers):
        problems.close_unread(tx, account=account, number=number, now=now)
