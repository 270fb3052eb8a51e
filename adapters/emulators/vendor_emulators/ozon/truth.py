"""``GET /_emulator/state``: what really happened, for tests and demonstrations."""

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from vendor_emulators.ozon.actions import available_actions
from vendor_emulators.ozon.model import Event, Posting
from vendor_emulators.ozon.shop import Shop
from vendor_emulators.ozon.units import Units

if TYPE_CHECKING:
    from vendor_emulators.ozon.emulator import OzonEmulator


class Line(msgspec.Struct):
    sku: int
    offer_id: str
    quantity: int


class UnitTruth(msgspec.Struct):
    """One unit as it was told of."""

    sku: int
    exemplar_id: int
    gtd: str
    no_gtd: bool
    rnpt: str
    no_rnpt: bool
    weight: float
    marks: dict[str, str]
    wrong: list[str]


class PostingTruth(msgspec.Struct):
    """One posting; ``history`` in order, ``cancelled_by`` buyer, seller, ozon or null."""

    number: str
    client_id: str
    flow: str
    scheme: str
    status: str
    substatus: str
    tracking_number: str
    label_downloads: int
    label_asked: int
    carriage: int | None
    cancelled_by: str | None
    parent: str
    products: list[Line]
    ship_attempts: int
    tracking_uploads: int
    available_actions: list[str]
    shipment_date: datetime
    late_after: datetime
    shipped_at: datetime | None
    label_ready_at: datetime | None
    upper_barcode: str
    lower_barcode: str
    scanit: str
    history: list[Event]
    countries: dict[str, str]
    units: list[UnitTruth]
    unit_sets: int
    unit_updates: int


class CarriageTruth(msgspec.Struct):
    id: int
    client_id: str
    status: str
    delivery_method_id: int
    departure_date: str
    postings: list[str]
    removed: list[str]


class CancelRequestTruth(msgspec.Struct):
    """``decided_by``: seller, or ozon where nobody answered in time; empty while it waits."""

    id: int
    client_id: str
    posting: str
    state: str
    decided_by: str
    comment: str


class StockTruth(msgspec.Struct):
    client_id: str
    offer_id: str
    warehouse_id: int
    stock: int


class Counts(msgspec.Struct):
    requests: int
    by_path: dict[str, int]
    rate_limited: int
    circle_open: int
    tracking_uploads: int
    label_files: int
    label_files_refused: int
    pushes: int
    pushes_dropped: int


class State(msgspec.Struct):
    """The answer's shape."""

    now: datetime
    postings: list[PostingTruth]
    carriages: list[CarriageTruth]
    stocks: list[StockTruth]
    cancel_requests: list[CancelRequestTruth]
    counts: Counts


def truth(emulator: "OzonEmulator") -> State:
    postings = [
        _posting(shop, posting) for shop in emulator.shops.values() for posting in shop.postings.values()
    ]
    return State(
        now=emulator.now(),
        postings=postings,
        carriages=[
            CarriageTruth(
                carriage.id,
                carriage.shop.company.client_id,
                carriage.status,
                carriage.method.id,
                carriage.departure_date.isoformat(),
                [posting.number for posting in carriage.postings],
                carriage.removed,
            )
            for carriage in emulator.carriages.all.values()
        ],
        stocks=[
            StockTruth(client_id, offer_id, warehouse_id, stock)
            for client_id, stocks in emulator.stocks.items()
            for (offer_id, warehouse_id), stock in stocks.levels.items()
        ],
        cancel_requests=[
            CancelRequestTruth(
                one.id, one.client_id, one.posting.number, one.state, one.decided_by, one.comment
            )
            for one in emulator.cancel_requests.all
        ],
        counts=Counts(
            requests=sum(emulator.requests.values()),
            by_path=dict(emulator.requests),
            rate_limited=emulator.gate.rate_limited,
            circle_open=emulator.gate.circle_open,
            tracking_uploads=sum(posting.tracking_uploads for posting in postings),
            label_files=emulator.labels.downloads,
            label_files_refused=emulator.labels.refused_with_keys,
            pushes=emulator.pushes.delivered,
            pushes_dropped=emulator.pushes.dropped,
        ),
    )


def _posting(shop: Shop, posting: Posting) -> PostingTruth:
    return PostingTruth(
        number=posting.number,
        client_id=shop.company.client_id,
        flow=posting.flow,
        scheme=posting.scheme,
        status=posting.status,
        substatus=posting.substatus,
        tracking_number=posting.tracking_number,
        label_downloads=posting.label_downloads,
        label_asked=posting.label_asked,
        carriage=posting.carriage_id,
        cancelled_by=posting.cancelled_by,
        parent=posting.parent,
        products=[Line(p.sku, p.offer_id, p.quantity) for p in posting.products],
        ship_attempts=posting.ship_attempts,
        tracking_uploads=posting.tracking_uploads,
        available_actions=available_actions(posting),
        shipment_date=posting.shipment_date,
        late_after=posting.late_after,
        shipped_at=posting.shipped_at,
        label_ready_at=posting.label_ready_at,
        upper_barcode=posting.upper_barcode,
        lower_barcode=posting.lower_barcode,
        scanit=posting.scanit,
        history=posting.history,
        countries={str(p.sku): p.country for p in posting.products if p.country},
        units=_units(posting.units),
        unit_sets=posting.units.sets if posting.units else 0,
        unit_updates=posting.units.updates if posting.units else 0,
    )


def _units(units: Units | None) -> list[UnitTruth]:
    return [
        UnitTruth(
            sku=sku,
            exemplar_id=unit.id,
            gtd=unit.gtd,
            no_gtd=unit.is_gtd_absent,
            rnpt=unit.rnpt,
            no_rnpt=unit.is_rnpt_absent,
            weight=unit.weight,
            marks={one.mark_type: one.mark for one in unit.marks},
            wrong=[code for check in unit.checks for code in check.codes],
        )
        for sku, found in (units.by_sku.items() if units is not None else ())
        for unit in found
    ]
