"""A PDF file and its pages, measured in printer dots from the top left corner.

One dot is 1/203 inch, the pitch of the common thermal printer: whatever stands at whole dots is printed
without half-covered ones. Everything is pure black on white; nothing is thinner than two dots.
"""

from __future__ import annotations

import io
import threading
from types import TracebackType

from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from hub_labels.flowing import ASCENT, Block, fit
from hub_labels.symbols import Linear, Square
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
        self._pages = 0
        self._glyphs: dict[tuple[str, bool], list[tuple[str, str, str]]] = {}
        self._blocks: dict[tuple[object, ...], Block] = {}
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
                if not self._pages:
                    raise ValueError("a document needs at least one page")
                self.pdf = self._canvas.getpdfdata()
            del self._canvas
        finally:
            _drawing.release()

    def page(self, width_mm: float, height_mm: float) -> Page:
        """A new page, to be drawn on and then finished with ``Page.done``."""
        self._pages += 1
        return Page(self, self._canvas, width_mm, height_mm)

    def glyphs(self, text: str, bold: bool) -> list[tuple[str, str, str]]:
        """Clean ``text`` in this file's fonts: (font's name here, its PDF name, codes in hexadecimal)."""
        known = self._glyphs.get((text, bold))
        if known is None:
            document = self._canvas._doc
            known = self._glyphs[text, bold] = []
            for name, piece in self.faces.runs(text, bold):
                font = self.faces.fonts[name]
                for subset, codes in font.splitString(piece, document):
                    known.append((name, font.getSubsetInternalName(subset, document), codes.hex()))
        return known

    def fitted(
        self,
        text: str,
        width: int,
        size: int,
        least: int,
        *,
        lines: int = 1,
        height: int | None = None,
        bold: bool = False,
    ) -> Block:
        """``flowing.fit``, once for what stands on every page: the sender, the captions."""
        key = (text, width, size, least, lines, height, bold)
        block = self._blocks.get(key)
        if block is None:
            block = self._blocks[key] = fit(
                self.faces, text, width=width, size=size, least=least, lines=lines, height=height, bold=bold
            )
        return block


class Page:
    """Where things are drawn. ``x`` goes right and ``y`` goes down, in dots; ``width`` and ``height`` too."""

    def __init__(self, book: Book, canvas: Canvas, width_mm: float, height_mm: float) -> None:
        self.faces = book.faces
        self.width = int(width_mm * DOTS_PER_MM)
        self.height = int(height_mm * DOTS_PER_MM)
        self._canvas = canvas
        self._size = (width_mm * _POINTS_PER_MM, height_mm * _POINTS_PER_MM)
        self.book = book
        self._shapes: list[str] = []
        self._symbols: list[str] = []
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

    def bars(self, x: int, y: int, symbol: Linear, height: int) -> None:
        """A linear symbol without its quiet zones, ``height`` dots high."""
        self._symbol(x, y, symbol.path, symbol.dots, height)

    def square(self, x: int, y: int, symbol: Square) -> None:
        """A square symbol without its quiet zone."""
        self._symbol(x, y, symbol.path, symbol.dots, symbol.dots)

    def _symbol(self, x: int, y: int, path: str, across: int, down: int) -> None:
        place = f"{x + self._left} {-(y + self._top)}"
        self._symbols.append(f"q {across} 0 0 {-down} {place} cm\n{path}\nf Q")

    def text(self, x: int, y: int, text: str, size: int, *, bold: bool = False, white: bool = False) -> None:
        """One line of clean text, ``y`` its baseline, ``size`` its em in dots."""
        if not text:
            return
        out = self._texts
        out.append(f"1 0 0 1 {x + self._left} {-(y + self._top)} Tm")
        if white:
            out.append("1 g")
        for name, font, codes in self.book.glyphs(text, bold):
            # Droid Sans Fallback has no bold: an outline thickens it, where there are dots enough for that.
            thick = bold and name == "han" and size >= _LEAST_THICK
            if thick:
                out.append(f"2 Tr {size * 0.035:.1f} w")
            if (font, size) != self._state:
                self._state = (font, size)
                out.append(f"{font} {size} Tf")
            out.append(f"<{codes}> Tj")
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
        shapes = "\n".join([*self._shapes, "f", *self._symbols])
        texts = "\n".join(self._texts)
        self._canvas.addLiteral(f"{scale} 0 0 {scale} 0 {self._size[1]:.4f} cm\n{shapes}\nBT\n{texts}\nET")
        self._canvas.showPage()


__all__ = ["DOTS_PER_INCH", "DOTS_PER_MM", "Book", "Page"]
