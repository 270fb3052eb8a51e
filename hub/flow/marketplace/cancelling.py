"""Cancelling a posting at the marketplace, because a person says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hub.flow.history.recording import advance_soon, posting_row, record
from hub.flow.journal import operations as journal
from hub.flow.marketplace import reports as market
from hub.plugin_api.errors import Conflict
from hub.plugin_api.models import Action, CancelReason, Stage
from hub.store import Transaction, rows

if TYPE_CHECKING:
    from hub.flow.app import App


async def cancel_reasons(app: App, posting_id: str) -> Sequence[CancelReason]:
    """The reasons for which the marketplace lets a posting be cancelled now. Raises Conflict where it does
    not."""
    row = _cancellable(app, posting_id)
    return await market.cancel_reasons(app, row.document, row.account)


def _cancellable(app: App, posting_id: str) -> rows.PostingRow:
    row = posting_row(app.store.reader, posting_id)
    if Stage(row.stage).final or Action.CANCEL not in row.document.actions:
        raise Conflict(
            "the marketplace does not let this posting be cancelled now", code="marketplace_cancel"
        )
    return row


async def cancel_posting(app: App, posting_id: str, reason: str, actor: str) -> None:
    """Order it, by a reason that the marketplace takes (its id or title): the booking is cancelled with it.

    Raises Conflict where it cannot be cancelled now, Rejected with the reasons where it needs another one.
    """
    row = _cancellable(app, posting_id)
    chosen = await market.cancel_reason(app, row.document, row.account, reason)
    message = reason if chosen.needs_message else ""

    def write(tx: Transaction) -> None:
        now = app.clock.now()
        current = record(
            tx, posting_row(tx, posting_id), "posting.cancel_requested", {"reason": chosen.title},
            actor=actor, now=now, wanted=False,
        )  # fmt: skip
        journal.plan(tx, market.intend_cancel(app, tx, current, chosen, message))
        advance_soon(tx, current, now=now)

    await app.store.write(write)
    app.woken.set()


__all__ = ["cancel_posting", "cancel_reasons"]
