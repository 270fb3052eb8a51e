"""CPU of the counter beside the database, a booking: run it by hand.

    python tests/benchmarks/counter.py [--bookings 5000]

The same writes with and without a request that is counted, one a commit (a hub with little to do) and 50 a
commit (one at full speed). The target: under 0.2 ms a booking. A booking is counted once when it is sent.
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

from hub.store import Store, Transaction, counter, open_store  # noqa: E402


def _plain(tx: Transaction) -> None:
    tx.execute(
        "INSERT INTO counters (name, value) VALUES ('bench', 1) "
        "ON CONFLICT (name) DO UPDATE SET value = value + 1"
    )


def _counted(tx: Transaction) -> None:
    _plain(tx)
    counter.add(tx)


async def _run(store: Store, bookings: int, at_once: int, *, count: bool) -> float:
    work = _counted if count else _plain
    begun = time.process_time()
    for _ in range(bookings // at_once):
        await asyncio.gather(*(store.write(work) for _ in range(at_once)))
    return (time.process_time() - begun) / bookings * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bookings", type=int, default=5000)
    parser.add_argument("--tiny", action="store_true")
    options = parser.parse_args()
    bookings = 100 if options.tiny else options.bookings
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "hub.sqlite")
        store.write_now(counter.adopt)
        for at_once in (1, 50):
            plain = asyncio.run(_run(store, bookings, at_once, count=False))
            counted = asyncio.run(_run(store, bookings, at_once, count=True))
            said = f"{counted - plain:.3f} ms CPU a booking ({plain:.3f} without, {counted:.3f} with)"
            print(f"{at_once:>3} a commit: {said}")
        file = store.counter.read()
        assert file is not None
        assert file.sends == counter.stored(store.reader).sends
        store.close()


if __name__ == "__main__":
    main()
