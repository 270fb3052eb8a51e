"""What the hub knows of carriers: their record and the seller's contract prices."""

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
    """What one shipment says of its carrier, so that a later word replaces it."""

    shipment_id: str
    seller: str
    carrier: str
    direction: str
    week: int  # of the booking: whole weeks since 1970
    outcome: Outcome


CarrierWeekRow = msgspec.defstruct(
    "CarrierWeekRow",
    [
        ("seller", str),
        ("carrier", str),
        ("direction", str),
        ("week", int),
        *((name, int) for name in FIGURES),
    ],
    frozen=True,
)
"""The sums of the outcomes of one week of bookings (whole weeks since 1970), for a direction and for every
wider one."""


class FeedbackRow(msgspec.Struct, frozen=True):
    """What buyers and the seller say: claims, returns, ratings."""

    seller: str
    mark: str  # a hash of what makes it one: the same line comes in once
    carrier: str
    shipment_id: str
    direction: str
    kind: str  # claim, return, rating, own
    reason: str
    rating_hundredths: int
    pieces: int  # how many ratings or claims the line stands for
    source: str
    day: int  # days since 1970
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
    """The feedback by week, one document a carrier: a quote reads it."""

    seller: str
    carrier: str
    weeks: tuple[OpinionWeek, ...]


class ContractPriceRow(msgspec.Struct, frozen=True):
    seller: str
    carrier: str
    line: int  # of the file that it came from
    service: str
    percent_hundredths: int | None
    price_minor: int | None
    currency: str
    over_g: int
    up_to_g: int | None
    valid_from: str | None
    valid_to: str | None
    created_at: datetime


carrier_parcels = Rows("carrier_parcels", CarrierParcelRow, key=("shipment_id",), indexes=(("seller",),))
carrier_weeks = Rows("carrier_weeks", CarrierWeekRow, key=("seller", "carrier", "direction", "week"))
feedback = Rows(
    "carrier_feedback",
    FeedbackRow,
    key=("seller", "mark"),
    indexes=(("seller", "carrier", "day"), ("seller", "kind"), ("shipment_id",)),
)
opinions = Rows("carrier_opinions", OpinionRow, key=("seller", "carrier"))
contract_prices = Rows("contract_prices", ContractPriceRow, key=("seller", "carrier", "line"))
