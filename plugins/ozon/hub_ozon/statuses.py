"""Ozon's statuses, actions and flows as tables in the hub's words (Ozon swagger 2026-09-22)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from hub import Action, Fulfilment, Stage

STAGES = {
    "awaiting_verification": Stage.WAITING,
    "acceptance_in_progress": Stage.WAITING,
    "awaiting_approve": Stage.WAITING,
    "awaiting_packaging": Stage.NEW,
    "awaiting_registration": Stage.REGISTERING,
    "awaiting_deliver": Stage.ASSEMBLED,
    "not_accepted": Stage.HANDED_OVER,
    "arbitration": Stage.HANDED_OVER,
    "client_arbitration": Stage.IN_TRANSIT,
    "sent_by_seller": Stage.HANDED_OVER,
    "driver_pickup": Stage.HANDED_OVER,
    "delivering": Stage.IN_TRANSIT,
    "delivered": Stage.DELIVERED,
    "cancelled": Stage.CANCELLED,
    "cancelled_from_split_pending": Stage.CANCELLED,
}
"""By status. The seller gave the parcel away before a sorting centre can miss it or a dispute begin."""

AWAITING_PAPERS = "posting_awaiting_passport_data"
"""The substatus of a posting whose buyer has not given Ozon the passport data yet (``awaiting_approve`` and
``awaiting_packaging``). Whether ``ship`` is offered then is not documented: the hub waits."""

REFINED = {
    ("awaiting_packaging", AWAITING_PAPERS): Stage.WAITING,
    ("awaiting_deliver", "posting_in_carriage"): Stage.HANDED_OVER,
    ("delivering", "posting_in_pickup_point"): Stage.READY_FOR_PICKUP,
    ("delivering", "posting_returned_to_warehouse"): Stage.RETURNING,
}
"""By status and substatus, where the substatus says more. ``posting_conditionally_delivered`` stays in
transit: Ozon presumes a delivery that the buyer may still dispute."""

ACTIONS = {
    "ship": Action.ASSEMBLE,
    "ship_async": Action.ASSEMBLE,
    "ship_async_retry": Action.ASSEMBLE,
    "label_download": Action.LABEL,
    "label_download_big": Action.LABEL,
    "label_download_small": Action.LABEL,
    "set_track_number": Action.SET_TRACKING,
    "non_int_delivering": Action.REPORT_IN_TRANSIT,
    "non_int_last_mile": Action.REPORT_LAST_MILE,
    "non_int_delivered": Action.REPORT_DELIVERED,
    "cancel": Action.CANCEL,
    "product_cancel": Action.CANCEL_ITEMS,
}
"""``available_actions`` decides what may be called; names that are not here mean nothing to the hub."""

_OZON = Fulfilment(
    books="marketplace", label="marketplace", tracking="marketplace", statuses="marketplace", handover=True
)
_REGISTERED = Fulfilment(
    books="marketplace", label="marketplace", tracking="marketplace", statuses="marketplace"
)
_OWN = Fulfilment(books="seller", label="carrier", tracking="seller", statuses="seller")
_TRACKED = Fulfilment(books="seller", label="carrier", tracking="seller", statuses="marketplace")

FLOWS = {
    "ozon": _OZON,
    "aggregator": _REGISTERED,
    "hybrid_aggregator": _REGISTERED,
    "click_and_collect": _REGISTERED,
    "non_integrated": _OWN,
    "hybrid_non_integrated": _OWN,
    "3pl_tracking": _TRACKED,
    "hybrid": _TRACKED,
    "hybryd": _TRACKED,  # so spelt in tpl_integration_type
    "hybrid_3pl_tracking": _TRACKED,
}
"""Who does what, by ``integration_type_flow`` or, where it is absent, ``tpl_integration_type``."""

_REPORTS = frozenset({Action.REPORT_IN_TRANSIT, Action.REPORT_LAST_MILE, Action.REPORT_DELIVERED})


def stage_of(status: str, substatus: str) -> Stage | None:
    """The hub's stage; None for a status that no table has. An unknown substatus changes nothing."""
    return REFINED.get((status, substatus)) or STAGES.get(status)


def actions_of(names: Iterable[str]) -> frozenset[Action]:
    """What may be called now."""
    return frozenset(ACTIONS[name] for name in names if name in ACTIONS)


def fulfilment_of(flow: str, actions: frozenset[Action]) -> Fulfilment:
    """The table's row, corrected by what Ozon offers on this very posting.

    A label of Ozon's means that Ozon registered the parcel (cross-border, express to a pick-up point),
    whatever the flow is called: booking a carrier for it would pay twice. Status calls that are offered on
    an integrated carrier's posting are the seller's to make. A flow that no table has is the seller's own
    only where his calls are offered, so that nothing is ever booked on a guess.
    """
    row = FLOWS.get(flow)
    if row is None:
        row = _OWN if actions & _REPORTS else _TRACKED if Action.SET_TRACKING in actions else _REGISTERED
    if row.books == "seller" and Action.LABEL in actions:
        return _REGISTERED
    if row.books == "seller" and actions & _REPORTS:
        return msgspec.structs.replace(row, statuses="seller")
    return row
