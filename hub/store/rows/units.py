"""Units of postings of which the marketplace wants to know something before they are packed."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.store.mapping import Rows


class UnitRow(msgspec.Struct, frozen=True):
    """One unit that is wanted, with what is known of it."""

    posting_id: str
    sku: str
    number: int
    """From 1 within its line."""
    seller: str
    marking: str
    """The whole code, with separators."""
    imei: str
    uin: str
    customs_number: str
    no_customs_number: bool
    """A person has said that there is none."""
    rnpt: str
    no_rnpt: bool
    """A person has said that there is none."""
    weight_g: int | None
    country: str
    """Where it was made, ISO 3166-1 alpha-2; the same for all of a line."""
    fault: str
    """What of it the marketplace did not take, a blank, and why, in its words; empty while nothing was
    refused."""
    updated_by: str
    updated_at: datetime


units = Rows(
    "units",
    UnitRow,
    key=("posting_id", "sku", "number"),
    indexes=(("seller",), ("marking",)),
    raises="posting_id",
)
