"""What is at stake in a problem, and what each answer does: in words, before a person gives one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hub.flow.booking.asking import UNKNOWN
from hub.flow.history.problem_views import AnswerView
from hub.flow.problems.account_problems import operations_of, price_of_all
from hub.flow.problems.answers import answer_of
from hub.flow.problems.kinds import kind_of
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.models import Money
from hub.store import rows
from hub.words.texts import answer_title, effect_text

if TYPE_CHECKING:
    from hub.flow.app import App


def amount_of(app: App, problem: rows.ProblemRow) -> Money | None:
    """What is at stake: the price of the booking, or of all bookings, that a problem about money is about."""
    reader = app.store.reader
    if not kind_of(problem.kind).money:
        return None
    if not problem.posting_id:
        return price_of_all(operations_of(reader, problem))
    operation = operation_of(app, problem)
    if operation is not None and operation.kind == "book":
        minor = operation.quoted_minor if operation.price_minor is None else operation.price_minor
        return None if minor is None else Money.from_minor(minor, operation.currency)
    posting = rows.postings.get(reader, problem.posting_id)
    return None if posting is None else posting.price


def answers_of(app: App, problem: rows.ProblemRow, language: str) -> tuple[AnswerView, ...]:
    """The answers that an open problem takes, each with what it does and the command that gives it."""
    if problem.state != "open":
        return ()
    operation = operation_of(app, problem)
    amount = amount_of(app, problem)
    carrier = None if operation is None else _carrier_of(app, operation)
    at_stake = {
        "price": "" if amount is None else str(amount),
        "carrier": "" if carrier is None else carrier.title,
        "reference": "" if operation is None else operation.reference,
    }
    data = problem.data | {name: value for name, value in at_stake.items() if value}
    codes = kind_of(problem.kind).offered(problem.data)
    return tuple(_answer(app, problem, operation, code, data, language) for code in codes)


def operation_of(app: App, problem: rows.ProblemRow) -> rows.OperationRow | None:
    """The operation that a problem came of."""
    return rows.operations.get(app.store.reader, problem.operation_id) if problem.operation_id else None


def _answer(
    app: App,
    problem: rows.ProblemRow,
    operation: rows.OperationRow | None,
    code: str,
    data: Mapping[str, Any],
    language: str,
) -> AnswerView:
    unknown = operation if problem.kind == UNKNOWN else None
    about = problem.kind if unknown is None else unknown.kind
    safety = ""
    if unknown is not None and (about, code) == ("book", "it_does_not_exist"):
        # What protects a second send; nothing, where the plugin is not here to say it.
        carrier = _carrier_of(app, unknown)
        safety = "none" if carrier is None else carrier.create_safety
    declared, title = answer_of(problem.kind, code), answer_title(code, language)
    keys = (f"{about} {code} {safety}", f"{about} {code} {problem.subject_type}", f"{about} {code}", code)
    given = "".join(f" --set {name}=..." for name in declared.parameters)
    return AnswerView(
        code=code,
        title=title,
        parameters=declared.parameters,
        effect=next((words for key in keys if (words := effect_text(key, data, language))), title),
        command=f"hub problems answer {problem.id} {code}{given}",
        may_pay_twice=safety in ("lookup", "none") or declared.may_pay_twice,
    )


def _carrier_of(app: App, operation: rows.OperationRow) -> type[Carrier[Any]] | None:
    """The carrier that an operation is with; None for a marketplace's, and where the plugin is gone."""
    account = rows.accounts.get(app.store.reader, operation.account)
    return None if account is None else app.registry.carriers.get(account.plugin)


__all__ = ["amount_of", "answers_of", "operation_of"]
