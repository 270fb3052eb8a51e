"""A database that is new, lost, or put back by ``cp``: nothing is paid for twice all the same."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import httpx
import msgspec
import pytest

from hub.flow import answering, orders, reading
from hub.flow.app import App
from hub.flow.health import checks, incidents
from hub.jobs.worker import Worker
from hub.plugin_api.errors import AuthFailed, ConfigError, Rejected
from hub.plugin_api.models import Booking, BookRequest, FoundShipment, Money, Parcel, Quote, QuoteRequest
from hub.plugin_api.settings import Account, Settings
from hub.store import counter, rows
from hub.store.backup import backup, restore

from .desk import START, TOML, Courier, Desk, Key, Lookup, Nothing, Unique, _CourierPlugin, desk
from .test_races import TWO, two

NUMBERS = ("1", "2")
LATER = timedelta(hours=2)
NEVER_ASKED_BEFORE = {"created_at": START - timedelta(days=1)}  # ordered before the hub was there


def _files(home: Path) -> list[Path]:
    return sorted(path for path in home.iterdir() if path.name.startswith("hub.sqlite"))


def _lose_all(home: Path) -> None:
    for path in _files(home):
        path.unlink()


def _lose_the_database(home: Path) -> None:
    for path in _files(home):
        if path.suffix != ".counter":
            path.unlink()


def _copy_back(home: Path) -> None:
    shutil.copyfile(home / "early.sqlite", home / "hub.sqlite")


def _copy_back_and_lose_the_counter(home: Path) -> None:
    _copy_back(home)
    counter.path_of(home / "hub.sqlite").unlink()


def _copy_back_with_its_log(home: Path) -> None:
    for ending in ("", "-wal"):
        shutil.copyfile(home / f"live.sqlite{ending}", home / f"hub.sqlite{ending}")


def _copy_back_without_its_log(home: Path) -> None:
    shutil.copyfile(home / "live.sqlite", home / "hub.sqlite")


def _restore_then_copy_back(home: Path) -> None:
    restore(home / "hub.sqlite", home / "early.sqlite", START + LATER)
    _copy_back(home)


def _copy_back_then_restore(home: Path) -> None:
    _copy_back(home)
    restore(home / "hub.sqlite", home / "early.sqlite", START + LATER)


def _restore_and_what_was_before_it(home: Path) -> None:
    """`hub restore`, and then the database that it put aside: the newest there is, and nothing is
    forgotten."""
    kept = restore(home / "hub.sqlite", home / "early.sqlite", START + LATER)
    assert kept is not None
    shutil.copyfile(kept, home / "hub.sqlite")


WAYS = (
    _lose_all,
    _lose_the_database,
    _copy_back,
    _copy_back_and_lose_the_counter,
    _copy_back_with_its_log,
    _copy_back_without_its_log,
    _restore_then_copy_back,
    _copy_back_then_restore,
    _restore_and_what_was_before_it,
)

_IN_NO_DOUBT = (_lose_all, _restore_and_what_was_before_it)
"""It looks new, or knows everything."""


async def _shipped(home: Path, kind: type[Courier], *, told: bool = True) -> Desk:
    """Postings are ordered; copies are made, one with ``cp`` while the hub runs; then they are booked."""
    async with desk(home, kind) as at:
        for number in NUMBERS:
            await at.order(number)
        for ending in ("", "-wal"):
            shutil.copyfile(home / f"hub.sqlite{ending}", home / f"live.sqlite{ending}")
        backup(home / "hub.sqlite", home / "early.sqlite")
        for number in NUMBERS:
            await at.ship(at.view(number).id)
        await at.pass_time()
        assert len(at.books.live()) == len(NUMBERS)
    if not told:
        for number in NUMBERS:
            known = at.books.postings[number]
            at.books.postings[number] = msgspec.structs.replace(known, tracking_number="")
    at.clock.advance(LATER.total_seconds())
    return at


async def _ship_again(at: Desk) -> None:
    await orders.sync(at.app, "shop", "test")
    for number in NUMBERS:
        await at.ship(at.view(number).id)
    await at.pass_time(3600)


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("kind", [Lookup, Unique, Key])
@pytest.mark.parametrize("way", WAYS)
async def test_what_was_booked_is_not_booked_again(
    tmp_path: Path, way: Callable[[Path], None], kind: type[Courier], told: bool
) -> None:
    before = await _shipped(tmp_path, kind, told=told)
    numbers = {order.number for order in before.books.live()}
    way(tmp_path)
    async with desk(tmp_path, kind, books=before.books, clock=before.clock) as at:
        await _ship_again(at)
        assert {order.number for order in at.books.live()} == numbers
        if kind is not Key or not told:
            assert {at.view(number).tracking_number for number in NUMBERS} == numbers
            assert not at.problems()


@pytest.mark.parametrize(
    ("way", "reason"), [(_lose_all, "new"), (_lose_the_database, "lost"), (_copy_back, "copied")]
)
async def test_it_is_told_why(tmp_path: Path, way: Callable[[Path], None], reason: str) -> None:
    before = await _shipped(tmp_path, Lookup)
    way(tmp_path)
    async with desk(tmp_path, Lookup, books=before.books, clock=before.clock) as at:
        found = counter.doubt(at.app.store.reader)
        assert found is not None
        assert found.reason == reason
        assert found.time >= at.clock.now()
        assert [one.code for one in checks.restored(at.app.store.reader)] == [reason] * (reason != "new")
    async with desk(tmp_path, Lookup, books=before.books, clock=before.clock) as at:
        assert counter.doubt(at.app.store.reader) == found  # opened again, it is no worse


_D = TOML + '[sellers.shop.accounts.d]\nplugin = "courier"\n'


@pytest.mark.parametrize("way", [_copy_back, _copy_back_without_its_log])
async def test_what_is_declared_anew_on_opening_hides_no_copy(
    tmp_path: Path, way: Callable[[Path], None]
) -> None:
    """A new plugins.toml is written into the database before the two are compared."""
    before = await _shipped(tmp_path, Lookup, told=False)
    way(tmp_path)
    async with desk(tmp_path, Lookup, books=before.books, clock=before.clock, toml=_D) as at:
        found = counter.doubt(at.app.store.reader)
        assert found is not None
        assert found.reason in ("copied", "lost")


async def test_a_copy_that_has_forgotten_nothing_is_not_in_doubt(tmp_path: Path) -> None:
    before = await _shipped(tmp_path, Lookup)
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
    _copy_back(tmp_path)
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
        for path in _files(tmp_path):
            shutil.copy2(path, killed / path.name)
    for path in _files(tmp_path):
        path.unlink()
    for path in _files(killed):
        shutil.move(path, tmp_path / path.name)
    _copy_back(tmp_path)
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


# --- the counter ------------------------------------------------------------------------------------------


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


# --- a hub that is new ------------------------------------------------------------------------------------


async def test_a_new_hub_looks_once_for_what_was_ordered_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    find = Lookup.find

    async def counted(self: Lookup, reference: str) -> object:
        looks.append(reference)
        return await find(self, reference)

    monkeypatch.setattr(Lookup, "find", counted)
    async with desk(tmp_path) as at:
        await at.ship(await at.order("1", **NEVER_ASKED_BEFORE))
        await at.ship(await at.order("2", created_at=START + timedelta(seconds=1)))
        await at.pass_time(0)  # at once: it does not wait for anything
        assert {at.view(number).stage for number in NUMBERS} == {"booked"}
        assert len(looks) == 1
        kinds = [entry.kind for entry in reading.posting_details(at.app, at.view("1").id).history]
        assert "shipment.unknown" not in kinds


class _Many(Lookup):
    """It answers for several references in one call; for some of them, it says nothing."""

    calls: list[int]
    alone: list[str]
    silent = False

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        self.alone.append(reference)
        return await super().find(reference)

    async def find_many(self, references: Sequence[str]) -> Mapping[str, Sequence[FoundShipment]]:
        self.calls.append(len(references))
        said = references[::2] if self.silent else references
        return {reference: await super(_Many, self).find(reference) for reference in said}


@pytest.mark.parametrize("silent", [False, True])
async def test_many_are_asked_for_in_one_call(
    tmp_path: Path, silent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Many, "silent", silent)
    numbers = [str(number) for number in range(12)]
    _Many.calls, _Many.alone = [], []
    async with desk(tmp_path, _Many) as at:
        for number in numbers:
            await at.ship(await at.order(number))
        await at.pass_time(1)
        assert len(at.books.live()) == 12
    _lose_all(tmp_path)
    at.clock.advance(LATER.total_seconds())
    _Many.calls, _Many.alone = [], []
    async with desk(tmp_path, _Many, books=at.books, clock=at.clock) as at:
        await orders.sync(at.app, "shop", "test")
        for number in numbers:
            await at.ship(at.view(number).id)
        await at.pass_time(1)
        assert len(at.books.sends) == len(at.books.live()) == 12
        assert {at.view(number).tracking_number for number in numbers} == {f"TRK{n}" for n in range(1, 13)}
        assert max(_Many.calls) > 1
        if not silent:
            assert len(_Many.calls) + len(_Many.alone) < 12, (_Many.calls, _Many.alone)


class _LeavesOut(Lookup):
    """Its next lists leave out what is there."""

    times: ClassVar[int]

    def _left_out(self) -> bool:
        _LeavesOut.times -= 1
        return _LeavesOut.times >= 0

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        return [] if self._left_out() else await super().find(reference)


class _LeavesOutMany(_LeavesOut):
    async def find_many(self, references: Sequence[str]) -> Mapping[str, Sequence[FoundShipment]]:
        left_out = self._left_out()
        return {one: [] if left_out else await Lookup.find(self, one) for one in references}


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("kind", [_LeavesOut, _LeavesOutMany])
@pytest.mark.parametrize("way", [way for way in WAYS if way not in _IN_NO_DOUBT])
async def test_a_list_that_leaves_an_order_out_is_no_proof(
    tmp_path: Path, way: Callable[[Path], None], kind: type[_LeavesOut], times: int
) -> None:
    """However long ago it was booked: an absence counts after three looks over the settle time."""
    _LeavesOut.times = 0
    before = await _shipped(tmp_path, kind, told=False)
    before.clock.advance(24 * 3600)
    way(tmp_path)
    async with desk(tmp_path, kind, books=before.books, clock=before.clock) as at:
        _LeavesOut.times = times
        await _ship_again(at)
        assert len(at.books.sends) == len(NUMBERS)
        assert {at.view(number).tracking_number for number in NUMBERS} == {"TRK1", "TRK2"}


async def test_a_hub_that_looks_new_hears_of_what_its_one_look_missed(tmp_path: Path) -> None:
    _LeavesOut.times = 0
    before = await _shipped(tmp_path, _LeavesOut, told=False)
    _lose_all(tmp_path)
    async with desk(tmp_path, _LeavesOut, books=before.books, clock=before.clock) as at:
        _LeavesOut.times = 1
        await _ship_again(at)
        assert len(at.books.sends) == len(NUMBERS) + 1
        assert at.problems().keys() == {"booked_twice"}


# --- a carrier that cannot be asked -----------------------------------------------------------------------


async def test_a_carrier_that_cannot_be_asked_is_one_question(tmp_path: Path) -> None:
    before = await _shipped(tmp_path, Nothing, told=False)
    _lose_all(tmp_path)
    async with desk(tmp_path, Nothing, books=before.books, clock=before.clock) as at:
        await _ship_again(at)
        await at.ship(await at.order("3", created_at=at.clock.now()))  # ordered after: it may go
        await at.pass_time()
        assert at.view("3").stage == "labelled"
        assert len(at.books.sends) == 3
        (one,) = incidents.incidents(at.app).items
        assert (one.kind, one.facts["count"], str(one.amount)) == ("booked_elsewhere", 2, "600.00 RUB")
        assert one.choices[0].may_pay_twice
        assert "2026-11-23 08:10 UTC" in one.text
        assert {at.view(number).problems for number in NUMBERS} == {1}

        for order in at.books.orders[:2]:
            order.live = False  # in truth nothing is booked
        await at.answer("booked_elsewhere", "nothing_was_booked")
        await at.ship(await at.order("4", **NEVER_ASKED_BEFORE))
        await at.pass_time()
        assert len(at.books.live()) == 4
        assert {at.view(number).stage for number in (*NUMBERS, "4")} == {"labelled"}
        assert not at.problems()


class _KeepsKeysForADay(Key):
    """A key that comes again after a day makes another order."""

    async def book(self, request: BookRequest) -> Booking:
        for order in self.books.orders:
            if self.books.clock.now() - order.at > timedelta(hours=24):
                order.reference += " (forgotten)"
        return await super().book(request)


@pytest.mark.parametrize("hours", [2, 30])
@pytest.mark.parametrize("way", [_lose_all, _lose_the_database, _copy_back, _restore_then_copy_back])
async def test_a_key_that_its_carrier_may_have_forgotten_is_one_question(
    tmp_path: Path, way: Callable[[Path], None], hours: int
) -> None:
    before = await _shipped(tmp_path, _KeepsKeysForADay, told=False)
    before.clock.advance(hours * 3600)
    way(tmp_path)
    async with desk(tmp_path, _KeepsKeysForADay, books=before.books, clock=before.clock) as at:
        await _ship_again(at)
        assert len(at.books.orders) == len(NUMBERS)
        if hours < 12:
            assert {at.view(number).tracking_number for number in NUMBERS} == {"TRK1", "TRK2"}
            return
        (one,) = incidents.incidents(at.app).items
        assert (one.kind, one.facts["count"]) == ("booked_elsewhere", 2)
        await at.answer("booked_elsewhere", "something_was_booked")
        await at.pass_time()
        assert [one.kind for one in incidents.incidents(at.app).items] == ["operation_unknown"] * 2
        assert len(at.books.orders) == len(NUMBERS)


async def test_a_key_that_a_person_found_nothing_for_is_sent(tmp_path: Path) -> None:
    async with desk(tmp_path, _KeepsKeysForADay) as at:
        await at.ship(await at.order("1", **NEVER_ASKED_BEFORE))
        await at.pass_time()
        assert not at.books.sends
        await at.answer("booked_elsewhere", "nothing_was_booked")
        await at.pass_time()
        assert at.view("1").stage == "labelled"


async def test_something_was_booked_makes_each_a_question(tmp_path: Path) -> None:
    before = await _shipped(tmp_path, Nothing, told=False)
    _lose_all(tmp_path)
    async with desk(tmp_path, Nothing, books=before.books, clock=before.clock) as at:
        await _ship_again(at)
        await at.answer("booked_elsewhere", "something_was_booked")
        await at.ship(await at.order("4", **NEVER_ASKED_BEFORE))
        await at.pass_time()
        assert len(at.books.sends) == 2
        found = incidents.incidents(at.app).items
        assert [one.kind for one in found] == ["operation_unknown"] * 3
        lost = next(one for one in found if one.posting_number == "1")
        assert lost.operation is not None
        await incidents.resolve(at.app, lost.operation.id, "it_exists", carrier_id="TRK1", actor="anna")
        await at.pass_time()
        assert at.view("1").stage == "labelled"
        assert len(at.books.sends) == 2


async def test_the_question_is_asked_again_after_the_next_loss(tmp_path: Path) -> None:
    async with desk(tmp_path, Nothing) as at:
        await at.ship(await at.order("1", **NEVER_ASKED_BEFORE))
        await at.pass_time()
        await at.answer("booked_elsewhere", "nothing_was_booked")
        backup(tmp_path / "hub.sqlite", tmp_path / "early.sqlite")
        await at.pass_time()
        assert len(at.books.live()) == 1
    _copy_back(tmp_path)
    async with desk(tmp_path, Nothing, books=at.books, clock=at.clock) as at:
        await at.pass_time()
        assert len(at.books.sends) == 1
        assert "booked_elsewhere" in at.problems()


# --- another account that cannot be asked ---------------------------------------------------------------


class _TwoAccounts(Lookup):
    """Its account d is in trouble."""

    trouble: ClassVar[str] = ""

    def __init__(self, settings: Settings, client: httpx.AsyncClient, account: Account) -> None:
        if account.name == "d" and self.trouble == "settings":
            raise ConfigError("its settings were sealed with another key")
        super().__init__(settings, client, account)

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        self._credentials()
        return await super().quote(request)

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        self._credentials()
        return await super().find(reference)

    def _credentials(self) -> None:
        if self.account.name == "d" and self.trouble == "credentials":
            raise AuthFailed("its key has expired")


@pytest.mark.parametrize("mended", [True, False])
@pytest.mark.parametrize("trouble", ["settings", "credentials"])
@pytest.mark.parametrize("way", [_lose_all, _copy_back])
async def test_an_account_in_trouble_is_one_question_and_costs_only_what_it_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: Callable[[Path], None], trouble: str, mended: bool
) -> None:
    before = await _shipped(tmp_path, _TwoAccounts, told=False)
    way(tmp_path)
    monkeypatch.setattr(_TwoAccounts, "trouble", trouble)
    async with desk(tmp_path, _TwoAccounts, books=before.books, clock=before.clock, toml=_D) as at:
        await at.ship(await at.order("3", **NEVER_ASKED_BEFORE))
        await at.ship(await at.order("4", created_at=at.clock.now() + timedelta(seconds=2)))
        await _ship_again(at)
        assert {at.view(number).tracking_number for number in NUMBERS} == {"TRK1", "TRK2"}
        assert at.view("4").stage == "labelled"
        assert len(at.books.sends) == 3
        (one,) = incidents.incidents(at.app).items
        assert (one.kind, one.facts["account"], one.facts["count"]) == ("booked_elsewhere", "d", 1)
        assert ("another key" if trouble == "settings" else "has expired") in one.text
        if mended:
            monkeypatch.setattr(_TwoAccounts, "trouble", "")
        else:
            await at.answer("booked_elsewhere", "nothing_was_booked")
        await at.pass_time(900)
        assert at.view("3").stage == "labelled"
        assert len(at.books.live()) == 4
        assert not at.problems()


async def test_what_a_person_found_at_an_account_in_trouble_is_a_question_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await _shipped(tmp_path, _TwoAccounts, told=False)
    _copy_back(tmp_path)
    monkeypatch.setattr(_TwoAccounts, "trouble", "settings")
    async with desk(tmp_path, _TwoAccounts, books=before.books, clock=before.clock, toml=_D) as at:
        await at.ship(await at.order("3", **NEVER_ASKED_BEFORE))
        await at.pass_time()
        await at.answer("booked_elsewhere", "something_was_booked")
        await at.pass_time()
        assert at.problems().keys() == {"operation_unknown"}
        assert len(at.books.sends) == 2


class _OtherOne(Nothing):
    code = "second"
    title = "Second"


@pytest.mark.parametrize("way", [_lose_all, _copy_back])
async def test_another_carrier_that_cannot_be_asked_is_a_question_after_a_loss(
    tmp_path: Path, way: Callable[[Path], None]
) -> None:
    """It may have the forgotten order. A hub that looks new has not booked with it."""
    before = await _shipped(tmp_path, Lookup, told=False)
    way(tmp_path)
    extra = two(Lookup) | {"second": _CourierPlugin(_OtherOne, 1)}
    async with desk(tmp_path, Lookup, books=before.books, clock=before.clock, toml=TWO, extra=extra) as at:
        await at.ship(await at.order("3", **NEVER_ASKED_BEFORE), carrier="courier")
        await at.pass_time()
        if way is _copy_back:
            assert at.problems()["booked_elsewhere"].data["carrier"] == "second"
            assert len(at.books.sends) == 2
            await at.answer("booked_elsewhere", "nothing_was_booked")
            await at.pass_time()
        assert len(at.books.live()) == 3
        assert not at.problems()


# --- a tracking number that is not ours -------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Lookup, Nothing])
async def test_a_number_that_is_not_ours_goes_to_a_person(tmp_path: Path, kind: type[Courier]) -> None:
    async with desk(tmp_path, kind) as at:
        posting = await at.order("1", tracking_number="EV72254264")
        await at.ship(posting)
        await at.pass_time()
        assert not at.books.sends
        assert not reading.posting_details(at.app, posting).quotes
        (one,) = incidents.incidents(at.app).items
        assert one.kind == "tracked_elsewhere"
        assert "EV72254264" in one.text
        await at.answer("tracked_elsewhere", "shipped_by_hand")
        await at.pass_time()
        assert not at.books.sends
        assert not at.problems()
        await at.ship(posting)  # by mistake: it is asked again
        await at.pass_time()
        assert "tracked_elsewhere" in at.problems()
        await at.answer("tracked_elsewhere", "book_anyway")
        await at.pass_time()
        assert len(at.books.live()) == 1
        assert at.books.told["1"] == ["TRK1"]


class _ByNumber(Courier):
    """It can be asked for the number of an order, and for nothing else."""

    async def booking(self, carrier_id: str) -> Booking:
        order = next((one for one in self.books.orders if one.number == carrier_id), None)
        if order is None:
            raise Rejected("no such order")
        return Booking(
            state="confirmed",
            carrier_id=order.number,
            tracking_number=order.number,
            price=order.price,
            reference=order.reference,
        )


class _KeyByNumber(_ByNumber, Key):
    pass


class _NothingByNumber(_ByNumber, Nothing):
    pass


@pytest.mark.parametrize("kind", [_KeyByNumber, _NothingByNumber])
@pytest.mark.parametrize("way", [_lose_all, _lose_the_database, _copy_back])
async def test_a_number_of_our_own_is_looked_up_and_adopted(
    tmp_path: Path, way: Callable[[Path], None], kind: type[Courier]
) -> None:
    before = await _shipped(tmp_path, kind)
    before.clock.advance(30 * 3600)
    way(tmp_path)
    async with desk(tmp_path, kind, books=before.books, clock=before.clock) as at:
        await _ship_again(at)
        assert {at.view(number).tracking_number for number in NUMBERS} == {"TRK1", "TRK2"}
        assert len(at.books.sends) == len(NUMBERS)
        assert {at.view(number).stage for number in NUMBERS} == {"labelled"}
        posting = await at.order("3", tracking_number="EV72254264", **NEVER_ASKED_BEFORE)
        await at.ship(posting)
        await at.order("4", tracking_number="TRK1", **NEVER_ASKED_BEFORE)  # of another posting
        await at.ship(at.view("4").id)
        await at.pass_time()
        found = incidents.incidents(at.app).items
        assert {(one.posting_number, one.kind) for one in found} == {
            ("3", "tracked_elsewhere"),
            ("4", "tracked_elsewhere"),
        }
        assert len(at.books.sends) == len(NUMBERS)


class _Cheaper(Lookup):
    code = "second"
    title = "Second"

    def price(self, parcels: Sequence[Parcel]) -> Money:
        return Money.of("200.00", "RUB")

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        return []  # it has books of its own


@pytest.mark.parametrize("way", [_lose_all, _copy_back])
async def test_a_number_of_our_own_is_adopted_where_it_was_booked(
    tmp_path: Path, way: Callable[[Path], None]
) -> None:
    """Whichever carrier would be chosen today."""
    extra = two(Lookup) | {"second": _CourierPlugin(_Cheaper, 1)}
    async with desk(tmp_path, extra=extra, toml=TWO) as at:
        posting = await at.order("1")
        backup(tmp_path / "hub.sqlite", tmp_path / "early.sqlite")
        await at.ship(posting, carrier="courier")
        await at.pass_time()
        assert at.books.told == {"1": ["TRK1"]}
    way(tmp_path)
    at.clock.advance(LATER.total_seconds())
    async with desk(tmp_path, extra=extra, toml=TWO, books=at.books, clock=at.clock) as at:
        await orders.sync(at.app, "shop", "test")
        await at.ship(at.view("1").id)
        await at.pass_time()
        view = at.view("1")
        assert (view.carrier, view.tracking_number, view.stage) == ("courier", "TRK1", "labelled")
        assert len(at.books.sends) == 1
        assert not at.problems()


async def test_one_that_is_shown_while_the_booking_waits_stops_it(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order("1")
        at.books.meets.append("down")
        await at.ship(posting)
        await at.pass_time(0)
        assert [one.state for one in at.operations()] == ["planned"]
        known = at.books.postings["1"]
        at.books.postings["1"] = msgspec.structs.replace(known, tracking_number="EV72254264")
        await orders.sync(at.app, "shop", "test")
        await at.pass_time()
        assert len(at.books.sends) == 1  # the one that never left
        problem = at.problems()["tracked_elsewhere"]
        assert at.view(posting).problems == 1
        await answering.answer(at.app, problem.id, "shipped_by_hand", {}, "test")
        await at.pass_time(4 * 24 * 3600, news=False)
        assert not at.books.live()
        assert [one.state for one in at.operations()] == ["rejected"]
        await at.ship(posting)
        await at.pass_time()
        await at.answer("tracked_elsewhere", "book_anyway")
        await at.pass_time()
        assert len(at.books.live()) == 1


async def test_one_of_a_booking_that_was_cancelled_here_is_ours(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order("1")
        await at.ship(posting)
        await at.pass_time()
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time()
        assert at.books.postings["1"].tracking_number == "TRK1"
        await at.ship(posting)
        await at.pass_time()
        assert [order.number for order in at.books.live()] == ["TRK2"]
        assert not at.problems()


def test_every_hub_is_examined() -> None:
    """The check stands where every door opens the hub."""
    assert "examine" in App.__init__.__code__.co_names
