"""Units over HTTP: the work list, a scan, what is typed."""

from __future__ import annotations

import httpx

from hub.flow.app import App
from tests.web.seed import Seeded
from tests.web.units_seed import code, mark


async def test_the_list_a_scan_and_what_is_typed(
    hub: App, alpha: httpx.AsyncClient, beta: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    row = mark(hub, seeded["alpha"])
    sku = row.document.items[0].sku
    (work,) = (await alpha.get("/v1/units")).json()["items"]
    assert (work["posting_id"], work["units"]) == (row.id, 2)
    assert [(one["unit"], one["fact"]) for one in work["missing"]] == [
        (1, "marking"), (1, "customs_number"), (2, "marking"), (2, "customs_number"),
    ]  # fmt: skip
    assert (await beta.get("/v1/units")).json()["items"] == []

    body = {"code": code("1"), "posting": row.id}
    taken = (await alpha.post("/v1/units/scan", json=body)).json()
    assert (taken["state"], taken["unit"], taken["fact"]) == ("taken", 1, "marking")
    assert (await alpha.post("/v1/units/scan", json=body)).json() == taken, "the same again is the same"
    other = {"facts": [{"sku": sku, "unit": 2, "fact": "marking", "value": code("1")}]}
    twice = await alpha.post(f"/v1/units/{row.id}", json=other)
    assert (twice.status_code, twice.json()["code"]) == (422, "marking_twice")

    facts = [{"sku": sku, "unit": 0, "fact": "customs_number", "value": "none"}]
    path = f"/v1/units/{row.id}"
    assert (await beta.post(path, json={"facts": facts})).status_code == 404
    left = await alpha.post(path, json={"facts": facts})
    assert left.status_code == 200, left.text
    assert [(one["unit"], one["fact"]) for one in left.json()["missing"]] == [(2, "marking")]


async def test_what_cannot_be_kept_says_why(
    hub: App, alpha: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    row = mark(hub, seeded["alpha"])
    sku = row.document.items[0].sku
    for fact, value, status in (
        ("marking", "4607026432004", 422),
        ("customs_number", "x", 422),
        ("colour", "red", 400),
        ("marking", "x" * 301, 400),
    ):
        body = {"facts": [{"sku": sku, "unit": 1, "fact": fact, "value": value}]}
        answer = await alpha.post(f"/v1/units/{row.id}", json=body)
        assert answer.status_code == status, answer.text
    other = seeded["alpha"].postings[3]
    body = {"facts": [{"sku": sku, "unit": 1, "fact": "weight", "value": "1"}]}
    answer = await alpha.post(f"/v1/units/{other.id}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "units_not_wanted")


async def test_the_day_says_how_many_wait_for_their_pieces(
    hub: App, alpha: httpx.AsyncClient, beta: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    mark(hub, seeded["alpha"])
    assert (await alpha.get("/v1/today")).json()["units_missing"] == 1
    mine = (await beta.get("/v1/today")).json()
    assert (mine["seller"], mine["units_missing"]) == ("beta", 0)
