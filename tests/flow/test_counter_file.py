"""The counter beside the database is never behind what left, and a database behind it is in doubt."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hub.jobs.worker import Worker
from hub.plugin_api.models import Booking, BookRequest
from hub.store import counter

from .desk import Lookup, Nothing, desk


class _Watchful(Lookup):
    """It looks, whenever a booking comes in, whether the file beside the database has counted it."""

    home: Path
    seen: list[tuple[int, int]]

    async def book(self, request: BookRequest) -> Booking:
        file = counter.read(counter.path_of(self.home / "hub.sqlite"))
        assert file is not None
        # Not what the database has: a commit whose requests have not left may be ahead of the file.
        self.seen.append((file.sends, len(self.seen) + 1))
        return await super().book(request)


async def test_the_file_is_never_behind_what_left(tmp_path: Path) -> None:
    _Watchful.home, _Watchful.seen = tmp_path, []
    async with desk(tmp_path, _Watchful) as at:
        for number in map(str, range(20)):
            await at.ship(await at.order(number))
        await at.pass_time()
        assert len(at.books.live()) == 20
    assert len(_Watchful.seen) == 20
    assert all(file >= left for file, left in _Watchful.seen)


async def test_what_cannot_be_counted_is_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    async with desk(tmp_path, Nothing) as at:
        posting = await at.order("1")
        with monkeypatch.context() as patched:
            patched.setattr(counter.CounterFile, "write", full)
            await at.ship(posting)
            await Worker(at.app).run_until_idle(1)
            assert not at.books.sends
    assert counter.path_of(tmp_path / "hub.sqlite").exists()


async def test_a_crash_before_the_file_was_written_puts_nothing_in_doubt(tmp_path: Path) -> None:
    """What was committed and not counted has not left."""
    async with desk(tmp_path) as at:
        await at.ship(await at.order("1"))
        await at.pass_time()
        with closing(sqlite3.connect(tmp_path / "hub.sqlite")) as database, database:
            counter.add(database)
    async with desk(tmp_path, books=at.books, clock=at.clock) as at:
        found = counter.doubt(at.app.store.reader)
        assert found is not None
        assert found.reason == "new"


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda content: content[:700] + b"\0" * 324, "new"),  # one line is cut short, the other one stands
        (lambda content: b"\0" * 324 + content[324:], "new"),
        (lambda content: b"", "copied"),
        (lambda content: content[:40], "copied"),
        (lambda content: b"?" * 1024, "copied"),
        (lambda content: content.replace(b"counter-1", b"counter-2"), "copied"),
    ],
)
async def test_a_counter_that_cannot_be_read_is_a_missing_one(
    tmp_path: Path, harm: Callable[[bytes], bytes], reason: str
) -> None:
    async with desk(tmp_path) as at:
        await at.order("1")
    path = counter.path_of(tmp_path / "hub.sqlite")
    path.write_bytes(harm(path.read_bytes()))
    async with desk(tmp_path, books=at.books, clock=at.clock) as at:
        found = counter.doubt(at.app.store.reader)
        assert found is not None
        assert found.reason == reason


async def test_a_file_that_was_taken_away_meanwhile_is_made_anew(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.ship(await at.order("1"))
        await at.pass_time()
        counter.path_of(tmp_path / "hub.sqlite").unlink()
        await at.ship(await at.order("2"))
        await at.pass_time()
        file = at.app.store.counter.read()
        assert file is not None
        assert (file.identity, file.sends, None, 0) == counter.stored(at.app.store.reader)


@pytest.mark.skipif(os.name != "posix", reason="rights of files are told otherwise elsewhere")
async def test_it_is_nobody_elses_to_read(tmp_path: Path) -> None:
    async with desk(tmp_path):
        assert counter.path_of(tmp_path / "hub.sqlite").stat().st_mode & 0o077 == 0


async def test_a_database_of_before_the_counter_is_not_in_doubt(tmp_path: Path) -> None:
    """An update of the hub is no loss: what 0.1.0 has sent is in its database."""
    async with desk(tmp_path) as at:
        await at.ship(await at.order("1"))
        await at.pass_time()
    _forget_the_counter(tmp_path / "hub.sqlite")
    counter.path_of(tmp_path / "hub.sqlite").unlink()
    async with desk(tmp_path, books=at.books, clock=at.clock) as at:
        assert counter.doubt(at.app.store.reader) is None
        assert at.view("1").stage == "labelled"
    async with desk(tmp_path, books=at.books, clock=at.clock) as at:
        assert counter.doubt(at.app.store.reader) is None
    _forget_the_counter(tmp_path / "hub.sqlite")  # a copy of that time, put back later
    async with desk(tmp_path, books=at.books, clock=at.clock) as at:
        found = counter.doubt(at.app.store.reader)
        assert found is not None
        assert found.reason == "copied"


def _forget_the_counter(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM counters")
