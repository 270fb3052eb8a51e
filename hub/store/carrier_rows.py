"""What the hub knows of carriers, as rows: their record and the seller's contract prices."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.store.mapping import Rows


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one shipment says of its carrier: every field is 0 or 1, but for days, permille and minutes.

    The fields are the columns of ``carrier_weeks``, which holds their sums.
    """

    parcels: int = 0
    timed: int = 0
    """It arrived, or did not though it should have, and the quote had promised a number of days."""
    on_time: int = 0
    late_days: int = 0
    ended: int = 0
    """It was handed to the buyer, came back, or was lost."""
    lost: int = 0
    damaged: int = 0
    returned: int = 0
    charged: int = 0
    """The carrier said what it finally asks."""
    kept: int = 0
    over_permille: int = 0
    """What it asks above the price that was agreed, in thousandths of it; negative when it asks less."""
    scanned: int = 0
    scan_minutes: int = 0


FIGURES = Outcome.__struct_fields__


class CarrierParcelRow(msgspec.Struct, frozen=True):
    shipment_id: str
    seller: str
    carrier: str
    direction: str
    week: int
    outcome: Outcome


class FeedbackRow(msgspec.Struct, frozen=True):
    seller: str
    mark: str
    carrier: str
    shipment_id: str
    direction: str
    kind: str
    reason: str
    rating_hundredths: int
    pieces: int
    source: str
    day: int
    created_at: datetime


class OpinionWeek(msgspec.Struct, frozen=True, array_like=True):
    """The feedback of one kind, reason and source in one week."""

    kind: str
    reason: str
    source: str
    week: int
    pieces: int
    hundredths: int
    """The sum of the ratings, in hundredths."""
    day: int
    """The newest of them, in days since 1970."""


class OpinionRow(msgspec.Struct, frozen=True):
    seller: str
    carrier: str
    weeks: tuple[OpinionWeek, ...]


class ContractPriceRow(msgspec.Struct, frozen=True):
    seller: str
    carrier: str
    line: int
    service: str
    percent_hundredths: int | None
    price_minor: int | None
    currency: str
    over_g: int
    up_to_g: int | None
    valid_from: str | None
    valid_to: str | None
    created_at: datetime


carrier_parcels = Rows("carrier_parcels", CarrierParcelRow)
feedback = Rows("carrier_feedback", FeedbackRow)
opinions = Rows("carrier_opinions", OpinionRow)
contract_prices = Rows("contract_prices", ContractPriceRow)
