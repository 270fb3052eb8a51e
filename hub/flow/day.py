"""What a person orders through a door. Each order is checked, written down as an intent, and queued; the
worker does the work. Where no worker is alive, the ones that answer at once do theirs here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from hub.errors import Conflict, HubError, NotFound, Rejected
from hub.flow import address_checks, cancelling, identity, intake, journal
from hub.flow import handover as handovers
from hub.flow import marketplace as market
from hub.flow.choice.quoting import quote
from hub.flow.papers import labels, packing_slips
from hub.flow.problem_answers import answers_of
from hub.flow.reading import problem as problem_view
from hub.flow.recording import advance_soon, close_problems, last_order, posting_row, record
from hub.flow.sellers.catalogue import import_products
from hub.flow.sellers.product_csv import ProductLine
from hub.flow.shipments import latest_shipment
from hub.flow.views import HandoverResult, ProblemView, ShipResult, SyncResult
from hub.models import Action, CancelReason, Product, Stage
from hub.store import Transaction, queue, rows
from hub.store.mapping import micros
from hub.store.queue import Work

if TYPE_CHECKING:
    from hub.flow.app import App


async def sync(app: App, seller: str | None, actor: str) -> list[SyncResult]:
    """Fetch the postings of every marketplace account now. What fails is said per account."""
    sellers = [app.seller(seller)] if seller else rows.sellers.all(app.store.reader, "ORDER BY slug")
    results = []
    for one in sellers:
        for account in app.source_accounts(one):
            try:
                results.append(await intake.sync_account(app, account.id, actor))
            except HubError as error:
                results.append(
                    SyncResult(account=account.id, seen=0, new=0, changed=0, problems=0, error=error.message)
                )
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
    """Order postings to be shipped. Ordering again what is under way changes nothing and costs nothing."""
    row = app.seller(seller)
    slug = row.slug
    if carrier:
        _must_be_on(app, row, carrier)

    def write(tx: Transaction) -> list[ShipResult]:
        return [
            _order(app, tx, slug, one, carrier or "", service or "", actor)
            for one in dict.fromkeys(posting_ids)
        ]

    results = await app.store.write(write)
    app.woken.set()
    return results


def _must_be_on(app: App, seller: rows.SellerRow, carrier: str) -> None:
    """Raise Rejected for a carrier that the seller cannot ship with, and say what there is."""
    if carrier not in app.registry.carriers:
        raise Rejected(f"no carrier {carrier!r}: 'hub plugins' lists them", code="carrier")
    if app.registry.carriers[carrier].for_comparison:
        raise Rejected(f"the prices of {carrier!r} are only to compare: it books nothing", code="carrier")
    there = sorted({account.plugin for account in app.carrier_accounts(seller)})
    if carrier not in there:
        have = ", ".join(there) or "none"
        if carrier in seller.plugins:
            said = f"the carrier {carrier!r} has no account that works for {seller.slug}: there are {have}"
        else:
            said = f"the carrier {carrier!r} is not on for {seller.slug}: there are {have}"
        raise Rejected(said, code="carrier_off")


def _order(
    app: App, tx: Transaction, seller: str, posting_id: str, carrier: str, service: str, actor: str
) -> ShipResult:
    row = rows.postings.get(tx, posting_id)
    if row is None or row.seller != seller:
        return ShipResult(posting_id=posting_id, number="", state="refused", reason="no such posting")
    stage = Stage(row.stage)
    if stage.final or stage.rank >= Stage.HANDED_OVER.rank:
        reason = f"the posting is {row.stage}"
        return ShipResult(posting_id=row.id, number=row.number, state="refused", reason=reason)
    now = app.clock.now()
    shipment = latest_shipment(tx, row.id)
    if shipment is not None and shipment.live:
        if carrier and carrier != shipment.carrier:
            reason = f"it is booked with {shipment.carrier}: cancel that first, 'hub cancel'"
            return ShipResult(posting_id=row.id, number=row.number, state="refused", reason=reason)
        if not row.wanted and shipment.state == "booked":  # a cancel of it was refused
            data = {"carrier": shipment.carrier, "service": shipment.service_code}
            row = close_problems(tx, row, "cancel_refused", now=now, answer="dismiss")
            row = record(tx, row, "ship.ordered", data, actor=actor, now=now, wanted=True)
        advance_soon(tx, row, now=now)
        return ShipResult(posting_id=row.id, number=row.number, state="already")
    if (carrier or service) and row.books != "seller":
        reason = f"the carrier is fixed by the marketplace: {row.provider or row.flow}"
        return ShipResult(posting_id=row.id, number=row.number, state="refused", reason=reason)
    state = "already" if row.wanted and not carrier and not service else "queued"
    if state == "queued":
        data = {"carrier": carrier, "service": service}
        row = record(tx, row, "ship.ordered", data, actor=actor, now=now, wanted=True)
        if carrier:
            about = ("carrier_refused", "no_quotes", "address_unclear", identity.PROBLEM)
            row = close_problems(tx, row, *about, now=now, answer="other_carrier")
        row = close_problems(tx, row, "booking_gone", now=now, answer="retry")
    advance_soon(tx, row, now=now)
    return ShipResult(posting_id=row.id, number=row.number, state=state)


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
    where = "WHERE posting_id = ? AND state = 'open' AND kind <> 'late_risk' ORDER BY id"
    return [problem_view(app, row.id) for row in rows.problems.all(app.store.reader, where, (posting_id,))]


async def handover(app: App, seller: str, actor: str) -> HandoverResult:
    """Hand over everything that is labelled."""
    return await handovers.declare(app, seller, actor)


async def track(app: App, *, seller: str | None, posting_ids: Sequence[str], actor: str) -> None:
    """Ask the carriers now."""
    now = app.clock.now()
    reader = app.store.reader
    if posting_ids:
        found = [latest_shipment(reader, one) for one in posting_ids]
        shipments = [one for one in found if one is not None]
    elif seller:
        shipments = rows.shipments.all(reader, "WHERE seller = ? AND state = 'booked'", (seller,))
    else:
        shipments = rows.shipments.all(reader, "WHERE state = 'booked'")

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
        await _cancel_posting(app, posting_id, reason, actor)
        return

    def write(tx: Transaction) -> None:
        row = posting_row(tx, posting_id)
        shipment = latest_shipment(tx, posting_id)
        if shipment is None or shipment.state != "booked":
            raise Conflict("there is no booking to cancel", code="no_booking")
        cancelling.intend_cancel(app, tx, row, shipment, actor=actor, reason=reason, wanted=False)
        advance_soon(tx, row, now=app.clock.now())

    await app.store.write(write)
    app.woken.set()


async def _cancel_posting(app: App, posting_id: str, reason: str, actor: str) -> None:
    row = posting_row(app.store.reader, posting_id)
    if Stage(row.stage).final or Action.CANCEL not in row.document.actions:
        raise Conflict(
            "the marketplace does not let this posting be cancelled now", code="marketplace_cancel"
        )
    chosen = await market.cancel_reason(app, row.document, row.account, reason)
    message = reason if chosen.needs_message else ""

    def write(tx: Transaction) -> None:
        now = app.clock.now()
        current = record(
            tx, posting_row(tx, posting_id), "posting.cancel_requested", {"reason": chosen.title},
            actor=actor, now=now, wanted=False,
        )  # fmt: skip
        journal.plan(tx, market.intend_cancel(app, tx, current, chosen, message))
        advance_soon(tx, current, now=now)

    await app.store.write(write)
    app.woken.set()


async def answer(
    app: App, problem_id: str, answer: str, parameters: dict[str, Any], actor: str
) -> ProblemView:
    """Answer a problem. Raises NotFound, Conflict (answered before) and Rejected (no such answer)."""
    known = rows.problems.get(app.store.reader, problem_id)
    if known is None:
        raise NotFound("no such problem")
    if known.state != "open":
        raise Conflict("this problem was answered before", code="answered")
    possible = answers_of(known.kind, known.data)
    if answer not in possible:
        raise Rejected(f"choose one of: {', '.join(possible)}", code="answer")
    if answer == "other_carrier" and parameters.get("carrier"):
        _must_be_on(app, app.seller(known.seller), str(parameters["carrier"]))
    corrected = address_checks.correction(parameters) if answer == "correct_address" else None
    if answer == "cancel_posting":
        await _cancel_posting(app, known.posting_id, str(parameters.get("reason") or ""), actor)
    if answer == "correct_product":
        await _correct(app, known, parameters, actor)

    def write(tx: Transaction) -> None:
        now = app.clock.now()
        done = tx.execute(
            "UPDATE problems SET state = 'answered', answer = ?, closed_at = ? "
            "WHERE id = ? AND state = 'open'",
            (answer, micros(now), problem_id),
        ).rowcount
        if not done:
            raise Conflict("this problem was answered before", code="answered")
        if not known.posting_id:
            return
        row = posting_row(tx, known.posting_id)
        if answer == identity.GIVEN:
            identity.keep(tx, row.id, parameters, now)
        if answer == "other_carrier":
            booked = latest_shipment(tx, row.id)
            if booked is not None and booked.state == "checking":
                raise Conflict(
                    "the carrier is being asked for this booking: answer in a moment", code="checking"
                )
        data = {"kind": known.kind, "answer": answer, **_order_of(answer, parameters)}
        row = record(tx, row, "problem.answered", data, actor=actor, now=now,
                     problems=max(0, row.problems - 1))  # fmt: skip
        if answer == "other_carrier":
            order = _order_of(answer, parameters)
            row = record(tx, row, "ship.ordered", order, actor=actor, now=now, wanted=True)
            booked = latest_shipment(tx, row.id)
            if booked is not None and booked.state == "booked":
                cancelling.intend_cancel(app, tx, row, booked, actor=actor)  # one live booking a posting
        if corrected is not None or (known.kind == "address_unclear" and answer in address_checks.ANSWERS):
            address_checks.answered(tx, known, answer, corrected, now)
        if answer in ("retry", "correct_product", "correct_address", identity.GIVEN) and (
            row.wanted or known.kind == "booking_gone"
        ):
            # Ordered afresh: a carrier that refused may be asked again.
            before = last_order(tx, row.id)
            again = {"carrier": before.carrier, "service": before.service}
            row = record(tx, row, "ship.ordered", again, actor=actor, now=now, wanted=True)
        if known.kind == "cancel_refused" and answer == "retry":
            _cancel_again(app, tx, row, known, actor)
        if known.kind == "cancel_refused" and answer == "dismiss" and not Stage(row.stage).final:
            # The booking stays: its label is wanted again, and the marketplace is told how it travels.
            row = record(tx, row, "ship.kept", {}, actor=actor, now=now, wanted=True)
        if known.kind == "work_stopped":
            _revive(tx, row.id, now)
        if answer in ("it_exists", "it_does_not_exist"):
            _resolve(app, tx, known, answer, parameters)
        advance_soon(tx, posting_row(tx, row.id), now=now)

    await app.store.write(write)
    app.woken.set()
    return problem_view(app, problem_id)


def _cancel_again(
    app: App, tx: Transaction, row: rows.PostingRow, known: rows.ProblemRow, actor: str
) -> None:
    refused = rows.operations.get(tx, known.operation_id)
    if refused is not None and refused.kind == "cancel_posting":
        reason = msgspec.convert(refused.request["reason"], CancelReason)
        journal.plan(tx, market.intend_cancel(app, tx, row, reason, refused.request["message"]))
        return
    shipment = None if refused is None else rows.shipments.get(tx, refused.subject_id)
    if shipment is not None and shipment.state == "booked":
        cancelling.intend_cancel(app, tx, row, shipment, actor=actor)


def _revive(tx: Transaction, posting_id: str, now: datetime) -> None:
    """The dead work of a posting and its shipments is taken up again."""
    tx.execute(
        "UPDATE jobs SET state = 'queued', attempts = 0, run_at = ? WHERE state = 'dead' AND "
        "subject IN (SELECT ? UNION SELECT id FROM shipments WHERE posting_id = ? "
        "UNION SELECT account FROM shipments WHERE posting_id = ? "
        "UNION SELECT account FROM postings WHERE id = ?)",
        (micros(now), posting_id, posting_id, posting_id, posting_id),
    )


def _order_of(answer: str, parameters: dict[str, Any]) -> dict[str, str]:
    if answer != "other_carrier":
        return {}
    return {name: str(parameters.get(name) or "") for name in ("carrier", "service")}


async def _correct(app: App, known: rows.ProblemRow, parameters: dict[str, Any], actor: str) -> None:
    """Write what a person says of a product into the catalogue; what they leave out stays as it is."""
    items = known.data.get("items") or []
    given = ({"offer_id": items[0]} if len(items) == 1 else {}) | parameters
    if unknown := sorted(given.keys() - set(Product.__struct_fields__)):
        raise Rejected(f"parameters: a product has no {', '.join(map(repr, unknown))}", code="parameters")
    try:  # numbers may come as texts: the command line has nothing else
        product = msgspec.convert({**given, "columns": list(given)}, ProductLine, strict=False)
    except msgspec.ValidationError as error:
        raise Rejected(f"parameters: {error}", code="parameters") from None
    if len(given) == 1:
        raise Rejected("parameters: say what is to be corrected, such as weight_g", code="parameters")
    if refused := (await import_products(app, known.seller, [product], actor)).problems:
        raise Rejected(f"parameters: {refused[0].reason}", code="parameters")


def _resolve(
    app: App, tx: Transaction, known: rows.ProblemRow, answer: str, parameters: dict[str, Any]
) -> None:
    """A person found out what became of an operation."""
    operation = rows.operations.get(tx, known.operation_id)
    if operation is None or operation.state != "human":
        return
    now = app.clock.now()
    if answer == "it_does_not_exist":
        state = "planned"
        found = operation.result | {journal.ABSENT_SAYS_A_PERSON: micros(now)}
    else:
        state = "accepted"
        found = operation.result | {journal.EXISTS_SAYS_A_PERSON: True}
        if number := str(parameters.get("tracking_number") or ""):
            found["tracking_number"] = number
    changed = msgspec.structs.replace(
        operation,
        state=state,
        looks=0,
        look_after=None,
        result=found,
        external_id=str(parameters.get("carrier_id") or operation.external_id),
        updated_at=now,
    )
    rows.operations.save(tx, changed)
    shipment = rows.shipments.get(tx, operation.subject_id)
    if shipment is not None and shipment.state == "unknown":
        rows.shipments.save(tx, msgspec.structs.replace(shipment, state="booking", updated_at=now))


__all__ = [
    "answer",
    "cancel",
    "handover",
    "labels",
    "packing_slips",
    "quote",
    "settled",
    "ship",
    "sync",
    "track",
    "what_waits",
]
