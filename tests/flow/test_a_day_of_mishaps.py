"""A seller's day with two warehouses, over HTTP to emulated vendors, in which much goes wrong: all of it is
told, none of it twice, and how soon it is told.

One of each mishap among 20 postings; ``PARCELHUB_MISHAPS=10 PARCELHUB_POSTINGS=2000`` is the long form.
``-s`` shows the table.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from hub.flow import answering, orders, reading
from hub.store import rows

from .mishaps import SECRETS, Day, day

EACH = int(os.environ.get("PARCELHUB_MISHAPS", "1"))
SENT, UNSCANNED, NO_COURIER = "sent in the cabinet, never handed over", "never scanned", "no courier came"
LATE, WORSE, VOID = "nobody ships it", "dismissed, and worse", "cancelled after its label was printed"
UNTOLD, OFF = "its hand-over cannot be told", "booked, its plugin switched off"
FOREIGN, NO_LABEL = "its label is another parcel's", "its label never comes"
STUCK = "Ozon never takes its tracking number"
KINDS = {
    SENT: ("sent_without_handover",),
    UNSCANNED: ("not_scanned",),
    NO_COURIER: ("courier_missed",),
    LATE: ("late_risk",),
    WORSE: ("late_risk",),
    VOID: ("printed_label_void",),
    UNTOLD: ("handover_untold", "handover_refused"),
    OFF: ("work_stopped",),
    FOREIGN: ("label_mismatch",),
    NO_LABEL: ("label_failed", "work_stopped"),
    STUCK: ("report_refused", "work_stopped"),
}
WELL = int(os.environ.get("PARCELHUB_POSTINGS", "20")) - EACH * len(KINDS)
"""Postings with which all goes well."""
_HOUR = 3600


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARCELHUB_CLOCK", str(tmp_path / "clock.json"))
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


class Table(msgspec.Struct):
    """What was planted, and when each was told."""

    groups: dict[str, list[str]]
    since: dict[str, datetime]

    def planted(self, name: str, now: datetime) -> list[str]:
        self.since[name] = now
        return self.groups[name]


async def test_all_is_told_and_nothing_twice(tmp_path: Path) -> None:
    async with day(tmp_path) as here:
        at = here.at
        table = await _ordered(here)
        groups = table.groups
        for name in (LATE, WORSE):
            table.planted(name, at.clock.now())
        await here.labelled(groups[UNTOLD], "russian_post")  # while it has calls left for prices
        await here.labelled([*groups["well"], *groups[UNSCANNED], *groups[VOID], *groups[SENT]])
        await here.labelled(groups[NO_COURIER], "pickup")
        await here.labelled(groups[OFF], "closing")
        await here.faults(here.courier, {"kind": "label_of_another", "path": "/shipments/*/label"})
        await orders.ship(
            at.app, "shop", table.planted(FOREIGN, at.clock.now()), actor="test", carrier="sample"
        )
        await at.pass_time(1800)
        await here.well_again(here.courier)
        await here.cancelled(table.planted(VOID, at.clock.now()))
        await at.pass_time(_HOUR)
        await _handed_over(here, table)
        await _worse(here, groups[WORSE])
        await at.pass_time(30 * _HOUR)
        assert {at.view(one).stage for one in groups["well"]} <= {"in_transit", "delivered"}
        shown = [_row(here, table, name) for name in KINDS]
        print(_shown(here, shown, sum(len(ids) for ids in groups.values())))
        for name, told, times, _, _ in shown:
            assert told == EACH, name
            assert times == (2 * EACH if name == WORSE else EACH), name
        assert not [one for one in groups["well"] if here.found(one)]


async def _ordered(here: Day) -> Table:
    """The postings of the day by what is to happen to them."""
    names = [name for name in KINDS for _ in range(EACH)] + ["well"] * WELL
    ids = await here.order([{LATE: 30, WORSE: 24}.get(name, 100) for name in names])
    groups: dict[str, list[str]] = {}
    for name, posting in zip(names, ids, strict=True):
        groups.setdefault(name, []).append(posting)
    assert {here.at.view(one).warehouse for one in ids} == {"main", "south"}
    return Table(groups, {})


async def _handed_over(here: Day, table: Table) -> None:
    """All that lies here leaves, but for what Ozon is told of in the cabinet; and more goes wrong."""
    at, groups = here.at, table.groups
    await here.faults(here.post, {"kind": "status", "path": "/1.0/batch/*/checkin", "status": 503})
    leaving = [*groups["well"], *groups[UNSCANNED], *groups[NO_COURIER], *groups[UNTOLD]]
    await orders.handover(at.app, "shop", "test", only=leaving)
    for name in (UNSCANNED, NO_COURIER, UNTOLD):
        table.planted(name, at.clock.now())
    await here.dropped_off(groups["well"])
    await here.in_the_cabinet(table.planted(SENT, at.clock.now()))
    never = {"kind": "status", "path": "/v2/fbs/posting/tracking-number/set", "status": 503}
    await here.faults(here.ozon, never)
    await orders.ship(at.app, "shop", table.planted(STUCK, at.clock.now()), actor="test", carrier="sample")
    await at.pass_time(1800)
    await here.well_again(here.ozon)
    await here.faults(here.courier, {"kind": "status", "path": "/shipments/*/label", "status": 503})
    await orders.ship(at.app, "shop", table.planted(NO_LABEL, at.clock.now()), actor="test", carrier="sample")
    table.planted(OFF, at.clock.now())
    seller = at.app.seller("shop")
    plugins = tuple(one for one in seller.plugins if one != "closing")
    await at.app.store.write(
        lambda tx: rows.sellers.save(tx, msgspec.structs.replace(seller, plugins=plugins))
    )


async def _worse(here: Day, postings: list[str]) -> None:
    """Somebody dismisses the warning as soon as it is there."""
    await here.at.pass_time(13 * _HOUR)
    for one in reading.problems(here.at.app, seller="shop", limit=200).items:
        if one.kind == "late_risk" and one.posting_id in postings:
            await answering.answer(here.at.app, one.id, "dismiss", {}, "test")


def _row(here: Day, table: Table, name: str) -> tuple[str, int, int, int, int]:
    found = [here.found(one, *KINDS[name]) for one in table.groups[name]]
    since = table.since[name]
    minutes = sorted(int((times[0] - since).total_seconds() // 60) for times in found if times)
    first, last = (minutes[0], minutes[-1]) if minutes else (-1, -1)
    return name, len(minutes), sum(map(len, found)), first, last


def _shown(here: Day, shown: list[tuple[str, int, int, int, int]], postings: int) -> str:
    asked = rows.problems.all(here.at.app.store.reader, "ORDER BY id")
    lines = [f"{'mishap':42}{'planted':>8}{'told':>6}{'times':>6}{'minutes':>14}"]
    for name, told, times, first, last in shown:
        lines.append(f"{name:42}{EACH:8}{told:6}{times:6}{f'{first}-{last}':>14}")
    lines.append(f"{postings} postings, {len(asked)} questions: {100 * len(asked) / postings:.1f} per 100")
    kinds = sorted({one.kind for one in asked})
    lines.append(", ".join(f"{kind} {sum(one.kind == kind for one in asked)}" for kind in kinds))
    return "\n" + "\n".join(lines)
