"""Numbers and times as SPSR writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

_LONGEST, _MOST_DIGITS = 40, 15
_MOSCOW = ZoneInfo("Europe/Moscow")


def decimal_of(text: str) -> Decimal | None:
    """A number with a dot or a comma; None where there is none."""
    if len(text) > _LONGEST:
        return None
    try:
        value = Decimal(text.replace(",", ".").replace("\xa0", "").replace(" ", ""))
    except InvalidOperation:
        return None
    # A price or weight of a thousand digits is none, and would cost a second to reckon with.
    return value if value.is_finite() and abs(value.adjusted()) <= _MOST_DIGITS else None


def time_of(text: str) -> datetime | None:
    """An aware UTC time of ``2016-08-20T12:00:00.000``; None where there is none.

    SPSR names no zone. Moscow's is taken: offices tell theirs as a difference to it (``TimeZoneMsk``).
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        return (time if time.tzinfo else time.replace(tzinfo=_MOSCOW)).astimezone(UTC)
    except OverflowError:
        return None


def plain(value: Decimal | int) -> str:
    """A number for a request, never in exponents: ``1.5``."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def flag(value: bool) -> str:
    return "1" if value else "0"
