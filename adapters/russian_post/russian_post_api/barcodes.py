"""Check digits of barcodes: domestic (14 digits) and international (UPU S10, 13 characters).

Domestic: 6 digits of an office or a pool, 2 of a counter, 5 serial, 1 check digit; verified on
numbers in public issues and SDK tests. Anonymised numbers fail it: warn about one that does, refuse none.
"""

from __future__ import annotations

import re

_DOMESTIC = re.compile(r"[0-9]{14}")
_S10 = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def domestic_check_digit(digits: str) -> int:
    """The 14th digit after these 13: odd places count three times, from 1. Raises ValueError."""
    if not re.fullmatch(r"[0-9]{13}", digits):
        raise ValueError("13 digits are needed")
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits, start=1))
    return -total % 10


def s10_check_digit(digits: str) -> int:
    """The 9th digit after these 8 of an S10 number: 11 - sum mod 11; 10 is 0, 11 is 5. Raises ValueError."""
    if not re.fullmatch(r"[0-9]{8}", digits):
        raise ValueError("8 digits are needed")
    total = sum(int(digit) * weight for digit, weight in zip(digits, _S10_WEIGHTS, strict=True))
    return {10: 0, 11: 5}.get(check := 11 - total % 11, check)


def is_domestic(barcode: str) -> bool:
    """14 digits with the right check digit."""
    return bool(_DOMESTIC.fullmatch(barcode)) and domestic_check_digit(barcode[:13]) == int(barcode[13])


def is_s10(barcode: str) -> bool:
    """Two letters, nine digits with the right check digit, two letters: ``EE123456785KR``."""
    return bool(_S10.fullmatch(barcode)) and s10_check_digit(barcode[2:10]) == int(barcode[10])


def looks_like_barcode(barcode: str) -> bool:
    """The form of either kind, whatever its check digit."""
    return bool(_DOMESTIC.fullmatch(barcode) or _S10.fullmatch(barcode))
