"""``GET /v1/health``: a word for everybody, what is wrong for the operator; cheap, and without secrets."""

from __future__ import annotations

import time

import httpx
import pytest

from hub.flow.app import App
from hub.flow.health import health
from hub.store import condition
from tests.web.queued import fill_queue
from tests.web.seed import Seeded
from tests.web.waiting import let_wait


async def test_the_operator_sees_what_is_wrong_and_what_to_do(
    hub: App, operator: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    let_wait(hub, seeded["alpha"])
    fill_queue(hub, seeded["alpha"])
    answer = (await operator.get("/v1/health")).json()
    found = {one["code"]: one for one in answer["checks"]}
    assert answer["level"] == "problem"
    assert answer["status"] == "ok", "nothing is late: a probe must not restart the hub for what waits"
    assert {"key_ok", "plugins_ok", "writing_ok", "disk_ok", "work_dead", "incidents"} <= set(found)
    assert "hub incidents" in found["incidents"]["advice"]
    assert answer["left_out"] == ["database", "clock"]
    assert not {"database", "clock"} & {one["check"] for one in answer["checks"]}
    russian = (await operator.get("/v1/health?lang=ru")).json()
    assert "деньгах" in next(one["text"] for one in russian["checks"] if one["code"] == "incidents")
    assert (await operator.get("/v1/health?lang=de")).status_code == 400


async def test_everybody_else_sees_a_word(
    hub: App, alpha: httpx.AsyncClient, nobody: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    let_wait(hub, seeded["beta"])
    for client in (alpha, nobody):
        assert (await client.get("/v1/health")).json() == {"status": "ok"}


async def test_the_figures_hold_no_times(hub: App, operator: httpx.AsyncClient) -> None:
    condition.note_backup(hub.store.path, hub.clock.now())
    answer = (await operator.get("/v1/health")).json()
    assert answer["counters"] == {}
    assert "backup_ok" in {one["code"] for one in answer["checks"]}


async def test_a_check_that_fails_hides_no_other(
    hub: App, operator: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_: object) -> dict[str, str | int]:
        raise TimeoutError

    monkeypatch.setattr(condition, "writer_pragmas", never)
    (hub.home / "hub.key").unlink()
    found = {one["code"] for one in (await operator.get("/v1/health")).json()["checks"]}
    assert {"writing_locked", "key_unusable", "queue_ok"} <= found


async def test_it_is_cheap(hub: App, seeded: dict[str, Seeded]) -> None:
    await health.health(hub, "en")
    begun = time.thread_time()
    for _ in range(20):
        await health.health(hub, "en")
    assert (time.thread_time() - begun) / 20 < 0.02, "seconds of CPU for one call"
