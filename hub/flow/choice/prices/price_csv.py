"""A carrier's price table as a spreadsheet saves it.

A file with a line that cannot be read, or with two lines that apply to one parcel, is useless as a whole: a
table with a hole would show the list price as if it were the contract's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from hub.flow.choice.prices.contract_prices import ContractLine, conflicts
from hub.flow.history.views import LineProblem
from hub.plugin_api.models import Money
from hub.plugin_api.tables import open_csv, read_day

COLUMNS = ("service", "percent", "price", "currency", "over_g", "up_to_g", "valid_from", "valid_to")
LINES_MAX = 2000

_PERCENT = re.compile(r"([0-9]{1,2}(?:[.,][0-9]{1,2})?) ?%?")
_PRICE = re.compile(r"[0-9]{1,7}(?:[.,][0-9]{1,2})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_GRAMS = re.compile(r"[0-9]{1,7}")
_SERVICE_MAX = 200


def read_csv(data: bytes) -> tuple[list[ContractLine], list[LineProblem]]:
    """The lines of a file; and, if it has any, what makes the file useless, by line.

    The columns are `COLUMNS`; which are left out are empty. Raises Rejected where the whole file cannot be
    read.
    """
    table = open_csv(data, COLUMNS, {}, lines_max=LINES_MAX)
    lines: list[ContractLine] = []
    problems: list[LineProblem] = []
    for number, cells in table.lines:
        try:
            if isinstance(cells, str):
                raise ValueError(cells)
            lines.append(_line(number, cells))
        except ValueError as error:
            problems.append(LineProblem(line=number, reason=str(error)))
    problems += [
        LineProblem(line=second.line, reason=f"it and line {first.line} both apply to {first.common(second)}")
        for first, second in conflicts(lines)
    ]
    return lines, sorted(problems, key=lambda one: one.line)


def _line(number: int, cells: Mapping[str, str]) -> ContractLine:
    """Raises ValueError in words."""
    values: dict[str, Any] = {}
    for name, read in _READ.items():
        if cell := cells.get(name, ""):
            try:
                values[name] = read(cell)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
    currency = values.pop("currency", "")
    amount = values.pop("price", None)
    if (amount is None) == ("percent" not in values):
        raise ValueError("a line says either a percent or a price")
    if amount is not None:
        if not currency:
            raise ValueError("currency: a price needs one, RUB or CNY for example")
        values["price"] = Money.of(amount, currency)
    line = ContractLine(line=number, **values)
    if line.up_to_g is not None and line.up_to_g <= line.over_g:
        raise ValueError(f"up_to_g: {line.up_to_g} is not above over_g, {line.over_g}")
    if line.valid_from and line.valid_to and line.valid_to < line.valid_from:
        raise ValueError(f"valid_to: {line.valid_to} is before valid_from, {line.valid_from}")
    return line


def _percent(cell: str) -> Decimal:
    if (match := _PERCENT.fullmatch(cell)) is None:
        raise ValueError(f"{cell!r} is no discount: a number like 12.5, above 0 and below 100")
    if not (value := Decimal(match[1].replace(",", "."))):
        raise ValueError("no discount needs no line")
    return value


def _price(cell: str) -> Decimal:
    if not _PRICE.fullmatch(cell):
        raise ValueError(f"{cell!r} is no price: a number like 249.50")
    if not (value := Decimal(cell.replace(",", "."))):
        raise ValueError("it is 0")
    return value


def _currency(cell: str) -> str:
    if not _CURRENCY.fullmatch(cell.upper()):
        raise ValueError(f"{cell!r} is no currency: three letters, RUB or CNY for example")
    return cell.upper()


def _grams(cell: str) -> int:
    if not _GRAMS.fullmatch(cell):
        raise ValueError(f"{cell!r} is no whole number of grams")
    return int(cell)


def _service(cell: str) -> str:
    if len(cell) > _SERVICE_MAX:
        raise ValueError(f"longer than {_SERVICE_MAX} characters")
    return cell


_READ: Mapping[str, Callable[[str], Any]] = {
    "service": _service,
    "percent": _percent,
    "price": _price,
    "currency": _currency,
    "over_g": _grams,
    "up_to_g": _grams,
    "valid_from": read_day,
    "valid_to": read_day,
}
