"""CPU of the look at parcels of which nothing is heard, every ten minutes: run it by hand.

    python tests/benchmarks/quiet.py [--parcels 10000]

All of them were handed over yesterday, and no carrier has scanned one: the worst that can be. Printed, for
the look that finds them, for one without news and for one at which a tenth was scanned meanwhile: CPU (target
1 s), and how long it held the loop at most, without other work having its turn (target 20 ms of CPU).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from hub.flow.tracking import quiet  # noqa: E402
from hub.plugin_api.models import Stage  # noqa: E402
from hub.store import Transaction, alarms, rows  # noqa: E402
from tests.flow.desk import START, Desk, desk  # noqa: E402
from tests.flow.test_quiet import EXTRA, Scanning  # noqa: E402
from tests.store.postings import posting_row  # noqa: E402

_WAY = (
    ("posting.imported", {"status": "new", "stage": "new"}),
    ("posting.stage", {"from": "new", "to": "assembled"}),
    ("posting.stage", {"from": "assembled", "to": "booked"}),
    ("posting.stage", {"from": "booked", "to": "labelled"}),
    ("handover.declared", {"handover": "hnd_1", "carrier": "courier"}),
    ("posting.stage", {"from": "labelled", "to": "handed_over"}),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--parcels", type=int, default=10_000)
    parser.add_argument("--tiny", action="store_true", help="200 parcels: does it run?")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder), 200 if options.tiny else options.parcels))


async def run(home: Path, parcels: int) -> None:
    async with desk(home, Scanning, extra=EXTRA) as at:
        await at.app.store.write(lambda tx: fill(at, tx, parcels))
        at.clock.advance(26 * 3600)
        gc.collect()
        gc.freeze()  # as `hub serve` does
        await looked(at, "that finds them")
        (told,) = alarms.open_lists(at.app.store.reader, "shop", quiet.KINDS)
        assert told.data["count"] == parcels
        await looked(at, "without news")
        await at.app.store.write(
            lambda tx: tx.execute("UPDATE shipments SET stage = 'in_transit' WHERE id LIKE '%0'")
        )
        await looked(at, "with a tenth scanned")
        (told,) = alarms.open_lists(at.app.store.reader, "shop", quiet.KINDS)
        assert told.data["count"] == parcels - parcels // 10


def fill(at: Desk, tx: Transaction, parcels: int) -> None:
    accounts = {row.plugin: row.id for row in rows.accounts.all(tx, "")}
    for index in range(parcels):
        due = START + timedelta(days=2, seconds=index)
        row = posting_row(
            index, seller="shop", account=accounts["market"], stage=Stage.HANDED_OVER, is_open=False,
            ship_by=due,
        )  # fmt: skip
        rows.postings.insert(tx, msgspec.structs.replace(row, sequence=len(_WAY), carrier="courier"))
        shipment = rows.ShipmentRow(
            id=f"shp_{index:08d}", seller="shop", account=accounts["courier"], posting_id=row.id, ordinal=1,
            state="booked", carrier="courier", service_code="", service_name="", reference=f"R{index}",
            carrier_id=f"TRK{index}", tracking_number=f"TRK{index}", stage="", parcels=(), why={},
            created_at=START, updated_at=START, currency="RUB", quoted_minor=None, committed_minor=None,
            charged_minor=None,
        )  # fmt: skip
        rows.shipments.insert(tx, shipment)
        for sequence, (kind, data) in enumerate(_WAY, 1):
            event = rows.HistoryRow(
                posting_id=row.id, sequence=sequence, event_id=f"evt_{index:08d}_{sequence}",
                time=START + timedelta(minutes=sequence), kind=kind, version=1, actor="hub", operation_id="",
                data=data,
            )  # fmt: skip
            rows.history.insert(tx, event)


async def looked(at: Desk, what: str) -> None:
    """One look, with a watch beside it on how long the loop stands still."""
    still = [0.0]

    async def watch() -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            still[0], last = max(still[0], now - last), now

    beside = asyncio.create_task(watch())
    await asyncio.sleep(0)
    before = time.process_time()
    await quiet.look(at.app)
    cpu = time.process_time() - before
    beside.cancel()
    print(f"a look {what:22} {cpu:6.2f} s CPU; it held the loop for {still[0] * 1e3:5.1f} ms at most")


if __name__ == "__main__":
    main()
