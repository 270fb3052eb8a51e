"""What the Post checks in an order, all faults at once (HTTP 200 with ``error-codes``)."""

import re
from collections.abc import Collection, Iterator

from vendor_emulators.russian_post.countries import COUNTRIES, KINDS, limit_g
from vendor_emulators.russian_post.errors import Json, order_error
from vendor_emulators.russian_post.places import city_of, offices
from vendor_emulators.russian_post.products import (
    CATEGORIES,
    CONTRACT,
    DIMENSION_TYPES,
    OTHER_TYPES,
    TYPES,
    has_cod,
    has_value,
    is_ecom,
)

ADDRESS_TYPES = frozenset(("DEFAULT", "PO_BOX", "DEMAND", "UNIT"))
_LATIN = re.compile(r"[A-Za-z .,'\-]+")
_NAME = re.compile(r"[A-Za-zА-Яа-яЁё .,'\"«»()\-]+")


def check(body: Json, points: Collection[str], cod_allowed: bool) -> list[Json]:
    """The faults of one order, in the order of the Post's own list; [] where it is accepted."""
    return [*_product(body, cod_allowed), *_hand_in(body, points), *_recipient(body), *_parcel(body)]


def _product(body: Json, cod_allowed: bool) -> Iterator[Json]:
    kind, category = body.get("mail-type"), body.get("mail-category")
    if not kind:
        yield order_error("EMPTY_MAIL_TYPE")
    elif kind not in TYPES:
        yield order_error("UNAVAILABLE_MAIL_TYPE" if kind in OTHER_TYPES else "ILLEGAL_MAIL_TYPE")
    if not category:
        yield order_error("EMPTY_MAIL_CATEGORY")
    elif kind in TYPES and (kind, category, _abroad(body)) not in CONTRACT:
        text = f"Категория '{category}' не поддерживается для данного вида отправления на данном направлении"
        yield order_error("ILLEGAL_MAIL_CATEGORY", str(category), text)
    elif category not in CATEGORIES:
        yield order_error(
            "ILLEGAL_MAIL_CATEGORY", str(category), "Категория почтового отправления некорректна"
        )
    if category and has_cod(category) and not cod_allowed:
        yield order_error("RESTRICTED_MAIL_CATEGORY")
    yield from _direction(body)


def _direction(body: Json) -> Iterator[Json]:
    direct = body.get("mail-direct")
    if direct is None:
        yield order_error("EMPTY_MAIL_DIRECT")
    elif direct != 643:
        country = COUNTRIES.get(direct)
        kind = KINDS.get(str(body.get("mail-type")))
        if country is None:
            yield order_error("ILLEGAL_MAIL_DIRECT")
        elif kind is not None and not country.accepts(kind):
            yield order_error("TARIFF_ERROR", "1375: Доставка не осуществляется")


def _hand_in(body: Json, points: Collection[str]) -> Iterator[Json]:
    code = body.get("postoffice-code")
    if not code:
        yield order_error("EMPTY_POSTOFFICE_CODE", " ".join(points))
    elif code not in points:
        yield order_error("ILLEGAL_POSTOFFICE_CODE", " ".join(points))


def _recipient(body: Json) -> Iterator[Json]:
    name = recipient_name(body)
    if not name or not _NAME.fullmatch(name):
        yield order_error("ILLEGAL_RECIPIENT_NAME")
    elif len(name.split()) < 2:
        yield order_error("ILLEGAL_INITIALS")
    elif _abroad(body) and not _LATIN.fullmatch(name):
        yield order_error("ILLEGAL_RECIPIENT_NAME_INTL")
    if body.get("tel-address") is None and TYPES.get(str(body.get("mail-type"))):
        needs = TYPES[str(body["mail-type"])].courier or is_ecom(str(body["mail-type"]))
        if needs:
            yield order_error("EMPTY_TELADDRESS")
    address_type = body.get("address-type-to")
    if not address_type:
        yield order_error("EMPTY_ADDRESS_TYPE_TO")
    elif address_type not in ADDRESS_TYPES:
        yield order_error("ILLEGAL_ADDRESS_TYPE_TO")
    elif address_type == "PO_BOX" and not body.get("num-address-type-to"):
        yield order_error("EMPTY_NUM_ADDRESS_TYPE")
    yield from _abroad_address(body) if _abroad(body) else _inland_address(body)


def _inland_address(body: Json) -> Iterator[Json]:
    if is_ecom(str(body.get("mail-type"))):
        point = (body.get("ecom-data") or {}).get("delivery-point-index")
        if not point:
            yield order_error("EMPTY_DELIVERY_POINT_INDEX")
        elif point not in offices():
            yield order_error("ILLEGAL_INDEX_TO")
        return
    index = body.get("index-to")
    if index is None:
        yield order_error("EMPTY_INDEX_TO")
    elif city_of(index) is None:
        yield order_error("ILLEGAL_INDEX_TO")
    if body.get("raw-address"):
        return
    if not body.get("region-to"):
        yield order_error("EMPTY_REGION_TO")
    if not body.get("place-to"):
        yield order_error("EMPTY_PLACE_TO")
    if body.get("address-type-to") == "DEFAULT" and not (body.get("street-to") or body.get("house-to")):
        yield order_error("EMPTY_STREET_TO")


def _abroad_address(body: Json) -> Iterator[Json]:
    if not body.get("place-to"):
        yield order_error("EMPTY_PLACE_TO")
    if not body.get("street-to"):
        yield order_error("EMPTY_STREET_TO")
    if not (body.get("customs-declaration") or {}).get("customs-entries"):
        yield order_error("EMPTY_CUSTOMS_ENTRIES")


def _parcel(body: Json) -> Iterator[Json]:
    yield from _mass(body)
    category = str(body.get("mail-category"))
    value, payment = body.get("insr-value"), body.get("payment")
    if has_value(category) and not value:
        yield order_error("EMPTY_INSR_VALUE")
    elif value is not None and value < 0:
        yield order_error("ILLEGAL_INSR_VALUE")
    if has_cod(category):
        if not payment:
            yield order_error("EMPTY_PAYMENT")
        elif payment < 0:
            yield order_error("ILLEGAL_PAYMENT")
        elif payment > (value or 0):
            yield order_error("NOT_INSURED_PAYMENT")
    if body.get("dimension-type") and body["dimension-type"] not in DIMENSION_TYPES:
        yield order_error("EMPTY_DIMENSION_TYPE")


def _mass(body: Json) -> Iterator[Json]:
    mass, kind = body.get("mass"), TYPES.get(str(body.get("mail-type")))
    if mass is None:
        yield order_error("EMPTY_MASS")
    elif mass <= 0:
        yield order_error("ILLEGAL_MASS")
    elif kind is not None:
        limit: int | None = kind.max_mass
        country = COUNTRIES.get(int(body.get("mail-direct") or 643))
        if country is not None and str(body["mail-type"]) in KINDS:
            limit = limit_g(country, KINDS[str(body["mail-type"])]) or limit
        if limit is not None and mass > limit:
            yield order_error("ILLEGAL_MASS_EXCESS", f"{limit / 1000:g} кг")


def recipient_name(body: Json) -> str:
    """The field itself, else put together from its parts."""
    parts = (str(body.get(key) or "").strip() for key in ("surname", "given-name", "middle-name"))
    joined = " ".join(filter(None, parts))
    return str(body.get("recipient-name") or "").strip() or joined


def _abroad(body: Json) -> bool:
    return int(body.get("mail-direct") or 643) != 643
