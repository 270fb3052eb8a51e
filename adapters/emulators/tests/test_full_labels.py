"""Labels in their full form: the same codes, and texts that people read, Russian and Chinese."""

import importlib.util
from collections.abc import Iterator
from typing import Any

import httpx
import pypdfium2
import pytest
import zxingcpp
from adapters.emulators.tests import cdek_world, russian_post_world
from adapters.emulators.tests.ozon_world import PRODUCT, Ozon
from vendor_emulators import documents
from vendor_emulators.app import serve
from vendor_emulators.courier import CourierEmulator

TEA = "安溪铁观音乌龙茶"


@pytest.fixture(autouse=True)
def full() -> Iterator[None]:
    documents.show_full(True)
    yield
    documents.show_full(False)


def read(pdf: bytes, page: int = 0) -> tuple[set[str], str]:
    """The codes of a page, and its text."""
    with pypdfium2.PdfDocument(pdf) as document:
        text = document[page].get_textpage().get_text_bounded()
        image = document[page].render(scale=203 / 72, grayscale=True).to_pil()
    return {code.text for code in zxingcpp.read_barcodes(image)}, " ".join(text.split())


def test_pages_are_plain_where_the_fonts_are_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    documents.show_full(True)
    assert not documents.full()
    page = documents.LabelPage(100, 150, [documents.Mark("SKV1")], ["Тверь"])
    assert read(documents.label_pdf([page]))[0] == {"SKV1"}


def test_ozon(ozon: Ozon) -> None:
    product = {**PRODUCT, "name": f"Чай улун {TEA} 250克"}
    number = ozon.packed(products=[product])[0]
    codes = ozon.get(number, barcodes=True)["barcodes"]
    files = ozon.label_files(number)
    found, text = read(files["big_label"])
    assert {codes["upper_barcode"], codes["lower_barcode"]} <= found
    assert len(found) == 3
    for piece in ("Отгрузить до", TEA, "Чай улун"):
        assert piece in text
    found, text = read(files["small_label"])
    assert len(found) == 1
    assert number in text


@pytest.mark.parametrize("size", ["A4", "A5", "A6", "A7"])
def test_cdek(size: str) -> None:
    with cdek_world.served() as cdek:
        recipient = {"name": "Ван Мин 王敏", "phones": [{"number": "+79990000001"}]}
        order = cdek.settled("A-1", recipient=recipient)["entity"]
        asked = {"orders": [{"order_uuid": order["uuid"]}], "format": size}
        form = cdek.call("POST", "/v2/print/barcodes", asked, status=202)["entity"]["uuid"]
        cdek.clock.advance(2)
        found, text = read(cdek.http.get(f"/v2/print/barcodes/{form}.pdf").content)
    assert found == {order["cdek_number"]}
    assert "王敏" in text
    assert "Новосибирск" in text


def test_a_waybill_of_cdek() -> None:
    with cdek_world.served() as cdek:
        order = cdek.settled("A-1")["entity"]
        asked = {"orders": [{"order_uuid": order["uuid"]}]}
        form = cdek.call("POST", "/v2/print/orders", asked, status=202)["entity"]["uuid"]
        cdek.clock.advance(2)
        found, text = read(cdek.http.get(f"/v2/print/orders/{form}.pdf").content)
    assert found == {order["cdek_number"]}
    assert "Ножницы" in text


@pytest.mark.parametrize("size", ["PAPER", "THERMO"])
@pytest.mark.parametrize("body", [russian_post_world.order_body, russian_post_world.export_body])
def test_the_post(size: str, body: Any) -> None:
    with russian_post_world.served() as post:
        made = post.checked_in(body("PH-1"))[0]
        params = {"print-type": size}
        found, text = read(post.http.get(f"/1.0/forms/{made['result-id']}/forms", params=params).content)
        listed, list_text = read(post.http.get(f"/1.0/forms/{made['batch']}/f103pdf").content)
    assert found == {made["barcode"]}
    assert "ПОЧТА РОССИИ" in text
    assert "Кому" in text
    assert listed == set()
    assert made["barcode"] in list_text


def test_the_courier() -> None:
    booking = {
        "reference": "PH-1",
        "service": "economy",
        "recipient": {
            "name": "Анна Соколова",
            "phone": "+79990000000",
            "country": "RU",
            "postal_code": "170100",
            "city": "Тверь",
            "street": "ул. Садовая, д. 1 " * 5,
        },
        "parcel": {"weight_g": 500, "length_mm": 200, "width_mm": 150, "height_mm": 100},
        "description": TEA,
    }
    with (
        serve(CourierEmulator()) as running,
        httpx.Client(base_url=running.url, headers={"X-Key": "demo-key"}, trust_env=False) as http,
    ):
        number = http.post("/shipments", json=booking).json()["number"]
        found, text = read(http.get(f"/shipments/{number}/label").content)
    assert found == {number}
    for piece in ("СКВОРЕЦ", "170100 Тверь", "Анна Соколова", TEA):
        assert piece in text
