"""Requests to cancel a posting, mostly the buyer's: a person agrees or refuses in time, for silence agrees.

While one is open nothing is spent on the posting: it is neither packed nor booked. What was decided in the
marketplace's own cabinet, or by its clock, ends the question here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from hub.calls.call import read
from hub.flow.history.echoes import heard
from hub.flow.history.recording import advance_soon, posting_row, record
from hub.flow.history.shipments import latest_shipment
from hub.flow.intake import postings as intake
from hub.flow.intake.arriving import real_time
from hub.flow.journal import operations as journal
from hub.flow.journal.operations import Outcome
from hub.flow.marketplace.reports import MarketKind
from hub.flow.problems.opening import close_problems, open_problem
from hub.flow.runtime.stored_accounts import account_row
from hub.plugin_api.errors import AuthFailed, HubError, NotFound, Unavailable
from hub.plugin_api.models import CancelRequest, Stage
from hub.plugin_api.sources import OrderSource
from hub.store import Transaction, operations, postings, problems, rows
from hub.words import said
from hub.words.plain import tidied

if TYPE_CHECKING:
    from hub.flow.app import App

ASKED = "cancel_asked"
_OFTEN = timedelta(minutes=2)
_MARGIN = timedelta(hours=2)  # the hub's clock ends before the marketplace's: there is time to answer
_LISTED_LATE = timedelta(minutes=20)  # so long the list may show what was decided already: an assumption
_AT_ONCE = 50  # numbers that are asked for in one request, postings of one write
_MESSAGE = 300
_OPERATION = "answer_cancel_request"


def are_asked(kind: type[OrderSource[Any]]) -> bool:
    """Whether sellers are asked at this marketplace before a posting is cancelled."""
    return kind.cancel_requests is not OrderSource.cancel_requests


async def run(app: App, account_id: str) -> datetime | None:
    """The scheduled look of one account. Again in some minutes."""
    try:
        account = account_row(app.store.reader, account_id)
    except NotFound:
        return None
    seller = app.seller(account.seller)
    if account.plugin not in seller.plugins or not are_asked(type(app.source(account_id))):
        return None
    await look(app, account)
    return app.clock.now() + max(_OFTEN, app.clock.stretch(0.3))


async def look(app: App, account: rows.AccountRow) -> None:
    """Ask a person about every request that waits, and end the questions about those that do not.

    Raises the first error of a posting that cannot be read, after all others were asked about.
    """
    found: dict[str, list[CancelRequest]] = defaultdict(list)
    for one in await _read(app, account, ()):
        if one.state == "open":
            found[one.number].append(one)
    await _ask_all(app, account, list(found.values()))
    reader = app.store.reader
    new = [one for one in found if postings.of_number(reader, account=account.id, number=one) is None]
    failed = await _take_in(app, account, new)
    await _ask_all(app, account, [found[one] for one in new])
    asked = [
        one
        for one in problems.open_of_seller(reader, account.seller, kinds=(ASKED,))
        if one.account == account.id
    ]
    gone = [row for row in asked if _number(reader, row) not in found]
    decided = await _decided(app, account, gone)

    def end(tx: Transaction) -> None:
        for problem, one in decided:
            _over(app, tx, problem, one)

    if decided:
        await app.store.write(end)
    for problem, one in decided:
        if one.state == "agreed":  # its booking is cancelled once the posting is seen to be
            await intake.refresh_posting(app, problem.posting_id, "schedule")
    if failed is not None:
        raise failed


async def _ask_all(app: App, account: rows.AccountRow, found: Sequence[Sequence[CancelRequest]]) -> None:
    """A few in a write: others write as well."""
    for start in range(0, len(found), _AT_ONCE):

        def ask(tx: Transaction, part: int = start) -> None:
            for some in found[part : part + _AT_ONCE]:
                _ask(app, tx, account, some)

        await app.store.write(ask)


async def _take_in(app: App, account: rows.AccountRow, numbers: Sequence[str]) -> HubError | None:
    """Read the postings that are new here. Returns the first error: one that fails hides no other."""
    failed: HubError | None = None
    for number in numbers:
        try:
            await intake.fetch(app, account, number, "schedule")
        except (Unavailable, AuthFailed) as error:
            return failed or error  # the next one would meet the same
        except HubError as error:
            failed = failed or error
    return failed


async def _read(app: App, account: rows.AccountRow, numbers: Sequence[str]) -> Sequence[CancelRequest]:
    source = app.source(account.id)
    found = await read(
        said("{title}: requests to cancel", code="call.cancel_requests", values={"title": source.title}),
        lambda: source.cancel_requests(numbers),
        explain=source.explain,
    )
    return [
        msgspec.structs.replace(
            one,
            until=None if one.until is None else real_time(one.until),
            reason=tidied(one.reason),
            message=tidied(one.message),
        )
        for one in found
    ]


async def _decided(
    app: App, account: rows.AccountRow, gone: Sequence[rows.ProblemRow]
) -> list[tuple[rows.ProblemRow, CancelRequest]]:
    """What became of requests that do not wait any more. One that the marketplace does not show at all stays
    a question: nothing says that it is over."""
    found: dict[str, CancelRequest] = {}
    numbers = [_number(app.store.reader, row) for row in gone]
    for start in range(0, len(numbers), _AT_ONCE):
        some = await _read(app, account, numbers[start : start + _AT_ONCE])
        found |= {one.request_id: one for one in some}
    known = [(row, found.get(row.data["request"])) for row in gone]
    return [(row, one) for row, one in known if one is not None and one.state != "open"]


def _number(reader: Transaction, problem: rows.ProblemRow) -> str:
    return posting_row(reader, problem.posting_id).number


def _ask(app: App, tx: Transaction, account: rows.AccountRow, some: Sequence[CancelRequest]) -> None:
    """A person is asked about the requests of one posting that wait: about one at a time, once about each.
    What changes of it while it is asked about is changed in the question."""
    now = app.clock.now()
    row = postings.of_number(tx, account=account.id, number=some[0].number)
    if row is None or Stage(row.stage).final:
        return
    waiting = [one for one in some if not _is_being_answered(tx, row, one, now)]
    if not waiting:
        return
    known = problems.open_of_posting(tx, row.id, ASKED)
    if known is not None:
        same = next((one for one in waiting if one.request_id == known.data["request"]), None)
        if same is not None:
            _keep_up(app, tx, row, known, same)
            return
    asked = min(waiting, key=lambda one: (one.until is None, one.until or now, one.request_id))
    row = close_problems(tx, row, ASKED, now=now)
    if _agreed_by_rule(app, tx, row, asked):
        record(tx, row, "cancel_request.agreeing", {}, actor="hub", now=now)
        intend_answer(app, tx, row, asked.request_id, agree=True, comment="")
        advance_soon(tx, row, now=now)
        return
    open_problem(tx, row, ASKED, _facts(app, tx, row, asked), now=now, deadline=_deadline(asked, now))


def _keep_up(
    app: App, tx: Transaction, row: rows.PostingRow, known: rows.ProblemRow, asked: CancelRequest
) -> None:
    """The question says how it stands now: its clock may have been moved, and the posting booked."""
    facts = _facts(app, tx, row, asked)
    moved = facts["until"] != known.data.get("until")
    deadline = (_deadline(asked, app.clock.now()) if moved else None) or known.deadline
    data = known.data | heard(tx, row.id, facts)
    fresh = msgspec.structs.replace(known, data=data, deadline=deadline)
    if fresh != known:
        rows.problems.save(tx, fresh, was=known)


def _deadline(asked: CancelRequest, now: datetime) -> datetime | None:
    """Before the marketplace's own, and past only with that: what is past already wakes nobody at night."""
    if asked.until is None:
        return None
    early = asked.until - _MARGIN
    return early if early > now else asked.until


def _facts(app: App, tx: Transaction, row: rows.PostingRow, asked: CancelRequest) -> dict[str, Any]:
    """What a person has to know who decides: who asks, until when, and what was spent already."""
    facts: dict[str, Any] = {
        "request": asked.request_id,
        "asked_by": asked.asked_by,
        "reason": asked.reason,
        "message": asked.message[:_MESSAGE],
        "until": "" if asked.until is None else asked.until.isoformat(),
        "stage": row.stage,
    }
    shipment = latest_shipment(tx, row.id)
    if shipment is not None and shipment.live:
        kind = app.registry.carriers.get(shipment.carrier)
        price = row.price
        facts |= {
            "carrier": shipment.carrier if kind is None else kind.title,
            "number": shipment.tracking_number,
            "price": "" if price is None else str(price),
        }
    return facts


def _agreed_by_rule(app: App, tx: Transaction, row: rows.PostingRow, asked: CancelRequest) -> bool:
    """Whether the seller has said that such a one is agreed to: the buyer asks, and nothing is spent. An
    answer that was not taken is for a person."""
    if app.seller(row.seller).profile.carrier_rules.cancel_requests != "agree_unbooked":
        return False
    shipment = latest_shipment(tx, row.id)
    booked = shipment is not None and shipment.live
    gone = Stage(row.stage).rank >= Stage.HANDED_OVER.rank
    return asked.asked_by == "buyer" and not booked and not gone and not _told(tx, row, asked)


def _is_being_answered(tx: Transaction, row: rows.PostingRow, asked: CancelRequest, now: datetime) -> bool:
    """Whether the answer to just this request is on its way, or has just come about: what the list says is
    older than that. One that waits still after a while is open again."""
    return any(
        one.open or (one.state == "confirmed" and now - one.updated_at < _LISTED_LATE)
        for one in _told(tx, row, asked)
    )


def _told(tx: Transaction, row: rows.PostingRow, asked: CancelRequest) -> list[rows.OperationRow]:
    """The answers to this request so far."""
    return [
        one
        for one in journal.operations_of(tx, row.id)
        if one.kind == _OPERATION and one.request["asked"]["request_id"] == asked.request_id
    ]


def _over(app: App, tx: Transaction, problem: rows.ProblemRow, decided: CancelRequest) -> None:
    """It was decided elsewhere, unless a person has answered meanwhile."""
    now, known = app.clock.now(), rows.problems.get(tx, problem.id)
    if known is None or known.state != "open":
        return
    row = close_problems(tx, posting_row(tx, problem.posting_id), ASKED, now=now)
    kind = "cancel_request.agreed_there" if decided.state == "agreed" else "cancel_request.refused_there"
    row = record(tx, row, kind, {}, actor="hub", now=now)
    advance_soon(tx, row, now=now)


# --- the answer ------------------------------------------------------------------------------------------


def intend_answer(
    app: App, tx: Transaction, row: rows.PostingRow, request_id: str, *, agree: bool, comment: str
) -> None:
    """The intent to answer. Nothing else is begun for the posting until it has ended."""
    asked = CancelRequest(request_id=request_id, number=row.number, state="open")
    request = {"asked": msgspec.to_builtins(asked), "agree": agree, "comment": comment}
    operation = journal.new(
        app, row, account=row.account, kind=_OPERATION, subject_type="posting", subject_id=row.id,
        epoch=operations.count_ended(tx, row.id, _OPERATION) + 1, request=request,
    )  # fmt: skip
    journal.plan(tx, operation)


class AnswerCancelRequest(MarketKind, kinds=(_OPERATION,)):
    """Agree to a request to cancel, or refuse it."""

    call = "answer_cancel_request"

    async def send(self, operation: rows.OperationRow) -> Outcome:
        request = operation.request
        asked = msgspec.convert(request["asked"], CancelRequest)
        done = await self.source.answer_cancel_request(asked, request["agree"], request["comment"])
        if done.state == "refused":
            return Outcome(state="rejected", reason=done.reason, reason_code=done.reason_code)
        return Outcome(state="accepted")

    async def look(self, operation: rows.OperationRow) -> Outcome:
        asked = msgspec.convert(operation.request["asked"], CancelRequest)
        found = await self.source.cancel_requests([asked.number])
        state = next((one.state for one in found if one.request_id == asked.request_id), None)
        if state is None:
            raise HubError(
                "{title} does not show this request to cancel",
                code="error.not_show_request_cancel",
                values={"title": self.source.title},
            )
        if state == "open":
            return Outcome(state="accepted" if operation.state == "accepted" else "absent")
        if state != ("agreed" if operation.request["agree"] else "refused"):
            return Outcome(
                state="rejected",
                reason=said("it was decided otherwise meanwhile", code="marketplace.decided_otherwise"),
                reason_code="decided",
            )
        if state == "agreed" and (await self._read_back(operation)).stage is not Stage.CANCELLED:
            return Outcome(state="accepted")  # nothing is begun meanwhile
        return Outcome(state="confirmed")

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        now, agree = self.app.clock.now(), bool(operation.request["agree"])
        row = posting_row(tx, operation.posting_id)
        if operation.state == "confirmed":
            kind = "cancel_request.agreed" if agree else "cancel_request.refused"
            record(tx, row, kind, {}, actor=self.actor, now=now, operation_id=operation.id)
        elif operation.state in ("rejected", "human") and not Stage(row.stage).final:
            facts = {
                "request": operation.request["asked"]["request_id"],
                "refused": operation.reason or said("no clear answer", code="marketplace.no_clear_answer"),
                "stage": row.stage,
            }
            open_problem(tx, row, ASKED, facts, now=now, operation_id=operation.id)


__all__ = ["ASKED", "AnswerCancelRequest", "are_asked", "intend_answer", "look", "run"]
