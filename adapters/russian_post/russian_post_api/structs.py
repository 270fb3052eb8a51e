"""Base structs, and what several methods share.

Names and units are the Post's: JSON names are these in kebab-case, money in whole kopecks, mass in grams,
sides in centimetres. Requests leave out what is not set; answers tolerate unknown fields. Sources: schemas
of the Otpravka documentation as kept by SergeR/russianpost-api-sdk (2026-02), live answers of 2026-07.
"""

from __future__ import annotations

import msgspec


class Sent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="kebab"):
    """Base of what we send."""


class Received(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """Base of what the Post sends."""


class Private:
    """Mixed into a struct with personal data: its repr shows nothing of it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"


class ErrorInfo(Received, frozen=True, kw_only=True):
    """One error. ``position`` counts the items of the request from 0; ``field`` is a time slot's field.

    ``description`` and ``details`` are the Post's own texts: ``details`` of EMPTY_POSTOFFICE_CODE lists the
    indexes that are allowed.
    """

    code: str = ""
    sub_code: str = ""
    description: str = ""
    details: str = ""
    position: int | None = None
    field: str = ""


class Dimension(Sent, frozen=True, kw_only=True):
    """Whole centimetres."""

    length: int
    width: int
    height: int


class DimensionInfo(Received, frozen=True, kw_only=True):
    length: int | None = None
    width: int | None = None
    height: int | None = None


class DeliveryTime(Received, frozen=True, kw_only=True):
    """Days. Either bound may be absent."""

    min_days: int | None = None
    max_days: int | None = None


class SenderAddress(Private, Sent, frozen=True, kw_only=True):
    """A sender's address. ``address_type`` DEFAULT, PO_BOX, DEMAND (poste restante) or UNIT (military)."""

    address_type: str
    index: str
    region: str
    place: str
    area: str | None = None
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


class AddressInfo(Private, Received, frozen=True, kw_only=True):
    """An address of the account: a point's, a return address."""

    address_type: str = ""
    index: str = ""
    region: str = ""
    area: str = ""
    place: str = ""
    location: str = ""
    street: str = ""
    house: str = ""
    slash: str = ""
    letter: str = ""
    corpus: str = ""
    building: str = ""
    vladenie: str = ""
    hotel: str = ""
    office: str = ""
    room: str = ""
    num_address_type: str = ""
    manual_address_input: bool = False
