"""Requests with people and goods that do not exist."""

from __future__ import annotations

from decimal import Decimal

from hub.plugin_api.models import (
    Address,
    BookRequest,
    Item,
    Money,
    Parcel,
    Recipient,
    Sender,
    Service,
)
from hub.plugin_api.settings import Account

MOSCOW = Address(country="RU", region="Москва", city="Москва", postal_code="101000", street="ул. Покровка, 1")


def account(plugin: str) -> Account:
    """An account of a seller who does not exist."""
    return Account(id="acc_test", seller="test", plugin=plugin, name="test", external_id="test")


def book_request(service: str, *, to: Address = MOSCOW, weight_g: int = 700) -> BookRequest:
    """One parcel of 20 x 15 x 10 cm from Moscow, with two pieces worth 500 RUB each.

    ``service``: a service code of the carrier. The contract suite puts in a reference of its own.
    """
    price = Money(Decimal("500.00"), "RUB")
    cup = Item(sku="1001", offer_id="CUP-1", name="Кружка 杯子", quantity=2, price=price, weight_g=300)
    box = Parcel(number=1, weight_g=weight_g, length_mm=200, width_mm=150, height_mm=100, items=(cup,))
    return BookRequest(
        reference="REPLACED",
        service=Service(code=service, name=service),
        posting_number="12345678-0001-1",
        sender=Sender(name="Li Wei", company="Test Shop", phone="+8613800000000", address=MOSCOW),
        recipient=Recipient(name="Анна Петрова", phone="+79990000001", address=to),
        parcels=(box,),
        declared_value=Money(Decimal("1000.00"), "RUB"),
    )
