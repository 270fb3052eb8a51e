"""Errors: always RFC 9457, always with what to do, never with what is inside."""

from __future__ import annotations

import logging

import httpx
import pytest
from litestar import Litestar

from hub.flow.app import App
from hub.web.app import BODY_MAX
from tests.web.seed import Seeded

ONCE = {"Idempotency-Key": "k"}


def _problem(answer: httpx.Response, status: int, code: str) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, object] = answer.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"] == f"urn:parcelhub:problem:{code}"
    assert problem["title"]
    assert problem["detail"]
    return problem


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/nowhere", "/plugins/nobody", "/schema/nothing"])
async def test_unknown_addresses(alpha: httpx.AsyncClient, path: str) -> None:
    _problem(await alpha.get(path), 404, "not_found")


async def test_a_wrong_method_names_the_right_ones(alpha: httpx.AsyncClient) -> None:
    answer = await alpha.put("/v1/postings", json={})
    _problem(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


async def test_fields_are_named(alpha: httpx.AsyncClient) -> None:
    answer = await alpha.get("/v1/postings?limit=500&stage=packing&ship_before=tomorrow")
    problem = _problem(answer, 400, "invalid")
    assert isinstance(problem["fields"], list)
    assert {(f["field"], f["in"]) for f in problem["fields"]} == {
        ("limit", "query"),
        ("stage", "query"),
        ("ship_before", "query"),
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"postings": []}, "postings"),
        ({"postings": ["x", 3]}, "postings[1]"),
        ({"postings": ["x"], "carier": "cdek"}, "carier"),
        ({}, "postings"),
        (["x"], "body"),
    ],
)
async def test_a_misspelt_order_is_refused_before_anything_happens(
    alpha: httpx.AsyncClient, body: object, field: str
) -> None:
    problem = _problem(await alpha.post("/v1/shipments", json=body, headers=ONCE), 400, "invalid")
    assert isinstance(problem["fields"], list)
    assert [f["field"] for f in problem["fields"]] == [field]


async def test_broken_json(alpha: httpx.AsyncClient) -> None:
    headers = ONCE | {"Content-Type": "application/json"}
    answer = await alpha.post("/v1/shipments", content=b'{"postings": ["x"', headers=headers)
    _problem(answer, 400, "invalid")


async def test_another_content_type(alpha: httpx.AsyncClient) -> None:
    answer = await alpha.post(
        "/v1/shipments", content=b"postings=x", headers=ONCE | {"Content-Type": "text/plain"}
    )
    _problem(answer, 415, "unsupported_media_type")
    assert answer.headers["accept-post"] == "application/json"


async def test_a_body_without_end_is_cut_off(alpha: httpx.AsyncClient) -> None:
    large = {"postings": ["x" * 100] * (BODY_MAX // 100)}
    _problem(await alpha.post("/v1/shipments", json=large, headers=ONCE), 413, "too_large")


async def test_a_bad_key_setting_is_told(operator: httpx.AsyncClient) -> None:
    answer = await operator.post(
        "/v1/sellers", json={"slug": "new", "title": "New", "time_zone": "Mars/Base"}
    )
    assert answer.status_code == 422
    assert "Mars/Base" in answer.json()["detail"]


async def test_a_mistake_of_ours_shows_an_incident_and_nothing_else(
    hub: App,
    site: Litestar,
    alpha: httpx.AsyncClient,
    seeded: dict[str, Seeded],
    caplog: pytest.LogCaptureFixture,
) -> None:
    posting = seeded["alpha"].posting
    secret = "Иван Тестов"
    hub.store.write_now(
        lambda tx: tx.execute(
            "UPDATE postings SET document=? WHERE id=?", (f'{{"number": {secret}', posting.id)
        )
    )
    with caplog.at_level(logging.ERROR):
        answer = await alpha.get(f"/v1/postings/{posting.id}")
    problem = _problem(answer, 500, "internal")
    assert str(problem["incident"]).startswith("inc_")
    assert secret not in answer.text
    assert "sqlite" not in answer.text.lower()
    assert "DecodeError" not in answer.text
    assert str(problem["incident"]) in caplog.text
    assert secret not in caplog.text
