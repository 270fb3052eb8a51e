"""How long texts may be that a vendor is sent, as its plugin declares it."""

from __future__ import annotations

from typing import Literal

import msgspec

TextField = Literal[
    "recipient.name",
    "recipient.phone",
    "recipient.email",
    "address.region",
    "address.city",
    "address.street",
    "address.postal_code",
    "address.comment",
    "identity.series",
    "identity.number",
    "identity.issued_by",
    "identity.tax_number",
    "sender.name",
    "sender.company",
    "sender.phone",
    "sender.email",
    "sender_address.region",
    "sender_address.city",
    "sender_address.street",
    "sender_address.postal_code",
    "item.name",
    "item.offer_id",
    "item.brand",
    "item.url",
]
"""Texts of a `BookRequest`: ``address`` and ``identity`` are the recipient's, ``item.name`` is in every
language, ``item.offer_id`` is the SKU as well."""


class TextLimit(msgspec.Struct, frozen=True):
    """The longest text that a vendor takes in one field. The hub holds every parcel against it before prices
    are asked and before it is booked, so that a plugin never cuts.

    What is longer leaves the carrier out, with the field and both lengths in words, and a person corrects it
    or takes another one; papers, which are given once a carrier is chosen, are held against it before it is
    booked. Goods are mended instead where the carrier only prints the text
    (``over="shorten"``) or does not need it (``over="leave_out"``): the history says so.
    """

    field: TextField
    """Which text."""
    most: int
    """How many characters at most."""
    source: str
    """Where the vendor documents it, and when that was read."""
    over: Literal["refuse", "shorten", "leave_out"] = "refuse"
    """What becomes of a longer one; a text that is no item's is always refused."""


__all__ = ["TextField", "TextLimit"]
