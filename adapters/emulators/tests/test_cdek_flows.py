"""CDEK: the contract's life, with a clock that the test moves."""

from collections.abc import Iterator
from decimal import Decimal

import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from adapters.emulators.tests.cdek_world import DAY, KEYS, ROUTE, Cdek, order_body, served


@pytest.fixture
def cdek() -> Iterator[Cdek]:
    with served() as world:
        yield world


def test_a_token_comes_by_form_and_by_query_and_wrong_keys_are_told(cdek: Cdek) -> None:
    token = cdek.http.post("/v2/oauth/token", params=KEYS).json()
    assert (token["token_type"], token["expires_in"]) == ("bearer", 3599)
    wrong = cdek.http.post("/v2/oauth/token", data={**KEYS, "client_secret": "x"})
    assert wrong.status_code == 401
    assert wrong.json() == {"error": "invalid_client"}
    nobody = cdek.http.post("/v2/oauth/token", data={**KEYS, "client_id": "x"})
    assert nobody.json() == {"error": "unauthorized", "error_description": "No such account secure"}


def test_an_expired_and_a_foreign_token_are_told_apart(cdek: Cdek) -> None:
    assert cdek.control("tokens/expire") == {"expired": 1}
    assert cdek.code("GET", "/v2/webhooks", status=401) == "v2_token_expired"
    cdek.http.headers["authorization"] = "Bearer x"
    assert cdek.code("GET", "/v2/webhooks", status=401) == "v2_authorization_incorrect"
    cdek.log_in()
    cdek.call("GET", "/v2/webhooks")


def test_list_prices_lack_vat_and_services(cdek: Cdek) -> None:
    row = next(
        row
        for row in cdek.call("POST", "/v2/calculator/tarifflist", ROUTE)["tariff_codes"]
        if row["tariff_code"] == 136
    )
    insured = {"tariff_code": 136, "services": [{"code": "INSURANCE", "parameter": "10000"}]}
    one = cdek.call("POST", "/v2/calculator/tariff", {**ROUTE, **insured})
    assert "total_sum" not in row
    assert one["delivery_sum"] == row["delivery_sum"]
    before = Decimal(str(one["delivery_sum"])) + Decimal(75)
    assert Decimal(str(one["total_sum"])) == (before * Decimal("1.22")).quantize(Decimal("0.01"))
    assert one["weight_calc"] == 200  # 10x10x10 cm weigh more than their 100 g


def test_places_that_are_not_served(cdek: Cdek) -> None:
    far = {**ROUTE, "to_location": {"postal_code": "690000"}}
    assert (
        cdek.code("POST", "/v2/calculator/tariff", {**far, "tariff_code": 136}) == "err_result_service_empty"
    )
    abroad = {**ROUTE, "to_location": {"country_code": "PL", "city": "Москва"}}
    assert cdek.code("POST", "/v2/calculator/tarifflist", abroad) == "err_result_servicelist_empty"


def test_accepted_is_not_yet_an_order(cdek: Cdek) -> None:
    uuid = cdek.post("A-1")
    early = cdek.get(uuid)
    assert "cdek_number" not in early["entity"]
    assert early["requests"][0]["state"] == "ACCEPTED"
    cdek.clock.advance(61)
    late = cdek.get(uuid)
    assert late["requests"][0]["state"] == "SUCCESSFUL"
    number = late["entity"]["cdek_number"]
    assert len(number) == 10
    assert number.isdigit()
    assert [s["code"] for s in late["entity"]["statuses"]] == ["CREATED", "ACCEPTED"]
    for query in (f"cdek_number={number}", "im_number=A-1"):
        assert cdek.call("GET", f"/v2/orders?{query}")["entity"]["uuid"] == uuid


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (
            {"recipient": {"name": "N", "phones": [{"number": "12"}]}},
            "error_validate_receiver_phone_number_incorrect",
        ),
        (
            {"tariff_code": 137, "delivery_point": None, "to_location": {"city": "Китеж", "address": "1"}},
            "v2_recipient_location_not_recognized",
        ),
        ({"delivery_point": "XXX1"}, "v2_recipient_location_not_recognized"),
        (
            {
                "tariff_code": 137,
                "delivery_point": None,
                "to_location": {"postal_code": "690000", "address": "1"},
            },
            "err_result_service_empty",
        ),
        ({"packages": [{"number": "1", "weight": 30_001}]}, "ve_package_weight_too_large"),
    ],
)
def test_the_second_check_makes_it_invalid(cdek: Cdek, changes: dict[str, object], code: str) -> None:
    answer = cdek.settled("A-1", **changes)
    assert answer["requests"][0]["state"] == "INVALID"
    assert answer["requests"][0]["errors"][0]["code"] == code
    assert cdek.truth("A-1")["state"] == "INVALID"


def test_the_first_check_refuses_at_once(cdek: Cdek) -> None:
    both = order_body("A-1", from_location={"code": 44, "address": "1"})
    assert cdek.code("POST", "/v2/orders", both) == "v2_shipment_address_multivalued"
    assert cdek.code("POST", "/v2/orders", order_body("A-1", tariff_code=None)) == "v2_field_is_empty"
    assert cdek.call("GET", "/_emulator/state")["orders"] == []


def test_a_number_is_refused_late_and_only_among_active_orders(cdek: Cdek) -> None:
    first, second = cdek.post("A-1"), cdek.post("A-1")
    cdek.clock.advance(61)
    assert cdek.codes(first) == ["ACCEPTED", "CREATED"]
    code = cdek.get(second)["requests"][0]["errors"][0]["code"]
    assert code == "error_validate_im_dep_number_has_already_had_integration"
    assert cdek.call("GET", "/v2/orders?im_number=A-1")["entity"]["uuid"] == first
    assert cdek.call("GET", "/_emulator/state")["counts"]["duplicates_refused"] == 1
    cdek.call("DELETE", f"/v2/orders/{first}", status=202)
    cdek.clock.advance(5)
    again = cdek.settled("A-1")
    assert again["requests"][0]["state"] == "SUCCESSFUL"
    assert cdek.call("GET", "/v2/orders?im_number=A-1")["entity"]["uuid"] == again["entity"]["uuid"]


def test_unknown_orders(cdek: Cdek) -> None:
    assert cdek.code("GET", "/v2/orders/0") == "v2_entity_not_found"
    assert cdek.code("GET", "/v2/orders?im_number=Z") == "v2_entity_not_found_im_number"


def test_deleting_ends_with_acceptance_and_a_refusal_travels_back(cdek: Cdek) -> None:
    order = cdek.settled("A-1")["entity"]
    cdek.call("DELETE", f"/v2/orders/{order['uuid']}", status=202)
    again = cdek.code("DELETE", f"/v2/orders/{order['uuid']}")
    assert again == "v2_similar_request_still_processed"
    cdek.clock.advance(5)
    assert cdek.codes(order["uuid"])[-1] == "REMOVED"
    kept = cdek.settled("A-2")["entity"]
    assert cdek.control("dropoff", {"cdek_numbers": [kept["cdek_number"], "nobody"]}) == {
        "accepted": [kept["cdek_number"]],
        "refused": ["nobody"],
    }
    cdek.clock.advance(3600)
    cdek.call("DELETE", f"/v2/orders/{kept['uuid']}", status=202)
    cdek.clock.advance(5)
    deletion = cdek.get(kept["uuid"])["requests"][1]
    assert deletion["errors"][0]["code"] == "error_validate_order_delete_status"
    cdek.call("POST", f"/v2/orders/{kept['uuid']}/refusal", status=202)
    cdek.clock.advance(5)
    answer = cdek.get(kept["uuid"])
    assert answer["entity"]["statuses"][0]["reason_code"] == "11"
    back = cdek.get(answer["related_entities"][0]["uuid"])["entity"]
    assert back["is_return"] is True
    assert back["cdek_number"] != kept["cdek_number"]
    cdek.clock.advance(4 * DAY)
    assert cdek.codes(back["uuid"])[-1] == "DELIVERED"


def test_the_way_to_the_pick_up_point_and_to_the_door(cdek: Cdek) -> None:
    address = {"code": 270, "address": "ул. Ленина, 1"}
    office = cdek.settled("A-1")["entity"]
    door = cdek.settled("A-2", tariff_code=137, delivery_point=None, to_location=address)["entity"]
    cdek.control("dropoff", {"cdek_numbers": [office["cdek_number"], door["cdek_number"]]})
    cdek.clock.advance(4 * DAY)
    common = [
        "ACCEPTED",
        "CREATED",
        "RECEIVED_AT_SHIPMENT_WAREHOUSE",
        "READY_FOR_SHIPMENT_IN_SENDER_CITY",
        "TAKEN_BY_TRANSPORTER_FROM_SENDER_CITY",
        "SENT_TO_RECIPIENT_CITY",
        "ACCEPTED_IN_RECIPIENT_CITY",
    ]
    assert cdek.codes(office["uuid"]) == [*common, "ACCEPTED_AT_PICK_UP_POINT", "DELIVERED"]
    assert cdek.codes(door["uuid"])[-2:] == ["TAKEN_BY_COURIER", "DELIVERED"]
    cdek.control("undo-status", {"cdek_number": office["cdek_number"]})
    latest = cdek.get(office["uuid"])["entity"]["statuses"][0]
    assert (latest["code"], latest["deleted"]) == ("DELIVERED", True)
    assert cdek.truth("A-1")["live"] is True


def test_the_scales_change_the_sums(cdek: Cdek) -> None:
    order = cdek.settled("A-1")["entity"]
    cdek.control("reweigh", {"cdek_number": order["cdek_number"], "weight": 5000})
    assert cdek.get(order["uuid"])["entity"]["delivery_detail"] == order["delivery_detail"]
    cdek.control("dropoff", {"cdek_numbers": [order["cdek_number"]]})
    cdek.clock.advance(3600)
    after = cdek.get(order["uuid"])["entity"]
    assert after["packages"][0]["weight"] == 5000
    assert after["delivery_detail"]["total_sum"] > order["delivery_detail"]["total_sum"]


def test_a_label_shows_the_number(cdek: Cdek) -> None:
    orders = [cdek.settled(number)["entity"] for number in ("A-1", "A-2")]
    wanted = {"orders": [{"order_uuid": order["uuid"]} for order in orders], "format": "A6"}
    uuid = cdek.call("POST", "/v2/print/barcodes", wanted, status=202)["entity"]["uuid"]
    assert "url" not in cdek.call("GET", f"/v2/print/barcodes/{uuid}")["entity"]
    assert cdek.code("GET", f"/v2/print/barcodes/{uuid}.pdf") == "v2_entity_not_ready"
    cdek.clock.advance(2)
    url = cdek.call("GET", f"/v2/print/barcodes/{uuid}")["entity"]["url"]
    pages = pypdfium2.PdfDocument(cdek.http.get(url).content)
    shown = [zxingcpp.read_barcodes(page.render(scale=3).to_pil())[0].text for page in pages]
    assert shown == [order["cdek_number"] for order in orders]
    cdek.clock.advance(3601)
    assert cdek.code("GET", f"/v2/print/barcodes/{uuid}.pdf") == "v2_entity_not_found"


def test_a_label_of_an_order_that_is_not_there_yet(cdek: Cdek) -> None:
    uuid = cdek.post("A-1")
    cdek.fault("label_not_ready", path="/v2/print/*", seconds=600)
    wanted = {"orders": [{"order_uuid": uuid}]}
    late = cdek.call("POST", "/v2/print/barcodes", wanted, status=202)["entity"]["uuid"]
    cdek.clock.advance(100)
    assert cdek.call("GET", f"/v2/print/barcodes/{late}")["entity"]["statuses"][-1]["code"] == "PROCESSING"
    cdek.clock.advance(600)
    assert cdek.call("GET", f"/v2/print/barcodes/{late}")["entity"]["statuses"][-1]["code"] == "READY"


def test_faults_of_the_vendor(cdek: Cdek) -> None:
    cdek.fault("invalid_after_accepted", path="/v2/orders", message="delivery_location_is_not_recognized")
    code = cdek.settled("A-1")["requests"][0]["errors"][0]["code"]
    assert code == "delivery_location_is_not_recognized"
    cdek.fault("office_swapped", path="/v2/orders")
    swapped = cdek.settled("A-2")
    assert swapped["entity"]["delivery_point"] != "NSK23"
    assert swapped["requests"][0]["warnings"][0]["code"] == "v2_delivery_point_changed"
    cdek.fault("token_expired", path="/v2/webhooks")
    assert cdek.code("GET", "/v2/webhooks", status=401) == "v2_token_expired"


def test_offices_come_in_pages_with_headers(cdek: Cdek) -> None:
    reply = cdek.http.get("/v2/deliverypoints", params={"city_code": 44, "type": "PVZ", "size": 5, "page": 2})
    assert reply.headers["x-total-elements"] == "11"
    assert reply.headers["x-total-pages"] == "3"
    assert len(reply.json()) == 1
    (msk65,) = cdek.http.get("/v2/deliverypoints", params={"code": "MSK65"}).json()
    assert msk65["location"]["city_code"] == 44
    assert len(cdek.call("GET", "/v2/deliverypoints")) > 300
    assert cdek.code("GET", "/v2/location/cities?size=10001&page=0") == "v2_exceeded_size"


def test_two_webhook_slots(cdek: Cdek) -> None:
    hook = {"url": "http://127.0.0.1:9/x", "type": "ORDER_STATUS"}
    first = cdek.call("POST", "/v2/webhooks", hook)["entity"]["uuid"]
    cdek.call("POST", "/v2/webhooks", hook)
    assert cdek.code("POST", "/v2/webhooks", hook) == "v2_too_many_webhooks"
    cdek.call("DELETE", f"/v2/webhooks/{first}")
    assert cdek.code("DELETE", f"/v2/webhooks/{first}", status=404) == "v2_entity_not_found"
    assert len(cdek.call("GET", "/v2/webhooks")) == 1


def test_an_intake_once_an_order(cdek: Cdek) -> None:
    order = cdek.settled("A-1")["entity"]
    body = {
        "cdek_number": int(order["cdek_number"]),
        "intake_date": "2026-11-25",
        "intake_time_from": "10:00",
        "intake_time_to": "18:00",
    }
    first = cdek.call("POST", "/v2/intakes", body, status=202)["entity"]["uuid"]
    cdek.clock.advance(5)
    second = cdek.call("POST", "/v2/intakes", body, status=202)["entity"]["uuid"]
    cdek.clock.advance(5)
    assert (
        cdek.call("GET", f"/v2/intakes/{first}")["entity"]["statuses"][0]["code"] == "READY_FOR_APPOINTMENT"
    )
    refused = cdek.call("GET", f"/v2/intakes/{second}")["requests"][0]["errors"][0]["code"]
    assert refused == "v2_intake_exists_by_order"
    cdek.call("DELETE", f"/v2/intakes/{first}", status=202)
    cdek.clock.advance(1)
    assert cdek.code("DELETE", f"/v2/intakes/{first}") == "v2_entity_has_final_status"


def test_a_change_needs_package_ids_and_an_order_that_nobody_took(cdek: Cdek) -> None:
    order = cdek.settled("A-1")["entity"]
    package = {**order_body("A-1")["packages"][0], "weight": 4000}
    change = {"uuid": order["uuid"], "type": 1, "recipient": order_body("A-1")["recipient"]}
    assert cdek.code("PATCH", "/v2/orders", {**change, "packages": [package]}) == "v2_package_id_is_empty"
    package["package_id"] = order["packages"][0]["package_id"]
    cdek.call("PATCH", "/v2/orders", {**change, "packages": [package]}, status=202)
    cdek.clock.advance(5)
    changed = cdek.get(order["uuid"])
    assert changed["entity"]["packages"][0]["weight"] == 4000
    assert changed["requests"][1]["warnings"][0]["code"] == "v2_cost_change_by_parameters"
    cdek.control("dropoff", {"cdek_numbers": [order["cdek_number"]]})
    cdek.clock.advance(4 * DAY)
    assert cdek.code("PATCH", "/v2/orders", change) == "v2_update_forbidden"
    back = cdek.call("POST", f"/v2/orders/{order['uuid']}/clientReturn", {"tariff_code": 136}, status=202)
    assert cdek.get(back["entity"]["uuid"])["related_entities"][0]["type"] == "client_direct_order"


def test_the_same_seed_makes_the_same_world() -> None:
    numbers = []
    for seed in (7, 7, 8):
        with served(seed) as world:
            numbers.append(world.settled("A-1")["entity"]["cdek_number"])
    assert numbers[0] == numbers[1] != numbers[2]


def test_texts_longer_than_documented_are_refused_at_once(cdek: Cdek) -> None:
    def body(number: str, length: int) -> dict[str, object]:
        order = order_body(number)
        return {**order, "recipient": {**order["recipient"], "name": "я" * length}}

    assert cdek.code("POST", "/v2/orders", body("L-1", 256)) == "v2_invalid_value_type"
    assert cdek.call("POST", "/v2/orders", body("L-2", 255), status=202)["entity"]["uuid"]
