"""A hub that is new, or looks so: it looks once for what was ordered before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from hub.flow import orders, reading
from hub.plugin_api.models import FoundShipment

from .desk import START, Lookup, desk
from .forgotten import IN_NO_DOUBT, LATER, NEVER_ASKED_BEFORE, NUMBERS, WAYS, lose_all, ship_again, shipped


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
    lose_all(tmp_path)
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
@pytest.mark.parametrize("way", [way for way in WAYS if way not in IN_NO_DOUBT])
async def test_a_list_that_leaves_an_order_out_is_no_proof(
    tmp_path: Path, way: Callable[[Path], None], kind: type[_LeavesOut], times: int
) -> None:
    """However long ago it was booked: an absence counts after three looks over the settle time."""
    _LeavesOut.times = 0
    before = await shipped(tmp_path, kind, told=False)
    before.clock.advance(24 * 3600)
    way(tmp_path)
    async with desk(tmp_path, kind, books=before.books, clock=before.clock) as at:
        _LeavesOut.times = times
        await ship_again(at)
        assert len(at.books.sends) == len(NUMBERS)
        assert {at.view(number).tracking_number for number in NUMBERS} == {"TRK1", "TRK2"}


async def test_a_hub_that_looks_new_hears_of_what_its_one_look_missed(tmp_path: Path) -> None:
    _LeavesOut.times = 0
    before = await shipped(tmp_path, _LeavesOut, told=False)
    lose_all(tmp_path)
    async with desk(tmp_path, _LeavesOut, books=before.books, clock=before.clock) as at:
        _LeavesOut.times = 1
        await ship_again(at)
        assert len(at.books.sends) == len(NUMBERS) + 1
        assert at.problems().keys() == {"booked_twice"}
