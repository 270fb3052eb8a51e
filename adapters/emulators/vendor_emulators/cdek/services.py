"""Additional services: which CDEK has, what their parameter says, what they cost here, and which are refused.

Codes and parameters are those of CDEK's table of July 2026; the prices are made up. A service that this
contract does not offer is refused, never swallowed: whoever is shown a price without it would believe it
included.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from vendor_emulators.cdek.errors import Json, error
from vendor_emulators.cdek.shapes import money

Parameter = Literal["", "count", "length", "phone"]
INSURANCE = "INSURANCE"
_PERCENT = Decimal("0.0075")
_PIECES_MAX = 999


class Offer(msgspec.Struct, frozen=True):
    """``price`` without VAT, of one piece or metre where the parameter counts."""

    price: Decimal
    parameter: Parameter = ""


class Wanted(msgspec.Struct, frozen=True):
    """A service that was asked for, with its sum without VAT."""

    code: str
    sum: Decimal
    parameter: str


OFFERS: dict[str, Offer] = {
    "SMS": Offer(Decimal(10), "phone"),
    "NOTIFY_ORDER_CREATED": Offer(Decimal(10)),
    "NOTIFY_ORDER_DELIVERY": Offer(Decimal(10)),
    "TRYING_ON": Offer(Decimal(0)),
    "PART_DELIV": Offer(Decimal(0)),
    "BAN_ATTACHMENT_INSPECTION": Offer(Decimal(0)),
    "DANGER_CARGO": Offer(Decimal(600)),
    "COURIER_PACKAGE_A2": Offer(Decimal(70), "count"),
    **{f"PACKAGE_A_{size}_LIGHT_EXPRESS": Offer(Decimal(30), "count") for size in (2, 3, 4, 5)},
    **{
        f"CARTON_BOX_{size}": Offer(Decimal(price), "count")
        for size, price in (
            ("XS", 25), ("S", 35), ("M", 55), ("S_2_KILOS", 40), ("2KG", 45), ("3KG", 60), ("5KG", 85),
            ("10KG", 120), ("L_12_KILOS", 130), ("XL_18_KILOS", 180), ("20KG", 200), ("30KG", 290),
        )
    },
    "CARTON_FILLER": Offer(Decimal(20), "count"),
    "BUBBLE_WRAP": Offer(Decimal(45), "length"),
    "WASTE_PAPER": Offer(Decimal(15), "length"),
}  # fmt: skip


def priced(services: Sequence[Json]) -> list[Wanted]:
    """What the services cost that `faults` finds nothing against, the insurance left out."""
    wanted = []
    for service in services:
        if (code := str(service.get("code"))) == INSURANCE:
            continue
        offer, parameter = OFFERS[code], str(service.get("parameter") or "")
        counted = offer.parameter in ("count", "length")
        wanted.append(Wanted(code, offer.price * (Decimal(parameter) if counted else 1), parameter))
    return wanted


def insurance(value: Decimal) -> Wanted:
    """Of the declared value."""
    return Wanted(INSURANCE, value * _PERCENT, f"{value:.2f}")


def unknown(services: Sequence[Json]) -> str | None:
    """The first service that is not offered; None where all are."""
    codes = (str(service.get("code") or "") for service in services)
    return next((code for code in codes if code != INSURANCE and code not in OFFERS), None)


def wrong(services: Sequence[Json]) -> Json | None:
    """The error of the first service whose parameter is not what the table says."""
    for service in services:
        code, parameter = str(service.get("code") or ""), service.get("parameter")
        if not _fits(code, "" if parameter is None else str(parameter)):
            return error("error_validate_additional_service_param_unsupported_param")
    return None


def faults(order: Json) -> list[Json]:
    """What is wrong with the services of an order; the slow check finds it."""
    services = order.get("services") or []
    if (code := unknown(services)) is not None:
        return [error("v2_unable_add_service", code)]
    if (problem := wrong(services)) is not None:
        return [problem]
    codes = [str(service.get("code")) for service in services]
    items = [item for package in order["packages"] for item in package.get("items") or []]
    pieces = sum(int(item.get("amount") or 0) for item in items)
    if "PART_DELIV" in codes and pieces < 2:
        return [error("error_validate_additional_service_param_cant_part_deliv_one_good")]
    for other in ("PART_DELIV", "TRYING_ON"):
        if other in codes and "BAN_ATTACHMENT_INSPECTION" in codes:
            return [error(f"err_addservice_ban_attachment_inspection_incompatible_{other.lower()}")]
    return []


def _fits(code: str, parameter: str) -> bool:
    if code == INSURANCE:
        return not parameter or money(parameter)
    match OFFERS[code].parameter:
        case "count" | "length":
            return parameter.isascii() and parameter.isdigit() and 0 < int(parameter[:9]) <= _PIECES_MAX
        case "phone":
            return sum(letter.isdigit() for letter in parameter) in range(10, 16)
    return True
