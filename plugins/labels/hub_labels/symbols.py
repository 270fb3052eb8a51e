"""Code 128 and QR as paths of whole modules: one string of PDF rectangles each.

A module is a whole number of printer dots: at 3.00 dots Code 128 reads from any print, at 2.64 it does not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

import segno
import zxingcpp

_CODE128 = re.compile(r"[\x20-\x7e]{1,80}")
_ONES, _ZEROS = re.compile(b"\x01+"), re.compile(b"\x00+")
_QUIET_LINEAR = 10  # modules on each side, ISO/IEC 15417
_QUIET_QR = 4  # ISO/IEC 18004
_LEAST_DOTS = 2  # 0.25 mm: below this hand scanners give up
_LEAST_QR_DOTS = 3
_LONGEST_QR = 300


class Linear(NamedTuple):
    """``path`` is one unit high; ``width`` is of the symbol in modules, without quiet zones."""

    path: str
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
    """``path`` goes down from the top left; ``size`` is in modules, without quiet zones."""

    path: str
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
    path, width = _code128_path(text)
    dots = min(most_dots, room // (width + 2 * _QUIET_LINEAR))
    return Linear(path, width, dots) if dots >= _LEAST_DOTS else None


def qr(text: str, room: int) -> Square | None:
    """The symbol at the widest module that fits into ``room`` dots square with its quiet zone, or None."""
    if not text or len(text) > _LONGEST_QR:
        return None
    path, size = _qr_path(text)
    dots = room // (size + 2 * _QUIET_QR)
    return Square(path, size, dots) if dots >= _LEAST_QR_DOTS else None


@lru_cache(maxsize=256)
def _code128_path(text: str) -> tuple[str, int]:
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    image: Any = symbol.to_image(scale=1, add_quiet_zones=False)
    width: int = image.shape[1]
    row = bytes(memoryview(image))[:width]  # every row is the same
    spans = [match.span() for match in _ZEROS.finditer(row)]  # in pixels black is 0
    return "\n".join([f"{start} 0 {end - start} 1 re" for start, end in spans]), width


@lru_cache(maxsize=256)
def _qr_path(text: str) -> tuple[str, int]:
    content = text.encode("utf-8", "replace").decode()
    # A fixed mask: trying all eight costs five times as much, and scanners read either as well.
    symbol = segno.make_qr(content, error="m", mask=2, boost_error=False)
    path = []
    for y, row in enumerate(symbol.matrix):
        for match in _ONES.finditer(row):
            start, end = match.span()
            path.append(f"{start} {y} {end - start} 1 re")
    return "\n".join(path), len(symbol.matrix)


__all__ = ["Linear", "Square", "code128", "qr"]
