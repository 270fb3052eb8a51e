"""How often Ozon is asked, counted by the Ozon emulator: run it by hand.

    python tests/benchmarks/polling.py [--postings 1000] [--minutes 20]

Requests for 1,000 new postings that wait at once; requests of an hour in which nothing happens; how long an
order takes to be visible in the hub; answers 429 (target 0). Hub and emulator share a virtual clock, one
second of which is twenty, but for the intake, which runs in real time: the limit of 50 requests a second is
then the real one. Orders are wanted to be visible within 60 s.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from hub.flow import orders as day  # noqa: E402
from hub.flow.app import App  # noqa: E402
from hub.flow.opening import open_app  # noqa: E402
from hub.jobs.worker import Worker  # noqa: E402
from tests.benchmarks import vendors  # noqa: E402

SPEED = 20.0
START = datetime(2026, 11, 23, 6, tzinfo=UTC)


class _Asked(msgspec.Struct):
    path: str
    status: int


class _Log(msgspec.Struct):
    requests: list[_Asked]


class Clock:
    """The clock file that hub and emulator read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._now, self._epoch, self.speed = START, time.time(), 1.0
        self.gear(1.0)

    def now(self) -> datetime:
        return self._now + timedelta(seconds=(time.time() - self._epoch) * self.speed)

    def gear(self, speed: float) -> None:
        """Go on from now with this speed."""
        self._now, self._epoch, self.speed = self.now(), time.time(), speed
        part = self._path.with_suffix(".part")
        told = {"epoch": self._epoch, "start": self._now.isoformat(), "speed": speed}
        part.write_bytes(msgspec.json.encode(told))
        part.replace(self._path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--postings", type=int, default=1_000)
    parser.add_argument("--minutes", type=int, default=20, help="of the idle time")
    parser.add_argument("--orders", type=int, default=10, help="whose time to be visible is taken")
    parser.add_argument("--tiny", action="store_true", help="100 postings, 2 minutes, 1 order: does it run?")
    options = parser.parse_args()
    sizes = (100, 2, 1) if options.tiny else (options.postings, options.minutes, options.orders)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder), *sizes, speed=10 * SPEED if options.tiny else SPEED))


async def run(folder: Path, postings: int, minutes: int, orders: int, speed: float) -> None:
    clock = Clock(folder / "clock.json")
    os.environ["PARCELHUB_CLOCK"] = str(folder / "clock.json")
    vendors.make_home(folder / "hub")
    with vendors.vendor("courier") as courier, vendors.vendor("ozon") as ozon:
        app = open_app(folder / "hub")
        try:
            await vendors.connect(app, ozon, courier)
            async with httpx.AsyncClient(trust_env=False, timeout=60) as control:
                before = await asked(control, ozon)
                await vendors.buyers_order(control, ozon, postings)
                await day.sync(app, "shop", "benchmark")
                assert known(app) == postings
                taken_in = await asked(control, ozon) - before
                per_thousand = sum(taken_in.values()) * 1000 / postings
                print(f"requests for 1,000 new postings   {per_thousand:7.1f}  {_paths(taken_in)}")
                clock.gear(speed)
                async with working(app):
                    before = await asked(control, ozon)
                    await asyncio.sleep(minutes * 60 / speed)
                    idle = await asked(control, ozon) - before
                    per_hour = sum(idle.values()) * 60 / minutes
                    what = f"with {postings} open postings"
                    print(f"requests of an hour without news  {per_hour:7.1f}  {what}: {_paths(idle)}")
                    seen = [await until_visible(app, control, ozon, clock) for _ in range(orders)]
                    median, most = sorted(seen)[len(seen) // 2], max(seen)
                    print(
                        f"an order is visible after         {most:7.1f} s at most, {median:.1f} s as a rule"
                    )
                refused = sum(n for (_, status), n in (await asked(control, ozon)).items() if status == 429)
                print(f"answers 429                       {refused:7d}  (target 0)")
        finally:
            await app.aclose()


def known(app: App) -> int:
    (count,) = app.store.reader.execute("SELECT count(*) FROM postings").fetchone()
    return int(count)


async def asked(control: httpx.AsyncClient, ozon: vendors.Vendor) -> Counter[tuple[str, int]]:
    """How often each path got each status."""
    answer = await control.get(f"{ozon.url}/_emulator/log")
    log = msgspec.json.decode(answer.raise_for_status().content, type=_Log)
    return Counter((one.path, one.status) for one in log.requests)


def _paths(counted: Counter[tuple[str, int]]) -> str:
    return ", ".join(f"{path} {count}" for (path, _), count in counted.most_common())


async def until_visible(app: App, control: httpx.AsyncClient, ozon: vendors.Vendor, clock: Clock) -> float:
    """Virtual seconds from a buyer's order to its row in the hub."""
    await asyncio.sleep(random.uniform(0, 120) / clock.speed)
    before, begun = known(app), clock.now()
    await vendors.buyers_order(control, ozon, 1)
    while known(app) == before:  # noqa: ASYNC110  (it asks the database)
        await asyncio.sleep(0.005)
    return (clock.now() - begun).total_seconds()


@asynccontextmanager
async def working(app: App) -> AsyncIterator[None]:
    """The hub's worker is at work."""
    stop = asyncio.Event()
    worker = asyncio.create_task(Worker(app).run(stop))
    try:
        yield
    finally:
        stop.set()
        app.woken.set()
        await worker


if __name__ == "__main__":
    main()
