"""The hub's bookings as SPSR's invoices, there and back. Pure: no request is made here."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

import spsr_api
from hub import (
    Address,
    BadReply,
    Booking,
    BookRequest,
    FoundShipment,
    Money,
    Parcel,
    Recipient,
    Rejected,
    Sender,
    said,
)

DUPLICATE = "DUP"
"""An invoice with our number exists already: the only rejection code that a client explains."""
_COUNTRIES = {"россия": "RU", "российская федерация": "RU"}

LONGEST_PHONE = 20

Insurance = Literal["INS", "VAL"]
PickUp = Literal["C", "W"]


def roubles(value: Money | None) -> Decimal:
    """Raises Rejected for a value that is not known or is in another currency: every invoice and every
    question for a price names a sum, in roubles."""
    if value is None:
        raise Rejected("SPSR takes the goods' value, and an item has no price", code="no_value")
    if value.currency != "RUB":
        raise Rejected(
            "SPSR takes a declared value in roubles, not in {currency}",
            code="currency",
            values={"currency": value.currency},
        )
    return value.amount


def invoice(request: BookRequest, *, insurance: Insurance, pick_up: PickUp, nature: int) -> spsr_api.Invoice:
    """A prepaid invoice to the door. Raises Rejected, saying which field is missing or too long."""
    home = request.recipient.address
    if home is None:
        raise Rejected("SPSR needs the buyer's address", code="no_address")
    if home.delivery_point:
        raise Rejected("SPSR's invoices have no place for a delivery point", code="no_points")
    try:
        return spsr_api.Invoice(
            reference=request.reference,
            product=_product(request.service.code),
            pick_up=pick_up,
            insurance=insurance,
            insurance_sum=roubles(request.declared_value),
            shipper=_shipper(request.sender),
            receiver=_receiver(request.recipient, home),
            pieces=tuple(_piece(box, nature) for box in request.parcels),
        )
    except ValueError as error:
        # The adapter's words name the field and the limit, never the value.
        raise Rejected("SPSR: {error}", code="invalid", values={"error": error}) from error


def booked(results: tuple[spsr_api.InvoiceResult, ...], reference: str) -> Booking:
    """What became of our invoice. Raises BadReply where the answer does not say: it is looked up then."""
    mine = [one for one in results if one.reference == reference]
    if len(mine) != 1:
        raise BadReply(
            "SPSR's answer does not have our invoice exactly once",
            code="bad_reply.answer_not_our_invoice_exactly",
        )
    (one,) = mine
    if one.status == "Rejected":
        codes = [message.code for message in one.messages]
        texts = [message.text or message.code for message in one.messages]
        return Booking(
            state="rejected",
            carrier_id=one.number,
            reason="; ".join(texts) or said("SPSR refused the invoice", code="spsr.refused_invoice"),
            reason_code=codes[0] if codes else "",
            duplicate=DUPLICATE in codes,
        )
    if one.status not in ("Created", "Updated") or not one.number:
        raise BadReply(
            "SPSR's answer does not say that the invoice was created",
            code="bad_reply.answer_not_say_invoice_created",
        )
    return _confirmed(one.number, one.barcodes)


def known(info: spsr_api.InvoiceInfo) -> Booking:
    """An invoice that SPSR shows. It has no state for "cancelled"."""
    return _confirmed(info.number, tuple(piece.piece_id for piece in info.pieces if piece.piece_id))


def found(info: spsr_api.InvoiceInfo) -> FoundShipment:
    """An invoice that was looked up. Nothing tells a dead one from a live one: it counts as live."""
    weights = [piece.client_weight or piece.weight for piece in info.pieces]
    grams = [int((weight * 1000).to_integral_value()) for weight in weights if weight is not None]
    return FoundShipment(
        booking=known(info),
        reference=info.reference,
        weight_g=sum(grams) if grams and len(grams) == len(weights) else None,
        recipient_country=_COUNTRIES.get(info.receiver.country.casefold(), ""),
        recipient_city=info.receiver.city,
        recipient_postal_code=info.receiver.postal_code,
        service_code=info.product,
    )


def kilograms(grams: int) -> Decimal:
    return Decimal(grams).scaleb(-3)


def centimetres(millimetres: int) -> Decimal:
    """Rounded up, as a parcel is measured."""
    return Decimal(max(1, -(-millimetres // 10)))


def _confirmed(number: str, barcodes: tuple[str, ...]) -> Booking:
    return Booking(
        state="confirmed",
        carrier_id=number,
        tracking_number=number,
        notes=(
            said(
                "barcodes of the pieces: {barcodes}",
                code="spsr.barcodes_pieces",
                values={"barcodes": ", ".join(barcodes)},
            ),
        )
        if barcodes
        else (),
    )


def _product(code: str) -> spsr_api.Product:
    if code not in spsr_api.PRODUCTS and code != "GepIntl":
        raise ValueError("there is no such product")
    return code  # type: ignore[return-value]  # checked above


def _postal_code(address: Address) -> str:
    """The schema takes six digits or nothing."""
    return address.postal_code if re.fullmatch("[0-9]{6}", address.postal_code) else ""


def _shipper(sender: Sender) -> spsr_api.Party:
    """Raises ValueError for a phone that is too long with its extension: only the shipper's has a limit."""
    place, phone = sender.address, _phone(sender)
    if len(phone) > LONGEST_PHONE:
        raise ValueError(f"phone is longer than {LONGEST_PHONE} characters")
    return spsr_api.Party(
        postal_code=_postal_code(place),
        region=place.region,
        city=place.city,
        address=place.street,
        company=sender.company,
        contact=sender.name,
        phone=phone,
        email=sender.email,
    )


def _receiver(person: Recipient, home: Address) -> spsr_api.Party:
    return spsr_api.Party(
        postal_code=_postal_code(home),
        region=home.region,
        city=home.city,
        address=home.street,
        contact=person.name,
        phone=_phone(person),
        email=person.email,
        comment=home.comment,
    )


def _phone(who: Sender | Recipient) -> str:
    return f"{who.phone} доб. {who.phone_extension}" if who.phone_extension else who.phone


def _piece(box: Parcel, nature: int) -> spsr_api.Piece:
    return spsr_api.Piece(
        description=nature,
        weight=kilograms(box.weight_g),
        length=centimetres(box.length_mm),
        width=centimetres(box.width_mm),
        depth=centimetres(box.height_mm),
        goods=tuple(
            spsr_api.SubPiece(
                description=item.name_ru or item.name,
                cost=item.price.amount if item.price and item.price.currency == "RUB" else Decimal(0),
                product_code=item.offer_id or item.sku,
                quantity=item.quantity,
            )
            for item in box.items
        ),
    )
