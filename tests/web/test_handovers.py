"""Hand-overs over HTTP: the parcels that are named, once; the sheet, at any time."""

from __future__ import annotations

import httpx
import msgspec
import pytest

from hub.flow.app import App
from hub.store import rows
from plugins.labels.tests.papers import text_of
from tests.web.parcels import lie_ready
from tests.web.seed import Seeded


@pytest.fixture
def numbers(hub: App, seeded: dict[str, Seeded]) -> list[str]:
    lie_ready(hub, seeded["beta"])
    return lie_ready(hub, seeded["alpha"])


async def test_named_parcels_go_once(
    alpha: httpx.AsyncClient, beta: httpx.AsyncClient, numbers: list[str]
) -> None:
    body = {"only": [numbers[0], "ALPHA-TRK2", "NOPE", "BETA-TRK1"]}
    done = await alpha.post("/v1/handovers", json=body, headers={"Idempotency-Key": "1"})
    assert done.status_code == 202
    found = done.json()
    assert [(one["state"], one["code"]) for one in found["results"]] == [
        ("taken", ""),
        ("taken", ""),
        ("refused", "not_found"),
        ("refused", "not_found"),
    ]
    (made,) = found["handovers"]
    assert (len(made["postings"]), found["rest"]) == (2, 3)
    assert {one["handover"] for one in found["results"][:2]} == {made["id"]}
    repeat = await alpha.post("/v1/handovers", json=body, headers={"Idempotency-Key": "1"})
    assert repeat.json() == found
    again = (await alpha.post("/v1/handovers", json=body, headers={"Idempotency-Key": "2"})).json()
    assert [one["id"] for one in again["handovers"]] == [made["id"]]
    assert [one["state"] for one in again["results"]] == ["already", "already", "refused", "refused"]
    assert (await alpha.get(f"/v1/handovers/{made['id']}")).json() == made
    sheet = await alpha.get(f"/v1/handovers/{made['id']}/sheet")
    assert sheet.headers["content-type"] == "application/pdf"
    assert numbers[0] in text_of(sheet.content)
    for path in ("", "/sheet"):
        foreign = await beta.get(f"/v1/handovers/{made['id']}{path}")
        unknown = await beta.get(f"/v1/handovers/hnd_unknown{path}")
        assert (foreign.status_code, foreign.content) == (404, unknown.content)


@pytest.mark.parametrize(
    "only",
    [[], [""], ["x" * 200], ["1"] * 1001, "1-1", [1]],
    ids=["none", "empty", "long", "many", "text", "no text"],
)
async def test_a_list_is_bounded_and_typed(
    alpha: httpx.AsyncClient, numbers: list[str], only: object
) -> None:
    answer = await alpha.post("/v1/handovers", json={"only": only}, headers={"Idempotency-Key": "1"})
    assert answer.status_code in (400, 422), answer.text
    assert (await alpha.get("/v1/handovers")).json()["items"] == []


async def test_a_refused_one_has_no_sheet(alpha: httpx.AsyncClient, hub: App, numbers: list[str]) -> None:
    done = await alpha.post("/v1/handovers", json={}, headers={"Idempotency-Key": "1"})
    (made,) = done.json()["handovers"]
    (row,) = rows.handovers.all(hub.store.reader, "")
    refused = msgspec.structs.replace(row, state="refused", reason="the office is closed")
    await hub.store.write(lambda tx: rows.handovers.save(tx, refused))
    answer = await alpha.get(f"/v1/handovers/{made['id']}/sheet")
    assert (answer.status_code, answer.json()["code"]) == (409, "handover_refused")
