"""What the database may have forgotten, and who was asked about it since (docs/adr/0010 and 0018).

After a restore, a copy put back, or a new beginning, a booking may exist that nothing here knows of. It is
asked for at its carrier before it is sent; where the carrier cannot be asked, a person is, once for the
account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.store import Transaction, counter, problems, rows
from hub.store.mapping import micros

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.journal.kinds import Kind

ABSENT_SAYS_A_PERSON = "absent_says_a_person"
"""In an operation's ``result``: when somebody looked at the vendor, and it was not there (microseconds)."""
ASKED_AFTER_A_RESTORE = "asked_after_a_restore"
"""In an operation's ``result``: after which restore (microseconds) the vendor is asked before it is sent."""
ASKED_BECAUSE = "asked_because"
"""In an operation's ``result``, beside it: why (`hub.store.counter.Reason`)."""
BOOKED_ELSEWHERE = "booked_elsewhere"
"""The kind of problem that asks of an account whether a booking was forgotten; see
`hub.flow.booking.problems`."""
NOTHING_ELSEWHERE, SOMETHING_ELSEWHERE = "nothing_was_booked", "something_was_booked"


def forgotten(
    app: App, operation: rows.OperationRow, kind: Kind, posting: rows.PostingRow | None = None
) -> counter.Doubt | None:
    """Since when, and why, the database may have forgotten that this was sent; None where it may not have, or
    where the vendor or a person was asked since. ``posting``: the operation's, where it was just read."""
    doubted = counter.doubt(app.store.reader) if kind.reconciles else None
    if doubted is None:
        return None
    asked = (operation.result.get(mark, 0) for mark in (ASKED_AFTER_A_RESTORE, ABSENT_SAYS_A_PERSON))
    if max(asked) >= micros(doubted.time):
        return None
    posting = posting or rows.postings.get(app.store.reader, operation.posting_id)
    if posting is None or not may_be_forgotten(posting, doubted):
        return None
    cleared = elsewhere(app.store.reader, operation.account, doubted) == NOTHING_ELSEWHERE
    return None if cleared else doubted


def is_of_a_new_hub(operation: rows.OperationRow) -> bool:
    """Whether it is asked for only because the hub is new here."""
    return operation.result.get(ASKED_BECAUSE) == "new"


def may_be_forgotten(posting: rows.PostingRow, doubted: counter.Doubt) -> bool:
    """Whether a booking of it may have been forgotten: what was ordered later was not."""
    ordered = posting.document.created_at
    return ordered is None or ordered < doubted.time


def elsewhere(connection: Transaction, account_id: str, doubted: counter.Doubt) -> str:
    """What a person says of bookings that this database has forgotten, of a carrier that cannot be asked;
    empty where nobody said anything."""
    return problems.latest_answer(connection, account_id, BOOKED_ELSEWHERE, since=doubted.time)


__all__ = [
    "ABSENT_SAYS_A_PERSON",
    "ASKED_AFTER_A_RESTORE",
    "ASKED_BECAUSE",
    "BOOKED_ELSEWHERE",
    "NOTHING_ELSEWHERE",
    "SOMETHING_ELSEWHERE",
    "elsewhere",
    "forgotten",
    "is_of_a_new_hub",
    "may_be_forgotten",
]
