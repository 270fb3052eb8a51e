"""FBS hand-over: carriages, acts, documents."""

import io
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import zxingcpp
from adapters.emulators.tests.ozon_world import Ozon
from PIL import Image

METHOD = 20605650762000
CREATE = "/v1/carriage/create"


def methods(ozon: Ozon) -> list[dict[str, Any]]:
    answer = ozon.call(
        "/v2/carriage/delivery/list", {"limit": 100, "filter": {"departure_date": "2026-11-24"}}
    )
    found: list[dict[str, Any]] = answer["methods"]
    return found


def create(ozon: Ozon) -> int:
    carriage: int = ozon.call(CREATE, {"delivery_method_id": METHOD})["carriage_id"]
    return carriage


def test_from_nothing_to_documents(ozon: Ozon) -> None:
    assert methods(ozon) == []
    assert ozon.refused(CREATE, {"delivery_method_id": METHOD}) == (404, 5, "POSTING_NOT_FOUND")
    waiting = ozon.order(count=1)
    (method,) = methods(ozon)
    assert (method["mandatory_postings_count"], method["mandatory_packaged_count"]) == (1, 0)
    assert method["carriages"] == []
    numbers = ozon.packed(count=2)
    (method,) = methods(ozon)
    (offer,) = method["carriages"]
    assert (offer["id"], offer["postings_count"], offer["available_actions"]) == (0, 2, ["create"])
    carriage = create(ozon)
    body = {"carriage_id": carriage}
    assert ozon.call("/v1/carriage/get", body)["status"] == "new"
    assert ozon.call("/v2/posting/fbs/act/check-status", {"id": carriage})["result"]["status"] == "in_process"
    assert ozon.refused("/v2/posting/fbs/act/get-pdf", {"id": carriage})[0] == 409
    assert ozon.stands(numbers[0])[1] == "posting_not_in_carriage"
    assert ozon.call("/v1/carriage/approve", body) == {}
    assert ozon.refused("/v1/carriage/approve", body)[2] == "HAS_INCORRECT_STATUS"
    assert ozon.stands(numbers[0])[1] == "posting_in_carriage"
    assert ozon.truth(numbers[0])["carriage"] == carriage
    assert ozon.stands(waiting[0])[0] == "awaiting_packaging"
    ozon.clock.advance(30)
    status = ozon.call("/v2/posting/fbs/act/check-status", {"id": carriage})["result"]
    assert status["status"] == "ready"
    assert sorted(status["added_to_act"]) == sorted(numbers)
    rows = ozon.call("/v2/posting/fbs/act/get-postings", {"id": carriage})["result"]
    assert sorted(row["posting_number"] for row in rows) == sorted(numbers)
    acts = {"filter": {"date_from": "2026-11-01", "date_to": "2026-12-01", "status": ["formed"]}, "limit": 50}
    assert [act["id"] for act in ozon.call("/v2/posting/fbs/act/list", acts)["result"]] == [carriage]


def test_documents_are_real(ozon: Ozon) -> None:
    numbers = ozon.packed(count=2)
    carriage = ozon.hand_over(*numbers)
    ozon.clock.advance(30)
    text = ozon.call("/v2/posting/fbs/act/get-barcode/text", {"id": carriage})["result"]
    assert text.startswith("%303%")
    picture = ozon.http.post("/v2/posting/fbs/act/get-barcode", json={"id": carriage})
    assert picture.headers["content-type"] == "image/png"
    assert [c.text for c in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.content)))] == [text]
    document = pypdfium2.PdfDocument(
        ozon.http.post("/v2/posting/fbs/act/get-pdf", json={"id": carriage}).content
    )
    try:
        shown = document[0].get_textpage().get_text_bounded()
    finally:
        document.close()
    assert all(number in shown for number in numbers)


def test_later_postings_want_a_carriage_of_their_own(ozon: Ozon) -> None:
    (first,) = ozon.packed()
    carriage = create(ozon)
    (second,) = ozon.packed()
    check = ozon.call("/v2/posting/fbs/act/check-status", {"id": carriage})["result"]
    assert check["has_postings_for_next_carriage"] is True
    other = create(ozon)
    assert ozon.call("/v1/carriage/get", {"carriage_id": other})["partial_num"] == 2
    assert (ozon.truth(first)["carriage"], ozon.truth(second)["carriage"]) == (carriage, other)


def test_set_postings_overwrites_while_new(ozon: Ozon) -> None:
    first, second = ozon.packed(count=2)
    carriage = create(ozon)
    body = {"carriage_id": carriage, "posting_numbers": [second, "1-1-1"]}
    results = ozon.call("/v1/carriage/set-postings", body)["result"]
    assert [(line["result"], line["error"]) for line in results] == [(True, ""), (False, "POSTING_NOT_FOUND")]
    assert (ozon.truth(first)["carriage"], ozon.truth(second)["carriage"]) == (None, carriage)
    ozon.call("/v1/carriage/approve", {"carriage_id": carriage})
    assert ozon.refused("/v1/carriage/set-postings", body)[2] == "HAS_INCORRECT_STATUS"


def test_cancelled_postings_are_left_out_at_approval(ozon: Ozon) -> None:
    first, second = ozon.packed(count=2)
    carriage = create(ozon)
    ozon.control(f"postings/{first}/cancel", {})
    ozon.call("/v1/carriage/approve", {"carriage_id": carriage})
    status = ozon.call("/v2/posting/fbs/act/check-status", {"id": carriage})["result"]
    assert (status["added_to_act"], status["removed_from_act"]) == ([second], [first])


def test_cancelled_carriage_gives_its_postings_back(ozon: Ozon) -> None:
    (number,) = ozon.packed()
    carriage = ozon.hand_over(number)
    answer = ozon.call("/v1/carriage/cancel", {"carriage_id": carriage})
    assert answer == {"error": "", "carriage_status": "cancelled"}
    ozon.clock.advance(100 * 3600)
    assert ozon.stands(number) == ("awaiting_deliver", "posting_not_in_carriage")
    check = ozon.call("/v2/posting/fbs/act/check-status", {"id": carriage})["result"]
    assert check["status"] == "cancelled"
    ozon.hand_over(number)
    ozon.clock.advance(100 * 3600)
    assert ozon.get(number)["status"] == "delivered"


def test_an_approved_carriage_is_received_and_cannot_be_cancelled_then(ozon: Ozon) -> None:
    carriage = ozon.hand_over(*ozon.packed())
    ozon.clock.advance(5 * 3600)
    assert ozon.call("/v1/carriage/get", {"carriage_id": carriage})["status"] == "received"
    assert ozon.call("/v1/carriage/cancel", {"carriage_id": carriage})["error"] != ""
    assert ozon.refused("/v1/carriage/get", {"carriage_id": 5})[:2] == (404, 5)


def test_delivery_list_pages(ozon: Ozon) -> None:
    for warehouse in (11, 12, 13):
        ozon.order(warehouse_id=warehouse)
    seen, cursor = [], ""
    while True:
        answer = ozon.call("/v2/carriage/delivery/list", {"limit": 2, "cursor": cursor})
        seen += [method["delivery_method_id"] for method in answer["methods"]]
        cursor = answer["cursor"]
        if not answer["has_next"]:
            break
    assert seen == [11, 12, 13]
