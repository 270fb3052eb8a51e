"""Reading postings that break Ozon's own schema."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import ozon_api as ozon
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ozon_api import Money, Posting, WarehousePage, decode_posting, unread
from ozon_api.wire import decode

MONEY = {"amount": "300.10", "currency": "RUB"}
FULL: dict[str, Any] = {
    "posting_number": "5-1-1",
    "status": "awaiting_packaging",
    "substatus": "posting_created",
    "order_id": 34953320005,
    "available_actions": ["ship", "cancel"],
    "delivery_method": {"id": 20605650762000, "name": "x", "warehouse_id": 20605650762000},
    "in_process_at": "2026-05-04T06:44:37Z",
    "shipment_date": "2026-05-05T06:44:37.5Z",
    "customer": {
        "customer_id": 1,
        "name": "N",
        "phone": "+70000000000",
        "address": {"city": "C", "latitude": 55.75, "pvz_code": 4},
    },
    "addressee": {"name": "N", "phone": "+70000000000", "pin": "12"},
    "legal_info": {"company_name": "L", "inn": "0", "kpp": "0"},
    "courier": {"name": "K"},
    "barcodes": {"upper_barcode": "%1", "lower_barcode": "1"},
    "requirements": {"products_requiring_gtd": [1], "products_requiring_country": []},
    "optional": {"products_with_possible_mandatory_mark": [1]},
    "cancellation": {"cancel_reason_id": 0},
    "analytics_data": {"city": "C", "is_legal": False, "delivery_date_begin": "2026-05-05T06:38:10Z"},
    "financial_data": {
        "cluster_from": "A",
        "products": [{"product_id": 1, "price": 300, "customer_price": MONEY, "commission": {"amount": 1}}],
    },
    "products": [
        {
            "sku": 4116250392,
            "quantity": 2,
            "offer_id": "S-28",
            "price": MONEY,
            "weight": 0.549,
            "imei": [],
            "dimensions": {"height": "150.00", "weight": "550"},
        }
    ],
    "tariffication": {
        "current_tariff_rate": 3,
        "current_tariff_charge": MONEY,
        "next_tariff_starts_at": None,
    },
    "tariffication_steps": [
        {"tariff_rate": 3, "tariff_charge": MONEY, "tariff_deadline_at": "9999-12-31T23:59:59.999999900Z"}
    ],
    "prr_option": {"code": "lift"},
    "product_exemplars": {"products": [{"sku": 1, "exemplars": [{"exemplar_id": 1}]}]},
    "related_postings": {"related_posting_numbers": ["5-1-2"]},
    "container": {"container_id": 1},
    "external_order": {"is_external": False},
    "sorting_center": {"code": "S"},
}
NEEDED = {"posting_number", "status", "products", "sku", "quantity"}


def read(**changes: Any) -> Posting:
    return decode_posting(json.dumps(FULL | changes).encode())


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where the fields of all objects in ``value`` are."""
    found: list[tuple[str | int, ...]] = []
    if isinstance(value, dict):
        for key, part in value.items():
            found += [(*path, key), *places(part, (*path, key))]
    elif isinstance(value, list):
        for index, part in enumerate(value):
            found += places(part, (*path, index))
    return found


PLACES = places(FULL)


def change(at: tuple[str | int, ...], value: object) -> bytes:
    posting = deepcopy(FULL)
    node: Any = posting
    for step in at[:-1]:
        node = node[step]
    node[at[-1]] = value
    return json.dumps(posting).encode()


@pytest.mark.parametrize("at", PLACES, ids=lambda at: ".".join(map(str, at)))
def test_null_anywhere(at: tuple[str | int, ...]) -> None:
    if at[-1] in NEEDED and at != ("products",):
        if "financial_data" in at or "product_exemplars" in at:
            decode_posting(change(at, None))
            return
        with pytest.raises(msgspec.ValidationError, match=str(at[-1])):
            decode_posting(change(at, None))
    else:
        assert decode_posting(change(at, None)).posting_number == "5-1-1"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
DECIDING = {
    *("substatus", "parent_posting_number", "tpl_integration_type", "integration_type_flow"),
    *("tracking_number", "shipment_date"),
}
OPTIONAL = [at for at in PLACES if at[0] != "products" and at[-1] not in NEEDED | DECIDING]


@given(at=st.sampled_from(OPTIONAL), value=JSON)
def test_anything_in_an_optional_place_costs_that_place_only(
    at: tuple[str | int, ...], value: object
) -> None:
    posting = decode_posting(change(at, value))
    assert posting.posting_number == "5-1-1"
    assert posting.products[0].sku == 4116250392
    assert posting.products[0].quantity == 2


@pytest.mark.parametrize("name", sorted(DECIDING))
def test_what_decides_is_never_guessed(name: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=name):
        decode_posting(change((name,), {"a": [1]}))
    for absent in (None, ""):
        assert decode_posting(change((name,), absent)).posting_number == "5-1-1"


def test_a_line_that_cannot_be_read_is_not_left_out_of_a_posting() -> None:
    with pytest.raises(msgspec.ValidationError):
        read(products=[{"sku": 1, "quantity": 1}, {"sku": 2, "quantity": "two"}])


@given(value=JSON, key=st.sampled_from(["warehouse_id", "name", "working_days", "first_mile", "timetable"]))
def test_an_element_that_cannot_be_read_costs_itself_only(value: object, key: str) -> None:
    rows: list[dict[str, object]] = [
        {"warehouse_id": number, "name": str(number), "working_days": ["MONDAY"]} for number in (1, 2, 3)
    ]
    plain = decode(json.dumps({"warehouses": rows}).encode(), WarehousePage).warehouses
    rows[1][key] = value
    with unread() as places:
        found = decode(json.dumps({"warehouses": rows}).encode(), WarehousePage).warehouses
    assert (found[0], found[-1]) == (plain[0], plain[2])
    assert len(found) + len([one for one in places if one == "$.warehouses[1]"]) == 3


def test_an_array_of_which_nothing_can_be_read_is_not_empty() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(b'{"warehouses": [{"warehouse_id": "one"}]}', WarehousePage)


@given(at=st.sampled_from(PLACES), value=JSON)
def test_anything_anywhere_is_read_or_refused(at: tuple[str | int, ...], value: object) -> None:
    refusal = ""
    try:
        decode_posting(change(at, value))
    except msgspec.ValidationError as error:
        refusal = str(error)
    assert not refusal or " at `$" in refusal


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_posting(raw)


@given(st.integers(min_value=0, max_value=2**63 - 1), st.booleans())
def test_int64_as_number_or_text(number: int, as_text: bool) -> None:
    spelt: int | str = str(number) if as_text else number
    posting = read(
        order_id=spelt,
        products=[{"sku": spelt, "quantity": "1"}],
        requirements={"products_requiring_gtd": [spelt]},
        delivery_method={"id": spelt},
    )
    assert posting.order_id == number
    assert posting.products[0].sku == number
    assert posting.requirements == ozon.Requirements(products_requiring_gtd=(number,))
    assert posting.delivery_method == ozon.DeliveryMethod(id=number)


@given(st.decimals(min_value=0, max_value=10**9, places=4), st.sampled_from(["object", "text", "number"]))
def test_a_price_in_every_spelling(amount: Decimal, spelling: str) -> None:
    spelt = {
        "object": f'{{"amount": "{amount}", "currency": "RUB"}}',
        "text": f'"{amount}", "currency_code": "RUB"',
        "number": f'{amount:f}, "currency_code": "RUB"',
    }[spelling]
    product = f'{{"sku": 1, "quantity": 1, "price": {spelt}}}'
    posting = decode_posting(f'{{"posting_number": "1", "status": "x", "products": [{product}]}}'.encode())
    assert posting.products[0].unit_price == Money(amount=amount, currency="RUB")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-05T06:44:37Z", datetime(2026, 5, 5, 6, 44, 37, tzinfo=UTC)),
        ("2026-05-05T06:44:37.123456789Z", datetime(2026, 5, 5, 6, 44, 37, 123457, tzinfo=UTC)),
        ("2026-05-05T09:44:37+03:00", datetime(2026, 5, 5, 6, 44, 37, tzinfo=UTC)),
        ("2026-05-05T06:44:37", datetime(2026, 5, 5, 6, 44, 37, tzinfo=UTC)),
        ("2026-05-05 06:44:37", datetime(2026, 5, 5, 6, 44, 37, tzinfo=UTC)),
        ("2026-05-05", datetime(2026, 5, 5, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999900Z", datetime.max.replace(tzinfo=UTC)),
        ("9999-12-31T23:59:59.9999999Z", datetime.max.replace(tzinfo=UTC)),
        ("", None),
        (None, None),
        ("string", None),
    ],
)
def test_times(text: str | None, expected: datetime | None) -> None:
    found = read(in_process_at=text).in_process_at
    assert found == expected
    assert found is None or found.tzinfo is not None


def test_arrays_and_objects_change_places() -> None:
    posting = read(
        tariffication=[{"current_tariff_rate": 2}],
        analytics_data=[],
        barcodes="",
        tariffication_steps={"tariff_rate": 1},
        available_actions="ship",
        related_weight_postings={},
    )
    assert posting.tariffication is not None
    assert posting.tariffication.current_tariff_rate == 2
    assert (posting.analytics_data, posting.barcodes) == (None, None)
    assert [step.tariff_rate for step in posting.tariffication_steps] == [1]
    assert posting.available_actions == ("ship",)
    assert posting.related_weight_postings == ()


def test_numbers_where_text_is_declared() -> None:
    posting = read(tracking_number=80082266, products=[{"sku": 1, "quantity": 1.0, "offer_id": 77.50}])
    assert posting.tracking_number == "80082266"
    assert (posting.products[0].quantity, posting.products[0].offer_id) == (1, "77.5")


def test_unknown_words_are_kept() -> None:
    posting = read(
        status="awaiting_moon", substatus="posting_in_orbit", available_actions=["beam"], new_field=[1]
    )
    assert (posting.status, posting.substatus, posting.available_actions) == (
        "awaiting_moon",
        "posting_in_orbit",
        ("beam",),
    )


@pytest.mark.parametrize("quantity", [1.5, "", "two", True, [], {}, 1e30])
def test_a_quantity_is_never_guessed(quantity: object) -> None:
    with pytest.raises(msgspec.ValidationError, match="quantity"):
        read(products=[{"sku": 1, "quantity": quantity}])


def test_huge_exponents_cost_nothing() -> None:
    raw = b'{"posting_number": "1", "status": "x", "products": [{"sku": 1e999999999, "quantity": 1}]}'
    with pytest.raises(msgspec.ValidationError):
        decode_posting(raw)


async def test_a_bad_posting_does_not_spoil_its_page(client: ozon.Client, vendor: Any) -> None:
    vendor.reply({"has_next": "false", "count": "3", "postings": [FULL, {"posting_number": 1}, None]})
    page = await client.posting_fbs_unfulfilled_list()
    assert (page.has_next, page.count) == (False, 3)
    assert decode_posting(page.postings[0]).posting_number == "5-1-1"
    for raw in page.postings[1:]:
        with pytest.raises(msgspec.ValidationError):
            decode_posting(raw)


async def test_a_page_without_postings_is_not_an_empty_page(client: ozon.Client, vendor: Any) -> None:
    vendor.reply({"has_next": False})
    with pytest.raises(msgspec.ValidationError, match="postings"):
        await client.posting_fbs_unfulfilled_list()
    vendor.requests.clear()
    vendor.reply({"has_next": False, "postings": None})
    assert (await client.posting_fbs_unfulfilled_list()).postings == ()


async def test_a_bent_page_keeps_its_postings(client: ozon.Client, vendor: Any) -> None:
    vendor.reply({"has_next": True, "cursor": 7, "postings": [FULL]})
    page = await client.posting_fbs_unfulfilled_list()
    assert page.cursor == "7"
    assert json.loads(bytes(page.postings[0])) == FULL


async def test_texts_of_errors_in_an_array(client: ozon.Client, vendor: Any) -> None:
    vendor.reply({"result": [{"posting_number": "1", "result": False, "error": ["A_B", "C_D"]}]})
    [result] = (await client.fbs_posting_delivered(["1"])).result
    assert (result.result, result.error) == (False, "A_B; C_D")
