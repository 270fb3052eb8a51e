"""The hub's bookings as CDEK's orders, there and back. Pure: no request is made here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import cdek_api
import msgspec
from hub import (
    Address,
    Booking,
    BookRequest,
    FoundShipment,
    IdentityDocument,
    Item,
    Money,
    Parcel,
    Recipient,
    Rejected,
    Sender,
    now,
    said,
)

from hub_cdek import abroad
from hub_cdek.tariffs import TARIFFS

DUPLICATE = "error_validate_im_dep_number_has_already_had_integration"
"""Another active order of the contract has our number."""
_REPLACED = {"v2_delivery_point_changed": "delivery", "v2_shipment_point_changed": "drop-off"}
_BEYOND_CUSTOMS = frozenset({"CUSTOMS_COMPLETE", "DELIVERED", "NOT_DELIVERED", "INVALID", "REMOVED"})
BEFORE_OFFICE = frozenset({"ACCEPTED", "CREATED", "INVALID", "REMOVED"})
"""Statuses of an order whose parcel no office has seen."""


def order_request(
    request: BookRequest, shipment_point: str, *, currency: str = "RUB", invoiced: date | None = None
) -> cdek_api.OrderRequest:
    """The order of a shop, prepaid at the marketplace. Raises Rejected where the address is missing.

    Across a border it has the invoice's date (``invoiced``, today), the shipper, the seller's address and the
    customs facts of every item; raises Rejected where one is missing. ``currency``: the contract's.
    """
    to, sender = request.recipient, request.sender
    home = to.address
    if home is None:
        raise Rejected("CDEK needs the buyer's address", code="no_address")
    code = int(request.service.code)
    tariff = TARIFFS.get(code)
    from_office = bool(shipment_point) if tariff is None else tariff.from_office
    customs = abroad.international(sender.address, home)
    shipper, shipper_address = abroad.shipper_of(sender) if customs else (None, None)
    check_values(request.parcels, currency)
    if customs:
        abroad.check_items(request.parcels)
    return cdek_api.OrderRequest(
        type=1,
        number=request.reference,
        tariff_code=code,
        comment=home.comment or None,
        recipient=_recipient(to, to.identity if customs else None),
        sender=cdek_api.Contact(
            name=_name(sender.name),
            company=sender.company or None,
            phones=_phones(sender) if sender.phone else (),
        ),
        shipment_point=shipment_point if from_office else None,
        from_location=None if from_office else place(sender.address),
        delivery_point=home.delivery_point or None,
        to_location=None if home.delivery_point else place(home),
        packages=packages_of(request.parcels, customs=customs),
        seller=cdek_api.Seller(name=shipper, address=shipper_address) if customs else None,
        date_invoice=(invoiced or now().date()) if customs else None,
        shipper_name=shipper,
        shipper_address=shipper_address,
    )


def _recipient(to: Recipient, papers: IdentityDocument | None) -> cdek_api.Contact:
    plain = cdek_api.Contact(name=_name(to.name), email=to.email or None, phones=_phones(to))
    if papers is None:
        return plain
    return msgspec.structs.replace(
        plain,
        passport_series=papers.series or None,
        passport_number=papers.number,
        passport_date_of_issue=papers.issued_on,
        passport_organization=papers.issued_by,
        passport_date_of_birth=papers.date_of_birth,
        tin=papers.tax_number or None,
    )


def _phones(who: Recipient | Sender) -> tuple[cdek_api.Phone, ...]:
    return (cdek_api.Phone(number=who.phone, additional=who.phone_extension or None),)


def waits_for_identity(order: cdek_api.Order) -> bool | None:
    """Whether the parcel stands before customs for want of the recipient's passport data; None where the
    order does not say. One within the country shows false without asking for any (recorded in 2026)."""
    entity = order.entity
    if entity is None or entity.date_invoice is None:  # the invoice is what makes an order international
        return False
    if _BEYOND_CUSTOMS & {status.code for status in order.statuses}:
        return False
    satisfied = entity.recipient.passport_requirements_satisfied if entity.recipient else None
    return None if satisfied is None else not satisfied


def booking_of(order: cdek_api.Order) -> Booking:
    """What became of an order: a 202 is no order yet, and a number comes only with CREATE SUCCESSFUL."""
    uuid, errors = order.uuid or "", order.create_errors
    ours = (order.entity.number if order.entity else None) or ""
    if order.state("CREATE") == "INVALID":
        first = errors[0] if errors else None
        return Booking(
            state="rejected",
            carrier_id=uuid,
            reason=(first.message or first.code)
            if first
            else said("CDEK refused the order", code="cdek.refused_order"),
            reason_code=first.code if first else "",
            reference=ours,
            duplicate=any(one.code.lower() == DUPLICATE for one in errors),
        )
    if {"REMOVED", "INVALID"} & {status.code for status in order.statuses}:
        return Booking(state="cancelled", carrier_id=uuid, reference=ours)
    if not order.cdek_number:
        return Booking(state="accepted", carrier_id=uuid, reference=ours)
    return Booking(
        state="confirmed",
        carrier_id=uuid,
        tracking_number=order.cdek_number,
        price=total(order),
        reference=ours,
        notes=_notes(order),
    )


def found(order: cdek_api.Order, reference: str) -> FoundShipment:
    """An order that was looked up by our number. One on its way, or delivered, costs money: it is live."""
    booking, entity = booking_of(order), order.entity
    to = entity.to_location if entity else None
    return FoundShipment(
        booking=booking,
        reference=entity.number if entity and entity.number else reference,
        weight_g=sum(one.weight or 0 for one in entity.packages) or None if entity else None,
        recipient_country=(to.country_code or "") if to else "",
        recipient_city=(to.city or "") if to else "",
        recipient_postal_code=(to.postal_code or "") if to else "",
        service_code=str(entity.tariff_code) if entity and entity.tariff_code else "",
        live=booking.state in ("accepted", "confirmed"),
    )


def total(order: cdek_api.Order) -> Money | None:
    """What the order costs with VAT and services; CDEK names the contract's currency beside the items."""
    entity = order.entity
    detail = None if entity is None else entity.delivery_detail
    if entity is None or detail is None or detail.total_sum is None:
        return None
    return Money.of(detail.total_sum, entity.items_cost_currency or "RUB")


def calculated_weight(order: cdek_api.Order) -> int | None:
    """Grams that CDEK charges for: the heavier of weight and volume, over all packages."""
    packages = order.entity.packages if order.entity else ()
    return sum(one.weight_calc or 0 for one in packages) or None


def centimetres(millimetres: int) -> int:
    """Rounded up, as a parcel is measured."""
    return max(1, -(-millimetres // 10))


def _notes(order: cdek_api.Order) -> tuple[str, ...]:
    """CDEK replaces a closed or unsuitable office silently; only a warning of the request says so."""
    request, entity = order.request("CREATE"), order.entity
    told = {one.code.lower() for one in request.warnings} if request else set()
    points = {
        "delivery": entity.delivery_point if entity else None,
        "drop-off": entity.shipment_point if entity else None,
    }
    return tuple(
        f"CDEK chose another {which} point: {points[which] or 'see the order'}"
        for code, which in _REPLACED.items()
        if code in told
    )


def _name(text: str) -> str:
    return text.replace("/", " ")  # CDEK refuses a slash in names


def place(address: Address) -> cdek_api.Location:
    return cdek_api.Location(
        address=address.street or address.city,
        country_code=address.country,
        postal_code=address.postal_code or None,
        city=address.city or None,
        region=address.region or None,
    )


def check_values(parcels: Iterable[Parcel], currency: str) -> None:
    """Raises Rejected where an item's price is not known, or not in the contract's currency: CDEK takes what
    each piece is worth in the currency of the contract (``cost``, OpenAPI of July 2026) and insures it."""
    items = [item for box in parcels for item in box.items]
    if without := [item.offer_id or item.sku for item in items if item.price is None]:
        raise Rejected(
            "CDEK takes the price of every item, and {without} has none",
            code="no_value",
            values={"without": ", ".join(dict.fromkeys(without))},
        )
    if others := {item.price.currency for item in items if item.price} - {currency}:
        raise Rejected(
            "goods are declared in the contract's currency, {currency}, and this price is in {others}: set "
            "currency to that of the contract",
            code="currency",
            values={"currency": currency, "others": ", ".join(sorted(others))},
        )


def packages_of(parcels: tuple[Parcel, ...], *, customs: bool) -> tuple[cdek_api.Package, ...]:
    """The boxes; with ``customs`` each item says what customs asks."""
    return tuple(_package(box, customs=customs) for box in parcels)


def _package(box: Parcel, *, customs: bool) -> cdek_api.Package:
    pieces = sum(item.quantity for item in box.items) or 1
    item_of = _customs_item if customs else _item
    return cdek_api.Package(
        number=str(box.number),
        weight=box.weight_g,
        length=centimetres(box.length_mm),
        width=centimetres(box.width_mm),
        height=centimetres(box.height_mm),
        items=tuple(item_of(item, max(1, box.weight_g // pieces)) for item in box.items),
    )


def _item(item: Item, weight_g: int) -> cdek_api.Item:
    """``weight_g``: of one piece, where the catalogue does not know it."""
    return cdek_api.Item(
        name=item.name,
        ware_key=item.offer_id or item.sku,
        payment=cdek_api.Payment(value=Decimal(0)),
        cost=item.price.amount if item.price else Decimal(0),
        weight=item.weight_g or weight_g,
        amount=item.quantity,
    )


def _customs_item(item: Item, weight_g: int) -> cdek_api.Item:
    """The gross weight may not be less than the net one; ``weight_g`` of the catalogue is with packing."""
    plain = _item(item, weight_g)
    return cdek_api.Item(
        name=abroad.russian_name(item),
        ware_key=abroad.article(item),
        payment=plain.payment,
        cost=plain.cost,
        weight=plain.weight,
        amount=plain.amount,
        weight_gross=max(plain.weight, item.gross_weight_g or 0),
        name_i18n=abroad.latin_name(item),
        brand=item.brand,
        country_code=item.origin_country,
        material=abroad.material(item),
        wifi_gsm=item.radio,
        url=item.url or None,
        feacn_code=abroad.customs_code(item),
    )
