"""Emulated vendors in processes of their own, and a hub with one seller who is connected to them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

from hub.flow.app import App, init_home
from hub.flow.history.forms import NewAccount
from hub.flow.sellers.catalogue import import_products
from hub.flow.sellers.sellers import add_account
from hub.plugin_api.models import Product

_TOML = """
[plugins]
allow = ["ozon", "labels", "sample"]

[addresses]
ozon = ["http://127.0.0.1:*"]
sample = ["http://127.0.0.1:*"]

[sellers.shop]
title = "Shop"
time_zone = "Asia/Shanghai"
plugins = ["ozon", "labels", "sample"]
[sellers.shop.sender]
name = "Li Wei"
phone = "+8613800000000"
address = { country = "RU", city = "Москва", postal_code = "101000", street = "ул. Покровка, 1" }
"""
_BUYER = {
    "name": "Анна Петрова",
    "phone": "+79990000001",
    "city": "Москва",
    "region": "Москва",
    "zip_code": "101000",
    "address_tail": "ул. Мясницкая, 1",
    "country": "Россия",
}


class Vendor(msgspec.Struct):
    """What an emulator's ready line says."""

    url: str
    files_url: str = ""


@contextmanager
def vendor(name: str, *options: str) -> Iterator[Vendor]:
    """An emulator in a process of its own; it ends with the block."""
    fixed = ("--port", "0", "--watch-stdin", "--labels", "plain")
    command = [sys.executable, "-m", "vendor_emulators", name, *fixed, *options]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield msgspec.json.decode(process.stdout.readline(), type=Vendor)
    finally:
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


def make_home(home: Path) -> None:
    """A home whose plugins.toml declares the seller "shop"."""
    init_home(home)
    (home / "plugins.toml").write_text(_TOML, encoding="utf-8")


async def connect(app: App, ozon: Vendor, courier: Vendor) -> None:
    """The shop's accounts with both, and its only product."""
    keys = {"client_id": "100001", "api_key": "demo-api-key", "base_url": ozon.url}
    settings = {**keys, "file_hosts": [ozon.files_url]}
    await add_account(app, NewAccount(seller="shop", plugin="ozon", name="o", settings=settings), "benchmark")
    settings = {"base_url": courier.url, "key": "demo-key"}
    await add_account(
        app, NewAccount(seller="shop", plugin="sample", name="s", settings=settings), "benchmark"
    )
    cup = Product(offer_id="CUP-1", sku="1001", weight_g=300, length_mm=100, width_mm=100, height_mm=100)
    await import_products(app, "shop", [cup], "benchmark")


async def buyers_order(control: httpx.AsyncClient, ozon: Vendor, count: int) -> list[str]:
    """So many buyers order a cup each, which the seller's own carrier is to bring. Returns the numbers."""
    cup = {"sku": 1001, "offer_id": "CUP-1", "name": "Кружка", "quantity": 1}
    spec = {
        "integration_type_flow": "non_integrated",
        "scheme": "rfbs",
        "products": [{**cup, "price": {"amount": "500.00", "currency": "RUB"}}],
        "ship_in_hours": 48,
        "recipient": _BUYER,
    }
    answer = await control.post(f"{ozon.url}/_emulator/postings", json=[spec] * count)
    return msgspec.convert(answer.raise_for_status().json()["postings"], list[str])


async def calls(control: httpx.AsyncClient, *vendors: Vendor) -> int:
    """How many requests these vendors have seen."""
    answers = [await control.get(f"{one.url}/_emulator/log") for one in vendors]
    return sum(answer.json()["count"] for answer in answers)
