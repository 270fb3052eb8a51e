"""The table: which line a parcel has, what it costs, and what is refused with its number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hub import Rejected
from hub_ozon_partners.prices import PriceLine
from hub_ozon_partners.table import COLUMNS, LINES_MAX, read_table
from hypothesis import given
from hypothesis import strategies as st
from plugins.ozon_partners.tests.asking import ON, box

HEAD = "partner,delivery,base,per_gram,currency,valid_from"
GOOD = "Falcon,door,5,0.021,CNY,2026-11-01"
ROUTE = ("CN", "RU")


def line(**values: Any) -> PriceLine:
    plain: dict[str, Any] = {
        "line": 2,
        "partner": "Falcon",
        "delivery": "door",
        "base": Decimal("5"),
        "per_gram": Decimal("0.021"),
        "currency": "CNY",
        "valid_from": date(2026, 11, 1),
    }
    return PriceLine(**plain | values)


# --- the price --------------------------------------------------------------------------------------------

GRAMS = st.integers(1, 40_000)
MILLIMETRES = st.integers(1, 2_000)
MONEY = st.decimals(0, 999, places=4)
DIVISOR = st.none() | st.integers(1, 20_000)


@given(GRAMS, GRAMS, MILLIMETRES, MILLIMETRES, MILLIMETRES, MONEY, MONEY, DIVISOR)
def test_more_weight_never_costs_less(
    one: int,
    two: int,
    length: int,
    width: int,
    height: int,
    base: Decimal,
    gram: Decimal,
    divisor: int | None,
) -> None:
    priced = line(base=base, per_gram=gram, volumetric_divisor=divisor)
    light, heavy = (box(weight, length, width, height) for weight in sorted((one, two)))
    assert priced.price(light).amount <= priced.price(heavy).amount
    assert priced.price(light).amount >= base.quantize(Decimal("0.01")) - Decimal("0.01")


@given(GRAMS, MILLIMETRES, MILLIMETRES, MILLIMETRES, st.integers(1, 20_000))
def test_the_larger_weight_is_billed(weight: int, length: int, width: int, height: int, divisor: int) -> None:
    parcel = box(weight, length, width, height)
    kilograms = Decimal(length) / 10 * width / 10 * height / 10 / divisor
    billed = line(volumetric_divisor=divisor).billed_g(parcel)
    assert billed >= weight
    assert billed >= kilograms * 1000
    assert billed == weight or billed - 1 < kilograms * 1000
    assert line().billed_g(parcel) == weight


@pytest.mark.parametrize(
    ("weight", "price"),
    [(1, "5.02"), (100, "7.10"), (500, "15.50"), (10_000, "215.00")],
)
def test_base_and_grams(weight: int, price: str) -> None:
    assert str(line().price(box(weight))) == f"{price} CNY"


def test_a_volume_is_billed_in_cubic_centimetres_a_kilogram() -> None:
    """60 x 50 x 40 cm are 120,000 cm3: by 12,000 that is 10 kg."""
    big = line(volumetric_divisor=12_000)
    assert big.billed_g(box(3_000, 600, 500, 400)) == 10_000
    assert big.billed_g(box(3_000, 600, 500, 401)) == 10_025
    assert big.billed_g(box(11_000, 600, 500, 400)) == 11_000


# --- the limits -------------------------------------------------------------------------------------------


@given(st.integers(0, 30_000), st.integers(1, 5_000))
def test_weights_end_where_the_next_group_begins(edge: int, more: int) -> None:
    light, heavy = line(over_g=0, up_to_g=edge or 1), line(over_g=edge or 1, up_to_g=(edge or 1) + more)
    for weight in {max(edge, 1), edge + 1, edge + more}:
        assert light.takes(box(weight)) != heavy.takes(box(weight))
    assert not heavy.takes(box((edge or 1) + more + 1))


@given(st.decimals("0.01", 10_000, places=2), st.decimals("0.01", 10_000, places=2))
def test_values_end_where_the_next_group_begins(edge: Decimal, value: Decimal) -> None:
    cheap, dear = line(value_up_to=edge), line(value_over=edge)
    assert cheap.takes_value(edge)
    assert not dear.takes_value(edge)
    assert dear.takes_value(edge + Decimal("0.01"))
    assert cheap.takes_value(value) != dear.takes_value(value)


@pytest.mark.parametrize(
    ("sides", "fits"),
    [
        ((600, 200, 100), True),
        ((100, 200, 600), True),
        ((601, 200, 99), False),
        ((600, 200, 101), False),
        ((300, 300, 300), True),
    ],
)
def test_sides(sides: tuple[int, int, int], fits: bool) -> None:
    assert line(sides_up_to_mm=900, longest_up_to_mm=600).takes(box(100, *sides)) is fits


# --- dates ------------------------------------------------------------------------------------------------


def chosen(lines: str, on: date) -> list[int]:
    return [one.line for one in read_table(f"{HEAD},group\n{lines}".encode()).in_force(ROUTE, on)]


def test_the_newest_date_that_has_come_holds_for_a_group() -> None:
    lines = """\
Falcon,door,5,0.02,CNY,2026-01-01,Small
Falcon,door,6,0.02,CNY,2026-11-23,Small
Falcon,door,7,0.02,CNY,2026-11-24,Small
Falcon,door,9,0.02,CNY,2025-01-01,Big
Heron,door,8,0.02,CNY,2025-06-01,Small
"""
    assert chosen(lines, date(2026, 11, 22)) == [2, 5, 6]
    assert chosen(lines, date(2026, 11, 23)) == [3, 5, 6]
    assert chosen(lines, date(2026, 11, 24)) == [4, 5, 6]
    assert chosen(lines, date(2024, 1, 1)) == []


def test_a_group_may_have_several_weights() -> None:
    text = f"{HEAD},over_g,up_to_g\n{GOOD},0,500\n{GOOD},500,\n"
    assert len(read_table(text.encode()).in_force(ROUTE, ON)) == 2


# --- what is refused --------------------------------------------------------------------------------------


def refusal(text: str | bytes) -> str:
    with pytest.raises(Rejected) as raised:
        read_table(text if isinstance(text, bytes) else text.encode())
    return raised.value.message


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("partner", "", "line 2: partner: it is empty: the name of who delivers"),
        ("partner", "x" * 61, "line 2: partner: longer than 60 characters"),
        ("delivery", "pigeon", "line 2: delivery: 'pigeon' is none of door, point, locker"),
        ("base", "free", "line 2: base: 'free' is no number like 3.37, of at most 4 decimals"),
        ("base", "-3", "line 2: base: '-3' is no number like 3.37"),
        ("per_gram", "1e-2", "line 2: per_gram: '1e-2' is no number"),
        ("currency", "yuan", "line 2: currency: 'yuan' is no currency: write its three letters, RUB or CNY"),
        ("valid_from", "soon", "line 2: valid_from: 'soon' is no date: write 2026-11-23 or 23.11.2026"),
        ("valid_from", "2026-02-30", "line 2: valid_from: there is no day 2026-02-30"),
        ("over_g", "0.5", "line 2: over_g: '0.5' is no whole number of grams between 0 and 1000000"),
        ("up_to_g", "0", "line 2: up_to_g: 0 is not above over_g, 0"),
        ("value_up_to", "0", "line 2: value_up_to: 0 is not above value_over, 0"),
        ("longest_up_to_mm", "0", "line 2: longest_up_to_mm: '0' is no whole number of millimetres"),
        ("volumetric_divisor", "0", "line 2: volumetric_divisor: '0' is no whole number"),
        ("days_min", "366", "line 2: days_min: '366' is no whole number of days between 1 and 365"),
        ("to_country", "Russia", "line 2: to_country: 'Russia' is no country: write two letters"),
        ("value_currency", "$", "line 2: value_currency: '$' is no currency"),
        ("note", "x" * 201, "line 2: note: longer than 200 characters"),
    ],
)
def test_a_cell_that_cannot_be_meant(column: str, cell: str, reason: str) -> None:
    cells = dict(zip(HEAD.split(","), GOOD.split(","), strict=True)) | {column: cell}
    assert refusal(",".join(cells) + "\n" + ",".join(cells.values())).startswith(reason)


def test_the_whole_file_is_refused_and_the_first_lines_are_named() -> None:
    told = refusal(f"{HEAD}\n{GOOD}\n" + "Falcon,air,5,0.02,CNY,2026-11-01\n" * 8)
    assert told.count("line ") == 5
    assert told.startswith("line 3: delivery: 'air'")
    assert told.endswith("; and 3 more")


def test_days_that_run_backwards_and_a_price_of_nothing() -> None:
    assert "line 2: days_max: 3 is less than days_min, 5" in refusal(f"{HEAD},days_min,days_max\n{GOOD},5,3")
    assert "line 2: base and per_gram are both 0" in refusal(f"{HEAD}\nFalcon,door,0,0,CNY,2026-11-01")


@pytest.mark.parametrize(
    ("columns", "one", "two", "meet"),
    [
        ("over_g,up_to_g", "0,500", "500,1000", False),
        ("over_g,up_to_g", "0,501", "500,1000", True),
        ("over_g,up_to_g", "500,1000", ",", True),
        ("value_over,value_up_to", "0,1500", "1500,7000", False),
        ("value_over,value_up_to", "0,1500.01", "1500,", True),
        ("tier,group", "Fast,Small", "Slow,Small", False),
        ("tier,group", "Fast,Small", "fast,Big", True),
        ("to_country,note", "RU,", "KZ,", False),
    ],
)
def test_two_lines_that_apply_to_one_parcel(columns: str, one: str, two: str, meet: bool) -> None:
    text = f"{HEAD},{columns}\n{GOOD},{one}\n{GOOD},{two}\n"
    if meet:
        assert refusal(text).startswith("line 3: it and line 2 both apply to some parcels of falcon/")
    else:
        assert len(read_table(text.encode()).lines) == 2


def bands(edges: Sequence[int], key: str) -> str:
    lines = [f"{GOOD},{low},{high}" for low, high in pairwise(edges)]
    return f"{HEAD},{key}\n" + "\n".join(lines)


@given(st.lists(st.integers(0, 5_000), min_size=3, max_size=8, unique=True), st.data())
def test_every_weight_of_a_band_has_one_line(edges: list[int], data: st.DataObject) -> None:
    edges.sort()
    table = read_table(bands(edges, "over_g,up_to_g").encode())
    weight = data.draw(st.integers(1, 6_000))
    found = [one for one in table.in_force(ROUTE, ON) if one.takes(box(weight))]
    assert len(found) == (edges[0] < weight <= edges[-1])


@pytest.mark.parametrize("limits", ["over_g,up_to_g", "value_over,value_up_to"])
def test_ten_thousand_lines_are_read_and_more_are_refused(limits: str) -> None:
    text = bands(range(LINES_MAX + 1), limits)
    table = read_table(text.encode())
    assert len(table.lines) == LINES_MAX
    found = table.in_force(ROUTE, ON)
    (one,) = [one for one in found if one.takes(box(LINES_MAX)) and one.takes_value(Decimal(LINES_MAX))]
    assert one.line == LINES_MAX + 1
    assert "10000" in refusal(text + f"\n{GOOD},20000,20001")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_the_characters_of_a_chinese_spreadsheet(encoding: str) -> None:
    text = HEAD.replace(",", ";") + ";note\nFalcon;door;5;0,021;CNY;1.11.2026;不带电池\n"
    (one,) = read_table(text.encode(encoding)).lines
    assert (one.note, one.per_gram, one.valid_from) == ("不带电池", Decimal("0.021"), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        (HEAD, "there is no line below the names of the columns"),
        (f"{HEAD},batteries\n{GOOD},no", "there is no column 'batteries'"),
        (HEAD.replace(",valid_from", ""), "the column 'valid_from' is missing: the day from which"),
    ],
)
def test_a_file_that_is_no_table(text: str, reason: str) -> None:
    assert refusal(text).startswith(reason)


@given(st.binary(max_size=300))
def test_whatever_the_file_holds_it_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(Rejected, match=r"\w"):
        read_table(data)


CELLS = st.lists(st.text(max_size=8), min_size=len(COLUMNS), max_size=len(COLUMNS))


@given(st.lists(CELLS, min_size=1, max_size=3))
def test_whatever_the_cells_hold_they_are_refused_in_words(cells: list[list[str]]) -> None:
    """No random text is a price with its date."""
    text = "\n".join(["\t".join(one.name for one in COLUMNS), *("\t".join(row) for row in cells)])
    with pytest.raises(Rejected, match=r"\w"):
        read_table(text.encode("utf-8", "replace"))


def test_dates_do_not_depend_on_who_asked_before() -> None:
    table = read_table(f"{HEAD}\n{GOOD}\nFalcon,door,6,0.02,CNY,2026-12-01\n".encode())
    for day in (ON, ON + timedelta(days=30), ON):
        (one,) = table.in_force(ROUTE, day)
        assert one.base == (5 if day == ON else 6)
    assert table.newest(ON) == date(2026, 11, 1)
    assert table.newest(date(2020, 1, 1)) is None
