"""What 0.1.0 and the versions round it leave behind: opened, migrated, and gone on with; see
tests/fixtures."""

from __future__ import annotations

import os
import zipfile
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from hub.flow import answering, reading
from hub.flow.history.problem_views import ProblemView
from hub.plugin_api.models import Posting
from hub.store import counter, rows
from hub.store.condition import looked_at
from hub.store.migrations.running import migrate
from hub.store.schema import VERSION

from .desk import Books, Desk, DeskClock, Lookup, Order, desk

HOMES = Path(__file__).parents[1] / "fixtures" / "homes"
NAMES = ("schema-5", "0.1.0", "schema-7")
STAGES = {
    "1": "assembled",
    "3": "handed_over",
    "4": "in_transit",
    "5": "delivered",
    "6": "returned",
    "7": "assembled",
    "8": "labelled",
}
ON_THEIR_WAY = ("12", "13", "14", "15", "16")
"""Bookings that were under way: an answer lost, never sent, sending, accepted, planned."""


class _Kept(msgspec.Struct):
    """What the vendors knew."""

    now: datetime
    orders: list[Order]
    sends: list[str]
    postings: dict[str, Posting]
    told: dict[str, list[str]]


def _unpack(name: str, home: Path) -> tuple[Books, DeskClock]:
    with zipfile.ZipFile(HOMES / f"{name}.zip") as file:
        file.extractall(home)
    os.chmod(home / "hub.key", 0o600)
    kept = msgspec.json.decode((home / "books.json").read_bytes(), type=_Kept)
    clock = DeskClock(kept.now)
    books = Books(clock)
    books.orders, books.sends, books.postings, books.told = (
        kept.orders,
        kept.sends,
        kept.postings,
        kept.told,
    )
    return books, clock


def _migrate(home: Path, clock: DeskClock) -> counter.Doubt | None:
    """Returns the doubt that it was in before."""
    with looked_at(home / "hub.sqlite") as before:
        doubted = counter.doubt(before)
    migrate(home / "hub.sqlite", clock.now())
    return doubted


def _orders_of(at: Desk, number: str) -> list[str]:
    """The live orders of a posting in the courier's book, under whatever reference they were sent."""
    shipments = rows.shipments.all(at.app.store.reader, "WHERE posting_id = ?", (at.view(number).id,))
    references = {shipment.reference for shipment in shipments}
    return [order.number for order in at.books.live() if order.reference in references]


def _problems(at: Desk) -> list[ProblemView]:
    return list(reading.problems(at.app, seller="shop").items)


@pytest.mark.parametrize("name", NAMES)
async def test_it_is_opened_migrated_and_sound(tmp_path: Path, name: str) -> None:
    books, clock = _unpack(name, tmp_path)
    # 0.1.0 knew no doubt; a home of later was born in one.
    doubted = _migrate(tmp_path, clock)
    assert (doubted and doubted.reason) == ("new" if name == "schema-7" else None)
    toml = (tmp_path / "plugins.toml").read_text(encoding="utf-8")
    async with desk(tmp_path, Lookup, books=books, clock=clock, toml=toml) as at:
        reader = at.app.store.reader
        assert reader.execute("PRAGMA user_version").fetchone()[0] == VERSION
        assert reader.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert reader.execute("PRAGMA foreign_key_check").fetchone() is None
        assert counter.doubt(reader) == doubted  # an update is no loss
        assert {number: at.view(number).stage for number in STAGES} == STAGES
        assert len(rows.postings.all(reader, "")) == 16
        assert {one.warehouse for one in rows.postings.all(reader, "")} == {"main"}
        assert [one.slug for one in rows.warehouses.all(reader, "")] == ["main"]
        assert {one.warehouse for one in rows.handovers.all(reader, "")} <= {"main"}
        for table in (
            rows.operations,
            rows.shipments,
            rows.documents,
            rows.problems,
            rows.history,
            rows.jobs,
        ):
            assert table.all(reader, "")  # each row can be read
    async with desk(tmp_path, Lookup, books=books, clock=clock, toml=toml) as at:
        assert counter.doubt(at.app.store.reader) == doubted


@pytest.mark.parametrize("name", NAMES)
async def test_the_worker_goes_on_and_nothing_is_paid_for_twice(tmp_path: Path, name: str) -> None:
    books, clock = _unpack(name, tmp_path)
    toml = (tmp_path / "plugins.toml").read_text(encoding="utf-8")
    _migrate(tmp_path, clock)
    sent = len(books.sends)
    async with desk(tmp_path, Lookup, books=books, clock=clock, toml=toml) as at:
        await at.pass_time(2 * 3600)
        # Before 0.1.0 a request left another mark: whether it is the same one nobody can say, so a person
        # is asked.
        asked = {"13"} if name == "schema-5" else set[str]()
        for number in ON_THEIR_WAY:
            stage = "assembled" if number in asked else "labelled"
            assert (number, at.view(number).stage) == (number, stage)
        # the one that never arrived, and the one that was planned
        assert len(books.sends) == sent + 2 - len(asked)
        # 0.1.0 sent this one twice, and the first one took effect late: it is told.
        assert len(_orders_of(at, "11")) == 2
        assert set(at.problems()) >= {"booked_twice", "operation_unknown", "carrier_refused"}

        waiting = [one for one in _problems(at) if one.kind == "operation_unknown"]
        assert {one.posting_number for one in waiting} == {"10", *asked}
        for one in waiting:
            await answering.answer(at.app, one.id, "it_does_not_exist", {}, "test")
        await at.answer("carrier_refused", "retry")
        for number in ("1", "2", "7"):
            await at.ship(at.view(number).id)
        await at.pass_time(3600)
        for number in ("1", "2", "7", "9", "10"):
            assert (number, at.view(number).stage) == (number, "labelled")
        for number in map(str, range(1, 17)):
            assert len(_orders_of(at, number)) == (2 if number == "11" else 1), number
        assert {at.view(number).stage for number in ("5", "6")} == {"delivered", "returned"}


def test_they_stay_small() -> None:
    assert all((HOMES / f"{name}.zip").stat().st_size < 300_000 for name in NAMES)
