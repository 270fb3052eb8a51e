"""Delivery points near a buyer: the nearest first, and what does not take the parcel says so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.flow.choice.near_points import distance, near, refusal
from hub.plugin_api.errors import Conflict, Rejected
from hub.plugin_api.models import Address, DeliveryPoint, Parcel, Recipient

from .desk import Lookup, desk

HOME = Address(country="RU", city="Москва", street="ул. Тверская, 1", latitude=55.757, longitude=37.615)
BOX = Parcel(number=1, weight_g=900, length_mm=300, width_mm=200, height_mm=100)


def point(code: str, latitude: float | None, **more: object) -> DeliveryPoint:
    where = Address(country="RU", city="Москва", latitude=latitude, longitude=latitude and 37.615)
    return msgspec.structs.replace(DeliveryPoint(code=code, address=where), **more)


class Pointed(Lookup):
    """A courier with delivery points."""

    here: ClassVar[list[DeliveryPoint]] = []
    down: ClassVar[bool] = False

    async def points(self, near: Address) -> Sequence[DeliveryPoint]:
        if self.down:
            raise httpx.ConnectError("refused")
        return self.here


async def test_the_nearest_that_takes_the_parcel_is_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        Pointed,
        "here",
        [
            point("FAR", 55.857),
            point("SMALL", 55.758, max_weight_g=10),
            point("LOW", 55.7575, max_sides_mm=(600, 400, 10)),
            point("NEAR", 55.766, kind="locker", hours="10-20"),
            point("NOWHERE", None),
        ],
    )
    async with desk(tmp_path, Pointed) as at:
        buyer = Recipient(name="Анна", phone="+79990000001", address=HOME)
        posting = await at.order(recipient=buyer)
        found = await near(at.app, posting)
        assert [one.code for one in found.items] == ["NEAR", "FAR", "NOWHERE", "LOW", "SMALL"]
        assert [one.refuses for one in found.items] == ["", "", "", "size", "weight"]
        assert found.items[0].distance_m == pytest.approx(1001, abs=5)
        assert found.items[2].distance_m is None
        assert found.measured
        assert len((await near(at.app, posting, limit=2)).items) == 2


async def test_what_shows_none_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(tmp_path, Pointed) as at:
        posting = await at.order()
        assert (await near(at.app, posting)).missing == {"courier": "it has no delivery points in this town"}
        monkeypatch.setattr(Pointed, "down", True)
        told = await near(at.app, posting)
        assert "cannot be reached" in told.missing["courier"]
        assert not told.measured
        with pytest.raises(Rejected, match="no carrier 'nobody'"):
            await near(at.app, posting, carrier="nobody")
    async with desk(tmp_path / "plain", Lookup) as at:
        assert (await near(at.app, await at.order())).missing == {
            "courier": "Courier lists no delivery points"
        }


async def test_where_the_marketplace_ships_there_is_nothing_to_choose(tmp_path: Path) -> None:
    async with desk(tmp_path, Pointed) as at:
        posting = await at.order()
        await at.app.store.write(lambda tx: tx.execute("UPDATE postings SET books = 'marketplace'"))
        with pytest.raises(Conflict, match="fixed by the marketplace"):
            await near(at.app, posting)


def test_a_parcel_may_be_turned() -> None:
    assert refusal(point("A", None, max_sides_mm=(100, 300, 200)), (BOX,)) == ""
    assert refusal(point("A", None, max_sides_mm=(100, 299, 200)), (BOX,)) == "size"
    assert refusal(point("A", None, max_weight_g=900), (BOX,)) == ""
    assert refusal(point("A", None, max_weight_g=899), (BOX,)) == "weight"
    assert refusal(point("A", None, max_weight_g=1), ()) == ""


places = st.builds(
    Address,
    country=st.just("RU"),
    latitude=st.floats(-90, 90, allow_nan=False),
    longitude=st.floats(-180, 180, allow_nan=False),
)


@given(places, places)
def test_distances_are_those_of_a_globe(one: Address, other: Address) -> None:
    there, back = distance(one, other), distance(other, one)
    assert there == back
    if there is not None:
        assert 0 <= there <= 20_015_100
        assert distance(one, one) == 0


def test_moscow_is_where_it_is() -> None:
    petersburg = msgspec.structs.replace(HOME, latitude=59.9386, longitude=30.3141)
    assert distance(HOME, petersburg) == pytest.approx(634_000, rel=0.005)
    assert distance(HOME, msgspec.structs.replace(HOME, latitude=0.0, longitude=0.0)) is None
    assert distance(HOME, msgspec.structs.replace(HOME, latitude=99.0)) is None
