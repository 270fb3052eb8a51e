"""The catalogue as a spreadsheet saves it: CSV or an Excel file whose header names the fields of
`hub.plugin_api.models.Product`, in English, Russian or Chinese.

What can be read is read: a bad line is told with its number and the others go on. What would have to be
guessed is refused: the encoding, an unknown column, a weight with a comma in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from hub.flow.history.results import LineProblem, TableRead
from hub.flow.sellers.product_columns import COLUMNS
from hub.plugin_api.models import Product
from hub.plugin_api.tables import CsvTable, open_table
from hub.plugin_api.texts import read_customs_code, without_thousands
from hub.words import BadValue, said, said_of
from hub.words.plain import tidied, unfit

TEXT_MAX = 1000
NUMBER_MAX = 10_000_000

_UNITS = {
    "weight_g": "grams",
    "length_mm": "millimetres",
    "width_mm": "millimetres",
    "height_mm": "millimetres",
    "gross_weight_g": "grams",
}
_YES = frozenset({"1", "yes", "y", "true", "да", "истина", "是"})
_NO = frozenset({"", "0", "no", "n", "false", "нет", "ложь", "否"})
_Called = Callable[[str], str]
"""What a field is called in the person's file; `str` where it is none: as the hub calls it."""
_WHOLE = re.compile(r"[0-9]{1,9}")
_WITHOUT_A_FRACTION = re.compile(r"(?<=[0-9])[.,]0+$")
_COUNTRY = re.compile(r"[A-Z]{2}")
_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)


class ProductLine(Product, frozen=True, kw_only=True):
    """A product of a file that has only some of the columns: the others keep what is stored."""

    columns: frozenset[str]


def read_table(data: bytes) -> TableRead[Product]:
    """The products of a file, and the lines that cannot be read.

    Characters and separators as `hub.plugin_api.tables` reads them. Raises Rejected where the whole file
    cannot be used.
    """
    table = open_table(
        data,
        COLUMNS,
        {"offer_id": said("products are told apart by it", code="table.products_told_apart")},
    )
    columns = frozenset(table.columns)
    products: list[Product] = []
    problems: list[LineProblem] = []
    seen: dict[str, int] = {}
    for line, cells in table.lines:
        try:
            if isinstance(cells, str):
                raise BadValue(cells)
            product = _product(table, columns, cells)
            if product.offer_id in seen:
                raise BadValue(
                    "{name}: '{offer_id}' stands in line {seen} too",
                    code="table.offer_id_stands_line",
                    values={
                        "name": table.called("offer_id"),
                        "offer_id": product.offer_id,
                        "seen": seen[product.offer_id],
                    },
                )
        except ValueError as error:
            problems.append(LineProblem(line=line, reason=said_of(error)))
        else:
            seen[product.offer_id] = line
            products.append(product)
    return TableRead(products, problems, table.sheet)


# --- cells ------------------------------------------------------------------------------------------------


def _product(table: CsvTable, columns: frozenset[str], cells: dict[str, str]) -> ProductLine:
    """Raises ValueError in words."""
    values = {name: _read(name, cell, table.called) for name, cell in cells.items()}
    product, reason = checked(ProductLine(**values, columns=columns), table.called)
    if reason:
        raise BadValue(reason)
    return product


def corrected(given: Mapping[str, Any]) -> ProductLine:
    """What a person says of a product, by field: texts, as the command line has them, or JSON. Raises
    ValueError in words."""
    as_text = (str, int, float)
    values = {
        name: _read(name, str(value))
        if isinstance(value, str) or (name in _UNITS and isinstance(value, as_text))
        else value
        for name, value in given.items()
    }
    product, reason = checked(msgspec.convert({**values, "columns": list(given)}, ProductLine))
    if reason:
        raise BadValue(reason)
    return product


def _read(name: str, cell: str, called: _Called = str) -> Any:
    try:
        return _READ.get(name, _words)(cell)
    except ValueError as error:
        raise BadValue(
            "{name}: {said_of}{of_unit}",
            code="table.cell_of_unit",
            values={
                "name": called(name),
                "said_of": said_of(error),
                "of_unit": _of_unit(name, str(error)),
            },
        ) from None


def _of_unit(name: str, message: str) -> str:
    return (
        said(" of {units}", code="table.of_unit", values={"units": _UNITS[name]})
        if name in _UNITS and message.endswith("number")
        else ""
    )


def _words(cell: str) -> str:
    if _ROUNDED.fullmatch(cell):
        raise BadValue(
            "'{cell}' was rounded by the spreadsheet: give the column the format 'text' and enter it again",
            code="table.rounded_spreadsheet_give_column",
            values={"cell": cell},
        )
    return cell


def _whole(cell: str) -> int | None:
    if not cell:
        return None
    cell = _WITHOUT_A_FRACTION.sub("", without_thousands(cell))
    if not _WHOLE.fullmatch(cell):
        raise BadValue("'{cell}' is no whole number", code="table.no_whole_number", values={"cell": cell})
    return int(cell)


def _flag(cell: str) -> bool:
    word = cell.lower()
    if word not in _YES | _NO:
        raise BadValue("'{cell}' is neither yes nor no", code="table.neither_yes_nor", values={"cell": cell})
    return word in _YES


def _codes(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_number_of_goods(code) for code in re.split(r"[\s|]+", cell) if code))


def _number_of_goods(cell: str) -> str:
    """A column of numbers in which one cell is empty is saved as 1001.0."""
    return _words(_WITHOUT_A_FRACTION.sub("", cell))


_READ: dict[str, Callable[[str], Any]] = dict.fromkeys(_UNITS, _whole) | {
    "fragile": _flag,
    "radio": _flag,
    "origin_country": str.upper,
    "customs_code": read_customs_code,
    "sku": _number_of_goods,
    "barcodes": _codes,
}


P = TypeVar("P", bound=Product)


def checked(product: P, called: _Called = str) -> tuple[P, str]:
    """The product with its texts as one reads them, and why it cannot be stored, with the field as it is
    ``called``; empty when it can. Every door's, also where it came as JSON."""
    unfit_at = _unfit(product, called)
    try:
        code = read_customs_code(product.customs_code)
    except BadValue as error:
        why = {"name": called("customs_code"), "said_of": error.said}
        return product, said("{name}: {said_of}", code="table.cell", values=why)
    read: P = msgspec.structs.replace(tidied(product), customs_code=code)
    return read, unfit_at or _fault(read, called)


def _unfit(product: Product, called: _Called) -> str:
    for name in Product.__struct_fields__:
        value = getattr(product, name)
        texts = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
        if any(unfit(text) for text in texts):
            return said(
                "{name}: there is an invisible character in it that commands a terminal: remove it",
                code="product.invisible_character_commands_terminal",
                values={"name": called(name)},
            )
    return ""


def _fault(product: Product, called: _Called) -> str:
    if not product.offer_id.strip():
        return said(
            "{name}: it is missing", code="product.offer_id_missing", values={"name": called("offer_id")}
        )
    for name, unit in _UNITS.items():
        value = getattr(product, name)
        if value is not None and not 0 < value <= NUMBER_MAX:
            return said(
                "{name}: {value} is not between 1 and {number_max} {unit}",
                code="product.not_between_1",
                values={"name": called(name), "value": value, "number_max": NUMBER_MAX, "unit": unit},
            )
    for name in Product.__struct_fields__:
        value = getattr(product, name)
        for text in (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ():
            if len(text) > TEXT_MAX:
                return said(
                    "{name}: longer than {text_max} characters",
                    code="product.longer_characters",
                    values={"name": called(name), "text_max": TEXT_MAX},
                )
    if product.origin_country and not _COUNTRY.fullmatch(product.origin_country):
        return said(
            "{name}: '{origin_country}' is no country: two letters, such as CN",
            code="product.origin_country_no_country_two",
            values={"name": called("origin_country"), "origin_country": product.origin_country},
        )
    if product.gross_weight_g is not None and product.gross_weight_g < (product.weight_g or 0):
        return said(
            "{name}: it is less than {other}",
            code="product.gross_weight_less_weight",
            values={"name": called("gross_weight_g"), "other": called("weight_g")},
        )
    if len(product.barcodes) > 100:
        return said(
            "{name}: more than 100", code="product.barcodes_more_100", values={"name": called("barcodes")}
        )
    return ""
