"""Labels of the evil vendor, and for whom each of their pages truly is."""

from __future__ import annotations

from functools import cache

import msgspec
from hub_labels import ParcelLabels

from hub.plugin_api.labels import LabelContent, Paper
from hub.plugin_api.models import Address, Recipient, Sender

_HOME = Address(country="RU", city="Москва", postal_code="101000", street="ул. Покровка, 1")


class Label(msgspec.Struct, frozen=True):
    """A file. ``pages``: the order numbers that each page belongs to; nobody's is empty."""

    content: bytes
    pages: tuple[tuple[str, ...], ...]


@cache
def drawn(*numbers: str, name: str = "Анна") -> bytes:
    """A PDF with a page for each number."""
    made = [
        LabelContent(
            posting_number="1001-1",
            tracking_number=number,
            carrier="Evil courier",
            service="Standard",
            sender=Sender(name="Li Wei", address=_HOME),
            recipient=Recipient(name=name, address=_HOME),
            weight_g=300,
        )
        for number in numbers
    ]
    return ParcelLabels().labels(made, Paper.LABEL_100X150).content


def label(*numbers: str) -> Label:
    """A good label: a page for each number."""
    return Label(drawn(*numbers), tuple((number,) for number in numbers))
