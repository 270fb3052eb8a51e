"""What many orders would cost together, as the doors show it before anything is spent."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from hub.flow.history.view import View
from hub.plugin_api.models import Money

TotalState = Literal["priced", "marketplace", "unpriced", "already", "refused"]
"""Of one posting: it has a price; the marketplace books, and nothing is paid here; nobody gave a price; it is
under way, and costs nothing more; it is not shipped, as an order of it alone would not be."""


class TotalLine(View, frozen=True, kw_only=True):
    """One posting of a total."""

    posting_id: str
    number: str
    state: TotalState
    carrier: str = ""
    """Who would be booked, or delivers for the marketplace."""
    service: str = ""
    parcels: int = 0
    """Boxes."""
    price: Money | None = None
    """What the seller pays: by contract, where there is one."""
    at_most: Money | None = None
    """What is paid without asking again, where the carrier makes it dearer when it is booked."""
    code: str = ""
    """Of ``unpriced``: the kind of problem that it becomes, ``no_answer`` or ``by_itself``. Of ``refused``:
    as an order of it alone says."""
    reason: str = ""


class CarrierTotal(View, frozen=True, kw_only=True):
    """What one carrier would be paid, in one currency."""

    carrier: str
    title: str
    postings: int
    parcels: int
    sum: Money
    at_most: Money
    dearest: Money
    dearest_posting: str
    """Its number."""


class ShipTotal(View, frozen=True, kw_only=True):
    """What an order of many postings would cost. ``token`` is what orders just this."""

    seller: str
    token: str
    """Empty where nothing is left to be ordered."""
    expires_at: datetime | None
    orders: int
    """Postings that the token orders: those that have a price, and those that the marketplace books."""
    sums: tuple[Money, ...]
    """One of each currency."""
    at_most: tuple[Money, ...]
    carriers: tuple[CarrierTotal, ...]
    """The one that gets the most first."""
    lines: tuple[TotalLine, ...]
    """One of each posting, in the order asked."""


__all__ = ["CarrierTotal", "ShipTotal", "TotalLine", "TotalState"]
