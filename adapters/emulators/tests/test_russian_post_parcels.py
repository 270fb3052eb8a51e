"""Parcels on their way, labels with barcodes that scanners read, cleaning, offices, quotes."""

import io
import json
import zipfile
from collections.abc import Iterator

import httpx
import pypdfium2
import pytest
import zxingcpp
from adapters.emulators.tests.russian_post_world import DAY, Post, export_body, order_body, served


@pytest.fixture
def post() -> Iterator[Post]:
    with served() as world:
        yield world


def test_from_the_counter_into_the_hands_of_the_addressee(post: Post) -> None:
    made = post.sent(order_body("A"))
    assert post.shipment(made["result-id"])["batch-status"] == "ACCEPTED"
    assert post.operations(made["barcode"]) == [(28, 0), (1, 2)]
    post.clock.advance(DAY / 2)
    assert post.shipment(made["result-id"])["batch-status"] == "SENT"
    post.clock.advance(12 * DAY)
    assert post.operations(made["barcode"])[-2:] == [(8, 2), (2, 1)]
    view = post.shipment(made["result-id"])
    words = [view[key] for key in ("human-operation-name", "last-oper-type", "last-oper-attr")]
    assert words == ["Получено адресатом", "GIVING", "GIVING_RECIPIENT"]


@pytest.mark.parametrize(
    ("body", "handing"),
    [
        (order_body("A", mail_type="EMS"), [(8, 15), (2, 8)]),
        (order_body("A", mail_type="ECOM", ecom_data={"delivery-point-index": "410951"}), [(8, 9), (2, 3)]),
        (export_body("A"), [(8, 2), (2, 1)]),
    ],
)
def test_how_it_is_handed_over(post: Post, body: dict[str, object], handing: list[tuple[int, int]]) -> None:
    made = post.sent(body, 30)
    assert post.operations(made["barcode"])[-2:] == handing


def test_an_export_passes_the_customs(post: Post) -> None:
    made = post.sent(export_body("A"), 30)
    assert post.operations(made["barcode"])[4:8] == [(11, 0), (14, 1), (10, 0), (9, 1)]


@pytest.mark.parametrize(("outcome", "reason"), [("refused", 4), ("expired", 1)])
def test_a_return_ends_with_the_sender(post: Post, outcome: str, reason: int) -> None:
    made = post.sent(order_body("A"), 60, outcome=outcome)
    operations = post.operations(made["barcode"])
    assert (3, reason) in operations
    assert operations[-1] == (2, 2)  # type 2 like a delivery: the attribute tells
    assert post.shipment(made["result-id"])["last-oper-attr"] == "GIVING_SENDER"


def test_an_operation_that_was_a_mistake(post: Post) -> None:
    made = post.sent(order_body("A"), 40, outcome="delivered_by_mistake")
    assert post.operations(made["barcode"])[-3:] == [(2, 1), (26, 2), (2, 1)]
    lost = post.sent(order_body("B"), 60, outcome="lost")
    assert post.operations(lost["barcode"])[-1] == (5, 1)


def test_what_people_do_by_hand(post: Post) -> None:
    made = post.sent(order_body("A"), 1)
    post.control("operation", {"parcel": made["barcode"], "type": 12, "attribute": 1, "index": "410012"})
    post.control("cancel-last", {"parcel": made["barcode"]})
    post.control("return", {"parcel": made["barcode"], "reason": 2})
    assert post.operations(made["barcode"])[-3:] == [(12, 1), (26, 2), (3, 2)]
    post.clock.advance(30 * DAY)
    assert post.operations(made["barcode"])[-5:] == [(3, 2), (8, 4), (8, 3), (8, 2), (2, 2)]
    loose = post.create(order_body("B"))[0]["barcode"]
    assert post.control("dropoff", {"parcels": [loose, "unknown"]})["refused"] == [loose, "unknown"]


@pytest.mark.parametrize(("size", "millimetres"), [("PAPER", (148, 210)), ("THERMO", (100, 150))])
def test_labels_carry_a_barcode_that_scanners_read(
    post: Post, size: str, millimetres: tuple[int, int]
) -> None:
    for body in (order_body("A"), export_body("B")):
        made = post.checked_in(body)[0]
        reply = post.http.get(f"/1.0/forms/{made['result-id']}/forms", params={"print-type": size})
        assert reply.headers["content-type"] == "application/pdf"
        document = pypdfium2.PdfDocument(reply.content)
        page = document[0]
        assert tuple(round(points / 72 * 25.4) for points in page.get_size()) == millimetres
        read = zxingcpp.read_barcodes(page.render(scale=203 / 72, grayscale=True).to_pil())
        document.close()
        assert [(one.text, one.format.name) for one in read] == [
            (made["barcode"], "Code128" if body["mail-direct"] != 643 else "ITF")
        ]


def test_a_label_of_another_parcel(post: Post) -> None:
    first, second = (post.checked_in(order_body(number))[0] for number in "AB")
    path = f"/1.0/forms/{first['result-id']}/forms"
    right = post.http.get(path).content
    post.fault("label_of_another", path="/1.0/forms/*/forms")
    wrong = post.http.get(path).content
    assert wrong == post.http.get(f"/1.0/forms/{second['result-id']}/forms").content
    assert right == post.http.get(path).content != wrong


def test_documents_of_a_batch_wait_for_its_checkin(post: Post) -> None:
    made = post.create(order_body("A"))[0]
    assert post.http.get(f"/1.0/forms/backlog/{made['result-id']}/forms").content.startswith(b"%PDF")
    name = post.call("POST", "/1.0/user/shipment", [made["result-id"]])["batches"][0]["batch-name"]
    for form in ("f103pdf", "zip-all"):
        reply = post.http.get(f"/1.0/forms/{name}/{form}")
        assert (reply.status_code, reply.content) == (400, b"")
        assert post.call("GET", f"/1.0/forms/nonexistent/{form}", status=500)["code"] == "1002"
    post.call("POST", f"/1.0/batch/{name}/checkin")
    reply = post.http.get(f"/1.0/forms/{name}/zip-all?print-type=PAPER&print-type-form=ONE_SIDED")
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        assert archive.namelist() == ["Export.csv", "Export.xls", "F103.pdf", f"{made['barcode']}.pdf"]
        assert made["barcode"] in archive.read("Export.csv").decode("cp1251")
    own_number = post.call("GET", "/1.0/forms/backlog/326673/forms", status=404)
    assert own_number["desc"] == "Instance BacklogTuple not found for params: 326673"


@pytest.mark.parametrize(
    ("original", "quality", "validation"),
    [
        ("Москва, Варшавское шоссе, 37", "GOOD", "VALIDATED"),
        ("410012, Саратов, ул. Московская, д. 109, кв 5", "GOOD", "VALIDATED"),
        ("410012, Саратов, ул. Московская, д. 109, кв", "UNDEF_05", "VALIDATED"),
        ("Саратов, ул. Московская", "UNDEF_04", "VALIDATED"),
        ("Саратов", "UNDEF_03", "NOT_VALIDATED_HAS_NO_KLADR_RECORD"),
        ("деревня Гадюкино", "UNDEF_01", "NOT_VALIDATED_HAS_NO_MAIN_POINTS"),
        ("Baker street, London", "UNDEF_07", "NOT_VALIDATED_FOREIGN"),
        ("Саратов, а/я 12", "POSTAL_BOX", "VALIDATED"),
        ("Саратов, до востребования", "ON_DEMAND", "VALIDATED"),
        ("685000, Саратов, ул. Московская, 1", "GOOD", "NOT_VALIDATED_HAS_ASSUMPTION"),
    ],
)
def test_addresses(post: Post, original: str, quality: str, validation: str) -> None:
    asked = [{"id": "a", "original-address": original}, {"id": "b", "original-address": ""}]
    answer = post.call("POST", "/1.0/clean/address", asked)
    assert [one["id"] for one in answer] == ["b", "a"]  # the order is not kept
    assert (answer[1]["quality-code"], answer[1]["validation-code"]) == (quality, validation)


def test_names_and_phones(post: Post) -> None:
    names = ("Иван Иванович Иванов", "Иванов Иван", "иванов", "Test 1")
    answer = post.call(
        "POST", "/1.0/clean/physical", [{"id": str(n), "original-fio": name} for n, name in enumerate(names)]
    )
    found = {one["id"]: one for one in answer}
    assert [found[str(n)]["quality-code"] for n in range(4)] == ["EDITED", "EDITED", "NOT_SURE", "NOT_SURE"]
    assert [found["0"][key] for key in ("surname", "name", "middle-name")] == ["Иванов", "Иван", "Иванович"]
    phones = ("8 900 000-00-01", "+7 701 0000000", "222-33-44", "x", "", "89000000001, 89000000002")
    asked = [{"id": str(n), "original-phone": phone, "place": "Москва"} for n, phone in enumerate(phones)]
    found = {one["id"]: one for one in post.call("POST", "/1.0/clean/phone", asked)}
    codes = [found[str(n)]["quality-code"] for n in range(6)]
    assert codes == ["GOOD", "FOREIGN", "GOOD_CITY", "GARBAGE", "EMPTY", "GOOD_EXTRA_PHONE"]


def test_offices_and_the_passport(post: Post) -> None:
    assert post.call("GET", "/postoffice/1.0/410000")["settlement"] == "Саратов"
    assert post.call("GET", "/postoffice/1.0/000000", status=404)["code"] == "1004"
    near = post.call("GET", "/postoffice/1.0/nearby?latitude=59.567&longitude=150.81&top=3")
    assert [one["settlement"] for one in near] == ["Магадан"] * 3
    assert near[0]["distance"] <= near[1]["distance"]
    by_address = post.call("GET", "/postoffice/1.0/by-address?address=Магадан, Ленина 1&top=3")
    assert by_address == {"is-matched": False, "postoffices": ["685000", "685001", "685002"]}
    reply = post.http.get("/1.0/unloading-passport/zip?type=APS")
    assert "APS23_" in reply.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        assert archive.namelist() == ["APS23_ноября_2026.txt"]
        elements = json.loads(archive.read(archive.namelist()[0]))["passportElements"]
    assert {element["type"] for element in elements} == {"АПС"}
    assert {element["ecom"] for element in elements} == {"1"}


def test_another_method_is_told_as_such(post: Post) -> None:
    told = post.call("DELETE", "/1.0/settings", status=405)
    assert (told["status"], told["error"]) == (405, "Method Not Allowed")


def test_a_quote(post: Post) -> None:
    asked = {"index-from": "109012", "index-to": "410012", "mail-type": "POSTAL_PARCEL", "mass": 1000}
    answer = post.call("POST", "/1.0/tariff", {**asked, "mail-category": "ORDINARY"})
    assert answer["total-vat"] == round(answer["total-rate"] * 0.22)
    priced = post.create(order_body("A"))[0]
    order = post.call("GET", f"/1.0/backlog/{priced['result-id']}")
    assert (order["total-rate-wo-vat"], order["total-vat"]) == (answer["total-rate"], answer["total-vat"])
    none = post.call("POST", "/1.0/tariff", {**asked, "mail-category": "ORDERED"})
    assert (none["total-rate"], none["total-vat"]) == (0, 0)
    foreign = post.call(
        "POST", "/1.0/tariff", {**asked, "mail-category": "ORDINARY", "index-from": "101000"}, status=404
    )
    assert foreign["code"] == "1001"
    nowhere = {**asked, "mail-category": "ORDINARY", "index-to": "999999"}
    assert post.call("POST", "/1.0/tariff", nowhere, status=400)["code"] == "CODE_1372"


def test_the_public_calculator_asks_for_no_key(post: Post) -> None:
    with httpx.Client(base_url=post.url, trust_env=False) as http:
        query = "object=4030&from=109012&to=410012&weight=1000&date=20261124"
        answer = http.get(f"/v2/calculate/tariff/delivery?json&{query}").json()
        contract = post.call(
            "POST",
            "/1.0/tariff",
            {"index-to": "410012", "mail-type": "POSTAL_PARCEL", "mail-category": "ORDINARY", "mass": 1000},
        )
        assert answer["pay"] > contract["total-rate"]  # the list price knows no contract
        assert (answer["paynds"], answer["ndsrate"]) == (answer["pay"] + answer["nds"], 22)
        assert answer["delivery"]["deadline"].endswith("T235900")
        for query, code in (
            ("object=27030&from=109012&to=410012&weight=1000", 1201),
            ("object=4030&to=410012&weight=1000", 1301),
            ("object=4030&from=109012&to=410999&weight=1000", 1372),
            ("object=4030&from=109012&to=410012&weight=20001", 1378),
            ("object=4030&from=109012&to=410012&weight=1&service=999", 1202),
            ("object=4031&from=109012&country-to=36&weight=100", 1375),
            ("object=1", 1205),
        ):
            reply = http.get(f"/v2/calculate/tariff?{query}")
            assert (reply.status_code, reply.json()["errors"][0]["code"]) == (400, code)
            assert http.get(f"/v2/calculate/tariff?{query}&errorcode=1").status_code == 200
        blocks = http.get("/v2/dictionary/country?json").json()["country"]
        assert {row["id"]: row["parcel"]["block"] for row in blocks}[36] == 1
        limits = http.get("/v2/dictionary/object/tariff/delivery?id=23030").json()["object"][0]["params"]
        assert next(one["max"] for one in limits if one["id"] == "weight") == 20_000
