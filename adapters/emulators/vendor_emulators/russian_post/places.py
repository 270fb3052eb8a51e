"""Where this Post delivers: Russian cities by the first three digits of the index, and their offices.

Blocks of indexes and rough coordinates are general knowledge; offices, streets and hours are made up,
except that the indexes of the Post's own examples (109012, 115162, 142300, 410000 ...) are there.
"""

import math
import uuid as uuids
from functools import lru_cache

import msgspec

_SPACE = uuids.UUID("7e57c0de-0000-4000-8000-000000000001")
STREETS = ("Ленина", "Садовая", "Мира", "Полевая", "Лесная", "Новая", "Московская", "Варшавское", "Каширское")


class City(msgspec.Struct, frozen=True):
    """``region`` as offices show it, ``cleaned`` as the cleaner does; ``offset``: hours ahead of UTC."""

    name: str
    region: str
    cleaned: str
    prefixes: tuple[str, ...]
    latitude: float
    longitude: float
    offset: int

    @property
    def main_index(self) -> str:
        return f"{self.prefixes[0]}000"

    @property
    def place(self) -> str:
        return f"г. {self.name}"

    def guid(self, kind: str) -> str:
        """A stable made-up identifier in GAR's form."""
        return str(uuids.uuid5(_SPACE, f"{kind}-{self.name}"))


class Office(msgspec.Struct, frozen=True):
    """``kind``: ``OPS`` (post office), ``PVZ`` (pick-up point) or ``APS`` (locker)."""

    index: str
    kind: str
    city: City
    number: int

    @property
    def latitude(self) -> float:
        return round(self.city.latitude + 0.012 * math.cos(self.number * 1.7), 6)

    @property
    def longitude(self) -> float:
        return round(self.city.longitude + 0.018 * math.sin(self.number * 1.7), 6)

    @property
    def street(self) -> str:
        return f"ул. {STREETS[self.number % len(STREETS)]}, {self.number + 1}"

    @property
    def type_code(self) -> str:
        return {"OPS": "ГОПС", "PVZ": "ПВЗ", "APS": "АПС"}[self.kind]


# name, region, kind of region, first digits, latitude, longitude, hours ahead of UTC
_CITIES = """
Москва;г Москва;;101-129;55.752;37.616;3
Санкт-Петербург;г Санкт-Петербург;;190-199;59.939;30.314;3
Чехов;Московская;обл;142;55.148;37.477;3
Подольск;Московская;обл;140-141,143-144;55.431;37.546;3
Ярославль;Ярославская;обл;150-152;57.622;39.888;3
Иваново;Ивановская;обл;153-155;57.000;40.974;3
Кострома;Костромская;обл;156-157;57.768;40.927;3
Вологда;Вологодская;обл;160-162;59.220;39.892;3
Архангельск;Архангельская;обл;163-165;64.540;40.515;3
Сыктывкар;Коми;Респ;167-169;61.669;50.836;3
Тверь;Тверская;обл;170-172;56.860;35.905;3
Великий Новгород;Новгородская;обл;173-175;58.522;31.275;3
Псков;Псковская;обл;180-182;57.819;28.332;3
Мурманск;Мурманская;обл;183-184;68.970;33.075;3
Петрозаводск;Карелия;Респ;185-186;61.785;34.347;3
Гатчина;Ленинградская;обл;187-188;59.568;30.123;3
Смоленск;Смоленская;обл;214-216;54.783;32.045;3
Калининград;Калининградская;обл;236-238;54.710;20.511;2
Брянск;Брянская;обл;241-243;53.243;34.364;3
Калуга;Калужская;обл;248-249;54.514;36.261;3
Тула;Тульская;обл;300-301;54.194;37.619;3
Орёл;Орловская;обл;302-303;52.970;36.064;3
Курск;Курская;обл;305-307;51.730;36.193;3
Белгород;Белгородская;обл;308-309;50.596;36.588;3
Ростов-на-Дону;Ростовская;обл;344-347;47.222;39.720;3
Краснодар;Краснодарский;край;350-353;45.035;38.976;3
Сочи;Краснодарский;край;354;43.583;39.722;3
Ставрополь;Ставропольский;край;355-357;45.045;41.969;3
Махачкала;Дагестан;Респ;367-368;42.983;47.505;3
Рязань;Рязанская;обл;390-391;54.629;39.742;3
Тамбов;Тамбовская;обл;392-393;52.721;41.452;3
Воронеж;Воронежская;обл;394-397;51.662;39.204;3
Липецк;Липецкая;обл;398-399;52.609;39.599;3
Волгоград;Волгоградская;обл;400-404;48.708;44.516;3
Саратов;Саратовская;обл;410-413;51.536;46.024;4
Астрахань;Астраханская;обл;414-416;46.348;48.033;4
Казань;Татарстан;Респ;420-423;55.796;49.107;3
Ижевск;Удмуртская;Респ;426-427;56.853;53.211;4
Чебоксары;Чувашская;Респ;428-429;56.146;47.251;3
Саранск;Мордовия;Респ;430-431;54.187;45.184;3
Ульяновск;Ульяновская;обл;432-433;54.317;48.402;4
Пенза;Пензенская;обл;440-442;53.195;45.019;3
Самара;Самарская;обл;443-446;53.196;50.102;4
Уфа;Башкортостан;Респ;450-453;54.738;55.983;5
Челябинск;Челябинская;обл;454;55.160;61.403;5
Магнитогорск;Челябинская;обл;455-457;53.411;58.984;5
Оренбург;Оренбургская;обл;460-462;51.768;55.097;5
Владимир;Владимирская;обл;600-602;56.129;40.407;3
Нижний Новгород;Нижегородская;обл;603-607;56.324;44.002;3
Киров;Кировская;обл;610-613;58.604;49.668;3
Пермь;Пермский;край;614-619;58.005;56.238;5
Екатеринбург;Свердловская;обл;620-624;56.839;60.606;5
Тюмень;Тюменская;обл;625-627;57.153;65.534;5
Сургут;Ханты-Мансийский Автономный округ - Югра;АО;628;61.254;73.396;5
Новосибирск;Новосибирская;обл;630-633;55.029;82.927;7
Томск;Томская;обл;634-636;56.485;84.948;7
Курган;Курганская;обл;640-641;55.441;65.341;5
Омск;Омская;обл;644-646;54.990;73.365;6
Кемерово;Кемеровская область - Кузбасс;обл;650-654;55.355;86.087;7
Барнаул;Алтайский;край;656-659;53.347;83.779;7
Красноярск;Красноярский;край;660-662;56.009;92.871;7
Норильск;Красноярский;край;663;69.349;88.201;7
Иркутск;Иркутская;обл;664-666;52.286;104.281;8
Улан-Удэ;Бурятия;Респ;670-671;51.834;107.584;8
Чита;Забайкальский;край;672-674;52.034;113.500;9
Благовещенск;Амурская;обл;675-676;50.291;127.527;9
Якутск;Саха /Якутия/;Респ;677-678;62.028;129.733;9
Хабаровск;Хабаровский;край;680-682;48.481;135.077;10
Петропавловск-Камчатский;Камчатский;край;683-684;53.024;158.644;12
Магадан;Магаданская;обл;685-686;59.567;150.810;11
Владивосток;Приморский;край;690-692;43.115;131.885;10
Южно-Сахалинск;Сахалинская;обл;693-694;46.959;142.738;11
"""
# Indexes of the Post's own examples and of this emulator's shipping points, beside the made-up ones.
_KNOWN = ("102961", "109012", "115127", "115162", "115551", "117042", "117105", "117463", "142300", "190121")
_CLOSED_ENDING = "999"  # nobody has an office there


def _city(line: str) -> City:
    name, region, kind, blocks, latitude, longitude, offset = line.split(";")
    prefixes = []
    for block in blocks.split(","):
        first, _, last = block.partition("-")
        prefixes += [str(n) for n in range(int(first), int(last or first) + 1)]
    federal = not kind
    return City(
        name,
        name if federal else f"{region} {kind}",
        f"г. {name}" if federal else f"{kind}. {region}",
        tuple(prefixes),
        float(latitude),
        float(longitude),
        int(offset),
    )


CITIES = tuple(_city(line) for line in _CITIES.strip().splitlines())
_BY_PREFIX = {prefix: city for city in CITIES for prefix in city.prefixes}


def city_of(index: object) -> City | None:
    """The city that an index belongs to; None for what is no index or belongs nowhere."""
    text = str(index)
    if len(text) != 6 or not text.isdecimal() or not text.isascii() or text.endswith(_CLOSED_ENDING):
        return None
    return _BY_PREFIX.get(text[:3])


@lru_cache(maxsize=1)
def offices() -> dict[str, Office]:
    """Of every city six post offices, two pick-up points (``…901``) and two lockers (``…951``)."""
    made: dict[str, Office] = {}
    for city in CITIES:
        first = city.prefixes[0]
        for kind, endings in (("OPS", ("000", "001", "002", "010", "012", "030")), ("PVZ", ("901", "902"))):
            for ending in endings:
                made[f"{first}{ending}"] = Office(f"{first}{ending}", kind, city, int(ending))
        for ending in ("951", "952"):
            made[f"{first}{ending}"] = Office(f"{first}{ending}", "APS", city, int(ending))
    for index in _KNOWN:
        made[index] = Office(index, "OPS", _BY_PREFIX[index[:3]], int(index[3:]))
    return made


def office_of(index: object) -> Office | None:
    """The office of an index; an index of a served block that has none of its own is a post office."""
    known = offices().get(str(index))
    if known is not None:
        return known
    city = city_of(index)
    return Office(str(index), "OPS", city, int(str(index)[3:])) if city else None


def distance_km(one: City, other: City) -> float:
    """On the globe; 10 km within a city."""
    return max(10.0, metres(one.latitude, one.longitude, other.latitude, other.longitude) / 1000)


def metres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    a, b = math.radians(lat1), math.radians(lat2)
    half = (
        math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    )
    return 12_742_000 * math.asin(math.sqrt(min(1.0, half)))


def normal(text: str) -> str:
    return text.strip().lower().replace("ё", "е")


def find_city(text: str) -> City | None:
    """The city whose name stands in the text, the longest name first; else by an index in it."""
    low = f" {normal(text)} ".replace(",", " ").replace(".", " ")
    for city in sorted(CITIES, key=lambda c: -len(c.name)):
        if f" {normal(city.name)} " in low:
            return city
    return next((found for word in low.split() if (found := city_of(word))), None)
