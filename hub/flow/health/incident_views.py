"""Incidents in words: what is known of each, what is at stake, and what each answer does."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from hub.flow import reading
from hub.flow.health.views import ChoiceView, IncidentView
from hub.flow.problems.account_problems import operations_of, price_of_all
from hub.flow.problems.answers import answer_of
from hub.flow.problems.kinds import kind_of
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.models import Money
from hub.store import rows
from hub.words.texts import answer_title, dead_work_text, effect_text, handover_text, problem_text

if TYPE_CHECKING:
    from hub.flow.app import App

UNKNOWN = "operation_unknown"
"""The kind of problem that an operation without a clear end opens."""
RESOLVED = ("book", "assemble")
"""Kinds of operations that open it; the others' ends are problems with answers of their own."""


class Teller:
    """Tells of incidents in one language."""

    def __init__(self, app: App, language: str) -> None:
        self._app = app
        self._language = language

    def of_problem(self, problem: rows.ProblemRow) -> IncidentView:
        """An open problem that is about money."""
        operation = None
        if problem.operation_id:
            operation = rows.operations.get(self._app.store.reader, problem.operation_id)
        return self._view(
            incident_id=problem.id,
            kind=problem.kind,
            text=problem_text(problem.kind, problem.data, self._language),
            facts=problem.data,
            posting_id=problem.posting_id,
            seller=problem.seller,
            since=problem.created_at,
            operation=operation,
            problem=problem,
        )

    def of_operation(self, operation: rows.OperationRow) -> IncidentView:
        """An operation that waits for a person, and that no problem names."""
        facts: dict[str, Any] = {"kind": operation.kind, "reference": operation.reference}
        text = problem_text(UNKNOWN, facts, self._language)
        posting_id = operation.posting_id
        if operation.subject_type == "handover":
            postings = postings_of_handover(self._app, operation)
            posting_id = postings[0] if postings else ""
            facts = {"handover": operation.subject_id, "count": len(postings)}
            text = handover_text(facts, self._language)
        return self._view(
            incident_id=operation.id,
            kind=UNKNOWN,
            text=text,
            facts=facts,
            posting_id=posting_id,
            seller=operation.seller,
            since=operation.updated_at,
            operation=operation,
            problem=None,
        )

    def of_job(self, job: rows.JobRow) -> IncidentView:
        """Work of no posting that was given up: a marketplace is not read, or a hand-over does not go on."""
        retry = ChoiceView(
            answer="retry",
            title=answer_title("retry", self._language),
            effect=effect_text("work_stopped retry", {}, self._language),
            command=f"hub jobs retry {job.key}",
        )
        return IncidentView(
            id=job.key,
            kind="work_stopped",
            seller=job.seller,
            posting_id="",
            posting_number="",
            operation=None,
            problem_id="",
            job=job.key,
            amount=None,
            since=job.run_at,
            deadline=None,
            text=dead_work_text({"kind": job.kind, "reason": job.reason}, self._language),
            reason=job.reason,
            facts={"kind": job.kind, "tries": job.attempts},
            choices=(retry,),
        )

    def _view(
        self,
        *,
        incident_id: str,
        kind: str,
        text: str,
        facts: dict[str, Any],
        posting_id: str,
        seller: str,
        since: datetime,
        operation: rows.OperationRow | None,
        problem: rows.ProblemRow | None,
    ) -> IncidentView:
        reader = self._app.store.reader
        posting = rows.postings.get(reader, posting_id) if posting_id else None
        amount = _amount(operation, posting)
        if problem is not None and not problem.posting_id:
            amount = price_of_all(operations_of(reader, problem))
        carrier = None if operation is None else carrier_of(self._app, operation)
        at_stake = {
            "price": "" if amount is None else str(amount),
            "carrier": "" if carrier is None else carrier.title,
            "reference": "" if operation is None else operation.reference,
        }
        data = facts | {name: value for name, value in at_stake.items() if value}
        choices: list[ChoiceView] = []
        if problem is not None or (operation is not None and operation.kind in RESOLVED):
            unknown = operation if kind == UNKNOWN else None
            about = {} if problem is None else problem.data
            codes = kind_of(kind).offered(about)
            choices += [self._choice(kind, answer, unknown, problem, data) for answer in codes]
        return IncidentView(
            id=incident_id,
            kind=kind,
            seller=seller,
            posting_id=posting_id,
            posting_number="" if posting is None else posting.number,
            operation=None if operation is None else reading.operation(self._app, operation.id),
            problem_id="" if problem is None else problem.id,
            job=str(facts.get("job") or ""),
            amount=amount,
            since=since,
            deadline=(None if posting is None else posting.ship_by) if problem is None else problem.deadline,
            text=text,
            reason="" if operation is None else operation.reason,
            facts=facts,
            choices=tuple(choices),
        )

    def _choice(
        self,
        kind: str,
        answer: str,
        unknown: rows.OperationRow | None,
        problem: rows.ProblemRow | None,
        data: dict[str, Any],
    ) -> ChoiceView:
        """One answer; ``unknown`` is the operation that it is about, where its end is what nobody knows."""
        about = kind if unknown is None else unknown.kind
        sends = unknown is not None and about == "book" and answer == "it_does_not_exist"
        safety = self._safety(unknown) if sends and unknown is not None else ""
        effect = effect_text(f"{about} {answer} {safety}", data, self._language) or effect_text(
            f"{about} {answer}", data, self._language
        )
        title = answer_title(answer, self._language)
        return ChoiceView(
            answer=answer,
            title=title,
            effect=effect or title,
            parameters=answer_of(kind, answer).parameters,
            command=_command(unknown, problem, answer),
            may_pay_twice=safety in ("lookup", "none") or answer_of(kind, answer).may_pay_twice,
        )

    def _safety(self, operation: rows.OperationRow) -> str:
        """What protects a second send; nothing, where the plugin is not here to say it."""
        carrier = carrier_of(self._app, operation)
        return "none" if carrier is None else carrier.create_safety


def carrier_of(app: App, operation: rows.OperationRow) -> type[Carrier[Any]] | None:
    """The carrier that an operation is with; None for a marketplace's, and where the plugin is gone."""
    account = rows.accounts.get(app.store.reader, operation.account)
    return None if account is None else app.registry.carriers.get(account.plugin)


def postings_of_handover(app: App, operation: rows.OperationRow) -> tuple[str, ...]:
    """The postings of the hand-over that an operation is about."""
    row = rows.handovers.get(app.store.reader, operation.subject_id)
    return () if row is None else row.postings


def _amount(operation: rows.OperationRow | None, posting: rows.PostingRow | None) -> Money | None:
    """What is at stake: the price of the booking that this is about."""
    if operation is not None and operation.kind == "book":
        minor = operation.quoted_minor if operation.price_minor is None else operation.price_minor
        return None if minor is None else Money.from_minor(minor, operation.currency)
    return None if posting is None else posting.price


def _command(operation: rows.OperationRow | None, problem: rows.ProblemRow | None, answer: str) -> str:
    if operation is not None:
        numbers = answer == "it_exists" and operation.kind == "book"
        more = " --carrier-id ID --tracking-number N" if numbers else ""
        return f"hub resolve {operation.id} {answer}{more}"
    assert problem is not None, "an incident without an operation has a problem"
    given = "".join(f" --set {name}=..." for name in answer_of(problem.kind, answer).parameters)
    return f"hub problems answer {problem.id} {answer}{given}"
