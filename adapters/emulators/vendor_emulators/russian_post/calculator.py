"""The public calculator (``tariff.pochta.ru/v2``): no key, list prices, its own errors.

Shape: an answer recorded in 2022 (object 3000); error codes: appendix of its description.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from vendor_emulators.russian_post import breakdown, dictionaries
from vendor_emulators.russian_post.countries import COUNTRIES, KINDS, Country, limit_g
from vendor_emulators.russian_post.errors import Json
from vendor_emulators.russian_post.objects import (
    NON_STANDARD_PACK,
    OBJECTS,
    OUTGOING,
    PACKS,
    SERVICES,
    SMS,
    Object,
)
from vendor_emulators.russian_post.places import City, city_of, office_of
from vendor_emulators.russian_post.products import has_cod, has_value
from vendor_emulators.russian_post.rates import Asked, rate
from vendor_emulators.schedule import Schedule
from vendor_emulators.wire import Request, Response, json_response

VERSION = "2.14.1.676"


class Wrong(Exception):
    """A parameter that the calculator does not take: ``code`` and ``msg``."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Calculator:
    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule

    def answer(self, request: Request) -> Response:
        """``/v2/...`` and ``/v1/calculate``, GET only."""
        if request.method != "GET":
            return Response(405)
        path = request.path.removeprefix("/tariff")
        version, _, rest = path.removeprefix("/").partition("/")
        query = dict(request.query)
        try:
            if version == "v2" and rest.startswith("dictionary/"):
                return json_response(dictionaries.answer(rest.removeprefix("dictionary/"), query))
            if rest.split("/")[0] == "calculate":
                return json_response(self._calculate(query, rest))
        except dictionaries.Unknown:
            return Response(404)
        except Wrong as wrong:
            old = version == "v1" or query.get("errorcode") == "1"
            return json_response(_error(wrong, query, version), 200 if old else 400)
        return Response(404)

    def error_inside(self, request: Request, code: str | None) -> Response:
        number = int(code) if code and code.isdecimal() else 5000
        wrong = Wrong(number, "Внутренняя ошибка тарификатора")
        version = request.path.split("/")[1]
        return json_response(_error(wrong, dict(request.query), version))

    def _calculate(self, query: Mapping[str, str], rest: str) -> Json:
        """``rest``: ``calculate``, ``calculate/tariff``, ``calculate/delivery``, or both parts."""
        wanted = set(rest.split("/")[1:]) or {"tariff"}
        if not wanted <= {"tariff", "delivery"}:
            raise dictionaries.Unknown
        thing = _object(query)
        day, time = self._when(query)
        sender = _place(query, "from", "Индекс места отправления")
        weight = _number(query, "weight", "Вес", 1, thing.kind.max_mass)
        country = _country(query, thing, weight) if thing.direction == OUTGOING else None
        recipient = None if country else _place(query, "to", "Индекс места назначения")
        services = _services(query)
        found = rate(
            Asked(
                kind=thing.kind,
                sender=sender,
                recipient=recipient,
                country=country,
                mass=weight,
                size=_size(query, thing),
                declared=_sum(query, "sumoc", has_value(thing.category)),
                cash_on_delivery=_sum(query, "sumnp", has_cod(thing.category)),
                fragile=4 in services,
                sms=bool(services & SMS),
                simple_notice=1 in services,
                registered_notice=2 in services,
                contents_checking=81 in services,
                air=query.get("isavia") == "2",
            )
        )
        view: Json = {
            "version_api": 2,
            "version": VERSION,
            "caption": _caption(wanted),
            "id": thing.id,
            "name": thing.name,
            "mailtype": thing.kind.number,
            "mailctg": thing.id // 10 % 100,
            "directctg": 1 if country is None else 2,
            "weight": weight,
            "from": int(query["from"]),
            **({"country-to": country.number} if country else {"to": int(query["to"])}),
            "date": int(f"{day:%Y%m%d}"),
            "time": int(f"{time}00"),
            "date-first": 20260101,
            "postoffice": [_office(query["to"], 2)] if country is None else [],
            "transtype": 2 if query.get("isavia") == "2" else 1,
            "transname": "авиа" if query.get("isavia") == "2" else "наземно",
            "items": [],
        }
        view["postoffice"].append(_office(query["from"], 1))
        if "tariff" in wanted:
            view |= breakdown.tariff(view, found)
        if "delivery" in wanted:
            try:
                deadline = f"{day + timedelta(days=found.max_days):%Y%m%d}T235900"
            except OverflowError:
                raise Wrong(1203, 'В параметре "date" неверное значение.') from None
            view |= breakdown.delivery(view, found, deadline, recipient is not None)
        view["place"] = "C5-d01-8"
        return view

    def _when(self, query: Mapping[str, str]) -> tuple[date, str]:
        text, time = query.get("date"), query.get("time", "0000")
        if not (time.isascii() and time.isdecimal() and len(time) in (4, 6)):
            raise Wrong(1203, 'В параметре "time" неверное значение.')
        if text is None:
            return self._schedule.now().date(), time[:4]
        try:
            return datetime.strptime(text, "%Y%m%d").date(), time[:4]  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            raise Wrong(1203, 'В параметре "date" неверное значение.') from None


def _object(query: Mapping[str, str]) -> Object:
    text = query.get("object", "")
    if not text:
        raise Wrong(1201, 'Неверное значение параметра "Объект расчета" (object). Не указано значение.')
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        raise Wrong(1366, 'Параметр "Объект расчета" (object) имеет нечисловое значение.')
    if int(text) not in OBJECTS:
        raise Wrong(1205, f"Неверный код объекта тарификации {text}.")
    return OBJECTS[int(text)]


def _place(query: Mapping[str, str], key: str, name: str) -> City:
    text = query.get(key)
    if not text:
        raise Wrong(1301, f'Неверное значение параметра "{name}" ({key}). Не указано значение.')
    city = city_of(text)
    if city is None:
        known = len(text) == 6 and text.isascii() and text.isdecimal()
        if known:
            raise Wrong(1372, f"Доставка по указанному маршруту не осуществляется ({key} {text}).")
        raise Wrong(1207, f"Индекс почтового объекта {text} не существует.")
    return city


def _country(query: Mapping[str, str], thing: Object, weight: int) -> Country:
    text = query.get("country-to", query.get("country", ""))
    if not text:
        raise Wrong(1334, "Не указана страна назначения для международной доставки.")
    if not (text.isascii() and text.isdecimal() and len(text) < 5 and int(text) in COUNTRIES):
        raise Wrong(1210, f"Неподдерживаемый код страны {text}.")
    country, kind = COUNTRIES[int(text)], KINDS[thing.key]
    if not country.accepts(kind):
        raise Wrong(1375, f"Доставка не осуществляется: {country.name}.")
    limit = limit_g(country, kind)
    if limit is not None and weight > limit:
        raise Wrong(1378, f'Параметр "Вес" не может быть больше {limit}.')
    return country


def _number(query: Mapping[str, str], key: str, name: str, least: int, most: int) -> int:
    text = query.get(key)
    if not text:
        raise Wrong(1201, f'Неверное значение параметра "{name}" ({key}). Не указано значение.')
    if not (text.isascii() and text.isdecimal() and len(text) < 15):
        raise Wrong(1366, f'Параметр "{name}" ({key}) имеет нечисловое значение.')
    if int(text) < least:
        raise Wrong(1377, f'Параметр "{name}" не может быть меньше {least}.')
    if int(text) > most:
        raise Wrong(1378, f'Параметр "{name}" не может быть больше {most}.')
    return int(text)


def _sum(query: Mapping[str, str], key: str, needed: bool) -> int:
    return _number(query, key, "Сумма", 1, 50_000_000) if needed else 0


def _services(query: Mapping[str, str]) -> set[int]:
    found: set[int] = set()
    for text in filter(None, query.get("service", "").split(",")):
        if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) in SERVICES):
            raise Wrong(1202, f"Услуга {text} не осуществляется.")
        found.add(int(text))
    return found


def _size(query: Mapping[str, str], thing: Object) -> tuple[int, int, int] | None:
    if text := query.get("size"):
        sides = text.lower().split("x")
        if len(sides) != 3 or not all(s.isascii() and s.isdecimal() and 0 < len(s) < 5 for s in sides):
            raise Wrong(1200, 'Указано неверное значение параметра "Размер" (size).')
        return (int(sides[0]), int(sides[1]), int(sides[2]))
    if not query.get("pack"):
        if thing.key == "STANDARD_PARCEL":
            raise Wrong(1201, 'Неверное значение параметра "Упаковка" (pack). Не указано значение.')
        return None
    pack = _number(query, "pack", "Упаковка", 1, 999)
    if pack == NON_STANDARD_PACK:
        return None
    if pack not in PACKS:
        raise Wrong(1200, 'Указано неверное значение параметра "Упаковка" (pack).')
    return PACKS[pack]


def _office(index: str, place: int) -> Json:
    office = office_of(index)
    assert office is not None
    return {**dictionaries.office_view(office), "tp": place}


def _caption(wanted: set[str]) -> str:
    if wanted == {"tariff"}:
        return "Расчет тарифов"
    return (
        "Расчет тарифов, контрольных сроков доставки" if "tariff" in wanted else "Расчет контрольных сроков"
    )


def _error(wrong: Wrong, query: Mapping[str, str], version: str) -> Json:
    body: Json = {
        "caption": "Ошибки тарификации",
        "version": VERSION,
        "error": [f"{wrong.message} ({wrong.code})"],
        "errors": [{"msg": wrong.message, "code": wrong.code}],
    }
    if version == "v2":
        return {"version_api": 2, **body}
    text = query.get("object", "")
    known = OBJECTS.get(int(text)) if text.isascii() and text.isdecimal() and len(text) < 9 else None
    if known is not None:
        body["data"] = {
            "id": known.id,
            "typ": known.kind.number,
            "cat": known.id // 10 % 100,
            "dir": known.direction,
            "name": known.name,
            "seq": 50,
            "date": 20260101,
            "date-first": 20260101,
        }
    return body
