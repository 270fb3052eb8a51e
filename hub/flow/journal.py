"""The journal of calls that cost money or cannot be undone (docs/adr/0004).

    planned -> sending -> accepted -> confirmed | rejected
                  |           |
                  +---------> unknown -> (look-up) -> accepted | confirmed | rejected | planned again | human

An intent is committed before anything is sent; then ``sending``, with its time; only then is the socket
opened. One attempt. What gets no clear answer is ``unknown``: never sent again before the vendor was asked,
not earlier than the settle time. Found: adopted. Absent: sent once more, with the same reference. Then a
person decides. Pressing Ctrl-C and starting again finds ``sending`` in the store, and looks first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol

import msgspec

from hub.calls import read, send
from hub.errors import AuthFailed, Failure, HubError, Rejected, Unavailable, Unconfirmed
from hub.models import Money
from hub.store import Transaction, rows

if TYPE_CHECKING:
    from hub.flow.app import App

DEADLINE = 30.0  # real seconds for one call
_LOOKS = 3  # an absence counts after so many look-ups over the settle time
_SENDS = 2  # the same reference is sent twice at most
_POLL = (timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=15), timedelta(minutes=1))
_FLOOR = 0.3  # real seconds between two looks
_GIVE_UP = timedelta(hours=6)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a send or a look-up found."""

    state: Literal["accepted", "confirmed", "rejected", "absent", "duplicate", "human"]
    external_id: str = ""
    price: Money | None = None
    reason: str = ""
    reason_code: str = ""
    result: dict[str, Any] = {}


class Kind(Protocol):
    """One kind of operation: how it is sent, how it is looked up, and what its end changes here."""

    title: str
    settle: timedelta

    @property
    def repeats(self) -> bool:
        """An absent operation may be sent again by the machine (not where create_safety is ``none``)."""
        ...

    async def send(self, operation: rows.OperationRow) -> Outcome:
        """One attempt."""
        ...

    async def look(self, operation: rows.OperationRow) -> Outcome:
        """Ask the vendor what became of it. A look-up that fails raises: that is not ``absent``."""
        ...

    def explain(self, error: Exception) -> Failure | None:
        """What the vendor's error means."""
        ...

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        """Change our rows for the state that the operation has now; in the transaction that records it."""
        ...


def plan(tx: Transaction, operation: rows.OperationRow) -> rows.OperationRow:
    """Write the intent, or return the one that exists for this subject and epoch."""
    known = rows.operations.first(
        tx,
        "WHERE account = ? AND kind = ? AND subject_type = ? AND subject_id = ? AND epoch = ?",
        (
            operation.account,
            operation.kind,
            operation.subject_type,
            operation.subject_id,
            operation.epoch,
        ),
    )
    if known is not None:
        return known
    rows.operations.insert(tx, operation)
    return operation


def operations_of(
    connection: Transaction, posting_id: str, states: Sequence[str] = ()
) -> list[rows.OperationRow]:
    """The operations of a posting, oldest first."""
    found = rows.operations.all(connection, "WHERE posting_id = ? ORDER BY id", (posting_id,))
    return [row for row in found if not states or row.state in states]


async def perform(app: App, operation: rows.OperationRow, kind: Kind) -> rows.OperationRow:
    """Take the operation one step on: send what is planned, look up what is open.

    Returns its row; while it is open, ``look_after`` says when to come again. Raises what a refused or
    unreachable vendor answered when surely nothing was done: the operation then is ``planned`` still.
    """
    now = app.clock.now()
    if operation.state == "planned":
        return await _send(app, operation, kind)
    if operation.state == "sending":
        # Its sender died, or lost its lease: nobody knows how far the request got.
        sent = operation.sent_at or now
        wait = sent + app.clock.stretch(DEADLINE) + kind.settle
        operation = await _change(app, operation, kind, state="unknown", look_after=wait)
    if operation.state in ("accepted", "unknown"):
        if operation.look_after is not None and now < operation.look_after:
            return operation
        return await _look(app, operation, kind)
    return operation


async def _send(app: App, operation: rows.OperationRow, kind: Kind) -> rows.OperationRow:
    operation = await _change(
        app, operation, kind, state="sending", sent_at=app.clock.now(), sends=operation.sends + 1, looks=0
    )
    try:
        outcome = await send(
            kind.title,
            lambda: kind.send(operation),
            operation_id=operation.id,
            explain=kind.explain,
            deadline=DEADLINE,
        )
    except Rejected as error:
        state = "duplicate" if error.duplicate else "rejected"
        outcome = Outcome(state=state, reason=error.message, reason_code=error.vendor_code)  # type: ignore[arg-type]
    except (Unavailable, AuthFailed) as error:
        # `calls.send` raises these only where nothing was done: the intent stands and may be sent later.
        await _change(app, operation, kind, state="planned", sends=operation.sends - 1, reason=error.message)
        raise
    except Unconfirmed as error:
        wait = app.clock.now() + kind.settle
        return await _change(app, operation, kind, state="unknown", look_after=wait, reason=error.message)
    except HubError as error:
        outcome = Outcome(state="rejected", reason=error.message, reason_code=error.code)
    except Exception as error:
        wait = app.clock.now() + kind.settle
        await _change(app, operation, kind, state="unknown", look_after=wait, reason=type(error).__name__)
        raise
    return await _settle(app, operation, kind, outcome)


async def _look(app: App, operation: rows.OperationRow, kind: Kind) -> rows.OperationRow:
    outcome = await read(kind.title, lambda: kind.look(operation), explain=kind.explain, deadline=DEADLINE)
    return await _settle(app, operation, kind, outcome)


async def _settle(app: App, operation: rows.OperationRow, kind: Kind, outcome: Outcome) -> rows.OperationRow:
    now = app.clock.now()
    found: dict[str, Any] = {
        "external_id": outcome.external_id or operation.external_id,
        "reason": outcome.reason,
        "reason_code": outcome.reason_code,
        "result": {**operation.result, **outcome.result},
    }
    if outcome.price is not None:
        found |= {"price_minor": outcome.price.minor, "currency": outcome.price.currency}
    if outcome.state in ("confirmed", "rejected", "human"):
        return await _change(app, operation, kind, state=outcome.state, look_after=None, **found)
    if outcome.state == "duplicate":
        # The vendor knows our reference already: it is looked up, never sent under another one.
        looks = operation.looks + 1
        state = "human" if looks > _LOOKS else "unknown"
        return await _change(app, operation, kind, state=state, look_after=now, looks=looks, **found)
    if outcome.state == "accepted":
        pause = _POLL[min(operation.looks, len(_POLL) - 1)]
        again = max(now + pause, now + app.clock.stretch(_FLOOR))
        overdue = operation.sent_at is not None and now - operation.sent_at > _GIVE_UP
        return await _change(
            app,
            operation,
            kind,
            state="human" if overdue else "accepted",
            look_after=again,
            looks=operation.looks + 1,
            **found,
        )
    return await _absent(app, operation, kind, now)


async def _absent(app: App, operation: rows.OperationRow, kind: Kind, now: datetime) -> rows.OperationRow:
    """The vendor was asked and does not know it: asked again over the settle time, then sent once more."""
    looks = operation.looks + 1
    if looks < _LOOKS:
        pause = max(kind.settle / _LOOKS, app.clock.stretch(_FLOOR))
        return await _change(app, operation, kind, state="unknown", looks=looks, look_after=now + pause)
    if not kind.repeats or operation.sends >= _SENDS:
        return await _change(app, operation, kind, state="human", looks=looks, look_after=None)
    return await _change(app, operation, kind, state="planned", looks=0, look_after=None)


async def _change(app: App, operation: rows.OperationRow, kind: Kind, **changes: Any) -> rows.OperationRow:
    now = app.clock.now()

    def write(tx: Transaction) -> rows.OperationRow:
        stored = rows.operations.get(tx, operation.id)
        if stored is None or (stored.state, stored.sends) != (operation.state, operation.sends):
            raise Unavailable("somebody else is at work on this operation")
        row = msgspec.structs.replace(stored, updated_at=now, **changes)
        rows.operations.save(tx, row)
        if row.state != stored.state:
            kind.apply(tx, row)
        return row

    return await app.store.write(write)
