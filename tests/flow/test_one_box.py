"""The box that the hub plans by itself: as small as somebody would pack it, and never too small."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.flow.packing.one_box import Sides, around, layers

SIDE = st.integers(1, 2000)
GOODS = st.lists(st.tuples(st.integers(1, 40), st.tuples(SIDE, SIDE, SIDE)), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("goods", "box"),
    [
        ([(1, (120, 80, 60))], (120, 80, 60)),
        ([(1, (60, 120, 80))], (120, 80, 60)),
        ([(20, (40, 40, 150))], (200, 160, 150)),  # 4 by 5, not a pole of 80 cm
        ([(2, (200, 100, 50))], (200, 100, 100)),
        ([(8, (10, 10, 10))], (20, 20, 20)),
        ([(1, (300, 200, 100)), (1, (100, 100, 100))], (400, 200, 100)),
        ([], (0, 0, 0)),
    ],
)
def test_a_shape_that_somebody_would_pack(goods: list[tuple[int, tuple[int, int, int]]], box: Sides) -> None:
    assert around(goods) == box


@given(GOODS)
def test_everything_fits_and_the_order_of_lines_is_nothing(
    goods: list[tuple[int, tuple[int, int, int]]],
) -> None:
    box = around(goods)
    assert box.length >= box.width >= box.height
    assert box.length * box.width * box.height >= sum(number * a * b * c for number, (a, b, c) in goods)
    for _, piece in goods:
        assert all(side <= room for side, room in zip(sorted(piece, reverse=True), box, strict=True))
    assert around(goods[::-1]) == box


@given(GOODS)
def test_it_is_no_larger_than_a_pile(goods: list[tuple[int, tuple[int, int, int]]]) -> None:
    number, piece = goods[0]
    low, middle, high = sorted(piece)
    pile = Sides(*sorted((high, middle, low * number), reverse=True))
    assert around(goods[:1]).surface <= pile.surface


SMALL = st.integers(20, 60)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(1, 3), st.tuples(SMALL, SMALL, SMALL)), min_size=30, max_size=60))
def test_many_small_goods_of_many_kinds_are_no_pole(goods: list[tuple[int, tuple[int, int, int]]]) -> None:
    box = around(goods)
    volume = sum(number * a * b * c for number, (a, b, c) in goods)
    assert box.volume <= 3 * volume
    assert box.length <= 3.5 * box.height


@settings(max_examples=40)
@given(st.lists(st.tuples(SIDE, SIDE, SIDE), min_size=1, max_size=30), st.data())
def test_no_two_pieces_lie_in_one_place(sides: list[tuple[int, int, int]], data: st.DataObject) -> None:
    pieces = [Sides(*sorted(one, reverse=True)) for one in sides]
    length = data.draw(st.integers(max(one.length for one in pieces), 6000))
    width = data.draw(st.integers(max(one.width for one in pieces), 6000))
    laid = layers(sorted(pieces, key=lambda one: one.height, reverse=True), length, width)
    assert sorted(one.size for one in laid) == sorted(pieces)
    for one in laid:
        assert one.at[0] + one.size[0] <= length
        assert one.at[1] + one.size[1] <= width
    for index, one in enumerate(laid):
        for other in laid[:index]:
            assert any(
                one.at[axis] >= other.at[axis] + other.size[axis]
                or other.at[axis] >= one.at[axis] + one.size[axis]
                for axis in range(3)
            )


@pytest.mark.parametrize(
    "goods",
    [
        [(1, (40, 40, 40))] * 200,  # a line each
        [(1, (40 + n % 7, 38 + n % 5, 36 + n % 3)) for n in range(200)],
        [(1_000_000, (10, 10, 10))],
        [(500, (210, 150, 2))],
        [(5, (1000, 20, 20)), (50, (40, 40, 40))],
    ],
)
def test_hundreds_are_packed_close_and_short(goods: list[tuple[int, tuple[int, int, int]]]) -> None:
    box = around(goods)
    longest = max(max(sides) for _, sides in goods)
    assert box.volume <= 1.5 * sum(number * a * b * c for number, (a, b, c) in goods)
    assert box.length <= max(longest, 3 * box.height)
