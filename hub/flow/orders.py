"""What a person orders through a door. Each order is checked, written down as an intent, and queued; the
worker does the work. Where no worker is alive, the ones that answer at once do theirs here."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from hub.flow.booking import cancelling
from hub.flow.choice.pricing import LACKING
from hub.flow.choice.quoting import quote
from hub.flow.choice.services import unknown_service
from hub.flow.documents.composing import labels, to_come
from hub.flow.documents.slips import packing_slips
from hub.flow.handover import declaring as handovers
from hub.flow.history.problem_views import ProblemView
from hub.flow.history.recording import advance_soon, last_order, posting_row, record
from hub.flow.history.results import (
    CancelState,
    HandoverResult,
    ShipCode,
    ShipResult,
    SyncResult,
)
from hub.flow.history.shipments import latest_shipment
from hub.flow.intake import postings as intake
from hub.flow.marketplace.cancelling import cancel_posting, cancel_reasons
from hub.flow.problems import account_problems
from hub.flow.problems.kinds import Subject, ended_by
from hub.flow.problems.opening import close_problems, is_open
from hub.flow.reading import problem as problem_view
from hub.flow.sellers.accounts import must_be_on
from hub.plugin_api.errors import Conflict, HubError
from hub.plugin_api.models import Money, Stage
from hub.store import Transaction, problems, queue, rows
from hub.store.queue import Work
from hub.store.sellers import by_slug
from hub.store.shipments import booked
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

_READ_WITHIN = 20  # real seconds; who hands over stands at the counter


async def sync(app: App, seller: str | None, actor: str) -> list[SyncResult]:
    """Fetch the postings of every marketplace account now. What fails is said per account."""
    sellers = [app.seller(seller)] if seller else by_slug(app.store.reader)
    results = []
    for one in sellers:
        for account in app.source_accounts(one):
            try:
                results.append(await intake.sync_account(app, account.id, actor))
            except HubError as error:
                results.append(_not_read(account, error.said, error.code))
    return results


async def ship(
    app: App,
    seller: str,
    posting_ids: Sequence[str],
    *,
    carrier: str | None = None,
    service: str | None = None,
    actor: str,
) -> list[ShipResult]:
    """Order postings to be shipped. Ordering again what is under way changes nothing and costs nothing.

    At whatever price: before many are ordered the doors show a total (`hub.flow.totals`).
    """
    row = app.seller(seller)
    slug = row.slug
    if carrier:
        must_be_on(app, row, carrier)

    def write(tx: Transaction) -> list[ShipResult]:
        return [
            order_one(app, tx, slug, one, carrier or "", service or "", actor)
            for one in dict.fromkeys(posting_ids)
        ]

    results = await app.store.write(write)
    app.woken.set()
    return results


def foreseen(connection: Transaction, seller: str, posting_id: str, carrier: str, service: str) -> ShipResult:
    """What an order of this posting would be answered with; nothing is written."""
    row = rows.postings.get(connection, posting_id)
    if row is None or row.seller != seller:
        return _nobodys(posting_id)
    return _foreseen(connection, row, latest_shipment(connection, row.id), carrier, service)


def _nobodys(posting_id: str) -> ShipResult:
    return ShipResult(
        posting_id="",
        number=posting_id,
        state="refused",
        code="not_found",
        reason=said("no such posting", code="ship.no_posting"),
    )


def _foreseen(
    connection: Transaction,
    row: rows.PostingRow,
    shipment: rows.ShipmentRow | None,
    carrier: str,
    service: str,
) -> ShipResult:
    """``shipment``: the posting's latest."""
    stage = Stage(row.stage)
    if is_open(connection, row.id, cancelling.AFTER_HANDOVER):
        return refused(
            row,
            "over",
            said(
                "its booking was cancelled after the parcel was handed over: answer that first, "
                "'hub problems'",
                code="ship.cancelled_after_handover",
            ),
        )
    if stage.final or stage.rank >= Stage.HANDED_OVER.rank:
        return refused(
            row, "over", said("the posting is {stage}", code="ship.posting", values={"stage": row.stage})
        )
    wrong = unknown_service(connection, row.id, carrier, service)
    if shipment is not None and shipment.live:
        ending = shipment.state == "cancelling"
        if ending and wrong is not None:
            return refused(row, "no_service", wrong)
        if carrier and carrier != shipment.carrier and not ending:
            return refused(
                row,
                "booked",
                said(
                    "it is booked with {carrier}: cancel that first, 'hub cancel'",
                    code="ship.booked_cancel_first",
                    values={"carrier": shipment.carrier},
                ),
            )
        anew = ending and bool(carrier or service or not row.wanted)  # booked anew once it is cancelled
        return ShipResult(posting_id=row.id, number=row.number, state="queued" if anew else "already")
    if (carrier or service) and row.books != "seller":
        return refused(
            row,
            "carrier_fixed",
            said(
                "the carrier is fixed by the marketplace: {provider}",
                code="ship.carrier_fixed_marketplace",
                values={"provider": row.provider or row.flow},
            ),
        )
    if wrong is not None:
        return refused(row, "no_service", wrong)
    if row.wanted and not carrier and not service:
        return ShipResult(
            posting_id=row.id, number=row.number, state="already", reason=_kept(connection, row)
        )
    return ShipResult(posting_id=row.id, number=row.number, state="queued")


def order_one(
    app: App,
    tx: Transaction,
    seller: str,
    posting_id: str,
    carrier: str,
    service: str,
    actor: str,
    *,
    agreed: Money | None = None,
) -> ShipResult:
    """Order one posting. ``agreed``: the price that a person was shown with the order; nothing dearer is
    booked by it."""
    row = rows.postings.get(tx, posting_id)
    if row is None or row.seller != seller:
        return _nobodys(posting_id)
    shipment = latest_shipment(tx, posting_id)
    result = _foreseen(tx, row, shipment, carrier, service)
    if result.state == "refused":
        return result
    now = app.clock.now()
    order: dict[str, Any] = {"carrier": carrier, "service": service}
    if agreed is not None:
        order["agreed"] = msgspec.to_builtins(agreed)
    if shipment is not None and shipment.live:
        if result.state == "queued":
            row = record(tx, row, "ship.ordered", order, actor=actor, now=now, wanted=True)
        elif not row.wanted and shipment.state == "booked":  # a cancel of it was refused
            data = {"carrier": shipment.carrier, "service": shipment.service_code}
            kept: Subject = ("shipment", shipment.id)
            row = close_problems(tx, row, "cancel_refused", now=now, answer="dismiss", about=kept)
            row = record(tx, row, "ship.ordered", data, actor=actor, now=now, wanted=True)
    elif result.state == "queued":
        row = record(tx, row, "ship.ordered", order, actor=actor, now=now, wanted=True)
        if carrier:
            row = close_problems(tx, row, *ended_by("carrier_chosen"), now=now, answer="other_carrier")
        elif service:
            row = close_problems(tx, row, "no_quotes", now=now, answer="other_carrier")
        if agreed is not None:  # it has a price
            row = close_problems(tx, row, *LACKING, now=now)
        row = close_problems(tx, row, *ended_by("ordered"), now=now, answer="retry")
    advance_soon(tx, row, now=now)
    return result


def _kept(connection: Transaction, row: rows.PostingRow) -> str:
    """What was ordered before and stays, where nobody offers it."""
    before = last_order(connection, row.id)
    if not (before.carrier or before.service) or not is_open(connection, row.id, "no_quotes"):
        return ""
    return said(
        "it stays as it was ordered: {ordered}. Name another with --carrier or --service, or answer "
        "'hub problems'",
        code="ship.stays_as_ordered",
        values={"ordered": " ".join(part for part in (before.carrier, before.service) if part)},
    )


def refused(row: rows.PostingRow, code: ShipCode, reason: str) -> ShipResult:
    """Why nothing is done for a posting."""
    return ShipResult(posting_id=row.id, number=row.number, state="refused", code=code, reason=reason)


def settled(app: App, posting_ids: Sequence[str]) -> bool:
    """Whether nothing is left that the machine can do for these postings now."""
    reader = app.store.reader
    for posting_id in posting_ids:
        if rows.jobs.get(reader, f"advance:{posting_id}") is not None:
            return False
        row = rows.postings.get(reader, posting_id)
        if (
            row is None
            or Stage(row.stage).rank >= Stage.LABELLED.rank
            or (row.problems and what_waits(app, row.id))
        ):
            continue
        if row.wanted and row.is_open:
            return False
    return True


def what_waits(app: App, posting_id: str) -> list[ProblemView]:
    """The open problems that hold a posting up: all but the alarm that its deadline comes near."""
    reader = app.store.reader
    own = [problem_view(app, row.id) for row in problems.hindering(reader, posting_id)]
    shared = account_problems.of_posting(reader, posting_id)
    return own + [
        msgspec.structs.replace(
            problem_view(app, row.id),
            posting_id=posting_id,
            posting_number=posting_row(reader, posting_id).number,
        )
        for row in shared
    ]


async def _read_now(app: App, account: rows.AccountRow, actor: str) -> SyncResult | None:
    """Read a marketplace account before its parcels leave. Returns what is to be said where that failed."""
    try:
        async with asyncio.timeout(_READ_WITHIN):
            await intake.sync_account(app, account.id, actor)
    except TimeoutError:
        values = {"seconds": _READ_WITHIN}
        slow = said("it took longer than {seconds} seconds", code="sync.slow", values=values)
        return _not_read(account, slow, "timed_out")
    except HubError as error:
        return _not_read(account, error.said, error.code)
    return None


def _not_read(account: rows.AccountRow, error: str, code: str) -> SyncResult:
    return SyncResult(
        account=account.id,
        seller=account.seller,
        name=account.name,
        seen=0,
        new=0,
        changed=0,
        problems=0,
        error=error,
        code=code,
    )


async def handover(
    app: App,
    seller: str,
    actor: str,
    *,
    warehouse: str | None = None,
    only: Sequence[str] | None = None,
) -> HandoverResult:
    """Hand over the parcels that are there: those that ``only`` names, or all of them, of one warehouse or of
    all. Ordered again it is the same hand-over.

    The seller's marketplaces are read first: what a buyer has cancelled since the last reading stays here.
    One that cannot be read in time holds nothing up; ``unread`` names it.
    """
    accounts = app.source_accounts(app.seller(seller))
    read = await asyncio.gather(*(_read_now(app, account, actor) for account in accounts))
    result = await handovers.declare(app, seller, actor, warehouse=warehouse, only=only)
    return msgspec.structs.replace(result, unread=tuple(one for one in read if one is not None))


async def track(
    app: App, *, seller: str | None, warehouse: str | None = None, posting_ids: Sequence[str], actor: str
) -> None:
    """Ask the carriers now, of these postings, or of all that a seller, or one warehouse, has booked."""
    now = app.clock.now()
    reader = app.store.reader
    if posting_ids:
        found = [latest_shipment(reader, one) for one in posting_ids]
        shipments = [one for one in found if one is not None]
    else:
        shipments = booked(reader, seller=seller or None, warehouse=warehouse)

    def write(tx: Transaction) -> None:
        for one in shipments:
            if one.state == "booked":
                work = Work(kind="track", subject=one.id, seller=one.seller, account=one.account, run_at=now)
                queue.enqueue(tx, work, now=now)

    await app.store.write(write)
    app.woken.set()


async def cancel(app: App, posting_id: str, reason: str, actor: str, *, marketplace: bool = False) -> None:
    """Cancel our booking of a posting; with ``marketplace`` the posting itself, by a reason that the
    marketplace takes (its id or title): the booking is cancelled with it.

    Raises Conflict when there is nothing that can be cancelled, Rejected with the list of reasons when the
    marketplace needs another one.
    """
    if marketplace:
        await cancel_posting(app, posting_id, reason, actor)
        return

    def write(tx: Transaction) -> None:
        row = posting_row(tx, posting_id)
        shipment = latest_shipment(tx, posting_id)
        if shipment is not None and shipment.state == "cancelling":
            raise Conflict("the booking is being cancelled already", code="cancelling")
        if shipment is None or shipment.state != "booked":
            raise Conflict("there is no booking to cancel", code="no_booking")
        cancelling.intend_cancel(app, tx, row, shipment, actor=actor, reason=reason, wanted=False)
        advance_soon(tx, row, now=app.clock.now())

    await app.store.write(write)
    app.woken.set()


def cancel_state(app: App, posting_id: str) -> CancelState:
    """What became of the latest order to cancel the posting's booking, or the posting itself."""
    reader = app.store.reader
    shipment = latest_shipment(reader, posting_id)
    if is_open(reader, posting_id, "cancel_refused"):
        return "refused"
    if shipment is not None:
        return "cancelled" if shipment.state == "cancelled" else "requested"
    return "cancelled" if Stage(posting_row(reader, posting_id).stage) is Stage.CANCELLED else "requested"


__all__ = [
    "cancel",
    "cancel_reasons",
    "cancel_state",
    "foreseen",
    "handover",
    "labels",
    "order_one",
    "packing_slips",
    "quote",
    "refused",
    "settled",
    "ship",
    "sync",
    "to_come",
    "track",
    "what_waits",
]
