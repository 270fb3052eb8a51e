"""Orders that cross a border: what customs is told, and what CDEK forbids. Pure: no request is made here.

International is an order whose countries differ and are not both in the Customs Union (CDEK documentation,
July 2026). Of a shop, it needs the invoice's date, the shipper and the seller's address, and facts of every
item.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cdek_api
from hub import Address, BadValue, Item, Parcel, Rejected, Sender, in_a_row, read_customs_code, said

_UNION = frozenset({"AM", "BY", "KG", "KZ", "RU"})
CURRENCIES = {"RUB": 1, "KZT": 2, "USD": 3, "EUR": 4, "GBP": 5, "CNY": 6}
"""CDEK's own numbers of currencies, not those of ISO 4217."""
MATERIALS = {
    "polyester": "1", "nylon": "2", "fleece": "3", "cotton": "4", "textile": "5", "linen": "6",
    "viscose": "7", "silk": "8", "wool": "9", "cashmere": "10", "leather": "11", "artificial leather": "12",
    "artificial fur": "13", "suede": "14", "polyurethane": "15", "spandex": "16", "rubber": "17",
}  # fmt: skip
"""CDEK's materials (Appendix 7) in English. Goods of any other material are sent without one."""
_CUSTOMS_DIGITS = 6  # at least
LONGEST = 255
"""Characters of nearly every text (CDEK OpenAPI, July 2026)."""


def international(sender: Address, recipient: Address) -> bool:
    """Whether customs sees the parcel."""
    countries = {sender.country.upper(), recipient.country.upper()}
    return len(countries) > 1 and not countries <= _UNION


def wants_identity(sender: Address, recipient: Address) -> bool:
    """Whether customs wants the recipient's passport and tax number, as far as it is known: of parcels that
    come into Russia. CDEK's documents (July 2026) do not name the countries."""
    return recipient.country.upper() == "RU" and international(sender, recipient)


def check_items(parcels: Iterable[Parcel]) -> None:
    """Raises Rejected, in words, for what customs would miss."""
    missing: list[str] = []
    for item in dict.fromkeys(item for box in parcels for item in box.items):
        facts = {
            "customs_code": customs_code(item),
            "name_en": latin_name(item),
            "brand": item.brand,
            "origin_country": item.origin_country,
        }
        if lacks := [name for name, value in facts.items() if not value]:
            missing.append(
                said(
                    "{offer_id} has no {lacks}",
                    code="cdek.item_lacks",
                    values={"offer_id": item.offer_id or item.sku, "lacks": ", ".join(lacks)},
                )
            )
    if missing:
        raise Rejected(
            "customs needs more about the goods: {in_a_row}. Add it to the catalogue",
            code="customs_data_missing",
            values={"in_a_row": in_a_row(missing)},
        )


def customs_code(item: Item) -> str:
    """Its digits; empty where there is none or it is none."""
    try:
        code = read_customs_code(item.customs_code)
    except BadValue:
        return ""
    return code if len(code) >= _CUSTOMS_DIGITS else ""


def latin_name(item: Item) -> str:
    """The name in the language of customs papers."""
    return next((name for name in (item.name_en, item.name) if name and name.isascii()), "")


def russian_name(item: Item) -> str:
    return item.name_ru or item.name


def article(item: Item) -> str:
    """CDEK China takes no Chinese characters in it."""
    return next((text for text in (item.offer_id, item.sku) if text and text.isascii()), item.sku)


def material(item: Item) -> str | None:
    """CDEK's code, given as such or as a word."""
    word = item.material.strip().lower()
    return word if word in MATERIALS.values() else MATERIALS.get(word)


def shipper_of(sender: Sender) -> tuple[str, str]:
    """Name and address on the invoice. Raises Rejected where the address is too long in one line."""
    return sender.company or sender.name, invoice_address(sender.address)


def invoice_address(home: Address) -> str:
    """The sender's address in one line. Raises Rejected where that is too long."""
    parts = (home.street, home.city, home.region, home.postal_code, home.country)
    address = ", ".join(filter(None, parts))
    if len(address) > LONGEST:
        raise Rejected(
            "the sender's address in one line has {length} characters, and CDEK takes {most} on an invoice: "
            "shorten it",
            code="sender_too_long",
            values={"length": len(address), "most": LONGEST},
        )
    return address


def restriction_request(
    sender: cdek_api.Location, recipient: cdek_api.Location, packages: Sequence[cdek_api.Package]
) -> cdek_api.RestrictionRequest:
    """The question whether these goods may go there."""
    return cdek_api.RestrictionRequest(
        from_location=sender,
        to_location=recipient,
        packages=tuple(
            cdek_api.RestrictionPackage(
                weight=box.weight,
                length=box.length,
                width=box.width,
                height=box.height,
                items=tuple(
                    cdek_api.RestrictionItem(name=one.name, amount=one.amount, feacn_code=one.feacn_code)
                    for one in box.items
                ),
            )
            for box in packages
        ),
    )


def verdict(found: cdek_api.Restrictions) -> str:
    """The conditions of what is limited, in words. Raises Rejected where something is forbidden."""
    if forbidden := list(_told(found, "FORBIDDEN")):
        raise Rejected(
            "CDEK does not take these goods to this country: {in_a_row}",
            code="forbidden_goods",
            values={"in_a_row": in_a_row(forbidden)},
        )
    return in_a_row(_told(found, "LIMITED"))


def _told(found: cdek_api.Restrictions, code: str) -> Iterable[str]:
    """What has this status, once each: the item where one is named, else the package."""
    told: dict[str, None] = {}
    for box in found.packages:
        items = [one for one in box.items if one.status and one.status.code == code]
        for one in items:
            told[
                _words(
                    said(
                        "customs code {feacn_code}",
                        code="cdek.customs_code",
                        values={"feacn_code": one.feacn_code or "?"},
                    ),
                    one.status,
                    box.description,
                )
            ] = None
        if not items and box.status and box.status.code == code:
            told[_words(said("the parcel", code="cdek.parcel"), box.status, box.description)] = None
    return told


def _words(what: str, status: cdek_api.RestrictionStatus | None, description: str | None) -> str:
    reason = status.reason.name if status and status.reason else None
    told = ", ".join(filter(None, (status.name if status else None, reason, description)))
    return (
        said("{what}: {said}", code="cdek.restriction", values={"what": what, "said": told}) if told else what
    )
