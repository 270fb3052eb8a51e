"""Post offices: by index, address, coordinates; services; the passport of all pick-up points."""

import io
import zipfile
from datetime import datetime
from urllib.parse import quote

import msgspec

from vendor_emulators.russian_post.errors import Json, internal_error, refuse
from vendor_emulators.russian_post.places import Office, find_city, metres, normal, office_of, offices
from vendor_emulators.wire import Request, Response, Router, json_response

_MONTHS = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
_WEEK = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
_GROUPS = ((2101, "Почтовые услуги"), (2102, "Финансовые услуги"), (2103, "Коммерческие услуги"))
_SERVICES = (
    ("1090100", 2101, "Доставка и оказание услуг по адресу клиента"),
    ("1090200", 2101, "Информирование отправителей и получателей РПО об их статусе"),
    ("1090400", 2101, "Оформление бланков и документов"),
    ("1090900", 2101, "Хранение и возврат почтовых отправлений"),
    ("1020100", 2102, "Прием платежей"),
    ("1030100", 2103, "Продажа упаковки"),
)
_NEARBY_METRES = 50_000.0


class Offices:
    """``/postoffice/1.0/...`` and ``GET /1.0/unloading-passport/zip``."""

    def routes(self, router: Router) -> None:
        add = router.add
        add("GET", "/postoffice/1.0/by-address", _by_address)
        add("GET", "/postoffice/1.0/nearby", _nearby)
        add("GET", "/postoffice/1.0/settlement.offices.codes", _settlement)
        add("GET", "/postoffice/1.0/{index}/services", _services)
        add("GET", "/postoffice/1.0/{index}/services/{group}", _services)
        add("GET", "/postoffice/1.0/{index}", _by_index)


def passport(kind: str, now: datetime) -> Response:
    """One text file in a ZIP, as large as the country: here some hundred offices."""
    if kind not in ("ALL", "OPS", "PVZ", "APS"):
        raise internal_error()
    chosen = [office for office in offices().values() if kind in ("ALL", office.kind)]
    document = {
        "passportElements": [_element(office) for office in chosen],
        "unloadingDate": f"{now:%Y-%m-%dT%H:%M:%S}",
        "vsnapshot": int(now.timestamp()),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        name = f"{kind}{now:%d}_{_MONTHS[now.month - 1]}_{now:%Y}"
        archive.writestr(f"{name}.txt", msgspec.json.encode(document))
    disposition = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}.zip"}
    return Response(200, out.getvalue(), "application/octet-stream", disposition)


def _by_index(request: Request) -> Response:
    office = office_of(request.params["index"])
    if office is None:
        raise refuse("1004", "Почтовое отделение не найдено", status=404)
    return json_response(
        {
            **_view(office),
            "phones": [
                {
                    "is-fax": False,
                    "phone-number": "0000000",
                    "phone-town-code": "800",
                    "phone-type-name": "Справочная служба",
                }
            ],
            "service-groups": [{"group-id": number, "group-name": name} for number, name in _GROUPS],
        }
    )


def _by_address(request: Request) -> Response:
    text = request.query_value("address")
    if not text:
        raise internal_error()
    city = find_city(text)
    found = [o.index for o in offices().values() if city is not None and o.city is city and o.kind == "OPS"]
    top = _number(request, "top", 3.0)
    return json_response({"is-matched": False, "postoffices": found[: max(0, int(top))]})


def _settlement(request: Request) -> Response:
    wanted = request.query_value("settlement")
    if not wanted:
        raise internal_error()
    return json_response(
        [o.index for o in offices().values() if normal(o.city.name) == normal(wanted) and o.kind == "OPS"]
    )


def _nearby(request: Request) -> Response:
    latitude, longitude = _number(request, "latitude"), _number(request, "longitude")
    kinds: tuple[str, ...] = (
        ("OPS", "APS") if request.query_value("filter-by-office-type") != "false" else ("OPS", "PVZ", "APS")
    )
    if request.query_value("filter") not in (None, "ALL", "CURRENTLY_WORKING", "WORK_ON_WEEKENDS"):
        kinds = ("APS",)  # only lockers are open round the clock
    near = sorted(
        (metres(latitude, longitude, office.latitude, office.longitude), office.index, office)
        for office in offices().values()
        if office.kind in kinds
    )
    top = int(_number(request, "top", 10.0))
    return json_response(
        [
            {**_view(office), "distance": distance}
            for distance, _, office in near[: max(0, top)]
            if distance <= _NEARBY_METRES
        ]
    )


def _services(request: Request) -> Response:
    if office_of(request.params["index"]) is None:
        raise refuse("1004", "Почтовое отделение не найдено", status=404)
    group = request.params.get("group")
    return json_response(
        [
            {"code": code, "group-id": number, "name": name}
            for code, number, name in _SERVICES
            if group in (None, str(number))
        ]
    )


def _view(office: Office) -> Json:
    return {
        "address-source": office.street,
        "is-closed": False,
        "is-private-category": False,
        "is-temporary-closed": False,
        "latitude": office.latitude,
        "longitude": office.longitude,
        "postal-code": office.index,
        "region": office.city.region,
        "settlement": office.city.name,
        "type-code": office.type_code,
        "type-id": {"OPS": 8, "PVZ": 30, "APS": 1024}[office.kind],
        "working-hours": [
            {"begin-worktime": "08:00:00.000", "end-worktime": "20:00:00.000", "weekday-id": day}
            for day in range(1, 8)
        ],
        "works-on-saturdays": True,
        "works-on-sundays": True,
    }


def _element(office: Office) -> Json:
    city = office.city
    ecom = office.kind != "OPS" or office.number < 20
    return {
        "address": {
            "addressType": "DEFAULT",
            "index": office.index,
            "region": city.cleaned,
            "place": city.place,
            "street": office.street,
        },
        "addressFias": {
            "addGarCode": city.guid(f"house-{office.index}"),
            "locationGarCode": city.guid("place"),
            "regGarId": city.guid(f"region-{city.region}"),
        },
        "latitude": str(office.latitude),
        "longitude": str(office.longitude),
        "workTime": [f"{day}, открыто: 08:00 - 20:00" for day in _WEEK],
        "holidays": [],
        "type": office.type_code,
        "ecom": "1" if ecom else "0",
        "onlineParcel": "1" if office.kind == "OPS" else "0",
        "ecomOptions": {
            "weightLimit": 15.0 if office.kind != "APS" else 10.0,
            "cardPayment": True,
            "cashPayment": office.kind != "APS",
            "contentsChecking": office.kind == "PVZ",
            "functionalityChecking": False,
            "partialRedemption": office.kind == "PVZ",
            "returnAvailable": office.kind != "APS",
            "withFitting": office.kind == "PVZ",
        },
    }


def _number(request: Request, key: str, default: float | None = None) -> float:
    text = request.query_value(key)
    if text is None and default is not None:
        return default
    try:
        value = float(text or "")
    except ValueError:
        raise internal_error() from None
    if not -1e6 < value < 1e6:
        raise internal_error()
    return value
