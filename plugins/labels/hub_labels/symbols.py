"""Code 128 and QR as rectangles of whole modules.

A module is a whole number of printer dots: at 3.00 dots Code 128 reads from any print, at 2.64 it does not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import segno
import zxingcpp

_CODE128 = re.compile(r"[\x20-\x7e]{1,80}")
_QUIET_LINEAR = 10  # modules on each side, ISO/IEC 15417
_QUIET_QR = 4  # ISO/IEC 18004
_LEAST_DOTS = 2  # 0.25 mm: below this hand scanners give up
_LEAST_QR_DOTS = 3
_LONGEST_QR = 300


class Linear(NamedTuple):
    """Bars as (start, width) in modules; ``width`` of the symbol in modules without quiet zones."""

    bars: tuple[tuple[int, int], ...]
    width: int
    dots: int

    @property
    def width_dots(self) -> int:
        """The symbol without its quiet zones."""
        return self.width * self.dots

    @property
    def quiet_dots(self) -> int:
        """The quiet zone on each side."""
        return _QUIET_LINEAR * self.dots


class Square(NamedTuple):
    """Rectangles (x, y, width, height) in modules; ``size`` in modules without quiet zones."""

    rectangles: tuple[tuple[int, int, int, int], ...]
    size: int
    dots: int

    @property
    def quiet_dots(self) -> int:
        """The quiet zone on each side."""
        return _QUIET_QR * self.dots

    @property
    def side_dots(self) -> int:
        """The symbol with its quiet zones."""
        return (self.size + 2 * _QUIET_QR) * self.dots


def code128(text: str, room: int, most_dots: int = 4) -> Linear | None:
    """The symbol at the widest module that fits into ``room`` dots with its quiet zones.

    None where the text is not ASCII, or so long that a module would be less than two dots.
    """
    if _CODE128.fullmatch(text) is None:
        return None
    bars, width = _code128_bars(text)
    dots = min(most_dots, room // (width + 2 * _QUIET_LINEAR))
    return Linear(bars, width, dots) if dots >= _LEAST_DOTS else None


def qr(text: str, room: int) -> Square | None:
    """The symbol at the widest module that fits into ``room`` dots square with its quiet zone, or None."""
    if not text or len(text) > _LONGEST_QR:
        return None
    rectangles, size = _qr_rectangles(text)
    dots = room // (size + 2 * _QUIET_QR)
    return Square(rectangles, size, dots) if dots >= _LEAST_QR_DOTS else None


@lru_cache(maxsize=256)
def _code128_bars(text: str) -> tuple[tuple[tuple[int, int], ...], int]:
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    pixels = memoryview(symbol.to_image(scale=1, add_quiet_zones=False))  # type: ignore[arg-type]
    row = bytes(pixels)[: pixels.shape[1]]
    bars = []
    position = 0
    for pixel, run in groupby(row):
        length = len(list(run))
        if not pixel:
            bars.append((position, length))
        position += length
    return tuple(bars), len(row)


@lru_cache(maxsize=256)
def _qr_rectangles(text: str) -> tuple[tuple[tuple[int, int, int, int], ...], int]:
    # A fixed mask: trying all eight costs five times as much, and scanners read either as well.
    content = text.encode("utf-8", "replace").decode()
    symbol = segno.make_qr(content, error="m", mask=2, boost_error=False)
    rectangles = []
    for y, row in enumerate(symbol.matrix):
        line = bytes(row)
        start = line.find(1)
        while start >= 0:
            end = line.find(0, start)
            if end < 0:
                end = len(line)
            rectangles.append((start, y, end - start, 1))
            start = line.find(1, end)
    return tuple(rectangles), len(symbol.matrix)


__all__ = ["Linear", "Square", "code128", "qr"]
