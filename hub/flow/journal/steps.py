"""The journal's part in a posting's day: what is open goes on first, and what ended without certainty is
looked at again."""

from __future__ import annotations

from hub.flow.history.situation import NOT_DUE, Act, Situation, Verdict, Wait
from hub.flow.journal import operations as journal
from hub.flow.journal.kinds import kind_of, step_of
from hub.flow.problems.kinds import Step
from hub.flow.problems.opening import waits
from hub.store import rows


class GoOn:
    """An operation is open: it ends before anything else is begun. What is to be sent yet and spends
    something comes last, for the others may be about whether it is wanted, and it waits like its step."""

    code = "go_on"

    def decide(self, at: Situation) -> Verdict:
        begun = [one for one in at.operations if one.open]
        if not begun:
            return NOT_DUE
        first = min(begun, key=lambda one: _spends(one) is not None)
        step = _spends(first)
        if step is not None and not at.is_off and waits(at.app.store.reader, at.row, step):
            return NOT_DUE
        return Act(lambda: self._go_on(at, first))

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


def _spends(operation: rows.OperationRow) -> Step | None:
    """The step that it carries out, where it is still to be sent."""
    return step_of(operation) if operation.state == "planned" else None


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
