"""Cities (the ids of Moscow, St Petersburg and Russia are real), offices, services."""

import msgspec

from vendor_emulators.spsr.documents import Answer, Question, Refused, add, answer


class City(msgspec.Struct, frozen=True):
    """``served``: parcels are taken to it. ``distance``: from Moscow, 0 to 3."""

    id: str
    owner_id: str
    name: str
    region: str
    region_id: str
    distance: int
    served: bool = True

    @property
    def key(self) -> str:
        return f"{self.id}|{self.owner_id}"


CITIES = (
    City("992", "0", "Москва", "Москва", "40", 0),
    City("893", "0", "Санкт-Петербург", "Санкт-Петербург", "41", 1),
    City("735", "0", "Екатеринбург", "Свердловская обл.", "66", 2),
    City("124", "0", "Новосибирск", "Новосибирская обл.", "54", 2),
    City("311", "0", "Казань", "Татарстан респ.", "16", 1),
    City("63249745", "3", "Владивосток", "Приморский край", "25", 3),
    City("5001", "0", "Киров", "Кировская обл.", "43", 1),
    City("5002", "0", "Киров", "Калужская обл.", "40", 1),
    City("5003", "0", "Диксон", "Красноярский край", "24", 3, served=False),
)
RUSSIA = "россия"
_SERVICES = (("1", "Пеликан"), ("2", "Гепард"), ("3", "Колибри"), ("4", "Бизон"))


def find(name: str, region: str = "") -> City | None:
    """The city of this name, and of this region where several have it."""
    rows = [city for city in CITIES if city.name.casefold() == name.strip().casefold()]
    near = [city for city in rows if city.region.casefold() == region.strip().casefold()]
    return next(iter(near or rows), None)


def by_key(key: str) -> City | None:
    return next((city for city in CITIES if city.key == key), None)


def cities(question: Question) -> Answer:
    """WAGetCities: by the beginning of the name; no name and a country: all of it."""
    asked = question.element("GetCities")
    name, country = asked.get("CityName", "").casefold(), asked.get("CountryName", "").casefold()
    if not name and not country:
        raise Refused(1058, "CityName")
    rows = [] if country not in ("", RUSSIA) else [c for c in CITIES if c.name.casefold().startswith(name)]
    root = answer(question.namespace)
    listed = add(root, "City")
    for city in rows:
        add(
            listed,
            "Cities",
            {
                "City_ID": city.id,
                "City_Owner_ID": city.owner_id,
                "CityName": city.name,
                "Region_ID": city.region_id,
                "Region_Owner_ID": "0",
                "RegionName": city.region,
                "Country_ID": "209",
                "Country_Owner_ID": "0",
                "COD": "1" if city.served else "0",
            },
        )
    return root


def offices(question: Question) -> Answer:
    """WAGetSpsrOffices: two in every served city."""
    asked = question.element("GetSpsrOffices")
    city = by_key(f"{asked.get('CityId', '')}|{asked.get('CityOwnerId', '0')}")
    if city is None:
        raise Refused(1009)
    root = answer(question.namespace)
    listed = add(root, "SPSROffices")
    for number in (1, 2) if city.served else ():
        office = add(
            listed,
            "Office",
            {
                "id": f"{city.id}{number}",
                "office_owner_id": city.owner_id,
                "CityName": city.name,
                "Region": city.region,
                "Address": f"ул. Складская, {number}",
                "Comment": "",
                "Phone": "",
                "TimeZoneMsk": str(max(0, 2 * city.distance - 2)),
                "WorkTime": "Пн-Пт 09:00-18:00",
                "Email": "office@example.com",
                "Latitude": f"55.7{number}",
                "Longitude": f"37.6{number}",
            },
        )
        add(office, "Phone", {"Phone": f"+7 000 000-00-0{number}", "Comment": ""})
    return root


def services(question: Question) -> Answer:
    """WAGetServices."""
    root = answer(question.namespace)
    listed = add(root, "MainServices")
    for number, name in _SERVICES:
        add(listed, "Service", {"ID": number, "Name": name, "ShortDescription": name, "Description": name})
    return root
