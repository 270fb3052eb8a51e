"""Wire client of the old XML API of SPSR Express. **Never verified against a live service.**

No public evidence of a working api.spsr.ru exists after January 2018, and no recorded answer in public. What
stands here agrees with public clients of 2015-2017, their parsers, and XmlConverter_13.xsd.

    session = Session(login, password, contract)
    client = Client(http, session, base_url)
    (info,) = await client.invoice_info(InvoiceKey(reference="ORDER-1"))
"""

from __future__ import annotations

from spsr_api.client import Client
from spsr_api.couriers import ActiveOrder
from spsr_api.documents import Element, parse
from spsr_api.errors import (
    LOGIN_ERRORS,
    MEANINGS,
    NOT_FOUND,
    SESSION_GONE,
    UNCLEAR,
    BadAnswer,
    NoOutcome,
    SpsrError,
)
from spsr_api.invoices import (
    BATCH_LIMIT,
    DeliveryTime,
    Invoice,
    InvoiceResult,
    Message,
    Party,
    Piece,
    Product,
    Services,
    SubPiece,
)
from spsr_api.places import City, Office
from spsr_api.session import Session
from spsr_api.structs import Key
from spsr_api.tariffs import PRODUCTS, Tariff, TariffQuery, product_of
from spsr_api.tracking import (
    Event,
    InvoiceInfo,
    InvoiceKey,
    KnownParty,
    KnownPiece,
    Monitored,
    Monitoring,
    NotMonitored,
    infos_of,
    monitoring_of,
)
from spsr_api.values import time_of

__all__ = [
    "BATCH_LIMIT",
    "LOGIN_ERRORS",
    "MEANINGS",
    "NOT_FOUND",
    "PRODUCTS",
    "SESSION_GONE",
    "UNCLEAR",
    "ActiveOrder",
    "BadAnswer",
    "City",
    "Client",
    "DeliveryTime",
    "Element",
    "Event",
    "Invoice",
    "InvoiceInfo",
    "InvoiceKey",
    "InvoiceResult",
    "Key",
    "KnownParty",
    "KnownPiece",
    "Message",
    "Monitored",
    "Monitoring",
    "NoOutcome",
    "NotMonitored",
    "Office",
    "Party",
    "Piece",
    "Product",
    "Services",
    "Session",
    "SpsrError",
    "SubPiece",
    "Tariff",
    "TariffQuery",
    "infos_of",
    "monitoring_of",
    "parse",
    "product_of",
    "time_of",
]
