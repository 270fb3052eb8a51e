"""PDF pages of forms: Interleaved 2 of 5 inland, Code 128 for S10, and lines of text.

Sizes by ``print-type``: PAPER is A5, THERMO is 100 x 150 mm (documentation). The symbology of inland numbers
is known from one code base only; the arrangement of the page is this emulator's own.
"""

import io
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from vendor_emulators.documents import Face, full
from vendor_emulators.paper import MM, Sheet, draw_bars, modules
from vendor_emulators.russian_post import label_face
from vendor_emulators.russian_post.barcodes import grouped

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

SIZES = {"PAPER": (148.0, 210.0), "THERMO": (100.0, 150.0), "A4": (210.0, 297.0)}
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
    face: Face | None = None
    """Draws the full form; a list without one shows its lines."""


def pdf(pages: Sequence[Page]) -> bytes:
    """One PDF page a page, in order."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(io.BytesIO(), pageCompression=1, invariant=1)
    for page in pages:
        width, height = SIZES[page.size]
        canvas.setPageSize((width * MM, height * MM))
        if full():
            face = page.face or partial(
                label_face.document, title=page.title, lines=page.lines, barcode=page.barcode
            )
            _face(canvas, page, face)
        else:
            _draw(canvas, page)
        canvas.showPage()
    data: bytes = canvas.getpdfdata()
    return data


def _face(canvas: "Canvas", page: Page, face: Face) -> None:
    """A5 has the small form with white around it: on a roll of 100 mm its barcode keeps its size."""
    width, height = SIZES[page.size]
    if page.size == "PAPER":
        small_width, small_height = SIZES["THERMO"]
        canvas.translate((width - small_width) / 2 * MM, (height - small_height) / 2 * MM)
        width, height = small_width, small_height
    face(Sheet(canvas, width, height))


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
    top = height - 8
    canvas.setFont("Helvetica-Bold", 10)
    canvas.drawString(6 * MM, top * MM, latin(page.title))
    if page.barcode is not None:
        top -= _BAR_MM + 5
        symbol = modules(page.barcode, label_face.symbology(page.barcode))
        draw_bars(canvas, symbol, width, top, _BAR_MM, _DOTS)
        top -= 4
        canvas.setFont("Helvetica", 10)
        canvas.drawCentredString(width / 2 * MM, top * MM, grouped(page.barcode))
    canvas.setFont("Helvetica", 8)
    for line in page.lines:
        top -= 4.5
        if top > 4:
            canvas.drawString(6 * MM, top * MM, latin(line))
