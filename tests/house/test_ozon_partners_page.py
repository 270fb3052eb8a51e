"""How to compare Ozon's partners, word for word: its files are written, its commands are run against an
emulated Ozon, and its table is what comes out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_ozon_partners.table import COLUMNS

from tests.house.reader import Inside, Reader, free_port
from tests.house.repository import ROOT
from tests.house.test_choose_a_carrier_page import words

PAGE = (ROOT / "docs/how-to/compare-ozon-partners.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.DOTALL | re.MULTILINE)
ORDERS = [
    {
        "posting_number": "0100-0001-1",
        "integration_type_flow": "aggregator",
        "provider": "Falcon",
        "products": [
            {
                "sku": 1001,
                "offer_id": "TEA-1",
                "name": "Чай улун",
                "quantity": 1,
                "price": {"amount": "900", "currency": "RUB"},
            }
        ],
    }
]
PRODUCTS = "offer_id,sku,weight_g,length_mm,width_mm,height_mm\nTEA-1,1001,400,200,150,100\n"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """At noon of Monday, 23 November 2026, in Shanghai, with an order."""
    somebody = Inside(tmp_path)
    somebody.live_at("2026-11-23T04:00:00Z", 1.0)
    somebody.environment["OZON_KEY"] = "demo-api-key"
    yield somebody
    somebody.leave()


def test_what_the_page_shows_is_what_comes_out(reader: Reader) -> None:
    port = str(free_port())
    reader.open_window(f"python -m vendor_emulators ozon --port {port}")
    (reader.folder / "order.json").write_text(json.dumps(ORDERS), encoding="utf-8")
    (reader.folder / "products.csv").write_text(PRODUCTS, encoding="utf-8")
    body = "-H 'Content-Type: application/json' -d @order.json"
    reader.type(f"curl -sf {body} http://127.0.0.1:{port}/_emulator/postings")
    told = ""
    for language, name, text in BLOCK.findall(PAGE):
        if language in ("toml", "csv"):
            file = reader.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.replace("8901", port), encoding="utf-8")
        elif language == "sh":
            for line in text.splitlines():
                told = reader.type(line)
        else:
            assert words(told) == words(text), told
    assert "good" in reader.type("hub account check partners")


def test_the_page_names_every_column() -> None:
    assert [one.name for one in COLUMNS if f"`{one.name}`" not in PAGE] == []
