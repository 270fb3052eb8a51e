"""The delivery points near a buyer, of every carrier that is on, the nearest first: which of them take the
parcel, and why the others do not. Nothing is booked."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING, Any, Literal

from hub.calls.budget import calls_for
from hub.calls.call import Read, gather_reads
from hub.flow.history.view import View
from hub.flow.packing import parcels as packing
from hub.flow.packing.plans import BadPlan
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import Conflict, HubError, Rejected
from hub.plugin_api.models import Address, DeliveryPoint, Parcel
from hub.store import rows
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

_DEADLINE = 30.0  # real seconds: some carriers send the list of a whole country
_EARTH = 6_371_000  # metres

MOST = 20


class PointView(View, frozen=True, kw_only=True):
    """A delivery point. ``distance_m`` as the crow flies; None where either place is not known."""

    carrier: str
    code: str
    kind: str
    """``point`` or ``locker``."""
    postal_code: str
    city: str
    street: str
    hours: str
    distance_m: int | None
    refuses: Literal["", "weight", "size"]
    """What of the parcel it does not take."""
    max_weight_g: int | None
    max_sides_mm: tuple[int, int, int] | None


class PointsView(View, frozen=True, kw_only=True):
    """``missing``: by carrier, why it shows none. ``measured``: whether the buyer's place is known, so that
    there are distances."""

    items: tuple[PointView, ...]
    missing: dict[str, str]
    measured: bool


async def near(app: App, posting_id: str, *, carrier: str = "", limit: int = MOST) -> PointsView:
    """Points for this posting's parcels, those that take them first, then by distance.

    Raises Conflict where the marketplace books, and Rejected where the buyer's address is not known.
    """
    row = rows.postings.get(app.store.reader, posting_id)
    if row is None:
        raise Conflict("no such posting", code="conflict.no_posting")
    if row.books != "seller":
        raise Conflict(
            "fixed by the marketplace: {provider}",
            code="fixed",
            values={"provider": row.provider or row.flow},
        )
    recipient = rows.recipients.get(app.store.reader, row.id)
    if recipient is None or recipient.document.address is None:
        raise Rejected("the posting has no address", code="no_address.posting")
    home = recipient.document.address
    try:
        parcels = packing.plan(app, row)
    except (packing.NoWeight, BadPlan):
        parcels = ()  # shown all the same: what does not take the parcel cannot be told then
    found, missing = await _asked(app, app.seller(row.seller), home, carrier)
    views = [_view(name, point, home, parcels) for name, point in found]
    views.sort(key=lambda one: (bool(one.refuses), one.distance_m is None, one.distance_m or 0))
    return PointsView(items=tuple(views[:limit]), missing=missing, measured=_place(home) is not None)


async def _asked(
    app: App, seller: rows.SellerRow, home: Address, wanted: str
) -> tuple[list[tuple[str, DeliveryPoint]], dict[str, str]]:
    reads: list[Read[Any]] = []
    asked: list[str] = []
    missing: dict[str, str] = {}
    for account in app.carrier_accounts(seller):
        if wanted not in ("", account.plugin) or app.registry.carriers[account.plugin].for_comparison:
            continue
        try:
            carrier = app.carrier(account.id)
        except HubError as error:
            missing[account.plugin] = error.said
            continue
        if type(carrier).points is Carrier.points:
            missing[account.plugin] = said(
                "{title} lists no delivery points",
                code="points.lists_no_delivery",
                values={"title": carrier.title},
            )
            continue
        reads.append(_read(carrier, home))
        asked.append(account.plugin)
    if wanted and not asked and not missing:
        raise Rejected(
            "no carrier '{wanted}': 'hub plugins' lists them",
            code="carrier.unknown",
            values={"wanted": wanted},
        )
    found: list[tuple[str, DeliveryPoint]] = []
    for name, answer in zip(asked, await gather_reads(reads), strict=True):
        if isinstance(answer, HubError):
            missing[name] = answer.said
        elif not answer:
            missing[name] = said("it has no delivery points in this town", code="points.no_delivery_town")
        else:
            found += [(name, point) for point in answer]
    return found, missing


def _read(carrier: Carrier[Any], home: Address) -> Read[Any]:
    async def work() -> Any:
        with calls_for("information"):
            return await carrier.points(home)

    return Read(
        title=said("{title}: delivery points", code="call.delivery_points", values={"title": carrier.title}),
        work=work,
        explain=carrier.explain,
        deadline=_DEADLINE,
    )


def _view(carrier: str, point: DeliveryPoint, home: Address, parcels: tuple[Parcel, ...]) -> PointView:
    return PointView(
        carrier=carrier,
        code=point.code,
        kind=point.kind,
        postal_code=point.address.postal_code,
        city=point.address.city,
        street=point.address.street,
        hours=point.hours,
        distance_m=distance(home, point.address),
        refuses=refusal(point, parcels),
        max_weight_g=point.max_weight_g,
        max_sides_mm=point.max_sides_mm,
    )


def refusal(point: DeliveryPoint, parcels: tuple[Parcel, ...]) -> Literal["", "weight", "size"]:
    """What of these parcels the point does not take, by what is known of it; a parcel may be turned."""
    if point.max_weight_g is not None and any(one.weight_g > point.max_weight_g for one in parcels):
        return "weight"
    if point.max_sides_mm is not None:
        most = sorted(point.max_sides_mm)
        for one in parcels:
            sides = sorted((one.length_mm, one.width_mm, one.height_mm))
            if any(side > limit for side, limit in zip(sides, most, strict=True)):
                return "size"
    return ""


def distance(one: Address, other: Address) -> int | None:
    """Metres as the crow flies, by the haversine formula; None where a place is not known."""
    here, there = _place(one), _place(other)
    if here is None or there is None:
        return None
    (latitude, longitude), (latitude2, longitude2) = here, there
    half = sin((latitude2 - latitude) / 2) ** 2
    half += cos(latitude) * cos(latitude2) * sin((longitude2 - longitude) / 2) ** 2
    return round(2 * _EARTH * asin(sqrt(min(half, 1.0))))


def _place(address: Address) -> tuple[float, float] | None:
    """In radians. Zero and zero is what vendors send for "not known"."""
    latitude, longitude = address.latitude, address.longitude
    if latitude is None or longitude is None or not (latitude or longitude):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return radians(latitude), radians(longitude)
