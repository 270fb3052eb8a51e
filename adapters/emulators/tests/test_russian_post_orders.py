"""Otpravka: orders, their errors, batches, returns."""

import json
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from adapters.emulators.tests.russian_post_world import DAY, Post, export_body, headers, order_body, served
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.russian_post import RussianPostEmulator


@pytest.fixture
def post() -> Iterator[Post]:
    with served() as world:
        yield world


def test_both_headers_must_fit_and_the_day_has_an_end(post: Post) -> None:
    for wrong in (headers(token="x"), headers(key="demo@example.com:x"), {}):
        reply = httpx.get(f"{post.url}/1.0/settings/limit", headers=wrong, trust_env=False)
        assert (reply.status_code, reply.json()["code"]) == (401, "ILLEGAL_CREDENTIALS")
    assert post.call("GET", "/1.0/settings/limit") == {"allowed-count": 1000, "current-count": 1}
    post.control("account", {"allowed": 2})
    post.call("GET", "/1.0/user-shipping-points")
    assert post.call("GET", "/1.0/settings", status=429)["status"] == "ERROR"
    assert post.call("GET", "/1.0/settings/limit") == {"allowed-count": 2, "current-count": 2}
    post.clock.advance(DAY)
    post.call("GET", "/1.0/settings")


def test_a_repeated_create_makes_a_second_order(post: Post) -> None:
    first, second = post.create(order_body("A-1"))[0], post.create(order_body("A-1"))[0]
    assert first["result-id"] != second["result-id"]
    assert first["barcode"] != second["barcode"]
    found = post.call("GET", "/1.0/backlog/search?query=A-1")
    assert [order["id"] for order in found] == [first["result-id"], second["result-id"]]
    assert post.call("GET", "/1.0/backlog/search?query=A-2") == []


def test_some_of_an_array_are_refused_with_http_200(post: Post) -> None:
    bad = order_body("B", mail_category="NONE", postoffice_code=None, recipient_name="1 2", mass=None)
    bad |= {"region-to": "", "place-to": ""}
    answer = post.call("PUT", "/2.0/user/backlog", [order_body("A"), bad, order_body("C")])
    assert [order["order-num"] for order in answer["orders"]] == ["A", "C"]
    assert answer["errors"][0]["position"] == 1
    errors = {error["code"]: error for error in answer["errors"][0]["error-codes"]}
    assert list(errors) == [
        "ILLEGAL_MAIL_CATEGORY",
        "EMPTY_POSTOFFICE_CODE",
        "ILLEGAL_RECIPIENT_NAME",
        "EMPTY_REGION_TO",
        "EMPTY_PLACE_TO",
        "EMPTY_MASS",
    ]
    assert errors["EMPTY_POSTOFFICE_CODE"]["details"] == "109012 142300 190000 630000"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"mass": 20_001}, "ILLEGAL_MASS_EXCESS"),
        ({"mass": 0}, "ILLEGAL_MASS"),
        ({"index_to": None}, "EMPTY_INDEX_TO"),
        ({"index_to": 410999}, "ILLEGAL_INDEX_TO"),
        ({"recipient_name": "Иванов", "given_name": None}, "ILLEGAL_INITIALS"),
        ({"postoffice_code": "101000"}, "ILLEGAL_POSTOFFICE_CODE"),
        ({"mail_category": "WITH_DECLARED_VALUE"}, "EMPTY_INSR_VALUE"),
        ({"mail_type": "VGPO_CLASS_1"}, "UNAVAILABLE_MAIL_TYPE"),
        ({"mail_type": "ECOM"}, "EMPTY_DELIVERY_POINT_INDEX"),
        ({"mail_type": "EMS", "tel_address": None}, "EMPTY_TELADDRESS"),
        ({"address_type_to": "PO_BOX"}, "EMPTY_NUM_ADDRESS_TYPE"),
    ],
)
def test_what_an_order_is_refused_for(post: Post, changes: dict[str, object], code: str) -> None:
    assert code in post.refusals(order_body("A", **changes))


def test_cash_on_delivery_needs_value_and_leave(post: Post) -> None:
    cod = {"mail_category": "WITH_DECLARED_VALUE_AND_CASH_ON_DELIVERY", "insr_value": 100, "payment": 200}
    assert post.refusals(order_body("A", **cod)) == ["NOT_INSURED_PAYMENT"]
    post.control("account", {"cod_allowed": False})
    assert "RESTRICTED_MAIL_CATEGORY" in post.refusals(order_body("A", **(cod | {"payment": 50})))


def test_a_blocked_country_and_a_name_that_is_not_latin(post: Post) -> None:
    assert post.refusals(export_body("A", mail_direct=36)) == ["TARIFF_ERROR"]
    assert post.refusals(export_body("A", recipient_name="Иванов Иван")) == ["ILLEGAL_RECIPIENT_NAME_INTL"]
    assert post.refusals(export_body("A", customs_declaration=None)) == ["EMPTY_CUSTOMS_ENTRIES"]
    made = post.create(export_body("A"))[0]
    assert made["barcode"].startswith("CA")
    assert made["barcode"].endswith("RU")


def test_the_check_digits(post: Post) -> None:
    barcode = post.create(order_body("A"))[0]["barcode"]
    digits = [int(digit) for digit in barcode]
    assert (3 * sum(digits[0:13:2]) + sum(digits[1:13:2]) + digits[13]) % 10 == 0
    export = post.create(export_body("B"))[0]["barcode"]
    weighed = sum(int(d) * w for d, w in zip(export[2:10], (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    assert int(export[10]) == {10: 0, 11: 5}.get(11 - weighed % 11, 11 - weighed % 11)


def test_change_and_delete(post: Post) -> None:
    made = post.create(order_body("A"))[0]
    path = f"/1.0/backlog/{made['result-id']}"
    assert post.call("PUT", path, order_body("A", mass=2000)) == []
    assert post.call("GET", path)["mass"] == 2000
    assert post.call("PUT", path, order_body("A", mass=0))["errors"][0]["position"] == 0
    gone = post.call("DELETE", "/1.0/backlog", [made["result-id"], 1])
    assert gone == {"errors": [{"error-code": "NOT_FOUND", "position": 1}], "result-ids": [made["result-id"]]}
    assert post.call("GET", path, status=404)["sub-code"] == "RESOURCE_NOT_FOUND"
    assert post.operations(made["barcode"])[-1] == (46, 0)


def test_one_call_makes_several_batches(post: Post) -> None:
    made = post.create(
        order_body("A"),
        order_body("B", mail_type="ONLINE_PARCEL"),
        order_body("C", mail_type="EMS"),
        order_body("D", postoffice_code="142300"),
        order_body("E", fragile=True),
    )
    ids = [order["result-id"] for order in made]
    answer = post.call("POST", "/1.0/user/shipment?sending-date=2026-11-24", [*ids, 5])
    assert answer["errors"] == [
        {"error-code": "NOT_FOUND", "position": 5, "error-description": "Отправление не найдено"}
    ]
    kinds = [(batch["mail-type"], batch["shipment-count"]) for batch in answer["batches"]]
    assert kinds == [("COMBINED", 2), ("EMS", 1), ("COMBINED", 1), ("COMBINED", 1)]
    assert answer["result-ids"] == ids
    late = post.call(
        "POST", "/1.0/user/shipment?sending-date=2026-11-22", [post.create(order_body("F"))[0]["result-id"]]
    )
    assert late["errors"][0]["error-code"] == "PAST_DUE_DATE"


def test_a_frozen_batch_is_not_edited(post: Post) -> None:
    made = post.checked_in(order_body("A"))[0]
    answer = post.call("POST", "/1.0/user/backlog", [made["result-id"]])
    assert answer == {"errors": [{"error-code": "READONLY_STATE", "position": 0}]}
    again = post.call("GET", f"/1.0/batch/{made['batch']}/checkin")
    assert again == {"error-code": "READONLY_STATE", "f103-sent": False}
    loose = post.create(order_body("B"))[0]["result-id"]
    assert post.call("POST", f"/1.0/batch/{made['batch']}/shipment", [loose])["errors"][0]["error-code"] == (
        "READONLY_STATE"
    )
    assert post.call("GET", "/1.0/batch/99", status=404)["code"] == "1001"


def test_in_and_out_of_a_batch(post: Post) -> None:
    first, second = post.create(order_body("A"), order_body("B"))
    name = post.call("POST", "/1.0/user/shipment", [first["result-id"]])["batches"][0]["batch-name"]
    assert post.call("POST", f"/1.0/batch/{name}/shipment", [second["result-id"]]) == {
        "result-ids": [second["result-id"]]
    }
    third = post.call("PUT", f"/1.0/batch/{name}/shipment", [order_body("C")])["result-ids"][0]
    inside = post.call("GET", f"/1.0/batch/{name}/shipment?size=2&page=1")
    assert [order["id"] for order in inside] == [third]
    post.call("POST", "/1.0/user/backlog", [first["result-id"]])
    assert post.call("GET", f"/1.0/backlog/{first['result-id']}")["order-num"] == "A"
    post.call("DELETE", "/1.0/shipment", [second["result-id"], third])
    assert post.call("GET", "/1.0/batch") == []


def test_a_checkin_from_an_empty_balance(post: Post) -> None:
    post.control("account", {"balance": 10})
    made = post.create(order_body("A"))[0]
    name = post.call("POST", "/1.0/user/shipment", [made["result-id"]])["batches"][0]["batch-name"]
    assert post.call("POST", f"/1.0/batch/{name}/checkin?useOnlineBalance=true", status=400)["code"] == "1024"
    assert post.call("GET", f"/1.0/batch/{name}")["batch-status"] == "CREATED"


def test_an_order_of_nonsense_is_an_internal_error(post: Post) -> None:
    for nonsense in ([[]], {}, [order_body("A", mass="heavy")], [order_body("A", goods=[])], None):
        answer = post.call("PUT", "/2.0/user/backlog", nonsense, status=500)
        assert answer == {"code": "1002", "sub-code": "INTERNAL_ERROR"}
    assert post.call("GET", "/_emulator/state")["orders"] == []


def test_faults_of_its_own(post: Post) -> None:
    post.fault("spring_404", path="/1.0/counterpart/balance")
    assert post.call("GET", "/1.0/counterpart/balance")["status"] == 404
    assert post.call("GET", "/1.0/counterpart/balance")["balance"] == 5_000_000
    post.fault("internal_error")
    assert post.call("GET", "/1.0/settings", status=500)["code"] == "1002"
    post.fault("barcode_error")
    assert post.refusals(order_body("A")) == ["BARCODE_ERROR"]
    assert post.call("GET", "/1.0/nowhere", status=404)["path"] == "/1.0/nowhere"


def test_an_order_that_is_found_late(post: Post) -> None:
    post.create(order_body("A"))
    post.fault("item_late", path="/1.0/backlog/search", seconds=30)
    assert post.call("GET", "/1.0/backlog/search?query=A") == []
    assert len(post.call("GET", "/1.0/backlog/search?query=A")) == 1


def test_errors_under_http_200(post: Post) -> None:
    for path, where in (("/1.0/settings", "code"), ("/v2/dictionary/country", "errors")):
        post.fault("error_in_200", path=path)
        assert where in post.call("GET", path)
    post.fault("error_in_200", path="/fc", message="3")
    assert b'<error ErrorTypeID="3"' in post.http.post("/fc", content="").content
    post.fault("error_in_200", path="/rtm34")
    assert b"S:Fault" in post.http.post("/rtm34", content="").content


def test_batches_that_are_brought_by_themselves() -> None:
    emulator = RussianPostEmulator(clock=ManualClock(), auto_dropoff_hours=2)
    with (
        serve(emulator) as running,
        httpx.Client(base_url=running.url, headers=headers(), trust_env=False) as http,
    ):
        assert isinstance(emulator.clock, ManualClock)
        post = Post(running.url, emulator.clock, http)
        made = post.checked_in(order_body("A"))[0]
        emulator.clock.advance(7199)
        assert post.operations(made["barcode"]) == [(28, 0)]
        emulator.clock.advance(1)
        assert post.operations(made["barcode"]) == [(28, 0), (1, 2)]


def test_it_starts_by_name_with_the_keys_that_are_given() -> None:
    command = [sys.executable, "-m", "vendor_emulators", "russian-post", "--token", "t", "--login", "l"]
    command += ["--password", "p", "--allowed", "7", "--watch-stdin"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert (ready["ready"], ready["name"]) == (True, "russian-post")
        limit = httpx.get(f"{ready['url']}/1.0/settings/limit", headers=headers("t", "l:p"), trust_env=False)
        assert limit.json() == {"allowed-count": 7, "current-count": 1}
        process.communicate(timeout=10)
    assert process.returncode == 0


def test_a_return_of_what_was_delivered(post: Post) -> None:
    made = post.sent(order_body("A"))
    asked = {"direct-barcode": made["barcode"], "mail-type": "POSTAL_PARCEL"}
    early = post.call("PUT", "/1.0/returns", asked)
    assert early["errors"][0]["code"] == "SHIPMENT_NOT_DELIVERED"
    post.clock.advance(12 * DAY)
    back = post.call("PUT", "/1.0/returns", asked)["return-barcode"]
    assert post.call("PUT", "/1.0/returns", asked)["errors"][0]["code"] == "ALREADY_EXISTS"
    reply = post.http.get(f"/1.0/forms/{back}/easy-return-pdf")
    assert reply.content.startswith(b"%PDF")
    unknown = {"direct-barcode": "00000000000000", "mail-type": "EMS"}
    assert post.call("PUT", "/1.0/returns", unknown)["errors"][0]["code"] == "DIRECT_SHIPMENT_NOT_FOUND"
    for _ in ("deleted", "gone"):
        reply = post.http.delete(f"/1.0/returns/delete-separate-return?barcode={back}")
    assert reply.json()["code"] == "RETURN_SHIPMENT_NOT_FOUND"
