"""CPU of taking postings in, from recorded pages to committed rows: run it by hand.

    python tests/benchmarks/intake.py [--postings 100000]

The floor does the least that the same result needs, in the same run: each page decoded by msgspec into the
adapter's structs, then ``executemany`` of the very rows that the hub wrote (postings, recipients, history,
raw payloads, outbox), one transaction a page. Target: at least 0.25 of the floor's speed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import ozon_api  # noqa: E402
from hub_ozon.source import OzonSettings, OzonSource  # noqa: E402

from hub.calls.transport import make_client  # noqa: E402
from hub.flow.app import init_home  # noqa: E402
from hub.flow.intake import postings as intake  # noqa: E402
from hub.flow.opening import open_app  # noqa: E402
from hub.plugin_api.settings import Account, Secret  # noqa: E402
from hub.plugin_api.sources import Page  # noqa: E402
from hub.store import Transaction, open_store  # noqa: E402

PAGE = 100
TABLES = ("postings", "recipients", "history", "raw_payloads", "outbox")
TOML = """
[plugins]
allow = ["ozon"]
[sellers.shop]
title = "Shop"
time_zone = "Asia/Shanghai"
plugins = ["ozon"]
[sellers.shop.accounts.o]
plugin = "ozon"
settings = { client_id = "100001", api_key = "env:BENCHMARK_KEY" }
"""


class _Listed(msgspec.Struct):
    postings: list[msgspec.Raw]


def recorded_pages(count: int) -> list[bytes]:
    """Pages of the shape and size of the recorded one, each posting with a number of its own."""
    shared = Path(os.environ.get("PARCELHUB_SHARED", ROOT.parent / "shared"))
    example = shared / "fixtures" / "ozon" / "v4_posting_fbs_unfulfilled_list.response.en.json"
    if not example.is_file():
        sys.exit(f"the recorded page is not there: {example}")
    (posting, *_) = msgspec.json.decode(example.read_bytes())["postings"]
    pages = []
    for start in range(0, count, PAGE):
        page = []
        for index in range(start, min(start + PAGE, count)):
            page.append({**posting, "posting_number": f"{index:08d}-0001-1", "order_id": index})
        pages.append(msgspec.json.encode({"postings": page}))
    return pages


class Recorded(OzonSource):
    """Ozon's source, over pages that are there already."""

    pages: Sequence[bytes] = ()

    async def postings(self, stream: str, cursor: str) -> Page:
        if stream != "open":
            return Page(items=(), next="", complete=True)
        at = int(cursor or 0)
        items = tuple(map(bytes, msgspec.json.decode(self.pages[at], type=_Listed).postings))
        last = at + 1 == len(self.pages)
        return Page(items=items, next="" if last else str(at + 1), complete=last)


async def take_in(home: Path, pages: Sequence[bytes]) -> tuple[float, Any]:
    """CPU seconds of the hub, and what it says that it saw."""
    os.environ["BENCHMARK_KEY"] = "benchmark"
    init_home(home)
    (home / "plugins.toml").write_text(TOML, encoding="utf-8")
    app = open_app(home)
    try:
        (account,) = app.store.reader.execute("SELECT id FROM accounts").fetchone()
        source = Recorded(
            OzonSettings(client_id="100001", api_key=Secret("benchmark")),
            make_client(),
            Account(id=account, seller="shop", plugin="ozon", name="o"),
        )
        source.pages = pages
        app.source = lambda account_id: source  # type: ignore[method-assign]
        begun = time.process_time()
        seen = await intake.sync_account(app, account, "benchmark")
        return time.process_time() - begun, seen
    finally:
        await app.aclose()


def floor(path: Path, pages: Sequence[bytes], written: dict[str, list[tuple[Any, ...]]]) -> float:
    """CPU seconds of msgspec and ``executemany`` alone."""
    store = open_store(path)
    listed = msgspec.json.Decoder(_Listed)
    inserts = {
        name: f"INSERT INTO {name} VALUES ({', '.join('?' * len(found[0]))})"
        for name, found in written.items()
        if found
    }
    each = {name: len(found) // len(pages) for name, found in written.items()}

    def write(tx: Transaction, at: int) -> None:
        for name, statement in inserts.items():
            last = at + 1 == len(pages)
            rows = written[name][at * each[name] : None if last else (at + 1) * each[name]]
            tx.executemany(statement, rows)

    begun = time.process_time()
    for at, page in enumerate(pages):
        for raw in listed.decode(page).postings:
            ozon_api.decode_posting(raw)
        store.write_now(lambda tx, at=at: write(tx, at))  # type: ignore[misc]
    spent = time.process_time() - begun
    store.close()
    return spent


def written_rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of the tables, in the order in which they were written."""
    store = open_store(path)
    found = {
        name: [tuple(row) for row in store.reader.execute(f"SELECT * FROM {name} ORDER BY rowid")]
        for name in TABLES
    }
    store.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--postings", type=int, default=100_000)
    parser.add_argument("--tiny", action="store_true", help="1,000 postings: does it run?")
    options = parser.parse_args()
    count = 1_000 if options.tiny else options.postings
    pages = recorded_pages(count)
    with tempfile.TemporaryDirectory() as folder:
        ours, seen = asyncio.run(take_in(Path(folder) / "hub", pages))
        assert seen.new == count, seen
        written = written_rows(Path(folder) / "hub" / "hub.sqlite")
        least = floor(Path(folder) / "floor.sqlite", pages, written)
        again, _ = asyncio.run(_once_more(Path(folder) / "hub", pages))
    sizes = ", ".join(f"{name} {len(rows)}" for name, rows in written.items())
    print(f"{count} postings in pages of {PAGE}, {len(pages[0]) // PAGE} bytes each; rows: {sizes}")
    print(f"  hub    {ours / count * 1e6:8.1f} us a posting")
    print(f"  floor  {least / count * 1e6:8.1f} us a posting")
    print(f"  unchanged ones, read again: {again / count * 1e6:.1f} us a posting")
    print(f"  ratio  {least / ours:8.2f}  (target 0.25)")


async def _once_more(home: Path, pages: Sequence[bytes]) -> tuple[float, Any]:
    return await take_in(home, pages)


if __name__ == "__main__":
    main()
