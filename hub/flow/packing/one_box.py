"""One box for all goods, in a shape that somebody would pack: pieces of a kind stand in a block, blocks lie
side by side or on each other, and many kinds are laid in layers: the box with the smallest surface."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import permutations, product
from typing import NamedTuple

_WASTE = 1.25
"""A box of so many times its goods' volume is what somebody would pack; a larger one is tried in layers."""
_LAID = 240
"""Pieces that are laid one by one at most: kinds of which there are many more lie as blocks."""
_SHAPES = (0.8, 1.0, 1.3, 1.8)
"""Sides of the bottoms that are tried, in edges of a cube of the goods' volume."""


class Sides(NamedTuple):
    """Millimetres, the longest first."""

    length: int
    width: int
    height: int

    @property
    def surface(self) -> int:
        """Half of the box's, in square millimetres."""
        return self.length * self.width + self.width * self.height + self.height * self.length

    @property
    def volume(self) -> int:
        """In cubic millimetres."""
        return self.length * self.width * self.height


class Lying(NamedTuple):
    """Where a piece lies: the corner next to the origin, and its sides along the axes."""

    at: tuple[int, int, int]
    size: tuple[int, int, int]


def around(goods: Iterable[tuple[int, tuple[int, int, int]]]) -> Sides:
    """The sides of a box for so many pieces of these sides (millimetres) each; none is turned so that a side
    of it would stick out. Returns no sides for no goods."""
    kinds: Counter[Sides] = Counter()
    for number, sides in goods:
        if number > 0:
            kinds[_sides(*sides)] += number
    if not kinds:
        return Sides(0, 0, 0)
    blocks = sorted(((block(number, piece), piece) for piece, number in kinds.items()), reverse=True)
    whole = blocks[0][0]
    for other, _ in blocks[1:]:
        whole = _beside(whole, other)
    volume = sum(number * piece.volume for piece, number in kinds.items())
    if len(kinds) == 1 or whole.volume <= _WASTE * volume:
        return whole
    return min(whole, _in_layers(_to_lay(kinds), volume), key=_cost)


def block(number: int, piece: Sides) -> Sides:
    """The block of the smallest surface that so many equal pieces make."""
    edge = (number * piece.volume) ** (1 / 3)
    best = _sides(piece.length, piece.width, piece.height * number)
    for across in _near(edge / max(piece.length, 1), number):
        for along in _near(edge / max(piece.width, 1), -(-number // across)):
            up = -(-number // (across * along))
            tried = _sides(piece.length * across, piece.width * along, piece.height * up)
            best = min(best, tried, key=_cost)
    return best


def _near(ideal: float, most: int) -> set[int]:
    """How many side by side are tried: few, and about as many as a cube would have."""
    around_it = range(int(ideal) - 2, int(ideal) + 4)
    return {one for one in (1, 2, *around_it) if 1 <= one <= most}


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


def _to_lay(kinds: Counter[Sides]) -> list[Sides]:
    """What is laid, the highest first: pieces, and blocks of a kind of which there are too many."""
    each = max(1, _LAID // len(kinds))
    laid: list[Sides] = []
    for piece, number in kinds.items():
        laid += [piece] * number if number <= each else [block(number, piece)]
    return sorted(laid, key=lambda one: (one.height, one.width, one.length), reverse=True)


def _in_layers(pieces: Sequence[Sides], volume: int) -> Sides:
    """The box of the smallest surface in which they lie in layers."""
    edge = volume ** (1 / 3)
    longest, widest = max(one.length for one in pieces), max(one.width for one in pieces)
    bottoms = {
        (max(longest, round(edge * length)), max(widest, round(edge * width)))
        for length, width in product(_SHAPES, _SHAPES)
    }
    return min((_box_of(layers(pieces, *bottom)) for bottom in bottoms), key=_cost)


def layers(pieces: Sequence[Sides], length: int, width: int) -> list[Lying]:
    """Each piece flat, its longest side along the box, in rows, and the rows in layers. No piece is longer or
    wider than the bottom."""
    laid: list[Lying] = []
    x = row = layer = 0  # where the next piece, this row and this layer begin
    deep = high = 0  # how far this row and this layer reach
    for one in pieces:
        if x + one.length > length:
            x, row, deep = 0, row + deep, 0
        if row + one.width > width:
            x, row, deep = 0, 0, 0
            layer, high = layer + high, 0
        laid.append(Lying((x, row, layer), one))
        x += one.length
        deep, high = max(deep, one.width), max(high, one.height)
    return laid


def _box_of(laid: Iterable[Lying]) -> Sides:
    ends = [[start + side for start, side in zip(one.at, one.size, strict=True)] for one in laid]
    return _sides(*(max(end) for end in zip(*ends, strict=True)))


def _cost(box: Sides) -> tuple[int, Sides]:
    return box.surface, box


def _sides(*sides: int) -> Sides:
    return Sides(*sorted(sides, reverse=True))


__all__ = ["Lying", "Sides", "around", "block", "layers"]
