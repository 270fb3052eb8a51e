"""Cities and offices that this CDEK knows.

Codes, names and coordinates of Russian cities: CDEK's public city list (sample of 2026).
The offices are made up.
"""

import math
import uuid as uuids
from functools import lru_cache
from typing import Any

import msgspec

Json = dict[str, Any]

_SPACE = uuids.UUID("7e57c0de-0000-4000-8000-000000000000")
COUNTRIES = {"RU": "Россия", "KZ": "Казахстан", "BY": "Беларусь", "CN": "Китай (КНР)"}
_HOURS = ["10:00/20:00"] * 5 + ["10:00/16:00"] * 2
_STREETS = ("ул. Ленина", "ул. Садовая", "пр-т Мира", "ул. Полевая", "ул. Лесная", "ул. Новая")


class City(msgspec.Struct, frozen=True):
    """``prefixes``: beginnings of its postal codes; ``office``: the prefix of its offices' codes."""

    code: int
    name: str
    country_code: str
    region: str
    region_code: int
    latitude: float
    longitude: float
    time_zone: str
    prefixes: tuple[str, ...]
    office: str

    @property
    def uuid(self) -> str:
        return str(uuids.uuid5(_SPACE, f"city-{self.code}"))

    @property
    def postal_code(self) -> str:
        return self.prefixes[0].ljust(6, "0")

    def view(self) -> Json:
        """An element of ``GET /v2/location/cities``."""
        return {
            "code": self.code,
            "city_uuid": self.uuid,
            "city": self.name,
            "fias_guid": str(uuids.uuid5(_SPACE, f"fias-{self.code}")),
            "country_code": self.country_code,
            "country": COUNTRIES[self.country_code],
            "region": self.region,
            "region_code": self.region_code,
            "sub_region": self.name,
            "longitude": self.longitude,
            "latitude": self.latitude,
            "time_zone": self.time_zone,
            "payment_limit": -1.0 if self.country_code == "RU" else 0.0,
        }


_MSK, _YEK = "Europe/Moscow", "Asia/Yekaterinburg"
CITIES = (
    City(44, "Москва", "RU", "Москва", 81, 55.75222, 37.61556, _MSK, ("10", "11", "12"), "MSK"),
    City(137, "Санкт-Петербург", "RU", "Санкт-Петербург", 82, 59.938806, 30.314278, _MSK, ("19",), "SPB"),
    City(146, "Ярославль", "RU", "Ярославская область", 35, 57.622434, 39.887894, _MSK, ("150",), "YAR"),
    City(150, "Тула", "RU", "Тульская область", 37, 54.193802, 37.619028, _MSK, ("300",), "TUL"),
    City(
        152,
        "Калининград",
        "RU",
        "Калининградская область",
        38,
        54.710303,
        20.510784,
        "Europe/Kaliningrad",
        ("236",),
        "KLD",
    ),
    City(157, "Подольск", "RU", "Московская область", 9, 55.431126, 37.545626, _MSK, ("1421",), "PDL"),
    City(245, "Тверь", "RU", "Тверская область", 50, 56.860477, 35.904539, _MSK, ("170",), "TVR"),
    City(248, "Пермь", "RU", "Пермский край", 22, 58.004785, 56.237654, _YEK, ("614",), "PRM"),
    City(250, "Екатеринбург", "RU", "Свердловская область", 24, 56.8386, 60.6055, _YEK, ("620",), "EKB"),
    City(252, "Тюмень", "RU", "Тюменская область", 52, 57.153, 65.5343, _YEK, ("625",), "TYM"),
    City(256, "Уфа", "RU", "Башкортостан", 27, 54.738437, 55.983161, _YEK, ("450",), "UFA"),
    City(259, "Челябинск", "RU", "Челябинская область", 3, 55.16, 61.4026, _YEK, ("454",), "CHL"),
    City(268, "Омск", "RU", "Омская область", 15, 54.990147, 73.365319, "Asia/Omsk", ("644",), "OMS"),
    City(
        270,
        "Новосибирск",
        "RU",
        "Новосибирская область",
        23,
        55.028739,
        82.906928,
        "Asia/Novosibirsk",
        ("630",),
        "NSK",
    ),
    City(
        278,
        "Красноярск",
        "RU",
        "Красноярский край",
        13,
        56.008691,
        92.870529,
        "Asia/Krasnoyarsk",
        ("660",),
        "KRN",
    ),
    City(281, "Иркутск", "RU", "Иркутская область", 4, 52.2864, 104.2807, "Asia/Irkutsk", ("664",), "IRK"),
    City(
        287,
        "Хабаровск",
        "RU",
        "Хабаровский край",
        14,
        48.460732,
        135.056475,
        "Asia/Vladivostok",
        ("680",),
        "KHB",
    ),
    City(
        288, "Владивосток", "RU", "Приморский край", 18, 43.1151, 131.885, "Asia/Vladivostok", ("690",), "VVO"
    ),
    City(
        414, "Нижний Новгород", "RU", "Нижегородская область", 67, 56.323922, 44.002258, _MSK, ("603",), "NNV"
    ),
    City(424, "Казань", "RU", "Татарстан", 39, 55.795772, 49.106585, _MSK, ("420",), "KZN"),
    City(
        426,
        "Волгоград",
        "RU",
        "Волгоградская область",
        40,
        48.707793,
        44.515942,
        "Europe/Volgograd",
        ("400",),
        "VLG",
    ),
    City(430, "Самара", "RU", "Самарская область", 57, 53.1955, 50.1018, "Europe/Samara", ("443",), "SAM"),
    City(435, "Краснодар", "RU", "Краснодарский край", 7, 45.034942, 38.976032, _MSK, ("350",), "KSD"),
    City(437, "Сочи", "RU", "Краснодарский край", 7, 43.582684, 39.722154, _MSK, ("354",), "SOC"),
    City(438, "Ростов-на-Дону", "RU", "Ростовская область", 45, 47.222078, 39.720358, _MSK, ("344",), "RND"),
    City(506, "Воронеж", "RU", "Воронежская область", 63, 51.662496, 39.204096, _MSK, ("394",), "VRN"),
    City(9220, "Минск", "BY", "Минск", 529, 53.902284, 27.561831, "Europe/Minsk", ("220",), "MNSK"),
    City(4756, "Алматы", "KZ", "Алматы", 907, 43.238293, 76.945465, "Asia/Almaty", ("050",), "ALM"),
    City(4961, "Астана", "KZ", "Астана", 908, 51.128207, 71.430411, "Asia/Almaty", ("010",), "AST"),
    City(12683, "Шанхай", "CN", "Шанхай", 906, 31.230863, 121.470462, "Asia/Shanghai", ("200",), "SHA"),
    City(7157, "Шэньчжэнь", "CN", "Гуандун", 904, 22.543096, 114.057865, "Asia/Shanghai", ("518",), "SZX"),
)
BY_CODE = {city.code: city for city in CITIES}


def normal(name: str) -> str:
    name = name.strip().lower().replace("ё", "е")
    for prefix in ("г.", "г ", "город "):
        name = name.removeprefix(prefix).strip()
    return name


_BY_NAME = {normal(city.name): city for city in CITIES}


def by_postal_code(postal_code: str) -> City | None:
    return next((c for c in CITIES if any(postal_code.startswith(p) for p in c.prefixes)), None)


def find_city(location: Json) -> City | None:
    """The city of a location as CDEK resolves it: code, coordinates, postal code, name, address."""
    code = location.get("code")
    if code is not None:
        return next((city for city in CITIES if str(city.code) == str(code)), None)
    country = str(location.get("country_code") or "").upper()
    name = str(location.get("city") or "")
    postal_code = str(location.get("postal_code") or "").strip()
    if name:
        found = _BY_NAME.get(normal(name)) or (by_postal_code(postal_code) if postal_code else None)
    elif postal_code:
        found = by_postal_code(postal_code)
    else:
        address = normal(str(location.get("address") or ""))
        found = next((city for key, city in _BY_NAME.items() if key in address), None)
    if found is not None and country and found.country_code != country:
        return None
    return found


def kilometres(a: City, b: City) -> float:
    """Great circle."""
    p, q = math.radians(a.latitude), math.radians(b.latitude)
    d = math.radians(b.longitude - a.longitude)
    x = math.sin(p) * math.sin(q) + math.cos(p) * math.cos(q) * math.cos(d)
    return 6371 * math.acos(max(-1.0, min(1.0, x)))


class Office(msgspec.Struct, frozen=True):
    """``kind`` PVZ or POSTAMAT."""

    code: str
    kind: str
    city: City
    number: int

    @property
    def address(self) -> str:
        return f"{_STREETS[self.number % len(_STREETS)]}, {self.number}"

    @property
    def latitude(self) -> float:
        return round(self.city.latitude + (self.number % 7 - 3) / 100, 6)

    @property
    def longitude(self) -> float:
        return round(self.city.longitude + (self.number % 5 - 2) / 100, 6)

    @property
    def weight_max(self) -> float | None:
        """Kilograms; None: no limit."""
        if self.kind == "POSTAMAT":
            return 15.0
        return 30.0 if self.number % 3 else None

    def location(self) -> Json:
        city = self.city
        return {
            "country_code": city.country_code,
            "region_code": city.region_code,
            "region": city.region,
            "city_code": city.code,
            "city": city.name,
            "city_uuid": city.uuid,
            "fias_guid": city.view()["fias_guid"],
            "postal_code": city.postal_code,
            "longitude": self.longitude,
            "latitude": self.latitude,
            "address": self.address,
            "address_full": ", ".join(
                (city.postal_code, COUNTRIES[city.country_code], city.region, city.name, self.address)
            ),
        }

    def view(self) -> Json:
        """An element of ``GET /v2/deliverypoints``."""
        pvz = self.kind == "PVZ"
        view: Json = {
            "code": self.code,
            "name": f"{self.code}, {self.city.name}, {self.address}",
            "uuid": str(uuids.uuid5(_SPACE, self.code)),
            "address_comment": "",
            "nearest_station": "",
            "work_time": "Пн-Пт 10:00-20:00, Сб-Вс 10:00-16:00",
            "phones": [{"number": "+70000000000"}],
            "email": "office@example.test",
            "note": "",
            "type": self.kind,
            "owner_code": "CDEK",
            "take_only": False,
            "is_handout": True,
            "is_reception": pvz,
            "is_dressing_room": pvz,
            "is_ltl": False,
            "have_cashless": True,
            "have_cash": pvz,
            "have_fast_payment_system": False,
            "allowed_cod": pvz,
            "office_image_list": [],
            "work_time_list": [{"day": day, "time": time} for day, time in enumerate(_HOURS, 1)],
            "work_time_exception_list": [],
            "status": "ACTIVE",
            "fulfillment": False,
            "ltl_acceptance_partners": False,
            "ltl_issuance_partners": False,
            "location": self.location(),
        }
        if self.weight_max is not None:
            view["weight_min"] = 0.0
            view["weight_max"] = self.weight_max
        if not pvz:
            view["dimensions"] = [
                {"width": 38.0, "height": height, "depth": 60.0} for height in (12.0, 20.0, 40.0)
            ]
        return view


@lru_cache(maxsize=1)
def offices() -> dict[str, Office]:
    """Ten pick-up points and two lockers a city, and the two of CDEK's own examples: MSK65, NSK23."""
    made: list[Office] = []
    for city in CITIES:
        made += [Office(f"{city.office}{n}", "PVZ", city, n) for n in range(1, 11)]
        made += [Office(f"{city.office}{n}", "POSTAMAT", city, n) for n in (101, 102)]
    made += [Office("MSK65", "PVZ", BY_CODE[44], 65), Office("NSK23", "PVZ", BY_CODE[270], 23)]
    return {office.code: office for office in made}
