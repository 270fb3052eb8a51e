"""Label files that lie where the hub may not fetch them: somebody has to name the place first, so an account
asks once, for all of its postings, and tries on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from hub.flow.history.recording import posting_row
from hub.flow.problems import many
from hub.flow.problems.answers import Answer, Given, goes_on, offer
from hub.flow.problems.kinds import ANY_END, ProblemKind, declare
from hub.plugin_api.errors import ConfigError, HubError
from hub.plugins.addresses import AddressRefused
from hub.store import Transaction, alarms, documents, problems, rows

if TYPE_CHECKING:
    from hub.flow.app import App

CLOSED = "label_place_closed"

declare(ProblemKind(code=CLOSED, answers=("retry",), over_at=ANY_END, about=("account",)))


def is_closed(error: HubError) -> bool:
    """Whether the place has to be named first, by the operator or in the account's settings."""
    return isinstance(error, ConfigError) or error.code == AddressRefused.code


def tell(
    app: App, tx: Transaction, account: rows.AccountRow, postings: Sequence[str], error: HubError
) -> None:
    """Ask about the account's place; these postings wait for it too."""
    known = _open_of(tx, account.id)
    before = [] if known is None else alarms.listed(tx, known.id)
    waiting = [posting_row(tx, one) for one in dict.fromkeys([*before, *postings])]
    many.tell(tx, account, CLOSED, waiting, {"reason": error.said}, now=app.clock.now())


async def forget_others(app: App, account: rows.AccountRow, waiting: Collection[str]) -> None:
    """Only these postings of the account still wait for a label; without any the question is over."""
    known = _open_of(app.store.reader, account.id)
    if known is None or set(alarms.listed(app.store.reader, known.id)) <= set(waiting):
        return

    def write(tx: Transaction) -> None:
        listed = [] if (now := _open_of(tx, account.id)) is None else alarms.listed(tx, now.id)
        left = [posting_row(tx, one) for one in listed if one in waiting]
        many.tell(tx, account, CLOSED, left, now=app.clock.now())

    await app.store.write(write)


def _open_of(connection: Transaction, account: str) -> rows.ProblemRow | None:
    return problems.open_about(connection, CLOSED, "account", account, account=account)


def _again(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    documents.clear_retry(tx, row.id)
    return goes_on(tx, row, given)


offer(Answer(code="retry", of=(CLOSED,), each=_again))

__all__ = ["CLOSED", "forget_others", "is_closed", "tell"]
