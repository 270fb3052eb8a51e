"""The carrier's part in a posting's day: a booking is asked for after a restore, undone when nobody wants it,
and made."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.flow.booking import (
    cancelling,
    intent,
    overtaken,
    recalling,
    reconciling,
    shipping,
    tracked_elsewhere,
)
from hub.flow.choice import quote_table, quoting
from hub.flow.documents import labelling
from hub.flow.history.recording import last_order, posting_row, record
from hub.flow.history.situation import NOT_DUE, Act, Situation, Verdict, Wait
from hub.flow.intake import postings as intake
from hub.flow.journal import forgetting
from hub.flow.journal import operations as journal
from hub.flow.packing import parcels as packing
from hub.flow.problems.opening import ask, is_open, open_problem, waits
from hub.flow.recipients import address_checks, identity
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import Conflict, Rejected, Unavailable
from hub.plugin_api.models import Stage
from hub.store import Transaction, counter, rows, shipments
from hub.store.accounts import of_seller

_PATIENCE = timedelta(hours=1)  # so long carriers that do not answer are waited for before a person is told


class Settle:
    """After a restore the carrier is asked for a booking before anything else is done with it."""

    code = "settle"

    def decide(self, at: Situation) -> Verdict:
        shipment = at.shipment
        if shipment is None or shipment.state != "checking":
            return NOT_DUE
        return Act(lambda: reconciling.check(at.app, at.row, shipment))


class Recheck:
    """A booking was refused: before anything is booked anew its carrier is asked whether it is there all the
    same."""

    code = "recheck"

    def decide(self, at: Situation) -> Verdict:
        refused = journal.refusal_in_doubt(at.operations)
        if refused is None or not at.row.wanted:
            return NOT_DUE
        if is_open(at.app.store.reader, at.row.id, "carrier_refused"):
            return NOT_DUE
        return Act(lambda: self._ask(at, refused))

    async def _ask(self, at: Situation, refused: rows.OperationRow) -> Wait | None:
        kind = journal.kind_of(at.app, refused)
        assert isinstance(kind, shipping.Book), "only bookings are asked for after a refusal"
        later = await overtaken.after_a_refusal(at.app, refused, kind)
        return None if later is None else Wait(later)


class Undo:
    """The posting was cancelled: its booking is cancelled too, and its label must not be printed."""

    code = "undo"

    def decide(self, at: Situation) -> Verdict:
        return Act(lambda: self._undo(at)) if at.stage is Stage.CANCELLED else NOT_DUE

    async def _undo(self, at: Situation) -> Wait | None:
        app, row, shipment, now = at.app, at.row, at.shipment, at.app.clock.now()
        await app.store.write(lambda tx: labelling.supersede(tx, row, now))
        if shipment is None or shipment.state != "booked":
            return Wait()
        if waits(app.store.reader, row, "undo", about=("shipment", shipment.id)):
            return Wait()
        if shipment.stage and Stage(shipment.stage).rank >= Stage.IN_TRANSIT.rank:
            await ask(app, row.id, "buyer_cancelled_after_booking", {}, about=("shipment", shipment.id))
            return Wait()
        await app.store.write(
            lambda tx: cancelling.intend_cancel(app, tx, posting_row(tx, row.id), shipment, actor="hub")
        )
        return None


class Book:
    """A carrier is chosen, and the intent to book is written."""

    code = "book"

    def decide(self, at: Situation) -> Verdict:
        if at.row.books != "seller":
            return NOT_DUE
        if at.shipment is not None and at.shipment.live:
            return NOT_DUE if at.shipment.state == "booked" else Wait()
        if at.stage.rank >= Stage.HANDED_OVER.rank or waits(at.app.store.reader, at.row, "book"):
            return Wait()
        return Act(lambda: self._book(at))

    async def _book(self, at: Situation) -> Wait | None:
        app, row, recipient = at.app, at.row, at.recipient
        number = tracked_elsewhere.foreign_number(app.store.reader, row)
        ours = await recalling.account_of(app, row, number) if number else None
        if number and ours is None and not _looked_for(at):
            return await _problem(at, tracked_elsewhere.KIND, tracked_elsewhere.facts(row))
        if not row.document.recipient_complete or recipient is None:
            # Substitute phone numbers are given only by the single read, and only for a time.
            row = await intake.refresh_posting(app, row.id, "hub")
            if Stage(row.stage).final:
                return None
            recipient = rows.recipients.get(app.store.reader, row.id)
        order = last_order(app.store.reader, row.id)
        address = None if recipient is None else recipient.document.address
        try:
            accounts = of_seller(app.store.reader, row.seller)
            about = quoting.subject(app, row, at.seller, recipient, accounts)
            parcels = about.packed.parcels
            asked = await quoting.ask(app, about)
        except packing.NoWeight as error:
            return await _problem(at, "no_weight", {"items": error.offers})
        except (Rejected, Conflict) as error:
            kind = "no_sender" if error.code == "no_sender" else "no_quotes"
            return await _problem(at, kind, {"missing": {"hub": error.said}})
        refused = set[str]()
        if not order.carrier:
            refused = _refused_carriers(at, order.time) | address_checks.unclear_at(recipient, accounts)
        if ours is None:
            decision = quoting.decide(
                app, asked, carrier=order.carrier, service=order.service, refused=refused
            )
        else:
            asked, decision = quoting.recalled(app, asked, *ours)
            if decision.choice is None:
                return await _problem(at, tracked_elsewhere.KIND, tracked_elsewhere.facts(row))
        choice, table = decision.choice, quote_table.table(asked, decision)
        late = order.time is None or app.clock.now() - order.time > _PATIENCE
        if choice is None and not late and any(why.later for why in asked.missing.values()):
            raise Unavailable(
                "no carrier has an offer, and one did not answer: it is asked again",
                code="unavailable.no_carrier_offer_not_answer_asked",
            )
        doubt = None
        if choice is not None:
            account = next(one for one in accounts if one.id == choice.offer.account)
            doubt = await address_checks.doubt(app, row.id, app.carrier(account))

        def write(tx: Transaction) -> None:
            now = app.clock.now()
            current = posting_row(tx, row.id)
            if not current.wanted or Stage(current.stage).final or last_order(tx, row.id) != order:
                return  # something else was ordered while the carriers were asked
            if address_checks.address_of(tx, row.id) != address:
                return  # it goes elsewhere by now
            quote_table.keep(tx, current, table, asked.at)
            missing = {carrier: why.stored for carrier, why in asked.missing.items()}
            told = {"offers": len(asked.offers), "missing": missing}
            current = record(tx, current, "quotes.asked", told, actor="hub", now=now)
            if choice is None:
                missing = quoting.missing_of(asked, decision)
                open_problem(tx, current, "no_quotes", {"missing": missing}, now=now)
                return
            if doubt is not None:
                open_problem(tx, current, "address_unclear", doubt, now=now)
                return
            if identity.lacks(app, tx, current, app.carrier(choice.offer.account)):
                data = {"carrier": choice.offer.carrier}
                open_problem(tx, current, identity.PROBLEM, data, now=now)
                return
            intent.intend(app, tx, current, choice, parcels, actor="hub")

        await app.store.write(write)
        again = choice is not None or last_order(app.store.reader, row.id) != order
        return None if again else Wait()


def _looked_for(at: Situation) -> bool:
    """Whether a carrier is asked for a booking of it before anything is sent: it may be ours, and
    forgotten."""
    doubted = counter.doubt(at.app.store.reader)
    if doubted is None or not forgetting.may_be_forgotten(at.row, doubted):
        return False
    accounts = at.app.carrier_accounts(at.app.seller(at.row.seller))
    return any(at.app.registry.carriers[one.plugin].find is not Carrier.find for one in accounts)


async def _problem(at: Situation, kind: str, data: dict[str, object]) -> Wait:
    await ask(at.app, at.row.id, kind, data)
    return Wait()


def _refused_carriers(at: Situation, since: datetime | None) -> set[str]:
    """Carriers that refused this posting since it was ordered last: not chosen again by the machine."""
    if at.shipment is None:
        return set()  # nobody was ever asked to carry it
    found = shipments.failed_of_posting(at.app.store.reader, at.row.id)
    return {shipment.carrier for shipment in found if since is None or shipment.created_at >= since}


__all__ = ["Book", "Recheck", "Settle", "Undo"]
