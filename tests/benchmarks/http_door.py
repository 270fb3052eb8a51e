"""CPU of the HTTP door, measured on a real server over a real store: run it by hand.

    python tests/benchmarks/http_door.py [--postings 1000000] [--requests 2000]

It prints CPU per operation of the server's process, and the ratios that the targets name: one posting by
id at most 0.7 ms; a page of 50 postings or shipments at most 3 ms; the page out of all postings at most 1.2
times the page out of 100; the 50 most urgent out of all under 1 ms in the store.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
import uvicorn

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from hub.flow import reading  # noqa: E402
from hub.flow.app import App  # noqa: E402
from hub.flow.opening import open_app  # noqa: E402
from hub.flow.sellers import keys  # noqa: E402
from hub.plugin_api.ids import new_id  # noqa: E402
from hub.store import Transaction, rows  # noqa: E402
from hub.web.app import create_app  # noqa: E402
from tests.web.seed import Seeded, make_home, many_postings  # noqa: E402

CLIENT = """
import socket, sys
port, path, token, count = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
request = f"GET {path} HTTP/1.1\\r\\nHost: hub\\r\\nAuthorization: Bearer {token}\\r\\n\\r\\n".encode()
with socket.create_connection(("127.0.0.1", port)) as line:
    for _ in range(count):
        line.sendall(request)
        answer = line.recv(65536)
        head, _, body = answer.partition(b"\\r\\n\\r\\n")
        assert head.startswith(b"HTTP/1.1 200"), answer[:500]
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\\r\\n")[0])
        while len(body) < length:
            body += line.recv(65536)
"""


@dataclass
class Measured:
    name: str
    milliseconds: float
    target: float

    def __str__(self) -> str:
        verdict = "ok" if self.milliseconds <= self.target else "OVER"
        return f"{self.name:<46} {self.milliseconds:8.3f} ms CPU   target {self.target:6.2f}   {verdict}"


def fill(app: App, postings: int) -> tuple[Seeded, str]:
    """Seller alpha with 100 postings and shipments, seller beta with ``postings``; an id in the middle."""
    small, large = Seeded("alpha"), Seeded("beta")

    def write(tx: Transaction) -> None:
        small.write(tx)
        large.write(tx)

    app.store.write_now(write)
    small_ids = list(many_postings(app, "alpha", small.account, 95))
    shipment = rows.shipments.get(app.store.reader, small.shipment)
    assert shipment is not None
    copies = [
        msgspec.structs.replace(shipment, id=new_id("shp"), posting_id=posting_id) for posting_id in small_ids
    ]
    app.store.write_now(lambda tx: rows.shipments.insert_many(tx, copies))
    begun = time.perf_counter()
    middle = large.posting.id
    for number, posting_id in enumerate(many_postings(app, "beta", large.account, postings)):
        if number == postings // 2:
            middle = posting_id
    print(f"{postings} postings written in {time.perf_counter() - begun:.1f} s")
    return small, middle


async def measure(app: App, small: Seeded, middle: str, count: int) -> list[Measured]:
    """Serve in this process, call from another one, and read this process's CPU clock around the calls."""
    tokens = {
        slug: (await keys.add_key(app, slug, "benchmark", "benchmark"))[1] for slug in ("alpha", "beta")
    }
    config = uvicorn.Config(
        create_app(app, worker=False),
        port=0,
        http="httptools",
        loop="asyncio",
        access_log=False,
        log_config=None,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  (uvicorn says it with a flag)
        await asyncio.sleep(0.05)
    gc.freeze()  # as `hub serve` does once it is ready
    port = server.servers[0].sockets[0].getsockname()[1]

    async def per_call(path: str, seller: str, calls: int) -> float:
        best = float("inf")
        for _ in range(3):
            before = time.process_time()
            client = await asyncio.create_subprocess_exec(
                sys.executable, "-c", CLIENT, str(port), path, tokens[seller], str(calls)
            )
            if await client.wait():
                raise SystemExit(f"{path} did not answer")
            best = min(best, (time.process_time() - before) / calls * 1000)
        return best

    await per_call("/v1/postings?limit=50", "alpha", 50)
    pages = max(count // 5, 50)
    results = [
        Measured("one posting by id", await per_call(f"/v1/postings/{middle}", "beta", count), 0.7),
        Measured(
            "one posting by id, with everything on it",
            await per_call(f"/v1/postings/{small.posting.id}", "alpha", count),
            0.7,
        ),
        Measured(
            "page of 50 postings out of 100", await per_call("/v1/postings?limit=50", "alpha", pages), 3
        ),
        Measured("page of 50 postings out of all", await per_call("/v1/postings?limit=50", "beta", pages), 3),
        Measured("page of 50 shipments", await per_call("/v1/shipments?limit=50", "alpha", pages), 3),
    ]
    results.append(in_store(app))
    server.should_exit = True
    await serving
    return results


def in_store(app: App) -> Measured:
    """The most urgent 50 of the large seller, without HTTP."""
    calls = 200
    begun = time.process_time()
    for _ in range(calls):
        reading.postings(app, seller="beta", open_only=True, limit=50)
    return Measured(
        "50 most urgent out of all, in the store", (time.process_time() - begun) / calls * 1000, 1
    )


async def run(postings: int, requests: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = make_home(Path(folder))
        app = open_app(home)
        try:
            small, middle = fill(app, postings)
            results = await measure(app, small, middle, requests)
        finally:
            await app.aclose()
        for result in results:
            print(result)
        ratio = results[3].milliseconds / results[2].milliseconds
        print(f"{f'page out of {postings} to page out of 100':<46} {ratio:8.2f} times    target   1.20")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--postings", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--tiny", action="store_true", help="200 postings, 20 requests: does it run?")
    chosen = parser.parse_args()
    asyncio.run(run(200, 20) if chosen.tiny else run(chosen.postings, chosen.requests))
