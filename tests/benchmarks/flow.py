"""CPU of the flow with a carrier in memory, and the time of many bookings: run it by hand.

    python tests/benchmarks/flow.py [--bookings 500]

Quotes of one carrier: at most 1.5 ms CPU. Book with the carrier's own label, the journal included: at most
6 ms CPU; telling the marketplace, and reading the label's codes back from its picture, are shown apart.
Bookings over HTTP with an emulated courier (a process of its own) with 20 ms of latency, four at a time, from
the order to the last one booked: at most 1.5 times calls x latency / 4.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import httpx  # noqa: E402
import msgspec  # noqa: E402

from hub import hookimpl  # noqa: E402
from hub.flow import orders as day  # noqa: E402
from hub.flow import reading  # noqa: E402
from hub.flow.app import App, init_home  # noqa: E402
from hub.flow.history.forms import NewAccount  # noqa: E402
from hub.flow.runtime.credentials import KeyRing  # noqa: E402
from hub.flow.sellers.catalogue import import_products  # noqa: E402
from hub.flow.sellers.declared import declare  # noqa: E402
from hub.flow.sellers.sellers import add_account  # noqa: E402
from hub.jobs.worker import Worker  # noqa: E402
from hub.plugin_api.clock import ManualClock, RealClock  # noqa: E402
from hub.plugin_api.models import Action, Product  # noqa: E402
from hub.plugin_api.sources import OrderSource  # noqa: E402
from hub.plugins.config_reading import load_config  # noqa: E402
from hub.plugins.loader import load_plugins  # noqa: E402
from hub.store import open_store  # noqa: E402
from tests.benchmarks import vendors  # noqa: E402
from tests.flow.desk import START, TOML, Books, Desk, Lookup, Market, desk, posting_of  # noqa: E402

T = TypeVar("T")
LATENCY = 0.020
ROUND, ROUNDS = 25, 3
"""Quotes are asked for so many postings at a time, and bookings made so many times: the least is shown, for
what else a machine does only ever adds."""
CUP = Product(offer_id="CUP", sku="1", weight_g=300, length_mm=100, width_mm=100, height_mm=100)


class MarketPlugin:
    """The desk's marketplace, in memory."""

    @hookimpl
    def order_sources(self) -> Iterable[type[OrderSource[Any]]]:
        return (Market,)


class InMemory(msgspec.Struct):
    """CPU milliseconds a posting."""

    quotes: float
    book: float
    """From the order to the label that is stored, without drawing it and without reading its picture."""
    told: float
    """The same, and the marketplace is told the tracking number."""
    reading: float
    """A label's codes read back from its picture."""


async def in_memory(folder: Path, count: int) -> InMemory:
    """A carrier and a marketplace in memory."""
    async with desk(folder / "plain", Lookup) as at:
        await _shipped(at, ["warm-up"])  # fonts and libraries are loaded
    gc.freeze()  # as `hub serve` does once it is ready
    plain, telling = frozenset({Action.CANCEL}), frozenset({Action.CANCEL, Action.SET_TRACKING})
    async with desk(folder / "quotes", Lookup) as at:
        ids = await _ordered(at, _numbers(count), plain)
        quotes = min([await _quoted(at, ids[some : some + ROUND]) for some in range(0, count, ROUND)])
    booked = []
    for again in range(ROUNDS):
        async with desk(folder / f"book-{again}", Lookup) as at:
            booked.append(await _shipped(at, _numbers(count), plain))
    book, reading = min(booked)
    async with desk(folder / "told", Lookup) as at:
        told, _ = await _shipped(at, _numbers(count), telling)
    return InMemory(quotes, book, told, reading)


async def _quoted(at: Desk, ids: Sequence[str]) -> float:
    """CPU milliseconds of a posting's quotes."""
    begun = time.process_time()
    for posting in ids:
        await day.quote(at.app, posting, "benchmark")
    return (time.process_time() - begun) / len(ids) * 1e3


async def _shipped(
    at: Desk, numbers: Sequence[str], actions: frozenset[Action] = frozenset()
) -> tuple[float, float]:
    """CPU milliseconds of booking a posting with its label, and of reading a label's picture."""
    pool, looked = at.app.render, 0.0

    async def watched(work: Callable[[], T]) -> T:
        def run() -> T:
            nonlocal looked
            begun = time.thread_time()
            try:
                return work()
            finally:
                looked += time.thread_time() - begun

        return await pool(run)

    at.app.render = watched  # type: ignore[method-assign]
    ids = await _ordered(at, numbers, actions)
    begun = time.process_time()
    await day.ship(at.app, "shop", ids, actor="benchmark")
    await at.pass_time(30)
    spent = time.process_time() - begun - looked - at.books.drawing
    assert all(at.view(posting).stage == "labelled" for posting in ids)
    return spent / len(ids) * 1e3, looked / len(ids) * 1e3


async def statements(folder: Path, count: int) -> tuple[float, float]:
    """SQL statements a booking with its label, from the order on: those that read beside the writer, and
    those of the writer. Those of the queue are among them: a little more for few bookings."""
    async with desk(folder, Lookup) as at:
        ids = await _ordered(at, _numbers(count), frozenset({Action.CANCEL}))
        read, written = [0], [0]

        def counting(counter: list[int], connection: Any) -> None:
            connection.set_trace_callback(lambda _: counter.__setitem__(0, counter[0] + 1))

        counting(read, at.app.store.reader)
        await at.app.store.write(lambda tx: counting(written, tx))
        await day.ship(at.app, "shop", ids, actor="benchmark")
        await at.pass_time(30)
        assert all(at.view(posting).stage == "labelled" for posting in ids)
    return read[0] / count, written[0] / count


def _numbers(count: int) -> list[str]:
    return [f"{index:06d}-1" for index in range(count)]


async def _ordered(at: Desk, numbers: Sequence[str], actions: frozenset[Action]) -> list[str]:
    for number in numbers:
        at.books.postings[number] = posting_of(number, actions=actions)
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
        found = asyncio.run(in_memory(Path(folder) / "memory", min(count, 200)))
        print(f"quotes of one carrier             {found.quotes:6.2f} ms CPU  (target 1.5)")
        print(f"book with the carrier's label     {found.book:6.2f} ms CPU  (target 6)")
        print(f"  and the marketplace told of it  {found.told:6.2f} ms CPU")
        print(f"  and the label's codes read back {found.reading:6.2f} ms CPU more, in the pool for pictures")
        read, written = asyncio.run(statements(Path(folder) / "statements", min(count, 100)))
        print(
            f"  SQL statements of such a booking  {read:6.1f} beside the writer, {written:.1f} of the writer"
        )
        calls, seconds = asyncio.run(over_http(Path(folder) / "http", count))
    least = calls * LATENCY / 4
    print(f"{count} bookings, {calls} calls of {LATENCY * 1e3:.0f} ms, four at a time: {seconds:.2f} s")
    print(f"  calls x latency / 4 = {least:.2f} s: {seconds / least:.2f} times  (target 1.5)")


async def over_http(folder: Path, count: int) -> tuple[int, float]:
    """Calls to the courier, and the seconds until the last posting is booked."""
    init_home(folder)
    named = '\n[addresses]\nsample = ["http://127.0.0.1:*"]\n'
    toml = TOML.replace('[sellers.shop.accounts.c]\nplugin = "courier"\n', "").replace("courier", "sample")
    (folder / "plugins.toml").write_text(toml + named, encoding="utf-8")
    Market.books = Books(ManualClock(START))
    numbers = _numbers(count)
    for number in numbers:
        plain = posting_of(number, label="marketplace", actions=frozenset())  # no labels: bookings alone
        Market.books.postings[number] = plain
    registry = load_plugins(["labels", "sample"], extra={"market": MarketPlugin()})
    config, clock, store = (
        load_config(folder / "plugins.toml"),
        RealClock(),
        open_store(folder / "hub.sqlite"),
    )
    declare(store, config, clock)
    with vendors.vendor("courier") as courier:
        app = App(folder, config, registry, store, clock, KeyRing.open(folder))
        try:
            settings = {"base_url": courier.url, "key": "demo-key"}
            account = NewAccount(seller="shop", plugin="sample", name="s", settings=settings)
            await add_account(app, account, "benchmark")
            await import_products(app, "shop", [CUP], "benchmark")
            await day.sync(app, "shop", "benchmark")
            ids = [reading.posting(app, number, "shop").id for number in numbers]
            async with httpx.AsyncClient(trust_env=False, timeout=60) as control:
                rules = [{"kind": "latency", "path": "*", "seconds": LATENCY}]
                await control.post(f"{courier.url}/_emulator/faults", json={"rules": rules})
                before = await vendors.calls(control, courier)
                await day.ship(app, "shop", ids, actor="benchmark")
                begun = time.perf_counter()
                stop = asyncio.Event()
                worker = asyncio.create_task(Worker(app).run(stop))
                while _booked(app) < count:  # noqa: ASYNC110  (it asks the database)
                    await asyncio.sleep(0.02)
                seconds = time.perf_counter() - begun
                calls = await vendors.calls(control, courier) - before
                stop.set()
                app.woken.set()
                await worker
        finally:
            await app.aclose()
    return calls, seconds


if __name__ == "__main__":
    main()
