"""Changes of a posting: the state, its history row and its outbox row are one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from hub.flow.history.echoes import heard
from hub.plugin_api.errors import NotFound
from hub.plugin_api.ids import new_id
from hub.plugin_api.models import Money, Stage
from hub.store import Transaction, history, rows
from hub.store.queue import LAST, Work, enqueue

_NOTIFIED = {
    "posting.imported": "posting_imported",
    "posting.changed": "posting_imported",
    "problem.found": "problem_found",
    "shipment.booked": "shipment_booked",
    "tracking.event": "tracking_updated",
    "shipment.refused": "operation_failed",
}
"""History kinds that plugins are told of, by the hook's name."""

OVER = frozenset(
    {Stage.HANDED_OVER, Stage.IN_TRANSIT, Stage.READY_FOR_PICKUP, Stage.RETURNING}
    | {stage for stage in Stage if stage.final}
)
"""Where a posting is not open any more: no work is left that has to be done before it leaves."""


def posting_row(connection: Transaction, posting_id: str) -> rows.PostingRow:
    """The stored posting. Raises NotFound."""
    row = rows.postings.get(connection, posting_id)
    if row is None:
        raise NotFound("no such posting", code="not_found.no_posting")
    return row


def record(
    tx: Transaction,
    row: rows.PostingRow,
    kind: str,
    data: dict[str, Any] | None = None,
    *,
    actor: str,
    now: datetime,
    operation_id: str = "",
    **changes: Any,
) -> rows.PostingRow:
    """Save ``changes`` of the posting, and write what happened. ``row`` is what is stored; returns what is
    stored now."""
    data = heard(tx, row.id, data) if data else data
    new, event, notice = written(row, kind, data, actor=actor, now=now, operation_id=operation_id, **changes)
    rows.postings.save(tx, new, was=row)
    rows.history.insert(tx, event)
    if notice is not None:
        rows.outbox.insert(tx, notice)
    return new


def written(
    row: rows.PostingRow,
    kind: str,
    data: dict[str, Any] | None = None,
    *,
    actor: str,
    now: datetime,
    operation_id: str = "",
    **changes: Any,
) -> tuple[rows.PostingRow, rows.HistoryRow, rows.OutboxRow | None]:
    """What `record` writes: the posting, the event, and the notice for plugins where the event has one."""
    row = msgspec.structs.replace(row, sequence=row.sequence + 1, updated_at=now, **changes)
    event = rows.HistoryRow(
        posting_id=row.id,
        sequence=row.sequence,
        event_id=new_id("evt"),
        time=now,
        kind=kind,
        version=1,
        actor=actor,
        operation_id=operation_id,
        data=data or {},
    )
    if kind not in _NOTIFIED:
        return row, event, None
    notice = rows.OutboxRow(
        id=event.event_id,
        seller=row.seller,
        kind=_NOTIFIED[kind],
        data={"posting": row.id, "history": kind, **event.data},
        created_at=now,
    )
    return row, event, notice


def move(
    tx: Transaction,
    row: rows.PostingRow,
    stage: Stage,
    *,
    actor: str,
    now: datetime,
    correction: bool = False,
) -> rows.PostingRow:
    """Move the posting to a stage, forwards only; back only as a correction that is recorded as such."""
    old = Stage(row.stage)
    if stage is old:
        return row
    if stage.rank < old.rank and not correction:
        return row
    kind = "posting.corrected" if stage.rank < old.rank else "posting.stage"
    return record(
        tx,
        row,
        kind,
        {"from": str(old), "to": str(stage)},
        actor=actor,
        now=now,
        stage=str(stage),
        is_open=stage not in OVER,
    )


class Ordered(NamedTuple):
    """What a person ordered last, and when; empty texts leave the choice to the hub."""

    carrier: str
    service: str
    time: datetime | None
    agreed: Money | None = None
    """The price that a person was shown with the order; None where nobody was shown one."""


def last_order(connection: Transaction, posting_id: str) -> Ordered:
    """The carrier and service that a person ordered last, if any."""
    found = history.last_of_kind(connection, posting_id, "ship.ordered")
    if found is None:
        return Ordered("", "", None)
    carrier, service, agreed = (found.data.get(name) or "" for name in ("carrier", "service", "agreed"))
    return Ordered(str(carrier), str(service), found.time, msgspec.convert(agreed, Money) if agreed else None)


def order_again(tx: Transaction, row: rows.PostingRow, *, actor: str, now: datetime) -> rows.PostingRow:
    """The last order once more: from here on it counts as given now, at whatever price."""
    before = last_order(tx, row.id)
    again = {"carrier": before.carrier, "service": before.service}
    return record(tx, row, "ship.ordered", again, actor=actor, now=now, wanted=True)


def advance_soon(tx: Transaction, row: rows.PostingRow, *, now: datetime, at: datetime | None = None) -> None:
    """Have the worker look at the posting; the nearer the deadline, the earlier."""
    deadline = row.late_after or row.ship_by
    enqueue(
        tx,
        Work(
            kind="advance",
            subject=row.id,
            seller=row.seller,
            account=row.account,
            run_at=at or now,
            priority=int(deadline.timestamp()) if deadline is not None else LAST,
        ),
        now=now,
    )
