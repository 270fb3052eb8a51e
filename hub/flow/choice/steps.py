"""A carrier is chosen, before the marketplace is told that anything is packed: the offer is a row, which the
booking uses while it is valid."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from hub.flow.choice import pricing, quoting
from hub.flow.choice.inputs import inputs_hash
from hub.flow.choice.weighing import Subject
from hub.flow.history.basis import Overtaken
from hub.flow.history.recording import Ordered, last_order, posting_row
from hub.flow.history.situation import NOT_DUE, Act, NotDue, Situation, Verdict, Wait
from hub.flow.intake import postings as intake
from hub.flow.problems.opening import ask, open_problem, waits
from hub.flow.recipients import address_checks
from hub.plugin_api.errors import Unavailable
from hub.plugin_api.models import Action, Parcel, Stage
from hub.store import Transaction, rows, shipments

if TYPE_CHECKING:
    from hub.flow.app import App

_PATIENCE = timedelta(hours=1)  # so long carriers that do not answer are waited for before a person is told


class Forgotten(NamedTuple):
    """A booking of ours that the database has forgotten: only its account is chosen."""

    account: str
    service: str
    """Its code; empty where it is not known."""
    problem: str
    """What a person is asked where the account has no offer,"""
    facts: dict[str, Any]
    """and the data of that question."""


class Next(Protocol):
    """What the steps after the choice have to say when a carrier is chosen. `hub.flow.steps` gives it: a
    package of the flow sees only those before it."""

    async def forgotten(self, at: Situation) -> Forgotten | Wait | None:
        """The booking of ours that somebody shows a tracking number of; Wait where a person is asked."""
        ...

    def begin(self, app: App, tx: Transaction, posting: rows.PostingRow, chosen: rows.ChoiceRow) -> None:
        """Begin what comes next (assembling, or booking) in the transaction that writes the choice, where
        nobody has to be asked first."""
        ...


class Choose:
    """The carriers are asked for prices, and what is chosen is written down. It comes before the assembly:
    what nobody takes is not told to the marketplace as packed."""

    code = "choose"

    def __init__(self, then: Next) -> None:
        self._next = then

    def decide(self, at: Situation) -> Verdict:
        verdict = to_be_booked(at)
        if verdict is not None:
            return verdict
        if is_unpacked(at.row):
            if waits(at.app.store.reader, at.row, "assemble"):
                return Wait()
            if not _goes_somewhere(at.recipient):  # told only once it is packed: nobody can be asked before
                return NOT_DUE
        return NOT_DUE if _stands(at) else Act(lambda: self._choose(at))

    async def _choose(self, at: Situation) -> Wait | None:
        app = at.app
        ours = await self._next.forgotten(at)
        if isinstance(ours, Wait):
            return ours
        row, recipient = at.row, at.recipient
        if not is_unpacked(row):  # else its address is known, and all of the buyer is read once it is packed
            row = await with_recipient(at)
        if row is not at.row:
            if Stage(row.stage).final:
                return None
            recipient = rows.recipients.get(app.store.reader, row.id)
        order = last_order(app.store.reader, row.id)
        try:
            about, asked = await pricing.ask(app, row, at.seller, recipient)
        except pricing.Lacking as lacking:
            return await _problem(at, lacking.kind, lacking.data)
        if ours is None:
            decision = quoting.decide(
                app, asked, carrier=order.carrier, service=order.service, refused=_refused(at, about, order)
            )
        else:
            asked, decision = quoting.recalled(app, asked, ours.account, ours.service)
            if decision.choice is None:
                return await _problem(at, ours.problem, ours.facts)
        priced = pricing.Priced(about, asked, decision, order)
        late = order.time is None or app.clock.now() - order.time > _PATIENCE
        if priced.later and not late:
            raise Unavailable(
                "no carrier has an offer, and one did not answer: it is asked again",
                code="unavailable.no_carrier_offer_not_answer_asked",
            )
        inputs = priced.inputs(at.shipment)

        def write(tx: Transaction) -> None:
            current = posting_row(tx, row.id)
            if not current.wanted or Stage(current.stage).final or last_order(tx, row.id) != order:
                return  # something else was ordered while the carriers were asked
            if address_checks.address_of(tx, row.id) != about.address:
                return  # it goes elsewhere by now
            if current.warehouse != row.warehouse:
                return  # it leaves from elsewhere by now
            current, kept = pricing.keep(app, tx, current, priced, inputs, actor="hub")
            if kept is None:
                lacks = priced.lacks
                open_problem(tx, current, lacks.kind, lacks.data, now=app.clock.now())
            elif (dearer := _dearer(kept, order)) and ours is None:
                open_problem(tx, current, "dearer_than_agreed", dearer, now=app.clock.now())
            else:
                self._next.begin(app, tx, current, kept)

        await at.basis.write(write)
        return Wait() if decision.choice is None else None


def _dearer(chosen: rows.ChoiceRow, order: Ordered) -> dict[str, Any]:
    """Of a choice that costs more than the person agreed to who ordered: what it costs; else nothing."""
    price, agreed = pricing.paid(chosen), order.agreed
    if agreed is None or (price.currency == agreed.currency and price.amount <= agreed.amount):
        return {}
    return {"carrier": chosen.carrier, "price": str(price), "agreed": str(agreed)}


def is_unpacked(row: rows.PostingRow) -> bool:
    """Whether the marketplace has still to be told that it is packed."""
    return Action.ASSEMBLE in row.document.actions


def chosen_boxes(at: Situation) -> tuple[Parcel, ...] | None:
    """The boxes that prices were asked for; None where nobody could be asked before the assembly."""
    if at.choice is None or not _goes_somewhere(at.recipient):
        return None
    return at.choice.parcels


def _goes_somewhere(recipient: rows.RecipientRow | None) -> bool:
    return recipient is not None and recipient.document.address is not None


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
    """The posting, read again from the marketplace where its buyer is not known well enough to book. Raises
    Overtaken where that brought a question that the booking waits for."""
    if at.row.document.recipient_complete and at.recipient is not None:
        return at.row
    # Substitute phone numbers are given only by the single read, and only for a time.
    row = await intake.refresh_posting(at.app, at.row.id, "hub")
    at.basis.read_again()
    if waits(at.app.store.reader, posting_row(at.app.store.reader, row.id), "book"):
        raise Overtaken(row.id)  # a person is asked since it was decided
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


async def _problem(at: Situation, kind: str, data: dict[str, Any]) -> Wait:
    await ask(at, kind, data)
    return Wait()


__all__ = ["Choose", "Forgotten", "Next", "chosen_boxes", "is_unpacked", "to_be_booked", "with_recipient"]
