"""A seller's rules for carriers, over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.web.seed import Seeded

PATH = "/v1/sellers/gamma/rules"
RULES = {
    "strategy": "best_value",
    "late_day_cost": "100 RUB",
    "currency": "RUB",
    "rates": {"CNY": {"rate": "11.20", "date": "2026-11-20"}},
    "rules": [{"name": "Heavy", "when": {"weight_over_g": 10000, "country": "RU"}, "carriers": ["cdek"]}],
}


@pytest.fixture
async def gamma(operator: httpx.AsyncClient) -> httpx.AsyncClient:
    """The operator, and a seller that no file declares."""
    new = {"slug": "gamma", "title": "Gamma", "time_zone": "Europe/Moscow", "plugins": ["ozon", "cdek"]}
    assert (await operator.post("/v1/sellers", json=new)).status_code == 201
    return operator


async def test_rules_are_put_and_stay(gamma: httpx.AsyncClient) -> None:
    assert (await gamma.get(PATH)).json() == {"seller": "gamma", "declared": False, "carrier_rules": {}}
    done = await gamma.put(PATH, json=RULES)
    assert done.status_code == 200, done.text
    assert (await gamma.get(PATH)).json()["carrier_rules"] == RULES
    assert (await gamma.put(PATH, json={})).json()["carrier_rules"] == {}, "the whole of them"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"strategy": "luck"}, 400, "strategy"),
        ({"margin_days": -1}, 400, "margin_days"),
        ({"rules": [{"when": {"wight": 1}}]}, 400, "wight"),
        ({"rules": [{"carriers": "sample"}]}, 422, "rule 1: carriers: 'sample' is not on for this seller"),
        ({"rules": [{"carriers": "ozon"}]}, 422, "there are cdek"),
        ({"rules": [{"when": {"value_over": "5"}}]}, 422, "rule 1: when.value_over"),
        ({"rules": [{}, {}]}, 422, "rule 2: it is never reached"),
        ({"rates": {"CNY": {"rate": "1", "date": "2026-11-20"}}}, 422, "rates"),
    ],
)
async def test_what_cannot_be_meant_changes_nothing(
    gamma: httpx.AsyncClient, body: dict[str, Any], status: int, said: str
) -> None:
    refused = await gamma.put(PATH, json=body)
    assert (refused.status_code, said in refused.text) == (status, True), refused.text
    assert (await gamma.get(PATH)).json()["carrier_rules"] == {}


async def test_what_the_file_declares_is_changed_there(
    alpha: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    refused = await alpha.put("/v1/sellers/alpha/rules", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "declared")
    assert "plugins.toml" in refused.json()["detail"]
    assert (await alpha.get("/v1/sellers/alpha/rules")).json()["declared"] is True
    assert (await alpha.get("/v1/sellers/beta/rules")).status_code == 404
    assert (await alpha.put("/v1/sellers/beta/rules", json={})).status_code == 404
    assert (await operator.put("/v1/sellers/nobody/rules", json={})).status_code == 404


async def test_the_table_of_a_posting_that_the_marketplace_ships(
    alpha: httpx.AsyncClient, seeded: dict[str, Seeded], hub: Any
) -> None:
    posting = seeded["alpha"].posting
    hub.store.write_now(
        lambda tx: tx.execute(
            "UPDATE postings SET books = 'marketplace', provider = 'Their van' WHERE id = ?", (posting.id,)
        )
    )
    (line,) = (await alpha.get(f"/v1/postings/{posting.id}/quotes")).json()["items"]
    assert (line["carrier"], line["price"]) == ("Their van", None)
    assert (line["missing_code"], line["missing_data"]["provider"]) == ("fixed", "Their van")
