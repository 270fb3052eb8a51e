"""parcelhub: the integration hub for people who sell on marketplaces and ship parcels.

These are the names for plugins; everything else is internal. They load on first use, so that
``hub --version`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

_HOMES = {
    "hub.plugin_api.carriers": ("Carrier", "CreateSafety"),
    "hub.plugin_api.clock": ("now",),
    "hub.plugin_api.errors": (
        "AuthFailed",
        "BadReply",
        "Failure",
        "HubError",
        "Rejected",
        "Unavailable",
        "Unconfirmed",
        "Unsupported",
    ),
    "hub.plugin_api.hookspecs": ("hookimpl",),
    "hub.plugin_api.labels": (
        "HandoverLine",
        "HandoverSheet",
        "LabelContent",
        "LabelPage",
        "LabelRenderer",
        "PageRef",
        "Paper",
        "SlipContent",
    ),
    "hub.plugin_api.refusals": ("Refusal",),
    "hub.plugin_api.models": (
        "AccountStatus",
        "Action",
        "Address",
        "Assembly",
        "BookRequest",
        "Booking",
        "CancelReason",
        "Cancellation",
        "CleanedAddress",
        "DeliveryPoint",
        "Document",
        "EventKind",
        "FoundShipment",
        "Fulfilment",
        "Handover",
        "IdentityDocument",
        "Item",
        "Money",
        "Parcel",
        "Pending",
        "Posting",
        "Product",
        "Quote",
        "QuoteRequest",
        "Ready",
        "Recipient",
        "ReportResult",
        "Sender",
        "Service",
        "Shipment",
        "Stage",
        "Ticket",
        "Tracking",
        "TrackingEvent",
    ),
    "hub.plugin_api.limits": ("Limit",),
    "hub.plugin_api.settings": ("Account", "Secret", "Settings"),
    "hub.plugin_api.sources": ("OrderSource", "Page"),
    "hub.words": ("BadValue", "in_a_row", "render", "said", "said_of"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

if TYPE_CHECKING:
    from hub.plugin_api.carriers import Carrier, CreateSafety
    from hub.plugin_api.clock import now
    from hub.plugin_api.errors import (
        AuthFailed,
        BadReply,
        Failure,
        HubError,
        Rejected,
        Unavailable,
        Unconfirmed,
        Unsupported,
    )
    from hub.plugin_api.hookspecs import hookimpl
    from hub.plugin_api.labels import (
        HandoverLine,
        HandoverSheet,
        LabelContent,
        LabelPage,
        LabelRenderer,
        PageRef,
        Paper,
        SlipContent,
    )
    from hub.plugin_api.limits import Limit
    from hub.plugin_api.models import (
        AccountStatus,
        Action,
        Address,
        Assembly,
        Booking,
        BookRequest,
        Cancellation,
        CancelReason,
        CleanedAddress,
        DeliveryPoint,
        Document,
        EventKind,
        FoundShipment,
        Fulfilment,
        Handover,
        IdentityDocument,
        Item,
        Money,
        Parcel,
        Pending,
        Posting,
        Product,
        Quote,
        QuoteRequest,
        Ready,
        Recipient,
        ReportResult,
        Sender,
        Service,
        Shipment,
        Stage,
        Ticket,
        Tracking,
        TrackingEvent,
    )
    from hub.plugin_api.refusals import Refusal
    from hub.plugin_api.settings import Account, Secret, Settings
    from hub.plugin_api.sources import OrderSource, Page
    from hub.words import BadValue, in_a_row, render, said, said_of

__all__ = [
    "Account", "AccountStatus", "Action", "Address", "Assembly", "AuthFailed", "BadReply", "BadValue",
    "BookRequest", "Booking", "CancelReason", "Cancellation", "Carrier", "CleanedAddress", "CreateSafety",
    "DeliveryPoint", "Document", "EventKind", "Failure", "FoundShipment", "Fulfilment", "Handover",
    "HandoverLine", "HandoverSheet", "HubError", "IdentityDocument", "Item", "LabelContent", "LabelPage",
    "LabelRenderer", "Limit", "Money", "OrderSource", "Page", "PageRef", "Paper", "Parcel", "Pending",
    "Posting", "Product", "Quote", "QuoteRequest", "Ready", "Recipient", "Refusal", "Rejected",
    "ReportResult", "Secret", "Sender", "Service", "Settings", "Shipment", "SlipContent", "Stage",
    "Ticket", "Tracking", "TrackingEvent", "Unavailable", "Unconfirmed", "Unsupported", "hookimpl",
    "in_a_row", "now", "render", "said", "said_of",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'hub' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value
