"""The box that the hub plans by itself: as small as somebody would pack it, and never too small."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.flow.packing.one_box import Sides, around

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


def test_thousands_are_planned_as_fast_as_one() -> None:
    assert around([(1_000_000, (10, 10, 10))]).height >= 10 * 48
