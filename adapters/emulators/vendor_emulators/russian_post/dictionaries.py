"""Dictionaries of the public calculator: ``/v2/dictionary/...``.

Envelopes: tables 2.2-2.8 of its description, as the types of a public SDK give them; a country's blocks: the
answer of 2026-08-13.
"""

from collections.abc import Mapping

from vendor_emulators.russian_post import countries
from vendor_emulators.russian_post.errors import Json
from vendor_emulators.russian_post.objects import INLAND, OBJECTS, OUTGOING, PACKS, SERVICES, Object
from vendor_emulators.russian_post.places import CITIES, Office, office_of, offices
from vendor_emulators.russian_post.products import has_cod, has_value

_VERSION = "2.14.1.676"
_CATEGORIES = ((100, "Внутренние отправления", INLAND), (200, "Международные исходящие", OUTGOING))


class Unknown(Exception):
    """No such dictionary."""


def answer(name: str, query: Mapping[str, str]) -> Json:
    """Raises Unknown."""
    wanted = [int(text) for text in query.get("id", "").split(",") if text.isascii() and text.isdecimal()]
    kind = name.split("/")[0]
    rows: list[Json]
    if kind == "country":
        rows = [countries.view(c) for c in countries.COUNTRIES.values() if not wanted or c.number in wanted]
    elif kind == "object":
        rows = [_object(o) for o in OBJECTS.values() if not wanted or o.id in wanted]
    elif kind == "service":
        rows = [{"id": n, "name": text} for n, text in SERVICES.items() if not wanted or n in wanted]
    elif kind == "category":
        rows = [_category(number, text, direction) for number, text, direction in _CATEGORIES]
    elif kind == "postoffice":
        known = [office_of(str(number)) for number in wanted] if wanted else list(offices().values())
        rows = [office_view(office) for office in known if office is not None]
    else:
        raise Unknown
    return {"version_api": 2, "version": _VERSION, "id": wanted, kind: rows}


def office_view(office: Office) -> Json:
    """``postoffice[]`` (recorded in 2022)."""
    number = CITIES.index(office.city) + 1
    return {
        "index": int(office.index),
        "type": {"OPS": 3, "PVZ": 4, "APS": 5}[office.kind],
        "typei": 1,
        "name": f"{office.city.name.upper()} {int(office.index[3:])}",
        "regionid": number,
        "regiono": number * 1_000_000,
        "region-main": 1,
        "areao": number * 1_000_000,
        "area-main": 1,
        "placeid": 30_000 + number,
        "placeo": number * 1_000_000,
        "parent": int(office.city.main_index),
        "root": int(office.city.main_index),
        "courier": int(office.city.main_index),
        "pvz": 1,
        "item-check-view": 1,
        "move": 1,
        "weight-max": 20000,
        "pack-max": 99,
        "cutoff": 235900,
        "box": int(office.index),
    }


def _object(thing: Object) -> Json:
    """With its parameters and their limits: the machine-readable source of weights."""
    params: list[Json] = [
        _parameter("from", "Индекс места отправления", 101000, 999999),
        _parameter(
            "weight", "Вес", 1, thing.kind.max_mass, default=1000, unit=["грамм", "грамма", "граммов"]
        ),
        {
            "id": "pack",
            "name": "Упаковка",
            "param": "pack",
            "list": [{"id": n, "name": str(n)} for n in PACKS],
        },
    ]
    if thing.direction == OUTGOING:
        params.append(
            {"id": "country", "name": "Страна назначения", "param": "country-to", "list": "country"}
        )
    else:
        params.append(_parameter("to", "Индекс места назначения", 101000, 999999))
    money = ["копейка", "копейки", "копеек"]
    if has_value(thing.category):
        params.append(_parameter("sumoc", "Сумма объявленной ценности", 1, 50_000_000, unit=money))
    if has_cod(thing.category):
        params.append(_parameter("sumnp", "Сумма наложенного платежа", 1, 50_000_000, unit=money))
    return {
        "id": thing.id,
        "name": thing.name,
        "mailtype": thing.kind.number,
        "mailctg": thing.id // 10 % 100,
        "directctg": 1 if thing.direction == INLAND else 2,
        "date": 20260101,
        "params": params,
        "service": [{"id": number, "name": text} for number, text in SERVICES.items()],
    }


def _parameter(
    name: str, text: str, least: int, most: int, *, default: int | None = None, unit: list[str] | None = None
) -> Json:
    row: Json = {"id": name, "name": text, "param": name, "datatype": 1, "min": least, "max": most}
    if default is not None:
        row["def"] = default
    return row if unit is None else {**row, "unit": unit}


def _category(number: int, text: str, direction: int) -> Json:
    children = [{"id": o.id, "name": o.name} for o in OBJECTS.values() if o.direction == direction]
    return {"id": number, "name": text, "child": children}
