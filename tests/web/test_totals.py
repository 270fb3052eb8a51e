"""Over HTTP many are ordered by the token of their total; one by itself, as before."""

from __future__ import annotations

import httpx
import msgspec
import pytest

from hub.flow.app import App
from hub.flow.choice import pricing
from hub.flow.choice.pricing import Lacking
from hub.store import rows
from tests.web.seed import Seeded


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The seeded seller has no carrier here that could be asked; who would have been."""
    heard: list[str] = []

    async def nobody(app: App, row: rows.PostingRow, *_: object) -> None:
        heard.append(row.id)
        raise Lacking("no_quotes", {"missing": {"cdek": {"code": "not_served"}}})

    monkeypatch.setattr(pricing, "ask", nobody)
    return heard


def _there(hub: App, row: rows.PostingRow) -> rows.PostingRow:
    """The posting is one that the marketplace books: nothing is paid here."""
    theirs = msgspec.structs.replace(row, books="marketplace", provider="Ozon")
    hub.store.write_now(lambda tx: rows.postings.save(tx, theirs, row))
    return theirs


async def test_several_need_a_total_and_its_token_orders_them_once(
    hub: App, alpha: httpx.AsyncClient, beta: httpx.AsyncClient, seeded: dict[str, Seeded], asked: list[str]
) -> None:
    postings = seeded["alpha"].postings[1:4]
    theirs, own = [_there(hub, row) for row in postings[:2]], postings[2]
    body = {"postings": [*(row.number for row in theirs), own.id, "nothing"]}
    refused = await alpha.post("/v1/shipments", json=body, headers={"Idempotency-Key": "1"})
    assert (refused.status_code, refused.json()["code"]) == (409, "total_first")
    assert not hub.store.reader.execute(
        "SELECT 1 FROM postings WHERE wanted AND id = ?", (own.id,)
    ).fetchone()
    answer = await alpha.post("/v1/totals", json=body)
    assert answer.status_code == 200, answer.text
    total = answer.json()
    assert [(one["state"], one["code"]) for one in total["lines"]] == [
        ("marketplace", ""),
        ("marketplace", ""),
        ("unpriced", "no_quotes"),
        ("refused", "not_found"),
    ]
    assert (total["orders"], total["sums"], total["seller"], asked) == (2, [], "alpha", [own.id])
    path, key = f"/v1/totals/{total['token']}/order", {"Idempotency-Key": "2"}
    assert (await beta.post(path, json={}, headers=key)).status_code == 404
    done = await alpha.post(path, json={}, headers=key)
    assert done.status_code == 202, done.text
    assert [(one["state"], one["code"]) for one in done.json()["results"]] == [
        ("queued", ""),
        ("queued", ""),
        ("refused", "unpriced"),
    ]
    again = await alpha.post(path, json={}, headers=key)
    assert again.content == done.content
    other = await alpha.post(path, json={}, headers={"Idempotency-Key": "3"})
    assert (other.status_code, other.json()["code"]) == (409, "total_used")
    problems = (await alpha.get("/v1/problems", params={"seller": "alpha"})).json()["items"]
    assert own.number in [one["posting_number"] for one in problems if one["kind"] == "no_quotes"]
    # What is under way is ordered again without a word: it costs nothing.
    under_way = {"postings": [row.id for row in theirs]}
    ordered = await alpha.post("/v1/shipments", json=under_way, headers={"Idempotency-Key": "4"})
    assert [one["state"] for one in ordered.json()["results"]] == ["already"] * 2
    nothing = (await alpha.post("/v1/totals", json=under_way)).json()
    assert (nothing["token"], nothing["orders"], nothing["expires_at"]) == ("", 0, None)
