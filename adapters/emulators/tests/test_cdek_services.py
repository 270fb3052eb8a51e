"""What clients found missing: services that are priced or refused, forms beside an order, tokens that say
when they end, refusals in their recorded forms."""

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from adapters.emulators.tests.cdek_world import KEYS, ROUTE, Cdek, order_body, served

SMS = {"code": "SMS", "parameter": "+79990000001"}
BOX = {"code": "CARTON_BOX_XS", "parameter": "2"}


@pytest.fixture
def cdek() -> Iterator[Cdek]:
    with served() as world:
        yield world


def sums(services: list[dict[str, Any]]) -> dict[str, float]:
    return {service["code"]: service["sum"] for service in services}


def test_a_token_is_a_jwt_that_says_when_it_ends(cdek: Cdek) -> None:
    given = cdek.http.post("/v2/oauth/token", data=KEYS).json()
    head, claims, signature = (
        base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in given["access_token"].split(".")
    )
    assert json.loads(head)["typ"] == "JWT"
    told = json.loads(claims)
    assert abs(told["exp"] - time.time() - given["expires_in"]) < 60
    assert (told["jti"], told["client_id"]) == (given["jti"], "demo-account")
    assert len(signature) == 32


def test_services_are_in_the_price_of_every_calculator_and_of_the_order(cdek: Cdek) -> None:
    asked = {**ROUTE, "tariff_code": 136, "services": [SMS, BOX]}
    plain = cdek.call("POST", "/v2/calculator/tariff", {**ROUTE, "tariff_code": 136})
    quoted = cdek.call("POST", "/v2/calculator/tariff", asked)
    assert sums(quoted["services"]) == {"INSURANCE": 0.0, "SMS": 10.0, "CARTON_BOX_XS": 50.0}
    assert quoted["total_sum"] - plain["total_sum"] == pytest.approx(60 * 1.22)
    listed = cdek.call("POST", "/v2/calculator/tariffAndService", {**ROUTE, "services": [SMS, BOX]})
    same = next(one["result"] for one in listed["tariff_codes"] if one["tariff_code"] == "136")
    assert same["total_sum"] == quoted["total_sum"]
    ordered = cdek.settled("A-1", services=[SMS, BOX])["entity"]
    assert sums(ordered["services"]) == {"INSURANCE": 0.75, "SMS": 10.0, "CARTON_BOX_XS": 50.0}
    assert [one.get("parameter") for one in ordered["services"]] == ["100.00", "+79990000001", "2"]


@pytest.mark.parametrize("method", ["tariff", "tarifflist", "tariffAndService"])
def test_a_calculator_refuses_a_service_that_is_not_offered(cdek: Cdek, method: str) -> None:
    asked = {**ROUTE, "tariff_code": 136, "services": [{"code": "GOLDEN_BOX"}]}
    assert cdek.code("POST", f"/v2/calculator/{method}", asked) == "v2_unable_add_service"


@pytest.mark.parametrize(
    ("services", "code"),
    [
        ([{"code": "GOLDEN_BOX"}], "v2_unable_add_service"),
        ([{"parameter": "1"}], "v2_unable_add_service"),
        (
            [{"code": "CARTON_BOX_XS", "parameter": "many"}],
            "error_validate_additional_service_param_unsupported_param",
        ),
        (
            [{"code": "CARTON_BOX_XS", "parameter": "0"}],
            "error_validate_additional_service_param_unsupported_param",
        ),
        ([{"code": "SMS"}], "error_validate_additional_service_param_unsupported_param"),
        ([{"code": "PART_DELIV"}], "error_validate_additional_service_param_cant_part_deliv_one_good"),
        (
            [{"code": "TRYING_ON"}, {"code": "BAN_ATTACHMENT_INSPECTION"}],
            "err_addservice_ban_attachment_inspection_incompatible_trying_on",
        ),
    ],
)
def test_an_order_with_a_service_that_cannot_be_is_invalid(
    cdek: Cdek, services: list[dict[str, Any]], code: str
) -> None:
    answer = cdek.settled("A-1", services=services)
    assert answer["entity"]["statuses"][0]["code"] == "INVALID"
    assert [error["code"] for error in answer["requests"][0]["errors"]] == [code]
    uuid = cdek.settled("A-2")["entity"]["uuid"]
    change = {"uuid": uuid, "recipient": order_body("A-2")["recipient"], "services": services}
    cdek.call("PATCH", "/v2/orders", change, status=202)
    cdek.clock.advance(5)
    assert cdek.get(uuid)["requests"][-1]["errors"][0]["code"] == code


@pytest.mark.parametrize(("asked", "kind"), [("BARCODE", "barcode"), ("waybill", "waybill")])
def test_a_form_is_made_beside_its_order(cdek: Cdek, asked: str, kind: str) -> None:
    uuid = cdek.post("A-1", print=asked)
    cdek.fault("slow_order", seconds=30, path="/v2/orders")
    slow = cdek.post("A-2", print=asked)
    cdek.clock.advance(90)
    for order in (uuid, slow):
        (link,) = cdek.get(order)["related_entities"]
        assert link["type"] == kind
        assert cdek.http.get(link["url"]).content.startswith(b"%PDF")
    assert cdek.code("POST", "/v2/orders", order_body("A-3", print="POSTER")) == "v2_invalid_value_type"


def test_an_order_that_is_refused_has_no_form(cdek: Cdek) -> None:
    answer = cdek.settled("A-1", print="BARCODE", services=[{"code": "GOLDEN_BOX"}])
    assert not answer["related_entities"]


def test_a_webhook_that_nobody_has_is_deleted_in_the_recorded_form(cdek: Cdek) -> None:
    answer = cdek.call("DELETE", "/v2/webhooks/no-such", status=404)
    (request,) = answer["requests"]
    assert (request["type"], request["state"]) == ("DELETE", "INVALID")
    assert request["errors"][0]["code"] == "v2_entity_not_found"


def test_a_pick_up_of_an_order_shows_where_it_is_taken_from(cdek: Cdek) -> None:
    number = cdek.settled("A-1", shipment_point=None, from_location={"code": 44, "address": "ул. Лесная, 7"})[
        "entity"
    ]["cdek_number"]
    asked = {
        "cdek_number": number,
        "intake_date": "2026-11-24",
        "intake_time_from": "10:00",
        "intake_time_to": "14:00",
    }
    uuid = cdek.call("POST", "/v2/intakes", asked, status=202)["entity"]["uuid"]
    place = cdek.call("GET", f"/v2/intakes/{uuid}")["entity"]["from_location"]
    assert (place["code"], place["city"], place["address"]) == (44, "Москва", "ул. Лесная, 7")


def test_the_form_of_ownership_is_text(cdek: Cdek) -> None:
    sender = {"name": "Ли Мэй", "phones": [{"number": "+74950000000"}], "ownership_form": 9}
    assert cdek.settled("A-1", sender=sender)["entity"]["sender"]["ownership_form"] == "9"
