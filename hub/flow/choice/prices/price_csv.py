"""A carrier's price table as a spreadsheet saves it.

A file with a line that cannot be read, or with two lines that apply to one parcel, is useless as a whole: a
table with a hole would show the list price as if it were the contract's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from hub.flow.choice.prices.contract_prices import ContractLine, conflicts
from hub.flow.history.results import LineProblem, TableRead
from hub.plugin_api.columns import Column
from hub.plugin_api.currencies import read_currency
from hub.plugin_api.models import Money
from hub.plugin_api.tables import CsvTable, Reader, open_table, read_day, text_up_to
from hub.plugin_api.texts import without_thousands
from hub.words import BadValue, said, said_of

COLUMNS = (
    Column(
        "service", "Service", "Услуга", "服务", ("тариф", "код услуги", "service code", "服务代码", "线路")
    ),
    Column("percent", "Discount, %", "Скидка, %", "优惠（%）", ("discount", "скидка", "优惠比例（%）")),
    Column("price", "Price", "Цена", "价格", ("стоимость", "单价", "运费")),
    Column("currency", "Currency", "Валюта", "币种", ("货币",)),
    Column("over_g", "Over, g", "Больше, г", "大于（克）", ("重量大于（克）",)),
    Column(
        "up_to_g", "Up to, g", "До, г", "不超过（克）", ("вес до, г", "小于等于（克）", "重量不超过（克）")
    ),
    Column("valid_from", "From", "Действует с", "生效日期", ("valid from", "дата начала", "开始日期")),
    Column(
        "valid_to",
        "Until",
        "Действует по",
        "截止日期",
        ("valid to", "дата окончания", "失效日期", "结束日期"),
    ),
)
"""In Chinese not 折扣, which may mean what is paid as well as what is taken off."""
LINES_MAX = 2000

_PERCENT = re.compile(r"([0-9]{1,2}(?:[.,][0-9]{1,2})?) ?%?")
_PRICE = re.compile(r"[0-9]{1,7}(?:[.,][0-9]{1,2})?")
_GRAMS = re.compile(r"[0-9]{1,7}")
_SERVICE_MAX = 200


def read_table(data: bytes) -> TableRead[ContractLine]:
    """The lines of a file; and, if it has any, what makes the file useless, by line.

    The columns are `COLUMNS`; which are left out are empty. Raises Rejected where the whole file cannot be
    read.
    """
    table = open_table(data, COLUMNS, {}, lines_max=LINES_MAX)
    lines: list[ContractLine] = []
    problems: list[LineProblem] = []
    for number, cells in table.lines:
        try:
            if isinstance(cells, str):
                raise BadValue(cells)
            lines.append(_line(table, number, cells))
        except ValueError as error:
            problems.append(LineProblem(line=number, reason=said_of(error)))
    problems += [
        LineProblem(
            line=second.line,
            reason=said(
                "it and line {line} both apply to {common}",
                code="table.line_both_apply",
                values={"line": first.line, "common": first.common(second)},
            ),
        )
        for first, second in conflicts(lines)
    ]
    return TableRead(lines, sorted(problems, key=lambda one: one.line), table.sheet)


def _line(table: CsvTable, number: int, cells: Mapping[str, str]) -> ContractLine:
    """Raises ValueError in words."""
    values = table.read(cells, _READ)
    currency = values.pop("currency", "")
    amount = values.pop("price", None)
    if (amount is None) == ("percent" not in values):
        raise BadValue("a line says either a percent or a price", code="table.line_says_either_percent")
    if amount is not None:
        if not currency:
            raise BadValue(
                "{name}: a price needs one, RUB or CNY for example",
                code="table.currency_price_needs_rub",
                values={"name": table.called("currency")},
            )
        values["price"] = Money.of(amount, currency)
    line = ContractLine(line=number, **values)
    if line.up_to_g is not None and line.up_to_g <= line.over_g:
        raise BadValue(
            "{name}: {value} is not above {other}, {least}",
            code="table.up_not_above_over",
            values={
                "name": table.called("up_to_g"),
                "value": line.up_to_g,
                "other": table.called("over_g"),
                "least": line.over_g,
            },
        )
    if line.valid_from and line.valid_to and line.valid_to < line.valid_from:
        raise BadValue(
            "{name}: {value} is before {other}, {least}",
            code="table.valid_before_valid",
            values={
                "name": table.called("valid_to"),
                "value": line.valid_to,
                "other": table.called("valid_from"),
                "least": line.valid_from,
            },
        )
    return line


def _percent(cell: str) -> Decimal:
    if (match := _PERCENT.fullmatch(cell)) is None:
        raise BadValue(
            "'{cell}' is no discount: a number like 12.5, above 0 and below 100",
            code="table.no_discount_number_like_12",
            values={"cell": cell},
        )
    if not (value := Decimal(match[1].replace(",", "."))):
        raise BadValue("no discount needs no line", code="table.no_discount_needs_no_line")
    if value < 1 and "%" not in cell:  # a spreadsheet stores 12 % as 0.12
        raise BadValue(
            "'{cell}' may be a part of 1 or of 100: write 12% or 0.5%, with its sign",
            code="table.percent_of_what",
            values={"cell": cell},
        )
    return value


def _price(cell: str) -> Decimal:
    cell = without_thousands(cell)
    if not _PRICE.fullmatch(cell):
        raise BadValue(
            "'{cell}' is no price: a number like 249.50",
            code="table.no_price_number_like_249",
            values={"cell": cell},
        )
    if not (value := Decimal(cell.replace(",", "."))):
        raise BadValue("it is 0", code="table.0")
    return value


def _grams(cell: str) -> int:
    if not _GRAMS.fullmatch(cell):
        raise BadValue(
            "'{cell}' is no whole number of grams", code="table.no_whole_number_grams", values={"cell": cell}
        )
    return int(cell)


_READ: Mapping[str, Reader] = {
    "service": text_up_to(_SERVICE_MAX),
    "percent": _percent,
    "price": _price,
    "currency": read_currency,
    "over_g": _grams,
    "up_to_g": _grams,
    "valid_from": read_day,
    "valid_to": read_day,
}
