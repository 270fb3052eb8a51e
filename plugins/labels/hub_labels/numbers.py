"""A parcel's number with its last digits large: by them a packer tells which label belongs on which box."""

from __future__ import annotations

from typing import NamedTuple

from hub import last_digits

from hub_labels.flowing import ASCENT
from hub_labels.sheet import Page
from hub_labels.typefaces import Typefaces

_STEP = 2


class NumberLine(NamedTuple):
    """One line: the number in pieces of one size each."""

    pieces: tuple[tuple[str, int], ...]
    width: int

    @property
    def tallest(self) -> int:
        """The size of its largest piece, in dots."""
        return max((size for _, size in self.pieces), default=0)

    def draw(self, page: Page, x: int, baseline: int) -> None:
        """From ``x`` on; ``baseline`` as of every text."""
        for text, size in self.pieces:
            page.text(x, baseline, text, size, bold=True)
            x += round(page.faces.width(text, True) * size)

    def put(self, page: Page, x: int, y: int) -> int:
        """Below ``y``; returns where it ends."""
        self.draw(page, x, y + round(self.tallest * ASCENT))
        return y + self.height

    @property
    def height(self) -> int:
        """In dots."""
        return round(self.tallest * 1.1)


def number_line(
    faces: Typefaces, number: str, *, width: int, size: int, large: int, least: int
) -> NumberLine | None:
    """The clean ``number`` within ``width``: its last digits ``large``, the rest of ``size`` or smaller. None
    where it does not fit at the ``least`` size either."""
    if not number:
        return None
    tail = last_digits(number)
    at = number.rfind(tail) if tail else len(number)
    texts = (number[:at], tail, number[at + len(tail) :])
    while size >= least:
        sizes = (size, max(size, large), size)
        wide = [round(faces.width(text, True) * one) for text, one in zip(texts, sizes, strict=True)]
        if sum(wide) <= width:
            pieces = tuple((text, one) for text, one in zip(texts, sizes, strict=True) if text)
            return NumberLine(pieces, sum(wide))
        size, large = size - _STEP, max(size - _STEP, large - 2 * _STEP)
    return None


__all__ = ["NumberLine", "number_line"]
