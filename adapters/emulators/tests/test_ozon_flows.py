"""The way of a posting in every flow, through HTTP alone."""

import pytest
from adapters.emulators.tests.ozon_world import PRODUCT, Ozon

HOUR = 3600


def test_fbs_waits_for_ship_and_carriage(ozon: Ozon) -> None:
    (number,) = ozon.order("ozon")
    ozon.clock.advance(48 * HOUR)
    assert ozon.stands(number) == ("awaiting_packaging", "posting_created")
    ozon.ship(number)
    assert ozon.get(number)["available_actions"] == ["ship_async_in_process"]
    ozon.clock.advance(10)
    assert ozon.stands(number) == ("awaiting_deliver", "posting_not_in_carriage")
    ozon.clock.advance(48 * HOUR)
    assert ozon.stands(number) == ("awaiting_deliver", "posting_not_in_carriage")
    ozon.hand_over(number)
    assert ozon.stands(number) == ("awaiting_deliver", "posting_in_carriage")
    ozon.clock.advance(5 * HOUR)
    assert ozon.stands(number) == ("delivering", "posting_on_way_to_city")
    ozon.clock.advance(60 * HOUR)
    assert ozon.get(number)["status"] == "delivered"
    assert [event["by"] for event in ozon.truth(number)["history"]][:3] == ["ozon", "ozon", "seller"]


def test_fbs_parcel_without_label_is_not_accepted_and_disputed(ozon: Ozon) -> None:
    (number,) = ozon.packed("ozon")
    carriage = ozon.call("/v1/carriage/create", {"delivery_method_id": 20605650762000})["carriage_id"]
    ozon.call("/v1/carriage/approve", {"carriage_id": carriage})
    ozon.clock.advance(6 * HOUR)
    assert ozon.stands(number) == ("not_accepted", "posting_not_in_sort_center")
    assert ozon.get(number)["available_actions"] == ["arbitration"]
    assert ozon.call("/v2/posting/fbs/arbitration", {"posting_number": [number]}) == {"result": True}
    assert ozon.get(number)["available_actions"] == ["awaiting_delivery", "cancel"]
    assert ozon.call("/v2/posting/fbs/awaiting-delivery", {"posting_number": [number]}) == {"result": True}
    ozon.hand_over(number)
    ozon.clock.advance(70 * HOUR)
    assert ozon.get(number)["status"] == "delivered"


def test_arbitration_of_what_is_not_disputed_is_refused(ozon: Ozon) -> None:
    (number,) = ozon.order("ozon")
    for path in ("/v2/posting/fbs/arbitration", "/v2/posting/fbs/awaiting-delivery"):
        assert ozon.refused(path, {"posting_number": [number]}) == (400, 3, "HAS_INCORRECT_STATUS")


def seller_call(ozon: Ozon, call: str, number: str) -> str:
    answer = ozon.call(f"/v2/fbs/posting/{call}", {"posting_number": [number]})
    ozon.clock.advance(5)
    (line,) = answer["result"]
    assert line["result"] is (line["error"] == "")
    return str(line["error"])


def test_own_delivery_moves_by_the_sellers_calls_in_order(ozon: Ozon) -> None:
    (number,) = ozon.packed("non_integrated")
    assert ozon.stands(number) == ("awaiting_deliver", "posting_transferring_to_delivery")
    assert "non_int_delivering" in ozon.get(number)["available_actions"]
    for early in ("last-mile", "delivered"):
        assert seller_call(ozon, early, number) == "TRANSITION_IS_NOT_POSSIBLE"
    assert seller_call(ozon, "delivering", number) == ""
    assert seller_call(ozon, "delivering", number) == "TRANSITION_IS_NOT_POSSIBLE"
    assert "non_int_last_mile" in ozon.get(number)["available_actions"]
    assert seller_call(ozon, "delivered", number) == "TRANSITION_IS_NOT_POSSIBLE"
    assert seller_call(ozon, "last-mile", number) == ""
    assert ozon.stands(number) == ("delivering", "posting_in_courier_service")
    assert seller_call(ozon, "delivered", number) == ""
    assert ozon.stands(number) == ("delivered", "posting_delivered")
    ozon.clock.advance(100 * HOUR)
    assert [event["by"] for event in ozon.truth(number)["history"][2:]] == ["seller"] * 3


def test_status_calls_take_effect_later(ozon: Ozon) -> None:
    (number,) = ozon.packed("non_integrated")
    ozon.call("/v2/fbs/posting/delivering", {"posting_number": [number]})
    assert ozon.get(number)["status"] == "awaiting_deliver"
    ozon.clock.advance(5)
    assert ozon.get(number)["status"] == "delivering"


@pytest.mark.parametrize("flow", ["3pl_tracking", "hybrid", "hybrid_3pl_tracking"])
def test_integrated_carrier_moves_by_itself_after_the_tracking_number(ozon: Ozon, flow: str) -> None:
    (number,) = ozon.packed(flow)
    assert seller_call(ozon, "delivering", number) == "HAS_INCORRECT_TPL_INTEGRATION_TYPE"
    assert "set_track_number" in ozon.get(number)["available_actions"]
    ozon.clock.advance(100 * HOUR)
    assert ozon.get(number)["status"] == "awaiting_deliver"
    pair = {"posting_number": number, "tracking_number": "1234567890"}
    answer = ozon.call("/v2/fbs/posting/tracking-number/set", {"tracking_numbers": [pair]})
    assert answer["result"] == [{"error": "", "posting_number": number, "result": True}]
    assert ozon.get(number)["tracking_number"] == "1234567890"
    ozon.clock.advance(100 * HOUR)
    assert ozon.get(number)["status"] == "delivered"
    assert {event["by"] for event in ozon.truth(number)["history"][2:]} == {"carrier"}


@pytest.mark.parametrize("cross_border", [False, True])
def test_ozon_registers_at_its_partner(ozon: Ozon, cross_border: bool) -> None:
    (number,) = ozon.order("aggregator", cross_border=cross_border)
    ozon.ship(number)
    ozon.clock.advance(10)
    assert ozon.stands(number) == ("awaiting_registration", "posting_awaiting_registration")
    assert ozon.get(number)["tracking_number"] == ""
    ozon.clock.advance(200)
    posting = ozon.get(number)
    assert (posting["status"], posting["substatus"]) == ("awaiting_deliver", "posting_registered")
    assert posting["tracking_number"].endswith("CN") is cross_border
    assert {"label_download", "label_download_big"} <= set(posting["available_actions"])
    pair = {"posting_number": number, "tracking_number": "X"}
    refused = ozon.call("/v2/fbs/posting/tracking-number/set", {"tracking_numbers": [pair]})
    assert refused["result"][0]["error"] == "HAS_INCORRECT_TPL_INTEGRATION_TYPE"
    ozon.clock.advance(100 * HOUR)
    assert ozon.get(number)["status"] == "awaiting_deliver"
    assert set(ozon.label_files(number)) == {"big_label", "small_label"}
    ozon.clock.advance(100 * HOUR)
    assert ozon.get(number)["status"] == "delivered"


def test_registration_may_fail(ozon: Ozon) -> None:
    (number,) = ozon.packed("aggregator", behaviour={"registration_fails": True})
    assert ozon.stands(number) == ("awaiting_registration", "posting_registration_error")


def test_ship_is_accepted_and_then_silently_fails(ozon: Ozon) -> None:
    (number,) = ozon.order("non_integrated", behaviour={"ship_failed_times": 1})
    ozon.ship(number)
    ozon.clock.advance(10)
    assert ozon.stands(number) == ("awaiting_packaging", "ship_failed")
    assert "ship_async_retry" in ozon.get(number)["available_actions"]
    ozon.ship(number)
    ozon.clock.advance(10)
    assert ozon.get(number)["status"] == "awaiting_deliver"
    assert ozon.truth(number)["ship_attempts"] == 2


def test_ship_failed_as_a_fault_hits_only_once(ozon: Ozon) -> None:
    first, second = ozon.order(count=2)
    ozon.control("faults", {"rules": [{"kind": "ship_failed", "path": "/v4/posting/fbs/ship", "times": 1}]})
    ozon.ship(first, second)
    ozon.clock.advance(10)
    assert ozon.stands(first) == ("awaiting_packaging", "ship_failed")
    assert ozon.get(second)["status"] == "awaiting_deliver"


def package(*lines: tuple[int, int]) -> dict[str, object]:
    return {"products": [{"product_id": sku, "quantity": quantity} for sku, quantity in lines]}


def test_ship_splits_into_parcels_with_parent_links(ozon: Ozon) -> None:
    scissors = PRODUCT["sku"]
    products = [PRODUCT, {"sku": 7, "offer_id": "TH-7", "name": "Нитки", "quantity": 3}]
    (number,) = ozon.order("ozon", products=products)
    packages = [package((scissors, 2), (7, 1)), package((7, 2))]
    answer = ozon.call(
        "/v4/posting/fbs/ship",
        {"posting_number": number, "packages": packages, "with": {"additional_data": True}},
    )
    order = number.removesuffix("-1")
    assert answer["result"] == [f"{order}-1", f"{order}-2"]
    assert [len(line["products"]) for line in answer["additional_data"]] == [2, 1]
    assert ozon.refused("/v3/posting/fbs/get", {"posting_number": f"{order}-2"})[2] == "POSTING_NOT_FOUND"
    ozon.clock.advance(10)
    first = ozon.get(f"{order}-1", related_postings=True)
    second = ozon.get(f"{order}-2", related_postings=True, barcodes=True)
    assert first["related_postings"] == {"related_posting_numbers": [f"{order}-2"]}
    assert second["parent_posting_number"] == f"{order}-1"
    assert [(line["sku"], line["quantity"]) for line in second["products"]] == [(7, 2)]
    assert second["status"] == "awaiting_deliver"
    assert second["barcodes"] != ozon.get(f"{order}-1", barcodes=True)["barcodes"]


def test_ship_refusals(ozon: Ozon) -> None:
    (number,) = ozon.order()
    sku = PRODUCT["sku"]

    def refusal(*packages: dict[str, object], of: str = number) -> str:
        return ozon.refused("/v4/posting/fbs/ship", {"posting_number": of, "packages": list(packages)})[2]

    assert refusal(package((sku, 1))) == "HAS_INCORRECT_PRODUCT_QUANTITY"
    assert refusal(package((sku, 2), (5, 1))) == "UNKNOWN_PRODUCT_DEFINED"
    assert refusal(package((sku, 2)), of="1-1-1") == "POSTING_NOT_FOUND"
    assert refusal().startswith("Request validation error: invalid PostingFbsShipV4Request.Packages")
    ozon.ship(number)
    assert refusal(package((sku, 2))) == "POSTING_ALREADY_SHIPPED"
    ozon.clock.advance(10)
    assert refusal(package((sku, 2))) == "POSTING_ALREADY_SHIPPED"
    ozon.control(f"postings/{number}/cancel", {})
    assert refusal(package((sku, 2))) == "POSTING_ALREADY_CANCELLED"
    (heavy,) = ozon.order(behaviour={"reject_ship": "INCORRECT_OVH_FOR_POSTING"})
    assert refusal(package((sku, 2)), of=heavy) == "INCORRECT_OVH_FOR_POSTING"


def test_buyer_cancels_at_any_moment(ozon: Ozon) -> None:
    (early,) = ozon.order("ozon")
    (late,) = ozon.packed("non_integrated", behaviour={"cancel_at_status": "delivering"})
    (shipping,) = ozon.order("ozon")
    ozon.ship(shipping)
    for number in (early, shipping):
        ozon.control(f"postings/{number}/cancel", {"initiator": "client", "reason": "Передумал"})
    assert seller_call(ozon, "delivering", late) == ""
    ozon.clock.advance(200 * HOUR)
    for number, after_ship in ((early, False), (late, True), (shipping, False)):
        posting = ozon.get(number)
        assert (posting["status"], posting["substatus"]) == ("cancelled", "posting_canceled")
        assert posting["cancellation"]["cancelled_after_ship"] is after_ship
        assert posting["cancellation"]["cancellation_type"] == "client"
        assert posting["available_actions"] == []
        assert ozon.truth(number)["cancelled_by"] == "buyer"
    assert seller_call(ozon, "last-mile", late) == "POSTING_ALREADY_CANCELLED"
    assert ozon.http.post(f"/_emulator/postings/{early}/cancel", json={}).status_code == 409


def test_seller_cancels_with_a_reason_of_the_posting(ozon: Ozon) -> None:
    (number,) = ozon.order("ozon")
    reasons = ozon.call("/v1/posting/fbs/cancel-reason", {"related_posting_numbers": [number, "1-1-1"]})
    (line,) = reasons["result"]
    assert [reason["id"] for reason in line["reasons"]] == [352, 400, 402]
    assert len(ozon.call("/v2/posting/fbs/cancel-reason/list")["result"]) == 7

    def refusal(**body: object) -> str:
        return ozon.refused("/v2/posting/fbs/cancel", {"posting_number": number, **body})[2]

    assert refusal(cancel_reason_id=665) == "HAS_INCORRECT_CANCEL_REASON"
    assert refusal(cancel_reason_id=402) == "HAS_INCORRECT_CANCEL_REASON"
    body = {"posting_number": number, "cancel_reason_id": 352, "cancel_reason_message": ""}
    assert ozon.call("/v2/posting/fbs/cancel", body) == {"result": True}
    assert ozon.get(number)["cancellation"]["affect_cancellation_rating"] is True
    assert refusal(cancel_reason_id=352) == "POSTING_ALREADY_CANCELLED"


def test_lost_parcels_are_cancelled_only_on_the_way(ozon: Ozon) -> None:
    (number,) = ozon.packed("non_integrated")
    body = {"posting_number": number, "cancel_reason_id": 667, "cancel_reason_message": "Утерян"}
    assert ozon.refused("/v2/posting/fbs/cancel", body)[2] == "HAS_INCORRECT_CANCEL_REASON"
    seller_call(ozon, "delivering", number)
    assert ozon.call("/v2/posting/fbs/cancel", body) == {"result": True}


def test_product_cancel_takes_units_and_then_the_whole(ozon: Ozon) -> None:
    (number,) = ozon.order("ozon")
    body = {
        "posting_number": number,
        "cancel_reason_id": 352,
        "cancel_reason_message": "Нет",
        "items": [{"sku": PRODUCT["sku"], "quantity": 1}],
    }
    assert ozon.call("/v2/posting/fbs/product/cancel", body) == {"result": number}
    assert ozon.get(number)["products"][0]["quantity"] == 1
    too_many = {**body, "items": [{"sku": PRODUCT["sku"], "quantity": 2}]}
    assert ozon.refused("/v2/posting/fbs/product/cancel", too_many)[2] == "HAS_INCORRECT_PRODUCT_QUANTITY"
    ozon.call("/v2/posting/fbs/product/cancel", body)
    assert ozon.get(number)["status"] == "cancelled"


def test_tracking_numbers_are_judged_one_by_one(ozon: Ozon) -> None:
    (own,) = ozon.packed("non_integrated")
    (fresh,) = ozon.order("non_integrated")
    (fbs,) = ozon.packed("ozon")
    pairs = [{"posting_number": n, "tracking_number": "T1"} for n in (own, fresh, fbs, "1-1-1")]
    lines = ozon.call("/v2/fbs/posting/tracking-number/set", {"tracking_numbers": pairs})["result"]
    assert [line["error"] for line in lines] == [
        "",
        "HAS_INCORRECT_STATUS",
        "HAS_INCORRECT_TPL_INTEGRATION_TYPE",
        "POSTING_NOT_FOUND",
    ]
    too_many = {"tracking_numbers": [pairs[0]] * 21}
    assert ozon.refused("/v2/fbs/posting/tracking-number/set", too_many)[0] == 400
    assert ozon.truth(own)["tracking_uploads"] == 1


def test_a_posting_may_be_put_anywhere_also_where_nobody_knows(ozon: Ozon) -> None:
    (number,) = ozon.packed("3pl_tracking")
    ozon.control(f"postings/{number}/move", {"status": "teleporting", "substatus": "posting_in_orbit"})
    assert ozon.stands(number) == ("teleporting", "posting_in_orbit")
    assert ozon.get(number)["previous_substatus"] == "posting_transferring_to_delivery"
