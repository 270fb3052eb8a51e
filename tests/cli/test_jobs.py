"""``hub jobs``: the queue in plain words, and taking up again what was given up."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hub.flow.opening import open_app
from tests.cli.conftest import Run
from tests.web.queued import fill_queue
from tests.web.seed import Seeded


@pytest.fixture
def queued(home: Path, seeded: dict[str, Seeded]) -> dict[str, str]:
    async def fill() -> dict[str, str]:
        app = open_app(home)
        try:
            return fill_queue(app, seeded["alpha"])
        finally:
            await app.aclose()

    return asyncio.run(fill())


def _keys(run: Run, *arguments: str) -> list[str]:
    return [one["key"] for one in run("jobs", *arguments, "--json").json["items"]]


def test_what_runs_comes_first_then_what_was_given_up(run: Run, queued: dict[str, str]) -> None:
    order = ["silent", "running", "dead", "due", "waiting"]
    assert _keys(run) == [queued[state] for state in order]


def test_who_does_it_and_why_it_was_given_up(
    run: Run, queued: dict[str, str], seeded: dict[str, Seeded]
) -> None:
    views = {one["key"]: one for one in run("jobs", "--json").json["items"]}
    number = seeded["alpha"].posting.number
    dead = views[queued["dead"]]
    assert (dead["state"], dead["tries"], dead["posting_number"]) == ("dead", 3, number)
    assert dead["deadline"].startswith("2026-")
    assert views[queued["running"]]["worker"] == "wrk-7"
    assert views[queued["running"]]["started_at"] is not None
    assert dead["started_at"] is None
    assert views[queued["running"]]["silent"] is False
    assert views[queued["silent"]]["silent"] is True
    assert views[queued["waiting"]]["posting_number"] == number, "a shipment's work names its posting"
    plain = run("--lang", "en", "jobs").out
    assert plain.splitlines()[-1] == f"hub jobs retry {queued['dead']}"
    for words in ("wrk-7", "no answer came in time", number, "the worker went silent", "shop"):
        assert words in plain


def test_filters(run: Run, queued: dict[str, str], seeded: dict[str, Seeded]) -> None:
    for state in ("due", "waiting", "dead"):
        assert _keys(run, "--state", state) == [queued[state]]
    assert _keys(run, "--kind", "sync") == [queued["running"]]
    assert len(_keys(run, "--account", seeded["alpha"].account)) == 5
    assert _keys(run, "--account", seeded["beta"].account) == []
    assert run("jobs", "--account", "nobody").code == 1
    assert run("jobs", "--state", "tired").code == 2


def test_pages(run: Run, queued: dict[str, str]) -> None:
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = run("jobs", "--limit", "2", "--cursor", cursor, "--json").json
        seen += [one["key"] for one in page["items"]]
        cursor = page["next"]
    assert cursor == ""
    assert sorted(seen) == sorted(queued.values())


def test_dead_work_is_taken_up_again_and_its_problem_is_answered(
    run: Run, queued: dict[str, str], seeded: dict[str, Seeded]
) -> None:
    number = seeded["alpha"].posting.number
    before = run("show", number, "--json").json
    assert "work_stopped" in {one["kind"] for one in before["problems"] if one["state"] == "open"}
    view = run("jobs", "retry", queued["dead"], "--json").json
    assert (view["state"], view["tries"]) == ("due", 0)
    assert _keys(run, "--state", "dead") == []
    after = run("show", number, "--json").json
    assert {one["kind"] for one in after["problems"] if one["state"] == "open"} == {"no_weight"}
    assert after["posting"]["problems"] == max(0, before["posting"]["problems"] - 1)
    told = after["history"][-1]
    assert (told["kind"], told["data"]["answer"]) == ("problem.answered", "retry")
    assert told["actor"].startswith("cli")


@pytest.mark.parametrize("state", ["running", "waiting", "due"])
def test_what_is_not_dead_goes_on_by_itself(run: Run, queued: dict[str, str], state: str) -> None:
    ended = run("--lang", "en", "jobs", "retry", queued[state])
    assert ended.code == 1
    assert "by itself" in ended.err
    assert run("jobs", "retry", "advance:nothing").code == 1


def test_an_empty_queue(run: Run) -> None:
    assert "nothing was given up" in run("--lang", "en", "jobs").err
    assert run("--lang", "ru", "jobs").err.strip() == "Очередь пуста."
