"""What was known of a booking and may be so no longer: a key that its carrier kept for a while, the number
that it gave, a person's word, a refusal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hub.calls.call import read
from hub.flow.booking import finding
from hub.flow.history.recording import posting_row
from hub.flow.journal import forgetting
from hub.flow.journal import operations as journal
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import HubError, Rejected
from hub.store.mapping import micros
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.booking.shipping import Book
    from hub.flow.history.situation import Situation
    from hub.flow.journal.operations import Outcome
    from hub.store import rows

OLD_KEY = said(
    "it was sent long ago, and this carrier may have forgotten our key: look in its cabinet",
    code="book.sent_long_ago_carrier",
)
_KEY_LASTS = timedelta(hours=12)  # many carriers keep one for a day
_ASKED_WITHIN = 10.0  # real seconds, before a booking that a person ordered anew
_PATIENCE = timedelta(hours=1)  # with a carrier that refused, and cannot be asked now


def key_is_old(kind: Book, operation: rows.OperationRow) -> bool:
    """Whether the carrier, which can be asked for nothing but its key, may have forgotten that of what was
    sent: the hub was stopped for a day, the carrier could not be reached, or the database has forgotten when
    it was sent. Sent again it is a new order."""
    if kind.carrier.create_safety != "key" or type(kind.carrier).find is not Carrier.find:
        return False
    told, forgot = (
        operation.result.get(mark, 0)
        for mark in (forgetting.ABSENT_SAYS_A_PERSON, forgetting.ASKED_AFTER_A_RESTORE)
    )
    if (not operation.doubts and not forgot) or told > forgot:
        return False
    since: datetime | None = operation.created_at
    if micros(operation.created_at) >= forgot > 0:
        # Written after the database was put back: one that it has forgotten may be as old as the order.
        since = posting_row(kind.app.store.reader, operation.posting_id).document.created_at
    return since is None or kind.app.clock.now() - since > _KEY_LASTS


async def by_reference(kind: Book, operation: rows.OperationRow, error: Exception) -> Outcome:
    """What the carrier has under our reference, where it does not know the number that it gave (``error``):
    that was another one's, or nobody's.

    Raises ``error`` where it is no such refusal, or where nothing is found: the number may be known in a
    moment, and nothing is sent again for it.
    """
    failure = kind.explain(error)
    refused = isinstance(error, Rejected) or (failure is not None and failure.kind == "rejected")
    if not refused or type(kind.carrier).find is Carrier.find:
        raise error
    found = kind.found(operation, await finding.look_for(kind.app, kind.carrier, kind.title, operation))
    if found.state not in ("accepted", "confirmed", "human"):
        raise error
    return found


async def there_after_all(kind: Book, operation: rows.OperationRow) -> Outcome | None:
    """The order that a person did not find, and that is there by now. Where the carrier cannot say, the
    person's word counts."""
    if not kind.rechecks or forgetting.ABSENT_SAYS_A_PERSON not in operation.result:
        return None
    reference = operation.reference
    try:
        found = await read(
            kind.title,
            lambda: finding.find_all(kind.carrier, kind.title, [reference]),
            explain=kind.explain,
            deadline=_ASKED_WITHIN,
        )
        outcome = kind.found(operation, found[reference])
    except HubError:
        return None
    return outcome if outcome.state in ("accepted", "confirmed") else None


async def after_a_refusal(at: Situation, operation: rows.OperationRow, kind: Book) -> datetime | None:
    """Before anything is booked anew: ask once whether what was refused is there all the same. It may
    have been meant for another request. Returns when it can be asked, where it is too early.

    Raises what a carrier raises that cannot be asked; for an hour, then its refusal counts.
    """
    app, now = at.app, at.app.clock.now()
    settled = journal.first_look(app, kind, operation.sent_at or now)
    if now < settled:
        return settled
    try:
        await journal.recheck(app, operation, kind, basis=at.basis)
    except HubError:
        if now - operation.updated_at < _PATIENCE:
            raise
        await journal.let_be(app, operation, kind, basis=at.basis)
    return None


__all__ = ["OLD_KEY", "after_a_refusal", "key_is_old", "there_after_all"]
