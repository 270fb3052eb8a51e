"""What a running hub costs: CPU until ``hub serve`` answers, memory, the command line, the footprint.

    python tests/benchmarks/service.py

Targets: ready in at most 1 s CPU; at most 110 MB at rest; one process; ``hub --version`` at most 2.5 times
and ``hub --help`` 15 times the CPU of ``python -c pass``; what requirements.txt installs at most 50
third-party distributions and 200 MB.
Run it where requirements.txt alone is installed: litestar also imports pydantic where a test tool brought it.
Linux only: it reads /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import httpx
import msgspec
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from hub.flow.opening import open_app  # noqa: E402
from hub.flow.sellers import keys  # noqa: E402
from tests.benchmarks import vendors  # noqa: E402
from tests.faults.plant import start_clock  # noqa: E402

HUB = Path(sys.executable).with_name("hub")
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--labels", type=int, default=100, help="postings of the first batch")
    parser.add_argument(
        "--tiny", action="store_true", help="4 labels, once, sixty times as fast: does it run?"
    )
    options = parser.parse_args()
    times, labels = (2, 4) if options.tiny else (15, options.labels)
    ours, others = distributions()
    hidden = _hidden(ours | others)
    with tempfile.TemporaryDirectory() as folder:
        if options.tiny:
            os.environ |= start_clock(Path(folder) / "clock.json", 60.0)
        asyncio.run(
            serve(
                Path(folder), hidden, labels, starts=1 if options.tiny else 5, rest=0.1 if options.tiny else 2
            )
        )
    bare = cpu([sys.executable, "-c", "pass"], times)
    for option, target in (("--version", "2.5 x"), ("--help", "15 x")):
        spent = cpu([str(HUB), option], times)
        say(f"hub {option}", f"{spent * 1e3:.1f} ms CPU, {spent / bare:.2f} x python -c pass", target)
    size = sum(_size(name) for name in others) / 1e6
    say("requirements.txt", f"{len(others)} third-party distributions, {size:.0f} MB", "50 and 200 MB")


def say(what: str, figure: str, target: str) -> None:
    print(f"{what:<34} {figure:<42} target {target}")


def cpu(command: list[str], times: int) -> float:
    """The least CPU seconds of several runs."""
    spent = []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent)


async def serve(home: Path, hidden: list[str], labels: int, starts: int, rest: float) -> None:
    vendors.make_home(home)
    with vendors.vendor("courier") as courier, vendors.vendor("ozon") as ozon:
        app = open_app(home)
        try:
            await vendors.connect(app, ozon, courier)
            _, token = await keys.add_key(app, "shop", "benchmark", "benchmark")
        finally:
            await app.aclose()
        ready = []
        for _ in range(starts):
            with _server(home, hidden) as (process, _):
                ready.append(_cpu_of(process))
        say("hub serve, until ready", f"{min(ready):.2f} s CPU, the least of {starts}", "1 s")
        with _server(home, hidden) as (process, url):
            await asyncio.sleep(rest)
            say("hub serve, at rest", f"{_memory(process):.0f} MB", "110 MB")
            say("hub serve", f"{_processes(process)} process(es)", "1")
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "first-batch"}
            async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=60) as http:
                await first_batch(http, ozon, labels)
            say(f"  after a first batch of {labels} labels", f"{_memory(process):.0f} MB", "none")
            say("  and with those that open files, for a minute", f"{_processes(process)} process(es)", "5")


async def first_batch(http: httpx.AsyncClient, ozon: vendors.Vendor, count: int) -> None:
    """Postings arrive, are booked and labelled by the server's worker, and their labels go into one file."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as control:
        numbers = await vendors.buyers_order(control, ozon, count)
    (await http.post("/v1/sellers/shop/sync")).raise_for_status()
    known = {"seller": "shop", "limit": "200"}
    while len((await http.get("/v1/postings", params=known)).raise_for_status().json()["items"]) < count:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    total = await http.post("/v1/totals", json={"seller": "shop", "postings": numbers})
    token = total.raise_for_status().json()["token"]
    (await http.post(f"/v1/totals/{token}/order", json={"seller": "shop"})).raise_for_status()
    for _ in range(600):
        answer = await http.post("/v1/labels", json={"postings": numbers})
        if answer.raise_for_status().json()["document"] and not answer.json()["waiting"]:
            return
        await asyncio.sleep(0.5)
    raise SystemExit(f"the labels did not come: {answer.json()}")


@contextmanager
def _server(home: Path, hidden: list[str]) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """``hub serve`` once it answers."""
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({hidden!r})); sys.argv[0] = 'hub'; "
        "from hub.cli import main; sys.exit(main())"
    )
    command = [sys.executable, "-c", program, "--home", str(home), "serve", "--port", "0", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"hub serve has ended: {process.wait()}")
        yield process, msgspec.json.decode(line)["url"]
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def _cpu_of(process: subprocess.Popen[bytes]) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory(process: subprocess.Popen[bytes]) -> float:
    """Resident megabytes."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


def _processes(process: subprocess.Popen[bytes]) -> int:
    """The server and what it started."""
    children = Path(f"/proc/{process.pid}/task").glob("*/children")
    return 1 + sum(len(one.read_text().split()) for one in children)


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def distributions() -> tuple[set[str], set[str]]:
    """The hub's own distributions, and the others that these lead to."""
    ours = {
        _plain(dist.metadata["Name"])
        for dist in metadata.distributions()
        if _plain(dist.metadata["Name"]).partition("-")[0] == "parcelhub"
    }
    todo, seen = list(ours), set[str]()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for text in metadata.requires(name) or ():
            wanted = Requirement(text)
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                todo.append(_plain(wanted.name))
    return ours, seen - ours


def _hidden(wanted: set[str]) -> list[str]:
    """Top-level modules that are installed here, and that none of the wanted distributions brings."""
    return [
        module
        for module, owners in metadata.packages_distributions().items()
        if not wanted & set(map(_plain, owners))
    ]


def _size(distribution: str) -> int:
    """Bytes on the disk."""
    paths = (Path(str(file.locate())) for file in metadata.files(distribution) or ())
    return sum(path.stat().st_size for path in paths if path.is_file())


if __name__ == "__main__":
    main()
