"""Offers side by side, and the one that was chosen, as the doors show them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

from hub.flow.history.view import View
from hub.plugin_api.models import Money


class QuoteView(View, frozen=True, kw_only=True):
    """One offer, or why a carrier has none. Everything that the choice compared."""

    carrier: str
    account: str
    service_code: str = ""
    service_name: str = ""
    price: Money | None = None
    """What the seller pays, in total with VAT, services and insurance: the contract's price, else the
    carrier's."""
    list_price: Money | None = None
    """What the carrier quoted, where a contract's price takes its place."""
    cost: Money | None = None
    """``price`` in the currency of the table, where it was converted with ``rate`` of ``rate_date``."""
    rate: Decimal | None = None
    rate_date: date | None = None
    days_min: int | None = None
    days_max: int | None = None
    arrives: date | None = None
    """The day by which it is there, if it is handed over on the day of the question."""
    deadline: date | None = None
    promised: bool = False
    """The marketplace promised the buyer this deadline; else it is ``ship_by`` and the transit days."""
    in_time: bool | None = None
    to: str = ""
    """``door``, ``point`` or ``locker``."""
    on_time: float | None = None
    """Share on time by the carrier's record in this direction, of ``on_time_parcels``."""
    on_time_parcels: int = 0
    days_late: Decimal | None = None
    """Days late to be expected after the deadline, and what they and loss are expected to cost."""
    late_cost: Money | None = None
    loss_cost: Money | None = None
    estimate: bool = False
    note: str = ""
    chosen: bool = False
    why: dict[str, Any] = msgspec.field(default_factory=dict)
    """Of the chosen one: the code of the reason and its figures; ``reason`` says them in words."""
    reason: str = ""
    rule: str = ""
    """The rule that chose, or that leaves this offer out."""
    aside: str = ""
    """Why it cannot be chosen: ``estimate``, ``rule``, ``refused``, ``ordered``, or ``comparison``: a price
    that is only to be looked at."""
    missing: str = ""
    """Why there is no quote, in words."""
    missing_code: str = ""
    missing_data: dict[str, Any] = msgspec.field(default_factory=dict)
    asked_at: datetime | None = None


class ChosenView(View, frozen=True, kw_only=True):
    """The offer that was chosen for a posting: it is booked while ``valid_until`` has not passed and nothing
    that it depends on is another. One that was booked, or is out of date, is shown until the next one is."""

    carrier: str
    account: str
    service_code: str
    service_name: str
    price: Money
    """What the carrier asks, in total with VAT and services; ``why`` has what the seller pays by contract."""
    cap: Money
    """The most that is paid without asking a person."""
    boxes: int
    """For so many it was chosen."""
    chosen_by: Literal["rule", "person", "plugin", "recalled"]
    """The seller's rules, an order with a carrier in it, a plugin, or a booking that was forgotten here."""
    why: dict[str, Any]
    """The choice as a code and its figures; ``reason`` has them in words."""
    reason: str
    chosen_at: datetime
    valid_until: datetime
