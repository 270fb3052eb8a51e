"""A restored backup has forgotten bookings: nothing is paid for twice all the same."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest

from hub.flow import orders
from hub.jobs.worker import Worker
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import Conflict, NotFound
from hub.plugin_api.models import FoundShipment, Shipment, Stage, Tracking
from hub.store import rows
from hub.store.backup import backup, check, restore
from hub.store.mapping import micros

from .desk import START, Books, Courier, Desk, Key, Lookup, Market, Nothing, Unique, desk, posting_of
from .test_races import TWO, Second, two

pytestmark = pytest.mark.sqlite  # backup and restore of a file


async def _booked_after_the_backup(home: Path, kind: type[Courier]) -> Desk:
    """A posting is booked after the backup was made; then the backup is put back."""
    async with desk(home, kind) as at:
        await at.order()
        backup(home / "hub.sqlite", home / "copy.sqlite")
        await at.ship(at.view_id())
        await at.pass_time()
        assert len(at.books.live()) == 1
        books = at.books
    restore(home / "hub.sqlite", home / "copy.sqlite", START + timedelta(hours=1))
    at.books = books
    return at


@pytest.mark.parametrize("kind", [Lookup, Unique])
async def test_what_was_booked_is_found_and_adopted(tmp_path: Path, kind: type[Courier]) -> None:
    before = await _booked_after_the_backup(tmp_path, kind)
    async with desk(tmp_path, kind, books=before.books) as at:
        at.clock.advance(3700)
        posting = at.view_id()
        await at.ship(posting)
        await at.pass_time()
        assert len(at.books.live()) == len(at.books.sends) == 1
        assert at.view(posting).tracking_number == "TRK1"


async def test_a_key_is_sent_again_and_is_the_same_order(tmp_path: Path) -> None:
    before = await _booked_after_the_backup(tmp_path, Key)
    async with desk(tmp_path, Key, books=before.books) as at:
        at.clock.advance(3700)
        await at.ship(at.view_id())
        await at.pass_time()
        assert len(at.books.live()) == 1


async def test_where_nobody_can_be_asked_a_person_decides(tmp_path: Path) -> None:
    before = await _booked_after_the_backup(tmp_path, Nothing)
    async with desk(tmp_path, Nothing, books=before.books) as at:
        at.clock.advance(3700)
        at.books.postings["1001-1"] = posting_of("1001-1")  # it was told of no number
        await at.ship(at.view_id())
        await at.pass_time()
        assert len(at.books.sends) == 1
        assert "booked_elsewhere" in at.problems()


async def test_the_persons_word_is_enough_for_one_send(tmp_path: Path) -> None:
    before = await _booked_after_the_backup(tmp_path, Nothing)
    async with desk(tmp_path, Nothing, books=before.books) as at:
        at.clock.advance(3700)
        at.books.orders.clear()  # it was cancelled at the courier meanwhile, and the number taken out
        at.books.postings["1001-1"] = posting_of("1001-1")
        posting = at.view_id()
        await at.ship(posting)
        await at.pass_time()
        await at.answer("booked_elsewhere", "nothing_was_booked")
        await at.pass_time()
        assert len(at.books.sends) == 2
        assert at.view(posting).stage == "labelled"


async def _labelled_before_the_backup(home: Path, kind: type[Courier]) -> Desk:
    """A posting is labelled, then the backup is made; it is put back an hour later."""
    async with desk(home, kind) as at:
        await at.ship(await at.order())
        await at.pass_time()
        backup(home / "hub.sqlite", home / "copy.sqlite")
    restore(home / "hub.sqlite", home / "copy.sqlite", START + timedelta(hours=1))
    return at


async def test_what_was_cancelled_after_the_backup_is_never_printed(tmp_path: Path) -> None:
    before = await _labelled_before_the_backup(tmp_path, Lookup)
    before.books.orders[0].live = False
    async with desk(tmp_path, Lookup, books=before.books) as at:
        at.clock.advance(3700)
        posting = at.view_id()
        assert not (await orders.labels(at.app, [posting], actor="test")).ready
        assert not (await orders.handover(at.app, "shop", "test")).handovers
        await at.pass_time()
        assert at.problems()["booking_gone"].data == {"carrier": "courier", "tracking_number": "TRK1"}
        assert at.view(posting).stage == "assembled"
        assert not (await orders.labels(at.app, [posting], actor="test")).ready
        assert len(at.books.sends) == 1, "somebody cancelled it: only a person orders it again"
        await at.answer("booking_gone", "retry")
        await at.pass_time()
        assert at.view(posting).tracking_number == "TRK2"
        assert len(at.books.live()) == 1


@pytest.mark.parametrize("kind", [Lookup, Unique, Key, Nothing])
async def test_what_is_booked_still_is_asked_for_and_used(tmp_path: Path, kind: type[Courier]) -> None:
    before = await _labelled_before_the_backup(tmp_path, kind)
    async with desk(tmp_path, kind, books=before.books) as at:
        at.clock.advance(3700)
        posting = at.view_id()
        at.books.look_fails = True
        await at.pass_time(60)
        assert not (await orders.labels(at.app, [posting], actor="test")).ready
        at.books.look_fails = False
        await at.pass_time(3600)
        assert not at.problems()
        assert (await orders.labels(at.app, [posting], actor="test")).ready
        assert len(at.books.sends) == 1


class _Mute(Nothing):
    """It can be asked nothing at all."""

    cancellation = Carrier.cancellation


async def test_what_cannot_be_asked_for_is_used_and_a_person_is_told(tmp_path: Path) -> None:
    before = await _labelled_before_the_backup(tmp_path, _Mute)
    async with desk(tmp_path, _Mute, books=before.books) as at:
        at.clock.advance(3700)
        await at.pass_time()
        assert at.problems().keys() == {"booking_unverified"}
        assert at.view(at.view_id()).stage == "labelled"


async def test_what_was_ordered_after_the_restore_is_booked_as_ever(tmp_path: Path) -> None:
    before = await _booked_after_the_backup(tmp_path, Nothing)
    async with desk(tmp_path, Nothing, books=before.books) as at:
        at.clock.advance(7200)
        posting = await at.order("1002-1", created_at=START + timedelta(hours=2))
        await at.ship(posting)
        await at.pass_time()
        assert at.view(posting).stage == "labelled"


async def test_a_copy_is_checked_and_never_overwrites(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.order()
        made = backup(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite")
        assert (made.postings, made.operations) == (1, 0)
        with pytest.raises(Conflict, match="exists"):
            backup(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite")
    with pytest.raises(NotFound):
        check(tmp_path / "nothing.sqlite")
    (tmp_path / "text.sqlite").write_text("not a database, but long enough to be looked at" * 100)
    with pytest.raises(Conflict):
        restore(tmp_path / "hub.sqlite", tmp_path / "text.sqlite", START)
    assert check(tmp_path / "hub.sqlite").postings == 1


async def test_a_full_disk_leaves_the_old_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(tmp_path) as at:
        backup(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite")
        await at.order()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hub.store.backup.shutil.copyfile", full)
    with pytest.raises(OSError, match="No space"):
        restore(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite", START)
    assert check(tmp_path / "hub.sqlite").postings == 1


async def test_a_damaged_database_is_kept_with_its_log(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.order()
        backup(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite")
    (tmp_path / "hub.sqlite").write_bytes(b"no database" * 1000)
    (tmp_path / "hub.sqlite-wal").write_bytes(b"its log")
    kept = restore(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite", START)
    assert kept is not None
    assert kept.read_bytes().startswith(b"no database")
    assert kept.with_name(kept.name + "-wal").read_bytes() == b"its log"
    assert not (tmp_path / "hub.sqlite-wal").exists()
    assert check(tmp_path / "hub.sqlite").postings == 1


async def test_no_restore_under_a_hub_at_work(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.order()
        backup(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite")
        until = micros(START + timedelta(seconds=30))
        await at.app.store.write(
            lambda tx: tx.execute("INSERT INTO leases VALUES ('worker', 'w', ?, 1)", (until,))
        )
        with pytest.raises(Conflict, match="stop it first"):
            restore(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite", START)


async def _forget(home: Path, kind: type[Courier], meets: list[str], seconds: float = 1) -> Desk:
    """A posting is ordered shipped; a backup is made; so much time passes; then the backup is put back."""
    async with desk(home, kind) as at:
        await at.order()
        backup(home / "hub.sqlite", home / "copy.sqlite")
        at.books.meets.extend(meets)
        await at.ship(at.view_id())
        await at.pass_time(seconds)
        if "carrier_refused" in at.problems():
            await at.answer("carrier_refused", "retry")
            await at.pass_time(60)
        assert at.books.sends
    restore(home / "hub.sqlite", home / "copy.sqlite", at.clock.now() + timedelta(seconds=1))
    at.clock.advance(1)
    return at


@pytest.mark.parametrize("kind", [Lookup, Key])
async def test_what_left_right_before_the_restore_has_its_settle_time(
    tmp_path: Path, kind: type[Courier]
) -> None:
    before = await _forget(tmp_path, kind, ["late 50"])
    async with desk(tmp_path, kind, books=before.books, clock=before.clock) as at:
        await at.ship(at.view_id())
        await at.pass_time(40)
        assert len(at.books.sends) == 1
        await at.pass_time(600)
        assert len(at.books.live()) == 1
        assert at.view(at.view_id()).tracking_number == "TRK1"


async def test_a_second_booking_that_was_forgotten_is_adopted(tmp_path: Path) -> None:
    before = await _forget(tmp_path, Lookup, ["refused"])
    assert len(set(before.books.sends)) == 2  # refused, and booked under the next reference
    async with desk(tmp_path, Lookup, books=before.books, clock=before.clock) as at:
        posting = at.view_id()
        await at.ship(posting)
        await at.pass_time(600)
        assert len(at.books.live()) == 1
        assert at.view(posting).tracking_number == "TRK1"
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time(60)
        await at.ship(posting)
        await at.pass_time(600)
        assert [order.number for order in at.books.live()] == ["TRK2"]
        assert len(set(at.books.sends)) == 3  # a reference of its own again


async def test_an_order_that_lands_long_after_the_restore_is_told(tmp_path: Path) -> None:
    before = await _forget(tmp_path, Lookup, ["late 4000"], seconds=300)
    assert len(before.books.sends) == 2
    async with desk(tmp_path, Lookup, books=before.books, clock=before.clock) as at:
        await at.ship(at.view_id())
        await at.pass_time(4 * 3600)
        assert len(at.books.live()) == 2
        assert at.problems()["booked_twice"].data["extra"] == ["TRK1"]


async def test_a_persons_word_counts_only_until_the_next_restore(tmp_path: Path) -> None:
    async with desk(tmp_path, Nothing) as at:
        at.books.meets.append("dropped")
        await at.ship(await at.order())
        await at.pass_time(300)
        await at.answer("operation_unknown", "it_does_not_exist")
        backup(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite")
        await at.pass_time(60)
        assert len(at.books.live()) == 1
    restore(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite", at.clock.now() + timedelta(seconds=1))
    at.clock.advance(600)
    async with desk(tmp_path, Nothing, books=at.books, clock=at.clock) as at:
        await at.pass_time(600)
        assert len(at.books.sends) == 2
        assert "operation_unknown" in at.problems()


class _Followed(Lookup):
    async def track(self, shipment: Shipment) -> Tracking:
        return Tracking(events=())


async def test_parcels_are_followed_after_a_restore(tmp_path: Path) -> None:
    before = await _labelled_before_the_backup(tmp_path, _Followed)
    async with desk(tmp_path, _Followed, books=before.books) as at:
        at.clock.advance(7300)
        await at.pass_time(600)
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert shipment.state == "booked"
        assert rows.jobs.get(at.app.store.reader, f"track:{shipment.id}") is not None


async def test_what_was_booked_and_cancelled_after_the_backup_waits_for_a_person(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        await at.ship(posting)
        backup(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite")
        await at.pass_time(60)
        await orders.cancel(at.app, posting, "customer called", "test")
        await at.pass_time(60)
    restore(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite", at.clock.now() + timedelta(seconds=1))
    at.clock.advance(1)
    async with desk(tmp_path, books=at.books, clock=at.clock) as at:
        await at.pass_time(600)
        assert len(at.books.sends) == 1
        assert "operation_unknown" in at.problems()


@pytest.mark.parametrize("told", [False, True])
async def test_a_booking_of_another_carrier_that_was_forgotten_is_never_a_second_one(
    tmp_path: Path, told: bool
) -> None:
    async with desk(tmp_path, extra=two(Lookup), toml=TWO) as at:
        await at.order()
        backup(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite")
        await at.ship(at.view_id(), carrier="courier")
        await at.pass_time(60)
    restore(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite", at.clock.now() + timedelta(seconds=1))
    at.clock.advance(1)
    first = at.books
    known = first.postings["1001-1"]
    if not told:
        first.postings["1001-1"] = msgspec.structs.replace(known, tracking_number="")
    Second.books = Books(at.clock)
    Second.books.postings = first.postings
    try:
        async with desk(tmp_path, books=first, clock=at.clock, extra=two(Lookup), toml=TWO) as at:
            await orders.sync(at.app, "shop", "test")
            await at.ship(at.view_id(), carrier="second")
            await at.pass_time(4 * 3600, news=False)
            assert not Second.books.orders
            if told:  # the number leads to the carrier that has it
                assert at.view(at.view_id()).tracking_number == "TRK1"
                assert not at.problems()
            else:
                assert "Courier has a live order" in at.operations()[0].reason
    finally:
        del Second.books


async def test_the_number_of_a_booking_that_is_gone_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(*_: object) -> None:
        raise httpx.ConnectError("refused")

    async with desk(tmp_path) as at:
        with monkeypatch.context() as patched:
            patched.setattr(Market, "set_tracking", down)
            await at.ship(await at.order())
            await Worker(at.app).run_until_idle(2)
        assert [one.state for one in at.operations("set_tracking")] == ["planned"]
        backup(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite")
    restore(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite", START + timedelta(hours=1))
    at.books.orders[0].live = False
    at.clock.advance(3700)
    async with desk(tmp_path, books=at.books, clock=at.clock) as at:
        await at.pass_time(600)
        assert not at.books.told


async def test_a_new_booking_after_a_restore_is_no_second_one(tmp_path: Path) -> None:
    before = await _forget(tmp_path, Lookup, [])
    async with desk(tmp_path, books=before.books, clock=before.clock) as at:
        posting = at.view_id()
        await at.ship(posting)
        await at.pass_time(300)
        await orders.cancel(at.app, posting, "wrong", "test")
        await at.pass_time(60)
        await at.ship(posting)
        await at.pass_time(3 * 3600, news=False)
        assert [order.number for order in at.books.live()] == ["TRK2"]
        assert not at.problems()


@pytest.mark.parametrize("kind", [Lookup, Key])
async def test_a_forgotten_booking_of_a_posting_that_nobody_wants_any_more_is_cancelled(
    tmp_path: Path, kind: type[Courier]
) -> None:
    before = await _forget(tmp_path, kind, [])
    known = before.books.postings["1001-1"]
    before.books.postings["1001-1"] = msgspec.structs.replace(
        known, tracking_number=""
    )  # it was told of none
    async with desk(tmp_path, kind, books=before.books, clock=before.clock) as at:
        posting = at.view_id()
        at.books.look_fails = True
        await at.ship(posting)
        await at.pass_time(5)
        known = at.books.postings["1001-1"]
        at.books.postings["1001-1"] = msgspec.structs.replace(
            known, status="cancelled", stage=Stage.CANCELLED, actions=frozenset()
        )
        await orders.sync(at.app, "shop", "test")
        at.books.look_fails = False
        await at.pass_time(3600)
        assert not at.books.live()


async def test_a_backup_of_an_older_hub_is_restored(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.ship(await at.order())
        await at.pass_time()
        backup(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite")
    with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as older, older:
        older.execute("ALTER TABLE jobs DROP COLUMN stuck")
        older.execute("DROP TABLE label_codes")
        older.execute("PRAGMA user_version = 6")
    as_it_was = (tmp_path / "copy.sqlite").read_bytes()
    restore(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite", START + timedelta(hours=1))
    assert (tmp_path / "copy.sqlite").read_bytes() == as_it_was
    async with desk(tmp_path, books=at.books) as at:
        at.clock.advance(3700)
        await at.pass_time()
        assert at.view(at.view_id()).stage == "labelled"


async def test_two_restores_keep_both_databases(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        backup(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite")
        await at.order()
    first = restore(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite", START)
    second = restore(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite", START)
    assert first is not None
    assert second is not None
    assert (check(first).postings, check(second).postings) == (1, 0)


@pytest.mark.skipif(os.name != "posix", reason="rights of files are told otherwise elsewhere")
async def test_what_holds_buyers_data_is_nobody_elses_to_read(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.order()
        backup(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite")
        for name in ("hub.sqlite", "hub.sqlite-wal", "copy.sqlite"):
            assert (tmp_path / name).stat().st_mode & 0o077 == 0, name


def test_a_backup_that_fails_leaves_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "hub.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(Conflict, match="hub doctor"):
        backup(tmp_path / "hub.sqlite", tmp_path / "copy.sqlite")
    with pytest.raises(NotFound, match="no folder"):
        backup(tmp_path / "hub.sqlite", tmp_path / "nowhere" / "copy.sqlite")
    assert [path.name for path in tmp_path.iterdir()] == ["hub.sqlite"]


class _LeavesOut(Lookup):
    """Its cancels have no state, and its next list leaves out what is there."""

    cancellation = Carrier.cancellation  # type: ignore[assignment]
    times = 0

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        if _LeavesOut.times:
            _LeavesOut.times -= 1
            return []
        return await super().find(reference)


async def test_a_booking_that_a_list_left_out_is_told_to_be_there_after_all(tmp_path: Path) -> None:
    """A person reads that it is gone, and may order it again: minutes later they read that it lives."""
    before = await _labelled_before_the_backup(tmp_path, _LeavesOut)
    _LeavesOut.times = 1
    async with desk(tmp_path, _LeavesOut, books=before.books) as at:
        at.clock.advance(3700)
        await at.pass_time(60)
        assert "booking_gone" in at.problems()
        await at.pass_time(1800)
        assert at.problems()["booking_unverified"].data["standing"] == "cancelled"
        assert len(at.books.sends) == 1
