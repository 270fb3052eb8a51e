"""``GET /v1/health``: a word for everybody, what is wrong for the operator; cheap, and without secrets."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import httpx
import jsonschema_rs
import pytest

from hub.flow.app import App
from hub.flow.health import health, readiness
from hub.plugin_api.errors import StoreError
from hub.store import Safety, Transaction, condition, jumps, queue, rows
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
    assert "hub problems --money" in found["incidents"]["advice"]
    assert answer["left_out"] == ["database", "vendor_clock"]
    assert not {"database", "vendor_clock"} & {one["check"] for one in answer["checks"]}
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
    async def never(_: object) -> Safety:
        raise TimeoutError

    monkeypatch.setattr(type(hub.store), "safety", never)
    (hub.home / "hub.key").unlink()
    found = {one["code"] for one in (await operator.get("/v1/health")).json()["checks"]}
    assert {"writing_locked", "key_unusable", "queue_ok"} <= found


async def test_it_is_cheap(hub: App, seeded: dict[str, Seeded]) -> None:
    await health.health(hub, "en")
    begun = time.thread_time()
    for _ in range(20):
        await health.health(hub, "en")
    assert (time.thread_time() - begun) / 20 < 0.02, "seconds of CPU for one call"


# --- ready or not -----------------------------------------------------------------------------------------


async def _word(client: httpx.AsyncClient) -> tuple[int, dict[str, object]]:
    answer = await client.get("/v1/health")
    return answer.status_code, answer.json()


async def test_a_disk_that_takes_nothing_is_no_readiness_and_no_death(
    hub: App, operator: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    def limit(tx: Transaction) -> None:
        tx.execute(f"PRAGMA max_page_count={tx.execute('PRAGMA page_count').fetchone()[0]}")

    def much(tx: Transaction) -> None:
        tx.execute("INSERT INTO files VALUES ('f', 'x', ?, 0)", (b"x" * 1_000_000,))

    hub.store.write_now(limit)
    with pytest.raises(StoreError):
        hub.store.write_now(much)
    assert await _word(nobody) == (503, {"status": "failing", "reasons": ["cannot_write"]})
    answer = await operator.get("/v1/health")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    found = {one["code"]: one for one in answer.json()["checks"]}
    assert "full" in found["writing_refused"]["text"]
    assert (await nobody.get("/v1/health/live")).json() == {"status": "ok"}
    hub.store.write_now(lambda tx: tx.execute(f"PRAGMA max_page_count={1 << 30}").fetchone())
    hub.store.write_now(much)
    assert await _word(nobody) == (200, {"status": "ok"})


async def test_little_room_is_no_readiness(
    hub: App, nobody: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(hub.store), "free", lambda _: readiness.DISK_FULL - 1)
    assert await _word(nobody) == (503, {"status": "failing", "reasons": ["disk_full"]})
    monkeypatch.setattr(type(hub.store), "free", lambda _: readiness.DISK_FULL)
    assert (await _word(nobody))[0] == 200


@pytest.mark.parametrize("how", ["dead", "stuck"])
async def test_intake_that_stands_still_is_no_readiness(
    hub: App, operator: httpx.AsyncClient, nobody: httpx.AsyncClient, seeded: dict[str, Seeded], how: str
) -> None:
    now = hub.clock.now()
    accounts = [one for row in seeded for one in hub.source_accounts(hub.seller(row))]
    assert len(accounts) > 1

    def write(tx: Transaction, some: list[rows.AccountRow]) -> None:
        for one in some:
            work = queue.Work(
                kind="sync",
                subject=one.id,
                seller=one.seller,
                account=one.id,
                run_at=now + timedelta(hours=1),
            )
            queue.enqueue(tx, work, now=now)
            state = "state = 'dead'" if how == "dead" else "stuck = 1"
            tx.execute(
                f"UPDATE jobs SET {state}, attempts = 40, reason = 'down' WHERE subject = ?", (one.id,)
            )

    hub.store.write_now(lambda tx: write(tx, accounts[:1]))
    assert (await _word(nobody))[0] == 200, "one of several: red for the operator, the others work"
    view = (await operator.get("/v1/health")).json()
    assert view["level"] == "problem"
    hub.store.write_now(lambda tx: write(tx, accounts[1:]))
    assert await _word(nobody) == (503, {"status": "failing", "reasons": ["intake_stopped"]})


async def test_a_worker_that_is_not_heard_of_and_a_clock_that_went_back(
    hub: App, operator: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    now = hub.clock.now()

    def seen(ago: float) -> None:
        hub.store.write_now(lambda tx: condition.note(tx, jumps.SEEN, now - timedelta(seconds=ago)))

    seen(250)
    assert (await _word(nobody))[0] == 200
    seen(400)
    assert await _word(nobody) == (503, {"status": "stalled", "reasons": ["no_worker"]})
    seen(-172_800)
    assert await _word(nobody) == (503, {"status": "failing", "reasons": ["clock_behind"]})
    found = {one["code"]: one for one in (await operator.get("/v1/health")).json()["checks"]}
    assert "went back" in found["clock_behind"]["text"]


async def test_due_work_that_nobody_does(hub: App, nobody: httpx.AsyncClient) -> None:
    now = hub.clock.now()

    def due(ago: float) -> None:
        run_at = now - timedelta(seconds=ago)
        work = queue.Work(kind="advance", subject="x", seller="alpha", account="", run_at=run_at)
        hub.store.write_now(lambda tx: queue.enqueue(tx, work, now=now))

    due(250)
    assert (await _word(nobody))[0] == 200
    due(400)
    assert await _word(nobody) == (503, {"status": "stalled", "reasons": ["work_late"]})


async def test_it_says_which_process_works(hub: App, operator: httpx.AsyncClient) -> None:
    now = hub.clock.now()
    owner = queue.new_owner()
    await hub.store.write(
        lambda tx: queue.hold_lease(tx, "worker", owner, now=now, until=now + timedelta(seconds=10))
    )
    found = {one["code"]: one for one in (await operator.get("/v1/health")).json()["checks"]}
    assert found["worker_alive"]["data"]["process"] == str(os.getpid())
    assert found["worker_alive"]["data"]["host"]


async def test_every_answer_is_of_the_one_schema(
    hub: App, operator: httpx.AsyncClient, nobody: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    document = (await nobody.get("/schema")).json()
    responses = document["paths"]["/v1/health"]["get"]["responses"]
    schemas = {"components": document["components"]}
    hub.store.write_now(lambda tx: condition.note(tx, jumps.SEEN, hub.clock.now() - timedelta(hours=1)))
    for client in (operator, nobody):
        answer = await client.get("/v1/health")
        assert answer.status_code == 503
        for status in ("200", "503"):
            schema = responses[status]["content"]["application/json"]["schema"]
            assert set(schema) == {"$ref"}, "one shape, not one of several"
            jsonschema_rs.validator_for(schema | schemas).validate(answer.json())
