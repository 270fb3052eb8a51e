"""A carrier is chosen: the offer is a row, which the booking uses while it is valid."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec

from hub.flow.choice import quote_table, quoting
from hub.flow.choice.choosing import Choice
from hub.flow.choice.inputs import hash_of, inputs_hash
from hub.flow.choice.weighing import Subject
from hub.flow.history.recording import Ordered, last_order, posting_row, record
from hub.flow.history.situation import NOT_DUE, Act, NotDue, Situation, Verdict, Wait
from hub.flow.intake import postings as intake
from hub.flow.packing import parcels as packing
from hub.flow.packing.plans import BadPlan
from hub.flow.problems.opening import ask, open_problem, waits
from hub.flow.recipients import address_checks
from hub.plugin_api.errors import Conflict, Rejected, Unavailable
from hub.plugin_api.models import Money, Quote, Service, Stage
from hub.store import Transaction, rows, shipments
from hub.store.accounts import of_seller

if TYPE_CHECKING:
    from hub.flow.app import App

_PATIENCE = timedelta(hours=1)  # so long carriers that do not answer are waited for before a person is told
_CAP = Decimal("1.10")  # of the quoted price: above it a person is asked
_LEAST = timedelta(minutes=1)  # what was chosen can be booked, however short a time a carrier's quotes last
_CHOSEN_BY: dict[str, rows.ChosenBy] = {"ordered": "person", "plugin": "plugin", "recalled": "recalled"}


class Forgotten(NamedTuple):
    """A booking of ours that the database has forgotten: only its account is chosen."""

    account: str
    service: str
    """Its code; empty where it is not known."""
    problem: str
    """What a person is asked where the account has no offer,"""
    facts: dict[str, Any]
    """and the data of that question."""


class Booking(Protocol):
    """What the booking of a posting has to say when a carrier is chosen for it. `hub.flow.steps` gives it:
    a package of the flow sees only those before it."""

    async def forgotten(self, at: Situation) -> Forgotten | Wait | None:
        """The booking of ours that somebody shows a tracking number of; Wait where a person is asked."""
        ...

    def begin(self, app: App, tx: Transaction, posting: rows.PostingRow, chosen: rows.ChoiceRow) -> None:
        """Begin it in the transaction that writes the choice, where nobody has to be asked first."""
        ...


class Choose:
    """The carriers are asked for prices, and what is chosen is written down."""

    code = "choose"

    def __init__(self, booking: Booking) -> None:
        self._booking = booking

    def decide(self, at: Situation) -> Verdict:
        verdict = to_be_booked(at)
        if verdict is not None:
            return verdict
        return NOT_DUE if _stands(at) else Act(lambda: self._choose(at))

    async def _choose(self, at: Situation) -> Wait | None:
        app = at.app
        ours = await self._booking.forgotten(at)
        if isinstance(ours, Wait):
            return ours
        row, recipient = await with_recipient(at), at.recipient
        if row is not at.row:
            if Stage(row.stage).final:
                return None
            recipient = rows.recipients.get(app.store.reader, row.id)
        order = last_order(app.store.reader, row.id)
        try:
            about = quoting.subject(app, row, at.seller, recipient, of_seller(app.store.reader, row.seller))
            asked = await quoting.ask(app, about)
        except packing.NoWeight as error:
            return await _problem(at, "no_weight", {"items": error.offers})
        except BadPlan as error:
            return await _problem(at, error.code, error.facts)
        except (Rejected, Conflict) as error:
            kind = "no_sender" if error.code == "no_sender" else "no_quotes"
            return await _problem(at, kind, {"missing": {"hub": error.said}})
        if ours is None:
            decision = quoting.decide(
                app, asked, carrier=order.carrier, service=order.service, refused=_refused(at, about, order)
            )
        else:
            asked, decision = quoting.recalled(app, asked, ours.account, ours.service)
            if decision.choice is None:
                return await _problem(at, ours.problem, ours.facts)
        choice, table = decision.choice, quote_table.table(asked, decision)
        late = order.time is None or app.clock.now() - order.time > _PATIENCE
        if choice is None and not late and any(why.later for why in asked.missing.values()):
            raise Unavailable(
                "no carrier has an offer, and one did not answer: it is asked again",
                code="unavailable.no_carrier_offer_not_answer_asked",
            )

        profile, sender = about.seller.profile, about.warehouse.sender
        inputs = hash_of(row, profile, sender, about.packed.items, recipient, order, at.shipment)

        def write(tx: Transaction) -> None:
            now = app.clock.now()
            current = posting_row(tx, row.id)
            if not current.wanted or Stage(current.stage).final or last_order(tx, row.id) != order:
                return  # something else was ordered while the carriers were asked
            if address_checks.address_of(tx, row.id) != about.address:
                return  # it goes elsewhere by now
            if current.warehouse != row.warehouse:
                return  # it leaves from elsewhere by now
            quote_table.keep(tx, current, table, asked.at)
            missing = {carrier: why.stored for carrier, why in asked.missing.items()}
            told = {"offers": len(asked.offers), "missing": missing}
            current = record(tx, current, "quotes.asked", told, actor="hub", now=now)
            if choice is None:
                missing = quoting.missing_of(asked, decision, carrier=order.carrier, service=order.service)
                open_problem(tx, current, "no_quotes", {"missing": missing}, now=now)
                return
            kept = _row(app, about, choice, inputs)
            rows.choices.put(tx, kept)
            self._booking.begin(app, tx, current, kept)

        await at.basis.write(write)
        return Wait() if choice is None else None


def to_be_booked(at: Situation) -> NotDue | Wait | None:
    """Whether a carrier is to be chosen and booked now: NotDue where the marketplace books, or it is booked;
    Wait where a person is asked, or an order of it is under way; else None."""
    if at.row.books != "seller":
        return NOT_DUE
    if at.shipment is not None and at.shipment.live:
        return NOT_DUE if at.shipment.state == "booked" else Wait()
    if at.stage.rank >= Stage.HANDED_OVER.rank or waits(at.app.store.reader, at.row, "book"):
        return Wait()
    return None


async def with_recipient(at: Situation) -> rows.PostingRow:
    """The posting, read again from the marketplace where its buyer is not known well enough to book."""
    if at.row.document.recipient_complete and at.recipient is not None:
        return at.row
    # Substitute phone numbers are given only by the single read, and only for a time.
    row = await intake.refresh_posting(at.app, at.row.id, "hub")
    at.basis.read_again()
    return row


def _stands(at: Situation) -> bool:
    """Whether what was chosen can be booked as it is."""
    chosen = at.choice
    if chosen is None or not chosen.chosen_at <= at.now < chosen.valid_until:
        return False
    if chosen.account not in {account.id for account in at.app.carrier_accounts(at.seller)}:
        return False
    return inputs_hash(at.app, at.app.store.reader, at.row) == chosen.inputs_hash


def _refused(at: Situation, about: Subject, order: Ordered) -> set[str]:
    """Carriers that are not chosen by the hub, unless a person names one: they refused the posting since it
    was ordered last, or do not find its address clear."""
    if order.carrier:
        return set()
    unclear = address_checks.unclear_at(about.recipient, about.accounts)
    if at.shipment is None:
        return unclear  # nobody was ever asked to carry it
    failed = shipments.failed_of_posting(at.app.store.reader, at.row.id)
    return unclear | {one.carrier for one in failed if order.time is None or one.created_at >= order.time}


def _row(app: App, about: Subject, choice: Choice, inputs: str) -> rows.ChoiceRow:
    """``inputs``: the hash of what it was chosen for."""
    now, quote = app.clock.now(), choice.offer.quote
    service = Service(code=str(quote.service.code), name=str(quote.service.name))
    account = next(one for one in about.accounts if one.id == choice.offer.account)
    minutes = about.seller.profile.carrier_rules.choice_minutes
    lasts = app.carrier(account).quotes_last or timedelta(minutes=minutes)
    return rows.ChoiceRow(
        posting_id=about.row.id,
        seller=about.row.seller,
        account=account.id,
        carrier=choice.offer.carrier,
        service_code=service.code,
        service_name=service.name,
        offer=_kept(quote, service),
        price_minor=quote.price.minor,
        currency=quote.price.currency,
        cap_minor=Money.of(quote.price.amount * _CAP, quote.price.currency).minor,
        parcels=about.packed.parcels,
        inputs_hash=inputs,
        chosen_by=_CHOSEN_BY.get(choice.why["reason"], "rule"),
        why=choice.why,
        chosen_at=now,
        valid_until=now + max(lasts, _LEAST),
    )


def _kept(quote: Quote, service: Service) -> Quote:
    """The quote without the carrier's words for the reader: those are in the table of quotes."""
    return msgspec.structs.replace(quote, service=service, note="")


async def _problem(at: Situation, kind: str, data: dict[str, Any]) -> Wait:
    await ask(at, kind, data)
    return Wait()


__all__ = ["Booking", "Choose", "Forgotten", "to_be_booked", "with_recipient"]
