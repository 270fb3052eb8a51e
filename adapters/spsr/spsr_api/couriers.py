"""Courier calls that are not done yet: WAGetActiveOrders.

Names: AStepanov/spsr-shipment (2015), its fork of 2017, the rus_spsr add-on of CS-Cart.
"""

from __future__ import annotations

from datetime import datetime

from spsr_api.documents import Element
from spsr_api.structs import Key, Private, Received
from spsr_api.values import time_of


class ActiveOrder(Private, Received, frozen=True, kw_only=True):
    """A courier call that is not done yet; ``planned_until`` is UTC."""

    key: Key
    number: str = ""
    state: str = ""
    created_at: datetime | None = None
    planned_until: datetime | None = None
    contact: str = ""
    city: str = ""
    address: str = ""


def active_orders_of(root: Element) -> tuple[ActiveOrder, ...]:
    return tuple(
        ActiveOrder(
            key=Key(one.get("Order_ID"), one.get("Order_Owner_ID") or "0"),
            number=one.get("OrderNumber"),
            state=one.get("OrderState"),
            created_at=time_of(one.get("DateOfCreate")),
            planned_until=time_of(one.get("PlaningDT_To")),
            contact=one.get("FIO"),
            city=one.get("CityName"),
            address=one.get("Address"),
        )
        for one in root.below("Orders", "Order")
    )
