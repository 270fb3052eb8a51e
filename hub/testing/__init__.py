"""For plugin authors: a contract suite to subclass, made-up requests, what the core does around a call, and a
fixture, `hub_http`, which pytest finds wherever parcelhub is installed: the client with the guard.

The suite needs pytest and pytest-asyncio with ``asyncio_mode = "auto"``.
"""

from __future__ import annotations

from hub.testing.carrier_contract import CarrierContract
from hub.testing.driving import (
    booked,
    cancelled,
    codes_on,
    fresh,
    labelled,
    quote_request,
    reading,
    sent,
    shipment_of,
    unsafe,
    watched,
)
from hub.testing.imports import internal_imports
from hub.testing.made_up import account, book_request
from hub.testing.unclear import UNCLEAR
from hub.testing.words import check_words

__all__ = [
    "UNCLEAR",
    "CarrierContract",
    "account",
    "book_request",
    "booked",
    "cancelled",
    "check_words",
    "codes_on",
    "fresh",
    "internal_imports",
    "labelled",
    "quote_request",
    "reading",
    "sent",
    "shipment_of",
    "unsafe",
    "watched",
]
