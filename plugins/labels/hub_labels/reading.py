"""Reading barcodes back from label files: a page is whose code it shows, never whose turn it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from math import sqrt

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import zxingcpp
from hub import LabelPage
from PIL import Image

from hub_labels.files import (
    MM_PER_INCH,
    POINTS_PER_INCH,
    kind_of,
    load_page,
    open_png,
    opened,
    render,
)

# What carriers and marketplaces print; everything else is looked for only where none of these is found.
USUAL = [
    zxingcpp.Code128,
    zxingcpp.QRCode,
    zxingcpp.DataMatrix,
    zxingcpp.ITF,
    zxingcpp.Code39,
    zxingcpp.EANUPC,
]
_PIXELS = 1_600_000  # 100 x 150 mm at 260 dpi: more is slower, and finds no more
_LEAST_DPI, _MOST_DPI = 200.0, 600.0
_SECOND_PIXELS = 12_000_000


def read_pages(content: bytes) -> Iterator[LabelPage]:
    """Every page of a PDF, or the one of a PNG, one after another. Raises BadReply."""
    if kind_of(content) == "png":
        picture, dpi = open_png(content)
        grey = picture.convert("L")
        yield LabelPage(
            index=0,
            width_mm=round(picture.width / dpi * MM_PER_INCH, 1),
            height_mm=round(picture.height / dpi * MM_PER_INCH, 1),
            codes=_codes(grey, thorough=False) or _codes(_doubled(grey), thorough=True),
            look=_look(grey),
            blank=_blank(grey),
        )
        return
    with opened(content) as document:
        for index in range(len(document)):
            yield _read(document, index)


def _read(document: pdfium.PdfDocument, index: int) -> LabelPage:
    page = load_page(document, index)
    try:
        width, height = page.get_size()
        inches = width * height / POINTS_PER_INCH**2
        # Small labels have small modules: they are looked at more closely, for the same work.
        most = sqrt(_SECOND_PIXELS / inches)
        dpi = min(max(sqrt(_PIXELS / inches), _LEAST_DPI), _MOST_DPI, most)
        picture = render(page, dpi, grey=True)
        look, blank = _look(picture), _blank(picture)
        codes = _codes(picture, thorough=False)
        if not codes and not blank:
            picture = render(page, min(2.0 * dpi, most), grey=True)
            codes = _codes(picture, thorough=True)
    finally:
        page.close()
    return LabelPage(
        index=index,
        width_mm=round(width / POINTS_PER_INCH * MM_PER_INCH, 1),
        height_mm=round(height / POINTS_PER_INCH * MM_PER_INCH, 1),
        codes=codes,
        look=look,
        blank=blank,
    )


def _look(picture: Image.Image) -> str:
    """The same for two pages whose pixels are."""
    return hashlib.sha256(b"%d " % picture.width + picture.tobytes()).hexdigest()


def _blank(picture: Image.Image) -> bool:
    return picture.getextrema() == (255, 255)


def _codes(picture: Image.Image, *, thorough: bool) -> frozenset[str]:
    # Plain: the data as it is, without the brackets that a person would read around GS1 fields.
    found = zxingcpp.read_barcodes(
        picture,
        formats=zxingcpp.BarcodeFormats([] if thorough else USUAL),
        try_invert=thorough,
        text_mode=zxingcpp.TextMode.Plain,
    )
    return frozenset(_texts(symbol.text for symbol in found if symbol.valid))


def _texts(symbols: Iterable[str]) -> Iterable[str]:
    """Each symbol's lines, and where a line has several words, these too."""
    for text in symbols:
        for line in text.splitlines():
            if line := line.strip("\x00\x1d "):
                yield line
                words = line.split()
                if len(words) > 1:
                    yield from words


def _doubled(picture: Image.Image) -> Image.Image:
    """A picture at one or two pixels a module reads when it is larger."""
    if picture.width * picture.height * 4 > _SECOND_PIXELS:
        return picture
    return picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.NEAREST)


__all__ = ["USUAL", "read_pages"]
