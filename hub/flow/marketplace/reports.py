"""Steps 5 and 6: what the marketplace is told (assembled, tracking number, movement), as kinds of operations
of the journal; hand-overs are in `carriages`. Taken in is not done: each is read back from the posting before
it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from hub.calls.call import read
from hub.flow.history.recording import posting_row, record
from hub.flow.intake import postings as intake
from hub.flow.journal import operations as journal
from hub.flow.journal.operations import Outcome
from hub.flow.problems.kinds import ended_by
from hub.flow.problems.opening import close_problems, open_problem
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Action, CancelReason, Parcel, Posting, ReportResult, Stage
from hub.plugin_api.sources import OrderSource
from hub.store import Transaction, operations, rows
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

REPORT_ACTIONS = {
    Stage.IN_TRANSIT: Action.REPORT_IN_TRANSIT,
    Stage.READY_FOR_PICKUP: Action.REPORT_LAST_MILE,
    Stage.DELIVERED: Action.REPORT_DELIVERED,
}


_OFTEN = 5
"""What is guarded by the posting's state may be said again: said twice, it is done once."""


class MarketKind(journal.Kind):
    """What the marketplace's operations share: the source, and reading the posting back."""

    most_sends = _OFTEN
    plugin: OrderSource[Any]

    @staticmethod
    def plugin_of(app: App, account: str) -> OrderSource[Any]:
        return app.source(account)

    @property
    def source(self) -> OrderSource[Any]:
        """The marketplace."""
        return self.plugin

    def _posting(self, operation: rows.OperationRow) -> Posting:
        return posting_row(self.app.store.reader, operation.posting_id).document

    async def _read_back(self, operation: rows.OperationRow) -> Posting:
        row = await intake.refresh_posting(self.app, operation.posting_id, "hub")
        return row.document


def _taken(result: ReportResult) -> Outcome:
    if result.state == "refused":
        return Outcome(state="rejected", reason=result.reason, reason_code=result.reason_code)
    return Outcome(state="confirmed" if result.state == "done" else "accepted")


class Assemble(MarketKind, kinds=("assemble",)):
    """Say that the posting is assembled."""

    call = "assemble"
    step = "assemble"

    async def send(self, operation: rows.OperationRow) -> Outcome:
        parcels = msgspec.convert(operation.request["parcels"], tuple[Parcel, ...])
        done = await self.source.assemble(self._posting(operation), parcels)
        return Outcome(state="accepted", result={"numbers": list(done.numbers)})

    async def look(self, operation: rows.OperationRow) -> Outcome:
        posting = await self._read_back(operation)
        if posting.assembly_failed:
            return Outcome(
                state="rejected",
                reason=said("taken in, then dropped by the marketplace", code="marketplace.taken_dropped"),
                reason_code="failed",
            )
        if posting.stage is not None and posting.stage.final:
            return Outcome(state="rejected", reason=posting.status, reason_code=posting.status)
        if posting.stage is not None and posting.stage.rank >= Stage.REGISTERING.rank:
            return Outcome(state="confirmed")
        return Outcome(state="accepted" if operation.state == "accepted" else "absent")

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        now = self.app.clock.now()
        posting = posting_row(tx, operation.posting_id)
        if operation.state == "confirmed":
            numbers = operation.result.get("numbers", [])
            posting = record(
                tx, posting, "posting.assembled", {"numbers": numbers}, actor=self.actor, now=now,
                operation_id=operation.id,
            )  # fmt: skip
            close_problems(tx, posting, *ended_by("assembled"), now=now)
        elif operation.state == "rejected" and not Stage(posting.stage).final:
            posting = record(
                tx, posting, "posting.assembly_failed", {"reason": operation.reason}, actor=self.actor,
                now=now, operation_id=operation.id,
            )  # fmt: skip
            if operation.reason_code != "failed" or operation.epoch >= 3:
                kind = "assembly_failed" if operation.reason_code == "failed" else "assembly_refused"
                open_problem(tx, posting, kind, {"reason": operation.reason}, now=now)
        elif operation.state == "human":
            open_problem(
                tx, posting, "operation_unknown", {"kind": operation.kind}, now=now,
                operation_id=operation.id, about=("operation", operation.id),
            )  # fmt: skip


class SetTracking(MarketKind, kinds=("set_tracking",)):
    """Upload the tracking number."""

    call = "set_tracking"

    async def send(self, operation: rows.OperationRow) -> Outcome:
        return _taken(
            await self.source.set_tracking(
                self._posting(operation), str(operation.request["tracking_number"])
            )
        )

    async def look(self, operation: rows.OperationRow) -> Outcome:
        posting = await self._read_back(operation)
        if posting.tracking_number == operation.request["tracking_number"]:
            return Outcome(state="confirmed")
        return Outcome(state="accepted" if operation.state == "accepted" else "absent")

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        number = {"tracking_number": operation.request["tracking_number"]}
        _reported(self, tx, operation, "tracking.reported", number, "tracking_number")


class Report(MarketKind, kinds=tuple(f"report_{stage}" for stage in REPORT_ACTIONS)):
    """Report movement: in transit, last mile, delivered."""

    call = "report"

    async def send(self, operation: rows.OperationRow) -> Outcome:
        return _taken(await self.source.report(self._posting(operation), Stage(operation.request["stage"])))

    async def look(self, operation: rows.OperationRow) -> Outcome:
        posting = await self._read_back(operation)
        wanted = Stage(operation.request["stage"])
        if REPORT_ACTIONS[wanted] not in posting.actions:
            reached = posting.stage is not None and posting.stage.rank >= Stage.IN_TRANSIT.rank
            if reached:
                return Outcome(state="confirmed")
        return Outcome(state="accepted" if operation.state == "accepted" else "absent")

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        stage = operation.request["stage"]
        _reported(self, tx, operation, "status.reported", {"stage": stage}, f"status {stage}")


def _reported(
    kind: MarketKind,
    tx: Transaction,
    operation: rows.OperationRow,
    event: str,
    data: dict[str, Any],
    what: str,
) -> None:
    now = kind.app.clock.now()
    posting = posting_row(tx, operation.posting_id)
    if operation.state == "confirmed":
        told = {"reported": str(data["stage"])} if "stage" in data else {}
        posting = record(
            tx, posting, event, data, actor=kind.actor, now=now, operation_id=operation.id, **told
        )
        close_problems(tx, posting, *ended_by("told"), now=now)
    elif operation.state in ("rejected", "human") and not Stage(posting.stage).final:
        facts = {"what": what, "reason": operation.reason}
        posting = record(
            tx, posting, "report.refused", facts, actor=kind.actor, now=now, operation_id=operation.id
        )
        open_problem(
            tx, posting, "report_refused", facts, now=now, operation_id=operation.id,
            about=("operation", operation.id),
        )  # fmt: skip


class CancelPosting(MarketKind, kinds=("cancel_posting",)):
    """Cancel the posting at the marketplace. It counts against the seller there: only a person orders it."""

    call = "cancel"

    async def send(self, operation: rows.OperationRow) -> Outcome:
        reason = msgspec.convert(operation.request["reason"], CancelReason)
        message = str(operation.request["message"])
        return _taken(await self.source.cancel(self._posting(operation), reason, message))

    async def look(self, operation: rows.OperationRow) -> Outcome:
        posting = await self._read_back(operation)
        if posting.stage is Stage.CANCELLED:
            return Outcome(state="confirmed")
        return Outcome(state="accepted" if operation.state == "accepted" else "absent")

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        now = self.app.clock.now()
        posting = posting_row(tx, operation.posting_id)
        if operation.state == "confirmed":
            facts = {"reason": operation.request["reason"]["title"]}
            posting = record(
                tx, posting, "posting.cancelled_by_us", facts, actor=self.actor, now=now,
                operation_id=operation.id,
            )  # fmt: skip
            close_problems(tx, posting, "cancel_refused", now=now, about=("posting", posting.id))
        elif operation.state in ("rejected", "human"):
            data = {"marketplace": self.source.title, "reason": operation.reason}
            open_problem(tx, posting, "cancel_refused", data, now=now, operation_id=operation.id)


def intend_assembly(
    app: App, tx: Transaction, posting: rows.PostingRow, parcels: tuple[Parcel, ...]
) -> rows.OperationRow:
    """The intent to assemble in these boxes; a failed attempt is followed by a new epoch."""
    epoch = operations.count_ended(tx, posting.id, "assemble") + 1
    return journal.new(
        app, posting, account=posting.account, kind="assemble", subject_type="posting",
        subject_id=posting.id, epoch=epoch, request={"parcels": msgspec.to_builtins(parcels)},
    )  # fmt: skip


def intend_tracking(app: App, tx: Transaction, posting: rows.PostingRow, number: str) -> rows.OperationRow:
    """The intent to upload a tracking number."""
    epoch = operations.count_ended(tx, posting.id, "set_tracking") + 1
    return journal.new(
        app, posting, account=posting.account, kind="set_tracking", subject_type="posting",
        subject_id=posting.id, epoch=epoch, request={"tracking_number": number},
    )  # fmt: skip


def intend_report(app: App, tx: Transaction, posting: rows.PostingRow, stage: Stage) -> rows.OperationRow:
    """The intent to report a stage."""
    kind = f"report_{stage}"
    epoch = operations.count_ended(tx, posting.id, kind) + 1
    return journal.new(
        app, posting, account=posting.account, kind=kind, subject_type="posting",
        subject_id=posting.id, epoch=epoch, request={"stage": str(stage)},
    )  # fmt: skip


def intend_cancel(
    app: App, tx: Transaction, posting: rows.PostingRow, reason: CancelReason, message: str
) -> rows.OperationRow:
    """The intent to cancel the posting at the marketplace."""
    request = {"reason": msgspec.to_builtins(reason), "message": message}
    epoch = operations.count_ended(tx, posting.id, "cancel_posting") + 1
    return journal.new(
        app, posting, account=posting.account, kind="cancel_posting", subject_type="posting",
        subject_id=posting.id, epoch=epoch, request=request,
    )  # fmt: skip


async def cancel_reasons(app: App, posting: Posting, account: str) -> Sequence[CancelReason]:
    """What the marketplace takes as a reason to cancel this posting: it changes with the posting."""
    source = app.source(account)
    return await read(
        said("{title}: reasons to cancel", code="call.reasons_cancel", values={"title": source.title}),
        lambda: source.cancel_reasons(posting),
        explain=source.explain,
    )


async def cancel_reason(app: App, posting: Posting, account: str, wanted: str) -> CancelReason:
    """The marketplace's reason that ``wanted`` names, by its id or title.

    Raises Rejected with the list of reasons where it names none: what may be chosen changes with the posting.
    """
    source = app.source(account)
    reasons = await cancel_reasons(app, posting, account)
    for reason in reasons:
        if wanted.casefold() in (reason.id.casefold(), reason.title.casefold()):
            return reason
    known = "; ".join(f"{reason.id} {reason.title}" for reason in reasons) or said(
        "none for this posting", code="marketplace.no_reason"
    )
    raise Rejected(
        "choose a reason that {title} takes: {known}",
        code="reason",
        values={"title": source.title, "known": known},
    )
