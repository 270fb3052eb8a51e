"""The random kill: a worker is killed at any moment, again and again, until a batch of parcels is done."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
from vendor_emulators.app import serve
from vendor_emulators.clock import Clock
from vendor_emulators.courier import CourierEmulator
from vendor_emulators.ozon import OzonEmulator

from hub.flow import answering, orders, reading
from hub.flow.app import init_home
from hub.flow.history.forms import NewAccount
from hub.flow.sellers.catalogue import import_products
from hub.flow.sellers.sellers import add_account
from hub.plugin_api.clock import VARIABLE
from hub.plugin_api.models import Product
from hub.store.mapping import micros
from tests.faults.auditor import Audit
from tests.faults.plant import CLASSES, SPEED, TOML, open_app, start_clock

ROOT = Path(__file__).parents[2]
BUYER = {
    "name": "Анна Петрова",
    "phone": "+79990000001",
    "city": "Москва",
    "region": "Москва",
    "zip_code": "101000",
    "address_tail": "ул. Мясницкая, 1",
    "country": "Россия",
}
CUP = {
    "sku": 1001,
    "offer_id": "CUP-1",
    "name": "Кружка",
    "quantity": 1,
    "price": {"amount": "500.00", "currency": "RUB"},
}
LATE_WITHIN, LATE_BEYOND = 30, 400  # virtual seconds; the settle time is 60


class Report(msgspec.Struct):
    """What a run was. ``hit``: kills per class that met an operation between sending and confirmed."""

    seed: int
    kills: int = 0
    hit: Counter[str] = msgspec.field(default_factory=Counter)
    settled: int = 0
    people: int = 0
    late_twice: int = 0
    findings: list[str] = msgspec.field(default_factory=list)
    faults: Counter[str] = msgspec.field(default_factory=Counter)
    seconds: float = 0.0


_LEFT = (
    "FROM postings p WHERE wanted = 1 AND problems = 0 AND (stage IN "
    "('new', 'waiting', 'registering', 'assembled', 'booked') OR books = 'seller' AND NOT EXISTS "
    "(SELECT 1 FROM operations o WHERE o.posting_id = p.id AND o.kind = 'set_tracking' "
    "AND o.state = 'confirmed'))"
)


class Run:
    """One hub, one Ozon, four couriers, and somebody who kills."""

    def __init__(self, home: Path, urls: dict[str, str], seed: int, environment: dict[str, str]) -> None:
        self.home = home
        self.urls = urls
        self.dice = random.Random(seed)
        self.report = Report(seed=seed)
        self._clock = Path(environment[VARIABLE])
        self._last: int | None = None
        self._control = httpx.Client(trust_env=False, timeout=30)
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote", str(home)],
            cwd=ROOT,
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def close(self) -> None:
        if self._last is not None and alive(self._last):  # a run that failed leaves nobody behind
            os.kill(self._last, signal.SIGKILL)
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        self._zygote.stdin.close()
        self._zygote.wait(20)
        self._zygote.stdout.close()
        self._control.close()

    def tell(self, vendor: str, path: str, body: Any) -> Any:
        answer = self._control.post(f"{self.urls[vendor]}/_emulator/{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    def truth(self, vendor: str) -> dict[str, Any]:
        found: dict[str, Any] = self._control.get(f"{self.urls[vendor]}/_emulator/state").json()
        return found

    def faults(self, *, beyond: float) -> None:
        """Slow couriers, lost answers before and after the commit, and orders that land late."""
        for name in CLASSES:
            book = {"path": "/shipments", "method": "POST"}
            late = {"kind": "late_commit", "seconds": LATE_WITHIN, **book}
            rules = [
                {"kind": "latency", "path": "*", "seconds": 0.12},
                {"kind": "timeout_after", "seconds": 0.1, "probability": 0.05, **book},
                {"kind": "timeout_before", "seconds": 0.1, "probability": 0.05, **book},
                {**late, "probability": 0.05},
            ]
            if name == "lookup":
                rules.append({**late, "seconds": LATE_BEYOND, "probability": beyond})
            for rule in rules:
                rule["seed"] = self.dice.randrange(1 << 30)
            self.tell(name, "faults", {"rules": rules})

    def calm(self) -> None:
        """The vendors behave from here on."""
        for name in CLASSES:
            self._control.delete(f"{self.urls[name]}/_emulator/faults").raise_for_status()

    def worker(self, order: str = "go") -> int:
        """Start a worker, with an order for the zygote; returns its process id."""
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        self._zygote.stdin.write(order + "\n")
        self._zygote.stdin.flush()
        self._last = int(self._zygote.stdout.readline())
        return self._last

    def kill(self, process: int) -> None:
        """Kill it, and count the classes that had a booking under way."""
        under_way = "SELECT DISTINCT s.carrier FROM operations o JOIN shipments s ON s.id = o.subject_id "
        os.kill(process, signal.SIGKILL)
        _gone(process)
        with self._tables() as tables:
            found = tables.execute(under_way + "WHERE o.kind = 'book' AND o.state IN ('sending', 'accepted')")
            self.report.hit.update(carrier for (carrier,) in found)
        self.report.kills += 1

    def stop(self, process: int) -> None:
        """Let it end in peace."""
        os.kill(process, signal.SIGTERM)
        _gone(process)

    @contextmanager
    def _tables(self) -> Iterator[sqlite3.Connection]:
        tables = sqlite3.connect(f"file:{self.home / 'hub.sqlite'}?mode=ro", uri=True)
        try:
            yield tables
        finally:
            tables.close()

    def left(self) -> int:
        """Postings that are neither labelled nor with a person."""
        with self._tables() as tables:
            (count,) = tables.execute("SELECT count(*) " + _LEFT).fetchone()
        return int(count)

    def done(self, patience: float = 120.0, process: int = 0, most: float = 1800.0) -> bool:
        """Wait until nothing is left, or ``process`` is dead; False where nothing has moved for ``patience``
        seconds, or in ``most`` in all. How long the whole takes is the machine's affair."""
        seen, since = (-1, -1, -1, -1), time.monotonic()
        end = since + most
        while (left := self.left()) and not (process and not alive(process)):
            now = left, *self.moved()
            if now != seen:
                seen, since = now, time.monotonic()
            elif time.monotonic() - since > patience:
                return False
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
        return True

    def skip(self, seconds: float, patience: float = 120.0) -> None:
        """Let so many virtual seconds pass for everybody, and the worker do what was to be done until then,
        but for what it does by itself now and then."""
        gear = json.loads(self._clock.read_text())
        at = datetime.fromisoformat(gear["start"]) + timedelta(seconds=seconds)
        gear["start"] = at.isoformat()
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(json.dumps(gear))
        os.replace(fresh, self._clock)
        at += timedelta(seconds=(time.time() - gear["epoch"]) * gear["speed"])
        due = (
            "SELECT count(*) FROM jobs WHERE kind NOT IN ('sync', 'deadlines', 'track') "
            "AND (state IN ('ready', 'running') OR state IN ('waiting', 'parked') AND run_at <= ?)"
        )
        end = time.monotonic() + patience
        left = 1
        while left and time.monotonic() < end:
            time.sleep(0.1)
            with self._tables() as tables:
                (left,) = tables.execute(due, (micros(at),)).fetchone()

    def begins(self, process: int) -> None:
        """Wait until the worker has done something: on a busy machine it takes longer to start than to be
        killed."""
        before, end = self.moved(), time.monotonic() + 5.0
        while self.moved() == before and alive(process) and time.monotonic() < end:
            time.sleep(0.02)

    def moved(self) -> tuple[int, int, int]:
        """What grows as long as work is done: the lines of the history, the requests that were sent, and when
        one of them was looked for."""
        counts = (
            "SELECT (SELECT count(*) FROM history), (SELECT count(*) FROM attempts), "
            "(SELECT coalesce(max(updated_at), 0) FROM operations)"
        )
        with self._tables() as tables:
            history, attempts, looked = tables.execute(counts).fetchone()
        return int(history), int(attempts), int(looked)

    def left_told(self) -> str:
        """How those that are left stand: the stage, the last operation, and the work that is queued."""
        told = (
            "SELECT p.stage, p.carrier, o.kind, o.state, o.reason, j.state, j.attempts, j.reason, "
            "(j.run_at - (SELECT max(updated_at) FROM postings)) / 1000000 AS seconds, count(*) "
            f"FROM (SELECT * {_LEFT}) p LEFT JOIN jobs j ON j.key = 'advance:' || p.id "
            "LEFT JOIN operations o ON o.id = (SELECT max(id) FROM operations WHERE posting_id = p.id) "
            "GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9"
        )
        with self._tables() as tables:
            return "; ".join(" ".join(map(str, row)) for row in tables.execute(told))

    def standing(self) -> str:
        """Problems, bookings and work by state: what a reader of a finding wants to know first."""
        counts = (
            "SELECT kind, state, count(*) FROM problems GROUP BY 1, 2",
            "SELECT kind, state, count(*) FROM operations GROUP BY 1, 2",
            "SELECT kind, state, count(*) FROM jobs GROUP BY 1, 2",
            "SELECT 'problems', problems, count(*) FROM postings WHERE wanted = 1 GROUP BY 2",
        )
        with self._tables() as tables:
            return "; ".join(" ".join(map(str, row)) for one in counts for row in tables.execute(one))

    async def order(self, carriers: Sequence[str]) -> None:
        """Buyers order; the hub takes it in. One posting for each carrier; ``""``: Ozon delivers it."""
        own = {"integration_type_flow": "3pl_tracking", "scheme": "rfbs", "recipient": BUYER}
        theirs = {"integration_type_flow": "ozon", "scheme": "fbs", "behaviour": {"label_delay_seconds": 5}}
        specs = [
            {"products": [CUP], "ship_in_hours": 2000} | (own if carrier else theirs) for carrier in carriers
        ]
        numbers = self.tell("ozon", "postings", specs)["postings"]
        app = open_app(self.home)
        try:
            await orders.sync(app, "shop", "test")
            for carrier, number in zip(carriers, numbers, strict=True):
                posting = reading.posting(app, number, "shop").id
                await orders.ship(app, "shop", [posting], carrier=carrier or None, actor="test")
        finally:
            await app.aclose()

    async def people_decide(self) -> int:
        """A person looks into the couriers' cabinets, and answers what waits. Returns how many answers."""
        books = {name: self.truth(name)["shipments"] for name in CLASSES}
        app = open_app(self.home)
        answered = 0
        try:
            waiting = reading.problems(app, seller="shop", limit=200).items
            for problem in (one for one in waiting if one.kind == "outage_unknown"):
                await answering.answer(app, problem.id, "look_at_each", {}, "test")
                answered += 1  # what it is about is asked next
            for problem in (one for one in waiting if one.kind == "work_stopped"):
                # It was lost with its process again and again, which was no doing of its own here.
                await answering.answer(app, problem.id, "retry", {}, "test")
                answered += 1
            for problem in reading.problems(app, seller="shop", limit=200).items:
                if problem.kind != "operation_unknown":
                    continue
                reference = problem.data.get("reference")
                book = books.get(problem.data.get("carrier", ""), [])
                live = [s for s in book if s["reference"] == reference and s["live"]]
                if live:
                    number = live[0]["number"]
                    facts = {"carrier_id": number, "tracking_number": number}
                    await answering.answer(app, problem.id, "it_exists", facts, "test")
                else:
                    await answering.answer(app, problem.id, "it_does_not_exist", {}, "test")
                answered += 1
        finally:
            await app.aclose()
        return answered

    def audit(self) -> Audit:
        return Audit(
            self.home / "hub.sqlite",
            {name: self.truth(name) for name in CLASSES},
            self.truth("ozon"),
        )


def alive(process: int) -> bool:
    """Whether the process runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _gone(process: int) -> None:
    end = time.monotonic() + 30
    while alive(process):
        assert time.monotonic() < end, f"process {process} does not end"
        time.sleep(0.002)


@contextmanager
def plant(
    home: Path, seed: int, speed: float = SPEED, workers: Mapping[str, str] | None = None
) -> Iterator[Run]:
    """The hub and its vendors, made and connected. ``workers``: more environment for the workers."""
    environment = start_clock(home / "clock.json", speed)
    os.environ |= environment
    with ExitStack() as stack:
        ozon = stack.enter_context(serve(OzonEmulator(clock=Clock.from_env(), seed=seed)))
        urls = {"ozon": ozon.url}
        for name in CLASSES:
            courier = CourierEmulator(clock=Clock.from_env(), seed=seed, mode=name)
            urls[name] = stack.enter_context(serve(courier)).url
        init_home(home)
        (home / "plugins.toml").write_text(TOML, encoding="utf-8")
        asyncio.run(_connect(home, urls, ozon.urls["files_url"]))
        run = Run(home, urls, seed, environment | dict(workers or {}))
        # Its limits go by the clock that the hub goes by: else 60 seconds' worth of requests come in one.
        run.tell("ozon", "settings", {"rate_limit": "virtual"})
        try:
            yield run
        finally:
            run.close()
            for name in environment:
                os.environ.pop(name, None)


async def _connect(home: Path, urls: dict[str, str], files: str) -> None:
    app = open_app(home)
    try:
        keys = {"client_id": "100001", "api_key": "demo-api-key"}
        settings = {**keys, "base_url": urls["ozon"], "file_hosts": [files]}
        accounts = [NewAccount(seller="shop", plugin="ozon", name="o", settings=settings)]
        for name in CLASSES:
            settings = {"base_url": urls[name], "key": "demo-key"}
            accounts.append(NewAccount(seller="shop", plugin=name, name=name, settings=settings))
        for account in accounts:
            await add_account(app, account, "test")
        cup = Product(offer_id="CUP-1", sku="1001", weight_g=300, length_mm=100, width_mm=100, height_mm=100)
        await import_products(app, "shop", [cup], "test")
    finally:
        await app.aclose()


def random_kills(home: Path, *, kills: int, batch: int, seed: int, beyond: float = 0.01) -> Report:
    """Kill the worker ``kills`` times over batches of ``batch`` postings; let all of it end, and audit.

    Of a few kills on a busy machine none may meet a booking of some class: they go on until one does, to
    three times as many.
    """
    begun = time.monotonic()
    with plant(home, seed) as run:
        run.faults(beyond=beyond)
        ordered = 0
        while run.report.kills < kills or (
            run.report.kills < 3 * kills and not all(run.report.hit[name] for name in CLASSES)
        ):
            if run.left() < batch // 4:
                asyncio.run(run.order((CLASSES * batch)[:batch]))
                ordered += batch
            process = run.worker()
            if run.dice.random() < 0.8:  # the others are killed while they start
                run.begins(process)
            time.sleep(run.dice.uniform(0.05, 0.8))
            run.kill(process)
        run.calm()
        for _ in range(8):
            process = run.worker()
            run.done()
            # Orders that land late are looked for again ten virtual minutes after the second send.
            run.skip(660)
            run.stop(process)
            answered = asyncio.run(run.people_decide())
            run.report.people += answered
            if not answered:
                break
        audit = run.audit()
        run.report.findings = audit.findings
        run.report.late_twice = len(audit.known_twice)
        run.report.settled = ordered
        for name in CLASSES:
            run.report.faults.update(run.truth(name)["faults"])
        if audit.findings:
            run.report.findings.append(f"as it stands: {run.standing()}")
        if run.left():
            run.report.findings.append(f"{run.left()} postings are not done: {run.left_told()}")
    run.report.seconds = time.monotonic() - begun
    return run.report
