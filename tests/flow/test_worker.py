"""The worker tells the plugins when it begins and ends; dead work reaches a person, and can be revived."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hub import hookimpl
from hub.flow import alarms, orders, reading
from hub.flow.app import App
from hub.flow.documents import labelling
from hub.flow.intake import postings as intake
from hub.jobs import worker
from hub.jobs.worker import Worker
from hub.plugin_api.errors import Unsupported
from hub.plugins.loader import load_plugins
from hub.store import Transaction, rows

from .desk import Lookup, Market, desk


class _Listener:
    """A plugin that wants to know."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    @hookimpl
    def startup(self) -> None:
        self.heard.append("startup")

    @hookimpl
    def shutdown(self) -> None:
        self.heard.append("shutdown")


class _Breaking:
    @hookimpl
    def startup(self) -> None:
        raise RuntimeError("not today")


async def test_plugins_hear_of_the_beginning_and_the_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    listener = _Listener()
    async with desk(tmp_path) as at:
        at.app.registry = load_plugins([], extra={"breaking": _Breaking(), "listener": listener})
        stop = asyncio.Event()
        stop.set()
        await Worker(at.app).run(stop)
    assert listener.heard == ["startup", "shutdown"]
    assert "plugin breaking failed in startup" in caplog.text


async def test_work_that_never_succeeds_reaches_a_person_and_can_be_revived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [True]
    work = labelling.run

    async def run(app: App, subject: str) -> datetime | None:
        if broken[0]:
            raise Unsupported("the printer's contract ended")
        return await work(app, subject)

    monkeypatch.setattr(labelling, "run", run)
    async with desk(tmp_path, Lookup) as at:
        postings = [await at.order(number) for number in ("1-1", "2-1", "3-1")]
        for posting in postings:
            await at.ship(posting)
        await at.pass_time(20 * 3600, news=False)
        job = rows.jobs.first(at.app.store.reader, "WHERE kind = 'labels'")
        assert job is not None
        assert job.state == "dead"
        (told,) = reading.problems(at.app, seller="shop").items
        assert told.kind == "work_stopped", "one question, however many postings wait for their labels"
        assert "the printer's contract ended" in told.data["reason"]
        assert told.data["numbers"] == ["1-1", "2-1", "3-1"]
        assert [at.view(one).problems for one in postings] == [1, 1, 1]
        assert orders.settled(at.app, postings), "nobody waits for such a label"
        broken[0] = False
        await at.answer("work_stopped", "retry")
        await at.pass_time()
        assert [(at.view(one).stage, at.view(one).problems) for one in postings] == [("labelled", 0)] * 3
        assert not at.problems()


async def test_a_dead_follow_up_is_told_on_its_posting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def posting(self: Market, number: str) -> bytes:
        raise Unsupported("this market reads no single posting")

    async with desk(tmp_path, Lookup) as at:
        wanted = await at.order(recipient_complete=False)
        with monkeypatch.context() as patch:
            patch.setattr(Market, "posting", posting)
            await at.ship(wanted)
            await at.pass_time(20 * 3600, news=False)
        problem = at.problems()["work_stopped"]
        assert "no single posting" in problem.data["reason"]
        await at.answer("work_stopped", "retry")
        await at.pass_time()
        assert at.view(wanted).stage == "labelled"
        assert len(at.books.live()) == 1


async def test_what_ends_while_another_end_is_committed_is_given_back_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed = asyncio.Event()
    second: set[asyncio.Task[Any]] = set()

    async def ends_first(app: App, subject: str) -> datetime | None:
        return app.clock.now() + timedelta(days=1)

    async def ends_second(app: App, subject: str) -> datetime | None:
        task = asyncio.current_task()
        assert task is not None
        second.add(task)
        await committed.wait()
        return app.clock.now() + timedelta(days=1)

    monkeypatch.setattr(alarms, "run", ends_first)
    monkeypatch.setattr(intake, "run", ends_second)
    monkeypatch.setattr(worker, "_LOOK", 3600.0)  # a wake-up that is lost would be noticed after an hour
    async with desk(tmp_path, Lookup) as at:
        write = at.app.store.write

        async def slow(work: Callable[[Transaction], Any]) -> Any:
            result = await write(work)
            if second:
                committed.set()
                await asyncio.wait(second)
            return result

        monkeypatch.setattr(at.app.store, "write", slow)
        async with asyncio.timeout(60):
            await Worker(at.app).run_until_idle(3600)
        (job,) = rows.jobs.all(at.app.store.reader, "WHERE kind = 'sync'")
        assert job.state == "waiting", "for its next time"
