"""Words that several papers share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hub import Address, Item, Recipient, Sender

from hub_labels.typefaces import SUBSTITUTE

_SHOWN_MISSING = 4


class Spoken:
    """Words of a paper, by name and language: in Russian, which carriers' people and buyers read, and in the
    seller's language."""

    def __init__(self, words: Mapping[str, Mapping[str, str]], language: str) -> None:
        self._words = words
        self.language = language or "zh"

    def both(self, name: str) -> str:
        """Russian first, and the seller's where that is another language."""
        russian, own = self._words[name]["ru"], self.own(name)
        return russian if own == russian else f"{russian} · {own}"

    def own(self, name: str) -> str:
        """In the seller's language alone."""
        words = self._words[name]
        return words.get(self.language) or words["ru"]


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


def other_names(item: Item, language: str) -> tuple[str, ...]:
    """Its names beside that one, the seller's language first."""
    names = {"zh": item.name_zh, "en": item.name_en}
    ordered = sorted(names, key=lambda one: one != language)
    return tuple(dict.fromkeys(names[one] for one in ordered if names[one] not in ("", item_name(item))))


_NOT_IN_FONT = {"ru": "нет в шрифте", "en": "not in the font", "zh": "字体中没有"}


def missing_note(missing: Collection[str], language: str = "ru") -> str:
    """Which characters no font could draw, by code point; empty without any."""
    if not missing:
        return ""
    codes = [f"U+{ord(character):04X}" for character in sorted(missing)]
    more = " …" if len(codes) > _SHOWN_MISSING else ""
    said = _NOT_IN_FONT.get(language, _NOT_IN_FONT["ru"])
    return f"{SUBSTITUTE} {said}: {', '.join(codes[:_SHOWN_MISSING])}{more}"


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
    "Spoken",
    "item_name",
    "joined",
    "local_time",
    "locality",
    "missing_note",
    "other_names",
    "phone",
    "street",
    "weight",
]
