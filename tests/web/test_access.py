"""Keys, sellers that see nothing of each other, and the guard of everything that may cost money."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from hub.flow.app import App
from hub.flow.sellers import keys, warehouses
from hub.store import queries
from hub.store.connection import Connection
from tests.web.seed import Seeded


def _api_routes(site: Litestar) -> list[tuple[str, str, dict[str, object]]]:
    return [
        (method, route.path_format, dict(handler.opt))
        for route in site.routes
        if isinstance(route, HTTPRoute) and route.path.startswith("/v1")
        for method, (handler, _) in route.route_handler_map.items()
        if method != "OPTIONS"
    ]


def _filled(path: str) -> str:
    return "/".join("x" if part.startswith("{") else part for part in path.split("/"))


async def test_every_route_needs_a_key(site: Litestar, nobody: httpx.AsyncClient) -> None:
    routes = _api_routes(site)
    assert len(routes) > 25
    for method, path, _ in routes:
        answer = await nobody.request(method, _filled(path))
        if path.startswith("/v1/health"):
            assert answer.json() == {"status": answer.json()["status"]}
            continue
        assert answer.status_code == 401, (method, path)
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["code"] == "key_missing"
        wrong = await nobody.request(method, _filled(path), headers={"Authorization": "Bearer not-a-key"})
        assert (wrong.status_code, wrong.json()["code"]) == (401, "key_unknown"), (method, path)


async def test_what_may_cost_money_needs_an_idempotency_key(site: Litestar, alpha: httpx.AsyncClient) -> None:
    spending = {(method, path) for method, path, opt in _api_routes(site) if opt.get("spends")}
    assert spending == {
        ("POST", "/v1/shipments"),
        ("POST", "/v1/shipments/{shipment_id}/cancel"),
        ("POST", "/v1/totals/{token}/order"),
        ("POST", "/v1/handovers"),
        ("POST", "/v1/problems/{problem_id}/answer"),
        ("POST", "/v1/operations/{operation_id}/resolve"),
    }
    for method, path in spending:
        for value in ("", "x" * 256):
            answer = await alpha.request(method, _filled(path), json={}, headers={"Idempotency-Key": value})
            assert answer.status_code == 400, (method, path, value)
            assert answer.json()["code"] == "idempotency_key_missing"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/sellers"),
        ("PATCH", "/v1/sellers/alpha"),
        ("GET", "/v1/keys"),
        ("POST", "/v1/keys"),
        ("DELETE", "/v1/keys/x"),
    ],
)
async def test_the_operators_routes_are_closed_to_sellers(
    alpha: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await alpha.request(method, path, json={"name": "x"} if method == "POST" else None)
    assert (answer.status_code, answer.json()["code"]) == (403, "operator_only")


async def test_another_sellers_things_do_not_exist(
    hub: App, alpha: httpx.AsyncClient, operator: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    """The same body, byte for byte, for what is unknown and for what is somebody else's."""
    theirs = seeded["beta"]
    once = {"Idempotency-Key": "one"}
    asked: list[tuple[str, str, str, dict[str, object] | None]] = [
        ("GET", "/v1/postings/{}", theirs.posting.id, None),
        ("GET", "/v1/postings/{}", theirs.posting.number, None),
        ("GET", "/v1/postings/{}/history", theirs.posting.id, None),
        ("GET", "/v1/postings/{}/quotes", theirs.posting.id, None),
        ("GET", "/v1/postings/{}/quotes?fresh=true", theirs.posting.id, None),
        ("GET", "/v1/postings/{}/tracking", theirs.posting.id, None),
        ("GET", "/v1/shipments/{}", theirs.shipment, None),
        ("POST", "/v1/shipments/{}/cancel", theirs.shipment, {"reason": "x"}),
        ("GET", "/v1/operations/{}", theirs.operation, None),
        ("GET", "/v1/documents/{}", theirs.document, None),
        ("GET", "/v1/documents/{}/content", theirs.document, None),
        ("GET", "/v1/documents/{}/picture", theirs.document, None),
        ("POST", "/v1/problems/{}/answer", theirs.problem, {"answer": "x"}),
        ("POST", "/v1/operations/{}/resolve", theirs.operation, {"answer": "it_exists"}),
        ("POST", "/v1/accounts/{}/check", theirs.account, None),
        ("GET", "/v1/postings?seller={}", "beta", None),
        ("GET", "/v1/shipments?seller={}", "beta", None),
        ("GET", "/v1/problems?seller={}", "beta", None),
        ("GET", "/v1/incidents?seller={}", "beta", None),
        ("GET", "/v1/handovers?seller={}", "beta", None),
        ("GET", "/v1/warehouses?seller={}", "beta", None),
        ("PATCH", "/v1/warehouses/{}", warehouses.named(hub, "beta", "main").id, {"title": "x"}),
        ("GET", "/v1/sellers/{}/accounts", "beta", None),
        ("GET", "/v1/sellers/{}/products", "beta", None),
        ("POST", "/v1/sellers/{}/sync", "beta", None),
    ]
    for method, path, key, body in asked:
        foreign = await alpha.request(method, path.format(key), json=body, headers=once)
        unknown = await alpha.request(method, path.format("no_such_thing"), json=body, headers=once)
        assert foreign.status_code == unknown.status_code == 404, (method, path, foreign.text)
        assert foreign.content == unknown.content, (method, path)
        assert "beta" not in foreign.text
        if method == "GET" and "picture" not in path and "fresh" not in path:
            seen = await operator.request(method, path.format(key))
            assert seen.status_code == 200, (method, path, seen.text)


async def test_orders_for_another_sellers_postings_are_refused_alike(
    alpha: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    answer = await alpha.post(
        "/v1/shipments",
        json={"postings": [seeded["beta"].posting.id, "no_such_posting"]},
        headers={"Idempotency-Key": "foreign"},
    )
    assert answer.status_code == 202
    foreign, unknown = answer.json()["results"]
    said = foreign["reason"].replace(seeded["beta"].posting.id, "no_such_posting")
    assert (foreign["state"], said) == (unknown["state"], unknown["reason"])
    assert foreign["state"] == "refused"
    for path in ("/v1/labels", "/v1/packing-slips"):
        for key in (seeded["beta"].posting.id, "no_such_posting"):
            assert (await alpha.post(path, json={"postings": [key]})).status_code == 404
    tracked = await alpha.post("/v1/tracking", json={"postings": [seeded["beta"].posting.number]})
    assert tracked.status_code == 404


async def test_lists_hold_the_own_sellers_things_only(
    alpha: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    for path in ("/v1/postings", "/v1/shipments", "/v1/problems", "/v1/handovers"):
        answer = await alpha.get(path)
        assert answer.status_code == 200, answer.text
        assert {item["seller"] for item in answer.json()["items"]} <= {"alpha"}
    slugs = [item["slug"] for item in (await alpha.get("/v1/sellers")).json()["items"]]
    assert slugs == ["alpha"]


async def test_the_operator_says_which_seller(operator: httpx.AsyncClient, seeded: dict[str, Seeded]) -> None:
    for path in ("/v1/postings", "/v1/shipments", "/v1/handovers"):
        answer = await operator.get(path)
        assert (answer.status_code, answer.json()["code"]) == (409, "seller_needed"), path


async def test_a_revoked_key_opens_nothing(
    hub: App, nobody: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    made = await operator.post("/v1/keys", json={"name": "shop", "seller": "alpha"})
    assert made.status_code == 201
    token, key_id = made.json()["token"], made.json()["id"]
    mine = {"Authorization": f"Bearer {token}"}
    assert (await nobody.get("/v1/postings", headers=mine)).status_code == 200
    listed = await operator.get("/v1/keys")
    assert key_id in {item["id"] for item in listed.json()["items"]}
    assert token not in listed.text
    assert (await operator.delete(f"/v1/keys/{key_id}")).status_code == 204
    assert (await nobody.get("/v1/postings", headers=mine)).status_code == 401
    assert keys.verify(hub, token) is None


async def test_only_the_hash_of_a_key_is_stored(hub: App, operator: httpx.AsyncClient) -> None:
    unsaid = await operator.post("/v1/keys", json={"name": "shop"})
    assert unsaid.status_code == 400
    assert "seller" in unsaid.text
    made = await operator.post("/v1/keys", json={"name": "shop", "seller": None})
    token = made.json()["token"].encode()
    hub.store.write_now(lambda tx: tx.execute("SELECT 1"))
    files = [path for path in hub.home.iterdir() if path.name.startswith("hub.sqlite")]
    assert files
    assert all(token not in path.read_bytes() for path in files)


async def test_health_shows_figures_to_the_operator_only(
    nobody: httpx.AsyncClient, alpha: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    assert set((await nobody.get("/v1/health")).json()) == {"status"}
    assert set((await alpha.get("/v1/health")).json()) == {"status"}
    assert "sqlite" in (await operator.get("/v1/health")).json()


async def test_a_key_may_end(hub: App, site: Litestar, operator: httpx.AsyncClient) -> None:
    end = hub.clock.now() + timedelta(days=1)
    body = {"name": "tool", "seller": "alpha", "expires_at": end.isoformat()}
    made = (await operator.post("/v1/keys", json=body)).json()
    headers = {"Authorization": f"Bearer {made['token']}"}
    assert datetime.fromisoformat(made["expires_at"]) == end
    assert (await operator.get("/v1/postings", headers=headers)).status_code == 200
    await hub.store.write(
        lambda tx: tx.execute("UPDATE api_keys SET expires_at = 1 WHERE id = ?", (made["id"],))
    )
    answer = await operator.get("/v1/postings", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "key_expired")
    assert "invalid_token" in answer.headers["www-authenticate"]
    for wrong in ("2020-01-01T00:00:00Z", "2099-01-01T00:00:00", "soon"):
        answer = await operator.post("/v1/keys", json=body | {"expires_at": wrong})
        assert answer.status_code in (400, 422), answer.text


async def test_somebody_elses_posting_is_not_even_read(
    alpha: httpx.AsyncClient, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the time of the answer would tell that it exists."""
    read: list[str] = []
    plain = queries.posting_with_document

    def noted(connection: Connection, key: str, seller: str | None) -> object:
        found = plain(connection, key, seller)
        read.extend([key] if found is not None else [])
        return found

    monkeypatch.setattr(queries, "posting_with_document", noted)
    foreign = seeded["beta"].posting
    for key in (foreign.id, foreign.number, "pst_unknown"):
        for below in ("", "/quotes", "/tracking", "/history"):
            assert (await alpha.get(f"/v1/postings/{key}{below}")).status_code == 404
    assert read == []
    assert (await alpha.get(f"/v1/postings/{seeded['alpha'].posting.id}")).status_code == 200
    assert read == [seeded["alpha"].posting.id]
