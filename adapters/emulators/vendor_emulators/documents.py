"""Label PDFs and barcode pictures with real Code 128 symbols.

Bars are snapped to whole dots of a 203 dpi printer: a module of 3.00 dots decodes where 2.64 dots do not.
Texts on a label are ASCII (the PDF's built-in Helvetica has no Cyrillic); a reader trusts the barcodes.
"""

import io
import itertools
import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

_DOT_MM = 25.4 / 203
_MM = 72 / 25.4
_QUIET = 10  # modules on both sides, by ISO/IEC 15417


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


@lru_cache(maxsize=4096)
def code128_modules(value: str) -> bytes:
    """The symbol's modules without quiet zones, one byte each: 1 black, 0 white."""
    import zxingcpp

    symbol = zxingcpp.create_barcode(value, zxingcpp.BarcodeFormat.Code128)
    image: Any = symbol.to_image(scale=1, add_quiet_zones=False)
    rows: Any = memoryview(image).tolist()
    return bytes(0 if pixel else 1 for pixel in rows[0])


def label_pdf(pages: Sequence[LabelPage], title: str = "labels") -> bytes:
    """A PDF with one page per label, in the order given.

    Raises ValueError where a symbol does not fit on its page with modules of at least one dot.
    """
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(io.BytesIO(), pageCompression=1, invariant=1)
    canvas.setTitle(title)
    for page in pages:
        canvas.setPageSize((page.width_mm * _MM, page.height_mm * _MM))
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
    modules = bytes(_QUIET) + code128_modules(value) + bytes(_QUIET)
    row = b"".join((b"\x00" if module else b"\xff") * dots for module in modules)
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
        _bars(canvas, mark.value, page.width_mm, top - bar_mm, bar_mm)
        top -= bar_mm + line_mm
        canvas.setFont("Helvetica", size)
        canvas.drawCentredString(page.width_mm / 2 * _MM, top * _MM, _ascii(mark.text or mark.value))
        top -= 2
    canvas.setFont("Helvetica", size)
    for line in page.lines:
        top -= line_mm
        canvas.drawString(3 * _MM, top * _MM, _ascii(line))


def _bars(canvas: "Canvas", value: str, width_mm: float, bottom_mm: float, height_mm: float) -> None:
    modules = code128_modules(value)
    dots = min(4, int(width_mm / _DOT_MM) // (len(modules) + 2 * _QUIET))
    if dots < 1:
        raise ValueError(f"a Code 128 of {len(value)} characters does not fit on {width_mm} mm")
    module_mm = dots * _DOT_MM
    left_dots = round((width_mm - len(modules) * module_mm) / 2 / _DOT_MM)
    path = canvas.beginPath()
    position = 0
    for black, run in itertools.groupby(modules):
        count = sum(1 for _ in run)
        if black:
            x = left_dots * _DOT_MM + position * module_mm
            path.rect(x * _MM, bottom_mm * _MM, count * module_mm * _MM, height_mm * _MM)
        position += count
    canvas.drawPath(path, stroke=0, fill=1)


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
