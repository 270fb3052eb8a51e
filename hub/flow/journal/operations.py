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
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from hub.calls.call import Attempt, read, send
from hub.flow.history.basis import Basis, Write
from hub.flow.history.echoes import heard
from hub.flow.journal import attempts
from hub.flow.journal.forgetting import (
    ABSENT_SAYS_A_PERSON,
    ASKED_AFTER_A_RESTORE,
    ASKED_BECAUSE,
    forgotten,
)
from hub.flow.journal.kinds import Kind as Kind
from hub.flow.journal.kinds import Outcome as Outcome
from hub.flow.journal.kinds import kind_of as kind_of
from hub.flow.journal.watching import CALLED_OFF as CALLED_OFF
from hub.flow.journal.watching import booked_anew, is_refused, just_refused, watched_from
from hub.flow.journal.watching import refusal_in_doubt as refusal_in_doubt
from hub.flow.journal.watching import watched as watched
from hub.plugin_api.errors import AuthFailed, BadReply, HubError, Rejected, Unavailable, Unconfirmed
from hub.plugin_api.ids import new_id
from hub.plugin_api.models import Money
from hub.plugin_api.money import NO_MONEY
from hub.store import Transaction, counter, operations, rows
from hub.store.mapping import micros
from hub.words import Sentence, said, words_of

if TYPE_CHECKING:
    from hub.flow.app import App

DEADLINE = 30.0  # real seconds for one call
SKEW = 1.0  # real seconds by which two machines' clocks may differ
_LOOKS = 3  # an absence counts after so many look-ups over the settle time
MOST_SENDS = 2  # the same reference is sent twice at most
_POLL = (timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=15), timedelta(minutes=1))
_FLOOR = 0.3  # real seconds between two looks
_GIVE_UP = timedelta(hours=6)
WATCH = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3))
"""After so long each is looked at once more: what waits for a person, and what was sent twice."""
_WATCHED = timedelta(days=7)
EXISTS_SAYS_A_PERSON = "word_of_a_person"
"""In an operation's ``result``: somebody looked at the vendor, and it is there."""
ENDED_THERE = "cancelled_since"
"""The ``reason_code`` of a booking whose order is there, and was ended by somebody else."""
NOT_DONE = "not_done"
"""The ``reason_code`` of what waits for a person after each try, and each look that saw nothing done."""


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
        operation = await _change(
            app,
            operation,
            kind,
            write=_deciding(basis),
            state="unknown",
            looks=_LOOKS - 1 if new else 0,
            look_after=None if new else first_look(app, kind, doubted.time),
            result={
                **operation.result,
                ASKED_AFTER_A_RESTORE: micros(doubted.time),
                ASKED_BECAUSE: doubted.reason,
            },
        )
    if operation.state == "planned":
        return await _send(app, operation, kind, basis)
    if operation.state == "sending":
        # Its sender died, or lost its lease: nobody knows how far the request got.
        wait = first_look(app, kind, operation.sent_at or now)
        operation = await _change(
            app, operation, kind, write=_deciding(basis), state="unknown", look_after=wait
        )
    if operation.state in ("accepted", "unknown"):
        if operation.look_after is not None and now < operation.look_after:
            return operation
        return await _look(app, operation, kind, _noting(basis))
    return operation


def _deciding(basis: Basis | None) -> Write | None:
    return None if basis is None else basis.write


def _noting(basis: Basis | None) -> Write | None:
    return None if basis is None else basis.note


async def call_off(
    app: App, operation: rows.OperationRow, kind: Kind, *, basis: Basis | None = None
) -> rows.OperationRow:
    """End what is planned and not at the vendor: nobody wants it any more."""
    return await _change(
        app,
        operation,
        kind,
        write=_deciding(basis),
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
        return await _settle(app, operation, kind, outcome, write=_noting(basis))
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
    return await _change(app, operation, kind, write=_noting(basis), **later)


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
                return await _settle(app, operation, kind, outcome, write=_noting(basis))
        else:
            extra = await read(
                kind.title, lambda: kind.extra(operation), explain=kind.explain, deadline=DEADLINE
            )
    except HubError:
        # It could not be asked: that holds up nothing else of the posting, and is no look. A vendor that has
        # been gone for so long is not asked for ever.
        if now - operation.created_at < _WATCHED:
            changes = {"look_after": now + WATCH[0]}
    if extra:
        changes["result"] = {**operation.result, "extra": list(extra)}
    return await _change(app, operation, kind, write=_noting(basis), extra=extra, **changes)


async def _send(app: App, operation: rows.OperationRow, kind: Kind, basis: Basis | None) -> rows.OperationRow:
    content = kind.fingerprint(app.store.reader, operation)
    told = ABSENT_SAYS_A_PERSON in operation.result
    if operation.doubts and not told and operation.fingerprint not in ("", content):
        # One reference, one content: were the first one there after all, it would be with the old one.
        reason = said(
            "the sender, or the buyer's address, phone or papers changed between two sends of one booking",
            code="journal.buyer_address_phone_papers",
        )
        return await _change(
            app,
            operation,
            kind,
            write=_deciding(basis),
            state="human",
            reason=reason,
            reason_code="changed",
        )
    operation = await _change(
        app,
        operation,
        kind,
        write=_deciding(basis),
        attempt=attempts.begun(app, operation),
        state="sending",
        sent_at=app.clock.now(),
        sends=operation.sends + 1,
        doubts=operation.doubts + 1,
        fingerprint=content,
        looks=0,
    )
    attempt = Attempt()
    fewer: dict[str, Any] = {"doubts": operation.doubts - 1}
    try:
        outcome = await send(
            kind.title,
            lambda: kind.send(operation),
            operation_id=operation.id,
            terms=kind.terms,
            deadline=DEADLINE,
            attempt=attempt,
        )
    except Rejected as error:
        state = "duplicate" if error.duplicate else "rejected"
        outcome = Outcome(state=state, reason=error.said, reason_code=error.vendor_code)  # type: ignore[arg-type]
    except (Unavailable, AuthFailed, BadReply) as error:
        # `calls.send` raises these only where nothing was done: the intent stands and may be sent later.
        ended = attempts.ended(app, operation, attempt)
        await _change(app, operation, kind, attempt=ended, state="planned", reason=error.said, **fewer)
        raise
    except Unconfirmed as error:
        return await _unclear(app, operation, kind, attempt, error.said)
    except HubError as error:
        outcome = Outcome(state="rejected", reason=error.said, reason_code=error.code)
    except Exception as error:
        await _unclear(app, operation, kind, attempt, type(error).__name__)
        raise
    ended = attempts.ended(app, operation, attempt)
    settled = fewer if ended.verdict in ("not_sent", "refused") and outcome.state == "rejected" else {}
    return await _settle(app, operation, kind, outcome, attempt=ended, **settled)


async def _unclear(
    app: App, operation: rows.OperationRow, kind: Kind, attempt: Attempt, reason: str
) -> rows.OperationRow:
    wait = first_look(app, kind, operation.sent_at or app.clock.now())
    ended = msgspec.structs.replace(attempts.ended(app, operation, attempt), verdict="unclear")
    return await _change(app, operation, kind, attempt=ended, state="unknown", look_after=wait, reason=reason)


def first_look(app: App, kind: Kind, sent: datetime) -> datetime:
    """When the vendor may be asked what became of a request: until then it may be on its way still."""
    return sent + app.clock.stretch(DEADLINE + SKEW) + kind.settle


async def _look(app: App, operation: rows.OperationRow, kind: Kind, write: Write | None) -> rows.OperationRow:
    try:
        outcome = await _ask(operation, kind)
    except HubError as error:
        if error.code == NO_MONEY and operation.external_id and operation.result.get(EXISTS_SAYS_A_PERSON):
            word = Outcome(state="confirmed", reason=error.message)  # a person has seen it, and its price
            return await _settle(app, operation, kind, word, write=write)
        if error.code == NO_MONEY:
            more: dict[str, Any] = {"reason": error.message, "reason_code": NO_MONEY}
            return await _change(app, operation, kind, write=write, state="human", **more)
        if _overdue(app, operation):
            return await _change(app, operation, kind, write=write, state="human", reason=error.said)
        raise  # a look-up that failed says nothing: the worker comes again
    return await _settle(app, operation, kind, outcome, write=write)


async def _ask(operation: rows.OperationRow, kind: Kind) -> Outcome:
    return await read(kind.title, lambda: kind.look(operation), explain=kind.explain, deadline=DEADLINE)


def _overdue(app: App, operation: rows.OperationRow) -> bool:
    return operation.sent_at is not None and app.clock.now() - operation.sent_at > _GIVE_UP


async def _settle(
    app: App,
    operation: rows.OperationRow,
    kind: Kind,
    outcome: Outcome,
    *,
    write: Write | None = None,
    attempt: rows.AttemptRow | None = None,
    **more: Any,
) -> rows.OperationRow:
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
        return await _change(app, operation, kind, state=outcome.state, look_after=None, **found)
    if outcome.state == "duplicate":
        # The vendor knows our reference already: it is looked up, never sent under another one.
        looks = operation.looks + 1
        state = "human" if looks > _LOOKS else "unknown"
        wait = max(now, first_look(app, kind, operation.sent_at or now))
        return await _change(app, operation, kind, state=state, look_after=wait, looks=looks, **found)
    if outcome.state == "waits":
        return await _change(app, operation, kind, state="unknown", look_after=now + WATCH[0], **found)
    if outcome.state == "accepted":
        pause = _POLL[min(operation.looks, len(_POLL) - 1)]
        again = max(now + pause, now + app.clock.stretch(_FLOOR))
        return await _change(
            app,
            operation,
            kind,
            state="human" if _overdue(app, operation) else "accepted",
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
    if looks < _LOOKS:
        pause = max(kind.settle / _LOOKS, app.clock.stretch(_FLOOR))
        again = now + pause
        return await _change(app, operation, kind, **to, state="unknown", looks=looks, look_after=again)
    said = operation.result.get(EXISTS_SAYS_A_PERSON)  # not to be answered by another send
    if said or not kind.repeats or operation.doubts >= kind.most_sends:
        if not said:
            to["reason_code"] = NOT_DONE
        return await _change(app, operation, kind, **to, state="human", looks=looks)
    return await _change(app, operation, kind, **to, state="planned", looks=0, look_after=None)


async def _change(
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

    def change(tx: Transaction) -> rows.OperationRow | None:
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

    written = await (write or app.store.write)(change)
    if written is None:
        raise Unavailable(
            "somebody else is at work on this operation", code="unavailable.somebody_else_work_operation"
        )
    return written
