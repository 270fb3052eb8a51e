"""parcelhub: the integration hub for people who sell on marketplaces and ship parcels.

The names in ``__all__`` are what plugins may import, with those of `hub.testing`; everything else is internal
(``hub.csv_lines`` is an old name of the tables). ``docs/reference/plugin-api.md`` tells each of them. They
load on first use, so that ``hub --version`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

if TYPE_CHECKING:
    from hub.plugin_api.box_limits import BoxLimit
    from hub.plugin_api.carriers import Carrier, CreateSafety
    from hub.plugin_api.clock import now
    from hub.plugin_api.columns import Column
    from hub.plugin_api.currencies import read_currency
    from hub.plugin_api.decimal_json import read_json, write_json
    from hub.plugin_api.decisions import CarrierRecord, ChoiceRequest, Offer, PackingRequest
    from hub.plugin_api.errors import (
        AuthFailed,
        BadReply,
        ConfigError,
        Failure,
        FailureKind,
        HubError,
        Rejected,
        Unavailable,
        Unconfirmed,
        Unsupported,
    )
    from hub.plugin_api.goods import Action, Fulfilment, Item, Parcel, Posting, Product, Stage
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
        last_digits,
    )
    from hub.plugin_api.lengths import TextField, TextLimit
    from hub.plugin_api.limits import Limit
    from hub.plugin_api.messengers import Message, MessageSettings, Messenger
    from hub.plugin_api.models import (
        AccountStatus,
        Assembly,
        Booking,
        BookingState,
        BookRequest,
        Cancellation,
        CancelReason,
        CancelRequest,
        Document,
        EventKind,
        FoundShipment,
        Handover,
        Pending,
        Quote,
        QuoteRequest,
        Ready,
        ReportResult,
        Service,
        Shipment,
        Ticket,
        Tracking,
        TrackingEvent,
    )
    from hub.plugin_api.money import Money, NotMoney
    from hub.plugin_api.parties import (
        Address,
        CleanedAddress,
        DeliveryPoint,
        IdentityDocument,
        Recipient,
        Sender,
    )
    from hub.plugin_api.refusals import Refusal
    from hub.plugin_api.rules import Facts, Strategy
    from hub.plugin_api.settings import Account, Secret, Settings
    from hub.plugin_api.sources import OrderSource, Page
    from hub.plugin_api.tables import CsvTable, open_csv, open_table, read_day
    from hub.plugin_api.texts import Phone, read_customs_code, read_phone
    from hub.plugin_api.units import Unit, UnitFact, UnitFault, UnitNeeds, UnitsCheck
    from hub.words import BadValue, Sentence, Words, in_a_row, render, said, said_of

__all__ = [  # noqa: RUF022  (sorted in groups)
    # What every plugin has
    "Account", "AccountStatus", "Limit", "Refusal", "Secret", "Settings", "hookimpl",
    # Errors, one class per next action
    "AuthFailed", "BadReply", "ConfigError", "Failure", "FailureKind", "HubError", "Rejected", "Unavailable",
    "Unconfirmed", "Unsupported",
    # Money, the clock, JSON and tables
    "Column", "CsvTable", "Money", "NotMoney", "now", "open_csv", "open_table", "read_day", "read_json",
    "write_json",
    # Texts of people, each read in one way
    "Phone", "read_currency", "read_customs_code", "read_phone",
    # Sentences in three languages
    "BadValue", "Sentence", "Words", "in_a_row", "render", "said", "said_of",
    # Goods and postings
    "Action", "Fulfilment", "Item", "Parcel", "Posting", "Product", "Stage",
    "Unit", "UnitFact", "UnitFault", "UnitNeeds", "UnitsCheck",
    # People and places
    "Address", "CleanedAddress", "DeliveryPoint", "IdentityDocument", "Recipient", "Sender",
    # Carriers
    "BookRequest", "Booking", "BookingState", "BoxLimit", "Cancellation", "Carrier", "CreateSafety",
    "EventKind", "FoundShipment", "Quote", "QuoteRequest", "Service", "Shipment", "TextField", "TextLimit",
    "Tracking", "TrackingEvent",
    # Marketplaces
    "Assembly", "CancelReason", "CancelRequest", "OrderSource", "Page", "ReportResult",
    # Documents and hand-overs
    "Document", "Handover", "Pending", "Ready", "Ticket",
    # What tells people outside the hub
    "Message", "MessageSettings", "Messenger",
    # What renderers draw and read
    "HandoverLine", "HandoverSheet", "LabelContent", "LabelPage", "LabelRenderer", "PageRef", "Paper",
    "SlipContent", "last_digits",
    # What the decision hooks are asked
    "CarrierRecord", "ChoiceRequest", "Facts", "Offer", "PackingRequest", "Strategy",
]  # fmt: skip

_HOMES = {
    "hub.plugin_api.carriers": "Carrier CreateSafety",
    "hub.plugin_api.clock": "now",
    "hub.plugin_api.columns": "Column",
    "hub.plugin_api.currencies": "read_currency",
    "hub.plugin_api.decimal_json": "read_json write_json",
    "hub.plugin_api.decisions": "CarrierRecord ChoiceRequest Offer PackingRequest",
    "hub.plugin_api.errors": (
        "AuthFailed BadReply ConfigError Failure FailureKind HubError Rejected Unavailable "
        "Unconfirmed Unsupported"
    ),
    "hub.plugin_api.goods": "Action Fulfilment Item Parcel Posting Product Stage",
    "hub.plugin_api.hookspecs": "hookimpl",
    "hub.plugin_api.labels": (
        "HandoverLine HandoverSheet LabelContent LabelPage LabelRenderer PageRef Paper SlipContent "
        "last_digits"
    ),
    "hub.plugin_api.box_limits": "BoxLimit",
    "hub.plugin_api.lengths": "TextField TextLimit",
    "hub.plugin_api.limits": "Limit",
    "hub.plugin_api.messengers": "Message MessageSettings Messenger",
    "hub.plugin_api.models": (
        "AccountStatus Assembly BookRequest Booking BookingState CancelReason CancelRequest Cancellation "
        "Document EventKind FoundShipment Handover Pending Quote QuoteRequest Ready ReportResult Service "
        "Shipment Ticket Tracking TrackingEvent"
    ),
    "hub.plugin_api.money": "Money NotMoney",
    "hub.plugin_api.parties": "Address CleanedAddress DeliveryPoint IdentityDocument Recipient Sender",
    "hub.plugin_api.refusals": "Refusal",
    "hub.plugin_api.rules": "Facts Strategy",
    "hub.plugin_api.settings": "Account Secret Settings",
    "hub.plugin_api.sources": "OrderSource Page",
    "hub.plugin_api.tables": "CsvTable open_csv open_table read_day",
    "hub.plugin_api.texts": "Phone read_customs_code read_phone",
    "hub.plugin_api.units": "Unit UnitFact UnitFault UnitNeeds UnitsCheck",
    "hub.words": "BadValue Sentence Words in_a_row render said said_of",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'hub' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value
