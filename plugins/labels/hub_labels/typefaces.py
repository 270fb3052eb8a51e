"""Which font draws which character, how wide it is, and what is done with a character that none draws.

DejaVu Sans has Latin, Cyrillic (Russian, Kazakh, Ukrainian), Armenian, Georgian and the signs of trade;
Droid Sans Fallback has Chinese and Japanese. Both are TrueType, embedded as subsets.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache
from importlib import resources

from reportlab import rl_config  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]

SUBSTITUTE = "\ufffd"
"""Stands where a character cannot be drawn: a black diamond with a question mark, never an empty box."""

_FILES = {
    "sans": "DejaVuSans.ttf",
    "bold": "DejaVuSans-Bold.ttf",
    "han": "DroidSansFallbackFull.ttf",
}
_DROPPED = {"Cc", "Cf", "Mn", "Me"}  # controls, joiners, and marks that did not compose: nothing to see
_BARRED = _DROPPED | {"Cs", "Co", "Cn"}
_LONGEST = 2_000  # more fits on no paper of ours: it is cut with an ellipsis anyway
_loading = threading.Lock()

# Base-85 on top of deflate makes every stream a quarter longer and buys nothing since PDF 1.2.
rl_config.useA85 = 0


class Typefaces:
    """The three fonts, loaded once for the process."""

    def __init__(self) -> None:
        folder = resources.files("hub_labels") / "fonts"
        self.fonts: dict[str, TTFont] = {}
        for name, file in _FILES.items():
            with resources.as_file(folder / file) as path:
                # validate=0: the files are our own, and the checksums of 4 MB cost 60 ms.
                self.fonts[name] = TTFont(f"Parcel-{name}", str(path), validate=0, asciiReadable=False)
        plain = _drawable(self.fonts["sans"]) & _drawable(self.fonts["bold"])
        han = _drawable(self.fonts["han"]) - plain
        self._foreign = re.compile(f"[^{_ranges(plain)}]+")
        self._undrawable = re.compile(f"[^{_ranges(plain | han)}]")
        self.units = re.compile(
            f"[{_ranges(_ideographs(han))}][{_CLOSING}]*|[^\\s{_ranges(_ideographs(han))}]+"
        )
        self.widths = {False: _Widths(self.fonts["sans"], self.fonts["han"])}
        self.widths[True] = _Widths(self.fonts["bold"], self.fonts["han"])

    def clean(self, text: str, missing: set[str]) -> str:
        """``text`` on one line, with a substitute for what cannot be drawn (added to ``missing``)."""
        text = text[:_LONGEST]
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        text = " ".join(text.split())
        if self._undrawable.search(text) is None:
            return text

        def replace(match: re.Match[str]) -> str:
            character = match[0]
            if unicodedata.category(character) in _DROPPED:
                return ""
            missing.add(character)
            return SUBSTITUTE

        return " ".join(self._undrawable.sub(replace, text).split())

    def runs(self, text: str, bold: bool) -> list[tuple[str, str]]:
        """``text`` in pieces of one font each: (font, piece)."""
        base = "bold" if bold else "sans"
        if self._foreign.search(text) is None:
            return [(base, text)]
        runs = []
        done = 0
        for match in self._foreign.finditer(text):
            start, end = match.span()
            if start > done:
                runs.append((base, text[done:start]))
            runs.append(("han", text[start:end]))
            done = end
        if done < len(text):
            runs.append((base, text[done:]))
        return runs

    def width(self, text: str, bold: bool) -> float:
        """The width of clean ``text`` in ems."""
        return sum(map(self.widths[bold].__getitem__, text))


_CLOSING = re.escape("，。、；：！？）】》」』”’％,.;:!?)]}%")


class _Widths(dict[str, float]):
    """Character widths in ems, looked up once each."""

    def __init__(self, base: TTFont, han: TTFont) -> None:
        super().__init__()
        self._base, self._han = base.face, han.face

    def __missing__(self, character: str) -> float:
        code = ord(character)
        face = self._base if code in self._base.charToGlyph else self._han
        self[character] = width = float(face.getCharWidth(code)) / 1000
        return width


def _drawable(font: TTFont) -> frozenset[int]:
    """The characters that look right without shaping: no controls, marks, private or right-to-left ones."""
    return frozenset(
        code
        for code in font.face.charToGlyph
        if code > 31
        and unicodedata.category(chr(code)) not in _BARRED
        and unicodedata.bidirectional(chr(code)) not in ("R", "AL")
    )


def _ideographs(codes: frozenset[int]) -> frozenset[int]:
    """Those that a line may be broken before and after."""
    closing = set("，。、；：！？）】》」』％")
    return frozenset(code for code in codes if code >= 0x2E80 and chr(code) not in closing)


def _ranges(codes: frozenset[int]) -> str:
    """A regular expression's character class, without the brackets."""
    parts = []
    start = last = -2
    for code in [*sorted(codes), 0x110000 + 1]:
        if code == last + 1:
            last = code
            continue
        if start >= 0:
            parts.append(f"\\U{start:08x}" if start == last else f"\\U{start:08x}-\\U{last:08x}")
        start = last = code
    return "".join(parts)


@cache
def _load() -> Typefaces:
    return Typefaces()


def typefaces() -> Typefaces:
    """The process's fonts; the first call takes about 0.3 s."""
    with _loading:
        return _load()


__all__ = ["SUBSTITUTE", "Typefaces", "typefaces"]
