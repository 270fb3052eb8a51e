"""Write latency over HTTP under load, against a real ``hub serve``: run it by hand.

    python tests/benchmarks/writing.py [--seconds 60] [--writers 32] [--readers 8] [--think 0]

Every writer adds a product, waits for the answer, and adds the next one; every reader reads a page of 50
postings. So the server is as busy as it can be, and latency is the number of clients divided by what it does
in a second; with ``--think 0.1`` each client waits so many seconds in between. Targets: p99 of a write at
most 100 ms, and not one request that fails. Clients and server share the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from hub.flow.opening import open_app  # noqa: E402
from hub.flow.sellers import keys  # noqa: E402
from tests.web.seed import Seeded, make_home, many_postings  # noqa: E402

HUB = Path(sys.executable).with_name("hub")
POSTINGS = 1000


class Measured(msgspec.Struct):
    """Seconds of each request that was answered well, and what else came."""

    writes: list[float] = msgspec.field(default_factory=list)
    reads: list[float] = msgspec.field(default_factory=list)
    failed: Counter[str] = msgspec.field(default_factory=Counter)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--writers", type=int, default=32)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--think", type=float, default=0, help="seconds between two requests, on average")
    parser.add_argument("--tiny", action="store_true", help="one second: does it run?")
    options = parser.parse_args()
    seconds = 1.0 if options.tiny else options.seconds
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        token = asyncio.run(prepare(home))
        command = [str(HUB), "--home", str(home), "serve", "--port", "0", "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            try:
                url = json.loads(process.stdout.readline())["url"]
                port = int(url.rpartition(":")[2].strip("/"))
                crowd = Crowd(port, token, options.think)
                found = asyncio.run(crowd.run(seconds, options.writers, options.readers))
            finally:
                process.terminate()
    report(found, seconds, options.writers, options.readers)
    if found.failed:
        raise SystemExit(f"failed: {dict(found.failed)}")


async def prepare(home: Path) -> str:
    """A seller with postings, and a key."""
    make_home(home)
    app = open_app(home)
    try:
        seeded = Seeded("alpha")
        await app.store.write(seeded.write)
        list(many_postings(app, "alpha", seeded.account, POSTINGS))
        _, token = await keys.add_key(app, "alpha", "benchmark", "benchmark")
        return token
    finally:
        await app.aclose()


class Crowd:
    """Clients with a connection each."""

    def __init__(self, port: int, token: str, think: float) -> None:
        self._port = port
        self._head = f"Host: hub\r\nAuthorization: Bearer {token}\r\n"
        self._think = think
        self._found = Measured()
        self._number = 0

    async def run(self, seconds: float, writers: int, readers: int) -> Measured:
        end = time.perf_counter() + seconds
        await asyncio.gather(
            *(self._client(end, writes=True) for _ in range(writers)),
            *(self._client(end, writes=False) for _ in range(readers)),
        )
        return self._found

    async def _client(self, end: float, *, writes: bool) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        times = self._found.writes if writes else self._found.reads
        while True:
            await asyncio.sleep(self._think * random.uniform(0, 2))
            begun = time.perf_counter()
            if begun >= end:
                break
            writer.write(self._write() if writes else self._read())
            status = await _status(reader)
            if status == 200:
                times.append(time.perf_counter() - begun)
            else:
                self._found.failed[f"{'write' if writes else 'read'} {status}"] += 1
        writer.close()

    def _write(self) -> bytes:
        self._number += 1
        body = json.dumps([{"offer_id": f"CUP-{self._number}", "weight_g": 300}])
        return (
            f"POST /v1/sellers/alpha/products HTTP/1.1\r\n{self._head}Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def _read(self) -> bytes:
        return f"GET /v1/postings?seller=alpha&limit=50 HTTP/1.1\r\n{self._head}\r\n".encode()


async def _status(reader: asyncio.StreamReader) -> int:
    """Read one answer to its end."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])


def report(found: Measured, seconds: float, writers: int, readers: int) -> None:
    for name, clients, times in (("write", writers, found.writes), ("read", readers, found.reads)):
        ordered = sorted(times)
        p50, p95, p99 = (ordered[int(len(ordered) * part)] * 1e3 for part in (0.5, 0.95, 0.99))
        target = "target p99 100 ms" if name == "write" else "shown"
        print(
            f"{clients:2d} clients {name:5}  {len(ordered) / seconds:6.0f} a second   p50 {p50:5.1f} ms   "
            f"p95 {p95:5.1f} ms   p99 {p99:5.1f} ms   {target}"
        )
    print(f"failed             {sum(found.failed.values()):6d}   target 0      load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
