"""What an answer, or a look, makes of an operation: its next state, and when to come again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from hub.flow.history.basis import Write
from hub.flow.history.echoes import heard
from hub.flow.journal import limits
from hub.flow.journal.kinds import Kind, Outcome
from hub.flow.journal.limits import (
    EXISTS_SAYS_A_PERSON,
    FLOOR,
    GIVE_UP,
    LOOKS,
    NOT_DONE,
    POLL,
    SKEW,
    WATCH,
)
from hub.flow.journal.watching import just_refused, watched_from
from hub.plugin_api.errors import Unavailable
from hub.store import Transaction, counter, rows
from hub.words import Sentence, words_of

if TYPE_CHECKING:
    from hub.flow.app import App


def first_look(app: App, kind: Kind, sent: datetime) -> datetime:
    """When the vendor may be asked what became of a request: until then it may be on its way still."""
    return sent + app.clock.stretch(limits.DEADLINE + SKEW) + kind.settle


def overdue(app: App, operation: rows.OperationRow) -> bool:
    """It was sent so long ago that a person is asked."""
    return operation.sent_at is not None and app.clock.now() - operation.sent_at > GIVE_UP


async def settle(
    app: App,
    operation: rows.OperationRow,
    kind: Kind,
    outcome: Outcome,
    *,
    write: Write | None = None,
    attempt: rows.AttemptRow | None = None,
    **more: Any,
) -> rows.OperationRow:
    """Write what a send or a look-up found, and what the operation does next."""
    now = app.clock.now()
    found: dict[str, Any] = {
        **more,
        "write": write,
        "attempt": attempt,
        "external_id": outcome.external_id or operation.external_id,
        "reason": outcome.reason,
        "reason_code": outcome.reason_code,
        "result": {**operation.result, **outcome.result},
    }
    if outcome.price is not None:
        found |= {"price_minor": outcome.price.minor, "currency": outcome.price.currency}
    if outcome.state in ("confirmed", "rejected", "human"):
        return await change(app, operation, kind, state=outcome.state, look_after=None, **found)
    if outcome.state == "duplicate":
        # The vendor knows our reference already: it is looked up, never sent under another one.
        looks = operation.looks + 1
        state = "human" if looks > LOOKS else "unknown"
        wait = max(now, first_look(app, kind, operation.sent_at or now))
        return await change(app, operation, kind, state=state, look_after=wait, looks=looks, **found)
    if outcome.state == "waits":
        return await change(app, operation, kind, state="unknown", look_after=now + WATCH[0], **found)
    if outcome.state == "accepted":
        pause = POLL[min(operation.looks, len(POLL) - 1)]
        again = max(now + pause, now + app.clock.stretch(FLOOR))
        return await change(
            app,
            operation,
            kind,
            state="human" if overdue(app, operation) else "accepted",
            look_after=again,
            looks=operation.looks + 1,
            **found,
        )
    return await _absent(app, operation, kind, now, attempt, write)


async def _absent(
    app: App,
    operation: rows.OperationRow,
    kind: Kind,
    now: datetime,
    attempt: rows.AttemptRow | None,
    write: Write | None,
) -> rows.OperationRow:
    """The vendor was asked and does not know it: asked again over the settle time, then sent once more."""
    looks = operation.looks + 1
    to: dict[str, Any] = {"attempt": attempt, "write": write}
    if looks < LOOKS:
        pause = max(kind.settle / LOOKS, app.clock.stretch(FLOOR))
        again = now + pause
        return await change(app, operation, kind, **to, state="unknown", looks=looks, look_after=again)
    said = operation.result.get(EXISTS_SAYS_A_PERSON)  # not to be answered by another send
    if said or not kind.repeats or operation.doubts >= kind.most_sends:
        if not said:
            to["reason_code"] = NOT_DONE
        return await change(app, operation, kind, **to, state="human", looks=looks)
    return await change(app, operation, kind, **to, state="planned", looks=0, look_after=None)


async def change(
    app: App,
    operation: rows.OperationRow,
    kind: Kind,
    *,
    write: Write | None = None,
    extra: Sequence[str] = (),
    attempt: rows.AttemptRow | None = None,
    **changes: Any,
) -> rows.OperationRow:
    """Write the operation's next state, what follows from it, and the attempt that led to it; by ``write``
    where that is a decision, or what somebody was asked, and not the answer to what was sent.

    Raises Unavailable where somebody else has changed the operation; what became of the attempt is written
    down all the same.
    """
    now = app.clock.now()
    if just_refused(operation, kind, changes):
        changes |= {"look_after": max(now + WATCH[0], first_look(app, kind, now)), "looks": 0}
    elif watched_from(operation, changes):
        changes |= {"look_after": now + WATCH[0], "looks": 0}

    def written_down(tx: Transaction) -> rows.OperationRow | None:
        stored = rows.operations.get(tx, operation.id)
        stale = stored is None or (stored.state, stored.sends) != (operation.state, operation.sends)
        if attempt is not None and (attempt.event == "ended" or not stale):
            rows.attempts.insert(tx, attempt)
        if stored is None or stale:
            return None
        told: dict[str, Any] = {name: changes[name] for name in ("reason", "result") if name in changes}
        facts = changes | heard(tx, stored.posting_id, told)
        if (words := words_of(facts.get("reason"))) is not None:
            facts["reason"] = Sentence(words)
        row = msgspec.structs.replace(stored, updated_at=now, **facts)
        rows.operations.save(tx, row, was=stored)
        if row.sends > stored.sends:
            counter.add(tx)
        if row.state != stored.state:
            kind.apply(tx, row)
        if extra:
            kind.double(tx, row, tuple(extra))
        return row

    written = await (write or app.store.write)(written_down)
    if written is None:
        raise Unavailable(
            "somebody else is at work on this operation", code="unavailable.somebody_else_work_operation"
        )
    return written
