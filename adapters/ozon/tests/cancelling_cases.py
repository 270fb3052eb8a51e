"""The methods that cancel, and those of disputes and requests to cancel."""

from __future__ import annotations

import ozon_api as ozon
from adapters.ozon.tests.case import DAY, Case

CANCELLING = [
    Case(
        "/v1/posting/fbs/cancel-reason",
        lambda c: c.posting_fbs_cancel_reason(["1-1"]),
        {"related_posting_numbers": ["1-1"]},
        {"result": [{"posting_number": "1-1", "reasons": [{"id": 402, "title": "x", "type_id": "seller"}]}]},
        lambda r: (r.result[0].posting_number, r.result[0].reasons[0].id),
        ("1-1", 402),
        safe=True,
    ),
    Case(
        "/v2/posting/fbs/cancel-reason/list",
        lambda c: c.posting_fbs_cancel_reason_list(),
        {},
        {"result": [{"id": 401, "is_available_for_cancellation": False}]},
        lambda r: (r.result[0].id, r.result[0].is_available_for_cancellation),
        (401, False),
        safe=True,
    ),
    Case(
        "/v2/posting/fbs/cancel",
        lambda c: c.posting_fbs_cancel("1-1", 402, cancel_reason_message="why"),
        {"posting_number": "1-1", "cancel_reason_id": 402, "cancel_reason_message": "why"},
        {"result": True},
        lambda r: r.result,
        True,
    ),
    Case(
        "/v2/posting/fbs/product/cancel",
        lambda c: c.posting_fbs_product_cancel("1-1", 352, "", [ozon.CancelItem(sku=7, quantity=1)]),
        {
            "posting_number": "1-1",
            "cancel_reason_id": 352,
            "cancel_reason_message": "",
            "items": [{"sku": 7, "quantity": 1}],
        },
        {"result": "1-2"},
        lambda r: r.result,
        "1-2",
    ),
    Case(
        "/v2/posting/fbs/arbitration",
        lambda c: c.posting_fbs_arbitration(["1-1"]),
        {"posting_number": ["1-1"]},
        {"result": True},
        lambda r: r.result,
        True,
    ),
    Case(
        "/v2/posting/fbs/awaiting-delivery",
        lambda c: c.posting_fbs_awaiting_delivery(["1-1"]),
        {"posting_number": ["1-1"]},
        {"result": True},
        lambda r: r.result,
        True,
    ),
    Case(
        "/v2/conditional-cancellation/list",
        lambda c: c.conditional_cancellation_list(
            filters=ozon.CancelRequestFilters(posting_number=["1-1"], state="ON_APPROVAL"), last_id=5
        ),
        {
            "filters": {"posting_number": ["1-1"], "state": "ON_APPROVAL"},
            "limit": 500,
            "last_id": 5,
        },
        {
            "result": [
                {
                    "cancellation_id": "7",
                    "posting_number": "1-1",
                    "cancellation_reason": {"id": 508, "name": "Передумал"},
                    "auto_approve_date": "2026-09-22T06:30:00Z",
                    "state": {"id": 3, "name": "На рассмотрении", "state": "ON_APPROVAL"},
                }
            ],
            "last_id": "7",
        },
        lambda r: (
            r.last_id,
            r.result[0].cancellation_id,
            r.result[0].state.state,
            repr(r.result[0]),
            r.result[0].auto_approve_date,
        ),
        (7, 7, "ON_APPROVAL", "CancelRequest(...)", DAY),
        safe=True,
    ),
    Case(
        "/v2/conditional-cancellation/approve",
        lambda c: c.conditional_cancellation_approve(7),
        {"cancellation_id": 7},
        b"",
        lambda r: r,
        None,
    ),
    Case(
        "/v2/conditional-cancellation/reject",
        lambda c: c.conditional_cancellation_reject(7, "It is on its way"),
        {"cancellation_id": 7, "comment": "It is on its way"},
        b"{}",
        lambda r: r,
        None,
    ),
]
