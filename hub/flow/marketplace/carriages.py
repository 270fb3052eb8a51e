"""Step 6 where the marketplace delivers: its hand-over is made, filled with what is there, and closed (Ozon:
carriage). It is closed only when its content is what is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from hub.flow.history.recording import posting_row
from hub.flow.journal import operations as journal
from hub.flow.journal.operations import Outcome
from hub.flow.marketplace.handed_over import DIFFERS, ask, handed_over, refused, settled
from hub.flow.marketplace.reports import MarketKind
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Handover, Stage
from hub.plugin_api.sources import OrderSource
from hub.store import Transaction, handovers, problems, rows

if TYPE_CHECKING:
    from hub.flow.app import App


FILLS = 24
"""So often a hand-over whose content is another at the marketplace is filled again by itself."""


class OpenHandover(MarketKind, kinds=("open_handover",)):
    """Make the marketplace's hand-over of a group (Ozon: carriage create)."""

    call = "open_handover"

    most_sends = journal.MOST_SENDS

    async def send(self, operation: rows.OperationRow) -> Outcome:
        day = date.fromisoformat(operation.request["day"])
        made = await self.source.open_handover(operation.request["group"], day)
        if holder := self._holder(operation, made.handover_id):
            raise Rejected(
                "{number} is of the hand-over {id}, which is not closed yet: answer that first, "
                "'hub problems'",
                code="handover_not_closed",
                values={"number": made.handover_id, "id": holder},
            )
        return Outcome(state="confirmed", external_id=made.handover_id)

    def _holder(self, operation: rows.OperationRow, number: str) -> str:
        """The id of another hand-over under way that has this number; empty where none has."""
        live = handovers.under_way(self.app.store.reader, seller=operation.seller)
        others = (one for one in live if one.id != operation.subject_id and one.account == operation.account)
        return next((one.id for one in others if one.external_id == number), "")

    async def look(self, operation: rows.OperationRow) -> Outcome:
        day = date.fromisoformat(operation.request["day"])
        known = handovers.numbers_known(self.app.store.reader, account=operation.account)
        for one in await self.source.handovers(operation.request["group"], day):
            if one.state == "open" and one.handover_id not in known:
                return Outcome(state="confirmed", external_id=one.handover_id)
        return Outcome(state="absent")

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        _changed(self, tx, operation, closed=False)


class FillHandover(MarketKind, kinds=("fill_handover",)):
    """Make its content what is there (Ozon: set-postings). Said twice, it is done once."""

    call = "fill_handover"

    async def send(self, operation: rows.OperationRow) -> Outcome:
        request = operation.request
        return _content(await self.source.fill_handover(request["handover_id"], request["numbers"]))

    async def look(self, operation: rows.OperationRow) -> Outcome:
        found = await self.source.handover(operation.request["handover_id"])
        same = set(found.covers) == set(operation.request["numbers"])
        return _content(found) if same else Outcome(state="absent")

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        now = self.app.clock.now()
        row = rows.handovers.get(tx, operation.subject_id)
        if row is None or row.state != "open":
            return
        if operation.state in ("rejected", "human"):
            refused(tx, row, operation.reason, now=now)
        if operation.state != "confirmed":
            return
        wanted, inside = set(operation.request["numbers"]), set(operation.result["covers"])
        if wanted == inside:
            kept = tuple(one for one in row.postings if posting_row(tx, one).number in inside)
            rows.handovers.save(tx, msgspec.structs.replace(row, postings=kept, updated_at=now))
            settled(tx, row, DIFFERS, now=now)
            return
        said_of = problems.answered_about(tx, row.seller, DIFFERS, "handover", row.id, since=row.created_at)
        if "dismiss" in said_of and operation.epoch < FILLS:
            return  # it is tried on, and told again when that ends
        left = sorted(wanted - inside)
        waits = [one for one in row.postings if posting_row(tx, one).number in left]
        data = {
            "missing": left,
            "strange": sorted(inside - wanted),
            "reason": operation.reason,
            "waits": True,
        }
        ask(tx, row, DIFFERS, data, postings=waits or row.postings, now=now)


class CloseHandover(MarketKind, kinds=("close_handover",)):
    """Close it: from here on the postings are on their way (Ozon: carriage approve)."""

    call = "close_handover"

    most_sends = journal.MOST_SENDS

    async def send(self, operation: rows.OperationRow) -> Outcome:
        await self.source.close_handover(operation.request["handover_id"])
        return Outcome(state="confirmed", external_id=operation.request["handover_id"])

    async def look(self, operation: rows.OperationRow) -> Outcome:
        found = await self.source.handover(operation.request["handover_id"])
        return Outcome(state="absent" if found.state == "open" else "confirmed")

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        _changed(self, tx, operation, closed=True)


def _content(found: Handover) -> Outcome:
    return Outcome(state="confirmed", result={"covers": list(found.covers)}, reason=found.reason)


def _changed(kind: MarketKind, tx: Transaction, operation: rows.OperationRow, *, closed: bool) -> None:
    now = kind.app.clock.now()
    row = rows.handovers.get(tx, operation.subject_id)
    if row is None:
        return
    if operation.state in ("rejected", "human"):
        refused(tx, row, operation.reason, now=now)
        return
    if operation.state != "confirmed":
        return
    row = msgspec.structs.replace(
        row,
        external_id=operation.external_id or row.external_id,
        state="closed" if closed else "open",
        updated_at=now,
    )
    rows.handovers.save(tx, row)
    if closed:
        handed_over(tx, row, {"handover": row.external_id}, actor=kind.actor, now=now)


def content_of(tx: Transaction, row: rows.HandoverRow) -> list[str]:
    """The numbers of its postings that are to go: not of what was cancelled since."""
    found = [posting_row(tx, one) for one in row.postings]
    return [one.number for one in found if Stage(one.stage) is not Stage.CANCELLED]


def is_filled(app: App, row: rows.HandoverRow) -> bool:
    """Whether the marketplace lets its hand-over be filled."""
    return type(app.source(row.account)).fill_handover is not OrderSource.fill_handover


def tell_left_out(app: App, tx: Transaction, row: rows.HandoverRow, covers: Sequence[str]) -> None:
    """Where the papers do not have all that was handed over, or have more, that is told."""
    wanted, inside = set(content_of(tx, row)), set(covers)
    if not inside or wanted == inside:
        return
    left = sorted(wanted - inside)
    waits = [one for one in row.postings if posting_row(tx, one).number in left]
    data = {"missing": left, "strange": sorted(inside - wanted)}
    ask(tx, row, DIFFERS, data, postings=waits, now=app.clock.now())


__all__ = ["CloseHandover", "FillHandover", "OpenHandover", "content_of", "is_filled", "tell_left_out"]
