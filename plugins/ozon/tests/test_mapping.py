"""A posting of Ozon's in the hub's words: own bodies, and Ozon's published examples."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hub import Action, Money, Stage
from hub_ozon import mapping
from hub_ozon.statuses import FLOWS, fulfilment_of, stage_of


def body(**more: Any) -> bytes:
    whole = {
        "posting_number": "11111111-0001-1",
        "status": "awaiting_packaging",
        "substatus": "posting_created",
        "integration_type_flow": "ozon",
        "delivery_method": {
            **{"id": 77, "name": "Метод", "tpl_provider": "Ozon"},
            **{"warehouse": "Склад", "warehouse_id": 20605650762000},
        },
        "products": [
            {
                "sku": "42",
                "offer_id": "A",
                "name": "Чашка 杯",
                "quantity": 3,
                "price": {"amount": "10.5", "currency": "CNY"},
            }
        ],
        "available_actions": ["ship", "cancel", "a_new_one"],
        **more,
    }
    return json.dumps(whole).encode()


def test_the_fields_of_a_posting() -> None:
    found = mapping.posting(
        body(
            shipment_date="2026-11-24T10:00:00+03:00",
            shipment_date_without_delay="2026-11-25T10:00:00Z",
            in_process_at="2026-11-23T10:00:00Z",
            parent_posting_number="11111111-0001",
            barcodes={"upper_barcode": "UP", "lower_barcode": "0"},
            scanit="1234",
            analytics_data={"city": "Омск", "delivery_date_end": "2026-11-30T20:00:00+03:00"},
        )
    )
    assert found.deliver_by == datetime(2026, 11, 30, 17, tzinfo=UTC)
    assert found.items[0].sku == "42"
    assert found.items[0].price == Money.of("10.50", "CNY")
    assert found.ship_by == datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert found.late_after == datetime(2026, 11, 25, 10, tzinfo=UTC)
    assert found.created_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert found.parent_number == "11111111-0001"
    assert found.barcodes == ("UP", "1234", "11111111-0001-1")
    assert (found.warehouse, found.warehouse_id) == ("Склад", "20605650762000")
    assert found.actions == {Action.ASSEMBLE, Action.CANCEL}
    assert found.raw_actions == ("ship", "cancel", "a_new_one")
    assert (found.handover_group, found.scheme, found.provider) == ("77", "fbs", "Ozon")
    assert found.recipient is None
    assert found.recipient_complete


def test_nulls_are_absent_blocks() -> None:
    nothing = dict.fromkeys(
        (
            "delivery_method",
            "customer",
            "addressee",
            "barcodes",
            "cancellation",
            "shipment_date",
            "analytics_data",
        )
    )
    found = mapping.posting(body(**nothing))
    assert (found.handover_group, found.ship_by, found.cancel_reason) == ("", None, "")


@pytest.mark.parametrize(
    ("status", "substatus", "stage"),
    [
        ("awaiting_verification", "", Stage.WAITING),
        ("awaiting_packaging", "posting_created", Stage.NEW),
        ("awaiting_packaging", "posting_awaiting_passport_data", Stage.WAITING),
        ("awaiting_deliver", "posting_not_in_carriage", Stage.ASSEMBLED),
        ("awaiting_deliver", "posting_in_carriage", Stage.HANDED_OVER),
        ("awaiting_deliver", "posting_new_in_2027", Stage.ASSEMBLED),
        ("delivering", "posting_in_pickup_point", Stage.READY_FOR_PICKUP),
        ("delivering", "posting_returned_to_warehouse", Stage.RETURNING),
        ("cancelled", "posting_in_carriage", Stage.CANCELLED),
        ("teleported", "posting_in_carriage", None),
    ],
)
def test_stages(status: str, substatus: str, stage: Stage | None) -> None:
    assert stage_of(status, substatus) is stage


def test_ozon_waits_for_the_buyers_papers() -> None:
    assert mapping.posting(body(substatus="posting_awaiting_passport_data")).waits_for_papers
    assert not mapping.posting(body(substatus="posting_created")).waits_for_papers


@pytest.mark.parametrize("flow", FLOWS)
def test_only_the_ozon_flow_is_handed_over_in_carriages(flow: str) -> None:
    found = mapping.posting(body(integration_type_flow=flow))
    assert (found.fulfilment.handover, bool(found.handover_group)) == ((flow == "ozon"),) * 2


def test_what_ozon_offers_corrects_the_flow() -> None:
    label, tracking = frozenset({Action.LABEL}), frozenset({Action.SET_TRACKING})
    moved = frozenset({Action.REPORT_IN_TRANSIT})
    assert fulfilment_of("non_integrated", label).books == "marketplace"
    assert fulfilment_of("3pl_tracking", moved).statuses == "seller"
    assert fulfilment_of("", frozenset()).books == "marketplace"
    assert fulfilment_of("brand_new", tracking).statuses == "marketplace"
    assert fulfilment_of("brand_new", tracking).books == "seller"
    assert fulfilment_of("brand_new", moved).statuses == "seller"
    assert mapping.posting(body(integration_type_flow="", tpl_integration_type="hybryd")).flow == "hybryd"


@pytest.mark.parametrize(
    ("country", "code"), [("Россия", "RU"), ("kz", "KZ"), ("Belarus", "BY"), ("Нарния", "")]
)
def test_countries_are_never_guessed(country: str, code: str) -> None:
    customer = {"name": "Анна", "phone": "+70000000001", "address": {"country": country}}
    found = mapping.posting(body(integration_type_flow="non_integrated", customer=customer))
    assert found.recipient is not None
    assert found.recipient.address is not None
    assert found.recipient.address.country == code
    assert not found.recipient_complete
    assert "Анна" not in repr(found)


def test_an_unreadable_posting_keeps_its_number() -> None:
    raw = body(products=[{"sku": "none", "quantity": 1}])
    with pytest.raises(msgspec.ValidationError):
        mapping.posting(raw)
    assert mapping.posting_number(raw) == "11111111-0001-1"


def _postings(value: Any) -> list[Any]:
    if isinstance(value, dict):
        if "posting_number" in value and "products" in value and "status" in value:
            return [value]
        value = list(value.values())
    return [one for part in value for one in _postings(part)] if isinstance(value, list) else []


def test_ozons_own_examples(examples: Path) -> None:
    files = sorted(examples.glob("v[34]_posting_fbs_*.response.*.json"))
    raws = [one for file in files for one in _postings(json.loads(file.read_text(encoding="utf-8")))]
    assert len(raws) >= 7
    for raw in raws:
        found = mapping.posting(json.dumps(raw).encode())
        assert found.number == raw["posting_number"]
        assert found.stage is not None
        assert found.items
        assert (found.flow, found.scheme, found.handover_group) == (
            "ozon",
            "fbs",
            str(raw["delivery_method"]["id"]),
        )
        assert "0" not in found.barcodes
