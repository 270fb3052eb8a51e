"""What the hub adds to the slowest carrier when it asks six of them for 40 offers. Run it by hand.

    python tests/benchmarks/quotes.py [--rounds 200]

The target is 5 ms on top of the slowest carrier: asking, checking, contract prices, records, 50 rules, the
choice, its sentence, and keeping the table. Carriers are in memory and answer after 10 to 60 ms, as if they
were far away; the slowest one's own time is measured in the same round and taken off. Shown are the median
and the 95th of a hundred, and CPU.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from hub import hookimpl  # noqa: E402
from hub.flow import orders  # noqa: E402
from hub.flow.choice.prices.contract_prices import ContractLine, import_prices  # noqa: E402
from hub.flow.choice.quote_memory import QuoteMemory  # noqa: E402
from hub.flow.choice.records.carrier_sums import week_of  # noqa: E402
from hub.flow.choice.rules_trial import trial  # noqa: E402
from hub.plugin_api.carriers import Carrier  # noqa: E402
from hub.plugin_api.models import Money, Quote, QuoteRequest, Service  # noqa: E402
from hub.plugin_api.settings import Settings  # noqa: E402
from hub.store import Transaction  # noqa: E402
from tests.flow.desk import START, TOML, Desk, Lookup, desk  # noqa: E402

CARRIERS = ("one", "two", "three", "four", "five", "six")
LATENCIES = (0.010, 0.020, 0.030, 0.040, 0.050, 0.060)
RULES = 50
WEEK = (
    "INSERT INTO carrier_weeks (seller, carrier, direction, week, parcels, timed, on_time, late_days, ended, "
    "lost, damaged, returned, charged, kept, over_permille, scanned, scan_minutes) "
    "VALUES ('shop', ?, ?, ?, 40, 40, 36, 9, 40, 0, 0, 1, 40, 38, 5, 40, 900)"
)


class Far(Carrier[Settings]):
    """A carrier that answers after a while with so many offers; it notes how long it really took."""

    settings_type = Settings
    latency: ClassVar[float]
    offers: ClassVar[Sequence[Quote]]
    slowest: ClassVar[list[float]] = []

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        begun = time.perf_counter()
        await asyncio.sleep(self.latency)
        Far.slowest.append(time.perf_counter() - begun)
        return self.offers


class FarPlugin:
    """Brings one of them."""

    def __init__(self, kind: type[Far]) -> None:
        self.kind = kind

    @hookimpl
    def carriers(self) -> Iterable[type[Carrier[Any]]]:
        return (self.kind,)


def far(code: str, latency: float, services: int) -> type[Far]:
    """A carrier with ``services`` offers."""
    chance = random.Random(code)
    offers = [
        Quote(
            service=Service(code=f"{number}", name=f"Service {number}"),
            price=Money.of(chance.randrange(200, 2000), "RUB"),
            days_min=1,
            days_max=chance.randrange(2, 30),
        )
        for number in range(services)
    ]
    return type(code, (Far,), {"code": code, "title": code.title(), "latency": latency, "offers": offers})


def home() -> str:
    """A seller with six carriers and 50 rules, of which the last one decides."""
    names = ", ".join(f'"{code}"' for code in CARRIERS)
    toml = TOML.replace('"courier", "labels"', f'"courier", "labels", {names}')
    toml = toml.replace('[sellers.shop.accounts.c]\nplugin = "courier"\n', "")
    toml += "".join(f'[sellers.shop.accounts.{code}]\nplugin = "{code}"\n' for code in CARRIERS)
    for number in range(1, RULES):
        toml += f'[[sellers.shop.rules]]\nwhen = {{ city = "Town {number}", weight_over_g = 10 }}\n'
    return toml + '[[sellers.shop.rules]]\nname = "All"\nstrategy = "best_value"\n'


async def history(at: Desk) -> None:
    """Contract prices of every carrier, and a record of thirty weeks."""
    lines = [ContractLine(line=2 + number, service=str(number), percent=Decimal(5)) for number in range(7)]
    for code in CARRIERS:
        await import_prices(at.app, "shop", code, lines, "benchmark")

    def write(tx: Transaction) -> None:
        for code in CARRIERS:
            for area in ("RU/10", "RU/1", "RU", ""):
                for week in range(30):
                    tx.execute(WEEK, (code, area, week_of(START) - week))

    at.app.store.write_now(write)


async def measure(folder: Path, services: int, rounds: int) -> None:
    """One line: so many offers."""
    each = [services // len(CARRIERS) + (at < services % len(CARRIERS)) for at in range(len(CARRIERS))]
    kinds = [far(code, late, many) for code, late, many in zip(CARRIERS, LATENCIES, each, strict=True)]
    extra = {kind.code: FarPlugin(kind) for kind in kinds}
    async with desk(folder, Lookup, toml=home(), extra=extra) as at:
        await history(at)
        posting = await at.order()
        assert len(await orders.quote(at.app, posting, "benchmark")) == services
        for what, forget in (("", False), (", records read anew", True)):
            added, spent = [], []
            for _ in range(rounds):
                if forget:
                    at.app.kept(QuoteMemory).__init__()  # type: ignore[misc]
                Far.slowest.clear()
                cpu, begun = time.process_time(), time.perf_counter()
                await orders.quote(at.app, posting, "benchmark")
                added.append((time.perf_counter() - begun - max(Far.slowest)) * 1e3)
                spent.append((time.process_time() - cpu) * 1e3)
            added.sort()
            print(
                f"six carriers, {services:3} offers{what:<21} {statistics.median(added):6.2f} ms on top "
                f"(95 of 100: {added[int(len(added) * 0.95)]:.2f}), {statistics.median(spent):.2f} ms CPU"
            )
        begun = time.process_time()
        for _ in range(rounds):
            trial(at.app, "shop")
        tried = (time.process_time() - begun) / rounds * 1e3
        print(f"a kept table of {services:3} offers, tried anew: {tried:.2f} ms CPU")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--tiny", action="store_true", help="five rounds: does it run?")
    options = parser.parse_args()
    rounds = 5 if options.tiny else options.rounds
    for services in (40, 240):
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(measure(Path(folder), services, rounds))


if __name__ == "__main__":
    main()
