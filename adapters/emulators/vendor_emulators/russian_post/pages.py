"""PDF pages of forms: Interleaved 2 of 5 inland, Code 128 for S10, and lines of text.

Sizes by ``print-type``: PAPER is A5, THERMO is 100 x 150 mm (documentation). The symbology of inland numbers
is known from one code base only; the arrangement of the page is this emulator's own.
"""

import io
import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from vendor_emulators.russian_post.barcodes import grouped

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

SIZES = {"PAPER": (148.0, 210.0), "THERMO": (100.0, 150.0), "A4": (210.0, 297.0)}
_MM = 72 / 25.4
_DOT_MM = 25.4 / 203
_DOTS = 3  # a module of whole printer dots
_BAR_MM = 18.0
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя№«»",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "_",
            "y",
            "_",
            "e",
            "yu",
            "ya",
            "N",
            '"',
            '"',
        ],
        strict=True,
    )
)


class Page(msgspec.Struct, frozen=True):
    """``size``: a key of SIZES; ``barcode`` is drawn at the top where there is one."""

    size: str
    title: str
    lines: Sequence[str]
    barcode: str | None = None


def pdf(pages: Sequence[Page]) -> bytes:
    """One PDF page a page, in order."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(io.BytesIO(), pageCompression=1, invariant=1)
    for page in pages:
        _draw(canvas, page)
        canvas.showPage()
    data: bytes = canvas.getpdfdata()
    return data


@lru_cache(maxsize=4096)
def modules(barcode: str) -> bytes:
    """The symbol's modules without quiet zones, one byte each: 1 black, 0 white."""
    import zxingcpp

    kind = zxingcpp.BarcodeFormat.ITF if barcode.isdecimal() else zxingcpp.BarcodeFormat.Code128
    image: Any = zxingcpp.create_barcode(barcode, kind).to_image(scale=1, add_quiet_zones=False)
    rows: Any = memoryview(image).tolist()
    return bytes(0 if pixel else 1 for pixel in rows[0])


def latin(text: str) -> str:
    """The PDF's built-in fonts have no Cyrillic; people read this, scanners read the barcode."""
    out = []
    for letter in text:
        low = letter.lower()
        if low in _LATIN:
            piece = _LATIN[low].strip("_")
            out.append(piece.capitalize() if letter != low else piece)
        else:
            out.append(letter if letter.isascii() else "?")
    return "".join(out)


def _draw(canvas: "Canvas", page: Page) -> None:
    width, height = SIZES[page.size]
    canvas.setPageSize((width * _MM, height * _MM))
    top = height - 8
    canvas.setFont("Helvetica-Bold", 10)
    canvas.drawString(6 * _MM, top * _MM, latin(page.title))
    if page.barcode is not None:
        top -= _BAR_MM + 5
        _bars(canvas, modules(page.barcode), width, top)
        top -= 4
        canvas.setFont("Helvetica", 10)
        canvas.drawCentredString(width / 2 * _MM, top * _MM, grouped(page.barcode))
    canvas.setFont("Helvetica", 8)
    for line in page.lines:
        top -= 4.5
        if top > 4:
            canvas.drawString(6 * _MM, top * _MM, latin(line))


def _bars(canvas: "Canvas", symbol: bytes, width: float, bottom: float) -> None:
    left = round((width / _DOT_MM - len(symbol) * _DOTS) / 2)
    path = canvas.beginPath()
    position = 0
    for black, run in itertools.groupby(symbol):
        count = sum(1 for _ in run)
        if black:
            x = (left + position * _DOTS) * _DOT_MM
            path.rect(x * _MM, bottom * _MM, count * _DOTS * _DOT_MM * _MM, _BAR_MM * _MM)
        position += count
    canvas.drawPath(path, stroke=0, fill=1)
