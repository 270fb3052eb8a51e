"""The v4 lists and the v3 get: paging over lists that change, refusals, what is null and where."""

from collections.abc import Iterator
from typing import Any

import pytest
from adapters.emulators.tests.ozon_world import Ozon

UNFULFILLED = "/v4/posting/fbs/unfulfilled/list"
LIST = "/v4/posting/fbs/list"
PERIOD = {"since": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}
QUEUE = {"statuses": ["awaiting_packaging", "awaiting_deliver"]}


def pages(ozon: Ozon, path: str, filters: dict[str, Any], limit: int = 3, **more: Any) -> Iterator[list[str]]:
    cursor = ""
    while True:
        answer = ozon.call(path, {"filter": filters, "limit": limit, "cursor": cursor, **more})
        yield [posting["posting_number"] for posting in answer["postings"]]
        if not answer["has_next"]:
            return
        cursor = answer["cursor"]


@pytest.mark.parametrize(("path", "filters"), [(UNFULFILLED, QUEUE), (LIST, PERIOD)])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_each_posting_is_seen_once_while_the_list_changes(
    ozon: Ozon, path: str, filters: dict[str, Any], direction: str
) -> None:
    numbers = []
    for hours in range(8):
        numbers += ozon.order(ship_in_hours=24 + hours, in_process_hours_ago=8 - hours)
    expected = numbers if direction == "ASC" else numbers[::-1]
    seen: list[str] = []
    for i, page in enumerate(pages(ozon, path, filters, sort_dir=direction)):
        seen += page
        if i == 0:
            # One behind the cursor goes, one comes in behind it: neither shifts what is still to be read.
            ozon.control(f"postings/{seen[0]}/cancel", {})
            early = direction == "ASC"
            ozon.order(ship_in_hours=1 if early else 90, in_process_hours_ago=90 if early else 0)
    assert seen == expected


def test_a_full_last_page_promises_a_next_one_that_is_empty(ozon: Ozon) -> None:
    ozon.order(count=3)
    assert [len(page) for page in pages(ozon, UNFULFILLED, QUEUE)] == [3, 0]


def test_count_and_default_statuses_of_the_queue(ozon: Ozon) -> None:
    (shipped,) = ozon.packed("non_integrated")
    ozon.order(count=2)
    ozon.call("/v2/fbs/posting/delivering", {"posting_number": [shipped]})
    ozon.clock.advance(10)
    everything = {"cutoff_from": "2026-01-01T00:00:00Z", "cutoff_to": "2027-01-01T00:00:00Z"}
    assert ozon.call(UNFULFILLED, {"filter": everything, "limit": 1})["count"] == 2
    on_the_way = ozon.call(UNFULFILLED, {"filter": {"statuses": ["delivering"]}, "limit": 10})
    assert [posting["posting_number"] for posting in on_the_way["postings"]] == [shipped]


@pytest.mark.parametrize("path", [UNFULFILLED, LIST])
@pytest.mark.parametrize(
    "body",
    [
        {"limit": 10},
        {"limit": 10, "filter": None},
        {"limit": 10, "filter": {}},
        {"filter": {**QUEUE, **PERIOD}},
        {"limit": 101, "filter": {**QUEUE, **PERIOD}},
        {"limit": 10, "filter": {**QUEUE, **PERIOD}, "with": []},
        {"limit": 10, "filter": {**QUEUE, **PERIOD}, "sort_dir": "UP"},
        {"limit": 10, "filter": {**QUEUE, **PERIOD}, "cursor": "bm90IGEgY3Vyc29y"},
        {"limit": "ten", "filter": {**QUEUE, **PERIOD}},
        {"limit": 10, "filter": {**QUEUE, **PERIOD, "warehouse_ids": ["1"] * 1001}},
        [],
    ],
)
def test_lists_refuse(ozon: Ozon, path: str, body: Any) -> None:
    assert ozon.refused(path, body)[:2] == (400, 3)


def test_the_validators_text(ozon: Ozon) -> None:
    message = ozon.refused(LIST, {"limit": 0, "filter": PERIOD})[2]
    assert message == (
        "Request validation error: invalid PostingFbsListRequest.Limit: value must be inside range [1, 100]"
    )


@pytest.mark.parametrize(
    "filters",
    [
        {"since": "2026-11-01T00:00:00Z"},
        {"since": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"},
        {"since": "2025-01-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"},
        {**PERIOD, "order_numbers": ["1"] * 101},
    ],
)
def test_history_wants_a_period_of_a_year_at_most(ozon: Ozon, filters: dict[str, Any]) -> None:
    assert ozon.refused(LIST, {"limit": 10, "filter": filters})[:2] == (400, 3)


def test_both_date_pairs_at_once_are_refused(ozon: Ozon) -> None:
    filters = {"cutoff_from": "2026-11-01T00:00:00Z", "delivering_date_from": "2026-11-01T00:00:00Z"}
    assert ozon.refused(UNFULFILLED, {"limit": 10, "filter": filters})[0] == 400


def found(ozon: Ozon, path: str, **filters: Any) -> list[str]:
    answer = ozon.call(path, {"limit": 100, "filter": filters})
    return [posting["posting_number"] for posting in answer["postings"]]


def test_filters(ozon: Ozon) -> None:
    (fbs,) = ozon.order("ozon")
    (own,) = ozon.order("non_integrated", ship_in_hours=90)
    posting = ozon.get(own)
    order, method = posting["order_number"], posting["delivery_method"]
    for path, base in ((UNFULFILLED, {}), (LIST, PERIOD)):
        assert found(ozon, path, **base, warehouse_ids=[str(method["warehouse_id"])]) == [own]
        assert found(ozon, path, **base, delivery_method_ids=[str(method["id"])]) == [own]
        assert found(ozon, path, **base, provider_ids=["24"]) == [fbs]
        changed = {"from": "2026-11-23T06:00:00Z", "to": "2026-11-23T07:00:00Z"}
        assert found(ozon, path, **base, last_changed_status_date=changed) == [fbs, own]
        later = {"from": "2026-11-23T07:00:00Z", "to": "2026-11-23T08:00:00Z"}
        assert found(ozon, path, **base, last_changed_status_date=later) == []
    assert found(ozon, LIST, **PERIOD, integration_type_flow=["non_integrated"]) == [own]
    assert found(ozon, LIST, **PERIOD, order_numbers=[order]) == [own]
    assert found(ozon, LIST, **PERIOD, order_id=posting["order_id"]) == [own]
    assert found(ozon, LIST, **PERIOD, order_numbers=["unknown"]) == []
    assert found(ozon, UNFULFILLED, cutoff_to="2026-11-25T00:00:00Z") == [fbs]


def test_optional_blocks_are_null_unless_asked_for(ozon: Ozon) -> None:
    ozon.order()
    blocks = ("analytics_data", "barcodes", "financial_data", "legal_info")
    for wanted in (False, True):
        body = {"limit": 1, "filter": QUEUE, "with": dict.fromkeys(blocks, wanted)}
        (posting,) = ozon.call(UNFULFILLED, body)["postings"]
        assert [posting[block] is not None for block in blocks] == [wanted] * 4


def test_fbs_postings_come_without_a_recipient(ozon: Ozon) -> None:
    (number,) = ozon.order("ozon")
    (listed,) = ozon.call(UNFULFILLED, {"limit": 1, "filter": QUEUE, "with": {"analytics_data": True}})[
        "postings"
    ]
    posting = ozon.get(number)
    assert (listed["customer"], listed["addressee"]) == (None, None)
    assert (posting["customer"], posting["addressee"]) == (None, None)
    assert (listed["analytics_data"]["region"], listed["analytics_data"]["city"]) == ("", "")


def test_phone_and_pin_only_in_get(ozon: Ozon) -> None:
    recipient = {"name": "Анна Иванова", "phone": "+79990000042", "pin": "7731", "city": "Пермь"}
    (own,) = ozon.order("non_integrated", recipient=recipient)
    (hybrid,) = ozon.order("hybrid", recipient=recipient)
    for listed in ozon.call(UNFULFILLED, {"limit": 9, "filter": QUEUE})["postings"]:
        assert listed["addressee"] == {"name": "Анна Иванова"}
        assert listed["customer"]["address"]["city"] == "Пермь"
        assert "+79990000042" not in str(listed)
    assert ozon.get(own)["addressee"] == {"name": "Анна Иванова", "phone": "+79990000042", "pin": "7731"}
    assert ozon.get(hybrid)["addressee"]["pin"] == ""


def test_any_barcode_of_a_label_finds_its_posting(ozon: Ozon) -> None:
    numbers = ozon.order(count=3)
    for number in numbers:
        truth = ozon.truth(number)
        for field in ("upper_barcode", "lower_barcode", "scanit"):
            answer = ozon.call("/v2/posting/fbs/get-by-barcode", {"barcode": truth[field]})
            assert answer["result"]["posting_number"] == number
    assert ozon.refused("/v2/posting/fbs/get-by-barcode", {"barcode": "1"})[2] == "POSTING_NOT_FOUND"


def test_two_spellings(ozon: Ozon) -> None:
    (number,) = ozon.packed("non_integrated")
    body = {"posting_number": [number]}
    assert ozon.call("/v2/fbs/posting/last-mile", body)["result"][0]["error"] == "TRANSITION_IS_NOT_POSSIBLE"
    ozon.control("settings", {"spelling": "examples"})
    assert ozon.call("/v2/fbs/posting/delivering", body)["result"][0]["error"] == []
    (listed,) = ozon.call(UNFULFILLED, {"limit": 1, "filter": QUEUE})["postings"]
    assert listed["posting_number"] == number
    ozon.http.delete("/_emulator/log")  # the examples' spelling is against the schema by intent


def test_the_shipping_date_may_move(ozon: Ozon) -> None:
    first, second = [ozon.order(ship_in_hours=hours)[0] for hours in (10, 20)]
    ozon.control(f"postings/{first}/dates", {"shipment_date": "2026-11-25T00:00:00Z"})
    assert found(ozon, UNFULFILLED, **QUEUE) == [second, first]
    assert ozon.get(first)["shipment_date"] == "2026-11-25T00:00:00Z"


def test_unknown_posting(ozon: Ozon) -> None:
    body = {"posting_number": "1-1-1", "with": None}
    assert ozon.refused("/v3/posting/fbs/get", body) == (404, 5, "POSTING_NOT_FOUND")


def test_awaiting_approve_comes_first_where_asked_for(ozon: Ozon) -> None:
    (number,) = ozon.order(behaviour={"starts_awaiting_approve": 600})
    assert ozon.stands(number) == ("awaiting_approve", "posting_created")
    ozon.clock.advance(601)
    assert ozon.stands(number) == ("awaiting_packaging", "posting_created")
