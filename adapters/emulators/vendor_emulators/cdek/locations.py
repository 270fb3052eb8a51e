"""The read-only lists: cities, regions, offices."""

from vendor_emulators.cdek.errors import Json, refuse
from vendor_emulators.cdek.places import CITIES, COUNTRIES, Office, find_city, normal, offices
from vendor_emulators.wire import Request, Response, json_response

MAX_PAGE = 10_000
_TRUE = frozenset({"1", "true"})
_FLAGS = (
    "have_cash",
    "have_cashless",
    "allowed_cod",
    "is_dressing_room",
    "is_handout",
    "is_reception",
    "is_ltl",
    "take_only",
    "fulfillment",
)


def cities(request: Request) -> Response:
    """``GET /v2/location/cities``: a bare array."""
    query = dict(request.query)
    rows = list(CITIES)
    if countries := query.get("country_codes"):
        wanted = {code.strip().upper() for code in countries.split(",")}
        rows = [city for city in rows if city.country_code in wanted]
    if region := query.get("region_code"):
        rows = [city for city in rows if str(city.region_code) == region]
    if code := query.get("code"):
        rows = [city for city in rows if str(city.code) == code]
    if name := query.get("city"):
        rows = [city for city in rows if normal(city.name) == normal(name)]
    if postal_code := query.get("postal_code"):
        found = find_city({"postal_code": postal_code})
        rows = [city for city in rows if city is found]
    start, end = _page(query, 1000)
    return json_response([city.view() for city in rows[start:end]])


def regions(request: Request) -> Response:
    """``GET /v2/location/regions``."""
    wanted = {code.upper() for code in (request.query_value("country_codes") or "").split(",") if code}
    seen: dict[int, Json] = {}
    for city in CITIES:
        if not wanted or city.country_code in wanted:
            seen[city.region_code] = {
                "country_code": city.country_code,
                "country": COUNTRIES[city.country_code],
                "region": city.region,
                "region_code": city.region_code,
            }
    start, end = _page(dict(request.query), 1000)
    return json_response(list(seen.values())[start:end])


def suggest(request: Request) -> Response:
    """``GET /v2/location/suggest/cities``."""
    name = normal(request.query_value("name") or "")
    if not name:
        raise refuse("v2_field_is_empty", message="name is empty")
    return json_response(
        [
            {
                "city_uuid": city.uuid,
                "code": city.code,
                "full_name": f"{city.name}, {city.region}, {COUNTRIES[city.country_code]}",
                "country_code": city.country_code,
            }
            for city in CITIES
            if normal(city.name).startswith(name)
        ]
    )


def delivery_points(request: Request) -> Response:
    """``GET /v2/deliverypoints``: a bare array and three headers."""
    query = dict(request.query)
    rows = [office for office in offices().values() if _fits(office, query)]
    total = len(rows)
    size = max(1, _integer(query, "size", total or 1))
    page = _integer(query, "page", 0)
    rows = rows[page * size : (page + 1) * size]
    headers = {
        "X-Current-Page": str(page),
        "X-Total-Elements": str(total),
        "X-Total-Pages": str(-(-total // size)),
    }
    return json_response([office.view() for office in rows], headers=headers)


def _fits(office: Office, query: dict[str, str]) -> bool:
    city = office.city
    kind = query.get("type", "ALL").upper()
    exact = (
        ("code", office.code),
        ("city_code", str(city.code)),
        ("region_code", str(city.region_code)),
        ("country_code", city.country_code),
        ("postal_code", city.postal_code),
    )
    if kind not in ("ALL", office.kind) or any(query.get(k, value) != value for k, value in exact):
        return False
    if (weight := query.get("weight_max")) and office.weight_max is not None:
        try:
            if float(weight) > office.weight_max:
                return False
        except ValueError:
            raise refuse(
                "v2_invalid_format", message=f"Invalid value [{weight}] in [weight_max] parameter"
            ) from None
    flags = [flag for flag in _FLAGS if flag in query]
    if flags:
        view = office.view()
        return all(view[flag] is (query[flag].lower() in _TRUE) for flag in flags)
    return True


def _page(query: dict[str, str], default: int) -> tuple[int, int]:
    size, page = _integer(query, "size", default), _integer(query, "page", 0)
    if size > MAX_PAGE:
        raise refuse("v2_exceeded_size")
    return page * size, (page + 1) * size


def _integer(query: dict[str, str], key: str, default: int) -> int:
    value = query.get(key)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise refuse("v2_invalid_format", message=f"Invalid value [{value}] in [{key}] parameter")
    return int(value)
