"""Messages over HTTP: each seller's own; what was seen is told no more."""

from __future__ import annotations

import httpx

from hub.flow.app import App
from tests.web.seed import Seeded
from tests.web.waiting import let_wait


async def test_what_waits_and_what_was_seen(
    hub: App, alpha: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    let_wait(hub, seeded["alpha"])
    path = "/v1/sellers/alpha/messages"
    found = (await alpha.get(path)).json()
    assert (found["waiting"], found["addresses"], found["messages"]) == (1, [], [])
    (problem,) = (await alpha.get("/v1/problems")).json()["items"]
    seen = await alpha.post(f"{path}/seen", json={"problems": [problem["id"]]})
    assert (seen.status_code, seen.json()) == (200, {"seller": "alpha", "seen": 1})
    assert (await alpha.get(path)).json()["waiting"] == 0
    assert (await alpha.post(f"{path}/seen", json={"problems": ["prb_0"]})).status_code == 404
    test = await alpha.post(f"{path}/test", json={})
    assert (test.status_code, test.json()["code"]) == (422, "messages")


async def test_another_sellers_are_not_there(
    beta: httpx.AsyncClient, hub: App, seeded: dict[str, Seeded]
) -> None:
    let_wait(hub, seeded["alpha"])
    for answer in (
        await beta.get("/v1/sellers/alpha/messages"),
        await beta.post("/v1/sellers/alpha/messages/seen", json={}),
        await beta.post("/v1/sellers/alpha/messages/test", json={}),
    ):
        assert answer.status_code == 404
