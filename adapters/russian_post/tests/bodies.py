"""Answers of Russian Post as the tests need them, made up by us: only the fields that are looked at.

Where the recorded answers are beside the repository, the tests read those instead, and one test holds that
these have no field and no kind of value that the recorded ones do not have.
"""

from __future__ import annotations

from typing import Any

LIVE = "otpravka-2026-07-"
_DAY = {"begin-worktime": "08:00:00.000", "end-worktime": "20:00:00.000"}
_NOT_FOUND = {"errors": [{"error-code": "NOT_FOUND", "position": 0}]}
_UNKNOWN = {"code": "1001", "desc": "-", "sub-code": "RESOURCE_NOT_FOUND"}
_POINT = {
    "available-products": [
        {"mail-type": kind, "mail-category": "ORDINARY", "product-type": "-"}
        for kind in ("POSTAL_PARCEL", "ONLINE_PARCEL", "EMS", "BANDEROL", "LETTER", "ECOM")
    ]
}

BODIES: dict[str, Any] = {
    "sdk-snapshot-2026-08-get-api-limit.json": {"allowed-count": 1000, "current-count": 154},
    "sdk-snapshot-2026-08-get-shipping-points.json": [
        {
            "available-products": [
                {
                    "mail-type": "POSTAL_PARCEL",
                    "mail-category": "ORDINARY",
                    "product-type": "INTERNATIONAL_PARCEL",
                }
            ]
        }
    ],
    f"{LIVE}get-shipping-points.response.json": [_POINT],
    f"{LIVE}get-account-info.response.json": {"shipping-points": [_POINT]},
    f"{LIVE}get-tariff-and-delivery-period.response.json": {
        **{"total-rate": 61148, "total-vat": 13453},
        "delivery-time": {"min-days": 38, "max-days": 40},
        "tariffAdditionalFieldsJson": {"weight-pay": 1000},
    },
    "lapaygroup-log-1_0-tariff.json": {
        **{"total-rate": 30658, "total-vat": 6132},
        "fragile-rate": {"rate": 7075, "vat": 1415},
    },
    f"{LIVE}find-order-by-id.response.json": {
        **{"id": 1, "mail-type": "POSTAL_PARCEL", "index-to": 685000},
        **{"total-rate-wo-vat": 64590, "total-vat": 14210},
    },
    f"{LIVE}find-order-by-shop-id.response.json": [{"id": 1, "mail-direct": 643}],
    "lapaygroup-search_order-1.json": [
        {
            **{"id": "115322331", "barcode": "80082240994512"},
            **{"total-rate-wo-vat": 16500, "total-vat": 3300},
        }
    ],
    "lapaygroup-find_orders_by_rpo-1.json": [{"id": "1", "batch-name": "24", "batch-status": "CREATED"}],
    "lapaygroup-find_order_by_id_in_batch-1.json": {
        **{"id": "115689758", "order-num": "2", "human-operation-name": "Присвоен трек-номер"},
        **{"last-oper-type": "ID_ASSIGNMENT", "last-oper-attr": "ID_ASSIGNED"},
        **{"last-oper-date": "2019-09-03T11:48:20.759Z", "delivery-time": {"max-days": 1}},
    },
    f"{LIVE}create-batch.response.json": {
        "batches": [
            {
                **{"batch-name": "24", "batch-status": "CREATED", "list-number-date": "2026-07-11"},
                **{"shipment-mass-rate-sum": 64590, "shipment-mass-rate-vat-sum": 14210},
            }
        ],
        "result-ids": [2319421774],
    },
    "sdk-snapshot-2026-08-create-batch.json": _NOT_FOUND,
    "sdk-snapshot-2026-08-delete-orders.json": _NOT_FOUND,
    "remove-from-batch-not-found.response.json": _NOT_FOUND,
    "lapaygroup-clean_address-1.json": [
        {
            **{"id": "0", "index": "115551", "corpus": "1", "room": "1"},
            **{"quality-code": "GOOD", "validation-code": "VALIDATED"},
        }
    ],
    f"{LIVE}clean-address-from.response.json": [
        {"id": "0", "index": "410012", "quality-code": "GOOD", "validation-code": "VALIDATED"}
    ],
    f"{LIVE}search-post-office-by-index-from.response.json": {
        **{"postal-code": "410000", "type-code": "ГОПС"},
        "working-hours": [{"weekday-id": day, **_DAY} for day in range(1, 8)],
    },
    "tariff-v2-calculate-tariff-delivery-3000.json": {
        **{"pay": 4200, "paynds": 5040, "nds": 840, "ndsrate": 20},
        "delivery": {"min": 4, "max": 5, "deadline": "20221010T235900"},
        "postoffice": [{"index": 344038, "weight-max": 20000}],
    },
    "tariff-2026-08-country-list.trimmed.json": [
        {
            "id": 895,
            "parcel": {"block": 0, "wmax": 20000, "linemax": 200},
            "ems": {"block": 1},
            "packet": {"block": 0, "sizemax": {"x": 60, "y": 60, "z": 60}},
        }
    ],
    "checkin-online-balance-short.response.json": {"code": "1024", "desc": "-"},
    "create-orders-validation-errors.response.json": {
        "errors": [
            {
                "error-codes": [
                    {"code": "ILLEGAL_MAIL_CATEGORY", "description": "-"},
                    {
                        **{"code": "EMPTY_POSTOFFICE_CODE", "description": "-"},
                        "details": "102961 117042 142300",
                    },
                ],
                "position": 0,
            }
        ]
    },
    "error-forms-backlog-wrong-id.response.json": _UNKNOWN,
    "get-order-not-found.response.json": _UNKNOWN,
    "error-spring-404-with-http-200.response.json": {
        **{"timestamp": "2026-07-01T10:00:00.000Z", "status": 404, "error": "Not Found"},
        **{"message": "-", "path": "/1.0/x"},
    },
    "lapaygroup-log-v1-calculate.json": {
        "errors": [
            {
                "msg": "-",
                "code": 1301,
            }
        ]
    },
}
