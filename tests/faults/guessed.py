"""Refusals that the emulators only guess, three ways: refused, taken without effect, taken with a late one.

Whatever the vendor does, the hub must not believe a cancel that did not happen, nor think that a parcel goes
on which was cancelled; and of what came to nothing a person hears.
"""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec
from vendor_emulators.app import Emulator
from vendor_emulators.cdek import CdekEmulator
from vendor_emulators.courier import CourierEmulator
from vendor_emulators.ozon import OzonEmulator
from vendor_emulators.refusals import Settings, Way

from hub.flow import orders, reading
from hub.flow.sellers.catalogue import import_products
from hub.plugin_api.models import Product
from hub.store import rows
from tests.faults.kinds import COURIERS, SHIPPED_BY_OZON
from tests.faults.plant import _Plugin
from tests.faults.sweep import WHOLE_TOML, _spec
from tests.flow.desk import START, DeskClock
from tests.golden.shop import Shop, shop
from tests.golden.still import Loop, SharedClock, still
from tests.golden.trace import Trace

WAYS: tuple[Way, ...] = ("refuse", "ignore", "late")
_CUP = Product(offer_id="CUP-1", sku="1001", weight_g=300, length_mm=100, width_mm=100, height_mm=100)
_LATE = 900.0
_HOUR = 3600.0


class Ended(msgspec.Struct):
    """What the hub and the vendor say once nothing moves any more, and of what a person was told."""

    met: int
    hub: str
    vendor: str
    problems: tuple[str, ...]


def cancel_of_a_posting(way: Way, seed: int, carrier: str) -> Ended:
    """A colleague says in Ozon's cabinet that it was sent, while the seller cancels it, and takes it back."""
    return _in_a_shop(lambda at: _posting(at, way, carrier), seed)


def cancel_of_a_booking(way: Way, seed: int) -> Ended:
    """A colleague changes CDEK's order in its cabinet a moment before the seller's cancel arrives there."""
    return _in_a_shop(lambda at: _booking(at, way), seed)


async def _posting(at: Shop, way: Way, carrier: str) -> Ended:
    number, posting = await _shipped(at, carrier)
    guessed = at.emulators["ozon"].guessed
    guessed.set(Settings(way=way, codes=["HAS_INCORRECT_STATUS"], seconds=_LATE))
    await orders.cancel(at.app, posting, "402", "test", marketplace=True)
    before = msgspec.to_builtins(at.emulators["ozon"].state())["postings"][0]
    await _move(at, number, "delivering", "posting_on_way_to_city")
    await at.pass_time(30)
    await _move(at, number, before["status"], before["substatus"])
    await _let_it_end(at)
    (truth,) = msgspec.to_builtins(at.emulators["ozon"].state())["postings"]
    stage = str(reading.posting(at.app, number, "shop").stage)
    return Ended(guessed.happened.total(), stage, truth["status"], _problems(at))


async def _booking(at: Shop, way: Way) -> Ended:
    _, posting = await _shipped(at, "cdek")
    cdek = at.emulators["cdek"]
    assert isinstance(cdek, CdekEmulator)
    cdek.guessed.set(Settings(way=way, seconds=_LATE))
    order = next(iter(cdek.book.all.values()))
    delete = cdek.orders.delete

    def beaten(uuid: str) -> Any:
        patched.stop()
        cdek.orders.update({"uuid": uuid, "comment": "Хрупкое"})
        return delete(uuid)

    patched = mock.patch.object(cdek.orders, "delete", beaten)
    patched.start()
    await orders.cancel(at.app, posting, "wrong service", "test")
    await _let_it_end(at)
    (shipment,) = rows.shipments.all(at.app.store.reader, "")
    return Ended(cdek.guessed.happened.total(), shipment.state, order.state, _problems(at))


async def _shipped(at: Shop, carrier: str) -> tuple[str, str]:
    (number,) = (await at.control("ozon", "postings", [_spec(carrier)]))["postings"]
    await orders.sync(at.app, "shop", "test")
    posting = reading.posting(at.app, number, "shop").id
    chosen = None if carrier == SHIPPED_BY_OZON else carrier
    await orders.ship(at.app, "shop", [posting], carrier=chosen, actor="test")
    await at.pass_time(_HOUR)
    assert str(reading.posting(at.app, number, "shop").stage) == "labelled"
    return number, posting


async def _move(at: Shop, number: str, status: str, substatus: str) -> None:
    body = {"status": status, "substatus": substatus, "by": "seller"}
    await at.control("ozon", f"postings/{number}/move", body)


async def _let_it_end(at: Shop) -> None:
    for _ in range(3):
        await at.pass_time(6 * _HOUR)
        await orders.sync(at.app, "shop", "test")


def _problems(at: Shop) -> tuple[str, ...]:
    found = rows.problems.all(at.app.store.reader, "WHERE state = 'open' ORDER BY kind")
    return tuple(one.kind for one in found)


def _in_a_shop(work: Callable[[Shop], Awaitable[Ended]], seed: int) -> Ended:
    loop = Loop()
    try:
        with tempfile.TemporaryDirectory() as home:
            return loop.run_until_complete(_opened(Path(home), work, seed))
    finally:
        loop.close()


async def _opened(home: Path, work: Callable[[Shop], Awaitable[Ended]], seed: int) -> Ended:
    clock = DeskClock(START)
    vendors = SharedClock(clock)
    ozon = OzonEmulator(clock=vendors, seed=seed)
    ozon.gate.pace = "off"
    emulators: dict[str, Emulator] = {"ozon": ozon, "cdek": CdekEmulator(clock=vendors, seed=seed)}
    for number, mode in enumerate(COURIERS):
        emulators[mode] = CourierEmulator(clock=vendors, seed=seed + number, mode=mode)  # type: ignore[arg-type]
    extra = {code: _Plugin(code) for code in COURIERS}
    plugins = ["ozon", "labels", "cdek"]
    with still(clock, seed):
        async with shop(home, Trace(START), "guessed", WHOLE_TOML, emulators, clock, plugins, extra) as at:
            await at.connect("shop", _accounts(emulators))
            await import_products(at.app, "shop", [_CUP], "test")
            return await work(at)


def _accounts(emulators: dict[str, Emulator]) -> dict[str, dict[str, Any]]:
    urls = {name: emulator.urls for name, emulator in emulators.items()}
    ozon, cdek = urls["ozon"], urls["cdek"]["url"]
    accounts: dict[str, dict[str, Any]] = {
        "ozon": {
            "client_id": "100001",
            "api_key": "demo-api-key",
            "base_url": ozon["url"],
            "file_hosts": [ozon["files_url"]],
        },
        "cdek": {
            "client_id": "demo-account",
            "client_secret": "demo-secret",
            "base_url": cdek,
            "shipment_point": "MSK65",
        },
    }
    return accounts | {name: {"base_url": urls[name]["url"], "key": "demo-key"} for name in COURIERS}


__all__ = ["WAYS", "Ended", "cancel_of_a_booking", "cancel_of_a_posting"]
