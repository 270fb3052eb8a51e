"""Text that must fit: wrapped, then made smaller down to a least size, then cut with an ellipsis."""

from __future__ import annotations

from typing import NamedTuple

from hub_labels.typefaces import Typefaces

LEADING = 1.22
"""Distance of baselines in ems."""
ASCENT = 0.93
"""From the top of a block to its first baseline, in ems: nothing in the fonts rises higher."""
_STEP = 2


class Block(NamedTuple):
    """Lines of one size. ``cut``: the last one ends in an ellipsis because there was more."""

    lines: tuple[str, ...]
    size: int
    bold: bool
    cut: bool

    @property
    def leading(self) -> int:
        """Distance of baselines in dots."""
        return round(self.size * LEADING)

    @property
    def height(self) -> int:
        """In dots."""
        return self.leading * len(self.lines)


def fit(
    faces: Typefaces,
    text: str,
    *,
    width: int,
    size: int,
    least: int,
    lines: int = 1,
    height: int | None = None,
    bold: bool = False,
) -> Block:
    """Clean ``text`` as a block within ``width``, at most ``lines`` lines and ``height`` dots.

    Without text, or without room for one line of the least size, the block has no lines.
    """
    if not text:
        return Block((), size, bold, False)
    units = _units(faces, text, bold)
    space = faces.widths[bold][" "]
    longest = max(unit[1] for unit in units)
    while True:
        allowed = lines if height is None else min(lines, height // round(size * LEADING))
        if allowed > 0:
            broken = _wrap(faces, units, space, width / size, bold)
            # A word is broken only where no smaller size would keep it whole.
            if len(broken) <= allowed and (longest <= width / size or size <= least):
                return Block(tuple(broken), size, bold, False)
        if size <= least:
            break
        size = max(size - _STEP, least)
    if allowed < 1:
        return Block((), size, bold, True)
    kept = broken[:allowed]
    kept[-1] = _ellipsis(faces, kept[-1], width / size, bold)
    return Block(tuple(kept), size, bold, True)


def _units(faces: Typefaces, text: str, bold: bool) -> list[tuple[str, float, bool]]:
    """Pieces that are not broken: (text, width in ems, whether a space stands before)."""
    width = faces.width
    units = []
    end = 0
    for match in faces.units.finditer(text):
        piece = match[0]
        units.append((piece, width(piece, bold), match.start() > end))
        end = match.end()
    return units


def _wrap(
    faces: Typefaces, units: list[tuple[str, float, bool]], space: float, room: float, bold: bool
) -> list[str]:
    lines: list[str] = []
    line = ""
    used = 0.0
    for piece, width, spaced in units:
        gap = space if spaced and line else 0.0
        if used + gap + width <= room:
            line += f" {piece}" if gap else piece
            used += gap + width
            continue
        if line:
            lines.append(line)
        if width <= room:
            line, used = piece, width
            continue
        *full, line = _chop(faces, piece, room, bold)
        lines += full
        used = faces.width(line, bold)
    if line:
        lines.append(line)
    return lines


def _chop(faces: Typefaces, piece: str, room: float, bold: bool) -> list[str]:
    """A word that is longer than a line, broken wherever it must be."""
    widths = faces.widths[bold]
    parts = []
    start = 0
    used = 0.0
    for position, character in enumerate(piece):
        width = widths[character]
        if used + width > room and position > start:
            parts.append(piece[start:position])
            start, used = position, 0.0
        used += width
    parts.append(piece[start:])
    return parts


def _ellipsis(faces: Typefaces, line: str, room: float, bold: bool) -> str:
    widths = faces.widths[bold]
    used = faces.width(line, bold) + widths["…"]
    while line and used > room:
        used -= widths[line[-1]]
        line = line[:-1]
    return line.rstrip(" ,;.-") + "…"


__all__ = ["ASCENT", "LEADING", "Block", "fit"]
