"""A day of 10,000 postings on the virtual clock, with a marketplace and a courier in memory: run it by hand.

    python tests/benchmarks/a_day.py [--postings 10000]

Orders come in over fourteen hours, with 4 to 24 hours to the deadline. Every ten minutes the seller orders
everything shipped, and answers where the hub asks what became of a booking. Four in a hundred bookings have
no answer, some labels are not ready, and at noon the courier is dead for ten minutes. Printed: how soon an
order is visible (target 60 s of the virtual clock), how many postings were told after their deadline (0),
orders that are there twice (0), and what the day costs in CPU, the vendors in memory included.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import ClassVar

import httpx
import msgspec

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from hub.flow import answering, orders, reading  # noqa: E402
from hub.flow.sellers.catalogue import import_products  # noqa: E402
from hub.plugin_api.models import Booking, BookRequest, Money, Posting, Product, ReportResult  # noqa: E402
from hub.plugin_api.sources import Page  # noqa: E402
from tests.faults.machine import Ticking  # noqa: E402
from tests.faults.machine_vendors import (  # noqa: E402
    Labels,
    MarketPlugin,
    MeetingCourier,
    MeetingMarket,
    Vendors,
)
from tests.flow.desk import START, Desk, desk, posting_of  # noqa: E402

HOURS = 14
ROUND = timedelta(minutes=10)
NOON, DEAD = START + timedelta(hours=6), timedelta(minutes=10)


class Market(MeetingMarket):
    """A marketplace that lists what it waits for, and notes when it was told."""

    told_at: ClassVar[dict[str, datetime]]
    asked: ClassVar[int]

    async def postings(self, stream: str, cursor: str) -> Page:
        waiting = [one for one in self.books.postings.values() if not one.tracking_number]
        return Page(items=tuple(map(msgspec.json.encode, waiting)), next="", complete=True)

    async def set_tracking(self, posting: Posting, tracking_number: str) -> ReportResult:
        result = await super().set_tracking(posting, tracking_number)
        self.told_at.setdefault(posting.number, self.books.clock.now())
        return result


class Courier(MeetingCourier):
    """Four in a hundred bookings have no answer; at noon nobody answers at all."""

    async def book(self, request: BookRequest) -> Booking:
        if NOON <= self.books.clock.now() < NOON + DEAD:
            raise httpx.ConnectError("refused")
        if random.random() < 0.04:
            self.books.meets.append(random.choice(["lost", "dropped"]))
        if random.random() < 0.01:
            self.books.labels.append("down")
        return await super().book(request)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--postings", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tiny", action="store_true", help="40 postings: does it run?")
    options = parser.parse_args()
    random.seed(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder), 40 if options.tiny else options.postings))


async def run(home: Path, postings: int) -> None:
    clock = Ticking(START)
    books = Vendors(clock)
    Market.told_at, Market.asked = {}, 0
    extra = {"market": MarketPlugin(Market), "labels": Labels()}
    async with desk(home, Courier, boxes=0, books=books, clock=clock, extra=extra) as at:
        cup = Product(offer_id="CUP", weight_g=300, length_mm=100, width_mm=100, height_mm=100)
        await import_products(at.app, "shop", [cup], "benchmark")
        begun, cpu = time.perf_counter(), time.process_time()
        ordered = await whole_day(at, books, postings)
        wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
        report(at, books, ordered)
    print(f"CPU of the day     {cpu:7.0f} s, {cpu / postings * 1e3:.1f} ms a posting; it took {wall:.0f} s")


async def whole_day(at: Desk, books: Vendors, postings: int) -> dict[str, datetime]:
    """Orders come in at random moments, each between two pieces of the hub's work. Returns when each came."""
    spread = sorted(random.uniform(0, HOURS * 3600) for _ in range(postings))
    moments = [START + timedelta(seconds=second) for second in spread]
    ordered: dict[str, datetime] = {}
    ship_at = START + ROUND
    while moments or at.clock.now() < START + timedelta(hours=HOURS + 2):
        moment = min(moments[0] if moments else ship_at, ship_at)
        await at.pass_time(max((moment - at.clock.now()).total_seconds(), 0))
        if moments and moments[0] <= at.clock.now():
            number = f"{1000 + len(ordered)}-1"
            deadline = moments[0] + timedelta(hours=random.uniform(4, 24))
            books.postings[number] = posting_of(number, created_at=moments[0], ship_by=deadline)
            ordered[number] = moments.pop(0)
        if at.clock.now() >= ship_at:
            ship_at += ROUND
            await ship_all(at)
            await answer_all(at, books)
    return ordered


async def ship_all(at: Desk) -> None:
    found = at.app.store.reader.execute("SELECT id FROM postings WHERE wanted = 0 AND is_open = 1").fetchall()
    await orders.ship(at.app, "shop", [row["id"] for row in found], actor="benchmark")


async def answer_all(at: Desk, books: Vendors) -> None:
    """Look into the courier's cabinet, where the hub asks for that."""
    for problem in reading.problems(at.app, seller="shop", limit=200).items:
        if problem.kind != "operation_unknown":
            continue
        Market.asked += 1
        live = books.live(problem.data["reference"])
        facts = {"carrier_id": live[0].number, "tracking_number": live[0].number} if live else {}
        answer = "it_exists" if live else "it_does_not_exist"
        await answering.answer(at.app, problem.id, answer, facts, "benchmark")


def report(at: Desk, books: Vendors, ordered: dict[str, datetime]) -> None:
    reader = at.app.store.reader
    seen = {
        row["number"]: row["created_at"] / 1e6
        for row in reader.execute("SELECT number, created_at FROM postings")
    }
    visible = sorted(seen[number] - moment.timestamp() for number, moment in ordered.items())
    told = Market.told_at
    late = [number for number in ordered if told.get(number) is None or told[number] > _due(books, number)]
    waits = sorted((told[number] - ordered[number]).total_seconds() for number in ordered if number in told)
    live = [order.reference for order in books.live()]
    paid = sum((order.price.amount for order in books.live()), Money.of(0, "RUB").amount)
    booked = reader.execute("SELECT sum(committed_minor) FROM shipments WHERE state = 'booked'")
    committed = booked.fetchone()[0]
    problems = dict(
        tuple(row)
        for row in reader.execute("SELECT kind, count(*) FROM problems WHERE state = 'open' GROUP BY kind")
    )
    print(f"postings           {len(ordered):7d}   booking requests {len(books.arrivals)}")
    print(f"visible after      {visible[-1]:7.1f} s at most, {median(visible):.1f} s as a rule  (target 60)")
    print(f"told after         {waits[-1] / 60:7.1f} min at most, {median(waits) / 60:.1f} min as a rule")
    print(f"a person was asked {Market.asked:7d}   times what became of a booking")
    print(f"told too late      {len(late):7d}   (target 0)")
    print(f"live twice         {len(live) - len(set(live)):7d}   (target 0)")
    print(f"committed          {committed / 100:7.0f} of {paid} asked;  open: {problems}")
    if late or len(live) != len(set(live)) or committed != paid * 100 or visible[-1] > 60:
        raise SystemExit("a target is missed")


def _due(books: Vendors, number: str) -> datetime:
    ship_by = books.postings[number].ship_by
    assert ship_by is not None
    return ship_by


if __name__ == "__main__":
    main()
