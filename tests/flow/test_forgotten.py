"""A database that is new, lost, or put back by ``cp``: nothing is paid for twice all the same."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hub.flow import orders
from hub.flow.app import App
from hub.flow.health import checks
from hub.store import counter, rows
from hub.store.backup import backup

from .desk import Courier, Key, Lookup, Unique, desk
from .forgotten import (
    NUMBERS,
    TWO_COURIERS,
    WAYS,
    copy_back,
    copy_back_without_its_log,
    files,
    lose_all,
    lose_the_database,
    ship_again,
    shipped,
)


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("kind", [Lookup, Unique, Key])
@pytest.mark.parametrize("way", WAYS)
async def test_what_was_booked_is_not_booked_again(
    tmp_path: Path, way: Callable[[Path], None], kind: type[Courier], told: bool
) -> None:
    before = await shipped(tmp_path, kind, told=told)
    numbers = {order.number for order in before.books.live()}
    way(tmp_path)
    async with desk(tmp_path, kind, books=before.books, clock=before.clock) as at:
        await ship_again(at)
        assert {order.number for order in at.books.live()} == numbers
        if kind is not Key or not told:
            assert {at.view(number).tracking_number for number in NUMBERS} == numbers
            assert not at.problems()


@pytest.mark.parametrize(
    ("way", "reason"), [(lose_all, "new"), (lose_the_database, "lost"), (copy_back, "copied")]
)
async def test_it_is_told_why(tmp_path: Path, way: Callable[[Path], None], reason: str) -> None:
    before = await shipped(tmp_path, Lookup)
    way(tmp_path)
    async with desk(tmp_path, Lookup, books=before.books, clock=before.clock) as at:
        found = counter.doubt(at.app.store.reader)
        assert found is not None
        assert found.reason == reason
        assert found.time >= at.clock.now()
        assert [one.code for one in checks.restored(at.app.store.reader)] == [reason] * (reason != "new")
    async with desk(tmp_path, Lookup, books=before.books, clock=before.clock) as at:
        assert counter.doubt(at.app.store.reader) == found  # opened again, it is no worse


@pytest.mark.parametrize("way", [copy_back, copy_back_without_its_log])
async def test_what_is_declared_anew_on_opening_hides_no_copy(
    tmp_path: Path, way: Callable[[Path], None]
) -> None:
    """A new plugins.toml is written into the database before the two are compared."""
    before = await shipped(tmp_path, Lookup, told=False)
    way(tmp_path)
    async with desk(tmp_path, Lookup, books=before.books, clock=before.clock, toml=TWO_COURIERS) as at:
        found = counter.doubt(at.app.store.reader)
        assert found is not None
        assert found.reason in ("copied", "lost")


async def test_a_copy_that_has_forgotten_nothing_is_not_in_doubt(tmp_path: Path) -> None:
    before = await shipped(tmp_path, Lookup)
    shutil.copyfile(tmp_path / "hub.sqlite", tmp_path / "late.sqlite")
    (tmp_path / "hub.sqlite").unlink()
    shutil.copyfile(tmp_path / "late.sqlite", tmp_path / "hub.sqlite")
    async with desk(tmp_path, Lookup, books=before.books, clock=before.clock) as at:
        found = counter.doubt(at.app.store.reader)
        assert found is not None
        assert found.reason == "new"


async def test_a_booking_of_the_copy_is_asked_for_before_its_label_is_used(tmp_path: Path) -> None:
    """As after a restore: somebody may have cancelled it since the copy was made."""
    async with desk(tmp_path) as at:
        await at.ship(await at.order("1"))
        await at.pass_time()
        backup(tmp_path / "hub.sqlite", tmp_path / "early.sqlite")
        await orders.cancel(at.app, at.view("1").id, "wrong", "test")
        await at.pass_time()
        assert not at.books.live()
    copy_back(tmp_path)
    async with desk(tmp_path, books=at.books, clock=at.clock) as at:
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert shipment.state == "checking"
        assert [one.code for one in checks.restored(at.app.store.reader)] == ["copied_checking"]
        await at.pass_time()
        assert "booking_gone" in at.problems()
        assert len(at.books.sends) == 1


async def test_an_old_file_under_the_log_of_a_newer_one_is_a_copy(tmp_path: Path) -> None:
    """The hub was killed, so that its log lies there; then a copy is put in the place of the file before
    it."""
    async with desk(tmp_path) as at:
        for number in NUMBERS:
            await at.order(number)
        backup(tmp_path / "hub.sqlite", tmp_path / "early.sqlite")
        await at.ship(at.view("1").id)
        await at.pass_time()
        with closing(sqlite3.connect(tmp_path / "hub.sqlite")) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        await at.order("3")  # the log has this, and not what was booked
        killed = tmp_path / "killed"
        killed.mkdir()
        for path in files(tmp_path):
            shutil.copy2(path, killed / path.name)
    for path in files(tmp_path):
        path.unlink()
    for path in files(killed):
        shutil.move(path, tmp_path / path.name)
    copy_back(tmp_path)
    assert (tmp_path / "hub.sqlite-wal").stat().st_size
    async with desk(tmp_path, books=at.books, clock=at.clock) as at:
        found = counter.doubt(at.app.store.reader)
        assert found is not None
        assert found.reason == "copied"


async def test_a_hub_that_was_killed_is_in_no_doubt(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.ship(await at.order("1"))
        await at.pass_time()
        async with desk(tmp_path, books=at.books, clock=at.clock) as beside:  # the other one is at work
            found = counter.doubt(beside.app.store.reader)
            assert found is not None
            assert found.reason == "new"


async def test_a_hub_that_stops_leaves_no_log(tmp_path: Path) -> None:
    """So that a file which is put there with ``cp`` is all there is."""
    async with desk(tmp_path) as at:
        await at.ship(await at.order("1"))
        await at.pass_time()
    assert not (tmp_path / "hub.sqlite-wal").exists()


def test_every_hub_is_examined() -> None:
    """The check stands where every door opens the hub."""
    assert "examine" in App.__init__.__code__.co_names
