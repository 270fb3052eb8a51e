"""Every method of the Ozon emulator against what Ozon published; and the judges themselves."""

from typing import Any

from adapters.emulators.tests.ozon_conformance import departures, example_shape, schema_shape
from adapters.emulators.tests.ozon_world import PRODUCT, Ozon
from adapters.emulators.tests.shapes import Shape
from vendor_emulators.clock import ManualClock
from vendor_emulators.ozon import OzonEmulator
from vendor_emulators.wire import Request

PERIOD = {"since": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}
WITH = {"analytics_data": True, "barcodes": True, "financial_data": True, "legal_info": True}


def tour(ozon: Ozon) -> None:
    """Calls every live method at least once, successfully."""
    ozon.order("non_integrated", products=[{**PRODUCT, "price": {"amount": "12.50", "currency": "CNY"}}])
    ozon.packed("aggregator", cross_border=True)
    (own,) = ozon.packed("non_integrated")
    (fbs, lost, third) = ozon.packed("ozon", count=3, behaviour={"handover_hours": 1})
    lists = {"limit": 100, "cursor": "", "translit": False, "with": WITH, "sort_dir": "ASC"}
    ozon.call("/v1/roles")
    ozon.call("/v2/warehouse/list", {"limit": 10})
    ozon.call("/v2/delivery-method/list", {"limit": 10, "filter": {"status": ["ACTIVE"]}})
    ozon.call("/v4/posting/fbs/list", {**lists, "filter": PERIOD})
    queue = {"statuses": ["awaiting_packaging", "awaiting_deliver"]}
    ozon.call("/v4/posting/fbs/unfulfilled/list", {**lists, "filter": queue})
    ozon.get(own, **WITH, product_exemplars=True, related_postings=True)
    pair = {"offer_id": "SC-1", "product_id": 0, "stock": 3, "warehouse_id": 20605650762000}
    ozon.call("/v2/products/stocks", {"stocks": [pair]})
    ozon.call("/v2/posting/fbs/get-by-barcode", {"barcode": ozon.truth(fbs)["scanit"]})
    ozon.call("/v1/posting/fbs/cancel-reason", {"related_posting_numbers": [own]})
    ozon.call("/v2/posting/fbs/cancel-reason/list")
    number = {"posting_number": own, "tracking_number": "T"}
    ozon.call("/v2/fbs/posting/tracking-number/set", {"tracking_numbers": [number]})
    for word, comment in (("reject", "Уже в пути"), ("approve", "")):
        (asked,) = ozon.order("non_integrated")
        made = ozon.control(f"postings/{asked}/cancel-request", {"message": "Ошибся размером"})
        list_ = {"filters": {"posting_number": [asked], "state": "ON_APPROVAL"}, "limit": 500}
        assert ozon.call("/v2/conditional-cancellation/list", list_)["result"]
        answer = {"cancellation_id": made["cancellation_id"], "comment": comment}
        reply = ozon.http.post(f"/v2/conditional-cancellation/{word}", json=answer)
        assert (reply.status_code, reply.content) == (200, b"")
    units_are_told(ozon)
    for call in ("delivering", "last-mile", "delivered"):
        ozon.call(f"/v2/fbs/posting/{call}", {"posting_number": [own]})
        ozon.clock.advance(5)
    carriages(ozon, fbs, lost, third)
    reason = {"cancel_reason_id": 352, "cancel_reason_message": "Нет"}
    (other,) = ozon.order()
    line = {"sku": PRODUCT["sku"], "quantity": 1}
    ozon.call("/v2/posting/fbs/product/cancel", {"posting_number": other, **reason, "items": [line]})
    ozon.call("/v2/posting/fbs/cancel", {"posting_number": other, **reason})


def carriages(ozon: Ozon, fbs: str, lost: str, third: str) -> None:
    ozon.label_files(fbs)
    ozon.call("/v2/carriage/delivery/list", {"limit": 10, "cursor": ""})
    method = {"delivery_method_id": 20605650762000, "departure_date": "2026-11-23T12:00:00Z"}
    carriage = ozon.call("/v1/carriage/create", method)["carriage_id"]
    ozon.call("/v1/carriage/set-postings", {"carriage_id": carriage, "posting_numbers": [fbs, lost]})
    ozon.call("/v1/carriage/approve", {"carriage_id": carriage})
    ozon.clock.advance(60)
    act = {"id": carriage}
    ozon.call("/v1/carriage/get", {"carriage_id": carriage})
    for path in ("check-status", "get-postings", "get-barcode/text"):
        ozon.call(f"/v2/posting/fbs/act/{path}", act)
    for path in ("get-pdf", "get-barcode"):
        assert ozon.http.post(f"/v2/posting/fbs/act/{path}", json=act).status_code == 200
    dates = {"date_from": "2026-11-01", "date_to": "2026-12-01"}
    ozon.call("/v2/posting/fbs/act/list", {"filter": dates, "limit": 50})
    second = ozon.call("/v1/carriage/create", method)["carriage_id"]
    assert ozon.truth(third)["carriage"] == second
    ozon.call("/v1/carriage/cancel", {"carriage_id": second})
    ozon.clock.advance(2 * 3600)  # the one without a label is not accepted
    ozon.call("/v2/posting/fbs/arbitration", {"posting_number": [lost]})
    ozon.call("/v2/posting/fbs/awaiting-delivery", {"posting_number": [lost]})


def units_are_told(ozon: Ozon) -> None:
    """Everything that Ozon may want to know of a posting's units, before packing and after it."""
    wanted = ["marking", "country", "rnpt", "imei", "uin", "weight"]
    (number,) = ozon.order(products=[{**PRODUCT, "requires": wanted, "quantity": 1}])
    posting, sku = {"posting_number": number}, str(PRODUCT["sku"])
    ozon.call("/v2/posting/fbs/product/country/list", {"name_search": "нор"})
    levels = ozon.call("/v2/product/info/stocks-by-warehouse/fbs", {"limit": 10, "sku": [sku]})
    made_in = {"product_id": levels["products"][0]["product_id"], "country_iso_code": "NO"}
    ozon.call("/v2/posting/fbs/product/country/set", {**posting, **made_in})
    made = ozon.call("/v6/fbs/posting/product/exemplar/create-or-get", posting)["products"]
    marks = [
        {"mark": "010460393400079321AAAAAA\x1d93dGVz", "mark_type": "mandatory_mark"},
        {"mark": "490154203237518", "mark_type": "imei"},
        {"mark": "6430123456789012", "mark_type": "jw_uin"},
    ]
    unit = {"gtd": "10702030/120926/0001234", "weight": 0.41, "marks": marks}
    line = {"product_id": PRODUCT["sku"]}
    form = {**posting, "products": [{**line, "exemplars": [unit]}]}
    (valid,) = ozon.call("/v5/fbs/posting/product/exemplar/validate", form)["products"]
    assert valid["valid"]
    told = {"exemplar_id": made[0]["exemplars"][0]["exemplar_id"], "is_rnpt_absent": True, **unit}
    told_all = {**posting, "products": [{**line, "exemplars": [told]}], "multi_box_qty": 1}
    for seconds in (5, 200):
        assert ozon.http.post("/v6/fbs/posting/product/exemplar/set", json=told_all).content == b""
        ozon.clock.advance(seconds)
        ozon.call("/v5/fbs/posting/product/exemplar/status", posting)
    package = {"products": [{**line, "quantity": 1}]}
    ozon.call("/v4/posting/fbs/ship", {**posting, "packages": [package], "with": {"additional_data": True}})
    ozon.clock.advance(100)
    ozon.get(number, **WITH, product_exemplars=True)
    ozon.http.post("/v6/fbs/posting/product/exemplar/set", json=told_all)
    assert ozon.http.post("/v1/fbs/posting/product/exemplar/update", json=posting).content == b""
    ozon.control(f"postings/{number}/cancel", {})


def test_every_live_method_answers_in_the_published_shape(ozon: Ozon) -> None:
    tour(ozon)
    found, checked = departures(ozon.log())
    assert found == []
    assert set(checked) == OzonEmulator(clock=ManualClock()).live()
    words = {f"/v2/conditional-cancellation/{word}" for word in ("approve", "reject")}
    words |= {"/v6/fbs/posting/product/exemplar/set", "/v1/fbs/posting/product/exemplar/update"}
    binary = {"/v2/posting/fbs/act/get-pdf", "/v2/posting/fbs/act/get-barcode"} | words
    for path in set(checked) - binary:
        assert example_shape(path) or schema_shape(path), path
    print(f"{checked.total()} exchanges of {len(checked)} methods; {len(set(checked) - binary)} by shape")


def test_the_examples_spelling_agrees_with_the_examples(ozon: Ozon) -> None:
    ozon.control("settings", {"spelling": "examples"})
    (own,) = ozon.packed("non_integrated")
    answers: dict[str, Any] = {
        path: ozon.call(path, body)
        for path, body in {
            "/v2/fbs/posting/delivering": {"posting_number": [own]},
            "/v2/warehouse/list": {"limit": 10},
            "/v4/posting/fbs/list": {"limit": 10, "filter": PERIOD, "with": WITH},
        }.items()
    }
    for path, answer in answers.items():
        examples = example_shape(path)
        assert examples is not None
        assert examples.differences(answer, schema_shape(path)) == []
    ozon.http.delete("/_emulator/log")  # against the schema by intent


def test_the_comparer_sees_what_is_missing_unknown_and_of_another_kind() -> None:
    shape = Shape.of_examples([{"a": 1, "b": [{"c": "x"}], "d": None}, {"a": 2, "b": []}])
    assert shape.differences({"a": 3, "b": [{"c": "y"}], "d": 5}) == []
    assert shape.differences({"b": []}) == ["$.a: missing"]
    assert shape.differences({"a": "1", "b": [], "e": 1}) == ["$.a: string, known as number", "$.e: unknown"]
    assert shape.differences({"a": 1, "b": [{"c": 5}]}) == ["$.b[].c: number, known as string"]
    assert shape.differences({"a": 1, "b": [], "e": 1}, also=Shape.of_examples([{"e": 2}])) == []


def test_the_judge_sees_a_planted_mistake() -> None:
    emulator = OzonEmulator(clock=ManualClock())
    emulator.log.keep_answers = True
    headers = {"client-id": "100001", "api-key": "demo-api-key"}
    body = b'{"limit": 5, "lmit": 5}'
    assert emulator.execute(Request("POST", "/v2/warehouse/list", headers=headers, body=body)).status == 200
    (entry,) = emulator.log.entries()
    planted = {
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "headers": entry.headers,
        "body": entry.body,
        "status": entry.status,
        "content_type": entry.content_type,
        "answer": (entry.answer or "").replace('"is_rfbs"', '"isrfbs"'),
    }
    found, _ = departures([planted])
    assert any("lmit" in line for line in found)
    assert any("isrfbs: unknown" in line for line in found)
    assert any("is_rfbs: missing" in line for line in found)
