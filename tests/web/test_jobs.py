"""The queue over HTTP: the operator's only."""

from __future__ import annotations

import httpx
import pytest

from hub.flow.app import App
from tests.web.queued import fill_queue
from tests.web.seed import Seeded


@pytest.fixture
def queued(hub: App, seeded: dict[str, Seeded]) -> dict[str, str]:
    return fill_queue(hub, seeded["alpha"])


async def test_the_queue(
    operator: httpx.AsyncClient, queued: dict[str, str], seeded: dict[str, Seeded]
) -> None:
    items = (await operator.get("/v1/jobs")).json()["items"]
    assert {item["key"] for item in items} == set(queued.values())
    dead = (await operator.get("/v1/jobs?state=dead")).json()["items"]
    assert [item["key"] for item in dead] == [queued["dead"]]
    assert (await operator.get("/v1/jobs?seller=beta")).json()["items"] == []
    by_name = await operator.get("/v1/jobs", params={"account": seeded["alpha"].account, "kind": "sync"})
    assert [item["key"] for item in by_name.json()["items"]] == [queued["running"]]
    assert (await operator.get("/v1/jobs?state=tired")).status_code == 400


async def test_taking_dead_work_up_again(operator: httpx.AsyncClient, queued: dict[str, str]) -> None:
    answer = await operator.post(f"/v1/jobs/{queued['dead']}/retry")
    assert (answer.status_code, answer.json()["state"]) == (200, "due")
    again = await operator.post(f"/v1/jobs/{queued['dead']}/retry")
    assert (again.status_code, again.json()["code"]) == (409, "not_dead")
    assert (await operator.post("/v1/jobs/no:such/retry")).status_code == 404


async def test_a_seller_sees_no_queue(alpha: httpx.AsyncClient, queued: dict[str, str]) -> None:
    for answer in (
        await alpha.get("/v1/jobs"),
        await alpha.post(f"/v1/jobs/{queued['dead']}/retry"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "operator_only")
