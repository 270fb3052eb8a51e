"""The codes of units, read and checked before the marketplace sees them: their form, check digits, the tail.

Chestny ZNAK: GS1 DataMatrix with a GTIN (01), a serial number (21) and a cryptographic tail, 91 and 92, or
93 (Ozon Seller API, exemplar methods, 2026-09-28: the whole code, with its separators).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hub.flow.units.keyboard import GS, as_meant
from hub.plugin_api.errors import Rejected

MOST = 300
"""Characters of a code that are read at all."""
_SPLIT = (
    re.compile(r"(01\d{14}21[!-~]{13})(91[!-~]{4})(92[!-~]{44}|92[!-~]{88})"),
    re.compile(r"(01\d{14}21[!-~]{6})(93[!-~]{4})"),
    re.compile(r"(01\d{14}21[!-~]{13})(93[!-~]{4})"),
)
"""Whole codes whose separators the scanner swallowed: their parts have these lengths."""
_RUN_TOGETHER = re.compile(r"01\d{14}21.{21,}")  # a serial number has twenty characters at most
_DECLARATION = re.compile(r"\d{8}/\d{6}/[0-9A-Z]{7}(?:/\d{1,3})?")
_BATCH = re.compile(r"\d{8}/\d{6}/[0-9A-Z]{7}/\d{1,3}")


class Marking(NamedTuple):
    """A marking code."""

    code: str
    """Whole, with separators, as the marketplace wants it."""
    gtin: str
    """Fourteen digits: which product it is."""
    mended: tuple[str, ...] = ()
    """What the scanner did to it, and was mended."""


def is_marking(typed: str) -> bool:
    """Whether it looks like a marking code, broken or not, and like nothing else."""
    text, _ = as_meant(typed[:MOST])
    return bool(re.match(r"01\d{14}21.", text))


def marking(typed: str) -> Marking:
    """Read a marking code. Raises Rejected with what to do at the scanner."""
    if len(typed) > MOST:
        raise Rejected("this code is too long to be a marking code", code="marking_too_long")
    text, mended = as_meant(typed)
    if GS not in text:
        text, found = _separated(text)
        mended += ("lost_separator",) if found else ()
        if not found and _RUN_TOGETHER.match(text):
            raise Rejected(
                "the scanner swallows the separator of this code: set it to send GS (ASCII 29)",
                code="marking_no_separator",
            )
    parts = _parts(text)
    if "91" in parts and _typed_with_caps(parts["91"]):
        text, mended = text.swapcase(), (*mended, "caps_lock")
        parts = _parts(text)
    if "21" not in parts:
        raise Rejected(
            "this is no marking code: it has no serial number. Scan the square code on the goods",
            code="marking_no_serial",
        )
    if not ({"91", "92"} <= parts.keys() or "93" in parts):
        raise Rejected(
            "this marking code lacks its tail: scan the square code itself, do not copy it from a list",
            code="marking_no_tail",
        )
    return Marking(text, parts["01"], mended)


def _separated(text: str) -> tuple[str, bool]:
    for form in _SPLIT:
        if (match := form.fullmatch(text)) is not None:
            return GS.join(match.groups()), True
    return text, False


def _parts(text: str) -> dict[str, str]:
    """The elements by their application identifiers."""
    import biip

    try:
        message = biip.parse(text).gs1_message
    except biip.ParseError:
        message = None
    found = {} if message is None else {one.ai.ai: one for one in message.element_strings}
    if "01" not in found:
        raise Rejected("this is no marking code: scan the square code on the goods", code="marking_not_one")
    if found["01"].gtin is None:
        raise Rejected(
            "this code was read wrong: a check digit does not fit. Scan it once more",
            code="marking_check_digit",
        )
    return {ai: one.value for ai, one in found.items()}


def _typed_with_caps(key: str) -> bool:
    """The key of the tail has capitals and digits: small letters were capitals."""
    return key != key.upper() and key == key.lower()


def imei(typed: str) -> str:
    """Read the number of a device. Raises Rejected."""
    text, _ = as_meant(typed)
    digits = text.replace("-", "").replace(" ", "")
    if not re.fullmatch(r"\d{15}", digits) or not _luhn(digits):
        raise Rejected("this is no IMEI: fifteen digits, and the last fits the others", code="imei_wrong")
    return digits


def _luhn(digits: str) -> bool:
    doubled = (int(one) * (1 + place % 2) for place, one in enumerate(reversed(digits)))
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def uin(typed: str) -> str:
    """Read the number of a piece of jewellery. Raises Rejected."""
    text, _ = as_meant(typed)
    if not re.fullmatch(r"\d{16}", text):
        raise Rejected("this is no UIN: it has sixteen digits", code="uin_wrong")
    return text


def customs_number(typed: str) -> str:
    """Read the number of a customs declaration. Raises Rejected."""
    text = "".join(typed.upper().split()).translate(_LETTERS)
    if not _DECLARATION.fullmatch(text):
        raise Rejected(
            "this is no number of a customs declaration: 10702070/010126/0012345, and perhaps /12",
            code="customs_number_wrong",
        )
    return text


def rnpt(typed: str) -> str:
    """Read the number of a traceable batch. Raises Rejected."""
    text = "".join(typed.upper().split()).translate(_LETTERS)
    if not _BATCH.fullmatch(text):
        raise Rejected(
            "this is no number of a traceable batch: 10702070/010126/0012345/12", code="rnpt_wrong"
        )
    return text


_LETTERS = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")
"""Cyrillic letters that look like Latin ones, in numbers that are copied from papers."""

__all__ = ["Marking", "customs_number", "imei", "is_marking", "marking", "rnpt", "uin"]
