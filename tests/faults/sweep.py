"""The sweep: every kind of fault that the emulators have, one after the other, against one hub at work.

While a kind is in force, postings go through the day: booked with one of three carriers or shipped by Ozon,
told to Ozon, labelled. It stays in force until the emulators have counted it often enough; then all must end.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from vendor_emulators.app import Emulator, serve
from vendor_emulators.cdek import CdekEmulator
from vendor_emulators.clock import Clock
from vendor_emulators.courier import CourierEmulator
from vendor_emulators.ozon import OzonEmulator
from vendor_emulators.rules import Rule

from hub.flow import answering, reading
from hub.flow import orders as day
from hub.flow.app import App, init_home
from hub.flow.history.forms import NewAccount
from hub.flow.journal import limits
from hub.flow.runtime.credentials import KeyRing
from hub.flow.sellers.catalogue import import_products
from hub.flow.sellers.declared import declare
from hub.flow.sellers.sellers import add_account
from hub.jobs.worker import Worker
from hub.plugin_api.clock import VARIABLE, clock_from_environment
from hub.plugin_api.models import Product
from hub.plugins.config_reading import load_config
from hub.plugins.loader import load_plugins
from hub.store import open_store, rows
from tests.faults.auditor import Audit
from tests.faults.kills import BUYER, CUP
from tests.faults.kinds import COURIERS, SHIPPED_BY_OZON, Fault
from tests.faults.plant import TOML, _Plugin

SPEED = 600.0
DEADLINE = 1.0  # real seconds for one call
PATIENCE = 120.0  # real seconds in which nothing moves; how long the whole takes is the machine's affair
FAR = {
    "city": "Новосибирск",
    "region": "Новосибирская область",
    "zip_code": "630032",
    "provider_pvz_code": "NSK5",
}
WHOLE_TOML = (
    TOML.replace('"key", "unique_ref", "lookup", "none"', '"cdek", "unique_ref", "lookup"')
    .replace("key = [", "cdek = [")
    .replace('none = ["http://127.0.0.1:*"]\n', "")
)


class Outcome(msgspec.Struct):
    """How often a kind was met, and by which postings."""

    met: int = 0
    numbers: list[str] = msgspec.field(default_factory=list)
    seconds: float = 0.0


class _Moving:
    """Whether something goes on: it has to change within ``PATIENCE``."""

    def __init__(self) -> None:
        self._seen: object = None
        self._since = time.monotonic()

    def goes_on(self, now: object) -> bool:
        if now != self._seen:
            self._seen, self._since = now, time.monotonic()
        return time.monotonic() - self._since < PATIENCE


class Sweep:
    """The hub with its worker, and the emulators."""

    def __init__(self, app: App, emulators: dict[str, Emulator], seed: int) -> None:
        self.app = app
        self.emulators = emulators
        self.dice = random.Random(seed)
        self.known_twice: set[str] = set()

    async def meet(self, fault: Fault, times: int) -> Outcome:
        """Postings go through the day until the emulators have counted the fault so often."""
        outcome, begun = Outcome(), time.monotonic()
        before = self._met(fault)
        for name, rules in fault.rules.items():
            own = [self._rule(rule, times if rule is rules[0] else None) for rule in rules]
            self.emulators[name].faults.add(own)
        moving = _Moving()
        while (missing := times - (self._met(fault) - before)) > 0:
            assert moving.goes_on((missing, self._moved())), f"{fault.name}: {missing} times too few"
            outcome.numbers += await self._order(
                [*fault.carriers]
                * min(fault.together // len(fault.carriers), 1 + missing // len(fault.carriers))
            )
            await self._until_met(fault, times, before)
        outcome.met = self._met(fault) - before
        for name in fault.rules:
            self.emulators[name].faults.clear()
        outcome.seconds = time.monotonic() - begun
        return outcome

    async def end(self) -> None:
        """Let everything end; a person answers what waits for him."""
        moving = _Moving()
        while left := self._left():
            assert moving.goes_on((left, self._moved())), f"{left} do not end; {self._jobs()}"
            await self._people()
            await asyncio.sleep(0.1)

    def ends(self, outcome: Outcome) -> str:
        """In words what the postings have come to."""
        ends: Counter[str] = Counter()
        for number in outcome.numbers:
            view = reading.posting(self.app, number, "shop")
            problems = rows.problems.all(
                self.app.store.reader, "WHERE posting_id = ? AND state = 'open' ORDER BY kind", (view.id,)
            )
            ends[" and ".join(one.kind for one in problems) or str(view.stage)] += 1
        return ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))

    def _rule(self, rule: Rule, times: int | None) -> Rule:
        chance = rule.probability if rule.probability < 1 else 0.6
        if rule.kind == "number_as_string":
            times = None  # it hits, and is not counted, where there is no number
        return msgspec.structs.replace(
            rule, times=times, probability=chance, seed=self.dice.randrange(1 << 30)
        )

    def _met(self, fault: Fault) -> int:
        return sum(self.emulators[name].faults.happened[rules[0].kind] for name, rules in fault.rules.items())

    async def _order(self, carriers: Sequence[str]) -> list[str]:
        """Buyers order; what the hub has taken in by itself is shipped. Returns the postings' numbers."""
        ozon = self.emulators["ozon"]
        numbers = await asyncio.to_thread(_ordered, ozon.urls["url"], [_spec(name) for name in carriers])
        moving = _Moving()
        wanted = dict(zip(numbers, carriers, strict=True))
        while wanted:
            assert moving.goes_on((len(wanted), self._moved())), f"not taken in: {list(wanted)}"
            known = self._ids(list(wanted))
            for number, posting in known.items():
                carrier = wanted.pop(number)
                chosen = None if carrier == SHIPPED_BY_OZON else carrier
                await day.ship(self.app, "shop", [posting], carrier=chosen, actor="test")
            await asyncio.sleep(0.03)
        return numbers

    def _moved(self) -> int:
        """The lines of the history: they grow as long as something is done."""
        (count,) = self.app.store.reader.execute("SELECT count(*) FROM history").fetchone()
        return int(count)

    def _ids(self, numbers: Sequence[str]) -> dict[str, str]:
        marks = ", ".join("?" * len(numbers))
        found = self.app.store.reader.execute(
            f"SELECT number, id FROM postings WHERE number IN ({marks})", numbers
        )
        return {row["number"]: row["id"] for row in found}

    async def _until_met(self, fault: Fault, times: int, before: int) -> None:
        """Until the fault was met often enough, or hardly anything is left that could meet it."""
        end = time.monotonic() + 10
        while self._left() and self._met(fault) - before < times and time.monotonic() < end:
            await self._people()
            await asyncio.sleep(0.05)

    def _left(self) -> list[str]:
        """Postings that are neither done nor with a person."""
        found = self.app.store.reader.execute(
            "SELECT number FROM postings p WHERE wanted = 1 AND problems = 0 AND (stage IN "
            "('new', 'waiting', 'registering', 'assembled', 'booked') OR books = 'seller' "
            "AND stage <> 'cancelled' AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.posting_id = p.id "
            "AND o.kind = 'set_tracking' AND o.state = 'confirmed')) OR EXISTS (SELECT 1 FROM operations o "
            "WHERE o.posting_id = p.id AND o.state IN ('planned', 'sending', 'accepted', 'unknown')) "
            "OR EXISTS (SELECT 1 FROM shipments s WHERE s.posting_id = p.id AND s.state = 'booked' "
            "AND s.look_at IS NOT NULL)"
        )
        return [row["number"] for row in found]

    def _jobs(self) -> list[tuple[Any, ...]]:
        found = self.app.store.reader.execute("SELECT key, state, attempts, reason FROM jobs LIMIT 20")
        return [tuple(row) for row in found]

    async def _people(self) -> None:
        """A person looks into the carriers' cabinets, and answers what waits."""
        for problem in rows.problems.all(
            self.app.store.reader, "WHERE kind = 'outage_unknown' AND state = 'open'"
        ):
            await answering.answer(self.app, problem.id, "look_at_each", {}, "test")
        waiting = "WHERE kind = 'operation_unknown' AND state = 'open'"
        for problem in rows.problems.all(self.app.store.reader, waiting):
            carrier, reference = problem.data.get("carrier"), problem.data.get("reference")
            if carrier is None:
                continue
            truth = _books(self.emulators)[carrier]["shipments"]
            live = [one for one in truth if one["reference"] == reference and one["live"]]
            if len(live) > 1:
                continue
            facts = {"carrier_id": live[0]["number"], "tracking_number": live[0]["track"]} if live else {}
            word = "it_exists" if live else "it_does_not_exist"
            await answering.answer(self.app, problem.id, word, facts, "test")

    def audit(self) -> list[str]:
        """What is wrong by the vendors' books and the hub's tables."""
        ozon = msgspec.to_builtins(self.emulators["ozon"].state())
        audit = Audit(self.app.store.path, _books(self.emulators), ozon)
        self.known_twice |= set(audit.known_twice)
        dead = self.app.store.reader.execute("SELECT key, reason FROM jobs WHERE state = 'dead'").fetchall()
        return audit.findings + [f"dead work: {row['key']}: {row['reason']}" for row in dead]


def _spec(carrier: str) -> dict[str, Any]:
    """An order of a buyer; CDEK's goes to one of its offices."""
    if carrier == SHIPPED_BY_OZON:
        return {"integration_type_flow": "ozon", "scheme": "fbs", "products": [CUP], "ship_in_hours": 2000}
    buyer = BUYER | (FAR if carrier == "cdek" else {})
    return {
        "integration_type_flow": "3pl_tracking", "scheme": "rfbs", "recipient": buyer, "products": [CUP],
        "ship_in_hours": 2000,
    }  # fmt: skip


def _ordered(url: str, specs: list[dict[str, Any]]) -> list[str]:
    import httpx

    with httpx.Client(trust_env=False, timeout=30) as control:
        answer = control.post(f"{url}/_emulator/postings", json=specs)
        answer.raise_for_status()
        numbers: list[str] = answer.json()["postings"]
        return numbers


def _books(emulators: dict[str, Emulator]) -> dict[str, dict[str, Any]]:
    """The carriers' truths in the form of the couriers'."""
    books: dict[str, dict[str, Any]] = {}
    for name in COURIERS:
        truth = msgspec.to_builtins(emulators[name].state())
        books[name] = {"shipments": [one | {"track": one["number"]} for one in truth["shipments"]]}
    orders = msgspec.to_builtins(emulators["cdek"].state())["orders"]
    books["cdek"] = {
        "shipments": [
            {
                "number": one["uuid"],
                "track": one["cdek_number"],
                "reference": one["number"],
                "live": one["live"],
                "created_at": one["created_at"],
                "price": {"amount": str(one["total_sum"]), "currency": "RUB"},
            }
            for one in orders
        ]
    }
    return books


@asynccontextmanager
async def sweep(home: Path, seed: int, patch: pytest.MonkeyPatch) -> AsyncIterator[Sweep]:
    """A hub at work among its vendors."""
    init_home(home)
    clock = home / "clock.json"
    clock.write_text(json.dumps({"epoch": time.time(), "start": "2026-11-23T06:00:00Z", "speed": SPEED}))
    patch.setenv(VARIABLE, str(clock))
    patch.setattr(limits, "DEADLINE", DEADLINE)
    emulators: dict[str, Emulator] = {
        "ozon": OzonEmulator(clock=Clock.from_env(), seed=seed),
        "cdek": CdekEmulator(clock=Clock.from_env(), seed=seed),
    }
    for number, mode in enumerate(COURIERS):
        emulators[mode] = CourierEmulator(clock=Clock.from_env(), seed=seed + number, mode=mode)  # type: ignore[arg-type]
    with ExitStack() as stack:
        for emulator in emulators.values():
            stack.enter_context(serve(emulator))
        app = await _connected(home, emulators)
        stop = asyncio.Event()
        worker = asyncio.create_task(Worker(app).run(stop))
        try:
            yield Sweep(app, emulators, seed)
        finally:
            stop.set()
            app.woken.set()
            await worker
            await app.aclose()


async def _connected(home: Path, emulators: dict[str, Emulator]) -> App:
    (home / "plugins.toml").write_text(WHOLE_TOML, encoding="utf-8")
    config = load_config(home / "plugins.toml")
    registry = load_plugins(["ozon", "labels", "cdek"], extra={code: _Plugin(code) for code in COURIERS})
    store = open_store(home / "hub.sqlite")
    clock = clock_from_environment()
    declare(store, config, clock)
    app = App(home, config, registry, store, clock, KeyRing.open(home))
    urls = emulators["ozon"].urls
    keys: dict[str, Any] = {
        "client_id": "100001",
        "api_key": "demo-api-key",
        "file_hosts": [urls["files_url"]],
    }
    accounts = {"ozon": keys | {"base_url": urls["url"]}}
    accounts["cdek"] = {
        "client_id": "demo-account",
        "client_secret": "demo-secret",
        "base_url": emulators["cdek"].urls["url"],
        "shipment_point": "MSK65",
    }
    for name in COURIERS:
        accounts[name] = {"base_url": emulators[name].urls["url"], "key": "demo-key"}
    for name, settings in accounts.items():
        await add_account(app, NewAccount(seller="shop", plugin=name, name=name, settings=settings), "test")
    cup = Product(offer_id="CUP-1", sku="1001", weight_g=300, length_mm=100, width_mm=100, height_mm=100)
    await import_products(app, "shop", [cup], "test")
    return app
