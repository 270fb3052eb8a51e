"""CPU of the store's reads over a large table, without HTTP: run it by hand.

    python tests/benchmarks/store.py [--postings 1000000]

It prints CPU per operation and the ratios that the targets name: the 50 most urgent of a seller out of all
under 1 ms; a page out of all at most 1.2 times a page out of 100, wherever the page is; a key verified in at
most 20 microseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from hub.flow import reading  # noqa: E402
from hub.flow.sellers import keys  # noqa: E402
from hub.plugin_api.models import Stage  # noqa: E402
from hub.store import Transaction, rows  # noqa: E402
from hub.store.mapping import micros  # noqa: E402
from tests.flow.small_app import small_app  # noqa: E402
from tests.store.postings import NOON, posting_row  # noqa: E402

if TYPE_CHECKING:
    from hub.flow.app import App

BATCH = 20_000
FEW = 100


def fill(app: App, seller: str, count: int) -> None:
    """``count`` postings as years leave them: a tenth open, the others delivered, deadlines in any order."""
    template = posting_row(0, seller=seller, account=f"acc_{seller}")
    names = template.__struct_fields__
    values = list(rows.postings.values(template))
    at = {name: names.index(name) for name in ("id", "number", "ship_by", "stage", "is_open")}

    def postings(start: int) -> Iterator[tuple[object, ...]]:
        for index in range(start, min(start + BATCH, count)):
            values[at["id"]] = f"pst_{seller}_{index:010d}"
            values[at["number"]] = f"{index:09d}-0001-1"
            values[at["ship_by"]] = micros(NOON + timedelta(minutes=index * 7919 % 1_000_003))
            is_open = index % 10 == 0
            values[at["stage"]] = str(Stage.WAITING if is_open else Stage.DELIVERED)
            values[at["is_open"]] = int(is_open)
            yield tuple(values)

    def write(tx: Transaction, some: list[tuple[object, ...]]) -> None:
        tx.executemany(rows.postings.insert_sql, some)

    for start in range(0, count, BATCH):
        some = list(postings(start))
        app.store.write_now(partial(write, some=some))


_runs = 5


def cpu(work: Callable[[], object], calls: int = 300) -> float:
    """Milliseconds of this thread a call, the best of five runs; one of a few calls where it is tiny."""
    work()
    best = float("inf")
    calls = calls if _runs > 1 else 5
    for _ in range(_runs):
        begun = time.thread_time()
        for _ in range(calls):
            work()
        best = min(best, (time.thread_time() - begun) / calls * 1000)
    return best


def both(shape: Callable[[str], object]) -> tuple[float, float]:
    """The small seller's and the large one's, measured in turns: other work on the machine hits both."""
    turns = [(cpu(partial(shape, "alpha"), 60), cpu(partial(shape, "beta"), 60)) for _ in range(_runs)]
    return min(few for few, _ in turns), min(many for _, many in turns)


def far(app: App, seller: str, pages: int) -> str:
    """The cursor after so many pages."""
    cursor = ""
    for _ in range(pages):
        page = reading.postings(app, seller=seller, cursor=cursor, limit=200)
        if not page.next:
            break
        cursor = page.next
    return cursor


def measure(app: App, count: int) -> None:
    """Print the table."""
    shapes: dict[str, Callable[[str], object]] = {
        "page of 50 by deadline": lambda s: reading.postings(app, seller=s),
        "50 most urgent of the open ones": lambda s: reading.postings(app, seller=s, open_only=True),
        "page of 50 of two stages": lambda s: reading.postings(
            app, seller=s, stages=(Stage.WAITING, Stage.DELIVERED)
        ),
        "page of 50, the newest": lambda s: reading.postings(app, seller=s, sort="newest"),
    }
    print(f"{'':<44}{f'of {FEW}':>12}{f'of {count}':>12}{'ratio':>8}   target")
    for name, shape in shapes.items():
        few, many = both(shape)
        # ten of the 100 are open: a page of 10 and a page of 50 are not the same work
        ratio = "" if "open" in name else f"{many / few:8.2f}"
        target = "under 1 ms" if "open" in name else "1.2 times"
        print(f"{name:<44}{few:>9.3f} ms{many:>9.3f} ms{ratio:>8}   {target}")
    cursor = far(app, "beta", min(count // 400, 2000))
    deep = cpu(lambda: reading.postings(app, seller="beta", cursor=cursor))
    print(f"{'page of 50 from the middle':<44}{'':>12}{deep:>9.3f} ms")
    bounded = cpu(lambda: reading.postings(app, seller="beta", sort="newest", stages=(Stage.LOST,)), 20)
    print(f"{'newest of a stage that nothing is in':<44}{'':>12}{bounded:>9.3f} ms")
    middle = f"pst_beta_{count // 20 * 10:010d}"
    print(f"{'one posting by id':<44}{'':>12}{cpu(lambda: reading.posting(app, middle)):>9.3f} ms")
    number = f"{count // 20 * 10:09d}-0001-1"
    by_number = cpu(lambda: reading.posting(app, number, seller="beta"))
    print(f"{'one posting by number':<44}{'':>12}{by_number:>9.3f} ms")
    details = cpu(lambda: reading.posting_details(app, middle))
    print(f"{'everything about one posting':<44}{'':>12}{details:>9.3f} ms")
    encoded = cpu(lambda: msgspec.json.encode(reading.postings(app, seller="beta")))
    print(f"{'page of 50 with its JSON':<44}{'':>12}{encoded:>9.3f} ms")


async def key(app: App) -> None:
    """How long a key takes."""
    _, token = await keys.add_key(app, "alpha", "benchmark", "benchmark")
    taken = cpu(lambda: keys.verify(app, token), 2000) * 1000
    print(f"{'a key verified':<44}{'':>12}{taken:>9.1f} us{'':>8}   20 us")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--postings", type=int, default=1_000_000)
    parser.add_argument("--tiny", action="store_true", help="1,000 postings: does it run?")
    options = parser.parse_args()
    count = 1_000 if options.tiny else options.postings
    if options.tiny:
        global _runs
        _runs = 1
    with tempfile.TemporaryDirectory() as folder, small_app(Path(folder)) as app:
        begun = time.perf_counter()
        fill(app, "alpha", FEW)
        fill(app, "beta", count)
        print(f"{count} postings written in {time.perf_counter() - begun:.1f} s")
        measure(app, count)
        asyncio.run(key(app))


if __name__ == "__main__":
    main()
