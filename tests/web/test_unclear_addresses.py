"""An address that a carrier is not sure of, over HTTP: both spellings, and the answer."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest

from hub.flow.app import App
from hub.store import rows
from tests.web.seed import Seeded
from tests.web.unclear import SPELLED, WRITTEN, let_ask


async def _open(client: httpx.AsyncClient) -> dict[str, Any]:
    problems = (await client.get("/v1/problems")).json()["items"]
    return {one["id"]: one for one in problems}


async def test_the_seller_sees_both_spellings_and_nobody_else_does(
    hub: App, seeded: dict[str, Seeded], alpha: httpx.AsyncClient, beta: httpx.AsyncClient
) -> None:
    problem = let_ask(hub, seeded["alpha"])
    shown = (await _open(alpha))[problem]
    assert shown["address"] == {
        "original": msgspec.to_builtins(WRITTEN),
        "suggestion": msgspec.to_builtins(SPELLED),
    }
    assert "Мира" not in str(shown["data"]) + shown["text"]
    by_code = {one["code"]: one["parameters"] for one in shown["answers"]}
    assert "postal_code" in by_code["correct_address"]
    details = await alpha.get(f"/v1/postings/{seeded['alpha'].posting.id}")
    assert "Мира" not in details.text
    assert "Мира" not in (await beta.get("/v1/problems")).text


@pytest.mark.parametrize(
    ("answer", "parameters"),
    [
        ("use_suggestion", {}),
        ("use_as_written", {}),
        ("correct_address", {"postal_code": "410012", "street": "ул. Мира, 7"}),
    ],
)
async def test_an_answer_is_kept_with_the_recipient_and_nowhere_else(
    hub: App, seeded: dict[str, Seeded], alpha: httpx.AsyncClient, answer: str, parameters: dict[str, str]
) -> None:
    problem = let_ask(hub, seeded["alpha"])
    body = {"answer": answer, "parameters": parameters}
    for _ in range(2):  # sent again, it gives the stored answer
        told = await alpha.post(
            f"/v1/problems/{problem}/answer", json=body, headers={"Idempotency-Key": "once"}
        )
        assert told.status_code == 200, told.text
        assert told.json()["state"] == "answered"
        assert "Мира" not in told.text
    row = rows.recipients.get(hub.store.reader, seeded["alpha"].posting.id)
    assert row is not None
    assert row.document.address is not None
    check = row.check(seeded["alpha"].account)
    if parameters:
        assert row.document.address == msgspec.structs.replace(WRITTEN, **parameters)
        assert (check, row.given) == (None, WRITTEN)
    else:
        assert check is not None
        assert check.use == answer.removeprefix("use_")
    (stored,) = hub.store.reader.execute("SELECT answer FROM idempotency").fetchone()
    assert "Мира" not in stored.decode()


async def test_a_correction_that_cannot_be_used_says_why(
    hub: App, seeded: dict[str, Seeded], alpha: httpx.AsyncClient
) -> None:
    problem = let_ask(hub, seeded["alpha"])
    body = {"answer": "correct_address", "parameters": {"zip": "410012"}}
    told = await alpha.post(f"/v1/problems/{problem}/answer", json=body, headers={"Idempotency-Key": "k"})
    assert told.status_code == 422
    assert "zip" in told.json()["detail"]
    assert problem in await _open(alpha)
