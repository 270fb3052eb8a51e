"""Jobs taken and finished one by one, each by two writes of its own, on one core and a real SQLite file.

    python tests/benchmarks/jobs.py [--jobs 20000] [--in-flight 16]

Target: at least 2,000 a second with as many under way as a worker has (16: their writes share commits). One
after the other, each waits for two commits on the disk: that is shown beside the time of such a commit here.
So many jobs are due at once that the queue is deep: a sort of all of them at each claim would show.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from hub.store import Store, Transaction, open_store, queue  # noqa: E402
from hub.store.queue import Work  # noqa: E402

START = datetime(2026, 11, 23, 6, tzinfo=UTC)
LEASE = timedelta(seconds=10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--jobs", type=int, default=20_000)
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--tiny", action="store_true", help="200 jobs: does it run?")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core for all threads
    many = 200 if options.tiny else options.jobs
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compare(Path(folder), many, options.in_flight))


async def compare(folder: Path, jobs: int, in_flight: int) -> None:
    for tasks, some, target in ((in_flight, jobs, "target 2000"), (1, max(jobs // 10, 100), "shown")):
        store = open_store(folder / f"hub{tasks}.sqlite")
        try:
            await fill(store, jobs)
            begun, cpu = time.perf_counter(), time.process_time()
            await work_off(store, some, tasks)
            wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
            left = store.reader.execute("SELECT count(*) FROM jobs").fetchone()[0]
            assert left == jobs - some, f"{left} jobs are left"
            print(
                f"{tasks:2d} in flight: {some / wall:7.0f} jobs a second, {cpu / some * 1e6:5.0f} us CPU "
                f"each, out of {jobs} that are due  ({target})"
            )
            if tasks == 1:
                begun = time.perf_counter()
                for _ in range(100):
                    await store.write(_touch)
                print(f"a commit of one row: {(time.perf_counter() - begun) * 10:.2f} ms")
        finally:
            store.close()


async def fill(store: Store, jobs: int) -> None:
    """So much work of ten accounts, all of it due."""

    def write(tx: Transaction) -> None:
        for number in range(jobs):
            account = f"acc_{number % 10}"
            work = Work(
                kind="advance",
                subject=f"pst_{number}",
                seller="shop",
                account=account,
                run_at=START,
                priority=1_800_000_000 + number * 7919 % 100_000,
            )
            queue.enqueue(tx, work, now=START)

    await store.write(write)


async def work_off(store: Store, jobs: int, in_flight: int) -> None:
    """Take one, finish it, take the next: in so many tasks."""
    left = jobs

    async def one_by_one(name: str) -> None:
        nonlocal left
        while left > 0:
            left -= 1
            (job,) = await store.write(
                lambda tx: queue.claim(
                    tx, name, now=START, lease=LEASE, limit=1, running={}, per_account=1_000_000
                )
            )
            await store.write(partial(queue.finish, row=job, now=START, next_run=None))

    await asyncio.gather(*(one_by_one(f"wrk-{number}") for number in range(in_flight)))


def _touch(tx: Transaction) -> None:
    tx.execute("UPDATE jobs SET reason = 'x' WHERE key = (SELECT key FROM jobs LIMIT 1)")


if __name__ == "__main__":
    main()
