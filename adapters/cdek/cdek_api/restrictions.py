"""What may cross a border: POST /v2/international/package/restrictions (CDEK OpenAPI, July 2026)."""

from __future__ import annotations

from typing import Annotated

from cdek_api.decoding import Deciding
from cdek_api.structs import ErrorInfo, Location, Received, Sent


class RestrictionItem(Sent, frozen=True, kw_only=True):
    """``feacn_code`` is the customs code (ТН ВЭД)."""

    name: str
    amount: int
    feacn_code: str | None = None


class RestrictionPackage(Sent, frozen=True, kw_only=True):
    """``weight`` in grams, the sides in centimetres."""

    weight: int
    length: int | None = None
    width: int | None = None
    height: int | None = None
    items: tuple[RestrictionItem, ...] = ()


class RestrictionRequest(Sent, frozen=True, kw_only=True):
    """``tariff_code`` only for the restrictions of one tariff."""

    from_location: Location
    to_location: Location
    packages: tuple[RestrictionPackage, ...]
    tariff_code: int | None = None


class RestrictionReason(Received, frozen=True, kw_only=True):
    """``code`` FEACN_RESTRICTION (of the goods) or GENERAL_RESTRICTION."""

    code: str = ""
    name: str | None = None


class RestrictionStatus(Received, frozen=True, kw_only=True):
    """``code`` FORBIDDEN (no order can be made), LIMITED (it can, under conditions) or ALLOWED."""

    code: Annotated[str, Deciding] = ""
    name: str | None = None
    reason: RestrictionReason | None = None


class ItemRestriction(Received, frozen=True, kw_only=True):
    """Of one item. What ``limitations`` and ``documents`` hold is not documented: kept as it comes."""

    item_id: str | None = None
    feacn_code: str | None = None
    status: Annotated[RestrictionStatus | None, Deciding] = None
    limitations: object = None
    documents: object = None


class PackageRestriction(Received, frozen=True, kw_only=True):
    """Of one package; its status may come from the package or from an item in it."""

    package_id: str | None = None
    status: Annotated[RestrictionStatus | None, Deciding] = None
    description: str | None = None
    items: Annotated[tuple[ItemRestriction, ...], Deciding] = ()


class Restrictions(Received, frozen=True, kw_only=True):
    """The answer, package by package in the order that was asked."""

    packages: Annotated[tuple[PackageRestriction, ...], Deciding] = ()
    errors: tuple[ErrorInfo, ...] = ()
    warnings: tuple[ErrorInfo, ...] = ()
