"""What comes of an order through a door: of each posting, account or line, what was done or why not.

The structs are views (`hub.flow.history.view`): the same for HTTP and the command line.
"""

from __future__ import annotations

from datetime import datetime
from typing import Generic, Literal, NamedTuple, TypeVar

from hub.flow.history.view import View

T = TypeVar("T")


class LineProblem(View, frozen=True, kw_only=True):
    line: int
    reason: str


class TableRead(NamedTuple, Generic[T]):
    """What a person's table says: its lines, and those of them that cannot be read."""

    lines: list[T]
    problems: list[LineProblem]
    sheet: str = ""
    """Of an Excel file, the name of the sheet that was read."""


class ImportResult(View, frozen=True, kw_only=True):
    added: int
    changed: int
    unchanged: int
    problems: tuple[LineProblem, ...]
    sheet: str = ""
    """Of an Excel file, the name of the sheet that was read."""


class SyncResult(View, frozen=True, kw_only=True):
    account: str
    seller: str = ""
    name: str = ""
    """What the seller calls the account."""
    seen: int
    """Postings, each once, however many of its lists have it."""
    new: int
    changed: int
    problems: int
    error: str = ""
    """Why the account could not be read (to its end); empty where it was."""
    code: str = ""
    """The stable code of ``error``, one of the hub's errors: ``unavailable``, ``auth_failed``, ..."""


ShipState = Literal["queued", "already", "refused"]
ShipCode = Literal[
    "",
    "not_found",
    "ambiguous",
    "over",
    "booked",
    "carrier_fixed",
    "no_service",
    "unpriced",
    "changed",
]
"""Why a posting is not shipped: there is none, several have the number, it is handed over or has ended, it is
booked with another carrier, the marketplace chooses the carrier, the carrier has no such service; of a total
that was agreed to: it had no price there, or has another one by now."""


class ShipResult(View, frozen=True, kw_only=True):
    posting_id: str
    """Empty for what is not there."""
    number: str
    """The posting's, or what was asked for where there is none."""
    state: ShipState
    code: ShipCode = ""
    """Of ``refused``."""
    reason: str = ""
    """Why it is refused; of ``already``: what stays as it was ordered though nobody offers it."""
    candidates: tuple[str, ...] = ()
    """Of ``ambiguous``: the ids that the number may mean."""


CancelState = Literal["cancelled", "requested", "refused"]
"""What became of an order to cancel: it is cancelled; the carrier or the marketplace has not said so yet; it
was refused, or nobody could learn it, and a person is asked."""


LabelState = Literal["ready", "waiting", "refused"]
LabelCode = Literal[
    "",
    "not_found",
    "ambiguous",
    "cancelled",
    "over",
    "cancel_refused",
    "not_ordered",
    "problem",
    "not_ready",
    "unreadable",
    "paper_too_small",
]
"""Why a label is not in the file. Refused: there is no such posting, several have the number, it was
cancelled, it has ended, its file cannot be opened, no scanner would read its barcode on this paper. Waiting:
for an answer about its cancel, for an order to ship, for an answer to a problem, for the label."""


class LabelResult(View, frozen=True, kw_only=True):
    """One posting of an order for labels."""

    posting_id: str
    number: str
    state: LabelState
    code: LabelCode = ""
    reason: str = ""
    candidates: tuple[str, ...] = ()


class LabelsResult(View, frozen=True, kw_only=True):
    document_id: str | None
    ready: tuple[str, ...]
    waiting: dict[str, str]
    refused: dict[str, str]
    results: tuple[LabelResult, ...] = ()
    """One of each posting, in the order asked."""


EraseState = Literal["erased", "already", "would_erase", "refused"]
EraseCode = Literal["", "not_found", "ambiguous", "under_way", "at_work", "money"]
"""Why a buyer is not erased: there is no such posting, several have the number, the parcel is not over, its
booking is not, or a question about its money is open."""


class Erased(View, frozen=True, kw_only=True):
    """What became of a wish to erase a posting's buyer. ``would_erase`` is a dry run's."""

    posting_id: str
    number: str
    state: EraseState
    code: EraseCode = ""
    reason: str = ""
    files: int = 0
    """Files that were deleted."""
    shared: tuple[str, ...] = ()
    """Postings under way whose labels or sheets share a file with this one's: it goes when they are over."""


HandoverState = Literal["taken", "already", "refused"]
HandoverCode = Literal[
    "",
    "handed_over",
    "not_found",
    "ambiguous",
    "cancelled",
    "void",
    "elsewhere",
    "held",
    "over",
    "not_ready",
]
"""How a parcel that was named stands. Already: it is in a hand-over. Refused: no parcel of the seller has the
code, several have it, the posting was cancelled, the label is of a booking that was cancelled, it leaves from
another warehouse, something has to be cleared first, it is over, it has no label yet."""


class HandoverEntry(View, frozen=True, kw_only=True):
    """One code of an order to hand over: a posting's number or id, a tracking number, what a label shows."""

    asked: str
    posting_id: str = ""
    number: str = ""
    """The posting's; empty where the code names none."""
    state: HandoverState
    code: HandoverCode = ""
    reason: str = ""
    handover: str = ""
    """Of ``already``: the id of the hand-over that has it."""


class HandoverView(View, frozen=True, kw_only=True):
    id: str
    seller: str
    account: str
    carrier: str
    group: str
    external_id: str
    state: str
    postings: tuple[str, ...]
    code: str
    document_id: str
    reason: str
    created_at: datetime
    warehouse: str = "main"
    """The slug of the one that all its parcels leave from."""
    title: str = ""
    """Who takes the parcels, for people."""


class HandoverResult(View, frozen=True, kw_only=True):
    handovers: tuple[HandoverView, ...]
    """What was made now, and what was ordered before and has these parcels, or has not ended."""
    document_id: str | None
    """The sheets of all of them, in one file."""
    unprinted: tuple[str, ...] = ()
    """The numbers of those postings in it whose labels, or pages of them, were never printed here."""
    results: tuple[HandoverEntry, ...] = ()
    """One of each parcel that was named, in the order asked."""
    rest: int = 0
    """How many parcels lie here that were not named: they stay for the next."""
    said_gone: tuple[str, ...] = ()
    """The numbers of those postings in it that the marketplace calls on their way already."""
    unread: tuple[SyncResult, ...] = ()
    """The marketplace accounts that could not be read just before: what was cancelled there lately is not
    known."""
