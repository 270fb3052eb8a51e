"""One box for all goods, in a shape that somebody would pack: pieces of a kind stand in a block, and blocks
lie side by side or on each other, so that the box has the smallest surface."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations
from typing import NamedTuple

_MOST = 48
"""Pieces side by side at most: more lie on top. What is bought by the thousand is weighed by the pallet."""


class Sides(NamedTuple):
    """Millimetres, the longest first."""

    length: int
    width: int
    height: int

    @property
    def surface(self) -> int:
        """Half of the box's, in square millimetres."""
        return self.length * self.width + self.width * self.height + self.height * self.length


def around(goods: Iterable[tuple[int, tuple[int, int, int]]]) -> Sides:
    """The sides of a box for so many pieces of these sides (millimetres) each; none is turned so that a side
    of it would stick out. Returns no sides for no goods."""
    blocks = sorted((_block(number, sides) for number, sides in goods if number > 0), reverse=True)
    whole = Sides(0, 0, 0)
    for block in blocks:
        whole = block if not any(whole) else _beside(whole, block)
    return whole


def _block(number: int, sides: tuple[int, int, int]) -> Sides:
    """The block of the smallest surface that so many equal pieces make."""
    piece = _sides(*sides)
    best = _sides(piece.length, piece.width, piece.height * number)
    for across in range(1, min(number, _MOST) + 1):
        for along in range(1, min(-(-number // across), _MOST) + 1):
            up = -(-number // (across * along))
            tried = _sides(piece.length * across, piece.width * along, piece.height * up)
            best = min(best, tried, key=_cost)
    return best


def _beside(one: Sides, other: Sides) -> Sides:
    """The smallest box round both: the second is turned as it fits best, and put beside, before or on top."""
    return min(
        (
            _sides(one.length + a, max(one.width, b), max(one.height, c))
            if axis == 0
            else _sides(max(one.length, a), one.width + b, max(one.height, c))
            if axis == 1
            else _sides(max(one.length, a), max(one.width, b), one.height + c)
            for a, b, c in permutations(other)
            for axis in range(3)
        ),
        key=_cost,
    )


def _cost(box: Sides) -> tuple[int, Sides]:
    return box.surface, box


def _sides(*sides: int) -> Sides:
    return Sides(*sorted(sides, reverse=True))


__all__ = ["Sides", "around"]
