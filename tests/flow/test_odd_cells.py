"""One odd cell of a person's file costs its line only, which is told with its number; the others are read."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hub_ozon_partners.table import read_table
from hypothesis import given
from hypothesis import strategies as st

from hub.flow.choice.prices import price_csv
from hub.flow.choice.records import feedback_csv
from hub.flow.sellers import product_csv
from hub.plugin_api.errors import Rejected

TODAY = date(2026, 11, 29)
Read = Callable[[bytes], tuple[list[Any], list[Any]]]

FILES: dict[str, tuple[Read, list[list[str]]]] = {
    "products": (
        product_csv.read_table,
        [
            ["offer_id", "weight_g", "length_mm", "fragile", "barcodes", "origin_country", "name_ru"],
            *([f"A-{n}", "120", "100", "yes", "4600000000001", "CN", "Кружка"] for n in (1, 2, 3)),
        ],
    ),
    "prices": (
        price_csv.read_table,
        [
            ["service", "percent", "price", "currency", "over_g", "up_to_g", "valid_from", "valid_to"],
            *([f"S{n}", "", "249.50", "RUB", "0", "1000", "2026-11-01", "2026-12-31"] for n in (1, 2, 3)),
        ],
    ),
    "records": (
        lambda data: feedback_csv.read_table(data, today=TODAY),
        [
            ["kind", "date", "source", "posting", "carrier", "reason", "rating", "count"],
            *(["claim", "2026-11-01", "letters", f"{n}-1", "", "damaged", "", ""] for n in (1, 2, 3)),
        ],
    ),
}
PARTNERS = [
    ["partner", "delivery", "base", "per_gram", "currency", "valid_from"],
    *([f"P{n}", "door", "5", "0.021", "CNY", "2026-11-01"] for n in (1, 2, 3)),
]
ODD = st.text(max_size=20) | st.sampled_from(
    [
        "1e999999999",
        "NaN",
        "-1",
        "²",
        "9" * 5000,
        "\0",
        "\u202e",
        "31.02.2026",
        "#REF!",
        "1,5",
        '"',
        "=1+1",
        "\n",
    ]
)


def _file(rows: list[list[str]]) -> bytes:
    target = io.StringIO()
    csv.writer(target, quoting=csv.QUOTE_ALL).writerows(rows)
    return target.getvalue().encode()


def _changed(rows: list[list[str]], column: int, cell: str) -> bytes:
    return _file([*rows[:2], [*rows[2][:column], cell, *rows[2][column + 1 :]], rows[3]])


@pytest.mark.parametrize("name", FILES)
@given(st.data())
def test_an_odd_cell_costs_its_line_only(name: str, data: st.DataObject) -> None:
    read, rows = FILES[name]
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    whole, *_ = read(_file(rows))
    found, problems, *_ = read(_changed(rows, column, data.draw(ODD)))
    assert {one.line for one in problems} <= {3}
    others = [facts(whole[0]), facts(whole[2])]
    assert [facts(one) for one in found if _stands_in(one) != 3][:1] == others[:1]
    assert facts(found[-1]) == others[1]
    assert len(found) + len(problems) >= 3


def _read(data: bytes) -> tuple[int, str]:
    """How many lines a table of partners has, or what is said against it."""
    try:
        return len(read_table(data).lines), ""
    except Rejected as refused:
        return 0, refused.message


@given(st.data())
def test_an_odd_cell_of_a_table_without_holes_is_named(data: st.DataObject) -> None:
    """A table of partners is taken whole or not at all: a hole would show another partner as the cheapest."""
    column = data.draw(st.integers(0, len(PARTNERS[0]) - 1))
    count, refused = _read(_changed(PARTNERS, column, data.draw(ODD)))
    assert count == 3 or "line 3" in refused


def _stands_in(one: Any) -> int:
    return int(getattr(one, "line", 0))


def facts(one: Any) -> dict[str, Any]:
    """What a line says, without where it stands."""
    return {name: getattr(one, name) for name in one.__struct_fields__ if name != "line"}
