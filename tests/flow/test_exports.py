"""Excel files that go out: read by another program, and taken in again as they are."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import python_calamine

from hub.flow.choice.prices.contract_prices import import_prices, list_prices
from hub.flow.choice.prices.price_csv import read_table as read_prices
from hub.flow.choice.records.carrier_feedback import import_csv
from hub.flow.exports.tables import Asked, export
from hub.flow.exports.writing import Sheet, SheetColumn, workbook
from hub.flow.sellers import catalogue
from hub.plugin_api.clock import zone
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Product
from hub.plugin_api.tables import open_table
from tests.flow.small_app import small_app

if TYPE_CHECKING:
    from hub.flow.app import App

DANGEROUS = ["=1+1", "@SUM(A1)", "+7 900", "-1", "http://localhost/x", "007", "1001.0", " ", "_x0041_", "1E5"]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with small_app(tmp_path) as opened:
        yield opened


def cells(data: bytes, sheet: int = 0) -> list[list[Any]]:
    """What another program sees."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return book.get_sheet_by_index(sheet).to_python(skip_empty_area=False)


def test_texts_are_texts_numbers_numbers_and_days_days() -> None:
    moment = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    columns = [
        SheetColumn("t"),
        SheetColumn("n", "number"),
        SheetColumn("p", "percent"),
        SheetColumn("d", "day"),
    ]
    columns += [SheetColumn("m", "moment")]
    rows = [[text, 12, 12.5, date(2026, 11, 23), moment] for text in DANGEROUS]
    data = workbook([Sheet("a/b[c]", columns, rows)], zone("Asia/Shanghai"))
    seen = cells(data)
    assert [row[0] for row in seen[1:]] == DANGEROUS
    assert seen[1][1:4] == [12.0, 0.125, date(2026, 11, 23)]
    assert seen[1][4] == datetime(2026, 11, 24, 6, 30)  # noqa: DTZ001 - as a cell has it
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in page
    assert b"<hyperlink" not in page
    assert b'state="frozen"' in page


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_the_catalogue_comes_in_again_as_it_went_out(app: App, language: str) -> None:
    products = [
        Product(
            offer_id=text.strip() or "blank",
            sku="0012345",
            barcodes=("0460000000001", "4601234567890"),
            weight_g=120,
            fragile=number % 2 == 0,
            customs_code="0902100000",
            name_ru="Кружка «Утро»",
            name_zh="乌龙茶",
            place=text.strip(),
        )
        for number, text in enumerate(DANGEROUS)
        if "E5" not in text  # which no import takes
    ]
    result = asyncio.run(catalogue.import_products(app, "alpha", products, "test"))
    assert (result.added, result.problems) == (len(products), ())
    data = export("products", Asked(app, "alpha", language=language))
    again = catalogue.read_table(data)
    assert again.problems == []
    assert len(again.lines) == len(products)
    taken = asyncio.run(catalogue.import_products(app, "alpha", again.lines, "test"))
    assert (taken.added, taken.changed, taken.problems) == (0, 0, ())


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_prices_come_in_again_as_they_went_out(app: App, language: str) -> None:
    table = (
        "service,percent,price,currency,over_g,up_to_g,valid_from,valid_to\n"
        "01,12.5,,,,,2026-01-01,\n=x,0.5%,,,,,,\ndoor,,249.50,RUB,0,500,,2026-12-31\ndoor,,310,RUB,500,,,\n"
    )
    lines = read_prices(table.encode()).lines
    asyncio.run(import_prices(app, "alpha", "courier", lines, "test"))
    before = list_prices(app, "alpha", "courier")
    again = read_prices(export("prices", Asked(app, "alpha", carrier="courier", language=language)))
    assert again.problems == []
    done = asyncio.run(import_prices(app, "alpha", "courier", again.lines, "test"))
    assert (done.added, done.removed, done.unchanged) == (0, 0, 4)
    assert list_prices(app, "alpha", "courier") == before
    with pytest.raises(Rejected, match="no column"):  # nobody's prices are taken for another carrier's
        read_prices(export("prices", Asked(app, "alpha", language=language)))


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_what_buyers_say_comes_in_again_as_it_went_out(app: App, language: str) -> None:
    said = (
        "kind,date,source,carrier,reason,rating,count\n"
        "rating,2026-11-20,ozon,courier,,4.3,120\nclaim,2026-11-21,letters,courier,damaged,,3\n"
    )
    assert asyncio.run(import_csv(app, "alpha", said.encode(), "test")).added == 2
    data = export("records", Asked(app, "alpha", language=language))
    again = asyncio.run(import_csv(app, "alpha", data, "test"))
    assert (again.added, again.changed, again.unchanged, again.problems) == (0, 0, 2, ())


def test_lists_are_headed_in_the_seller_language_and_zone(app: App) -> None:
    heads = cells(export("postings", Asked(app, "beta")))[0]
    assert heads[0] == "货件"
    assert any(head.endswith("(Asia/Shanghai)") for head in heads)
    assert cells(export("problems", Asked(app, "beta", language="ru")))[0][1] == "отправление"


def test_a_sheet_of_ours_is_read_with_its_name() -> None:
    data = workbook([Sheet("Товары", [SheetColumn("a")], [["x"]])], UTC)
    assert open_table(data, ["a"], {}).sheet == "Товары"
