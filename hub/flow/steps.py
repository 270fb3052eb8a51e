"""A posting's day as a list of steps, in their order: the worker takes what is due until nothing is.

One posting is worked on by one job at a time (its key is unique), so the steps never overlap. A step is
decided on what was read at one moment, and the transaction that writes what it changes compares the posting's
version with that: where the posting has changed since, the step is decided again (docs/adr/0027).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hub.flow import questions as questions  # a step waits only for the kinds that are known
from hub.flow.booking.steps import AtOnce as BookAtOnce
from hub.flow.booking.steps import Book, Recheck, Settle, Undo
from hub.flow.choice.steps import Choose, is_unpacked
from hub.flow.documents.steps import GetLabel
from hub.flow.history.basis import LeaseLost, Overtaken
from hub.flow.history.recording import posting_row
from hub.flow.history.shipments import latest_shipment
from hub.flow.history.situation import NOT_DUE, Act, Situation, Step, Verdict, Wait
from hub.flow.journal import operations as journal
from hub.flow.journal.steps import GoOn, Watch
from hub.flow.marketplace import reports
from hub.flow.marketplace.steps import Assemble, ReportMovement, TellNumber
from hub.flow.units.telling import TellUnits
from hub.plugin_api.models import Stage
from hub.store import Transaction, rows

if TYPE_CHECKING:
    from hub.flow.app import App

_MOST = 12  # a posting that needs more at once comes again


class Rest:
    """Nobody has ordered that it be shipped, it is over, or the marketplace waits for the buyer's papers."""

    code = "rest"

    def decide(self, at: Situation) -> Verdict:
        over = at.stage.final and at.stage is not Stage.DELIVERED
        return Wait() if not at.row.wanted or over or at.row.document.waits_for_papers else NOT_DUE


class AtOnce(BookAtOnce):
    """What comes after the choice begins in its transaction: assembling, where that is still to be done, else
    booking."""

    def begin(self, app: App, tx: Transaction, posting: rows.PostingRow, chosen: rows.ChoiceRow) -> None:
        """See `hub.flow.choice.steps.Next`."""
        if is_unpacked(posting):
            journal.plan(tx, reports.intend_assembly(app, tx, posting, chosen.parcels))
        else:
            super().begin(app, tx, posting, chosen)


STEPS: tuple[Step, ...] = (
    Settle(),
    GoOn(),
    Watch(),
    Recheck(),
    Undo(),
    Rest(),
    TellUnits(),
    Choose(AtOnce()),
    Assemble(),
    Book(),
    TellNumber(),
    ReportMovement(),
    GetLabel(),
)


async def run(app: App, posting_id: str) -> datetime | None:
    """Take every step that can be taken now; returns when to come again, or None."""
    for _ in range(_MOST):
        at = situation(app, posting_id)
        verdict = due(at)
        try:
            waits = await verdict.take() if isinstance(verdict, Act) else verdict
        except Overtaken:
            continue
        except LeaseLost:
            return None  # what is left is for the worker that has it by now
        if waits is None:
            continue
        if waits.until is not None:
            return waits.until
        watched = journal.watched(at.operations)
        return None if watched is None else watched[0]
    return app.clock.now() + timedelta(seconds=1)


def due(at: Situation) -> Act | Wait:
    """The first step that is due, or that has to wait."""
    for step in STEPS:
        verdict = step.decide(at)
        if isinstance(verdict, Act | Wait):
            return verdict
    return Wait()


def situation(app: App, posting_id: str) -> Situation:
    """How the posting stands, read at one moment. Raises NotFound."""

    def look(connection: Transaction) -> Situation:
        return Situation(
            app=app,
            row=posting_row(connection, posting_id),
            shipment=latest_shipment(connection, posting_id),
            operations=tuple(journal.operations_of(connection, posting_id)),
            now=app.clock.now(),
        )

    return app.store.snapshot(look)


__all__ = ["STEPS", "due", "run", "situation"]
