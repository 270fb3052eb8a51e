"""What is wrong with a line of a person's file is said of the column as it stands in that file, and the words
of its cells may be those that the hub writes itself, in any of its languages."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from hub_ozon_partners.table import read_table as read_partners

from hub.cli.texts import code_text
from hub.flow.choice.prices import price_csv
from hub.flow.choice.records import feedback_csv
from hub.flow.sellers import product_csv
from hub.plugin_api.errors import Rejected
from hub.words import LANGUAGES, render

TODAY = date(2026, 11, 29)
Read = Callable[[bytes], Any]


def feedback(data: bytes) -> Any:
    return feedback_csv.read_table(data, today=TODAY)


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    return "\n".join(";".join(row) for row in rows).encode()


def as_sheet(rows: Sequence[Sequence[str]]) -> bytes:
    """With a title above and an empty column before, as people have them."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("Лист")
    sheet.write_string(0, 1, "Моя таблица")
    for number, row in enumerate(rows, 2):
        for column, cell in enumerate(row, 1):
            sheet.write_string(number, column, cell)
    book.close()
    return target.getvalue()


FACTS = ["类型", "日期", "来源"]
WRONG: list[tuple[Read, list[list[str]], str, str]] = [
    (product_csv.read_table, [["Артикул", "Вес, г"], ["A", "много"]], "Вес, г", "C"),
    (product_csv.read_table, [["货号", "重量（克）"], ["A", "很多"]], "重量（克）", "C"),
    (product_csv.read_table, [["Артикул", "Страна"], ["A", "Китай"]], "Страна", "C"),
    (product_csv.read_table, [["Артикул", "Вес брутто, г"], ["A", "0"]], "Вес брутто, г", "C"),
    (product_csv.read_table, [["Артикул", "Код ТН ВЭД"], ["A", "12345"]], "Код ТН ВЭД", "C"),
    (product_csv.read_table, [["Артикул", "Бренд"], ["", "X"]], "Артикул", "B"),
    (product_csv.read_table, [["Артикул", "Бренд"], ["A", "X"], ["A", "Y"]], "Артикул", "B"),
    (price_csv.read_table, [["Тариф", "Цена"], ["S", "249"]], "currency", ""),
    (price_csv.read_table, [["Тариф", "Скидка, %"], ["S", "ноль"]], "Скидка, %", "C"),
    (
        price_csv.read_table,
        [["Тариф", "Скидка, %", "Больше, г", "До, г"], ["S", "5", "900", "100"]],
        "До, г",
        "E",
    ),
    (feedback, [[*FACTS, "货件"], ["夸奖", "2026-11-01", "ozon", "1"]], "类型", "B"),
    (feedback, [[*FACTS, "货件", "原因"], ["索赔", "2026-12-01", "ozon", "1", "破损"]], "日期", "C"),
    (feedback, [[*FACTS, "货件"], ["评分", "01.11.2026", "ozon", "1"]], "rating", ""),
]  # fmt: skip


@pytest.mark.parametrize(("read", "rows", "heading", "letter"), WRONG)
def test_a_wrong_cell_is_named_by_its_own_heading(
    read: Read, rows: list[list[str]], heading: str, letter: str
) -> None:
    plain = read(as_csv(rows)).problems
    assert len(plain) == 1
    assert plain[0].line == len(rows)
    assert plain[0].reason.startswith(f"{heading}: "), plain[0].reason
    in_sheet = read(as_sheet(rows)).problems[0]
    assert in_sheet.line == len(rows) + 2, "the row as Excel numbers it"
    if letter:
        assert in_sheet.reason.startswith(f"{heading} ({letter}): "), in_sheet.reason


def test_both_columns_of_a_contradiction_are_named_as_they_stand() -> None:
    rows = [["Артикул", "Вес, г", "Вес брутто, г"], ["A", "500", "400"]]
    (problem,) = product_csv.read_table(as_csv(rows)).problems
    assert problem.reason == "Вес брутто, г: it is less than Вес, г"


def test_a_partners_table_names_the_column_too() -> None:
    header = ["合作物流商", "配送方式", "基础费", "每克费用", "币种", "生效日期"]
    for cells, told in (
        (["P", "鸽子", "5", "0.02", "CNY", "2026-11-01"], "配送方式: '鸽子'"),
        (["P", "上门", "0", "0", "CNY", "2026-11-01"], "基础费 and 每克费用 are both 0"),
        (["P", "", "5", "0.02", "CNY", "2026-11-01"], "配送方式: it is empty"),
    ):
        with pytest.raises(Rejected) as caught:
            read_partners(as_csv([header, cells]))
        assert told in caught.value.message
    good = read_partners(as_csv([header, ["P", "自提柜", "5", "0.02", "CNY", "2026-11-01"]]))
    assert good.lines[0].delivery == "locker"


def test_a_missing_column_is_named_in_the_language_of_the_others() -> None:
    for header, told in ((["Вес, г"], "'Артикул'"), (["重量（克）"], "'货号'"), (["weight_g"], "'offer_id'")):
        with pytest.raises(Rejected) as caught:
            product_csv.read_table(as_csv([header, ["5"]]))
        assert told in caught.value.message


@pytest.mark.parametrize("language", LANGUAGES)
def test_kinds_and_reasons_are_read_as_tables_show_them(language: str) -> None:
    for reason in feedback_csv.REASONS:
        rows = [
            ["kind", "date", "source", "posting", "reason"],
            [
                code_text("claim", language).upper(),
                "2026-11-01",
                "ozon",
                "1",
                code_text(reason, language).replace("_", " "),
            ],
        ]
        read = feedback(as_csv(rows))
        assert not read.problems
        assert (read.lines[0].kind, read.lines[0].reason) == ("claim", reason)
    shown = {code_text(one, language) for one in (*feedback_csv.KINDS, *feedback_csv.REASONS)}
    assert len(shown) == len(feedback_csv.KINDS) + len(feedback_csv.REASONS)


def test_what_is_unknown_is_answered_in_the_readers_words() -> None:
    rows = [["Вид", "Дата", "Источник", "Отправление"], ["похвала", "2026-11-01", "ozon", "1"]]
    (problem,) = feedback(as_csv(rows)).problems
    assert render(problem.reason, "ru").endswith("претензия, возврат, оценка")
