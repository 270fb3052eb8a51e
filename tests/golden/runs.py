"""The three runs: the demonstration's day, faults of every kind, and anything in any order."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from hub_demo.scenario import SELLER, Order, build
from vendor_emulators.cdek import CdekEmulator
from vendor_emulators.courier import CourierEmulator
from vendor_emulators.ozon import OzonEmulator
from vendor_emulators.russian_post import RussianPostEmulator

from hub.flow import answering, orders, reading
from hub.flow.choice.seller_rules import set_rules
from hub.flow.history.forms import NewSeller
from hub.flow.sellers.catalogue import import_products
from hub.flow.sellers.product_csv import read_table
from hub.flow.sellers.sellers import add_seller
from hub.plugin_api.errors import HubError
from hub.plugin_api.models import Product
from hub.plugin_api.rules import CarrierRules
from hub.store import rows
from hub.words import for_json
from tests.faults import test_machine
from tests.faults.kinds import COURIERS, FAULTS, SHIPPED_BY_OZON, Fault
from tests.faults.machine_vendors import CARRIERS, MeetingMarket
from tests.faults.plant import _Plugin
from tests.faults.sweep import WHOLE_TOML, _spec
from tests.flow.desk import START, DeskClock
from tests.golden.shop import Shop, shop
from tests.golden.still import Loop, SharedClock, still
from tests.golden.trace import Trace

HOUR = 3600.0
_DEMO = """\
[plugins]
allow = ["ozon", "cdek", "russian_post", "labels", "sample"]
[addresses]
ozon = ["http://127.0.0.1:*"]
cdek = ["http://127.0.0.1:*"]
russian_post = ["http://127.0.0.1:*"]
sample = ["http://127.0.0.1:*"]
"""
_SELLER = {
    "slug": SELLER,
    "title": "Panda Lane",
    "time_zone": "Europe/Moscow",
    "plugins": ("ozon", "cdek", "russian_post", "labels", "sample"),
    "language": "en",
    "paper": "100x150",
    "sender": {
        "name": "Ли Мэй",
        "company": "ООО «Панда Лейн»",
        "phone": "+74950000000",
        "address": {"country": "RU", "city": "Москва", "postal_code": "101000", "street": "ул. Лесная, 7"},
    },
}


def _ozon(at: Shop) -> dict[str, Any]:
    urls = at.emulators["ozon"].urls
    return {
        "client_id": "100001",
        "api_key": "demo-api-key",
        "base_url": urls["url"],
        "file_hosts": [urls["files_url"]],
    }


def _unhurried(ozon: OzonEmulator) -> OzonEmulator:
    """Its limits a second are of the machine's seconds, and those stand still."""
    ozon.gate.pace = "off"
    return ozon


def _cdek(at: Shop) -> dict[str, Any]:
    return {
        "client_id": "demo-account",
        "client_secret": "demo-secret",
        "base_url": at.emulators["cdek"].urls["url"],
        "shipment_point": "MSK65",
    }


# --- the demonstration ------------------------------------------------------------------------------------


async def _demonstration(home: Path, trace: Trace, seed: int) -> None:
    clock = DeskClock(START)
    vendors = SharedClock(clock)
    emulators = {
        "ozon": _unhurried(OzonEmulator(clock=vendors, seed=seed)),
        "cdek": CdekEmulator(clock=vendors, seed=seed),
        "sample": CourierEmulator(clock=vendors, seed=seed),
        "russian_post": RussianPostEmulator(clock=vendors, seed=seed),
    }
    plugins = ["ozon", "cdek", "russian_post", "labels", "sample"]
    with still(clock, seed):
        async with shop(home, trace, "day", _DEMO, emulators, clock, plugins, {}) as at:
            await _Day(at, trace, build(seed)).run()


class _Day:
    """`hub_demo.day`, without its doors and its processes."""

    def __init__(self, at: Shop, trace: Trace, scenario: Any) -> None:
        self._at = at
        self._app = at.app
        self._trace = trace
        self._scenario = scenario

    async def run(self) -> None:
        post = self._at.emulators["russian_post"].urls["url"]
        courier = self._at.emulators["sample"].urls["url"]
        accounts = {
            "ozon": _ozon(self._at),
            "cdek": _cdek(self._at),
            "sample": {"base_url": courier, "key": "demo-key"},
            "russian_post": {
                "token": "demo-token",
                "login": "demo@example.com",
                "password": "demo-password",
                "base_url": post,
                "tariff_url": post,
            },
        }
        await add_seller(self._app, msgspec.convert(_SELLER, NewSeller), "golden")
        await self._at.connect(SELLER, accounts)
        wanted = {"strategy": "cheapest_in_time", "rules": self._scenario.rules()}
        await set_rules(self._app, SELLER, msgspec.convert(wanted, CarrierRules), "golden")
        products, problems, _ = read_table(self._scenario.products_csv())
        assert not problems
        await import_products(self._app, SELLER, products, "golden")
        await self._at.control("ozon", "postings", [order.spec() for order in self._scenario.orders])
        article = self._scenario.of("carrier_refuses").lines[0].good.offer_id
        rule = {"path": "/v2/orders", "method": "POST", "kind": "invalid_after_accepted", "match": article}
        await self._at.control("cdek", "faults", {"rules": [rule]})
        await orders.sync(self._app, SELLER, "golden")
        await self._ship()
        await self._at.control(
            "ozon", f"postings/{self._scenario.of('buyer_cancels').number}/cancel", {"initiator": "client"}
        )
        await orders.sync(self._app, SELLER, "golden")
        await self._at.pass_time(5 * HOUR)
        await self._papers()
        await self._follow()

    def _id(self, order: Order) -> str:
        return reading.posting(self._app, order.number, SELLER).id

    async def _ship(self) -> None:
        by_order = [order for order in self._scenario.orders if order.ordered_carrier]
        chosen = [self._id(order) for order in self._scenario.orders if not order.ordered_carrier]
        self._say("ship", await orders.ship(self._app, SELLER, chosen, actor="golden"))
        for order in by_order:
            carrier = order.ordered_carrier
            result = await orders.ship(self._app, SELLER, [self._id(order)], carrier=carrier, actor="golden")
            self._say("ship", result)
        self._say("ship again", await orders.ship(self._app, SELLER, chosen, actor="golden"))
        await self._at.pass_time(HOUR)
        refused = self._scenario.of("carrier_refuses")
        for problem in reading.problems(self._app, seller=SELLER).items:
            self._say("problem", problem)
            if problem.posting_number == refused.number:
                parameters = {"carrier": refused.answered_with}
                await answering.answer(self._app, problem.id, "other_carrier", parameters, "golden")
        await self._at.pass_time(HOUR)

    async def _papers(self) -> None:
        everything = [self._id(order) for order in self._scenario.orders]
        kept = [self._id(order) for order in self._scenario.orders if order.expected.end != "cancelled"]
        self._say("labels", await orders.labels(self._app, everything, actor="golden"))
        self._say("slips", await orders.packing_slips(self._app, kept, actor="golden"))
        self._say("handover", await orders.handover(self._app, SELLER, "golden"))
        await self._at.pass_time(HOUR)
        over = ("delivered", "cancelled")
        for carrier, field in (("cdek", "cdek_numbers"), ("sample", "numbers"), ("russian_post", "parcels")):
            booked = rows.shipments.all(
                self._app.store.reader, "WHERE carrier = ? AND state = 'booked' ORDER BY id", (carrier,)
            )
            found = [one.tracking_number for one in booked if self._stage(one.posting_id) not in over]
            if found:
                await self._at.control(carrier, "dropoff", {field: found})

    async def _follow(self) -> None:
        await orders.track(self._app, seller=SELLER, posting_ids=(), actor="golden")
        for _ in range(24):
            await self._at.pass_time(6 * HOUR)
            await orders.sync(self._app, SELLER, "golden")
            if all(
                self._stage(self._id(order)) in ("delivered", "cancelled") for order in self._scenario.orders
            ):
                break
        for order in self._scenario.orders:
            self._say("posting", reading.posting_details(self._app, self._id(order)))

    def _stage(self, posting_id: str) -> str:
        return str(reading.posting(self._app, posting_id, SELLER).stage)

    def _say(self, what: str, found: Any) -> None:
        self._trace.say("day.said", f"{what} {msgspec.json.encode(found, enc_hook=for_json).decode()}")


# --- the sweep --------------------------------------------------------------------------------------------

_TOO_LARGE = ("bomb",)


async def _swept(home: Path, trace: Trace, seed: int, faults: tuple[Fault, ...]) -> None:
    clock = DeskClock(START)
    vendors = SharedClock(clock)
    emulators: dict[str, Any] = {
        "ozon": _unhurried(OzonEmulator(clock=vendors, seed=seed)),
        "cdek": CdekEmulator(clock=vendors, seed=seed),
    }
    for number, mode in enumerate(COURIERS):
        emulators[mode] = CourierEmulator(clock=vendors, seed=seed + number, mode=mode)  # type: ignore[arg-type]
    extra = {code: _Plugin(code) for code in COURIERS}
    dice = random.Random(seed)
    with still(clock, seed):
        async with shop(
            home, trace, "sweep", WHOLE_TOML, emulators, clock, ["ozon", "labels", "cdek"], extra
        ) as at:
            accounts = {"ozon": _ozon(at), "cdek": _cdek(at)}
            for name in COURIERS:
                accounts[name] = {"base_url": emulators[name].urls["url"], "key": "demo-key"}
            await at.connect("shop", accounts)
            cup = Product(
                offer_id="CUP-1", sku="1001", weight_g=300, length_mm=100, width_mm=100, height_mm=100
            )
            await import_products(at.app, "shop", [cup], "golden")
            for fault in faults:
                await _meets(at, fault, dice)
            await at.pass_time(3 * HOUR)


async def _meets(at: Shop, fault: Fault, dice: random.Random) -> None:
    """One posting for each carrier while the fault is in force, and an hour to get over it."""
    made = await at.control("ozon", "postings", [_spec(name) for name in fault.carriers])
    await _quietly(orders.sync(at.app, "shop", "golden"))
    for name, rules in fault.rules.items():
        own = [msgspec.structs.replace(rule, times=2, seed=dice.randrange(1 << 30)) for rule in rules]
        at.emulators[name].faults.add(own)
    for number, carrier in zip(made["postings"], fault.carriers, strict=True):
        row = rows.postings.first(at.app.store.reader, "WHERE number = ?", (number,))
        if row is not None:
            chosen = None if carrier == SHIPPED_BY_OZON else carrier
            await _quietly(orders.ship(at.app, "shop", [row.id], carrier=chosen, actor="golden"))
    await at.pass_time(HOUR)
    for name in fault.rules:
        at.emulators[name].faults.clear()
    for problem in reading.problems(at.app, seller="shop").items:
        answer = dice.choice([one.code for one in problem.answers if not one.parameters] or ["dismiss"])
        await _quietly(answering.answer(at.app, problem.id, answer, {}, "golden"))


async def _quietly(work: Any) -> None:
    try:
        await work
    except HubError:
        return


# --- the state machine ------------------------------------------------------------------------------------

_BOOKINGS = ("lost", "dropped", "down", "refused", "late 30", "late 900", "late 4000")
_THEN = ("nothing", "work 0", "work 10", "work 200", "death 6", "death 15", "death 30")


def _lived(home: Path, trace: Trace, seed: int, carrier: str, steps: int) -> None:
    """So many steps of the state machine, by dice; then everything comes to its end."""
    dice = random.Random(f"{carrier}-{seed}")
    kind = type(f"Machine_{carrier}", (test_machine.Machine,), {"carrier": carrier})
    section = f"machine.{carrier}"
    with still(DeskClock(START), seed), _listening(trace, f"{section}.calls", kind):
        machine = kind()
        try:
            machine.new_order(1, True, True, [], "work 10")
            for _ in range(steps):
                _step(machine, dice)
                machine.nothing_is_wrong()
            machine._let_it_end()
            trace.tables(section, machine.house.at.app.store)
            for order in machine.house.vendors.orders:
                trace.say(f"{section}.books", msgspec.json.encode(order).decode())
        finally:
            machine.sound = False
            machine.teardown()


def _step(machine: Any, dice: random.Random) -> None:
    which = dice.randrange(100)
    meets = dice.choices(_BOOKINGS, k=dice.choice((0, 0, 1, 2)))
    cancels = dice.choices(("lost", "dropped", "refused"), k=dice.choice((0, 0, 1)))
    then = dice.choice(_THEN)
    moves: list[Callable[[], Any]] = [
        lambda: machine.order_shipped(which, meets, then),
        lambda: machine.quote(which),
        lambda: machine.weight_corrected(1 + which // 2),
        lambda: machine.address_changed(which, ("Тверь", "Казань")[which % 2]),
        lambda: machine.buyer_cancels(which, then),
        lambda: machine.seller_cancels(which, which % 2 == 0, cancels, then),
        lambda: machine.others_will_meet(cancels, ["down"] * (which % 3 == 0)),
        lambda: machine.looks_fail((2, 30, 600)[which % 3]),
        lambda: machine.price_changes((0, 10, 500)[which % 3]),
        lambda: machine.time_passes((1, 25, 61, 130, 700)[which % 5]),
        lambda: machine.clock_jumps((1, 7)[which % 2]),
        lambda: machine.crash(which % 40),
        machine.print_labels,
    ]
    if len(machine.house.vendors.postings) < test_machine.MOST:
        moves += [lambda: machine.new_order(1 + which % 2, which % 3 == 0, True, meets, then)] * 4
    if machine.house.at.problems():
        moves += [lambda: machine.person_answers(which, which, then)] * 4
    if len(machine.house.backups) < 2:
        moves.append(machine.backup)
    if machine.house.backups and len(machine.house.restores) < 1:
        moves.append(lambda: machine.restore(which, which % 2 == 0, then))
    dice.choice(moves)()


@contextmanager
def _listening(trace: Trace, section: str, kind: Any) -> Iterator[None]:
    """Every call of the vendors' objects is written down, the outermost of those that call each other."""
    depth = [0]
    changed: list[tuple[type, str, Any]] = []

    def heard(name: str, method: Any) -> Any:
        async def hearing(self: Any, *given: Any, **more: Any) -> Any:
            said = [getattr(one, "reference", None) or getattr(one, "number", None) or one for one in given]
            if not depth[0]:
                trace.say(section, f"{self.code} {name} {' '.join(map(_brief, said))}")
            depth[0] += 1
            try:
                return await method(self, *given, **more)
            finally:
                depth[0] -= 1

        return hearing

    classes = {*CARRIERS[kind.carrier].__mro__, *MeetingMarket.__mro__}
    for one in sorted(classes, key=lambda one: one.__qualname__):
        if one.__module__.startswith("tests."):
            for name, method in list(vars(one).items()):
                if getattr(method, "__code__", None) is not None and method.__code__.co_flags & 0x80:
                    changed.append((one, name, method))
                    setattr(one, name, heard(name, method))
    try:
        yield
    finally:
        for one, name, method in changed:
            setattr(one, name, method)


def _brief(value: Any) -> str:
    return value if isinstance(value, str) else type(value).__name__


# --- all of them ------------------------------------------------------------------------------------------


def demonstration(seed: int = 7) -> Trace:
    """The day of `hub demo`: 24 postings, four vendors."""
    trace = Trace(START)
    with tempfile.TemporaryDirectory() as home:
        _run(lambda: _demonstration(Path(home), trace, seed))
    return trace


def sweep(seed: int = 7, every: int = 1) -> Trace:
    """Every kind of fault (or each so manieth), one after the other, against one hub."""
    trace = Trace(START)
    kinds = [
        one
        for one in FAULTS
        if not any(rule.kind in _TOO_LARGE for some in one.rules.values() for rule in some)
    ]
    with tempfile.TemporaryDirectory() as home:
        _run(lambda: _swept(Path(home), trace, seed, tuple(kinds[::every])))
    return trace


def machine(seed: int = 7, steps: int = 40) -> Trace:
    """So many steps for each class of carriers."""
    trace = Trace(START)
    for carrier in CARRIERS:
        with tempfile.TemporaryDirectory() as home:
            _lived(Path(home), trace, seed, carrier, steps)
    return trace


def _run(work: Callable[[], Any]) -> None:
    loop = Loop()
    try:
        loop.run_until_complete(work())
    finally:
        loop.close()


__all__ = ["demonstration", "machine", "sweep"]
