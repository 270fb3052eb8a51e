"""Erasing what the hub knows of a buyer, when the parcel is over; what happened and what it cost stays.

A posting whose work is not over is refused: without the address its parcel, its money or its return would be
lost. What is erased does not come back: the posting is marked, and a later sync stores nothing of its buyer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from hub.flow.history.echoes import PLAIN, is_words, without_echo
from hub.flow.history.recording import record
from hub.flow.history.results import EraseCode, Erased
from hub.flow.history.shipments import latest_shipment
from hub.flow.problems.kinds import about_money
from hub.flow.problems.opening import is_open
from hub.flow.runtime.vendors_keys import GONE
from hub.plugin_api.models import Stage
from hub.store import Transaction, erasure, operations, rows
from hub.store.mapping import micros
from hub.store.queue import Work, enqueue
from hub.words import said, words_of

if TYPE_CHECKING:
    from hub.flow.app import App

AT_ONCE = 200
"""So many postings in one go of the worker."""
_AGAIN = timedelta(hours=24)
_MONEY = re.compile(r"-?[\d.,]+ [A-Z]{3}")


async def erase(app: App, posting_ids: Sequence[str], actor: str, *, dry_run: bool = False) -> list[Erased]:
    """Erase these postings, each in a transaction of its own; one that must not be is refused, in words.

    A file that holds other postings' pages as well goes as soon as none of them is under way; until then its
    page of this one is given out no more, and ``shared`` names them.
    """
    results = []
    for posting_id in dict.fromkeys(posting_ids):
        if dry_run:
            results.append(_would(app.store.reader, posting_id))
            continue

        def write(tx: Transaction, one: str = posting_id) -> Erased:
            return _erase(app, tx, one, actor)

        results.append(await app.store.write(write))
    return results


async def erase_older(
    app: App, age: timedelta, actor: str, *, seller: str | None = None, dry_run: bool = False, after: str = ""
) -> list[Erased]:
    """Erase postings that ended so long ago, `AT_ONCE` of them, those that follow the id ``after``; and raw
    answers so old that could never be read."""
    before = micros(app.clock.now() - age)
    due = erasure.over_since(app.store.reader, before, seller=seller, after=after, limit=AT_ONCE)
    if not dry_run and seller is None:
        await app.store.write(lambda tx: erasure.forget_unreadable(tx, before))
    return await erase(app, due, actor, dry_run=dry_run)


async def run(app: App, subject: str) -> datetime | None:
    """The worker's part: postings whose time by ``[retention]`` has come, and files that waited for their
    neighbours. Once a day; None where there is nothing left to watch."""
    age, after = app.config.retention.age, ""
    while age is not None:
        done = await erase_older(app, age, "hub", after=after)
        if not done:
            break
        after = done[-1].posting_id
    await app.store.write(lambda tx: _swept(tx, app.clock.now()))
    now = app.clock.now()
    if age is None and not erasure.files_wait(app.store.reader):
        return None
    return max(now + _AGAIN, now + app.clock.stretch(0.3))


def _would(connection: Transaction, posting_id: str) -> Erased:
    row = rows.postings.get(connection, posting_id)
    if row is None:
        return _no(
            posting_id, posting_id, "not_found", said("there is no such posting", code="erase.no_posting")
        )
    return _kept(connection, row) or Erased(
        posting_id=row.id, number=row.number, state="already" if row.erased_at else "would_erase"
    )


def _erase(app: App, tx: Transaction, posting_id: str, actor: str) -> Erased:
    row = rows.postings.get(tx, posting_id)
    if row is None:
        return _no(
            posting_id, posting_id, "not_found", said("there is no such posting", code="erase.no_posting")
        )
    if (kept := _kept(tx, row)) is not None:
        return kept
    now = app.clock.now()
    buyer = rows.recipients.get(tx, row.id)
    state: Any = "already" if row.erased_at is not None else "erased"
    with erasure.overwritten(tx):
        drawn, sheets = erasure.drawn_of(tx, row.id), erasure.sheets_of(tx, row.seller, row.id)
        erasure.erase_rows(
            tx,
            row,
            words=lambda text: GONE if text else text,
            told=lambda value: _blank(value, buyer),
            document=lambda value: _unechoed(value, buyer),
        )
        erasure.let_go(tx, row.id, now, drawn=drawn, sheets=sheets)
        files, waiting = erasure.sweep_files(tx, now)
        mine = erasure.documents_of(tx, row.id)
        mine |= {*drawn, *sheets}
        shared = {number for one, numbers in waiting.items() if one in mine for number in numbers}
        if state == "erased":
            row = rows.postings.get(tx, row.id) or row
            record(tx, row, "posting.erased", {"files": files}, actor=actor, now=now, erased_at=now)
        if waiting:
            work = Work(kind="erase", subject="all", seller="", account="", run_at=now + _AGAIN)
            enqueue(tx, work, now=now)
    return Erased(
        posting_id=row.id, number=row.number, state=state, files=files, shared=tuple(sorted(shared))
    )


def _swept(tx: Transaction, now: datetime) -> None:
    with erasure.overwritten(tx):
        erasure.sweep_files(tx, now)


def _kept(connection: Transaction, row: rows.PostingRow) -> Erased | None:
    """Why this posting's buyer is still needed; None where it is not."""
    stage = Stage(row.stage)
    if not stage.final:
        return _no(
            row.id,
            row.number,
            "under_way",
            said(
                "the posting is {stage}: erase it when it is over",
                code="erase.posting_when_over",
                values={"stage": row.stage},
            ),
        )
    working = operations.any_under_way(connection, row.id)
    shipment = latest_shipment(connection, row.id)
    stands = stage is Stage.CANCELLED and shipment is not None and shipment.live
    if working or stands:
        told = said(
            "its booking is not over: cancel it or let it end, then erase",
            code="erase.booking_not_over_cancel_let",
        )
        return _no(row.id, row.number, "at_work", told)
    if is_open(connection, row.id, *about_money()):
        return _no(
            row.id,
            row.number,
            "money",
            said(
                "a question about its money is open: answer it, then erase",
                code="erase.question_about_money_open",
            ),
        )
    return None


def _no(posting_id: str, number: str, code: EraseCode, reason: str) -> Erased:
    return Erased(posting_id=posting_id, number=number, state="refused", code=code, reason=reason)


def _blank(value: Any, buyer: rows.RecipientRow | None, key: str = "") -> Any:
    """What was said, without its words: codes, ids, figures and the names of services stay."""
    if isinstance(value, str):
        if key == "place" or (is_words(value, key) and value and not _MONEY.fullmatch(value)):
            return GONE
        cleaned = without_echo(value, buyer)
        return cleaned if key in PLAIN or cleaned == GONE else value
    if isinstance(value, dict):
        if words_of(value) is not None:
            return GONE
        return {name: _blank(one, buyer, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_blank(one, buyer, key) for one in value]
    return value


def _unechoed(value: Any, buyer: rows.RecipientRow | None, key: str = "") -> Any:
    """The posting itself: its goods, numbers and times stay."""
    if isinstance(value, str):
        if key == "cancel_reason":
            return GONE if value else value
        return without_echo(value, buyer) if key in ("provider", "delivery_method") else value
    if isinstance(value, dict):
        return {name: _unechoed(one, buyer, name) for name, one in value.items()}
    return value
