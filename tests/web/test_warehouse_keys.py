"""A key of one warehouse: for the people who pack there. What leaves from elsewhere does not exist for it, at
whatever route it is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from hub.flow import orders
from hub.flow.app import App
from hub.flow.history.warehouse_views import NewWarehouse
from hub.flow.sellers import keys, warehouses
from hub.store import Transaction, rows
from tests.web.conftest import _client
from tests.web.seed import Seeded

THERE = 4
"""Which of the seller's seeded postings leaves from the warehouse."""
LISTS = ("/v1/postings", "/v1/shipments", "/v1/handovers", "/v1/problems", "/v1/units", "/v1/warehouses")
BODIES: dict[str, dict[str, Any]] = {
    "/v1/shipments/{shipment_id}/cancel": {"reason": "x"},
    "/v1/problems/{problem_id}/answer": {"answer": "dismiss"},
    "/v1/operations/{operation_id}/resolve": {"answer": "it_exists"},
    "/v1/handovers": {},
    "/v1/units/scan": {"code": "4607026432004"},
    "/v1/units/{posting_id}": {"facts": [{"sku": "1", "unit": 1, "fact": "weight", "value": "1"}]},
    "/v1/totals/{token}/order": {},
}


@pytest.fixture
async def siberia(hub: App, seeded: dict[str, Seeded]) -> str:
    """A second warehouse of alpha's, from which one of its postings leaves: that posting's id."""
    new = NewWarehouse(slug="siberia", title="Siberia")
    await warehouses.add_warehouse(hub, "alpha", new, "test")
    row = seeded["alpha"].postings[THERE]

    def write(tx: Transaction) -> None:
        rows.postings.save(tx, msgspec.structs.replace(row, warehouse="siberia"))

    await hub.store.write(write)
    return row.id


@pytest.fixture
async def packer(hub: App, site: Litestar, siberia: str) -> AsyncIterator[httpx.AsyncClient]:
    view, token = await keys.add_key(hub, "alpha", "packers", "test", warehouse="siberia")
    assert (view.seller, view.warehouse) == ("alpha", "siberia")
    async with _client(site, token) as client:
        yield client


def _contents(hub: App) -> str:
    """Everything that is stored, but for answers that are kept for a repeat."""
    reader = hub.store.reader
    tables = [row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    digest = hashlib.sha256()
    for name in sorted(set(tables) - {"idempotency"}):
        for row in reader.execute(f'SELECT * FROM "{name}"'):
            digest.update(repr((name, *row)).encode())
    return digest.hexdigest()


async def test_what_leaves_from_elsewhere_does_not_exist_at_any_route(
    hub: App, site: Litestar, packer: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    mine = seeded["alpha"]
    named = {
        "slug": "alpha",
        "warehouse_id": warehouses.named(hub, "alpha", "main").id,
        "posting_id": mine.posting.id,
        "shipment_id": mine.shipment,
        "operation_id": mine.operation,
        "document_id": mine.document,
        "problem_id": mine.problem,
        "token": "tot_x",
        "handover_id": "hnd_unknown",
        "table": "postings",
        "account_id": mine.account,
        "carrier": "cdek",
        "key_id": "ak_x",
        "key": "advance:x",
    }
    before = _contents(hub)
    seen = closed = 0
    for route in (one for one in site.routes if isinstance(one, HTTPRoute) and one.path.startswith("/v1")):
        for method in set(route.route_handler_map) - {"OPTIONS"}:
            path, shape = route.path_format.format(**named), route.path_format
            body = None if method == "GET" else BODIES.get(shape, {"postings": [mine.posting.id]})
            answer = await packer.request(method, path, json=body, headers={"Idempotency-Key": shape[-90:]})
            told = (method, shape, answer.status_code, answer.text)
            if shape.startswith("/v1/health"):
                assert set(answer.json()) <= {"status", "reasons"}, told
            elif method == "GET" and shape in LISTS:
                assert answer.status_code == 200, told
                assert {one.get("warehouse", one.get("slug")) for one in answer.json()["items"]} <= {
                    "siberia"
                }, told
            elif (method, shape) == ("POST", "/v1/shipments"):
                (result,) = answer.json()["results"]
                assert (result["state"], result["code"]) == ("refused", "not_found"), told
            elif (method, shape) == ("POST", "/v1/units/scan"):
                assert answer.json()["code"] == "scan_unknown", told
            elif (method, shape) == ("POST", "/v1/totals"):
                assert [one["code"] for one in answer.json()["lines"]] == ["not_found"], told
            elif (method, shape) == ("POST", "/v1/handovers"):
                assert answer.json()["handovers"] == [], told
            elif answer.status_code == 403:
                assert answer.json()["code"] in ("warehouse_only", "operator_only"), told
                closed += 1
            else:
                assert answer.status_code == 404, told
                seen += 1
            assert mine.posting.number not in answer.text or method == "POST", told
    assert seen > 10
    assert closed > 20
    assert _contents(hub) == before


async def test_what_leaves_from_there_is_seen_and_done(
    hub: App, packer: httpx.AsyncClient, siberia: str, seeded: dict[str, Seeded]
) -> None:
    listed = (await packer.get("/v1/postings")).json()["items"]
    assert [one["id"] for one in listed] == [siberia]
    for path in ("", "/history", "/quotes", "/tracking"):
        assert (await packer.get(f"/v1/postings/{siberia}{path}")).status_code == 200, path
    slips = await packer.post("/v1/packing-slips", json={"postings": [siberia]})
    document = slips.json()["document"]
    assert (await packer.get(f"/v1/documents/{document}/content")).status_code == 200
    order = {"postings": [siberia]}
    shipped = await packer.post("/v1/shipments", json=order, headers={"Idempotency-Key": "1"})
    assert [one["state"] for one in shipped.json()["results"]] == ["queued"]
    (place,) = (await packer.get("/v1/warehouses")).json()["items"]
    assert place["slug"] == "siberia"
    assert (await packer.get("/v1/postings?warehouse=main")).status_code == 404
    assert (await packer.get("/v1/postings?seller=beta")).status_code == 404


async def test_a_file_of_two_warehouses_is_no_one_s_of_one(
    hub: App, packer: httpx.AsyncClient, alpha: httpx.AsyncClient, siberia: str, seeded: dict[str, Seeded]
) -> None:
    both = [siberia, seeded["alpha"].posting.id]
    document = await orders.packing_slips(hub, both, "test")
    assert (await alpha.get(f"/v1/documents/{document}/content")).status_code == 200
    assert (await packer.get(f"/v1/documents/{document}/content")).status_code == 404
    mixed = await packer.post("/v1/packing-slips", json={"postings": both})
    assert mixed.status_code == 200
    assert set(mixed.json()["refused"]) == {seeded["alpha"].posting.id}
    assert mixed.json()["document"] != document


async def test_the_key_of_a_posting_s_old_warehouse_sees_it_no_more(
    hub: App, packer: httpx.AsyncClient, siberia: str, seeded: dict[str, Seeded]
) -> None:
    row = rows.postings.get(hub.store.reader, siberia)
    assert row is not None
    moved = msgspec.structs.replace(row, warehouse="main")
    await hub.store.write(lambda tx: rows.postings.save(tx, moved))
    assert (await packer.get(f"/v1/postings/{siberia}")).status_code == 404
    assert (await packer.get("/v1/postings")).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"seller": "alpha", "warehouse": "nowhere"}, 404, "not_found"),
        ({"seller": "beta", "warehouse": "siberia"}, 404, "not_found"),
        ({"seller": None, "warehouse": "siberia"}, 422, "warehouse"),
        ({"seller": "alpha", "warehouse": "siberia"}, 201, ""),
    ],
)
async def test_a_key_is_made_for_a_warehouse_of_its_seller(
    operator: httpx.AsyncClient, siberia: str, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await operator.post("/v1/keys", json={"name": "packers", **body})
    assert answer.status_code == status, answer.text
    if status == 201:
        assert answer.json()["warehouse"] == "siberia"
        (listed,) = [one for one in (await operator.get("/v1/keys")).json()["items"] if one["warehouse"]]
        assert listed["warehouse"] == "siberia"
    else:
        assert answer.json()["code"].startswith(code)


async def test_a_warehouse_over_http(alpha: httpx.AsyncClient, beta: httpx.AsyncClient, hub: App) -> None:
    sender = {"name": "Иван", "address": {"country": "RU", "city": "Омск"}}
    new = {"slug": "north", "title": "North", "time_zone": "Asia/Omsk", "sender": sender, "cut_off": "15:30"}
    made = await alpha.post("/v1/warehouses", json=new)
    assert made.status_code == 201, made.text
    assert made.json()["sender"]["address"]["city"] == "Омск"
    assert (made.json()["paper"], made.json()["own"]) == (
        "100x150",
        ["title", "time_zone", "sender", "cut_off"],
    )
    again = await alpha.post("/v1/warehouses", json=new)
    assert (again.status_code, again.json()["code"]) == (409, "warehouse_exists")
    path = f"/v1/warehouses/{made.json()['id']}"
    assert (await beta.patch(path, json={"title": "x"})).status_code == 404
    changed = await alpha.patch(path, json={"paper": "58x40", "cut_off": ""})
    assert (changed.json()["paper"], changed.json()["cut_off"], changed.json()["title"]) == (
        "58x40",
        "",
        "North",
    )
    assert [one["slug"] for one in (await alpha.get("/v1/warehouses")).json()["items"]] == ["main", "north"]
    for wrong in ({"cut_off": "25:00"}, {"paper": "a9"}, {"slug": "other"}):
        assert (await alpha.patch(path, json=wrong)).status_code == 400, wrong
