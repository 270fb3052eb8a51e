"""Pages with everybody's letters: Cyrillic, Latin and Chinese, boxes, and symbols on whole printer dots.

The fonts are those of the labels plugin, read as files where that is installed: an emulator knows no code of
it. Without them, and wherever many labels are made, pages are plain (`vendor_emulators.documents`): a page
with fonts costs six times as much.
"""

from __future__ import annotations

import importlib.util
import itertools
import threading
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

MM = 72 / 25.4
DOT_MM = 25.4 / 203
QUIET = 10  # modules on both sides, by ISO/IEC 15417
Symbology = Literal["code128", "itf"]
Weight = Literal["sans", "bold"]
_FILES = {"sans": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf", "han": "DroidSansFallbackFull.ttf"}
_SMALLEST = 4.5  # points; what does not fit at that is cut
_loading = threading.Lock()


@lru_cache(maxsize=4096)
def modules(value: str, symbology: Symbology = "code128") -> bytes:
    """The symbol's modules without quiet zones, one byte each: 1 black, 0 white."""
    import zxingcpp

    kind = zxingcpp.BarcodeFormat.ITF if symbology == "itf" else zxingcpp.BarcodeFormat.Code128
    image: Any = zxingcpp.create_barcode(value, kind).to_image(scale=1, add_quiet_zones=False)
    rows: Any = memoryview(image).tolist()
    return bytes(0 if pixel else 1 for pixel in rows[0])


def has_fonts() -> bool:
    """Whether the fonts are installed; loads those that nearly every page needs."""
    folder = _folder()
    if folder is None or not all((folder / file).is_file() for file in _FILES.values()):
        return False
    _font("sans")
    _font("bold")
    return True


def _folder() -> Path | None:
    found = importlib.util.find_spec("hub_labels")
    return None if found is None or found.origin is None else Path(found.origin).parent / "fonts"


def _font(name: str) -> TTFont:
    """One of the fonts; the first call reads its file, the Chinese one in 0.15 s."""
    with _loading:
        return _load(name)


@cache
def _load(name: str) -> TTFont:
    from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
    from reportlab.pdfbase.ttfonts import TTFont

    folder = _folder()
    assert folder is not None
    font = TTFont(f"Emulated-{name}", str(folder / _FILES[name]), validate=0, asciiReadable=False)
    pdfmetrics.registerFont(font)
    return font


class Sheet:
    """A page that is drawn from its top left corner, in millimetres; letters are measured in points."""

    def __init__(self, canvas: Canvas, width_mm: float, height_mm: float) -> None:
        self.width, self.height = width_mm, height_mm
        self._canvas = canvas

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        weight: Weight = "sans",
        width: float | None = None,
        centred: bool = False,
        white: bool = False,
    ) -> None:
        """One line whose letters stand on ``y``; in ``width`` it is set smaller, and cut at the end."""
        room = self.width - x if width is None else width
        long = self._long(text, weight)
        size = max(min(size, room * MM / long), min(size, _SMALLEST)) if long else size
        while long and long * size > room * MM + 0.1 and len(text) > 1:
            text = text[:-2] + "…"
            long = self._long(text, weight)
        left = (x + (room - long * size / MM) / 2) * MM if centred else x * MM
        self._canvas.setFillGray(1 if white else 0)
        line = self._canvas.beginText(left, (self.height - y) * MM)
        for font, piece in self._runs(text, weight):
            line.setFont(font, size)
            line.textOut(piece)
        self._canvas.drawText(line)
        self._canvas.setFillGray(0)

    def lines(self, x: float, y: float, text: str, size: float, *, width: float, most: int = 3) -> float:
        """Text in at most so many lines, broken between words; returns the ``y`` of the next line."""
        step = size * 1.25 / MM
        for line in self._broken(text, size, width * MM, most):
            self.text(x, y, line, size, width=width)
            y += step
        return y

    def box(self, x: float, y: float, width: float, height: float, *, filled: bool = False) -> None:
        """A frame, or a black field."""
        self._canvas.setLineWidth(0.6)
        left, bottom = x * MM, (self.height - y - height) * MM
        self._canvas.rect(left, bottom, width * MM, height * MM, stroke=int(not filled), fill=int(filled))

    def rule(self, y: float, x: float = 0.0, width: float | None = None) -> None:
        """A line across."""
        self._canvas.setLineWidth(0.6)
        end = self.width - x if width is None else x + width
        self._canvas.line(x * MM, (self.height - y) * MM, end * MM, (self.height - y) * MM)

    def bars(
        self, value: str, y: float, height: float, *, symbology: Symbology = "code128", dots: int = 4
    ) -> None:
        """A symbol in the middle of the page, at most so many dots a module.

        Raises ValueError where it does not fit with modules of one dot.
        """
        draw_bars(self._canvas, modules(value, symbology), self.width, self.height - y - height, height, dots)

    def _runs(self, text: str, weight: Weight) -> Sequence[tuple[str, str]]:
        runs = []
        for name, piece in itertools.groupby(text, lambda letter: self._font_of(letter, weight)):
            runs.append((f"Emulated-{name}", "".join(piece)))
        return runs

    def _font_of(self, letter: str, weight: Weight) -> str:
        return weight if ord(letter) in _font(weight).face.charToGlyph else "han"

    def _long(self, text: str, weight: Weight) -> float:
        """The length of a line in ems."""
        faces = (_font(self._font_of(letter, weight)).face for letter in text)
        widths = (face.getCharWidth(ord(letter)) for face, letter in zip(faces, text, strict=True))
        return float(sum(widths)) / 1000

    def _broken(self, text: str, size: float, room: float, most: int) -> list[str]:
        """The last of ``most`` lines holds all that is left: it is set smaller, or cut."""
        found: list[str] = []
        line = ""
        words = text.split()
        for number, word in enumerate(words):
            longer = f"{line} {word}".strip()
            if line and self._long(longer, "sans") * size > room:
                if len(found) == most - 1:
                    return [*found, " ".join([line, *words[number:]])]
                found.append(line)
                line = word
            else:
                line = longer
        return [*found, line] if line else found


def draw_bars(
    canvas: Canvas, symbol: bytes, width_mm: float, bottom_mm: float, height_mm: float, most: int
) -> None:
    """Bars snapped to whole dots of a 203 dpi printer: a module of 3.00 dots decodes where 2.64 do not."""
    dots = min(most, int(width_mm / DOT_MM) // (len(symbol) + 2 * QUIET))
    if dots < 1:
        raise ValueError(f"a symbol of {len(symbol)} modules does not fit on {width_mm} mm")
    module_mm = dots * DOT_MM
    left_dots = round((width_mm - len(symbol) * module_mm) / 2 / DOT_MM)
    path = canvas.beginPath()
    position = 0
    for black, run in itertools.groupby(symbol):
        count = sum(1 for _ in run)
        if black:
            x = left_dots * DOT_MM + position * module_mm
            path.rect(x * MM, bottom_mm * MM, count * module_mm * MM, height_mm * MM)
        position += count
    canvas.drawPath(path, stroke=0, fill=1)
