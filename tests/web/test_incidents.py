"""Incidents over HTTP: each seller its own, and an answer once an Idempotency-Key."""

from __future__ import annotations

import httpx
import pytest

from hub.flow.app import App
from tests.web.seed import Seeded
from tests.web.waiting import let_wait


@pytest.fixture
def mine(hub: App, seeded: dict[str, Seeded]) -> Seeded:
    for one in seeded.values():
        let_wait(hub, one)
    return seeded["alpha"]


async def test_a_seller_sees_its_own_and_the_operator_all(
    alpha: httpx.AsyncClient, operator: httpx.AsyncClient, mine: Seeded
) -> None:
    answer = await alpha.get("/v1/incidents")
    (one,) = answer.json()["items"]
    assert one["operation"]["id"] == mine.operation
    assert one["amount"] == {"amount": "708.00", "currency": "RUB"}
    assert {choice["answer"] for choice in one["choices"]} == {"it_exists", "it_does_not_exist"}
    assert "beta" not in answer.text
    everybodys = (await operator.get("/v1/incidents")).json()["items"]
    assert {item["seller"] for item in everybodys} == {"alpha", "beta"}
    named = (await operator.get("/v1/incidents?seller=beta")).json()["items"]
    assert {item["seller"] for item in named} == {"beta"}
    first = (await operator.get("/v1/incidents?limit=1")).json()
    rest = (await operator.get("/v1/incidents", params={"limit": 1, "cursor": first["next"]})).json()
    assert {first["items"][0]["id"], rest["items"][0]["id"]} == {item["id"] for item in everybodys}


async def test_resolving_once(alpha: httpx.AsyncClient, mine: Seeded) -> None:
    path = f"/v1/operations/{mine.operation}/resolve"
    body = {"answer": "it_exists", "carrier_id": "C-1", "tracking_number": "TRK-9", "note": "seen"}
    first = await alpha.post(path, json=body, headers={"Idempotency-Key": "one"})
    assert (first.status_code, first.json()["state"]) == (202, "accepted"), first.text
    again = await alpha.post(path, json=body, headers={"Idempotency-Key": "one"})
    assert again.json() == first.json()
    other = await alpha.post(path, json=body, headers={"Idempotency-Key": "two"})
    assert (other.status_code, other.json()["code"]) == (409, "not_waiting")
    assert (await alpha.get("/v1/incidents")).json()["items"] == []


async def test_what_is_refused(alpha: httpx.AsyncClient, mine: Seeded) -> None:
    path = f"/v1/operations/{mine.operation}/resolve"
    headers = {"Idempotency-Key": "one"}
    for body in ({"answer": "perhaps"}, {"answer": "it_exists", "tracking": "T"}, {}):
        assert (await alpha.post(path, json=body, headers=headers)).status_code == 400
    unknown = await alpha.post(
        "/v1/operations/op_nothing/resolve", json={"answer": "it_exists"}, headers=headers
    )
    assert unknown.status_code == 404
