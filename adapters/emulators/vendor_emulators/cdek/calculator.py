"""The calculator's four methods."""

from datetime import datetime
from decimal import Decimal

from vendor_emulators.cdek.checks import decimal, integer, served, sizes_of
from vendor_emulators.cdek.errors import Json, refuse
from vendor_emulators.cdek.places import COUNTRIES, City, find_city
from vendor_emulators.cdek.services import INSURANCE, priced, unknown, wrong
from vendor_emulators.cdek.tariffs import BY_CODE, TARIFFS, Price, Tariff, price


def tariff(body: Json, now: datetime) -> Json:
    """``POST /v2/calculator/tariff``. Raises err_result_service_empty."""
    code = body.get("tariff_code")
    if not code:
        raise refuse("v2_field_is_empty", message="tariff_code is empty")
    wanted = BY_CODE.get(integer(code))
    found = _prices(body, [wanted] if wanted else [])
    if not found:
        raise refuse("err_result_service_empty")
    return found[0].view(now)


def tariff_list(body: Json, now: datetime) -> Json:
    """``POST /v2/calculator/tarifflist``. Raises err_result_servicelist_empty."""
    found = _prices(body, TARIFFS)
    if not found:
        raise refuse("err_result_servicelist_empty")
    return {"tariff_codes": [one.row(now) for one in found]}


def tariff_and_service(body: Json, now: datetime) -> Json:
    """``POST /v2/calculator/tariffAndService``: the list with services and VAT."""
    found = _prices(body, TARIFFS)
    if not found:
        raise refuse("err_result_servicelist_empty")
    return {
        "tariff_codes": [
            {"tariff_code": str(one.tariff.code), "status": "OK", "result": one.view(now)} for one in found
        ]
    }


def _prices(body: Json, tariffs: list[Tariff]) -> list[Price]:
    sender, recipient = _city(body, "from_location"), _city(body, "to_location")
    sizes = sizes_of(body)
    if sender is None or recipient is None:
        return []
    services = body.get("services") or []
    if (code := unknown(services)) is not None:
        raise refuse("v2_unable_add_service", code)
    if problem := wrong(services):
        raise refuse(problem["code"])
    values = (decimal(one.get("parameter")) for one in services if one.get("code") == INSURANCE)
    insured, wanted = sum(values, Decimal(0)), priced(services)
    found = (price(one, sender, recipient, sizes, insured, wanted) for one in tariffs)
    return [one for one in found if one is not None]


def _city(body: Json, key: str) -> City | None:
    """None: not served. Raises v2_*_location_not_recognized where nobody knows the place."""
    location = body.get(key)
    if location is None:
        raise refuse("v2_field_is_empty", message=f"{key} is empty")
    country = str(location.get("country_code") or "RU").upper()
    if country not in COUNTRIES or not served(location):
        return None
    city = find_city(location)
    if city is None:
        side = "sender" if key == "from_location" else "recipient"
        raise refuse(f"v2_{side}_location_not_recognized")
    return city
