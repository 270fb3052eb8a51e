"""Orders that cost money: once per key, and awaited where that is asked."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest

from hub.flow.app import App
from hub.web.ordering import seconds_to_wait
from tests.web.seed import Seeded


async def test_the_same_key_with_the_same_body_gives_the_stored_answer(
    hub: App, alpha: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    body = {"postings": [seeded["alpha"].postings[1].number, seeded["alpha"].postings[1].id]}
    once = {"Idempotency-Key": "order-1"}
    first = await alpha.post("/v1/shipments", json=body, headers=once)
    assert first.status_code == 202, first.text
    assert [result["state"] for result in first.json()["results"]] == ["queued", "queued"]
    jobs = hub.store.reader.execute("SELECT count(*) FROM jobs").fetchone()[0]
    assert jobs
    again = await alpha.post("/v1/shipments", json=body, headers=once)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    spaced = await alpha.post(
        "/v1/shipments",
        content=b'{ "postings" : ["%s",  "%s"] }' % tuple(key.encode() for key in body["postings"]),
        headers=once | {"Content-Type": "application/json"},
    )
    assert spaced.content == first.content, "spaces do not make another order"
    assert hub.store.reader.execute("SELECT count(*) FROM jobs").fetchone()[0] == jobs


async def test_the_same_key_with_another_body_is_refused(
    alpha: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    once = {"Idempotency-Key": "order-1"}
    one, two = (row.id for row in seeded["alpha"].postings[1:3])
    assert (await alpha.post("/v1/shipments", json={"postings": [one]}, headers=once)).status_code == 202
    other = await alpha.post("/v1/shipments", json={"postings": [two]}, headers=once)
    assert other.status_code == 422, other.text
    assert other.headers["content-type"] == "application/problem+json"
    elsewhere = await alpha.post("/v1/handovers", json={}, headers=once)
    assert elsewhere.status_code == 422, "another address is another order"


async def test_keys_of_two_callers_are_two(
    alpha: httpx.AsyncClient, beta: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    once = {"Idempotency-Key": "order-1"}
    for client, slug in ((alpha, "alpha"), (beta, "beta")):
        answer = await client.post(
            "/v1/shipments", json={"postings": [seeded[slug].postings[1].id]}, headers=once
        )
        assert answer.status_code == 202, answer.text
        assert answer.json()["results"][0]["number"] == seeded[slug].postings[1].number


async def test_two_at_the_same_moment_order_once(
    alpha: httpx.AsyncClient, seeded: dict[str, Seeded], hub: App
) -> None:
    body = {"postings": [seeded["alpha"].postings[3].id]}
    answers = await asyncio.gather(
        *(alpha.post("/v1/shipments", json=body, headers={"Idempotency-Key": "twin"}) for _ in range(4))
    )
    assert {answer.status_code for answer in answers} <= {202, 409}
    good = [answer for answer in answers if answer.status_code == 202]
    assert good
    assert len({answer.content for answer in good}) == 1


async def test_one_bad_posting_does_not_stop_the_batch(
    alpha: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    body = {"postings": ["no-such-posting", seeded["alpha"].postings[4].id]}
    answer = await alpha.post("/v1/shipments", json=body, headers={"Idempotency-Key": "mixed"})
    states = {result["number"]: result["state"] for result in answer.json()["results"]}
    assert states == {"no-such-posting": "refused", seeded["alpha"].postings[4].number: "queued"}


async def test_waiting_ends_when_asked(alpha: httpx.AsyncClient, seeded: dict[str, Seeded]) -> None:
    begun = time.monotonic()
    answer = await alpha.post(
        "/v1/shipments",
        json={"postings": [seeded["alpha"].postings[1].id]},
        headers={"Idempotency-Key": "wait", "Prefer": "wait=1"},
    )
    assert time.monotonic() - begun > 0.9
    assert answer.status_code == 202, "nobody works here, so it cannot be settled"
    assert answer.headers["preference-applied"] == "wait=1"
    assert answer.json()["postings"][0]["id"] == seeded["alpha"].postings[1].id


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("respond-async", 0),
        ("wait=5", 5),
        ("respond-async, wait=10", 10),
        ("Wait = 3", 3),
        ("wait=999999", 60),
        ("wait=-4", 0),
        ("await=4", 0),
    ],
)
def test_prefer(prefer: str | None, seconds: float) -> None:
    assert seconds_to_wait(prefer) == seconds
