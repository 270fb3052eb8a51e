"""Label PDFs and barcode pictures with real Code 128 symbols.

A page has two forms. The plain one is cheap and is what tests and measurements use: the symbols, and lines of
ASCII (the PDF's built-in Helvetica has no Cyrillic). The full one is arranged like the vendor's, in
everybody's letters. Both show the same codes.
"""

import io
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from vendor_emulators.paper import MM, QUIET, Sheet, draw_bars, has_fonts, modules

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

Face = Callable[[Sheet], None]
_full = False


class Mark(msgspec.Struct, frozen=True):
    """A Code 128 symbol and the text under it (the value itself where it is None)."""

    value: str
    text: str | None = None


class LabelPage(msgspec.Struct, frozen=True):
    """One page: marks from top to bottom, then lines of text. Sizes in millimetres."""

    width_mm: float
    height_mm: float
    marks: Sequence[Mark]
    lines: Sequence[str] = ()
    face: Face | None = None
    """Draws the full form, with the same marks."""


def show_full(wanted: bool) -> None:
    """Whether pages of this process have their full form from now on, where the fonts are installed.

    They are loaded here, not while somebody waits for the first label.
    """
    global _full
    _full = wanted and has_fonts()


def full() -> bool:
    """Whether the full form is drawn."""
    return _full


def label_pdf(pages: Sequence[LabelPage], title: str = "labels") -> bytes:
    """A PDF with one page per label, in the order given.

    Raises ValueError where a symbol does not fit on its page with modules of at least one dot.
    """
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(io.BytesIO(), pageCompression=1, invariant=1)
    canvas.setTitle(title)
    for page in pages:
        canvas.setPageSize((page.width_mm * MM, page.height_mm * MM))
        if full():
            (page.face or _lined(page))(Sheet(canvas, page.width_mm, page.height_mm))
        else:
            _draw(canvas, page)
        canvas.showPage()
    data: bytes = canvas.getpdfdata()
    return data


def text_pdf(title: str, lines: Sequence[str], marks: Sequence[Mark] = ()) -> bytes:
    """An A4 document: a title, barcodes, lines of text (as many pages as they need)."""
    chunks = [list(lines[i : i + 60]) for i in range(0, max(len(lines), 1), 60)]
    pages = [LabelPage(210, 297, marks if i == 0 else (), [title, *chunk]) for i, chunk in enumerate(chunks)]
    return label_pdf(pages, title)


def barcode_png(value: str, dots: int = 3, height: int = 120) -> bytes:
    """A black and white PNG of the symbol with its quiet zones, ``dots`` pixels a module."""
    symbol = bytes(QUIET) + modules(value) + bytes(QUIET)
    row = b"".join((b"\x00" if module else b"\xff") * dots for module in symbol)
    pixels = zlib.compress((b"\x00" + row) * height, 9)
    header = struct.pack(">IIBBBBB", len(row), height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _draw(canvas: "Canvas", page: LabelPage) -> None:
    small = page.height_mm < 60
    size = 6 if small else 8
    line_mm = size * 0.42
    bar_mm = min(
        18.0,
        max(
            6.0,
            (page.height_mm - 6 - line_mm * (len(page.lines) + 1.4 * len(page.marks)))
            / max(len(page.marks), 1)
            - 2,
        ),
    )
    top = page.height_mm - 3
    for mark in page.marks:
        draw_bars(canvas, modules(mark.value), page.width_mm, top - bar_mm, bar_mm, 4)
        top -= bar_mm + line_mm
        canvas.setFont("Helvetica", size)
        canvas.drawCentredString(page.width_mm / 2 * MM, top * MM, _ascii(mark.text or mark.value))
        top -= 2
    canvas.setFont("Helvetica", size)
    for line in page.lines:
        top -= line_mm
        canvas.drawString(3 * MM, top * MM, _ascii(line))


def _lined(page: LabelPage) -> Face:
    """Symbols and lines of a document that has no face of its own."""

    def draw(sheet: Sheet) -> None:
        y = 10.0
        for mark in page.marks:
            sheet.bars(mark.value, y, 14)
            sheet.text(10, y + 18, mark.text or mark.value, 8, width=sheet.width - 20, centred=True)
            y += 24
        for number, line in enumerate(page.lines):
            sheet.text(10, y + 4, line, 9 if number else 12, weight="sans" if number else "bold")
            y += 4.2 if number else 7

    return draw


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
