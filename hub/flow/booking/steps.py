"""The carrier's part in a posting's day: a booking is asked for after a restore, undone when nobody wants it,
and made of what was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hub.flow.booking import (
    cancelling,
    intent,
    overtaken,
    recalling,
    reconciling,
    shipping,
    tracked_elsewhere,
)
from hub.flow.choice.inputs import inputs_hash
from hub.flow.choice.steps import Forgotten, to_be_booked, with_recipient
from hub.flow.documents import labelling
from hub.flow.history.recording import posting_row
from hub.flow.history.situation import NOT_DUE, Act, Situation, Verdict, Wait
from hub.flow.journal import forgetting
from hub.flow.journal import operations as journal
from hub.flow.problems.opening import ask, is_open, open_problem, waits
from hub.flow.recipients import address_checks, identity
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.models import Stage
from hub.store import Transaction, counter, rows

if TYPE_CHECKING:
    from hub.flow.app import App


class Settle:
    """After a restore the carrier is asked for a booking before anything else is done with it."""

    code = "settle"

    def decide(self, at: Situation) -> Verdict:
        shipment = at.shipment
        if shipment is None or shipment.state != "checking":
            return NOT_DUE
        return Act(lambda: reconciling.check(at, shipment))


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
        later = await overtaken.after_a_refusal(at, refused, kind)
        return None if later is None else Wait(later)


class Undo:
    """The posting was cancelled: its booking is cancelled too, and its label must not be printed."""

    code = "undo"

    def decide(self, at: Situation) -> Verdict:
        return Act(lambda: self._undo(at)) if at.stage is Stage.CANCELLED else NOT_DUE

    async def _undo(self, at: Situation) -> Wait | None:
        app, row, shipment, now = at.app, at.row, at.shipment, at.app.clock.now()
        await at.basis.write(lambda tx: labelling.supersede(tx, posting_row(tx, row.id), now))
        if shipment is None or shipment.state != "booked":
            return Wait()
        if waits(app.store.reader, row, "undo", about=("shipment", shipment.id)):
            return Wait()
        if shipment.stage and Stage(shipment.stage).rank >= Stage.IN_TRANSIT.rank:
            await ask(at, "buyer_cancelled_after_booking", {}, about=("shipment", shipment.id))
            return Wait()
        await at.basis.write(
            lambda tx: cancelling.intend_cancel(app, tx, posting_row(tx, row.id), shipment, actor="hub")
        )
        return None


class Book:
    """The intent to book what was chosen is written."""

    code = "book"

    def decide(self, at: Situation) -> Verdict:
        verdict = to_be_booked(at)
        if verdict is not None:
            return verdict
        chosen = at.choice
        if chosen is None:
            return Wait()  # `Choose` stands before, and is due without one
        return Act(lambda: self._book(at, chosen))

    async def _book(self, at: Situation, chosen: rows.ChoiceRow) -> Wait | None:
        app = at.app
        row = await with_recipient(at)
        doubt = await address_checks.doubt(at, app.carrier(chosen.account))

        def write(tx: Transaction) -> None:
            current = posting_row(tx, row.id)
            if not current.wanted or Stage(current.stage).final:
                return
            if inputs_hash(app, tx, current) == chosen.inputs_hash:
                _intend(app, tx, current, chosen, doubt)
            # Else something else was ordered, or it goes elsewhere by now: it is chosen again.

        await at.basis.write(write)
        return None


class AtOnce:
    """Booking in the transaction that writes the choice."""

    async def forgotten(self, at: Situation) -> Forgotten | Wait | None:
        """See `hub.flow.choice.steps.Next`."""
        app, row = at.app, at.row
        number = tracked_elsewhere.foreign_number(app.store.reader, row)
        if not number:
            return None
        facts = tracked_elsewhere.facts(row)
        ours = await recalling.account_of(app, row, number)
        if ours is not None:
            return Forgotten(*ours, tracked_elsewhere.KIND, facts)
        return None if _looked_for(at) else await _problem(at, tracked_elsewhere.KIND, facts)

    def begin(self, app: App, tx: Transaction, posting: rows.PostingRow, chosen: rows.ChoiceRow) -> None:
        """See `hub.flow.choice.steps.Next`. Where the carrier is to be asked for the address first, that
        is left to `Book`."""
        known = address_checks.known_doubt(tx, posting.id, app.carrier(chosen.account))
        if known is not address_checks.NOT_ASKED:
            _intend(app, tx, posting, chosen, known)


def _intend(
    app: App,
    tx: Transaction,
    posting: rows.PostingRow,
    chosen: rows.ChoiceRow,
    doubt: dict[str, Any] | None,
) -> None:
    """Write the intent to book, or what a person is asked before."""
    now = app.clock.now()
    if doubt is not None:
        open_problem(tx, posting, "address_unclear", doubt, now=now)
    elif identity.lacks(app, tx, posting, app.carrier(chosen.account)):
        open_problem(tx, posting, identity.PROBLEM, {"carrier": chosen.carrier}, now=now)
    else:
        intent.intend(app, tx, posting, chosen, actor="hub")


def _looked_for(at: Situation) -> bool:
    """Whether a carrier is asked for a booking of it before anything is sent: it may be ours, and
    forgotten."""
    doubted = counter.doubt(at.app.store.reader)
    if doubted is None or not forgetting.may_be_forgotten(at.row, doubted):
        return False
    accounts = at.app.carrier_accounts(at.app.seller(at.row.seller))
    return any(at.app.registry.carriers[one.plugin].find is not Carrier.find for one in accounts)


async def _problem(at: Situation, kind: str, data: dict[str, object]) -> Wait:
    await ask(at, kind, data)
    return Wait()


__all__ = ["AtOnce", "Book", "Recheck", "Settle", "Undo"]
