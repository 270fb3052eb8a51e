"""Numbers of parcels: 14 digits inland, S10 (UPU) across the border."""

import re

_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_DOMESTIC = re.compile(r"\d{14}")
_S10 = re.compile(r"[A-Z]{2}\d{9}[A-Z]{2}")


def domestic_check(digits: str) -> int:
    """The fourteenth digit of the thirteen given: odd places count threefold."""
    odd, even = sum(map(int, digits[::2])), sum(map(int, digits[1::2]))
    return -(3 * odd + even) % 10


def domestic(pool: str, month: int, serial: int) -> str:
    """``pool`` (an index, six digits), the counter month 1-99, a serial of five digits."""
    digits = f"{pool}{month:02d}{serial:05d}"
    return f"{digits}{domestic_check(digits)}"


def s10_check(digits: str) -> int:
    """The ninth digit of the eight given, modulo 11."""
    rest = 11 - sum(int(d) * w for d, w in zip(digits, _S10_WEIGHTS, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)


def s10(prefix: str, serial: int) -> str:
    """Of a parcel that leaves Russia; ``prefix`` is the service indicator (``CA``, ``EA``, ``RA``)."""
    digits = f"{serial:08d}"
    return f"{prefix}{digits}{s10_check(digits)}RU"


def looks_like_barcode(text: str) -> bool:
    """The form alone: the Post's own examples fail the check digit."""
    return bool(_DOMESTIC.fullmatch(text) or _S10.fullmatch(text))


def grouped(barcode: str) -> str:
    """As people read it on a label: ``800925 78 90047 5``."""
    if len(barcode) == 14:
        return f"{barcode[:6]} {barcode[6:8]} {barcode[8:13]} {barcode[13:]}"
    return f"{barcode[:2]} {barcode[2:5]} {barcode[5:8]} {barcode[8:11]} {barcode[11:]}"
