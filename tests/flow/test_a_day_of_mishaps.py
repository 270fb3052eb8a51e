"""A seller's day with two warehouses, in which much goes wrong: all of it is told, none of it twice, and how
soon it is told.

Two of each mishap among 26 postings; ``PARCELHUB_MISHAPS=10 PARCELHUB_POSTINGS=2000`` is the long form.
``-s`` shows the table.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from hub.flow import answering, orders, reading
from hub.plugin_api.models import Stage
from hub.store import rows

from .desk import START, TOML, Desk, desk
from .test_quiet import EXTRA, Scanning

EACH = int(os.environ.get("PARCELHUB_MISHAPS", "2"))
TWO = TOML.replace(
    "[sellers.shop.accounts.m]",
    '[sellers.shop.warehouses.south]\ntitle = "South"\nmarketplace_warehouses = { m = ["S"] }\n'
    "[sellers.shop.accounts.m]",
)
KINDS = {
    "sent in the cabinet, never handed over": "sent_without_handover",
    "handed over, never scanned": "not_scanned",
    "nobody ships it": "late_risk",
    "dismissed, and worse": "late_risk",
    "cancelled after its label was printed": "printed_label_void",
}
WELL = int(os.environ.get("PARCELHUB_POSTINGS", "26")) - EACH * len(KINDS)
"""Postings with which all goes well."""


async def test_all_is_told_and_nothing_twice(tmp_path: Path) -> None:
    Scanning.scanned = set()
    async with desk(tmp_path, Scanning, extra=EXTRA, toml=TWO) as at:
        groups = await _ordered(at)
        planted = {name: at.clock.now() for name in KINDS}
        gone = groups["sent in the cabinet, never handed over"]
        void = groups["cancelled after its label was printed"]
        await _labelled(at, [*groups["well"], *groups["handed over, never scanned"], *void])
        planted["cancelled after its label was printed"] = at.clock.now()
        for one in void:
            _changed(at, one, status="cancelled", stage=Stage.CANCELLED, actions=frozenset())
        await at.pass_time(3600)
        await orders.handover(at.app, "shop", "test")
        planted["handed over, never scanned"] = at.clock.now()
        await _labelled(at, gone)
        planted["sent in the cabinet, never handed over"] = at.clock.now()
        for one in (*gone, *groups["handed over, never scanned"], *groups["well"]):
            _changed(at, one, status="delivering", stage=Stage.IN_TRANSIT)
        Scanning.scanned |= {at.view(one).tracking_number for one in groups["well"]}
        await _worse(at, groups["dismissed, and worse"])
        await at.pass_time(30 * 3600)
        table = [_row(at, name, ids, planted[name]) for name, ids in groups.items() if name in KINDS]
        print(_shown(at, table, sum(len(ids) for ids in groups.values())))
        for name, told, times, _, _ in table:
            assert told == EACH, name
            assert times == (2 * EACH if name == "dismissed, and worse" else EACH), name
        assert not [one for one in groups["well"] if _found(at, one)]


async def _ordered(at: Desk) -> dict[str, list[str]]:
    """The postings of the day by what is to happen to them, in two warehouses in turn."""
    names = [name for name in KINDS for _ in range(EACH)] + ["well"] * WELL
    groups: dict[str, list[str]] = {}
    for number, name in enumerate(names):
        hours = {"nobody ships it": 30, "dismissed, and worse": 24}.get(name, 100)
        warehouse = "S" if number % 2 else "N"
        posting = await at.order(
            f"{1000 + number}-1", ship_by=START + timedelta(hours=hours), warehouse_id=warehouse
        )
        groups.setdefault(name, []).append(posting)
    assert {at.view(one).warehouse for ids in groups.values() for one in ids} == {"main", "south"}
    return groups


async def _labelled(at: Desk, postings: list[str]) -> None:
    await orders.ship(at.app, "shop", postings, actor="test")
    await at.pass_time(1800)
    assert {at.view(one).stage for one in postings} == {"labelled"}
    assert (await orders.labels(at.app, postings, actor="test")).ready


def _changed(at: Desk, posting: str, **changes: object) -> None:
    number = at.view(posting).number
    at.books.postings[number] = msgspec.structs.replace(at.books.postings[number], **changes)


async def _worse(at: Desk, postings: list[str]) -> None:
    """Somebody dismisses the warning as soon as it is there."""
    await at.pass_time(14 * 3600)
    for one in reading.problems(at.app, seller="shop", limit=200).items:
        if one.kind == "late_risk" and one.posting_id in postings:
            await answering.answer(at.app, one.id, "dismiss", {}, "test")


def _found(at: Desk, posting: str, *kinds: str) -> list[datetime]:
    events = rows.history.all(
        at.app.store.reader,
        "WHERE posting_id = ? AND kind = 'problem.found' ORDER BY sequence",
        (posting,),
    )
    return [one.time for one in events if not kinds or one.data["kind"] in kinds]


def _row(at: Desk, name: str, ids: list[str], since: datetime) -> tuple[str, int, int, int, int]:
    found = [_found(at, one, KINDS[name]) for one in ids]
    minutes = sorted(int((times[0] - since).total_seconds() // 60) for times in found if times)
    return (
        name,
        len(minutes),
        sum(map(len, found)),
        minutes[0] if minutes else -1,
        minutes[-1] if minutes else -1,
    )


def _shown(at: Desk, table: list[tuple[str, int, int, int, int]], postings: int) -> str:
    asked = len(rows.problems.all(at.app.store.reader, ""))
    lines = [f"{'mishap':42}{'planted':>8}{'told':>6}{'times':>6}{'minutes':>14}"]
    for name, told, times, first, last in table:
        lines.append(f"{name:42}{EACH:8}{told:6}{times:6}{f'{first}-{last}':>14}")
    lines.append(f"{postings} postings, {asked} questions: {100 * asked / postings:.1f} per 100")
    return "\n" + "\n".join(lines)
