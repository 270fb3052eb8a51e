"""Ozon's published tables of September 2025, as a seller would write them into the file: every price of every
partner comes out again, for the group that the goods' value and the weight decide."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from plugins.ozon_partners.tests.asking import box, request
from plugins.ozon_partners.tests.conftest import MakeCarrier

ENDS = {"pickup": "point", "door": "door"}


def groups(published: Path) -> dict[str, dict[str, str]]:
    with (published / "ozon-cn-size-groups.csv").open(encoding="utf-8", newline="") as file:
        return {row["group"]: row for row in csv.DictReader(file)}


def partners(published: Path) -> list[dict[str, Any]]:
    files = sorted((published / "ozon-cn-partner-carriers").glob("ozon_*.json"))
    return [json.loads(file.read_text("utf-8"), parse_float=Decimal, parse_int=Decimal) for file in files]


def written(published: Path) -> str:
    """The published tables as the seller's file."""
    limits, text = groups(published), io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for table in partners(published):
        for rate in table["rates"]:
            group = limits[rate["group"]]
            days = rate["eta_days"].split("-")
            row = {
                "partner": table["carrier"].upper(),
                "tier": rate["tier"],
                "delivery": ENDS[rate["delivery"]],
                "group": rate["group"],
                "value_over": int(group["price_rub_min"]) - 1,
                "value_up_to": group["price_rub_max"],
                "over_g": int(group["weight_g_min"]) - 1,
                "up_to_g": group["weight_g_max"],
                "sides_up_to_mm": int(group["sum_cm_max"]) * 10,
                "longest_up_to_mm": int(group["longest_cm_max"]) * 10,
                "volumetric_divisor": group["volumetric_divisor"],
                "base": rate["pricing"]["base_cny"],
                "per_gram": rate["pricing"]["per_gram_cny"],
                "currency": table["currency"],
                "days_min": days[0],
                "days_max": days[1],
                "valid_from": table["data_date"],
                "note": "" if rate.get("battery_allowed") else "no batteries",
            }
            if writer is None:
                writer = csv.DictWriter(text, list(row))
                writer.writeheader()
            writer.writerow(row)
    return text.getvalue()


GROUPS = (
    ("Extra Small", 1, 500, (600, 200, 100)),
    ("Budget", 1500, 501, (600, 500, 400)),
    ("Small", 1501, 2000, (600, 500, 400)),
    ("Big", 7000, 2001, (1000, 800, 700)),
    ("Premium Small", 7001, 5000, (1000, 800, 700)),
    ("Premium Big", 250000, 30000, (1500, 800, 800)),
)


async def test_every_published_price_comes_out(make: MakeCarrier, published: Path) -> None:
    for group, value, weight, sides in GROUPS:
        await _every_price_of(make, published, group, value, weight, sides)


async def _every_price_of(
    make: MakeCarrier, published: Path, group: str, value: int, weight: int, sides: tuple[int, int, int]
) -> None:
    limits = groups(published)[group]
    billed = Decimal(weight)
    if limits["volumetric_divisor"]:
        length, width, height = (Decimal(side) / 10 for side in sides)
        billed = max(billed, length * width * height / int(limits["volumetric_divisor"]) * 1000)
    expected = {
        f"{table['carrier']}/{rate['tier'].lower()}/{ENDS[rate['delivery']]}": (
            rate["pricing"]["base_cny"] + rate["pricing"]["per_gram_cny"] * billed
        )
        for table in partners(published)
        for rate in table["rates"]
        if rate["group"] == group
    }
    assert len(expected) > 20
    quotes = await make(written(published)).quote(request(box(weight, *sides), f"{value} RUB"))
    told = {one.service.code: one.price.amount for one in quotes}
    assert told.keys() == expected.keys()
    for service, price in told.items():
        # a gram begun counts whole: up to one gram's price more
        assert -Decimal("0.006") < price - expected[service] < Decimal("0.2"), service
    assert all(f"({group})" in one.service.name for one in quotes)
    assert all("prices of 2025-09-15, 434 days old" in one.note for one in quotes)


BEYOND: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    *((1000, 100, (601, 100, 100)), (1000, 100, (400, 300, 201))),
    *((250_001, 100, ()), (5000, 30_001, ())),
)


async def test_nobody_takes_what_is_beyond_the_limits(make: MakeCarrier, published: Path) -> None:
    carrier = make(written(published))
    for value, weight, sides in BEYOND:
        assert list(await carrier.quote(request(box(weight, *sides), f"{value} RUB"))) == []
