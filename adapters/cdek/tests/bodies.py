"""Answers of CDEK as the tests need them, made up by us: only the fields that are looked at.

Where CDEK's recorded answers are beside the repository, the tests read those instead, and one test holds that
these have no field and no kind of value that the recorded ones do not have.
"""

from __future__ import annotations

from typing import Any

ORDER = "11111111-1111-4111-8111-111111111111"
STATUSES = [
    {"code": "CREATED", "name": "Создан", "date_time": "2026-08-01T14:34:19+0000", "city": "Офис СДЭК"},
    {"code": "ACCEPTED", "name": "Принят", "date_time": "2026-08-01T14:34:18+0000", "city": "Офис СДЭК"},
]


def _request(type_: str, state: str, **more: Any) -> dict[str, Any]:
    return {"type": type_, "state": state, "date_time": "2026-08-01T14:34:18+0000", **more}


def _made(type_: str, uuid: str) -> dict[str, Any]:
    return {"entity": {"uuid": uuid}, "requests": [_request(type_, "ACCEPTED")]}


BODIES: dict[str, Any] = {
    "tariff_136": {
        **{"delivery_sum": 590.0, "total_sum": 708.0, "currency": "RUB", "weight_calc": 200},
        **{"period_min": 0, "period_max": 1, "calendar_min": 0, "calendar_max": 1},
        "delivery_date_range": {"min": "2026-08-01", "max": "2026-08-02"},
        "services": [{"code": "INSURANCE", "sum": 0.0, "vat_rate": 20}],
    },
    "tariff_cny_contract": {
        **{"delivery_sum": 61.07, "total_sum": 61.07, "currency": "CNY"},
        "services": [{"code": "INSURANCE", "sum": 0.0}],
    },
    "tariff_unavailable": {
        "errors": [{"code": "err_result_service_empty", "additional_code": "0xBC236B02", "message": "нет"}]
    },
    "order_create_shop_pvz_to_pvz": _made("CREATE", ORDER),
    "order_create_cn_ru_ecom_standard": _made("CREATE", "72753033-db0e-4042-9392-c5a077e24669"),
    "order_delete_accepted": _made("DELETE", ORDER),
    "waybill_create_accepted": _made("CREATE", "33333333-3333-4333-8333-333333333333"),
    "order_get_created": {
        "entity": {
            **{"uuid": ORDER, "cdek_number": "1100000001", "number": "fixture-order-1", "tariff_code": 136},
            **{"delivery_mode": "4", "shipment_point": "MSK65", "delivery_point": "NSK23"},
            **{"items_cost_currency": "RUB", "recipient_currency": "RUB", "is_return": False},
            "recipient": {"name": "Тест", "phones": [{"number": "+70000000001"}]},
            "to_location": {
                "code": 270,
                "city": "Новосибирск",
                "country_code": "RU",
                "postal_code": "630032",
            },
            "delivery_detail": {"delivery_sum": 590.0, "delivery_vat_sum": 118.0, "total_sum": 708.9},
            "services": [{"code": "INSURANCE", "parameter": "100.00", "total_sum": 0.9}],
            "packages": [
                {
                    **{"number": "1", "barcode": "1100000001"},
                    **{"weight": 100, "weight_volume": 200, "weight_calc": 200},
                    "items": [
                        {
                            **{"name": "Чай", "ware_key": "fixture-item", "amount": 1, "weight": 100},
                            **{"delivery_amount": 0, "cost": 100.0, "payment": {"value": 0}},
                        }
                    ],
                }
            ],
            "statuses": STATUSES,
        },
        "requests": [_request("CREATE", "SUCCESSFUL")],
    },
    "order_get_cn_ru": {
        "entity": {
            "uuid": ORDER,
            "from_location": {"code": "12683", "city": "Гуанчжоу"},
            "date_invoice": "2020-03-26",
            "shipper_name": "CDEK",
            "seller": {"address": "Shanghai, Changning District"},
            "statuses": STATUSES,
        },
        "requests": [_request("CREATE", "SUCCESSFUL")],
    },
    "order_get_after_delete": {
        "entity": {
            "uuid": ORDER,
            "number": "TEST7-CT789435359CN",
            "statuses": [
                {"code": code, "name": "-", "date_time": f"2020-03-27T{time}+0000", "city": "-"}
                for code, time in (
                    ("REMOVED", "10:38:46"),
                    ("CREATED", "10:20:00"),
                    ("CREATED", "10:10:00"),
                    ("ACCEPTED", "10:00:00"),
                )
            ],
        },
        "requests": [_request("DELETE", "SUCCESSFUL"), _request("CREATE", "SUCCESSFUL")],
    },
    "order_invalid_duplicate_number": {
        "requests": [
            _request(
                "CREATE",
                "INVALID",
                errors=[
                    {
                        "code": "error_validate_im_dep_number_has_already_had_integration",
                        "message": "не уникальный номер",
                    }
                ],
            )
        ],
    },
    "order_update_with_warnings": {
        "entity": {"uuid": ORDER},
        "requests": [
            {
                **{"type": "UPDATE", "state": "ACCEPTED", "date_time": "2020-01-23T11:48:40+0000"},
                "warnings": [
                    {"code": f"v2_cost_change_by_{what}", "message": "-"}
                    for what in ("tariff", "services", "parameters")
                ],
            }
        ],
    },
    "barcode_get_ready": {
        "entity": {
            "orders": [{"order_uuid": ORDER}],
            **{"copy_count": 1, "format": "A6", "uuid": ORDER},
            "url": "https://cdek.example/v2/print/barcodes/44444444-4444-4444-8444-444444444444.pdf",
            "statuses": [{"code": "READY", "name": "Готов", "date_time": "2026-08-01T14:34:18+0000"}],
        },
        "requests": [_request("CREATE", "SUCCESSFUL")],
    },
    "cities_same_name_two_countries": [
        {
            "code": 44,
            "city": "Москва",
            "country_code": "RU",
            "payment_limit": -1.0,
            "time_zone": "Europe/Moscow",
        },
        {"code": 464830, "city": "Москва", "country_code": "PL", "payment_limit": 0.0},
    ],
    "deliverypoints_msk65": [
        {
            **{"code": "MSK65", "type": "PVZ", "status": "ACTIVE", "owner_code": "CDEK"},
            **{"is_handout": True, "is_reception": True, "allowed_cod": True},
            "location": {"city_code": 44, "postal_code": "109044", "latitude": 55.732175},
            "work_time_list": [
                {"day": day, "time": "10:00/16:00" if day > 5 else "10:00/20:00"} for day in range(1, 8)
            ],
            "phones": [{"number": "+70000000000"}],
        }
    ],
    "no_authorization_header": {
        **{"timestamp": 1585210142239, "path": "/v2/orders", "status": 500, "error": "Internal Server Error"},
        "message": "Не найден HTTP заголовок Authorization",
    },
    "oauth_errors_documented": [{"error": "unauthorized", "error_description": "no such client"}],
    "webhook_create_too_many": {
        "requests": [{"state": "INVALID", "errors": [{"code": "v2_too_many_webhooks"}]}]
    },
}
