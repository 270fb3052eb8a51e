"""Two warehouses over real HTTP: Ozon says which is which, and CDEK is told the right sender by each."""

from __future__ import annotations

import json

from hub.flow import orders, reading
from hub.flow.history.forms import NewAccount
from hub.flow.history.warehouse_views import NewWarehouse
from hub.flow.sellers import warehouses
from hub.flow.sellers.sellers import add_account
from hub.plugin_api.models import Address, Sender

from .world import BUYER, World, spec, world

__all__ = ["world"]
BEHIND_URAL = 1020002098342000
"""An rFBS warehouse of the emulated shop."""
PERM = Address(country="RU", city="Пермь", postal_code="614000", street="ул. Ленина, 1")


async def test_each_parcel_is_quoted_and_booked_from_its_own_place(world: World) -> None:
    app = world.app
    keys = {"client_id": "demo-account", "client_secret": "demo-secret"}
    settings = {**keys, "base_url": world.cdek, "tariffs": [139]}  # from door to door
    await add_account(app, NewAccount(seller="shop", plugin="cdek", name="door", settings=settings), "test")
    ural = NewWarehouse(
        slug="ural",
        title="Ural",
        sender=Sender(name="Пётр", phone="+73420000000", address=PERM),
        marketplace_warehouses={"o": (str(BEHIND_URAL),)},
    )
    await warehouses.add_warehouse(app, "shop", ural, "test")
    buyer = {**BUYER, "city": "Новосибирск", "region": "Новосибирская область", "zip_code": "630032"}
    here, there = await world.order(
        spec("non_integrated", "rfbs", recipient=buyer),
        spec("non_integrated", "rfbs", recipient=buyer, warehouse_id=BEHIND_URAL),
    )
    assert (world.now(here).warehouse, world.now(there).warehouse) == ("main", "ural")
    shown = reading.posting_details(app, here).marketplace_warehouse
    assert shown is not None
    assert (shown.title, shown.known) == ("Химки rFBS", False)

    await orders.ship(app, "shop", [here, there], carrier="cdek", service="139", actor="test")
    await world.until(lambda: all(world.now(one).stage == "labelled" for one in (here, there)))

    log = (await world.control.get(f"{world.cdek}/_emulator/log")).json()["requests"]
    sent = [json.loads(one["body"]) for one in log if (one["method"], one["path"]) == ("POST", "/v2/orders")]
    booked = {body["number"]: body["from_location"]["city"] for body in sent}
    assert booked == {world.now(here).reference: "Москва", world.now(there).reference: "Пермь"}
    quoted = [json.loads(one["body"]) for one in log if one["path"].startswith("/v2/calculator/")]
    places = {(body["from_location"] or {}).get("city") for body in quoted if "from_location" in body}
    assert {"Москва", "Пермь"} <= places
    done = await orders.handover(app, "shop", "test", warehouse="ural")
    assert [one.postings for one in done.handovers] == [(there,)]
    assert world.now(here).stage == "labelled"
