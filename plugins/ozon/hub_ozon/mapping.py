"""Ozon's words in the hub's: pure functions over decoded postings (Ozon swagger, state of 2026-09-22)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

import ozon_api
from hub import Action, Address, Fulfilment, Item, Money, Posting, Recipient, Stage

ACTIONS = {
    "ship": Action.ASSEMBLE,
    "ship_async": Action.ASSEMBLE,
    "ship_async_retry": Action.ASSEMBLE,
    "label_download": Action.LABEL,
    "label_download_big": Action.LABEL,
    "label_download_small": Action.LABEL,
    "set_track_number": Action.SET_TRACKING,
    "non_int_delivering": Action.REPORT_IN_TRANSIT,
    "non_int_last_mile": Action.REPORT_LAST_MILE,
    "non_int_delivered": Action.REPORT_DELIVERED,
    "cancel": Action.CANCEL,
    "product_cancel": Action.CANCEL_ITEMS,
}
"""``available_actions`` decides what may be called; the others mean nothing to the hub."""

STATUSES = {
    "awaiting_verification": Stage.WAITING,
    "acceptance_in_progress": Stage.WAITING,
    "awaiting_approve": Stage.WAITING,
    "awaiting_packaging": Stage.NEW,
    "awaiting_registration": Stage.REGISTERING,
    "awaiting_deliver": Stage.ASSEMBLED,
    "arbitration": Stage.HANDED_OVER,
    "client_arbitration": Stage.IN_TRANSIT,
    "not_accepted": Stage.HANDED_OVER,
    "driver_pickup": Stage.HANDED_OVER,
    "sent_by_seller": Stage.HANDED_OVER,
    "delivering": Stage.IN_TRANSIT,
    "delivered": Stage.DELIVERED,
    "cancelled": Stage.CANCELLED,
    "cancelled_from_split_pending": Stage.CANCELLED,
}
SUBSTATUSES = {
    "posting_in_carriage": Stage.HANDED_OVER,
    "posting_in_pickup_point": Stage.READY_FOR_PICKUP,
    "posting_returned_to_warehouse": Stage.RETURNING,
}
"""Where the substatus says more than the status."""

_OZON = Fulfilment(
    books="marketplace", label="marketplace", tracking="marketplace", statuses="marketplace", handover=True
)
_REGISTERED = Fulfilment(
    books="marketplace", label="marketplace", tracking="marketplace", statuses="marketplace"
)
_OWN = Fulfilment(books="seller", label="carrier", tracking="seller", statuses="seller")
_TRACKED = Fulfilment(books="seller", label="carrier", tracking="seller", statuses="marketplace")
FLOWS = {
    "ozon": _OZON,
    "fbs": _OZON,
    "aggregator": _REGISTERED,
    "hybrid_aggregator": _REGISTERED,
    "click_and_collect": _REGISTERED,
    "non_integrated": _OWN,
    "hybrid_non_integrated": _OWN,
    "3pl_tracking": _TRACKED,
    "hybrid": _TRACKED,
    "hybryd": _TRACKED,  # so spelt in tpl_integration_type
    "hybrid_3pl_tracking": _TRACKED,
}


def stage_of(status: str, substatus: str) -> Stage | None:
    """The hub's stage; None for a status that is in no table."""
    known = STATUSES.get(status)
    return None if known is None else SUBSTATUSES.get(substatus, known)


def posting(raw: bytes) -> Posting:
    """One posting of a list or of the single read. Raises msgspec's errors on what cannot be read."""
    wire = ozon_api.decode_posting(raw)
    flow = wire.integration_type_flow or wire.tpl_integration_type
    fulfilment = FLOWS.get(flow, _REGISTERED)
    actions = frozenset(ACTIONS[name] for name in wire.available_actions if name in ACTIONS)
    method = wire.delivery_method
    recipient = _recipient(wire)
    return Posting(
        number=wire.posting_number,
        order_number=wire.order_number,
        parent_number=wire.parent_posting_number,
        scheme="fbs" if fulfilment is _OZON else "rfbs",
        flow=flow,
        fulfilment=fulfilment,
        status=wire.status,
        substatus=wire.substatus,
        stage=stage_of(wire.status, wire.substatus),
        actions=actions,
        raw_actions=tuple(wire.available_actions),
        items=tuple(_item(product) for product in wire.products),
        ship_by=_time(wire.shipment_date),
        late_after=_time(wire.shipment_date_without_delay),
        created_at=_time(wire.in_process_at),
        recipient=recipient,
        recipient_complete=fulfilment.books != "seller" or bool(recipient and recipient.phone_extension),
        provider=method.tpl_provider if method else "",
        delivery_method=method.name if method else "",
        warehouse=method.warehouse if method else "",
        tracking_number=wire.tracking_number,
        barcodes=_barcodes(wire),
        handover_group=str(method.id) if method and fulfilment.handover else "",
        cancel_reason=wire.cancellation.cancel_reason if wire.cancellation else "",
        assembly_failed=wire.substatus == "ship_failed",
    )


def _item(product: ozon_api.Product) -> Item:
    price = product.unit_price
    return Item(
        sku=str(product.sku),
        offer_id=product.offer_id,
        name=product.name,
        quantity=product.quantity,
        price=None if price is None else _money(price.amount, price.currency),
    )


def _money(amount: Decimal | None, currency: str) -> Money | None:
    try:
        return None if amount is None or not currency else Money.of(amount, currency)
    except (InvalidOperation, ValueError):
        return None


def _recipient(wire: ozon_api.Posting) -> Recipient | None:
    """FBS postings come without one; on rFBS the phone and its extension are only in the single read."""
    if wire.customer is None:
        return None
    customer, addressee = wire.customer, wire.addressee
    where = customer.address
    return Recipient(
        name=(addressee.name if addressee else "") or customer.name,
        phone=(addressee.phone if addressee else "") or customer.phone,
        phone_extension=addressee.pin if addressee else "",
        email=customer.customer_email,
        address=None
        if where is None
        else Address(
            country=_country(where.country),
            postal_code=where.zip_code,
            region=where.region,
            city=where.city,
            street=where.address_tail,
            delivery_point=where.provider_pvz_code,
            comment=where.comment,
        ),
    )


_COUNTRIES = {"россия": "RU", "russia": "RU", "беларусь": "BY", "казахстан": "KZ", "армения": "AM"}


def _country(name: str) -> str:
    """Ozon gives the country's name, in Russian as a rule; a two-letter code stays."""
    if len(name) == 2:
        return name.upper()
    return _COUNTRIES.get(name.strip().lower(), name or "RU")


def _barcodes(wire: ozon_api.Posting) -> tuple[str, ...]:
    """Everything that this posting's label may show; "0" stands for none in Ozon's own examples."""
    codes = [wire.scanit, wire.tracking_number]
    if wire.barcodes is not None:
        codes += [wire.barcodes.upper_barcode, wire.barcodes.lower_barcode]
    return tuple(dict.fromkeys(code for code in codes if code and code != "0"))


def _time(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)
