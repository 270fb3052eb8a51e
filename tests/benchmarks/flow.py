"""CPU of the flow with a carrier in memory, and the time of many bookings: run it by hand.

    python tests/benchmarks/flow.py [--bookings 500]

Quotes of one carrier: at most 1.5 ms CPU. Book with the carrier's own label, the journal included: at most
6 ms CPU; reading the label's codes back from its picture is shown apart. Bookings against the emulators
(processes of their own) with 20 ms of latency, four at a time: at most 1.5 times calls x latency / 4.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import httpx  # noqa: E402

from hub.flow import day, reading  # noqa: E402
from hub.flow.app import App  # noqa: E402
from hub.jobs.worker import Worker  # noqa: E402
from hub.models import Document  # noqa: E402
from tests.benchmarks import vendors  # noqa: E402
from tests.flow.desk import Desk, Lookup, desk, posting_of  # noqa: E402

LATENCY = 0.020


async def in_memory(folder: Path, count: int) -> tuple[float, float, float]:
    """CPU milliseconds of one question for quotes, of one booking with its label, and of reading a label."""
    async with desk(folder, Lookup) as at:
        ids = await _ordered(at, count)
        begun = time.process_time()
        for posting in ids:
            await day.quote(at.app, posting, "benchmark")
        quotes = (time.process_time() - begun) / count
        begun = time.process_time()
        for posting in ids:
            await at.ship(posting)
        await at.pass_time(120)
        booked = (time.process_time() - begun) / count
        assert all(at.view(posting).stage == "labelled" for posting in ids)
        drawn = at.books.drawing / count
        looking = _reading(at)
    return quotes * 1e3, (booked - drawn - looking) * 1e3, looking * 1e3


def _reading(at: Desk) -> float:
    """CPU seconds of reading one label's codes."""
    file = at.app.store.reader.execute("SELECT content FROM files LIMIT 1").fetchone()["content"]
    document = Document(content=file, media_type="application/pdf")
    pages = len(at.app.renderer().pages(document))
    begun = time.process_time()
    for _ in range(3):
        at.app.renderer().pages(document)
    return (time.process_time() - begun) / 3 / pages


async def _ordered(at: Desk, count: int) -> list[str]:
    numbers = [f"{index:06d}-1" for index in range(count)]
    for number in numbers:
        at.books.postings[number] = posting_of(number)
    await day.sync(at.app, "shop", "benchmark")
    return [reading.posting(at.app, number, "shop").id for number in numbers]


def _booked(app: App) -> int:
    (count,) = app.store.reader.execute("SELECT count(*) FROM shipments WHERE state = 'booked'").fetchone()
    return int(count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--bookings", type=int, default=500)
    parser.add_argument("--tiny", action="store_true", help="20 bookings: does it run?")
    options = parser.parse_args()
    count = 20 if options.tiny else options.bookings
    with tempfile.TemporaryDirectory() as folder:
        quotes, booked, looking = asyncio.run(in_memory(Path(folder) / "memory", min(count, 200)))
        print(f"quotes of one carrier          {quotes:6.2f} ms CPU  (target 1.5)")
        print(f"book with the carrier's label  {booked:6.2f} ms CPU  (target 6)")
        print(f"  and its codes read back       {looking:6.2f} ms CPU, in the pool for pictures")
        calls, seconds = asyncio.run(over_http(Path(folder) / "http", count))
    least = calls * LATENCY / 4
    print(f"{count} bookings, {calls} calls of {LATENCY * 1e3:.0f} ms, four at a time: {seconds:.2f} s")
    print(f"  calls x latency / 4 = {least:.2f} s: {seconds / least:.2f} times  (target 1.5)")


async def over_http(folder: Path, count: int) -> tuple[int, float]:
    """Calls to the vendors, and the seconds until the last posting is booked."""
    vendors.make_home(folder)
    with vendors.vendor("courier") as courier, vendors.vendor("ozon") as ozon:
        app = App.open(folder)
        try:
            await vendors.connect(app, ozon, courier)
            async with httpx.AsyncClient(trust_env=False, timeout=60) as control:
                numbers = await vendors.buyers_order(control, ozon, count)
                await day.sync(app, "shop", "benchmark")
                ids = [reading.posting(app, number, "shop").id for number in numbers]
                rules = [{"kind": "latency", "path": "*", "seconds": LATENCY}]
                for one in (courier, ozon):
                    await control.post(f"{one.url}/_emulator/faults", json={"rules": rules})
                before = await vendors.calls(control, courier, ozon)
                await day.ship(app, "shop", ids, actor="benchmark")
                begun = time.perf_counter()
                stop = asyncio.Event()
                worker = asyncio.create_task(Worker(app).run(stop))
                while _booked(app) < count:  # noqa: ASYNC110  (it asks the database)
                    await asyncio.sleep(0.02)
                seconds = time.perf_counter() - begun
                stop.set()
                app.woken.set()
                await worker
                calls = await vendors.calls(control, courier, ozon) - before
        finally:
            await app.aclose()
    return calls, seconds


if __name__ == "__main__":
    main()
