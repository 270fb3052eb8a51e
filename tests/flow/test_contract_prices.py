"""Contract prices: files as sellers keep them, tables in which no two lines apply, prices to the kopeck."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.flow.choice.prices.contract_prices import (
    ContractLine,
    ContractPrice,
    PriceTables,
    conflicts,
    import_prices,
    list_prices,
    price_tables,
    priced,
    remove_prices,
)
from hub.flow.choice.prices.price_csv import read_table
from hub.plugin_api.errors import NotFound, Rejected
from hub.plugin_api.models import Money, Quote, Service
from tests.flow.small_app import small_app

if TYPE_CHECKING:
    from hub.flow.app import App

DAY = date(2026, 11, 23)
TABLE = """\
service;percent;price;currency;over_g;up_to_g;valid_from;valid_to
;10;;;;;2026-01-01;31.12.2026
door;;250,50;RUB;;500;;
door;;310;rub;500;2000;;
point;12,5%;;;;;;2026-11-23
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with small_app(tmp_path) as opened:
        yield opened


def quote(service: str, price: str = "400.00", currency: str = "RUB") -> Quote:
    return Quote(service=Service(code=service, name=service.title()), price=Money.of(price, currency))


def lines_of(text: str) -> list[ContractLine]:
    lines, problems, _ = read_table(text.encode())
    assert problems == []
    return lines


def price_of(
    text: str, service: str, weight_g: int, on: date = DAY, currency: str = "RUB"
) -> ContractPrice | None:
    prices = PriceTables({"courier": lines_of(text)})
    return priced(prices, "courier", quote(service, currency=currency), weight_g=weight_g, on=on)


@pytest.mark.parametrize(
    ("service", "weight_g", "on", "price", "line"),
    [
        ("door", 1, DAY, "250.50", 3),
        ("door", 500, DAY, "250.50", 3),
        ("door", 501, DAY, "310.00", 4),
        ("door", 2000, DAY, "310.00", 4),
        ("door", 2001, DAY, "360.00", 2),
        ("point", 700, DAY, "350.00", 5),
        ("point", 700, DAY + timedelta(days=1), "360.00", 2),
        ("locker", 700, date(2026, 1, 1), "360.00", 2),
        ("locker", 700, date(2026, 12, 31), "360.00", 2),
    ],
)
def test_the_line_that_applies(service: str, weight_g: int, on: date, price: str, line: int) -> None:
    found = price_of(TABLE, service, weight_g, on)
    assert found is not None
    assert (found.price, found.line) == (Money.of(price, "RUB"), line)
    assert found.list_price == Money.of("400.00", "RUB")


def test_where_no_line_applies_there_is_no_contract_price() -> None:
    assert price_of(TABLE, "locker", 700, date(2025, 12, 31)) is None
    assert price_of(TABLE, "locker", 700, date(2027, 1, 1)) is None
    prices = PriceTables({"other": lines_of(TABLE)})
    assert priced(prices, "courier", quote("door"), weight_g=300, on=DAY) is None


def test_a_price_in_another_currency_is_no_price() -> None:
    assert price_of(TABLE, "door", 300, currency="CNY") is None
    percent = price_of(TABLE, "point", 300, currency="CNY")
    assert percent is not None
    assert percent.price == Money.of("350.00", "CNY")


def test_a_discount_is_rounded_once_half_up() -> None:
    prices = PriceTables({"courier": lines_of("percent\n12.5\n")})
    found = priced(prices, "courier", quote("door", "100.20"), weight_g=300, on=DAY)
    assert found is not None
    assert (found.price, found.percent) == (Money.of("87.68", "RUB"), Decimal("12.5"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("door;;;;;;;", "either a percent or a price"),
        ("door;10;100;RUB;;;;", "either a percent or a price"),
        ("door;100;;;;;;", "percent: '100' is no discount"),
        ("door;0;;;;;;", "percent: no discount needs no line"),
        ("door;-5;;;;;;", "percent: '-5' is no discount"),
        ("door;;0,00;RUB;;;;", "price: it is 0"),
        ("door;;1,000.50;RUB;;;;", "price: '1,000.50' is no price"),
        ("door;;12.345;RUB;;;;", "price: '12.345' is no price"),
        ("door;;100;;;;;", "currency: a price needs one"),
        ("door;;100;руп;;;;", "currency: 'руп' is no currency"),
        ("door;10;;;0.5;;;", "over_g: '0.5' is no whole number of grams"),
        ("door;10;;;500;500;;", "up_to_g: 500 is not above over_g, 500"),
        ("door;10;;;;;2026-02-30;", "valid_from: there is no day 2026-02-30"),
        ("door;10;;;;;11/23/2026;", "valid_from: '11/23/2026' is no date"),
        ("door;10;;;;;2026-02-02;2026-02-01", "valid_to: 2026-02-01 is before valid_from"),
        ("door;10;;;;", "fewer cells (6) than there are columns (8)"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str, words: str) -> None:
    header = TABLE.splitlines()[0]
    _, problems, _ = read_table(f"{header}\npoint;5;;;;;;\n{line}\n".encode())
    assert [problem.line for problem in problems] == [3]
    assert words in problems[0].reason


def test_lines_that_both_apply_are_named() -> None:
    text = TABLE + "door;20;;;400;;2026-06-01;\nlocker;5;;;;;;\n;7;;;;;;2026-01-01\n"
    _, problems, _ = read_table(text.encode())
    assert [(problem.line, problem.reason) for problem in problems] == [
        (6, "it and line 3 both apply to service 'door', 401 g, on 2026-06-01"),
        (8, "it and line 2 both apply to every service, 1 g, on 2026-01-01"),
    ]


def test_a_header_that_is_not_known_refuses_the_file() -> None:
    with pytest.raises(Rejected, match="did you mean 'percent'"):
        read_table(b"service,precent\ndoor,10\n")


# --- the store --------------------------------------------------------------------------------------------


async def test_a_file_is_the_whole_table_and_comes_in_once(app: App) -> None:
    lines = lines_of(TABLE)
    done = await import_prices(app, "alpha", "courier", lines, "test")
    assert (done.lines, done.added, done.removed, done.unchanged) == (4, 4, 0, 0)
    done = await import_prices(app, "alpha", "courier", lines, "test")
    assert (done.lines, done.added, done.removed, done.unchanged) == (4, 0, 0, 4)
    moved = lines_of(TABLE.replace("12,5%", "15") + "locker;5;;;;;;\n")
    done = await import_prices(app, "alpha", "courier", moved, "test")
    assert (done.lines, done.added, done.removed, done.unchanged) == (5, 2, 1, 3)
    assert [(view.carrier, view.line) for view in list_prices(app, "alpha")] == [
        ("courier", line) for line in (2, 3, 4, 5, 6)
    ]
    assert list_prices(app, "beta") == []
    assert list_prices(app, "alpha", "another") == []
    stored = [
        ContractLine(**{name: getattr(view, name) for name in ContractLine.__struct_fields__})
        for view in list_prices(app, "alpha", "courier")
    ]
    assert stored == moved
    assert await remove_prices(app, "alpha", "courier", "test") == 5
    assert list_prices(app, "alpha") == []


async def test_only_the_lines_of_the_day_are_loaded(app: App) -> None:
    await import_prices(app, "alpha", "courier", lines_of(TABLE), "test")
    for on, price in ((DAY, "350.00"), (DAY + timedelta(days=1), "360.00"), (date(2027, 1, 1), None)):
        found = priced(price_tables(app, "alpha", on=on), "courier", quote("point"), weight_g=300, on=on)
        assert (None if found is None else str(found.price.amount)) == price
    assert priced(price_tables(app, "beta", on=DAY), "courier", quote("point"), weight_g=300, on=DAY) is None


async def test_what_cannot_be_stored(app: App) -> None:
    lines = lines_of(TABLE)
    with pytest.raises(NotFound, match="'ghost'"):
        await import_prices(app, "alpha", "ghost", lines, "test")
    with pytest.raises(NotFound, match="seller"):
        await import_prices(app, "nobody", "courier", lines, "test")
    with pytest.raises(Rejected, match="no line"):
        await import_prices(app, "alpha", "courier", [], "test")
    twice = [*lines, msgspec.structs.replace(lines[0], line=9)]
    with pytest.raises(Rejected, match="lines 2 and 9 both apply"):
        await import_prices(app, "alpha", "courier", twice, "test")
    assert list_prices(app, "alpha") == []


# --- any table --------------------------------------------------------------------------------------------

SERVICES = ("", "door", "point")
GRAMS = st.integers(0, 6)
DAYS = st.one_of(st.none(), st.integers(0, 6).map(lambda day: DAY + timedelta(days=day)))


@st.composite
def contract_lines(draw: st.DrawFn) -> list[ContractLine]:
    """A few lines close together, so that many of them meet."""
    made = []
    for line in range(2, 2 + draw(st.integers(0, 8))):
        over = draw(GRAMS)
        days = sorted(day for day in (draw(DAYS), draw(DAYS)) if day is not None)
        made.append(
            ContractLine(
                line=line,
                service=draw(st.sampled_from(SERVICES)),
                percent=Decimal(draw(st.integers(1, 99))),
                over_g=over,
                up_to_g=draw(st.one_of(st.none(), st.integers(over + 1, 8))),
                valid_from=days[0] if days else None,
                valid_to=days[1] if len(days) == 2 else None,
            )
        )
    return made


def parcels() -> list[tuple[str, int, date]]:
    return [
        (service, weight, DAY + timedelta(days=day))
        for service in SERVICES
        for weight in range(1, 10)
        for day in range(-1, 8)
    ]


@settings(deadline=None, max_examples=60)
@given(contract_lines())
def test_two_lines_meet_exactly_where_both_apply_to_a_parcel(lines: list[ContractLine]) -> None:
    both = {
        (first.line, second.line)
        for service, weight, day in parcels()
        for first in lines
        for second in lines
        if first.line < second.line
        and first.service == second.service == service
        and first.applies(weight, day)
        and second.applies(weight, day)
    }
    found = {(first.line, second.line) for first, second in conflicts(lines)}
    assert found <= both
    assert {second for _, second in found} == {second for _, second in both}


@settings(deadline=None, max_examples=60)
@given(contract_lines(), st.randoms(use_true_random=False))
def test_a_table_without_conflicts_gives_one_price_in_any_order(
    lines: list[ContractLine], random: Random
) -> None:
    bad = {second.line for _, second in conflicts(lines)}
    good = [line for line in lines if line.line not in bad]
    assert conflicts(good) == []
    shuffled = list(good)
    random.shuffle(shuffled)
    one, other = PriceTables({"courier": good}), PriceTables({"courier": shuffled})
    for service, weight, day in parcels():
        asked = quote(service or "locker")
        found = priced(one, "courier", asked, weight_g=weight, on=day)
        assert found == priced(other, "courier", asked, weight_g=weight, on=day)
        own = [line for line in good if line.service == service and line.applies(weight, day)]
        assert len(own) <= 1
        if own:
            assert found is not None
            assert found.line == own[0].line


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text: str) -> None:
    with suppress(Rejected):
        lines, problems, _ = read_table((TABLE + text).encode("utf-8", "ignore"))
        assert len(lines) >= 4 or problems
