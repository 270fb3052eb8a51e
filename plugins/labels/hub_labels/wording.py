"""Words that several papers share."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hub import Address, Item, Recipient, Sender

from hub_labels.typefaces import SUBSTITUTE

_SHOWN_MISSING = 4


def weight(grams: int, language: str = "") -> str:
    """In kilograms, with a decimal comma: ``0,540 кг``; ``0.540 kg`` in English and Chinese."""
    if language in ("en", "zh"):
        return f"{grams // 1000}.{grams % 1000:03d} kg"
    return f"{grams // 1000},{grams % 1000:03d} кг"


def phone(who: Recipient | Sender) -> str:
    """The number and the digits to dial after it."""
    if who.phone and who.phone_extension:
        return f"{who.phone} доб. {who.phone_extension}"
    return who.phone


def locality(address: Address) -> str:
    """Postal code, city, and the country where it is not Russia."""
    country = "" if address.country.upper() == "RU" else address.country.upper()
    return joined(f"{address.postal_code} {address.city}", country)


def street(address: Address) -> str:
    """The rest of the address."""
    region = "" if address.region == address.city else address.region
    return joined(region, address.street, address.comment)


def joined(*parts: str) -> str:
    """The parts that there are, with commas."""
    return ", ".join(part for part in map(str.strip, parts) if part)


def item_name(item: Item) -> str:
    """The name for Russian papers."""
    return item.name_ru or item.name or item.name_en or item.name_zh or item.offer_id


def missing_note(missing: Collection[str]) -> str:
    """Which characters no font could draw, by code point; empty without any."""
    if not missing:
        return ""
    codes = [f"U+{ord(character):04X}" for character in sorted(missing)]
    more = " …" if len(codes) > _SHOWN_MISSING else ""
    return f"{SUBSTITUTE} нет в шрифте: {', '.join(codes[:_SHOWN_MISSING])}{more}"


def local_time(moment: datetime, time_zone: str) -> str:
    """``24.11.2026 18:00 UTC+8``; in UTC where the zone is unknown."""
    try:
        local = moment.astimezone(ZoneInfo(time_zone))
    except (KeyError, ValueError, OSError):
        local = moment.astimezone(UTC)
    minutes = int((local.utcoffset() or timedelta()).total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    offset = f"{sign}{hours}:{rest:02d}" if rest else f"{sign}{hours}" if hours else ""
    return f"{local:%d.%m.%Y %H:%M} UTC{offset}"


__all__ = [
    "item_name",
    "joined",
    "local_time",
    "locality",
    "missing_note",
    "phone",
    "street",
    "weight",
]
