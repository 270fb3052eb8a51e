"""Ozon's postings in the hub's words: pure functions (Ozon swagger 2026-09-22)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

import msgspec
import ozon_api
from hub import Address, Fulfilment, Item, Money, Posting, Recipient

from hub_ozon import exemplars
from hub_ozon.statuses import AWAITING_PAPERS, actions_of, fulfilment_of, stage_of


class _Number(msgspec.Struct):
    posting_number: str = ""


def posting_number(raw: bytes) -> str:
    """The number of a posting that may be unreadable otherwise; "" where it has none."""
    return msgspec.json.decode(raw, type=_Number).posting_number


def posting(raw: bytes) -> Posting:
    """One posting of a list or of the single read. Raises msgspec's errors on what cannot be read."""
    wire = ozon_api.decode_posting(raw)
    flow = wire.integration_type_flow or wire.tpl_integration_type
    actions = actions_of(wire.available_actions)
    fulfilment = fulfilment_of(flow, actions)
    method = wire.delivery_method
    promised = wire.analytics_data.delivery_date_end if wire.analytics_data is not None else None
    # Only the single read gives the addressee's phone (with its extension, where there is one).
    complete = wire.addressee is not None and bool(wire.addressee.phone)
    return Posting(
        number=wire.posting_number,
        order_number=wire.order_number,
        parent_number=wire.parent_posting_number,
        scheme="fbs" if fulfilment.handover else "rfbs",
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
        deliver_by=_time(promised),
        created_at=_time(wire.in_process_at),
        recipient=_recipient(wire),
        recipient_complete=complete or fulfilment.books != "seller",
        provider=method.tpl_provider if method else "",
        delivery_method=method.name if method else "",
        warehouse=method.warehouse if method else "",
        warehouse_id=str(method.warehouse_id) if method and method.warehouse_id else "",
        tracking_number=wire.tracking_number,
        barcodes=_barcodes(wire, fulfilment),
        handover_group=str(method.id) if method and method.id and fulfilment.handover else "",
        cancel_reason=wire.cancellation.cancel_reason if wire.cancellation else "",
        unit_needs=exemplars.needs(wire),
        waits_for_papers=wire.substatus == AWAITING_PAPERS,
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
    """FBS postings come without one. Both phones are substitutes; the addressee's has the extension."""
    customer, addressee = wire.customer, wire.addressee
    if customer is None and addressee is None:
        return None
    name = (addressee.name if addressee else "") or (customer.name if customer else "")
    own = bool(addressee and addressee.phone)
    return Recipient(
        name=name,
        phone=addressee.phone if addressee and own else customer.phone if customer else "",
        phone_extension=addressee.pin if addressee and own else "",
        email=customer.customer_email if customer else "",
        address=_address(customer.address) if customer and customer.address else None,
    )


def _address(where: ozon_api.Address) -> Address:
    return Address(
        country=_country(where.country),
        postal_code=where.zip_code,
        region=where.region,
        city=where.city,
        street=where.address_tail,
        delivery_point=where.provider_pvz_code,
        comment=where.comment,
        latitude=None if where.latitude is None else float(where.latitude),
        longitude=None if where.longitude is None else float(where.longitude),
    )


_COUNTRIES = {
    "": "RU",  # official examples leave it empty at Russian addresses
    "россия": "RU",
    "российская федерация": "RU",
    "russia": "RU",
    "russian federation": "RU",
    "беларусь": "BY",
    "belarus": "BY",
    "казахстан": "KZ",
    "kazakhstan": "KZ",
    "армения": "AM",
    "armenia": "AM",
    "киргизия": "KG",
    "кыргызстан": "KG",
    "kyrgyzstan": "KG",
    "узбекистан": "UZ",
    "uzbekistan": "UZ",
    "азербайджан": "AZ",
    "azerbaijan": "AZ",
    "грузия": "GE",
    "georgia": "GE",
}


def _country(name: str) -> str:
    """Ozon writes names; "" for one that is not in the table: a carrier then refuses, nobody guesses."""
    name = name.strip()
    if len(name) == 2 and name.isascii() and name.isalpha():
        return name.upper()
    return _COUNTRIES.get(name.casefold(), "")


def _barcodes(wire: ozon_api.Posting, fulfilment: Fulfilment) -> tuple[str, ...]:
    """Every code that Ozon's label of this posting may show; "0" stands for none in Ozon's own examples."""
    codes = [wire.scanit, wire.posting_number]
    if wire.barcodes is not None:
        codes = [wire.barcodes.upper_barcode, wire.barcodes.lower_barcode, *codes]
    if fulfilment.tracking == "marketplace":
        codes.append(wire.tracking_number)  # the label of a partner whom Ozon chose
    return tuple(dict.fromkeys(code for code in codes if code and code != "0"))


def _time(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)
