"""Countries the Post sends to, and what was blocked on 2026-08-13 (its own dictionary of that day).

A few of the 256, chosen so that every combination of open and blocked kinds occurs.
"""

from typing import NamedTuple

from vendor_emulators.russian_post.errors import Json


class Country(NamedTuple):
    """``open``: kinds that are accepted, of ``mail banderole parcel packet ems``; ``ems_g``: limit or 0."""

    number: int
    alpha2: str
    alpha3: str
    name: str
    english: str
    open: str
    ems_g: int
    zone: int

    def accepts(self, kind: str) -> bool:
        return kind in self.open.split()


_ALL = "mail banderole parcel packet ems"
_LETTERS = "mail banderole ems"
COUNTRIES = {
    country.number: country
    for country in (
        Country(895, "", "", "АБХАЗИЯ", "Abkhazia", "mail banderole parcel packet", 0, 1),
        Country(36, "AU", "AUS", "АВСТРАЛИЯ", "Australia", "", 30_000, 5),
        Country(31, "AZ", "AZE", "АЗЕРБАЙДЖАН", "Azerbaijan", _LETTERS, 30_000, 1),
        Country(51, "AM", "ARM", "АРМЕНИЯ", "Armenia", _ALL, 30_000, 1),
        Country(112, "BY", "BLR", "БЕЛАРУСЬ", "Belarus", _ALL, 30_000, 1),
        Country(826, "GB", "GBR", "ВЕЛИКОБРИТАНИЯ", "United Kingdom", _ALL, 20_000, 3),
        Country(276, "DE", "DEU", "ГЕРМАНИЯ", "Germany", _ALL, 30_000, 3),
        Country(344, "HK", "HKG", "ГОНКОНГ", "Hong Kong", "ems", 30_000, 4),
        Country(268, "GE", "GEO", "ГРУЗИЯ", "Georgia", _LETTERS, 30_000, 1),
        Country(376, "IL", "ISR", "ИЗРАИЛЬ", "Israel", _LETTERS, 20_000, 3),
        Country(380, "IT", "ITA", "ИТАЛИЯ", "Italy", _ALL, 30_000, 3),
        Country(398, "KZ", "KAZ", "КАЗАХСТАН", "Kazakhstan", "mail parcel ems", 30_000, 1),
        Country(417, "KG", "KGZ", "КИРГИЗИЯ", "Kyrgyzstan", "parcel ems", 30_000, 1),
        Country(156, "CN", "CHN", "КИТАЙ", "China", "parcel ems", 30_000, 4),
        Country(410, "KR", "KOR", "КОРЕЯ", "Korea", "ems", 30_000, 4),
        Country(428, "LV", "LVA", "ЛАТВИЯ", "Latvia", "ems", 30_000, 2),
        Country(688, "RS", "SRB", "СЕРБИЯ", "Serbia", "ems", 30_000, 2),
        Country(840, "US", "USA", "СОЕДИНЕННЫЕ ШТАТЫ АМЕРИКИ", "United States", "ems", 30_000, 5),
        Country(158, "TW", "TWN", "ТАЙВАНЬ", "Taiwan", _LETTERS, 0, 4),
        Country(792, "TR", "TUR", "ТУРЦИЯ", "Turkey", _LETTERS, 30_000, 3),
        Country(860, "UZ", "UZB", "УЗБЕКИСТАН", "Uzbekistan", "parcel ems", 30_000, 1),
        Country(250, "FR", "FRA", "ФРАНЦИЯ", "France", _ALL, 30_000, 3),
        Country(233, "EE", "EST", "ЭСТОНИЯ", "Estonia", "", 30_000, 2),
        Country(392, "JP", "JPN", "ЯПОНИЯ", "Japan", _LETTERS, 30_000, 4),
    )
}
RUSSIA = Country(643, "RU", "RUS", "Российская Федерация", "Russian Federation", _ALL, 30_000, 0)
# Which block of the dictionary a mail type falls under.
KINDS = {
    **dict.fromkeys(("LETTER", "LETTER_CLASS_1"), "mail"),
    **dict.fromkeys(("BANDEROL", "BANDEROL_CLASS_1"), "banderole"),
    "POSTAL_PARCEL": "parcel",
    "SMALL_PACKET": "packet",
    "EMS": "ems",
}
_LIMITS_G = {"parcel": 20_000, "packet": 2_000}


def limit_g(country: Country, kind: str) -> int | None:
    """The heaviest accepted; None where the dictionary names none."""
    return (country.ems_g or None) if kind == "ems" else _LIMITS_G.get(kind)


def view(country: Country) -> Json:
    """An element of ``GET /v2/dictionary/country``."""
    row: Json = {"id": country.number, "name": country.name, "date": 20251219}
    for kind in ("mail", "banderole", "parcel", "packet", "ems"):
        accepted = country.accepts(kind)
        block: Json = {"block": 0 if accepted else 1, "oc": 0, "np": 0}
        limit = limit_g(country, kind)
        if limit is not None and (accepted or kind == "ems"):
            block["wmax"] = limit
        if kind == "parcel" and accepted:
            block |= {"sizemax": {"x": 105, "y": 105, "z": 105}, "linemax": 200}
        elif kind == "packet" and accepted:
            block |= {"sizemax": {"x": 60, "y": 30, "z": 30}, "linemax": 60}
        elif kind == "ems":
            block |= {"courier": 1, "notification": 1, "warning": 1}
        else:
            block["notification"] = 1
        if kind != "ems":
            block["avia"] = {"block": 1}
        row[kind] = block
    return row
