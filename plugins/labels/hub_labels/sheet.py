"""A PDF file and its pages, measured in printer dots from the top left corner.

One dot is 1/203 inch, the pitch of the common thermal printer: whatever stands at whole dots is printed
without half-covered ones. Everything is pure black on white; nothing is thinner than two dots.
"""

from __future__ import annotations

import io
import threading
from types import TracebackType

from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from hub_labels.flowing import ASCENT, Block
from hub_labels.typefaces import typefaces

DOTS_PER_INCH = 203
DOTS_PER_MM = DOTS_PER_INCH / 25.4
_LEAST_THICK = 30
_POINTS_PER_DOT = 72 / DOTS_PER_INCH
_POINTS_PER_MM = 72 / 25.4

# The fonts keep per-document state and a read position: one document is drawn at a time.
_drawing = threading.Lock()


class Book:
    """One PDF file. As a context manager it takes the fonts for itself; ``pdf`` is there afterwards."""

    def __init__(self, title: str) -> None:
        self.faces = typefaces()
        self.pdf = b""
        self._title = title

    def __enter__(self) -> Book:
        _drawing.acquire()
        try:
            # invariant: equal content gives equal bytes, and no file tells when it was made.
            self._canvas = Canvas(io.BytesIO(), pageCompression=1, invariant=1)
            self._canvas.setTitle(self._title)
            self._canvas.setCreator("parcelhub")
        except BaseException:
            _drawing.release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.pdf = self._canvas.getpdfdata()
            del self._canvas
        finally:
            _drawing.release()

    def page(self, width_mm: float, height_mm: float) -> Page:
        """A new page, to be drawn on and then finished with ``Page.done``."""
        return Page(self, self._canvas, width_mm, height_mm)


class Page:
    """Where things are drawn. ``x`` goes right and ``y`` goes down, in dots; ``width`` and ``height`` too."""

    def __init__(self, book: Book, canvas: Canvas, width_mm: float, height_mm: float) -> None:
        self.faces = book.faces
        self.width = int(width_mm * DOTS_PER_MM)
        self.height = int(height_mm * DOTS_PER_MM)
        self._canvas = canvas
        self._size = (width_mm * _POINTS_PER_MM, height_mm * _POINTS_PER_MM)
        self._shapes: list[str] = []
        self._texts: list[str] = []
        self._state = ("", 0)
        self._left = self._top = 0
        self.missing: set[str] = set()
        """Characters that no font could draw."""

    def shift(self, left: int, top: int) -> None:
        """Move the origin: a small label on a larger sheet."""
        self._left, self._top = left, top

    def clean(self, text: str) -> str:
        """``text`` as it can be drawn: see ``Typefaces.clean``."""
        return self.faces.clean(text, self.missing)

    def box(self, x: int, y: int, width: int, height: int) -> None:
        """A black rectangle; with a small height, a rule."""
        self._shapes.append(f"{x + self._left} {-(y + self._top + height)} {width} {height} re")

    def frame(self, x: int, y: int, width: int, height: int, line: int = 2) -> None:
        """An empty rectangle, its line inside."""
        self.box(x, y, width, line)
        self.box(x, y + height - line, width, line)
        self.box(x, y, line, height)
        self.box(x + width - line, y, line, height)

    def dashes(self, x: int, y: int, width: int, line: int = 2, dash: int = 12) -> None:
        """A dashed rule."""
        for start in range(0, width - dash, dash * 2):
            self.box(x + start, y, dash, line)

    def symbol(self, x: int, y: int, bars: tuple[tuple[int, int, int, int], ...], dots: int) -> None:
        """A barcode's black rectangles (x, y, width, height in modules of ``dots``)."""
        left, top = x + self._left, y + self._top
        self._shapes.extend(
            f"{left + bx * dots} {-(top + (by + height) * dots)} {width * dots} {height * dots} re"
            for bx, by, width, height in bars
        )

    def bars(self, x: int, y: int, runs: tuple[tuple[int, int], ...], dots: int, height: int) -> None:
        """A linear symbol: bars as (start, width) in modules of ``dots``, ``height`` in dots."""
        left, bottom = x + self._left, -(y + self._top + height)
        self._shapes.extend(
            f"{left + start * dots} {bottom} {width * dots} {height} re" for start, width in runs
        )

    def text(self, x: int, y: int, text: str, size: int, *, bold: bool = False, white: bool = False) -> None:
        """One line of clean text, ``y`` its baseline, ``size`` its em in dots."""
        if not text:
            return
        out = self._texts
        document = self._canvas._doc
        out.append(f"1 0 0 1 {x + self._left} {-(y + self._top)} Tm")
        if white:
            out.append("1 g")
        for name, piece in self.faces.runs(text, bold):
            font = self.faces.fonts[name]
            # Droid Sans Fallback has no bold: an outline thickens it, where there are dots enough for that.
            thick = bold and name == "han" and size >= _LEAST_THICK
            if thick:
                out.append(f"2 Tr {size * 0.035:.1f} w")
            for subset, codes in font.splitString(piece, document):
                state = (font.getSubsetInternalName(subset, document), size)
                if state != self._state:
                    self._state = state
                    out.append(f"{state[0]} {size} Tf")
                out.append(f"<{codes.hex()}> Tj")
            if thick:
                out.append("0 Tr")
        if white:
            out.append("0 g")

    def text_right(self, right: int, y: int, text: str, size: int, *, bold: bool = False) -> None:
        """One line that ends at ``right``."""
        self.text(right - round(self.faces.width(text, bold) * size), y, text, size, bold=bold)

    def text_centred(self, centre: int, y: int, text: str, size: int, *, bold: bool = False) -> None:
        """One line around ``centre``."""
        self.text(centre - round(self.faces.width(text, bold) * size / 2), y, text, size, bold=bold)

    def put(self, x: int, y: int, block: Block) -> int:
        """The lines of ``block`` below ``y``; returns where they end."""
        baseline = y + round(block.size * ASCENT)
        for line in block.lines:
            self.text(x, baseline, line, block.size, bold=block.bold)
            baseline += block.leading
        return y + block.height

    def done(self) -> None:
        """The page is complete."""
        scale = f"{_POINTS_PER_DOT:.9f}"
        self._canvas.setPageSize(self._size)
        shapes = "\n".join(self._shapes)
        texts = "\n".join(self._texts)
        self._canvas.addLiteral(f"{scale} 0 0 {scale} 0 {self._size[1]:.4f} cm\n{shapes}\nf\nBT\n{texts}\nET")
        self._canvas.showPage()


__all__ = ["DOTS_PER_INCH", "DOTS_PER_MM", "Book", "Page"]
