"""Easy returns."""

from __future__ import annotations

from typing import Annotated

from russian_post_api.decoding import Deciding
from russian_post_api.structs import ErrorInfo, Private, Received, Sent


class ReturnRequest(Sent, frozen=True, kw_only=True):
    """A return of what ``direct_barcode`` brought. Sources differ on whether an object or a list of them is
    sent; the client sends the object, as the schema has it."""

    direct_barcode: str
    mail_type: str


class ReturnAddress(Private, Sent, frozen=True, kw_only=True):
    address_type: str | None = None
    index: str | None = None
    region: str | None = None
    area: str | None = None
    place: str | None = None
    location: str | None = None
    street: str | None = None
    house: str | None = None
    slash: str | None = None
    letter: str | None = None
    corpus: str | None = None
    building: str | None = None
    vladenie: str | None = None
    hotel: str | None = None
    office: str | None = None
    room: str | None = None
    num_address_type: str | None = None
    manual_address_input: bool | None = None


class SeparateReturnRequest(Private, Sent, frozen=True, kw_only=True):
    """A return without a direct parcel. ``insr_value`` in kopecks."""

    mail_type: str
    address_from: ReturnAddress
    sender_name: str
    recipient_name: str
    address_to: ReturnAddress | None = None
    insr_value: int | None = None
    order_num: str | None = None
    postoffice_code: str | None = None


class ReturnEdit(Private, Sent, frozen=True, kw_only=True):
    address_from: ReturnAddress | None = None
    address_to: ReturnAddress | None = None
    sender_name: str | None = None
    recipient_name: str | None = None
    insr_value: int | None = None
    order_num: str | None = None
    postoffice_code: str | None = None


class Return(Received, frozen=True, kw_only=True):
    """One return: its barcode, or why it was refused (FREE_ER_ADDRESS_NOT_ENABLED …)."""

    return_barcode: Annotated[str, Deciding] = ""
    position: int | None = None
    errors: tuple[ErrorInfo, ...] = ()
