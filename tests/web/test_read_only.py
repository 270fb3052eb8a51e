"""A key that looks only: a dashboard's. Whatever it sends, nothing changes and no vendor is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from hub.flow.app import App
from hub.flow.sellers import keys
from tests.web.conftest import _client
from tests.web.seed import Seeded

LOOKS = ("GET", "HEAD", "OPTIONS")


@pytest.fixture(params=["alpha", None], ids=["of a seller", "of the operator"])
async def looker(
    request: pytest.FixtureRequest, hub: App, site: Litestar
) -> AsyncIterator[httpx.AsyncClient]:
    _, token = await keys.add_key(hub, request.param, "dashboard", "test", read_only=True)
    async with _client(site, token) as client:
        yield client


def _contents(hub: App) -> list[tuple[object, ...]]:
    reader = hub.store.reader
    tables = [row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return [(name, *row) for name in sorted(tables) for row in reader.execute(f'SELECT * FROM "{name}"')]


async def test_it_changes_nothing_at_any_route(
    hub: App, site: Litestar, looker: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    """Every route and method, with ids that are there and a body that fits some."""
    mine = seeded["alpha"]
    named = {
        "slug": "alpha",
        "posting_id": mine.posting.id,
        "shipment_id": mine.shipment,
        "operation_id": mine.operation,
        "document_id": mine.document,
        "problem_id": mine.problem,
        "token": "tot_x",
        "table": "postings",
        "handover_id": "hnd_unknown",
        "account_id": mine.account,
        "warehouse_id": "whs_x",
        "carrier": "cdek",
        "key_id": "ak_x",
        "key": "advance:x",
    }
    before, refused = _contents(hub), 0
    for route in (one for one in site.routes if isinstance(one, HTTPRoute) and one.path.startswith("/v1")):
        for method in route.route_handler_map:
            path = route.path_format.format(**named)
            body = None if method in LOOKS else {"postings": [mine.posting.id]}
            answer = await looker.request(method, path, json=body, headers={"Idempotency-Key": "once"})
            if method not in LOOKS or (method, path[-7:]) == ("GET", "/points"):
                assert (answer.status_code, answer.json()["code"]) == (403, "read_only"), (method, path)
                refused += 1
    assert refused > 20
    assert _contents(hub) == before


async def test_it_sees_what_is_there_and_asks_no_vendor(
    looker: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    mine = seeded["alpha"]
    for path in (
        "/v1/postings?seller=alpha",
        f"/v1/postings/{mine.posting.id}",
        f"/v1/postings/{mine.posting.id}/quotes",
        f"/v1/documents/{mine.document}/content",
        "/v1/problems?seller=alpha",
        "/v1/sellers",
    ):
        answer = await looker.get(path)
        assert answer.status_code == 200, (path, answer.text)
    fresh = await looker.get(f"/v1/postings/{mine.posting.id}/quotes?fresh=true")
    assert (fresh.status_code, fresh.json()["code"]) == (403, "read_only")


async def test_it_is_made_over_http_and_shown_as_such(operator: httpx.AsyncClient) -> None:
    made = await operator.post("/v1/keys", json={"name": "board", "seller": None, "scope": "read"})
    assert (made.status_code, made.json()["scope"]) == (201, "read"), made.text
    whole = await operator.post("/v1/keys", json={"name": "tool", "seller": None})
    assert whole.json()["scope"] == "full"
    strange = await operator.post("/v1/keys", json={"name": "board", "seller": None, "scope": "write"})
    assert strange.status_code == 400
    listed = {item["id"]: item["scope"] for item in (await operator.get("/v1/keys")).json()["items"]}
    assert listed[made.json()["id"]] == "read"
    mine = {"Authorization": f"Bearer {made.json()['token']}"}
    more = await operator.post("/v1/keys", json={"name": "x", "seller": None}, headers=mine)
    assert (more.status_code, more.json()["code"]) == (403, "read_only"), "it makes itself no other key"
