"""Reading barcodes back from label files: a page is whose code it shows, never whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import zxingcpp
from hub import LabelPage
from PIL import Image

from hub_labels.files import MM_PER_INCH, POINTS_PER_INCH, kind_of, load_page, open_png, opened, render

_PIXELS = 2_200_000  # 100 x 150 mm at 300 dpi: more is slower, and finds no more
_LEAST_DPI, _MOST_DPI = 200.0, 600.0
_SECOND_PIXELS = 12_000_000


def read_pages(content: bytes) -> list[LabelPage]:
    """Every page of a PDF, or the one of a PNG. Raises BadReply."""
    if kind_of(content) == "png":
        picture, dpi = open_png(content)
        return [
            LabelPage(
                index=0,
                width_mm=round(picture.width / dpi * MM_PER_INCH, 1),
                height_mm=round(picture.height / dpi * MM_PER_INCH, 1),
                codes=_codes(picture.convert("L")) or _codes(_doubled(picture.convert("L"))),
            )
        ]
    with opened(content) as document:
        return [_read(document, index) for index in range(len(document))]


def _read(document: pdfium.PdfDocument, index: int) -> LabelPage:
    page = load_page(document, index)
    try:
        width, height = page.get_size()
        inches = width * height / POINTS_PER_INCH**2
        # Small labels have small modules: they are looked at more closely, for the same work.
        dpi = min(max(sqrt(_PIXELS / inches), _LEAST_DPI), _MOST_DPI, sqrt(_SECOND_PIXELS / inches))
        codes = _codes(render(page, dpi, grey=True))
        if not codes:
            closer = min(2.0 * dpi, sqrt(_SECOND_PIXELS / inches))
            codes = _codes(render(page, closer, grey=True))
        return LabelPage(
            index=index,
            width_mm=round(width / POINTS_PER_INCH * MM_PER_INCH, 1),
            height_mm=round(height / POINTS_PER_INCH * MM_PER_INCH, 1),
            codes=codes,
        )
    finally:
        page.close()


def _codes(picture: Image.Image) -> frozenset[str]:
    # Plain: the data as it is, without the brackets that a person would read around GS1 fields.
    found = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
    return frozenset(_lines(symbol.text for symbol in found if symbol.valid))


def _lines(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        for line in text.splitlines():
            if line := line.strip("\x00\x1d "):
                yield line


def _doubled(picture: Image.Image) -> Image.Image:
    """A picture at one or two pixels a module reads when it is larger."""
    if picture.width * picture.height * 4 > _SECOND_PIXELS:
        return picture
    return picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.NEAREST)


__all__ = ["read_pages"]
