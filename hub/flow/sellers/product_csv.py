"""The catalogue as a spreadsheet saves it: CSV with a header that names the fields of
`hub.plugin_api.models.Product`.

What can be read is read: a bad line is told with its number and the others go on. What would have to be
guessed is refused: the encoding, an unknown column, a weight with a comma in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from hub.flow.history.views import LineProblem
from hub.plugin_api.models import Product
from hub.plugin_api.tables import open_csv
from hub.words.plain import unfit

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
_WHOLE = re.compile(r"[0-9]{1,9}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)


class ProductLine(Product, frozen=True, kw_only=True):
    """A product of a file that has only some of the columns: the others keep what is stored."""

    columns: frozenset[str]


def read_csv(data: bytes) -> tuple[list[Product], list[LineProblem]]:
    """The products of a file, and the lines that cannot be read.

    Characters and separators as `hub.plugin_api.tables` reads them. Raises Rejected where the whole file
    cannot be used.
    """
    table = open_csv(data, Product.__struct_fields__, {"offer_id": "products are told apart by it"})
    columns = frozenset(table.columns)
    products: list[Product] = []
    problems: list[LineProblem] = []
    seen: dict[str, int] = {}
    for line, cells in table.lines:
        try:
            if isinstance(cells, str):
                raise ValueError(cells)
            product = _product(columns, cells)
            if product.offer_id in seen:
                raise ValueError(
                    f"offer_id: {product.offer_id!r} stands in line {seen[product.offer_id]} too"
                )
        except ValueError as error:
            problems.append(LineProblem(line=line, reason=str(error)))
        else:
            seen[product.offer_id] = line
            products.append(product)
    return products, problems


# --- cells ------------------------------------------------------------------------------------------------


def _product(columns: frozenset[str], cells: dict[str, str]) -> ProductLine:
    """Raises ValueError in words."""
    values: dict[str, Any] = {}
    for name, cell in cells.items():
        try:
            values[name] = _READ.get(name, _words)(cell)
        except ValueError as error:
            raise ValueError(f"{name}: {error}{_of_unit(name, str(error))}") from None
    product = ProductLine(**values, columns=columns)
    if reason := fault(product):
        raise ValueError(reason)
    return product


def _of_unit(name: str, message: str) -> str:
    return f" of {_UNITS[name]}" if name in _UNITS and message.endswith("number") else ""


def _words(cell: str) -> str:
    if _ROUNDED.fullmatch(cell):
        raise ValueError(
            f"{cell!r} was rounded by the spreadsheet: give the column the format 'text' and enter it again"
        )
    return cell


def _whole(cell: str) -> int | None:
    if not cell:
        return None
    if not _WHOLE.fullmatch(cell):
        raise ValueError(f"{cell!r} is no whole number")
    return int(cell)


def _flag(cell: str) -> bool:
    word = cell.lower()
    if word not in _YES | _NO:
        raise ValueError(f"{cell!r} is neither yes nor no")
    return word in _YES


def _codes(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_words(code) for code in re.split(r"[\s|]+", cell) if code))


_READ: dict[str, Callable[[str], Any]] = dict.fromkeys(_UNITS, _whole) | {
    "fragile": _flag,
    "radio": _flag,
    "origin_country": str.upper,
    "barcodes": _codes,
}


def fault(product: Product) -> str:
    """Why a product cannot be stored, with the field; empty when it can."""
    if not product.offer_id.strip():
        return "offer_id: it is missing"
    for name, unit in _UNITS.items():
        value = getattr(product, name)
        if value is not None and not 0 < value <= NUMBER_MAX:
            return f"{name}: {value} is not between 1 and {NUMBER_MAX} {unit}"
    for name in Product.__struct_fields__:
        value = getattr(product, name)
        for text in (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ():
            if len(text) > TEXT_MAX:
                return f"{name}: longer than {TEXT_MAX} characters"
            if unfit(text):
                return f"{name}: there is an invisible character in it that commands a terminal: remove it"
    if product.origin_country and not _COUNTRY.fullmatch(product.origin_country):
        return f"origin_country: {product.origin_country!r} is no country: two letters, such as CN"
    if product.gross_weight_g is not None and product.gross_weight_g < (product.weight_g or 0):
        return "gross_weight_g: it is less than weight_g"
    if len(product.barcodes) > 100:
        return "barcodes: more than 100"
    return ""
