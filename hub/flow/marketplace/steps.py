"""What the marketplace is told in a posting's day: that it is assembled, how it travels, how far it is."""

from __future__ import annotations

from hub.flow.choice import quoting
from hub.flow.choice.steps import chosen_boxes, is_unpacked
from hub.flow.history.recording import posting_row
from hub.flow.history.situation import NOT_DUE, Act, Situation, Verdict, Wait
from hub.flow.journal import operations as journal
from hub.flow.marketplace import reports
from hub.flow.packing import parcels as packing
from hub.flow.packing.plans import BadPlan
from hub.flow.problems.opening import ask, close_problems, is_open, waits
from hub.plugin_api.models import Action, Parcel, Stage
from hub.store import problems, rows

NOT_TAKEN = "number_not_taken"
_MOVEMENT = (
    (Stage.IN_TRANSIT, Stage.HANDED_OVER),
    (Stage.READY_FOR_PICKUP, Stage.READY_FOR_PICKUP),
    (Stage.DELIVERED, Stage.DELIVERED),
)
"""What is reported, and from which stage on."""


class Assemble:
    """The marketplace is told that the posting is packed, once a carrier takes it and nothing is missing that
    a booking needs: that cannot be taken back."""

    code = "assemble"

    def decide(self, at: Situation) -> Verdict:
        if not is_unpacked(at.row):
            return NOT_DUE
        if waits(at.app.store.reader, at.row, "assemble"):
            return Wait()
        return Act(lambda: self._assemble(at))

    async def _assemble(self, at: Situation) -> Wait | None:
        parcels = await self._packed(at)
        if parcels is None:
            return Wait()
        await at.basis.write(
            lambda tx: journal.plan(tx, reports.intend_assembly(at.app, tx, at.row, parcels))
        )
        return None

    async def _packed(self, at: Situation) -> tuple[Parcel, ...] | None:
        """The boxes; None where a person is asked for what is missing."""
        app, row, books = at.app, at.row, at.row.books == "seller"
        priced = chosen_boxes(at) if books else None
        if priced is not None:
            return priced  # a plan made anew may be another one
        try:
            parcels = packing.plan(app, row) if books else packing.plan_or_all(app, row)
        except packing.NoWeight as error:
            await ask(at, error.code, {"items": error.offers})
            return None
        except BadPlan as error:
            await ask(at, error.code, error.facts)
            return None
        if books and app.warehouse(row).sender is None:
            await ask(at, "no_sender", {"missing": {"hub": quoting.NO_SENDER}})
            return None
        return parcels


class TellNumber:
    """The marketplace is told the tracking number, where it does not know it."""

    code = "tell_number"

    def decide(self, at: Situation) -> Verdict:
        app, row = at.app, at.row
        if row.books != "seller" or at.shipment is None or waits(app.store.reader, row, "tell"):
            return NOT_DUE
        number = at.shipment.tracking_number
        if not number:
            return NOT_DUE
        asked = row.problems > 0 and is_open(app.store.reader, row.id, NOT_TAKEN)
        if _knows(at, number):
            return Act(lambda: self._over(at)) if asked else NOT_DUE
        if Action.SET_TRACKING in row.document.actions:
            return Act(lambda: self._tell(at, number))
        if asked or not _too_late(at, number):
            return NOT_DUE
        return Act(lambda: self._ask(at, number))

    async def _ask(self, at: Situation, number: str) -> None:
        """The marketplace takes no number any more: a person hears of it, once a booking."""
        assert at.shipment is not None, "its number is to be told"
        shown = at.row.document.tracking_number
        source = at.app.registry.sources.get(_plugin(at))
        data = {"number": number, "shown": shown, "carrier": at.shipment.carrier, "status": at.row.status}
        await ask(at, NOT_TAKEN, data | {"marketplace": "" if source is None else source.title})

    async def _over(self, at: Situation) -> None:
        """Somebody told it by hand."""
        posting_id, now = at.row.id, at.app.clock.now()
        await at.basis.write(
            lambda tx: close_problems(tx, posting_row(tx, posting_id), NOT_TAKEN, now=now, answer="told")
        )

    async def _tell(self, at: Situation, number: str) -> None:
        await at.basis.write(lambda tx: journal.plan(tx, reports.intend_tracking(at.app, tx, at.row, number)))


def _plugin(at: Situation) -> str:
    account = rows.accounts.get(at.app.store.reader, at.row.account)
    return "" if account is None else account.plugin


def _too_late(at: Situation, number: str) -> bool:
    """Whether the marketplace will not ask for this number later: it has another one, or counts the parcel as
    given away. What a person was told of this booking is not told again."""
    document, booked = at.row.document, at.shipment
    if document.fulfilment.tracking != "seller" or booked is None or booked.state != "booked" or at.is_off:
        return False
    away = document.stage is not None and document.stage.rank >= Stage.HANDED_OVER.rank
    if not away and document.tracking_number in ("", number):
        return False
    told = problems.dismissed_since(at.app.store.reader, at.row.id, NOT_TAKEN, since=booked.created_at)
    return told is None


class ReportMovement:
    """The marketplace is told how far the parcel is, in its order, where the seller is the one to say so."""

    code = "report_movement"

    def decide(self, at: Situation) -> Verdict:
        app, row, shipment = at.app, at.row, at.shipment
        if row.books != "seller" or shipment is None or row.document.fulfilment.statuses != "seller":
            return NOT_DUE
        if waits(app.store.reader, row, "tell"):
            return NOT_DUE
        tracked = Stage(shipment.stage) if shipment.stage else at.stage
        reached = max(at.stage, tracked, key=lambda stage: stage.rank)
        for stage, needed in _MOVEMENT:
            offered = reports.REPORT_ACTIONS[stage] in row.document.actions
            if offered and Stage.DELIVERED.rank >= reached.rank >= needed.rank and not _was_told(row, stage):
                return Act(lambda stage=stage: self._report(at, stage))  # type: ignore[misc]
        return NOT_DUE

    async def _report(self, at: Situation, stage: Stage) -> None:
        await at.basis.write(lambda tx: journal.plan(tx, reports.intend_report(at.app, tx, at.row, stage)))


def _knows(at: Situation, number: str) -> bool:
    """Whether the marketplace shows this tracking number, or took it and does not show it yet."""
    told = [one for one in at.operations if one.kind == "set_tracking" and one.state == "confirmed"]
    last = max(told, key=lambda one: one.epoch, default=None)
    return number in (at.row.document.tracking_number, last and last.request["tracking_number"])


def _was_told(row: rows.PostingRow, stage: Stage) -> bool:
    return bool(row.reported) and Stage(row.reported).rank >= stage.rank


__all__ = ["Assemble", "ReportMovement", "TellNumber"]
