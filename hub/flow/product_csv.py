"""The catalogue as a spreadsheet saves it: CSV with a header that names the fields of `hub.models.Product`.

What can be read is read: a bad line is told with its number and the others go on. What would have to be
guessed is refused: the encoding, an unknown column, a weight with a comma in it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

from hub.errors import Rejected
from hub.flow.views import LineProblem
from hub.models import Product

BYTES_MAX = 32 * 1024 * 1024
LINES_MAX = 200_000
TEXT_MAX = 1000
NUMBER_MAX = 10_000_000

_UNITS = {
    "weight_g": "grams",
    "length_mm": "millimetres",
    "width_mm": "millimetres",
    "height_mm": "millimetres",
}
_YES = frozenset({"1", "yes", "y", "true", "да", "истина", "是"})
_NO = frozenset({"", "0", "no", "n", "false", "нет", "ложь", "否"})
_WHOLE = re.compile(r"[0-9]{1,9}")
_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
_RUSSIAN_WORD = re.compile(r"[А-ЯЁ]?[а-яё]+|[А-ЯЁ]+")
_CYRILLIC_RUN = re.compile(r"[Ѐ-ӿ]+")
_MIXED_WORD = re.compile(r"[A-Za-z][Ѐ-ӿ]|[Ѐ-ӿ][A-Za-z]")
_RUSSIAN_TEXT = frozenset(" №«»–—“”„’‘…•°±·©®™§")


class ProductLine(Product, frozen=True, kw_only=True):
    """A product of a file that has only some of the columns: the others keep what is stored."""

    columns: frozenset[str]


def read_csv(data: bytes) -> tuple[list[Product], list[LineProblem]]:
    """The products of a file, and the lines that cannot be read.

    UTF-8 (with or without its mark), UTF-16 with its mark, Windows-1251 and GB18030; separated by comma,
    semicolon or tab. Raises Rejected where the whole file cannot be used.
    """
    if len(data) > BYTES_MAX:
        raise Rejected(f"the file is larger than {BYTES_MAX // 2**20} MB: send it in parts", code="too_large")
    text = _text(data).replace("\x00", "")
    records = _records(*_separator(text))
    try:
        header_line, header = next(records)
    except StopIteration:
        raise Rejected("the file is empty: its first line names the columns", code="empty") from None
    if isinstance(header, str):
        raise Rejected(f"line {header_line}: {header}", code="header")
    columns = _columns(header)
    products: list[Product] = []
    problems: list[LineProblem] = []
    seen: dict[str, int] = {}
    for count, (line, cells) in enumerate(records):
        if count >= LINES_MAX:
            raise Rejected(f"more than {LINES_MAX} lines: send the file in parts", code="too_large")
        try:
            if isinstance(cells, str):
                raise ValueError(cells)
            if not any(cell.strip() for cell in cells):
                continue
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


# --- characters -------------------------------------------------------------------------------------------


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decoded(data, "utf-16") or _refuse_encoding()
    if (text := _decoded(data, "utf-8-sig")) is not None:
        return text
    russian, chinese = _decoded(data, "cp1251"), _decoded(data, "gb18030")
    as_russian = russian is not None and _reads_as_russian(russian)
    as_chinese = chinese is not None and _reads_as_chinese(chinese)
    if russian is not None and as_russian and (not as_chinese or _mostly_small_letters(russian)):
        return russian
    if chinese is not None and as_chinese and not as_russian:
        return chinese
    return _refuse_encoding()


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _reads_as_russian(text: str) -> bool:
    """Only Russian letters and typographic signs beyond ASCII, and every word in one of the usual cases.

    Chinese text taken for Windows-1251 shows capitals inside words and rare signs; French or German shows
    single Russian letters between Latin ones.
    """
    if any(not c.isascii() and c not in _RUSSIAN_TEXT and not _RUSSIAN_WORD.fullmatch(c) for c in text):
        return False
    if _MIXED_WORD.search(text):
        return False
    return all(_RUSSIAN_WORD.fullmatch(run) for run in _CYRILLIC_RUN.findall(text))


def _mostly_small_letters(text: str) -> bool:
    """Small Russian letters are the first bytes of rare Chinese characters only, capitals of common ones."""
    letters = "".join(_CYRILLIC_RUN.findall(text))
    return 2 * sum(c.islower() for c in letters) > len(letters)


def _reads_as_chinese(text: str) -> bool:
    return all(
        c.isascii() or "\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uffef"
        or c in "·—‘’“”…×°"
        for c in text
    )  # fmt: skip


def _refuse_encoding() -> str:
    raise Rejected(
        "the characters of this file cannot be told for sure: save it as 'CSV UTF-8' and import it again",
        code="encoding",
    )


# --- lines ------------------------------------------------------------------------------------------------


def _separator(text: str) -> tuple[str, str, int]:
    """The text without a spreadsheet's ``sep=`` line, the separator (the one that makes most columns known
    where no such line names it), and the number of the text's first line."""
    first, _, rest = text.partition("\n")
    if (named := re.fullmatch(r'"?sep=([,;\t])"?', first.strip("\r"))) is not None:
        return rest, named[1], 2
    known = set(Product.__struct_fields__)

    def fields(separator: str) -> int:
        return sum(cell.strip().strip('"').strip().lower() in known for cell in first.split(separator))

    return text, max(",;\t", key=fields), 1


def _records(text: str, separator: str, first: int) -> Iterator[tuple[int, list[str] | str]]:
    """Each record with the number of its first line; instead of the cells, what is wrong with it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + first
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error):
                yield line, 'a quotation mark (") is opened here and never closed; the rest was not read'
                return
            yield line, 'the quotation marks (") do not fit: write "" for one inside a cell'


def _columns(header: list[str]) -> list[str]:
    names = [cell.strip().lower() for cell in header]
    while names and not names[-1]:
        names.pop()
    known = Product.__struct_fields__
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f" (did you mean {near[0]!r}?)" if near else f": there are {', '.join(known)}"
            raise Rejected(f"there is no column {name!r}{hint}", code="header")
        if names.count(name) > 1:
            raise Rejected(f"the column {name!r} stands there twice", code="header")
    if "offer_id" not in names:
        raise Rejected("the column 'offer_id' is missing: products are told apart by it", code="header")
    return names


# --- cells ------------------------------------------------------------------------------------------------


def _product(columns: list[str], cells: list[str]) -> ProductLine:
    """Raises ValueError in words."""
    if any(cell.strip() for cell in cells[len(columns) :]):
        raise ValueError(
            f"there are {len(cells)} cells and {len(columns)} columns: is a quotation mark missing?"
        )
    if len(cells) < len(columns):
        raise ValueError(f"there are only {len(cells)} cells for {len(columns)} columns")
    values: dict[str, Any] = {}
    for name, cell in zip(columns, cells, strict=False):
        try:
            values[name] = _READ.get(name, _words)(cell.strip())
        except ValueError as error:
            raise ValueError(f"{name}: {error}{_of_unit(name, str(error))}") from None
    product = ProductLine(**values, columns=frozenset(columns))
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
    if len(product.barcodes) > 100:
        return "barcodes: more than 100"
    return ""
