"""What a paper does to a page's barcodes: how wide their narrowest bars get, and whether they still read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from math import sqrt

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import zxingcpp
from hub import PageRef, Paper
from PIL import Image

from hub_labels import sheets
from hub_labels.composing import added, place, points, shrunk
from hub_labels.files import POINTS_PER_INCH, load_page, render
from hub_labels.reading import USUAL

_CLOSE_DPI, _MOST_PIXELS = 600.0, 9_000_000
_LINES = 9  # through a symbol, to measure it
_RUNS = re.compile(b"\x00+|\xff+")
_NARROW = 1.6  # up to so much of the narrowest run is one module wide: the next are two


def module_dots(pages: Sequence[PageRef], paper: Paper, dots_per_inch: int) -> list[float | None]:
    """Of each page its least barcode module in dots of the printer, once it is on the paper; 0 where a code
    of it cannot be read any more. None for a page that keeps its size, and one without codes. Raises
    BadReply."""
    known: dict[tuple[bytes, int], float | None] = {}
    for page in pages:
        key = (page.content, page.index)
        if key not in known:
            known[key] = _of_page(page, paper, dots_per_inch)
    return [known[page.content, page.index] for page in pages]


def _of_page(reference: PageRef, paper: Paper, dots_per_inch: int) -> float | None:
    single = pdfium.PdfDocument.new()
    try:
        added(single, reference.content, [reference.index])
        page = load_page(single, 0)
        try:
            cell = sheets.cell_of(lambda room: shrunk(page, *points(room))) if paper is Paper.A4 else None
            size = points(paper.size_mm if cell is None else cell.size_mm)
            edges = (0.0, 0.0) if cell is None else points(cell.edges_mm)
            scale = shrunk(page, size[0] - 2 * edges[0], size[1] - 2 * edges[1])
            if scale >= 1:
                return None
            width, height = page.get_size()
            most = sqrt(_MOST_PIXELS * POINTS_PER_INCH**2 / (width * height))
            dpi = min(_CLOSE_DPI, most)
            close = render(page, dpi, grey=True)
        finally:
            page.close()
        found = _symbols(close)
        if not found:
            return None
        place(single, 0, *size, edges=edges)
        if not {symbol.text for symbol in found} <= _printed(single, dots_per_inch):
            return 0.0
        least = min(_module(close, symbol) for symbol in found)
        return round(least / dpi * scale * dots_per_inch, 2)
    finally:
        single.close()


def _symbols(picture: Image.Image) -> list[zxingcpp.Barcode]:
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(USUAL))
    return [symbol for symbol in found if symbol.valid]


def _printed(document: pdfium.PdfDocument, dots_per_inch: int) -> set[str]:
    """What reads of the page in the printer's dots: black or white, nothing between."""
    out = BytesIO()
    document.save(out)
    saved = pdfium.PdfDocument(out.getvalue())  # a page that was changed is drawn as it is stored
    try:
        page = load_page(saved, 0)
        try:
            grey = render(page, dots_per_inch, grey=True)
        finally:
            page.close()
    finally:
        saved.close()
    return {symbol.text for symbol in _symbols(grey.point(lambda level: 255 if level > 127 else 0))}


def _module(picture: Image.Image, symbol: zxingcpp.Barcode) -> float:
    """The width of one module of the symbol in pixels: the mean of its narrowest bars and gaps."""
    at = symbol.position
    corners = [(one.x, one.y) for one in (at.top_left, at.bottom_left, at.bottom_right, at.top_right)]
    (left, top), _, _, (right, bottom) = corners
    length = max(1, round(sqrt((right - left) ** 2 + (bottom - top) ** 2)))
    straight = picture.transform(
        (length, _LINES), Image.Transform.QUAD, [side for corner in corners for side in corner]
    )
    dots = straight.point(lambda level: 255 if level > 127 else 0).tobytes()
    widths: list[int] = []
    for start in range(length, length * (_LINES - 1), length):  # the outermost lines may lie beside it
        widths += [len(run) for run in _RUNS.findall(dots[start : start + length])][1:-1]
    if not widths:
        return float(length)
    widths.sort()
    narrowest = widths[len(widths) // 20]  # one in twenty may be a speck
    single = [width for width in widths if narrowest <= width <= narrowest * _NARROW]
    return sum(single) / len(single)


__all__ = ["module_dots"]
