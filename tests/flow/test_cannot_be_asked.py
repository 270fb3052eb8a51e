"""After a loss: a carrier, or another account, that cannot be asked is one question to a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import httpx
import pytest

from hub.flow.health import incidents
from hub.plugin_api.errors import AuthFailed, ConfigError
from hub.plugin_api.models import Booking, BookRequest, FoundShipment, Quote, QuoteRequest
from hub.plugin_api.settings import Account, Settings
from hub.store.backup import backup

from .desk import Key, Lookup, Nothing, _CourierPlugin, desk
from .forgotten import (
    NEVER_ASKED_BEFORE,
    NUMBERS,
    TWO_COURIERS,
    copy_back,
    lose_all,
    lose_the_database,
    restore_then_copy_back,
    ship_again,
    shipped,
)
from .test_races import TWO, two

# --- a carrier that cannot be asked -----------------------------------------------------------------------


async def test_a_carrier_that_cannot_be_asked_is_one_question(tmp_path: Path) -> None:
    before = await shipped(tmp_path, Nothing, told=False)
    lose_all(tmp_path)
    async with desk(tmp_path, Nothing, books=before.books, clock=before.clock) as at:
        await ship_again(at)
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
@pytest.mark.parametrize("way", [lose_all, lose_the_database, copy_back, restore_then_copy_back])
async def test_a_key_that_its_carrier_may_have_forgotten_is_one_question(
    tmp_path: Path, way: Callable[[Path], None], hours: int
) -> None:
    before = await shipped(tmp_path, _KeepsKeysForADay, told=False)
    before.clock.advance(hours * 3600)
    way(tmp_path)
    async with desk(tmp_path, _KeepsKeysForADay, books=before.books, clock=before.clock) as at:
        await ship_again(at)
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
    before = await shipped(tmp_path, Nothing, told=False)
    lose_all(tmp_path)
    async with desk(tmp_path, Nothing, books=before.books, clock=before.clock) as at:
        await ship_again(at)
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
    copy_back(tmp_path)
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
@pytest.mark.parametrize("way", [lose_all, copy_back])
async def test_an_account_in_trouble_is_one_question_and_costs_only_what_it_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: Callable[[Path], None], trouble: str, mended: bool
) -> None:
    before = await shipped(tmp_path, _TwoAccounts, told=False)
    way(tmp_path)
    monkeypatch.setattr(_TwoAccounts, "trouble", trouble)
    async with desk(tmp_path, _TwoAccounts, books=before.books, clock=before.clock, toml=TWO_COURIERS) as at:
        await at.ship(await at.order("3", **NEVER_ASKED_BEFORE))
        await at.ship(await at.order("4", created_at=at.clock.now() + timedelta(seconds=2)))
        await ship_again(at)
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
    before = await shipped(tmp_path, _TwoAccounts, told=False)
    copy_back(tmp_path)
    monkeypatch.setattr(_TwoAccounts, "trouble", "settings")
    async with desk(tmp_path, _TwoAccounts, books=before.books, clock=before.clock, toml=TWO_COURIERS) as at:
        await at.ship(await at.order("3", **NEVER_ASKED_BEFORE))
        await at.pass_time()
        await at.answer("booked_elsewhere", "something_was_booked")
        await at.pass_time()
        assert at.problems().keys() == {"operation_unknown"}
        assert len(at.books.sends) == 2


class _OtherOne(Nothing):
    code = "second"
    title = "Second"


@pytest.mark.parametrize("way", [lose_all, copy_back])
async def test_another_carrier_that_cannot_be_asked_is_a_question_after_a_loss(
    tmp_path: Path, way: Callable[[Path], None]
) -> None:
    """It may have the forgotten order. A hub that looks new has not booked with it."""
    before = await shipped(tmp_path, Lookup, told=False)
    way(tmp_path)
    extra = two(Lookup) | {"second": _CourierPlugin(_OtherOne, 1)}
    async with desk(tmp_path, Lookup, books=before.books, clock=before.clock, toml=TWO, extra=extra) as at:
        await at.ship(await at.order("3", **NEVER_ASKED_BEFORE), carrier="courier")
        await at.pass_time()
        if way is copy_back:
            assert at.problems()["booked_elsewhere"].data["carrier"] == "second"
            assert len(at.books.sends) == 2
            await at.answer("booked_elsewhere", "nothing_was_booked")
            await at.pass_time()
        assert len(at.books.live()) == 3
        assert not at.problems()
