"""Courier calls and the addresses where couriers come: WACreateOrder and its neighbours.

Names: AStepanov/spsr-shipment (2015), its fork of 2017, the rus_spsr add-on of CS-Cart.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from spsr_api.documents import Element, Node
from spsr_api.structs import Key, Private, Received, Sent, limit
from spsr_api.values import plain, time_of

PICK_UP_ADDRESS = 8
"""``AddressType`` of the addresses that couriers come to: the only one that clients have used."""


class CourierOrder(Private, Sent, frozen=True, kw_only=True):
    """A call. ``time``: AM 9-13, PM 13-18, FM 9-18 o'clock. kg and cm; ``order_type`` 0 is a single call.

    ``delivery_mode``: 0 to 31, the id of a service (:class:`~spsr_api.Service`).
    """

    day: date
    time: Literal["AM", "PM", "FM"]
    address: Key
    contact: str
    pieces: int
    weight: Decimal
    length: Decimal
    width: Decimal
    depth: Decimal
    description: str = ""
    delivery_mode: int = 0
    receiver_city: Key | None = None
    order_type: int = 0

    def node(self, contract: str, login: str) -> Node:
        if not 0 <= self.delivery_mode <= 31:
            raise ValueError("a delivery mode is a number from 0 to 31")
        attributes = {
            "ICN": contract,
            "Login": login,
            # "Necessery" is SPSR's spelling.
            "NecesseryDate": f"{self.day.isoformat()}T00:00:00.000",
            "NecesseryTime": self.time,
            "DeliveryMode": str(self.delivery_mode),
            "FIO": self.contact,
            "SborAddr_ID": self.address.id,
            "SborAddr_Owner_ID": self.address.owner_id,
            "PlacesCount": str(self.pieces),
            "Weight": plain(self.weight),
            "Description": self.description,
            "OrderType": str(self.order_type),
            "Length": plain(self.length),
            "Width": plain(self.width),
            "Depth": plain(self.depth),
        }
        if self.receiver_city is not None:
            attributes["ReceiverCity_ID"] = self.receiver_city.id
            attributes["ReceiverCity_Owner_ID"] = self.receiver_city.owner_id
        return Node("AddOrder", attributes)


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


class PickUpAddress(Private, Sent, frozen=True, kw_only=True):
    """An address for couriers, as it is added."""

    city: Key
    address: str
    contact: str
    organization: str = ""
    phone: str = ""
    other_phone: str = ""
    postal_code: str = ""
    additionally: str = ""

    def node(self, contract: str, login: str) -> Node:
        for name, longest in (("address", 100), ("contact", 60), ("organization", 100), ("phone", 20)):
            limit(name, getattr(self, name), longest)
        for name, longest in (("other_phone", 255), ("postal_code", 6), ("additionally", 100)):
            limit(name, getattr(self, name), longest)
        return Node(
            "AddAddr",
            {
                "ICN": contract,
                "Login": login,
                "Address": self.address,
                "FIO": self.contact,
                "Organization": self.organization,
                "Phone": self.phone,
                "AddPhone": self.other_phone,
                "Additionally": self.additionally,
                "PostCode": self.postal_code,
                "City_ID": self.city.id,
                "City_Owner_ID": self.city.owner_id,
                "AddressType": str(PICK_UP_ADDRESS),
            },
        )


class KnownAddress(Private, Received, frozen=True, kw_only=True):
    """An address for couriers, as SPSR keeps it."""

    key: Key
    city: str = ""
    city_key: Key | None = None
    address: str = ""
    postal_code: str = ""
    contact: str = ""
    organization: str = ""
    phone: str = ""


def order_number_of(root: Element) -> str:
    """The number of a new courier order; empty where SPSR gave none."""
    order = root.child("AddOrder")
    return "" if order is None else order.get("OrderNum")


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


def addresses_of(root: Element) -> tuple[KnownAddress, ...]:
    return tuple(
        KnownAddress(
            key=Key(one.get("SborAddr_ID"), one.get("SborAddr_Owner_ID") or "0"),
            city=one.get("CityName"),
            city_key=Key(one.get("City_ID"), one.get("City_Owner_ID") or "0") if one.get("City_ID") else None,
            address=one.get("Address"),
            postal_code=one.get("PostCode"),
            contact=one.get("FIO"),
            organization=one.get("Organization"),
            phone=one.get("Phone"),
        )
        for one in root.below("AddrList", "Address")
    )


def address_key_of(root: Element) -> Key | None:
    added = root.child("AddAddr")
    if added is None or not added.get("SborAddr_ID"):
        return None
    return Key(added.get("SborAddr_ID"), added.get("SborAddr_Owner_ID") or "0")
