"""How texts of people are read: one reading of a phone and of a customs code, wherever they come from."""

from __future__ import annotations

import re
from typing import NamedTuple

from hub.words import BadValue
from hub.words.plain import tidied

_ENOUGH = 10
"""Digits of a whole phone number."""
_EXTENSION = re.compile(
    r"[\s,;(]*(?:;ext=|доб(?:авочный)?\.?(?:\s*номер)?|вн(?:утр(?:енний)?)?\.?(?:\s*номер)?|ext(?:ension|n)?\.?|x|#|转|轉|分机)"
    r"[\s.:№#]*([0-9]{1,8})\s*\)?$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:тел(?:ефон)?|моб(?:ильный)?|tel(?:ephone)?|phone|mob(?:ile)?|电话|手机)[\s.:№]*(?=[+(0-9])", re.I
)
_BARE_EXTENSION = re.compile(r"\s*[,;]\s*([0-9]{1,6})$")
_NEXT_NUMBER = re.compile(r"\s*[,;/|]\s*(?=[+(]?[0-9])")
_DIALLED = re.compile(r"\+?[0-9\s()./‐-―-]+")
_SEPARATORS = re.compile(r"[\s.,·‐-―/-]+")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:\s[0-9]{3})+(?:[.,][0-9]+)?")
_AS_FRACTION = re.compile(r"[0-9]{4,14}[.,]0")
"""A code that a spreadsheet took for a number."""
_HS = re.compile(r"[0-9]{4,14}")


_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


class Phone(NamedTuple):
    """A phone number as somebody wrote it, in its two parts. Personal data."""

    number: str
    """As it was written, without the extension: ``+7 (495) 000-00-00``."""
    extension: str = ""
    """Digits to dial after it answers."""

    @property
    def digits(self) -> str:
        """Digits alone, with the code of the country: ``84950000000`` without a plus is Russian. Empty for
        what is no phone number: fewer than 10 digits, or more than 15 (ITU-T E.164)."""
        if not _DIALLED.fullmatch(self.number):
            return ""  # two numbers in one text would make a third
        found = re.sub(r"\D", "", self.number)
        if len(found) == 11 and found[0] == "8" and not self.number.startswith("+"):
            found = "7" + found[1:]
        elif found.startswith("00"):  # as it is dialled: no number of E.164 begins with a zero
            found = found[2:]
        return found if 10 <= len(found) <= 15 and found.isascii() else ""


def read_phone(text: str) -> Phone:
    """``8 (423) 000-00-00, доб. 100`` as number and extension; of several numbers the first.

    A number that nobody can make sense of stays as it is: it may be read by a person.
    """
    text = tidied(usual_width(text))
    text = text[label.end() :] if (label := _LABEL.match(text)) else text
    extension = _EXTENSION.search(text) or _BARE_EXTENSION.search(text)
    number = text[: extension.start()] if extension else text
    if extension and _digits(number) >= _ENOUGH:
        return Phone(_first(number), extension[1])
    return Phone(_first(text))


def usual_width(text: str) -> str:
    """Full-width letters and digits, as Chinese keyboards have them, in the usual width."""
    return text.translate(_FULL_WIDTH)


def _first(text: str) -> str:
    """The first number, where each of those that stand there is a whole one."""
    parts = _NEXT_NUMBER.split(text)
    return parts[0].strip() if min(map(_digits, parts)) >= _ENOUGH else text


def _digits(text: str) -> int:
    return sum(letter.isdigit() for letter in text)


def without_thousands(number: str) -> str:
    """``1 500`` as ``1500``, as spreadsheets write it; a blank anywhere else stays where it is."""
    number = usual_width(number)
    return re.sub(r"\s", "", number) if _THOUSANDS.fullmatch(number) else number


def read_customs_code(text: str) -> str:
    """``6205.20.00`` as ``62052000``; empty stays empty.

    Codes of the Harmonized System have 2 digits a level (WCO: chapter, heading, subheading; national ones
    follow), so their number is even: an odd one has lost the zero that it began with. Raises BadValue.
    """
    code = tidied(usual_width(text))
    code = _SEPARATORS.sub("", code[:-2] if _AS_FRACTION.fullmatch(code) else code)
    if not code:
        return ""
    if not _HS.fullmatch(code):
        raise BadValue(
            "'{code}' is no customs code: write its 4 to 14 digits, such as 6205200000",
            code="texts.no_customs_code",
            values={"code": text.strip()},
        )
    if len(code) % 2:
        raise BadValue(
            "the customs code '{code}' has an odd number of digits: a spreadsheet may have taken the zero "
            "that it began with, as in 0{code}",
            code="texts.customs_code_odd",
            values={"code": code},
        )
    return code


__all__ = ["Phone", "read_customs_code", "read_phone", "usual_width", "without_thousands"]
