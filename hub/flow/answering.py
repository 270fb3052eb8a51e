"""What a person answers to a problem, and what follows from it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from hub.flow.booking import account_answers, cancelling, tracked_elsewhere
from hub.flow.history.recording import advance_soon, close_problems, last_order, posting_row, record
from hub.flow.history.shipments import latest_shipment
from hub.flow.history.views import ProblemView
from hub.flow.journal import operations as journal
from hub.flow.marketplace import reports as market
from hub.flow.orders import cancel_posting, must_be_on
from hub.flow.problem_answers import answers_of
from hub.flow.reading import problem as problem_view
from hub.flow.recipients import address_checks, identity
from hub.flow.sellers.catalogue import import_products
from hub.flow.sellers.product_csv import ProductLine
from hub.plugin_api.errors import Conflict, NotFound, Rejected
from hub.plugin_api.models import CancelReason, Product, Stage
from hub.store import Transaction, rows
from hub.store.mapping import micros
from hub.words import said_of

if TYPE_CHECKING:
    from hub.flow.app import App


async def answer(
    app: App, problem_id: str, answer: str, parameters: dict[str, Any], actor: str
) -> ProblemView:
    """Answer a problem. Raises NotFound, Conflict (answered before) and Rejected (no such answer)."""
    known = rows.problems.get(app.store.reader, problem_id)
    if known is None:
        raise NotFound("no such problem", code="not_found.no_problem")
    if known.state != "open":
        raise Conflict("this problem was answered before", code="answered")
    possible = answers_of(known.kind, known.data)
    if answer not in possible:
        raise Rejected("choose one of: {possible}", code="answer", values={"possible": ", ".join(possible)})
    if answer == "other_carrier" and parameters.get("carrier"):
        must_be_on(app, app.seller(known.seller), str(parameters["carrier"]))
    corrected = address_checks.correction(parameters) if answer == "correct_address" else None
    if answer == "cancel_posting":
        await cancel_posting(app, known.posting_id, str(parameters.get("reason") or ""), actor)
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
            account_answers.answered(app, tx, known, answer, actor)
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
            booked = latest_shipment(tx, row.id)
            if booked is not None and cancelling.waits_for_a_person(tx, booked):
                cancelling.keep(tx, row, booked, now=now)
            row = record(tx, row, "ship.kept", {}, actor=actor, now=now, wanted=True)
        if known.kind == "work_stopped":
            _revive(tx, row.id, now)
        if known.kind == tracked_elsewhere.KIND:
            tracked_elsewhere.answered(tx, row, known, answer, now)
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
    if shipment is not None and (shipment.state == "booked" or cancelling.waits_for_a_person(tx, shipment)):
        cancelling.intend_cancel(app, tx, row, shipment, actor=actor)


def _revive(tx: Transaction, posting_id: str, now: datetime) -> None:
    """The dead work of a posting and its shipments is taken up again."""
    tx.execute(
        "UPDATE jobs SET state = 'ready', attempts = 0, run_at = ? WHERE state = 'dead' AND "
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
        raise Rejected(
            "parameters: a product has no {unknown}",
            code="parameters.parameters_product_has_no",
            values={"unknown": ", ".join(map(repr, unknown))},
        )
    try:  # numbers may come as texts: the command line has nothing else
        product = msgspec.convert({**given, "columns": list(given)}, ProductLine, strict=False)
    except msgspec.ValidationError as error:
        raise Rejected(
            "parameters: {said_of}", code="parameters.parameters", values={"said_of": said_of(error)}
        ) from None
    if len(given) == 1:
        raise Rejected(
            "parameters: say what is to be corrected, such as weight_g",
            code="parameters.parameters_say_what_corrected",
        )
    if refused := (await import_products(app, known.seller, [product], actor)).problems:
        raise Rejected(
            "parameters: {said_of}", code="parameters.parameters", values={"said_of": refused[0].reason}
        )


def _resolve(
    app: App, tx: Transaction, known: rows.ProblemRow, answer: str, parameters: dict[str, Any]
) -> None:
    """A person found out what became of an operation."""
    operation = rows.operations.get(tx, known.operation_id)
    if operation is None or operation.state != "human":
        return
    now = app.clock.now()
    row = posting_row(tx, operation.posting_id)
    close_problems(tx, row, *account_answers.WAITED_FOR, now=now, answer=answer)
    if answer == "it_does_not_exist":
        account_answers.planned_again(tx, operation, now)
        return
    account_answers.taken_for_done(
        tx,
        operation,
        now,
        carrier_id=str(parameters.get("carrier_id") or ""),
        tracking_number=str(parameters.get("tracking_number") or ""),
    )
