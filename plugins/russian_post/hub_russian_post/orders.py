"""The hub's bookings as the Post's orders, there and back. Pure: no request is made here."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec
import russian_post_api as post
from hub import (
    BadValue,
    Booking,
    BookRequest,
    FoundShipment,
    Item,
    Money,
    Parcel,
    Rejected,
    read_customs_code,
    said,
)

from hub_russian_post.addresses import Name, name_of, phone_number
from hub_russian_post.countries import LETTERS, NUMBERS, RUSSIA
from hub_russian_post.services import Product

_WITH_DETAILS = frozenset({"EMPTY_POSTOFFICE_CODE", "ILLEGAL_MASS_EXCESS", "TARIFF_ERROR"})
"""Codes whose details are the Post's own and say what would do; those of others repeat what was sent."""


def _order(
    request: BookRequest, product: Product, postoffice: str, country: int, name: Name
) -> post.OrderRequest:
    """What every order says: all but where it goes."""
    (box,) = request.parcels
    return post.OrderRequest(
        order_num=request.reference,
        mail_type=product.mail_type,
        mail_category=product.category,
        mail_direct=country,
        postoffice_code=postoffice,
        mass=box.weight_g,
        dimension=dimension(box),
        fragile=_fragile(box),
        tariff_count=1,
        insr_value=_insured(request, product),
        recipient_name=" ".join(request.recipient.name.split()),
        surname=name.surname,
        given_name=name.given,
        middle_name=name.middle,
        tel_address=phone_number(request.recipient.phone),
        address_type_to="DEFAULT",
        region_to="",
        place_to="",
        street_to="",
        house_to="",
    )


def inland_order(
    request: BookRequest, product: Product, postoffice: str, clean: post.CleanAddress, name: Name
) -> post.OrderRequest:
    """A prepaid order within Russia, to the parts of the cleaned address and name; an address that a person
    wants as it stands is in ``raw-address`` too."""
    return msgspec.structs.replace(
        _order(request, product, postoffice, RUSSIA, name),
        address_type_to=clean.address_type or "DEFAULT",
        num_address_type_to=clean.num_address_type or None,
        index_to=int(clean.index),
        region_to=clean.region,
        area_to=clean.area or None,
        place_to=clean.place,
        location_to=clean.location or None,
        street_to=clean.street,
        house_to=clean.house,
        slash_to=clean.slash or None,
        letter_to=clean.letter or None,
        corpus_to=clean.corpus or None,
        building_to=clean.building or None,
        hotel_to=clean.hotel or None,
        office_to=clean.office or None,
        room_to=clean.room or None,
        raw_address=clean.original_address or None if request.as_written else None,
    )


def point_order(request: BookRequest, product: Product, postoffice: str) -> post.OrderRequest:
    """A prepaid order to a pick-up point or locker. Raises Rejected where the address has none."""
    to = request.recipient.address
    if to is None or not to.delivery_point:
        raise Rejected(
            "{name} goes to a delivery point, and none is given",
            code="no_point.goes_delivery_none_given",
            values={"name": product.name},
        )
    return msgspec.structs.replace(
        _order(request, product, postoffice, RUSSIA, name_of(request.recipient.name)),
        region_to=to.region or to.city,
        place_to=to.city,
        ecom_data=post.EcomData(delivery_point_index=to.delivery_point, services=("WITHOUT_SERVICE",)),
    )


def export_order(request: BookRequest, product: Product, postoffice: str) -> post.OrderRequest:
    """A prepaid order abroad with its customs declaration. Raises Rejected for what customs would miss."""
    (box,) = request.parcels
    to = request.recipient.address
    country = None if to is None else NUMBERS.get(to.country)
    if to is None or country is None:
        raise Rejected(
            "Russian Post needs the buyer's address and country", code="no_address.needs_buyer_country"
        )
    name = _latin(name_of(request.recipient.name))
    check_customs(request.parcels)
    return msgspec.structs.replace(
        _order(request, product, postoffice, country, name),
        str_index_to=to.postal_code or None,
        region_to=to.region,
        place_to=to.city,
        street_to=to.street,
        customs_declaration=post.CustomsDeclaration(
            currency="RUB",
            entries_type="SALE_OF_GOODS",
            customs_entries=tuple(_customs(item, box) for item in box.items),
        ),
    )


def booking_of(order: post.Order) -> Booking:
    """What an order has become: it has its number from the first moment, and ends by being deleted."""
    total = order.total_with_vat
    return Booking(
        state="cancelled" if order.is_deleted else "confirmed",
        carrier_id=str(order.id),
        tracking_number=order.barcode,
        price=roubles(total) if total else None,
        reference=order.order_num,
        notes=_notes(order.barcode),
    )


def refusal_of(errors: tuple[post.ErrorInfo, ...]) -> Booking:
    """An order that was refused on its own, under HTTP 200."""
    return Booking(
        state="rejected",
        carrier_id="",
        reason="; ".join(dict.fromkeys(map(_words, errors)))
        or said("Russian Post refused the order", code="post.refused_order"),
        reason_code=errors[0].code if errors else "",
    )


def _words(error: post.ErrorInfo) -> str:
    text = error.description or error.code
    return f"{text} ({error.details})" if error.code in _WITH_DETAILS and error.details else text


def found(order: post.Order) -> FoundShipment:
    """An order that was looked up by our number."""
    booking = booking_of(order)
    abroad = order.mail_direct not in (None, RUSSIA)
    return FoundShipment(
        booking=booking,
        reference=order.order_num,
        weight_g=order.mass,
        recipient_country=LETTERS.get(order.mail_direct or RUSSIA, ""),
        recipient_city="",  # the Post's spelling, "г. Саратов", is not the marketplace's
        recipient_postal_code=order.str_index_to if abroad else f"{order.index_to or ''}",
        service_code=Product(order.mail_type, order.mail_category).code,
        live=booking.state == "confirmed",
    )


def dimension(box: Parcel) -> post.Dimension:
    """Whole centimetres, rounded up, as a parcel is measured."""
    return post.Dimension(
        length=centimetres(box.length_mm),
        width=centimetres(box.width_mm),
        height=centimetres(box.height_mm),
    )


def centimetres(millimetres: int) -> int:
    return max(1, -(-millimetres // 10))


def kopecks(money: Money) -> int:
    """Raises Rejected for another currency: a declared value is in roubles."""
    if money.currency != "RUB":
        raise Rejected(
            "Russian Post declares values in roubles, not in {currency}",
            code="currency",
            values={"currency": money.currency},
        )
    return money.minor


def roubles(minor: int) -> Money:
    return Money.of(Decimal(minor).scaleb(-2), "RUB")


def declared(value: Money | None) -> int | None:
    """Kopecks that can be declared: of goods without a value, or of an unknown one, there are none. Raises
    Rejected for another currency."""
    return (kopecks(value) or None) if value is not None else None


def _insured(request: BookRequest, product: Product) -> int | None:
    if not product.declared:
        return None
    value = declared(request.declared_value)
    if value is None:
        raise Rejected(
            "{name} needs goods with a value",
            code="no_value.needs_goods",
            values={"name": product.name},
        )
    return value


def _fragile(box: Parcel) -> bool:
    return any(item.fragile for item in box.items)


def check_customs(parcels: Iterable[Parcel]) -> None:
    """Raises Rejected for goods without a customs code or a price, or with one that is not in roubles."""
    boxes = list(parcels)
    items = (item for box in boxes for item in box.items)
    if without := [item.offer_id or item.sku for item in items if not item.customs_code]:
        raise Rejected(
            "customs needs the customs code (HS) of {without}: add customs_code to the catalogue",
            code="customs_code_missing",
            values={"without": ", ".join(without)},
        )
    priceless = [item.offer_id or item.sku for box in boxes for item in box.items if item.price is None]
    if priceless:
        raise Rejected(
            "customs is told what every item costs, and {priceless} has no price",
            code="no_value.customs_told_what_every",
            values={"priceless": ", ".join(priceless)},
        )
    for box in boxes:
        for item in box.items:
            _customs_code(item)
            declared(item.price)


def _customs_code(item: Item) -> str:
    """Its digits. Raises Rejected for a text that is no code: what is declared is what a person wrote."""
    try:
        return read_customs_code(item.customs_code)
    except BadValue as error:
        raise Rejected(
            "the customs code of {offer}: {why}",
            code="customs_code_unreadable",
            values={"offer": item.offer_id or item.sku, "why": error.said},
        ) from None


def _customs(item: Item, box: Parcel) -> post.CustomsEntry:
    pieces = sum(one.quantity for one in box.items) or 1
    weight = (
        item.weight_g * item.quantity if item.weight_g else max(1, box.weight_g // pieces) * item.quantity
    )
    return post.CustomsEntry(
        description=item.name_en or item.name,
        amount=item.quantity,
        tnved_code=_customs_code(item),
        value=kopecks(item.price) * item.quantity if item.price else None,
        weight=min(weight, box.weight_g),
        country_code=NUMBERS.get(item.origin_country),
        trademark=item.brand or None,
    )


def _latin(name: Name) -> Name:
    if not " ".join(filter(None, name)).isascii():
        raise Rejected("abroad the buyer's name must be in Latin letters", code="name_not_latin")
    return name


def _notes(barcode: str) -> tuple[str, ...]:
    if not barcode or post.is_domestic(barcode) or post.is_s10(barcode):
        return ()
    return (
        said(
            "the check digit of the Post's number is wrong: compare it with the label",
            code="post.check_digit_number_wrong",
        ),
    )
