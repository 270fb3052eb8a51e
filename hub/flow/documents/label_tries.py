"""Tries to have a label are the posting's own: one that fails, again and again or for good, takes nothing
from any other, also where they were asked for together."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from hub.calls.children.results import FileTooMuch
from hub.flow.documents import closed_places
from hub.flow.documents.problems import facts
from hub.flow.history.recording import posting_row, record
from hub.flow.history.shipments import latest_shipment
from hub.flow.problems.opening import open_problem
from hub.plugin_api.errors import BadReply, HubError, NotFound, Rejected, Unavailable, Unsupported
from hub.plugin_api.ids import new_id
from hub.plugin_api.models import Stage, Ticket
from hub.store import Transaction, documents, label_codes, rows

if TYPE_CHECKING:
    from hub.flow.app import App

log = logging.getLogger("hub.labels")

FOR_GOOD = (FileTooMuch, Rejected, Unsupported, NotFound)
"""Asking again would be answered alike: a person is told at once."""
TOLD_AFTER = 14
"""Tries that came to nothing: three to four hours. A person is told, and it is tried on."""
_TOLD_AGAIN = 48  # further tries: a day
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=20), timedelta(minutes=30)
_SAME_TICKET = 2  # tries, then the document is asked for anew


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A posting that needs its label, and the codes that a page of it may show."""

    posting: rows.PostingRow
    shipment: rows.ShipmentRow | None
    codes: frozenset[str]
    subject: Any
    """What the plugin is asked with: a Posting or a Shipment."""
    boxes: int = 1
    """So many pages at least: one for each parcel of a booking."""

    @property
    def known_by(self) -> frozenset[str]:
        """Every text that is this posting's own, whether or not its label is known by it."""
        own = {
            *self.codes,
            self.posting.number,
            self.posting.tracking_number,
            *self.posting.document.barcodes,
        }
        if self.shipment is not None:
            own |= {self.shipment.tracking_number, self.shipment.carrier_id, self.shipment.reference}
        return frozenset(own)


def stands(tx: Transaction, one: Wanted) -> bool:
    """Whether the booking that the label was asked for is the posting's still: it may have been cancelled,
    and even booked again, while the label was on its way."""
    if one.shipment is None:
        return True
    shipment = latest_shipment(tx, one.posting.id)
    return shipment is not None and shipment.id == one.shipment.id and shipment.state == "booked"


def asked_for(connection: Transaction, posting_id: str) -> rows.DocumentRow | None:
    """The row of a label that is not here yet."""
    return documents.requested_label(connection, posting_id)


def requested(
    app: App, tx: Transaction, account: rows.AccountRow, one: Wanted, ticket: Ticket
) -> rows.DocumentRow:
    """The posting's label was asked for: its row, with the ticket where there is one to be read."""
    now = app.clock.now()
    shipment_id = "" if one.shipment is None else one.shipment.id
    label_codes.keep(tx, one.posting.id, shipment_id, one.codes)
    known = asked_for(tx, one.posting.id)
    if known is not None:
        row = msgspec.structs.replace(
            known, ticket=ticket.value, shipment_id=shipment_id, retry_at=None, updated_at=now
        )
        rows.documents.save(tx, row)
        return row
    row = rows.DocumentRow(
        id=new_id("doc"),
        seller=account.seller,
        account=account.id,
        kind="label",
        posting_id=one.posting.id,
        shipment_id=shipment_id,
        state="requested",
        ticket=ticket.value,
        file_id="",
        media_type="",
        page=0,
        codes=(),
        reason="",
        printed=0,
        retry_at=None,
        created_at=now,
        updated_at=now,
    )
    rows.documents.insert(tx, row)
    posting = posting_row(tx, one.posting.id)
    record(tx, posting, "label.requested", {"document": row.id}, actor="hub", now=now)
    return row


def failed(app: App, tx: Transaction, one: Wanted, reason: str) -> None:
    """There will be no label before a person has answered."""
    now = app.clock.now()
    posting = posting_row(tx, one.posting.id)
    posting = record(tx, posting, "label.refused", {"reason": reason}, actor="hub", now=now)
    open_problem(tx, posting, "label_failed", facts(posting, reason=reason), now=now)
    documents.fail_requested_label(tx, one.posting.id, reason=reason)


def put_off(
    app: App, tx: Transaction, account: rows.AccountRow, ones: Sequence[Wanted], error: HubError
) -> None:
    """A try for these postings, together, came to nothing.

    What is refused for good is so for a posting that was asked for alone; of several nobody knows which one
    it is, so each is asked for by itself. Everything else is tried again, later and later.
    """
    waiting = [
        one
        for one in ones
        if stands(tx, one) and Stage(posting_row(tx, one.posting.id).stage) is not Stage.CANCELLED
    ]
    if waiting and closed_places.is_closed(error):
        closed_places.tell(app, tx, account, [one.posting.id for one in waiting], error)
    for one in waiting:
        if isinstance(error, FOR_GOOD) and len(ones) == 1:
            failed(app, tx, one, error.said)
        else:
            _again(app, tx, account, one, error, several=len(ones) > 1)


def ask_alone(app: App, tx: Transaction, account: rows.AccountRow, ones: Iterable[Wanted]) -> None:
    """What came for them together cannot be dealt out: each is asked for by itself, at once."""
    for one in ones:
        row = asked_for(tx, one.posting.id) or requested(app, tx, account, one, Ticket(""))
        rows.documents.save(
            tx,
            msgspec.structs.replace(
                row, ticket="", alone=True, retry_at=app.clock.now(), updated_at=app.clock.now()
            ),
        )


def _again(
    app: App, tx: Transaction, account: rows.AccountRow, one: Wanted, error: HubError, *, several: bool
) -> None:
    now = app.clock.now()
    row = asked_for(tx, one.posting.id) or requested(app, tx, account, one, Ticket(""))
    attempts = row.attempts + 1
    pause = min(_FIRST_PAUSE * 2.0 ** min(attempts - 1, 12), _LONGEST_PAUSE)
    divided = several and isinstance(error, FOR_GOOD)
    spoilt = divided or (isinstance(error, BadReply) and attempts >= _SAME_TICKET)
    if isinstance(error, Unavailable) and error.retry_after is not None:
        pause = max(pause, error.retry_after)
    if divided:
        pause = timedelta(0)
    rows.documents.save(
        tx,
        msgspec.structs.replace(
            row,
            attempts=attempts,
            ticket="" if spoilt else row.ticket,
            alone=row.alone or (spoilt and several),
            reason=error.said,
            retry_at=now + pause,
            updated_at=now,
        ),
    )
    long = attempts >= TOLD_AFTER and (attempts - TOLD_AFTER) % _TOLD_AGAIN == 0
    if long and not closed_places.is_closed(error):  # which is told already
        posting = posting_row(tx, one.posting.id)
        posting = record(tx, posting, "label.refused", {"reason": error.said}, actor="hub", now=now)
        open_problem(tx, posting, "label_failed", facts(posting, reason=error.said), now=now)


def plain(error: BaseException, title: str) -> HubError:
    """A plugin's mistake costs the label that it was made with. Anything but an error is raised."""
    if isinstance(error, HubError):
        return error
    if not isinstance(error, Exception):
        raise error
    log.error("%s: labels: a mistake in the plugin: %s", title, type(error).__name__, exc_info=error)
    return BadReply(
        "{title}: labels: the plugin made a mistake ({error})",
        code="bad_reply.labels_plugin_made_mistake",
        values={"title": title, "error": type(error).__name__},
    )


def next_try(row: rows.DocumentRow | None, now: datetime, pause: timedelta) -> datetime:
    """When a posting's label is to be looked at next."""
    return now + pause if row is None or row.retry_at is None else max(row.retry_at, now)


__all__ = [
    "FOR_GOOD",
    "TOLD_AFTER",
    "Wanted",
    "ask_alone",
    "asked_for",
    "failed",
    "next_try",
    "plain",
    "put_off",
    "requested",
    "stands",
]
