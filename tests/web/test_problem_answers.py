"""Problems about money over HTTP: what each answer does, who sees which, and the old paths until 0.3."""

from __future__ import annotations

import httpx
import pytest

from hub.flow.app import App
from hub.flow.problems.work import open_job_problem
from hub.store import Transaction, rows
from hub.store.queue import Work, enqueue
from tests.web.seed import NOON, Seeded
from tests.web.waiting import let_wait


@pytest.fixture
def mine(hub: App, seeded: dict[str, Seeded]) -> Seeded:
    for one in seeded.values():
        let_wait(hub, one)
    return seeded["alpha"]


async def test_it_says_what_it_is_about_what_is_at_stake_and_what_each_answer_does(
    alpha: httpx.AsyncClient, mine: Seeded
) -> None:
    (one,) = (await alpha.get("/v1/problems")).json()["items"]
    assert (one["subject_type"], one["subject_id"], one["operation_id"]) == (
        "operation",
        mine.operation,
        mine.operation,
    )
    assert (one["money"], one["amount"]) == (True, {"amount": "708.00", "currency": "RUB"})
    answers = {answer["code"]: answer for answer in one["answers"]}
    assert answers["it_does_not_exist"]["may_pay_twice"] is True
    assert "708.00 RUB" in answers["it_does_not_exist"]["effect"]
    assert answers["it_exists"]["parameters"] == ["carrier_id", "tracking_number"]
    assert f"hub problems answer {mine.problem} it_exists" in answers["it_exists"]["command"]


async def test_the_operator_sees_all_and_what_is_of_no_seller(
    operator: httpx.AsyncClient, alpha: httpx.AsyncClient, hub: App, mine: Seeded
) -> None:
    work = Work(kind="deadlines", subject="all", seller="", account="", run_at=NOON)

    def stop(tx: Transaction) -> None:
        enqueue(tx, work, now=NOON)
        row = rows.jobs.get(tx, work.key)
        assert row is not None
        open_job_problem(tx, row, "unavailable", now=NOON)

    before = (await operator.get("/v1/health")).json()["problems_open"]
    hub.store.write_now(stop)
    everybodys = (await operator.get("/v1/problems")).json()["items"]
    assert {one["seller"] for one in everybodys} == {"alpha", "beta", ""}
    assert {one["seller"] for one in (await operator.get("/v1/incidents")).json()["items"]} == {
        "alpha",
        "beta",
        "",
    }
    assert (await operator.get("/v1/health")).json()["problems_open"] == before + 1
    seen: list[str] = []
    cursor = ""
    for _ in everybodys:
        page = (await operator.get("/v1/problems", params={"limit": 1, "cursor": cursor})).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert (seen, cursor) == ([one["id"] for one in everybodys], "")
    named = (await operator.get("/v1/problems?seller=beta")).json()["items"]
    assert {one["seller"] for one in named} == {"beta"}
    assert {one["seller"] for one in (await alpha.get("/v1/problems")).json()["items"]} == {"alpha"}


async def test_only_where_money_is_at_stake(alpha: httpx.AsyncClient, hub: App, mine: Seeded) -> None:
    def write(tx: Transaction) -> None:
        row = rows.problems.get(tx, mine.problem)
        assert row is not None
        tx.execute(
            "INSERT INTO problems (id, seller, posting_id, account, operation_id, kind, data, state, answer, "
            "created_at, subject_type, subject_id) VALUES ('prb_x', 'alpha', ?, ?, '', 'unknown_status', "
            "'{}', 'open', '', 1, 'posting', ?)",
            (row.posting_id, row.account, row.posting_id),
        )

    hub.store.write_now(write)
    assert len((await alpha.get("/v1/problems")).json()["items"]) == 2
    (one,) = (await alpha.get("/v1/problems?money=true")).json()["items"]
    assert one["id"] == mine.problem


async def test_an_operation_is_resolved_by_its_problem(alpha: httpx.AsyncClient, mine: Seeded) -> None:
    path = f"/v1/problems/{mine.problem}/answer"
    numbers = {"carrier_id": "C-1", "tracking_number": "TRK-9"}
    body = {"answer": "it_exists", "parameters": numbers, "note": "seen in the cabinet"}
    first = await alpha.post(path, json=body, headers={"Idempotency-Key": "one"})
    assert (first.status_code, first.json()["state"]) == (200, "answered"), first.text
    details = (await alpha.get(f"/v1/postings/{mine.posting.id}")).json()
    (operation,) = [one for one in details["operations"] if one["id"] == mine.operation]
    assert operation["state"] == "accepted"
    told = {one["kind"]: one for one in details["history"]}
    assert told["operation.resolved"]["data"]["note"] == "seen in the cabinet"
    assert "seen in the cabinet" in told["problem.answered"]["text"]
    assert (await alpha.get("/v1/problems")).json()["items"] == []


async def test_the_old_paths_say_that_they_go(
    alpha: httpx.AsyncClient, operator: httpx.AsyncClient, mine: Seeded
) -> None:
    listed = await alpha.get("/v1/incidents")
    resolved = await alpha.post(
        f"/v1/operations/{mine.operation}/resolve",
        json={"answer": "it_exists", "carrier_id": "C-1"},
        headers={"Idempotency-Key": "one"},
    )
    for answer in (listed, resolved):
        assert answer.is_success
        assert answer.headers["Deprecation"] == "@1795910400"
        assert answer.headers["Link"] == '</v1/problems>; rel="successor-version"'
    assert "Deprecation" not in (await alpha.get("/v1/problems")).headers
    paths = (await operator.get("/schema/openapi.json")).json()["paths"]
    assert paths["/v1/incidents"]["get"]["deprecated"] is True
    assert paths["/v1/operations/{operation_id}/resolve"]["post"]["deprecated"] is True
    assert not paths["/v1/problems"]["get"].get("deprecated")
