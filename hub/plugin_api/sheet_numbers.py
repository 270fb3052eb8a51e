"""Numbers of an Excel file as one reads them in the cell: a date, a percentage, leading zeros.

A sheet stores 12.5 % as 0.125, a day as the number of days since 1900, and 00712 as 712; the style of the
cell says what it is (ISO/IEC 29500-1, 18.8.30).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from math import isfinite

from hub.words import BadValue

ROUNDED_FROM = 10**15
"""Excel keeps 15 digits; the others of a longer number are zeros that nobody wrote."""

_DAYS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_PERCENTAGES = frozenset({9, 10})
_LITERAL = re.compile(r"\"[^\"]*\"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]", re.IGNORECASE)
_DAY_CODE = re.compile(r"[ymdhs]|\[[hms]+\]", re.IGNORECASE)
_SHORT = re.compile(r"0|-?[1-9][0-9]{0,13}")
_ZEROS = re.compile(r"0{2,}")
_1900, _1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - what a cell says has no zone
_LAST_DAY = 2_958_465  # 9999-12-31


class Formats:
    """The styles of a file: what a number in a cell of each means."""

    def __init__(self, codes: Mapping[int, str], styles: Sequence[int], *, from_1904: bool) -> None:
        self._epoch = _1904 if from_1904 else _1900
        self._kinds = [_kind(number, codes.get(number, "")) for number in styles]

    def text(self, cell: str, style: int) -> str:
        """A number as it is stored, as one reads it. Raises BadValue where it is none, or was rounded."""
        kind = self._kinds[style] if 0 <= style < len(self._kinds) else ""
        if not kind and _SHORT.fullmatch(cell):
            return cell  # most numbers
        try:
            number = float(cell)
            if not isfinite(number):
                raise ValueError
            stored = Decimal(repr(float(f"{number:.15g}")))
        except (ValueError, ArithmeticError):
            raise BadValue(
                "'{cell}' is no number", code="table.no_number", values={"cell": cell[:40]}
            ) from None
        if abs(number) >= ROUNDED_FROM:
            raise BadValue(
                "'{cell}' was rounded by the spreadsheet: give the column the format 'text' and enter it "
                "again",
                code="table.rounded_spreadsheet_give_column",
                values={"cell": f"{number:.5E}"},
            )
        if kind == "day" and 0 <= number <= _LAST_DAY:
            return self._day(number)
        if kind == "%":
            return f"{_plain(stored * 100)}%"
        plain = _plain(stored)
        return plain.zfill(len(kind)) if kind.startswith("0") and plain.isdigit() else plain

    def _day(self, number: float) -> str:
        time = self._epoch + timedelta(seconds=round(number * 86_400))
        if self._epoch is _1900 and number < 60:  # Excel's calendar has a 29 February 1900
            time += timedelta(days=1)
        return f"{time:%Y-%m-%d}" if time.time() == time.min.time() else f"{time:%Y-%m-%d %H:%M:%S}"


def _kind(number: int, code: str) -> str:
    """``day``, ``%``, the zeros that a number is filled up with, or nothing."""
    if number in _DAYS:
        return "day"
    if number in _PERCENTAGES:
        return "%"
    bare = _LITERAL.sub("", code.partition(";")[0])
    if "%" in bare:
        return "%"
    if bare.lower() != "general" and _DAY_CODE.search(bare):
        return "day"
    return bare if _ZEROS.fullmatch(bare) else ""


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
