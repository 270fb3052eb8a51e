"""Cleaning of addresses, names and phones, with the Post's quality codes. Answers come in another order."""

import re

from vendor_emulators.russian_post.errors import Json
from vendor_emulators.russian_post.places import City, city_of, find_city, normal

_INDEX = re.compile(r"(?<!\d)\d{6}(?!\d)")
_STREET = re.compile(
    r"(?:^|[\s,])(ул|улица|пр-т|проспект|просп|ш|шоссе|пер|переулок|наб|набережная|б-р|бульвар|пл|площадь|"
    r"проезд|пр-д)(?=[.\s])\.?\s*([А-Яа-яЁёA-Za-z0-9][А-Яа-яЁёA-Za-z0-9 .\-]*?)\s*"
    r"(?=,|$|(?:\bд\b|\bдом\b|\d))"
)
_STREET_AFTER = re.compile(
    r"([А-Яа-яЁё][А-Яа-яЁё \-]+?)\s+(шоссе|улица|проспект|переулок|бульвар|проезд|ул|пр-т|пер|наб|пл|б-р|ш)"
    r"(?=[.\s,]|$)\.?"
)
_HOUSE = re.compile(r"(?:\b(?:д|дом)\b\.?\s*|,\s*|\s)(\d{1,4}[а-яА-Я]?(?:/\d{1,3})?)(?=[\s,.]|$)")
_ROOM = re.compile(r"\b(?:кв|квартира|оф|офис|пом)\b\.?\s*(\d{1,5})")
_CORPUS = re.compile(r"\b(?:корп|корпус|к)\b\.?\s*(\d{1,3})")
_BUILDING = re.compile(r"\b(?:стр|строение)\b\.?\s*(\d{1,3})")
_BOX = re.compile(r"(?:а/я|абонентский ящик)\s*№?\s*(\d{1,6})", re.IGNORECASE)
_SHORT = {
    **{"улица": "ул", "проспект": "пр-кт", "просп": "пр-кт", "пр-т": "пр-кт", "шоссе": "ш", "бульвар": "б-р"},
    **{"переулок": "пер", "набережная": "наб", "площадь": "пл", "проезд": "проезд", "пр-д": "проезд"},
}
_AREA_CODES = {"Москва": "495", "Санкт-Петербург": "812"}  # the two cities with seven digits
_WORD = re.compile(r"[А-Яа-яЁё]{2,}(?:-[А-Яа-яЁё]{2,})?")
_PATRONYMIC = re.compile(r"[А-Яа-яЁё]+(?:вич|вна|ична|ич|оглы|кызы)", re.IGNORECASE)


def address(identity: str, original: str) -> Json:
    """An element of ``POST /1.0/clean/address``'s answer."""
    view: Json = {"id": identity, "original-address": original, "address-type": "DEFAULT"}
    text = " ".join(original.split())
    if not re.search(r"[А-Яа-яЁё0-9]", text):
        foreign = bool(re.search(r"[A-Za-z]", text))
        quality, validation = ("UNDEF_07", "NOT_VALIDATED_FOREIGN") if foreign else _NOTHING
        return view | {"quality-code": quality, "validation-code": validation}
    index = next((found for found in _INDEX.findall(text)), None)
    city = find_city(_INDEX.sub(" ", text)) or (city_of(index) if index else None)
    if city is None:
        return view | {"quality-code": "UNDEF_01", "validation-code": "NOT_VALIDATED_HAS_NO_MAIN_POINTS"}
    belongs = index if index and city_of(index) is city else None
    view |= {
        "index": belongs or city.main_index,
        "region": city.cleaned,
        "place": city.place,
        "region-guid": city.guid(f"region-{city.region}"),
        "place-guid": city.guid("place"),
    }
    if box := _BOX.search(text):
        return view | {
            "address-type": "PO_BOX",
            "num-address-type": box[1],
            "quality-code": "POSTAL_BOX",
            "validation-code": "VALIDATED",
        }
    if "до востребования" in text.lower():
        return view | {"address-type": "DEMAND", "quality-code": "ON_DEMAND", "validation-code": "VALIDATED"}
    view |= _street(_INDEX.sub(" ", text), city)
    view["quality-code"] = _quality(view, text)
    view["validation-code"] = _validation(view, index, belongs)
    return view


_NOTHING = ("UNDEF_06", "NOT_VALIDATED_HAS_NO_MAIN_POINTS")


def _street(text: str, city: City) -> Json:
    view: Json = {}
    rest = text
    if found := _STREET.search(text):
        kind, name = found[1].lower(), found[2].strip(" .")
        rest = text[found.end() :]
    elif after := _STREET_AFTER.search(text):
        kind, name = after[2].lower(), after[1].strip(" .,")
        rest = text[after.end() :]
    else:
        return view
    if name:
        view["street"] = f"{_SHORT.get(kind, kind)}. {name}"
        view["street-guid"] = city.guid(f"street-{normal(name)}")
    for key, pattern in (("room", _ROOM), ("corpus", _CORPUS), ("building", _BUILDING)):
        if found := pattern.search(rest):
            view[key] = found[1]
            rest = rest[: found.start()] + rest[found.end() :]
    if house := _HOUSE.search(f" {rest}"):
        view["house"] = house[1]
        view["address-guid"] = city.guid(f"house-{normal(name)}-{house[1]}")
        following = _HOUSE.search(f" {rest}", house.end() - 1)
        if following and "room" not in view:
            view["room"] = following[1]
    return view


def _quality(view: Json, text: str) -> str:
    if "street" not in view:
        return "UNDEF_03"
    if "house" not in view:
        return "UNDEF_04"
    flats = re.search(r"\b(?:кв|квартира)\b", text)
    return "UNDEF_05" if flats and "room" not in view else "GOOD"


def _validation(view: Json, index: str | None, belongs: str | None) -> str:
    if index is not None and belongs is None:
        return "NOT_VALIDATED_HAS_ASSUMPTION"  # the index is another place's
    if "street" not in view:
        return "NOT_VALIDATED_HAS_NO_KLADR_RECORD"
    house = re.match(r"\d+", view.get("house", "0"))
    if house and int(house[0]) > 999:
        return "NOT_VALIDATED_EXCEDED_HOUSE_NUMBER"
    return "VALIDATED"


def name(identity: str, original: str) -> Json:
    """An element of ``POST /1.0/clean/physical``'s answer: family, given, patronymic in any order."""
    view: Json = {"id": identity, "original-fio": original}
    words = original.replace(",", " ").split()
    good = 2 <= len(words) <= 3 and all(_WORD.fullmatch(word) for word in words)
    if not good:
        parts = dict(zip(("surname", "name", "middle-name"), words, strict=False))
        return view | parts | {"quality-code": "NOT_SURE", "valid": False}
    words = [word.title() for word in words]
    patronymic = next((word for word in words[1:] if _PATRONYMIC.fullmatch(word)), None)
    others = [word for word in words if word is not patronymic]
    if patronymic is not None and words.index(patronymic) == 1 and len(words) == 3:
        others.reverse()  # given name first: "Иван Иванович Иванов"
    view |= dict(zip(("surname", "name"), others, strict=False))
    if patronymic or len(others) == 3:
        view["middle-name"] = patronymic or others[2]
    return view | {"quality-code": "EDITED", "valid": True}


def phone(identity: str, original: str, place: str | None, region: str | None) -> Json:
    """An element of ``POST /1.0/clean/phone``'s answer."""
    view: Json = {"id": identity, "original-phone": original}
    pieces = [piece for piece in re.split(r"[;,/]| или ", original) if len(re.sub(r"\D", "", piece)) >= 6]
    digits = re.sub(r"\D", "", pieces[0] if pieces else original)
    if not original.strip():
        return view | {"quality-code": "EMPTY"}
    if re.search(r"[A-Za-zА-Яа-яЁё]{3,}", original.replace("или", "")) or len(digits) < 5:
        return view | {"quality-code": "GARBAGE"}
    if len(digits) == 11 and digits[0] in "78":
        digits = digits[1:]
    elif len(digits) > 10:
        return view | {"quality-code": "INCORRECT_DATA" if len(digits) > 15 else "FOREIGN"}
    if len(digits) < 10:
        known = find_city(f"{place or ''} {region or ''}")
        if known is None or known.name not in _AREA_CODES or len(digits) != 7:
            return view | {"quality-code": "UNDEF"}
        return view | _phone(_AREA_CODES[known.name], digits) | {"quality-code": "GOOD_CITY"}
    if digits[0] in "67":
        return view | _phone(digits[:3], digits[3:]) | {"quality-code": "FOREIGN"}
    quality = "GOOD_EXTRA_PHONE" if len(pieces) > 1 else "GOOD"
    return view | _phone(digits[:3], digits[3:]) | {"quality-code": quality}


def _phone(city: str, number: str) -> Json:
    return {
        "phone-city-code": city,
        "phone-country-code": "7",
        "phone-extension": "",
        "phone-number": number,
    }
