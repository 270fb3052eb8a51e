"""CPU of the carriers' records and of contract prices: what a choice of carrier asks for. Run it by hand.

    python tests/benchmarks/records.py [--shipments 100000]

It prints the time of working out all records anew, and CPU per look: one carrier's record in a direction,
those of six carriers for one posting, the whole table, and the contract prices of 40 services.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from hub.flow.choice.prices.contract_prices import ContractLine, PriceTables, priced  # noqa: E402
from hub.flow.choice.records.carrier_feedback import sum_up  # noqa: E402
from hub.flow.choice.records.carrier_outcomes import rebuild  # noqa: E402
from hub.flow.choice.records.carrier_record import carrier_record, records  # noqa: E402
from hub.plugin_api.models import Address, EventKind, Money, Quote, Recipient, Service  # noqa: E402
from hub.store import Transaction, rows  # noqa: E402
from hub.store.rows import FeedbackRow, feedback  # noqa: E402
from tests.flow.small_app import NOON, small_app  # noqa: E402

if TYPE_CHECKING:
    from hub.flow.app import App

SELLER = "alpha"
CARRIERS = ("one", "two", "three", "four", "five", "six")
SERVICES = 40
BATCH = 5_000

Written = tuple[rows.ShipmentRow, rows.RecipientRow, list[rows.TrackingRow]]


def shipments(count: int) -> Iterator[Written]:
    """Shipments of a year: six carriers, sixty areas, one in twenty late, one in two hundred lost."""
    chance = random.Random(4)
    for index in range(count):
        booked = NOON - timedelta(days=360 * (1 - index / count))
        identity = f"shp_{index:08d}"
        shipment = rows.ShipmentRow(
            id=identity,
            seller=SELLER,
            account="acc_1",
            posting_id=f"pst_{index:08d}",
            ordinal=1,
            state="booked",
            carrier=chance.choice(CARRIERS),
            service_code="std",
            service_name="Standard",
            reference=f"R{index}",
            carrier_id=f"C{index}",
            tracking_number=f"T{index}",
            quoted_minor=30_000,
            committed_minor=30_000,
            charged_minor=chance.choice((None, 30_000, 30_000, 33_000)),
            currency="RUB",
            stage="delivered",
            parcels=(),
            why={"days": 5, "currency": "RUB"},
            created_at=booked,
            updated_at=booked,
        )
        postal_code = f"{chance.randrange(10, 70)}0000"
        address = Address(country="RU", city="Город", postal_code=postal_code, street="ул. Мира, 1")
        recipient = rows.RecipientRow(shipment.posting_id, Recipient(name="Анна", address=address), booked)
        days = 8 if chance.random() < 0.05 else 4
        end = EventKind.LOST if chance.random() < 0.005 else EventKind.HANDED_OVER
        kinds = (EventKind.ACCEPTED, EventKind.MOVED, EventKind.READY, end)
        events = [
            rows.TrackingRow(identity, str(n), booked + timedelta(days=days * n / 4), kind, "", "", "", True)
            for n, kind in enumerate(kinds)
        ]
        yield shipment, recipient, events


def fill(app: App, count: int) -> None:
    """The shipments, and a claim or a return of every fortieth."""
    some: list[Written] = []

    def write(tx: Transaction, some: list[Written]) -> None:
        rows.shipments.insert_many(tx, (shipment for shipment, _, _ in some))
        rows.recipients.insert_many(tx, (recipient for _, recipient, _ in some))
        rows.tracking_events.insert_many(tx, (event for _, _, events in some for event in events))
        feedback.insert_many(
            tx,
            (
                FeedbackRow(
                    seller=SELLER,
                    mark=shipment.id,
                    carrier=shipment.carrier,
                    shipment_id=shipment.id,
                    direction="",
                    kind="claim",
                    reason=random.choice(("damaged", "late", "other")),
                    rating_hundredths=0,
                    pieces=1,
                    source="ozon",
                    day=(shipment.created_at - NOON.replace(year=1970, month=1, day=1, hour=0)).days,
                    created_at=NOON,
                )
                for shipment, _, _ in some[::40]
            ),
        )

    for one in shipments(count):
        some.append(one)
        if len(some) == BATCH:
            app.store.write_now(partial(write, some=some))
            some = []
    app.store.write_now(partial(write, some=some))
    for carrier in CARRIERS:
        app.store.write_now(partial(sum_up, seller=SELLER, carrier=carrier))


def cpu(work: Callable[[], object], calls: int = 100) -> float:
    """Milliseconds of this thread a call, the best of five runs."""
    work()
    best = float("inf")
    for _ in range(5):
        begun = time.thread_time()
        for _ in range(calls):
            work()
        best = min(best, (time.thread_time() - begun) / calls * 1000)
    return best


def show(what: str, milliseconds: float) -> None:
    print(f"{what:<52} {milliseconds:8.3f} ms CPU")


def measure(app: App, count: int) -> None:
    begun = time.perf_counter()
    asyncio.run(rebuild(app, SELLER))
    took = time.perf_counter() - begun
    print(f"all records anew from {count} shipments: {took:.1f} s, {took / count * 1e6:.0f} us a shipment")

    def one(direction: str) -> object:
        return carrier_record(app, SELLER, "one", direction=direction)

    show("one carrier in a direction", cpu(lambda: one("RU/63")))
    show("one carrier in a direction without parcels", cpu(lambda: one("KZ/05")))
    show("one carrier that nobody knows", cpu(lambda: carrier_record(app, SELLER, "none", direction="RU/63")))
    six = cpu(lambda: [carrier_record(app, SELLER, code, direction="RU/63") for code in CARRIERS])
    show("six carriers in a direction", six)
    show(f"the whole table, {len(records(app, SELLER))} lines", cpu(lambda: records(app, SELLER), calls=3))


def measure_prices() -> None:
    services = [f"service {number}" for number in range(SERVICES)]
    lines = [
        ContractLine(
            line=2 + 20 * index + step,
            service=service,
            percent=Decimal(step + 1),
            over_g=500 * step,
            up_to_g=500 * (step + 1),
        )
        for index, service in enumerate(services)
        for step in range(20)
    ]
    tables = PriceTables({"one": lines})
    quotes = [
        Quote(service=Service(code=service, name=service), price=Money.of(400, "RUB")) for service in services
    ]
    day = NOON.date()
    show(
        f"contract prices of {SERVICES} services, {len(lines)} lines",
        cpu(lambda: [priced(tables, "one", quote, weight_g=7_100, on=day) for quote in quotes]),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shipments", type=int, default=100_000)
    parser.add_argument("--tiny", action="store_true", help="see that it runs")
    options = parser.parse_args()
    count = 500 if options.tiny else options.shipments
    with tempfile.TemporaryDirectory() as folder, small_app(Path(folder)) as app:
        fill(app, count)
        measure(app, count)
    measure_prices()


if __name__ == "__main__":
    main()
