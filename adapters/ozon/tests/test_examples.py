"""Ozon's own example answers, through the client, business fields one by one."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import ozon_api as ozon
import pytest
from ozon_api import Client, Money

T = datetime(2026, 1, 1, tzinfo=UTC)

CALLS: dict[str, Callable[[Client], Awaitable[Any]]] = {
    "v1_posting_fbs_cancel-reason": lambda c: c.posting_fbs_cancel_reason(["1"]),
    "v1_roles": lambda c: c.roles(),
    "v2_conditional-cancellation_list": lambda c: c.conditional_cancellation_list(),
    "v2_fbs_posting_delivered": lambda c: c.fbs_posting_delivered(["48173252-0033-2"]),
    "v2_fbs_posting_delivering": lambda c: c.fbs_posting_delivering(["33920157-0018-1"]),
    "v2_fbs_posting_last-mile": lambda c: c.fbs_posting_last_mile(["48173252-0033-2"]),
    "v2_fbs_posting_tracking-number_set": lambda c: c.fbs_posting_tracking_number_set([]),
    "v2_posting_fbs_act_check-status": lambda c: c.posting_fbs_act_check_status(1),
    "v2_posting_fbs_act_get-barcode": lambda c: c.posting_fbs_act_get_barcode(1),
    "v2_posting_fbs_act_get-barcode_text": lambda c: c.posting_fbs_act_get_barcode_text(1),
    "v2_posting_fbs_act_get-container-labels": lambda c: c.posting_fbs_act_get_container_labels(1),
    "v2_posting_fbs_act_get-pdf": lambda c: c.posting_fbs_act_get_pdf(1),
    "v2_posting_fbs_arbitration": lambda c: c.posting_fbs_arbitration(["1"]),
    "v2_posting_fbs_awaiting-delivery": lambda c: c.posting_fbs_awaiting_delivery(["1"]),
    "v2_posting_fbs_cancel": lambda c: c.posting_fbs_cancel("1", 352),
    "v2_posting_fbs_cancel-reason_list": lambda c: c.posting_fbs_cancel_reason_list(),
    "v2_posting_fbs_get-by-barcode": lambda c: c.posting_fbs_get_by_barcode("1"),
    "v2_posting_fbs_package-label_get": lambda c: c.posting_fbs_package_label_get(1),
    "v2_posting_fbs_product_country_list": lambda c: c.posting_fbs_product_country_list(),
    "v2_posting_fbs_product_country_set": lambda c: c.posting_fbs_product_country_set("1", 1, "NO"),
    "v2_posting_fbs_product_cancel": lambda c: c.posting_fbs_product_cancel("1", 352, "x", []),
    "v2_products_stocks": lambda c: c.products_stocks([]),
    "v2_warehouse_list": lambda c: c.warehouse_list(),
    "v3_posting_fbs_get": lambda c: c.posting_fbs_get("1"),
    "v3_posting_fbs_package-label_create": lambda c: c.posting_fbs_package_label_create(["1"]),
    "v3_posting_multiboxqty_set": lambda c: c.posting_multiboxqty_set("1", 1),
    "v4_posting_fbs_list": lambda c: c.posting_fbs_list(filter=ozon.PostingFilter(since=T, to=T)),
    "v4_posting_fbs_ship": lambda c: c.posting_fbs_ship("1", []),
    "v4_posting_fbs_unfulfilled_list": lambda c: c.posting_fbs_unfulfilled_list(),
}
SWITCHED_OFF = {
    "old_v4_fbs_posting_product_exemplar_status",
    "v1_delivery-method_list",
    "v1_posting_fbs_package-label_create",
    "v1_posting_fbs_package-label_get",
    "v1_warehouse_list",
    "v2_posting_fbs_package-label_create",
    "v3_posting_fbs_list",
    "v3_posting_fbs_unfulfilled_list",
}
FILE = b"%PDF-1.7 in place of the omitted binary"


@pytest.fixture(scope="session")
def answered(examples: Path) -> list[str]:
    """The names of all example answers of our methods."""
    return sorted(path.name for path in examples.glob("*.response.*") if path.name.partition(".")[0] in CALLS)


@pytest.fixture
def read(client: Client, vendor: Any, examples: Path) -> Callable[[str], Awaitable[Any]]:
    """Reads an example by its file name, through the method that it belongs to."""

    async def read(name: str) -> Any:
        text = (examples / name).read_text(encoding="utf-8")
        text = text.replace("<binary omitted>", base64.b64encode(FILE).decode())
        vendor.answer = httpx.Response(200, text=text)
        return await CALLS[name.partition(".")[0]](client)

    return read


async def test_every_example_of_a_method_is_read(
    read: Callable[[str], Awaitable[Any]], answered: list[str]
) -> None:
    for name in answered:
        assert await read(name) is not None
    assert {name.partition(".")[0] for name in answered} == set(CALLS)


def test_no_example_of_a_method_is_forgotten(examples: Path) -> None:
    methods = {method.replace("_", "") for method in dir(Client) if not method.startswith("_")}
    found = set()
    for entry in json.loads((examples / "INDEX.json").read_bytes())["files"]:
        path = "".join(filter(str.isalnum, entry["path"].removeprefix("/").partition("/")[2]))
        if entry["side"] == "response" and path in methods:
            found.add(entry["file"].partition(".")[0])
    assert found == set(CALLS) | SWITCHED_OFF


async def test_a_posting_of_the_list(read: Callable[[str], Awaitable[Any]]) -> None:
    page = await read("v4_posting_fbs_list.response.en.json")
    assert (page.has_next, page.count, page.cursor[:4]) == (False, None, "eyJm")
    [posting] = [ozon.decode_posting(raw) for raw in page.postings]

    assert posting.posting_number == "0208245774-0029-1"
    assert posting.order_number == "0208245774-0029"
    assert posting.order_id == 33301885134
    assert (posting.status, posting.substatus) == ("awaiting_packaging", "posting_created")
    assert posting.available_actions == ("pack", "ship", "cancel")
    assert posting.tpl_integration_type == "ozon"
    assert posting.tracking_number == "TRK1234567890"
    assert posting.in_process_at == datetime(2026, 5, 14, 8, tzinfo=UTC)
    assert posting.shipment_date == datetime(2026, 5, 18, 12, tzinfo=UTC)
    assert posting.shipment_date_without_delay == datetime(2026, 5, 18, 12, tzinfo=UTC)
    assert posting.delivery_method is not None
    assert posting.delivery_method.id == 20605650762000
    assert posting.delivery_method.warehouse_id == 20605650762000
    assert posting.delivery_method.tpl_provider_id == 24
    assert [(p.sku, p.offer_id, p.quantity, p.weight, p.unit_price) for p in posting.products] == [
        (1904686181, "b4408110", 1, Decimal("0.42"), Money(amount=Decimal("12990.00"), currency="RUB")),
        (1904686182, "h667722", 2, Decimal("0.15"), Money(amount=Decimal("3490.00"), currency="RUB")),
    ]
    assert posting.products[1].imei == ("123456789012345", "987654321098765")
    assert posting.addressee is not None
    assert posting.addressee.name == "Ivan Petrov"
    assert posting.customer is not None
    assert posting.customer.phone == "+79031234567"
    assert posting.customer.address is not None
    assert posting.customer.address.zip_code == "101000"
    assert posting.customer.address.pvz_code == 456
    assert posting.customer.address.latitude == Decimal("55.7558")
    assert posting.barcodes == ozon.Barcodes(upper_barcode="601302481800001", lower_barcode="601302481800001")
    assert posting.requirements is not None
    assert posting.requirements.products_requiring_gtd == (1904686181,)
    assert posting.financial_data is not None
    assert posting.financial_data.products[0].buyer_price == Money(amount=Decimal("2500.00"), currency="RUB")
    assert posting.tariffication_steps[0].tariff_deadline_at == datetime(2026, 5, 15, 23, 59, 59, tzinfo=UTC)
    assert posting.multi_box_qty == 1
    assert posting.prr_option == "standard"


async def test_a_posting_of_the_work_queue(read: Callable[[str], Awaitable[Any]]) -> None:
    page = await read("v4_posting_fbs_unfulfilled_list.response.en.json")
    assert (page.has_next, page.count) == (True, 2177)
    [posting] = [ozon.decode_posting(raw) for raw in page.postings]

    assert posting.posting_number == "41517061-0214-1"
    assert posting.status == "awaiting_deliver"
    assert (posting.customer, posting.addressee, posting.container) == (None, None, None)
    assert posting.delivering_date is None
    assert posting.products[0].sku == 4116250392
    assert posting.products[0].weight == Decimal("0.549")
    assert posting.requirements is not None
    assert posting.requirements.products_requiring_gtd == (4116250392,)
    assert posting.tariffication_steps[0].min_charge is None
    assert posting.tariffication_steps[-1].tariff_deadline_at == datetime.max.replace(tzinfo=UTC)


async def test_ozons_own_postings_take_the_fast_road(
    read: Callable[[str], Awaitable[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("ozon_api.wire._bend")
    for name in ("v4_posting_fbs_list.response.en.json", "v4_posting_fbs_unfulfilled_list.response.en.json"):
        page = await read(name)
        assert ozon.decode_posting(page.postings[0]).status
    assert (await read("v3_posting_fbs_get.response.en.json")).decode().status


async def test_one_posting(read: Callable[[str], Awaitable[Any]]) -> None:
    for language in ("en", "ru"):
        _one_posting((await read(f"v3_posting_fbs_get.response.{language}.json")).decode())


def _one_posting(posting: ozon.Posting) -> None:
    assert posting.posting_number == "0132112277-0101-1"
    assert posting.status == "awaiting_packaging"
    assert posting.previous_substatus == "posting_split_pending"
    assert (posting.customer, posting.addressee, posting.courier) == (None, None, None)
    assert posting.products[0].sku == 827098843
    assert posting.products[0].unit_price == Money(amount=Decimal("1530.0000"), currency="RUB")
    assert posting.products[0].dimensions == ozon.Dimensions(
        height=Decimal("150.00"), length=Decimal("500.00"), width=Decimal("300.00"), weight=Decimal("550")
    )
    assert posting.shipment_date == datetime(2026, 3, 31, 9, tzinfo=UTC)
    assert posting.fact_delivery_date is None
    assert "ship" in posting.available_actions
    assert isinstance(posting.prr_option, ozon.PrrOption)
    assert posting.tariffication is not None
    assert posting.tariffication.next_tariff_charge == "50"


async def test_ship(read: Callable[[str], Awaitable[Any]]) -> None:
    reply = await read("v4_posting_fbs_ship.response.en.json")
    assert reply.result == ("89491381-0072-1",)
    assert reply.additional_data[0].posting_number == "89491381-0072-1"
    assert reply.additional_data[0].products[0].sku == 149618972


async def test_label_tasks(read: Callable[[str], Awaitable[Any]]) -> None:
    reply = await read("v3_posting_fbs_package-label_create.response.constructed.json")
    assert [(task.task_id, task.task_type) for task in reply.tasks] == [
        (5819327210248, "big_label"),
        (5819327210249, "small_label"),
    ]


async def test_label_files(read: Callable[[str], Awaitable[Any]]) -> None:
    done = await read("v2_posting_fbs_package-label_get.response.completed.constructed.json")
    assert done.status.code == "completed"
    assert (done.status.postings_count, done.status.printed_postings_count) == (2, 1)
    assert done.status.unprinted_postings[0].posting_number == "48173252-0034-5"
    assert done.status.unprinted_postings[0].message == "The next postings aren't ready"
    assert done.file_url.startswith("https://cdn1.ozone.ru/")
    pending = await read("v2_posting_fbs_package-label_get.response.pending.constructed.json")
    assert (pending.status.code, pending.file_url, pending.error) == ("pending", "", None)
    failed = await read("v2_posting_fbs_package-label_get.response.error.constructed.json")
    assert (failed.status.code, failed.error.code) == ("error", "string")


async def test_carriage_documents(read: Callable[[str], Awaitable[Any]]) -> None:
    status = (await read("v2_posting_fbs_act_check-status.response.en.json")).result
    assert status.status == "ready"
    assert status.added_to_act == ("76673629-0020-1",)
    assert status.removed_from_act == ("87784739-0030-1",)
    assert status.has_postings_for_next_carriage is False
    pdf = await read("v2_posting_fbs_act_get-pdf.response.en.json")
    assert (pdf.content, pdf.media_type, pdf.file_name) == (FILE, "application/pdf", "20928233.pdf")
    text = await read("v2_posting_fbs_act_get-barcode_text.response.en.json")
    assert text.result == "%303%24276481394"


async def test_results_per_posting(read: Callable[[str], Awaitable[Any]]) -> None:
    for name, number in {
        "v2_fbs_posting_tracking-number_set": "48173252-0033-2",
        "v2_fbs_posting_delivering": "33920157-0018-1",
        "v2_fbs_posting_last-mile": "48173252-0033-2",
        "v2_fbs_posting_delivered": "48173252-0033-2",
    }.items():
        [result] = (await read(f"{name}.response.en.json")).result
        assert (result.posting_number, result.result, result.error) == (number, True, "")


async def test_cancel_reasons(read: Callable[[str], Awaitable[Any]]) -> None:
    [posting] = (await read("v1_posting_fbs_cancel-reason.response.en.json")).result
    assert posting.posting_number == "73837363-0010-3"
    assert [(reason.id, reason.type_id) for reason in posting.reasons] == [
        (352, "seller"),
        (400, "seller"),
        (402, "seller"),
    ]
    every = (await read("v2_posting_fbs_cancel-reason_list.response.en.json")).result
    assert [reason.id for reason in every if reason.is_available_for_cancellation] == [352, 402]


async def test_countries(read: Callable[[str], Awaitable[Any]]) -> None:
    every = (await read("v2_posting_fbs_product_country_list.response.ru.json")).result
    assert [country.country_iso_code for country in every] == ["DZ", "AI", "VG"]
    told = await read("v2_posting_fbs_product_country_set.response.en.json")
    assert (told.product_id, told.is_gtd_needed) == (180550365, True)


async def test_roles(read: Callable[[str], Awaitable[Any]]) -> None:
    reply = await read("v1_roles.response.en.json")
    assert reply.expires_at == datetime(2026, 2, 18, 9, 54, 23, 296000, tzinfo=UTC)
    assert [role.name for role in reply.roles] == ["Admin", "Posting FBS"]


async def test_warehouses_and_stock(read: Callable[[str], Awaitable[Any]]) -> None:
    [warehouse] = (await read("v2_warehouse_list.response.en.json")).warehouses
    assert warehouse.warehouse_id == 20605650762000
    assert warehouse.carriage_label_type == "BIG"
    assert warehouse.is_rfbs is True
    assert warehouse.first_mile.type == "PICK_UP"
    assert warehouse.working_days[0] == "MONDAY"
    [stock] = (await read("v2_products_stocks.response.en.json")).result
    assert (stock.updated, stock.offer_id, stock.product_id, stock.errors) == (True, "PH11042", 118597312, ())
