"""A hand-over that the marketplace or a carrier is told of: opened, closed, its papers read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from hub.calls.call import read
from hub.flow.documents.keeping import keep_document
from hub.flow.history.recording import posting_row
from hub.flow.journal import operations as journal
from hub.flow.marketplace import carriages, handed_over
from hub.plugin_api.errors import AuthFailed, Unavailable
from hub.store import Transaction, operations, problems, rows
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

_STEPS = 8
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=20), timedelta(minutes=30)
_FILLED_AGAIN = timedelta(minutes=30)


class _Rest(NamedTuple):
    """Nothing is to be done now. ``until``: when to come again; None where only a person can say more."""

    until: datetime | None


async def run(app: App, handover_id: str) -> datetime | None:
    """Take a declared hand-over on: opened, closed, its papers read. Returns when to come again."""
    for _ in range(_STEPS):
        row = rows.handovers.get(app.store.reader, handover_id)
        if row is None or row.state in ("refused", "ready") or not row.account:
            return None
        found = operations.of_handover(app.store.reader, account=row.account, handover_id=row.id)
        todo = [operation for operation in found if operation.open]
        if todo:
            try:
                done = await journal.perform(app, todo[0], journal.kind_of(app, todo[0]))
            except (Unavailable, AuthFailed) as error:
                untold_of = partial(handed_over.untold, row=row, error=error, now=app.clock.now())
                await app.store.write(untold_of)
                return _later(app, row, error)
            if row.reason:
                await app.store.write(partial(handed_over.told, row=row, now=app.clock.now()))
            if done.open and done.state != "planned":
                soon = app.clock.now() + app.clock.stretch(0.1)
                return max(done.look_after or soon, soon)
        elif row.state == "open":
            if (rest := await _filled(app, row, found)) is not None:
                return rest.until
        else:
            return await _papers(app, row)
    return app.clock.now() + app.clock.stretch(0.3)


def _later(app: App, row: rows.HandoverRow, error: Unavailable | AuthFailed) -> datetime:
    """When to try again: the longer nobody could be told, the rarer; never inside what the vendor asked for.
    It is never given up, for the parcels wait."""
    now = app.clock.now()
    pause = min(max((now - row.created_at) / 4, _FIRST_PAUSE), _LONGEST_PAUSE)
    asked = error.retry_after if isinstance(error, Unavailable) else None
    return now + max(pause, asked or pause, app.clock.stretch(0.3))


async def _filled(app: App, row: rows.HandoverRow, found: Sequence[rows.OperationRow]) -> _Rest | None:
    """Have the marketplace's hand-over filled with what is there, and close one that is. Rests where its
    content is another: a person was asked, and Ozon may say something else later."""
    reader = app.store.reader
    if is_carriers(app, reader, row) or not carriages.is_filled(app, row):
        await _close(app, row)
        return None
    wanted = carriages.content_of(reader, row)
    if not wanted:
        gone = said("every posting in it was cancelled", code="handover.all_cancelled")
        await app.store.write(lambda tx: handed_over.refused(tx, row, gone, now=app.clock.now()))
        return None
    fills = [one for one in found if one.kind == "fill_handover"]
    last = fills[-1] if fills else None
    if last is not None and last.request["numbers"] == wanted:
        if set(last.result.get("covers", ())) == set(wanted):
            await _close(app, row)
            return None
        again = last.updated_at + _FILLED_AGAIN
        if app.clock.now() < again and not _answered(reader, row, last):
            return _Rest(again if len(fills) < carriages.FILLS else None)
    operation = _operation(app, row, "fill_handover", {"numbers": wanted}, epoch=len(fills) + 1)
    await app.store.write(lambda tx: journal.plan(tx, operation))
    return None


def _answered(reader: Transaction, row: rows.HandoverRow, last: rows.OperationRow) -> bool:
    """Whether a person has said since the last try that it is to be tried again."""
    said_of = problems.answered_about(
        reader, row.seller, handed_over.DIFFERS, "handover", row.id, since=last.updated_at
    )
    return bool(said_of - {"dismiss"})


async def _close(app: App, row: rows.HandoverRow) -> None:
    kind = "close_batch" if is_carriers(app, app.store.reader, row) else "close_handover"
    operation = _operation(app, row, kind, {})
    await app.store.write(lambda tx: journal.plan(tx, operation))


def _operation(
    app: App, row: rows.HandoverRow, kind: str, request: dict[str, Any], *, epoch: int = 1
) -> rows.OperationRow:
    posting = posting_row(app.store.reader, row.postings[0])
    operation = journal.new(
        app, posting, account=row.account, kind=kind, subject_type="handover",
        subject_id=row.id, epoch=epoch, request={"handover_id": row.external_id, **request},
    )  # fmt: skip
    return msgspec.structs.replace(operation, posting_id="")


def is_carriers(app: App, reader: Transaction, row: rows.HandoverRow) -> bool:
    """Whether a carrier is told of it, and not the marketplace."""
    account = rows.accounts.get(reader, row.account)
    return account is not None and account.plugin in app.registry.carriers


async def _papers(app: App, row: rows.HandoverRow) -> datetime | None:
    """Read what was made of it: the code that is shown at the drop-off, and a paper to be signed."""
    maker = app.carrier(row.account) if is_carriers(app, app.store.reader, row) else app.source(row.account)
    found = await read(
        said("{title}: hand-over", code="call.hand_over", values={"title": maker.title}),
        lambda: maker.handover(row.external_id),
        explain=maker.explain,
    )
    now = app.clock.now()
    if found.state == "pending":
        return max(now + timedelta(minutes=1), now + app.clock.stretch(0.3))
    state = "refused" if found.state == "refused" else "ready"
    paper = row.document_id
    if found.document is not None and not paper:
        paper = await keep_document(app, row.seller, "handover", found.document, covers=row.postings)
    done = msgspec.structs.replace(
        row, state=state, code=found.code, reason=found.reason, document_id=paper, updated_at=now
    )

    def write(tx: Transaction) -> None:
        rows.handovers.save(tx, done)
        if state == "ready" and not is_carriers(app, tx, row):
            carriages.tell_left_out(app, tx, done, found.covers)

    await app.store.write(write)
    return None


__all__ = ["is_carriers", "run"]
