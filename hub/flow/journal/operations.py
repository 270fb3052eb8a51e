"""The journal of calls that cost money or cannot be undone (docs/adr/0004).

    planned -> sending -> accepted -> confirmed | rejected
                  |           |
                  +---------> unknown -> (look-up) -> accepted | confirmed | rejected | planned again | human

An intent is committed before anything is sent; then ``sending``, with its time; only then is the socket
opened. One attempt. What gets no clear answer is ``unknown``: never sent again before the vendor was asked,
not earlier than the call's deadline, the settle time and a second of skew after it was sent. Found: adopted.
Absent: sent once more, with the same reference. Then a person decides. Pressing Ctrl-C and starting again
finds ``sending`` in the store, and looks first.

Each attempt is two rows that are never changed: when it began, and what came of it. ``sends`` counts them and
never falls; ``doubts`` counts those that may have been acted on: not one of which no byte left, nor one whose
answer proves a refusal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hub.calls.call import read
from hub.flow.history.basis import Basis, Write, deciding, noting
from hub.flow.journal import limits
from hub.flow.journal.forgetting import ASKED_AFTER_A_RESTORE, ASKED_BECAUSE, forgotten
from hub.flow.journal.kinds import Kind as Kind
from hub.flow.journal.kinds import Outcome as Outcome
from hub.flow.journal.kinds import kind_of as kind_of
from hub.flow.journal.limits import ENDED_THERE as ENDED_THERE
from hub.flow.journal.limits import EXISTS_SAYS_A_PERSON as EXISTS_SAYS_A_PERSON
from hub.flow.journal.limits import LOOKS, WATCHED
from hub.flow.journal.limits import MOST_SENDS as MOST_SENDS
from hub.flow.journal.limits import NOT_DONE as NOT_DONE
from hub.flow.journal.limits import SKEW as SKEW
from hub.flow.journal.limits import WATCH as WATCH
from hub.flow.journal.outcomes import change, overdue, settle
from hub.flow.journal.outcomes import first_look as first_look
from hub.flow.journal.sending import send_once
from hub.flow.journal.watching import CALLED_OFF as CALLED_OFF
from hub.flow.journal.watching import booked_anew, is_refused
from hub.flow.journal.watching import refusal_in_doubt as refusal_in_doubt
from hub.flow.journal.watching import watched as watched
from hub.plugin_api.errors import HubError
from hub.plugin_api.ids import new_id
from hub.plugin_api.models import Money
from hub.plugin_api.money import NO_MONEY
from hub.store import Transaction, operations, rows
from hub.store.mapping import micros
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App


def new(
    app: App,
    posting: rows.PostingRow,
    *,
    account: str,
    kind: str,
    subject_type: str,
    subject_id: str,
    epoch: int = 1,
    reference: str = "",
    quoted: Money | None = None,
    cap_minor: int | None = None,
    request: dict[str, Any] | None = None,
) -> rows.OperationRow:
    """A planned operation. ``cap_minor``: the most that it may cost before a person is asked."""
    now = app.clock.now()
    return rows.OperationRow(
        id=new_id("op"),
        seller=posting.seller,
        account=account,
        kind=kind,
        subject_type=subject_type,
        subject_id=subject_id,
        posting_id=posting.id,
        epoch=epoch,
        state="planned",
        reference=reference,
        fingerprint="",
        request=request or {},
        quoted_minor=None if quoted is None else quoted.minor,
        cap_minor=cap_minor,
        price_minor=None,
        currency="" if quoted is None else quoted.currency,
        external_id="",
        result={},
        reason="",
        reason_code="",
        sends=0,
        looks=0,
        sent_at=None,
        look_after=None,
        created_at=now,
        updated_at=now,
    )


def plan(tx: Transaction, operation: rows.OperationRow) -> rows.OperationRow:
    """Write the intent, or return the one that exists for this subject and epoch."""
    known = operations.of_epoch(
        tx,
        account=operation.account,
        kind=operation.kind,
        subject_type=operation.subject_type,
        subject_id=operation.subject_id,
        epoch=operation.epoch,
    )
    if known is not None:
        return known
    rows.operations.insert(tx, operation)
    return operation


def operations_of(
    connection: Transaction, posting_id: str, states: Sequence[str] = ()
) -> list[rows.OperationRow]:
    """The operations of a posting, oldest first."""
    found = operations.of_posting(connection, posting_id)
    return [row for row in found if not states or row.state in states]


async def perform(
    app: App,
    operation: rows.OperationRow,
    kind: Kind,
    posting: rows.PostingRow | None = None,
    *,
    basis: Basis | None = None,
) -> rows.OperationRow:
    """Take the operation one step on: send what is planned, look up what is open. ``posting``: the
    operation's, where it was just read. ``basis``: what that was decided on. Nothing is sent where the
    posting has changed since, and no look-up is written down where the work is another worker's by now; the
    answer to what was sent always is.

    Returns its row; while it is open, ``look_after`` says when to come again. Raises what a refused or
    unreachable vendor answered when surely nothing was done: the operation then is ``planned`` still.
    """
    now = app.clock.now()
    doubted = forgotten(app, operation, kind, posting)
    if doubted is not None and operation.state in ("planned", "sending", "unknown"):
        # It may have been sent up to the last moment before the restore: as unknown as any lost answer, and
        # however long ago that is, one list may leave it out. Of a hub that is new, as far as anything here
        # tells, nothing was sent: it looks once, at once, so that its first day does not begin with waiting.
        new = doubted.reason == "new"
        operation = await change(
            app,
            operation,
            kind,
            write=deciding(basis),
            state="unknown",
            looks=LOOKS - 1 if new else 0,
            look_after=None if new else first_look(app, kind, doubted.time),
            result={
                **operation.result,
                ASKED_AFTER_A_RESTORE: micros(doubted.time),
                ASKED_BECAUSE: doubted.reason,
            },
        )
    if operation.state == "planned":
        return await send_once(app, operation, kind, basis)
    if operation.state == "sending":
        # Its sender died, or lost its lease: nobody knows how far the request got.
        wait = first_look(app, kind, operation.sent_at or now)
        operation = await change(
            app, operation, kind, write=deciding(basis), state="unknown", look_after=wait
        )
    if operation.state in ("accepted", "unknown"):
        if operation.look_after is not None and now < operation.look_after:
            return operation
        return await _look(app, operation, kind, noting(basis))
    return operation


async def call_off(
    app: App, operation: rows.OperationRow, kind: Kind, *, basis: Basis | None = None
) -> rows.OperationRow:
    """End what is planned and not at the vendor: nobody wants it any more."""
    return await change(
        app,
        operation,
        kind,
        write=deciding(basis),
        state="rejected",
        reason=said("nobody wants it any more", code="journal.nobody_wants_any"),
        reason_code=CALLED_OFF,
    )


async def recheck(
    app: App, operation: rows.OperationRow, kind: Kind, *, basis: Basis | None = None
) -> rows.OperationRow:
    """Ask whether what was refused is there all the same. Raises what a look-up raises."""
    outcome = await _ask(operation, kind)
    asks = outcome.state == "human" and outcome.reason_code != ENDED_THERE  # an order that ended is none
    if outcome.state in ("confirmed", "accepted") or asks:
        return await settle(app, operation, kind, outcome, write=noting(basis))
    return await let_be(app, operation, kind, basis=basis)


async def let_be(
    app: App, operation: rows.OperationRow, kind: Kind, *, basis: Basis | None = None
) -> rows.OperationRow:
    """It stays as it ended. Nobody looks any more, unless an earlier send of it got no clear answer: that is
    watched."""
    later: dict[str, Any] = {"look_after": None}
    if operation.doubts and operation.looks + 1 < len(WATCH):
        looks = operation.looks + 1
        later = {"looks": looks, "look_after": app.clock.now() + WATCH[looks]}
    return await change(app, operation, kind, write=noting(basis), **later)


async def watch(
    app: App, operation: rows.OperationRow, kind: Kind, *, basis: Basis | None = None
) -> rows.OperationRow:
    """Look again at what ended without certainty: what waits for a person may show up after all, and what was
    sent twice may have taken effect twice, long after its settle time."""
    now, looks = app.clock.now(), operation.looks + 1
    changes: dict[str, Any] = {
        "looks": looks,
        "look_after": now + WATCH[looks] if looks < len(WATCH) else None,
    }
    extra: Sequence[str] = ()
    try:
        if is_refused(operation) and not booked_anew(
            operations_of(app.store.reader, operation.posting_id), operation
        ):
            return await recheck(app, operation, kind, basis=basis)
        if operation.state == "human":
            outcome = await _ask(operation, kind)
            if outcome.state in ("confirmed", "accepted", "rejected"):
                return await settle(app, operation, kind, outcome, write=noting(basis))
        else:
            extra = await read(
                kind.title, lambda: kind.extra(operation), explain=kind.explain, deadline=limits.DEADLINE
            )
    except HubError:
        # It could not be asked: that holds up nothing else of the posting, and is no look. A vendor that has
        # been gone for so long is not asked for ever.
        if now - operation.created_at < WATCHED:
            changes = {"look_after": now + WATCH[0]}
    if extra:
        changes["result"] = {**operation.result, "extra": list(extra)}
    return await change(app, operation, kind, write=noting(basis), extra=extra, **changes)


async def _look(app: App, operation: rows.OperationRow, kind: Kind, write: Write | None) -> rows.OperationRow:
    try:
        outcome = await _ask(operation, kind)
    except HubError as error:
        if error.code == NO_MONEY and operation.external_id and operation.result.get(EXISTS_SAYS_A_PERSON):
            word = Outcome(state="confirmed", reason=error.message)  # a person has seen it, and its price
            return await settle(app, operation, kind, word, write=write)
        if error.code == NO_MONEY:
            more: dict[str, Any] = {"reason": error.message, "reason_code": NO_MONEY}
            return await change(app, operation, kind, write=write, state="human", **more)
        if overdue(app, operation):
            return await change(app, operation, kind, write=write, state="human", reason=error.said)
        raise  # a look-up that failed says nothing: the worker comes again
    return await settle(app, operation, kind, outcome, write=write)


async def _ask(operation: rows.OperationRow, kind: Kind) -> Outcome:
    return await read(
        kind.title, lambda: kind.look(operation), explain=kind.explain, deadline=limits.DEADLINE
    )
