"""What both label designs do: put blocks of text, and remember what was cut."""

from __future__ import annotations

from hub import LabelContent

from hub_labels import wording
from hub_labels.flowing import Block
from hub_labels.numbers import NumberLine, number_line
from hub_labels.sheet import Page
from hub_labels.symbols import Square

LEAST_SIZE = 18
"""Dots: 2.25 mm an em, the smallest that a thermal printer draws legibly."""


class LabelFace:
    """A label being drawn on ``page``; ``cut`` names the fields that did not fit."""

    def __init__(self, page: Page, label: LabelContent) -> None:
        self.page = page
        self.label = label
        self.cut: list[str] = []
        self.tracking = page.clean(label.tracking_number)
        self.posting = page.clean(label.posting_number)

    def fitted(
        self,
        text: str,
        width: int,
        size: int,
        least: int,
        *,
        field: str = "",
        lines: int = 1,
        height: int | None = None,
        bold: bool = False,
    ) -> Block:
        """``flowing.fit`` of the cleaned text; ``field`` is what a warning calls it."""
        block = self.page.book.fitted(
            self.page.clean(text),
            width,
            size,
            min(size, max(least, LEAST_SIZE)),
            lines=lines,
            height=height,
            bold=bold,
        )
        if block.cut and field and field not in self.cut:
            self.cut.append(field)
        return block

    def number(self, width: int, size: int, large: int, least: int) -> NumberLine | None:
        """The tracking number in one line, cut where it is longer than that; None without one."""
        faces = self.page.faces
        line = number_line(faces, self.tracking, width=width, size=size, large=large, least=least)
        if line is not None or not self.tracking:
            return line
        cut = self.fitted(self.tracking, width, least, least, field="номер", bold=True)
        return NumberLine(
            tuple((text, cut.size) for text in cut.lines[:1]),
            round(max((faces.width(text, True) for text in cut.lines[:1]), default=0) * cut.size),
        )

    def code(self) -> str:
        """The text of the QR code. With a space between, both numbers go in the denser alphanumeric mode."""
        return " ".join(filter(None, (self.label.tracking_number.strip(), self.label.posting_number.strip())))

    def warnings(self) -> str:
        """What is not as it should be, in words; mostly empty."""
        cut = f"Сокращено: {', '.join(self.cut)}" if self.cut else ""
        return "; ".join(filter(None, (cut, wording.missing_note(self.page.missing))))

    def put_qr(self, symbol: Square | None, right: int, y: int) -> None:
        """The symbol with its quiet zone's right edge at ``right``."""
        if symbol is not None:
            left = right - symbol.side_dots + symbol.quiet_dots
            self.page.square(left, y + symbol.quiet_dots, symbol)


__all__ = ["LEAST_SIZE", "LabelFace"]
