"""How to choose a carrier, word for word: its files are written, its commands are run against the emulators
of four vendors, and its tables are what comes out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.reader import Inside, Reader, free_port, with_ports
from tests.house.repository import ROOT

PAGE = (ROOT / "docs/how-to/choose-a-carrier.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.DOTALL | re.MULTILINE)
VENDORS = {
    "8901": "ozon",
    "8902": "cdek",
    "8903": "courier --key sample-key",
    "8904": "russian-post",
}
SECRETS = {
    "OZON_KEY": "demo-api-key",
    "CDEK_SECRET": "demo-secret",
    "POST_TOKEN": "demo-token",
    "POST_PASSWORD": "demo-password",
    "SAMPLE_KEY": "sample-key",
}
ORDERS = [
    {
        "posting_number": number,
        "integration_type_flow": "non_integrated",
        "products": [
            {
                "sku": sku,
                "offer_id": offer,
                "name": "Чай улун",
                "quantity": 1,
                "price": {"amount": price, "currency": "RUB"},
            }
        ],
    }
    for number, sku, offer, price in (
        ("0100-0001-1", 1001, "TEA-1", "900"),
        ("0100-0002-1", 1002, "GLASS-1", "24000"),
    )
]
PRODUCTS = """\
offer_id,sku,weight_g,length_mm,width_mm,height_mm,fragile
TEA-1,1001,400,200,150,100,
GLASS-1,1002,1200,300,200,200,true
"""


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """At noon of Monday, 23 November 2026, in Shanghai, with four vendors and two orders."""
    somebody = Inside(tmp_path)
    somebody.live_at("2026-11-23T04:00:00Z", 1.0)
    somebody.environment |= SECRETS
    yield somebody
    somebody.leave()


def words(table: str) -> list[str]:
    """A table without its lines and the spaces that fill it."""
    return table.replace("─", " ").split()


def test_what_the_page_shows_is_what_comes_out(reader: Reader) -> None:
    ports = {port: str(free_port()) for port in VENDORS}
    for port, vendor in VENDORS.items():
        reader.open_window(f"python -m vendor_emulators {vendor} --port {ports[port]}")
    (reader.folder / "order.json").write_text(json.dumps(ORDERS), encoding="utf-8")
    (reader.folder / "products.csv").write_text(PRODUCTS, encoding="utf-8")
    body = "-H 'Content-Type: application/json' -d @order.json"
    reader.type(f"curl -sf {body} http://127.0.0.1:{ports['8901']}/_emulator/postings")
    told, wrong = "", []
    for language, name, text in BLOCK.findall(PAGE):
        if language == "toml":
            whole = (
                text if name == "plugins.toml" else (reader.folder / "plugins.toml").read_text("utf-8") + text
            )
            (reader.folder / "plugins.toml").write_text(with_ports(whole, ports), encoding="utf-8")
        elif language == "text":
            if words(told) != words(text):
                wrong.append(told)
        else:
            for line in text.splitlines():
                told = reader.type(line)
    assert not wrong, "\n".join(wrong)
    assert PAGE.count("```text") == 2
