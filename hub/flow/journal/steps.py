"""The journal's part in a posting's day: what is open goes on first, and what ended without certainty is
looked at again."""

from __future__ import annotations

from hub.flow.history.situation import NOT_DUE, Act, Situation, Verdict, Wait
from hub.flow.journal import operations as journal
from hub.flow.journal.kinds import kind_of
from hub.store import rows


class GoOn:
    """An operation is open: it ends before anything else is begun."""

    code = "go_on"

    def decide(self, at: Situation) -> Verdict:
        begun = next((one for one in at.operations if one.open), None)
        return NOT_DUE if begun is None else Act(lambda: self._go_on(at, begun))

    async def _go_on(self, at: Situation, begun: rows.OperationRow) -> Wait | None:
        kind = kind_of(at.app, begun)
        if at.is_off and kind.surely_absent(begun):
            await journal.call_off(at.app, begun, kind, basis=at.basis)
            return None
        operation = await journal.perform(at.app, begun, kind, at.row, basis=at.basis)
        if not operation.open or operation.state == "planned":
            return None
        soonest = at.app.clock.now() + at.app.clock.stretch(0.05)
        return Wait(max(operation.look_after or soonest, soonest))


class Watch:
    """What waits for a person may show up after all, and what was sent twice may be there twice."""

    code = "watch"

    def decide(self, at: Situation) -> Verdict:
        watched = journal.watched(at.operations)
        if watched is None or watched[0] > at.now:
            return NOT_DUE
        return Act(lambda: self._look(at, watched[1]))

    async def _look(self, at: Situation, operation: rows.OperationRow) -> None:
        await journal.watch(at.app, operation, kind_of(at.app, operation), basis=at.basis)


__all__ = ["GoOn", "Watch"]
