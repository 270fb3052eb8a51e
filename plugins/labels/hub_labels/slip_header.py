"""The top of a packing slip: which posting, by when, and what its label shows too, for packers to compare."""

from __future__ import annotations

from typing import NamedTuple

from hub import Paper, SlipContent

from hub_labels import wording
from hub_labels.flowing import Block
from hub_labels.numbers import NumberLine, number_line
from hub_labels.sheet import DOTS_PER_MM, Book, Page
from hub_labels.symbols import Linear, code128, qr

_WORDS = {
    "slip": {"ru": "Упаковочный лист", "zh": "装箱单", "en": "Packing slip"},
    "ship_by": {"ru": "Отгрузить до", "zh": "截止", "en": "Ship by"},
    "by": {"ru": "до", "zh": "截止", "en": "by"},
    "fragile": {"ru": "хрупкое", "zh": "易碎", "en": "fragile"},
    "pieces": {"ru": "Всего штук", "zh": "共计", "en": "Pieces in all"},
    "thanks": {"ru": "Спасибо за покупку!", "zh": "感谢您的购买！", "en": "Thank you for your purchase!"},
}
_SERVICE_LINES = 5  # longer than any that a carrier has: it is not to be cut
LEAST = 18
"""Dots: the smallest letters of a slip."""


class Scale(NamedTuple):
    """Sizes in dots for one paper."""

    margin: int
    title: int
    text: int
    small: int
    quantity: int
    qr_room: int
    thanks: int
    bars: bool
    name_lines: int
    other_lines: int
    large: int
    """The last digits of the number that label and slip share."""
    symbol: int
    """How high that number's barcode is; 0: there is no room for one."""


SCALES = {
    Paper.A4: Scale(100, 52, 32, 26, 48, 260, 300, True, 3, 2, 92, 90),
    Paper.LABEL_100X150: Scale(28, 42, 28, 22, 42, 200, 150, False, 3, 2, 76, 64),
    Paper.LABEL_75X120: Scale(22, 34, 24, 20, 34, 160, 110, False, 3, 2, 60, 52),
    Paper.LABEL_58X40: Scale(12, 24, 20, 18, 24, 112, 0, False, 2, 1, 44, 0),
}


class SlipHeader:
    """Whole on the first page; later ones have the numbers only."""

    def __init__(self, book: Book, slip: SlipContent, paper: Paper, missing: set[str]) -> None:
        self.book, self.slip, self.paper, self.missing = book, slip, paper, missing
        self.spoken = wording.Spoken(_WORDS, slip.language)
        self.scale = SCALES[paper]
        self.tracking = slip.tracking_number.strip()
        self.inner = int(paper.size_mm[0] * DOTS_PER_MM) - 2 * self.scale.margin
        self.symbol = qr(slip.posting_number.strip(), self.scale.qr_room)

    def fitted(
        self, text: str, width: int, size: int, *, least: int = 0, lines: int = 1, bold: bool = False
    ) -> Block:
        """Cleaned and fitted text."""
        clean = self.book.faces.clean(text, self.missing)
        return self.book.fitted(clean, width, size, max(least, LEAST), lines=lines, bold=bold)

    def height(self, number: int) -> int:
        """Of the header of this page, in dots."""
        side = self.symbol.size * self.symbol.dots if self.symbol else 0
        text = sum(block.height for block in self.beside(number, 99))
        below = sum(block.height for block in self.below(number))
        symbol = self.scale.symbol + 8 if self.bars(number) is not None else 0
        return self.scale.margin + max(side, text) + below + symbol + 18

    def draw(self, page: Page, number: int, count: int) -> int:
        """With the posting's QR code; returns where the rows begin."""
        margin = self.scale.margin
        top = margin
        if self.symbol is not None:
            side = self.symbol.size * self.symbol.dots
            page.square(page.width - margin - side, margin, self.symbol)
            top += side
        y = margin - 4
        for block in self.beside(number, count):
            y = self.put(page, y, block)
        y = max(y, top) + 4
        bars = self.bars(number)
        if bars is not None:
            page.bars(margin + bars.quiet_dots, y, bars, self.scale.symbol)
            y += self.scale.symbol + 8
        for block in self.below(number):
            y = self.put(page, y, block)
        end = self.height(number)
        page.box(margin, end - 4, self.inner, 3)
        return end

    def beside(self, number: int, count: int) -> list[Block | NumberLine]:
        """Beside the QR code: which posting, of whom, by when."""
        scale, slip = self.scale, self.slip
        width = self.inner - (self.symbol.side_dots - self.symbol.quiet_dots if self.symbol else 0)
        small = self.paper is Paper.LABEL_58X40
        title = self.spoken.own("slip") if small else self.spoken.both("slip")
        counted = f" {number}/{count}" if count > 1 else ""
        blocks: list[Block | NumberLine] = [self.fitted(title + counted, width, scale.small)]
        if self.tracking:
            blocks.append(
                self.fitted(slip.posting_number, width, scale.title, least=scale.small, lines=2, bold=True)
            )
        else:
            blocks.append(self.numbered(slip.posting_number, width, scale.title))
        if number > 1:
            return blocks
        if not small:
            blocks.append(self.fitted(slip.seller, width, scale.text, least=scale.small))
        if slip.ship_by is not None:
            deadline = wording.local_time(slip.ship_by, slip.time_zone)
            words = self.spoken.own("by") if small else self.spoken.both("ship_by")
            due = self.fitted(f"{words} {deadline}", width, scale.text, least=scale.small, lines=2, bold=True)
            blocks.append(due)
        return blocks

    def below(self, number: int) -> list[Block | NumberLine]:
        """Over the whole width: the number that its label shows, right below its bars, carrier and
        service."""
        scale, slip = self.scale, self.slip
        blocks: list[Block | NumberLine] = []
        if self.tracking:
            blocks.append(self.numbered(self.tracking, self.inner, scale.title))
        if number > 1:
            return blocks
        if self.paper is Paper.LABEL_58X40:
            both = wording.joined(slip.carrier, slip.service)
            blocks.append(self.fitted(both, self.inner, scale.text, lines=_SERVICE_LINES, bold=True))
        else:
            carrier = self.fitted(slip.carrier, self.inner, scale.title, least=scale.text, lines=2, bold=True)
            blocks += [carrier, self.fitted(slip.service, self.inner, scale.text, lines=_SERVICE_LINES)]
        return blocks

    def numbered(self, number: str, width: int, size: int) -> Block | NumberLine:
        """The number with its last digits large; one that is too long for a line is wrapped."""
        clean = self.book.faces.clean(number, self.missing)
        line = number_line(
            self.book.faces, clean, width=width, size=size, large=self.scale.large, least=self.scale.small
        )
        return line or self.fitted(number, width, self.scale.small, lines=3, bold=True)

    def bars(self, number: int) -> Linear | None:
        """The tracking number for a scanner."""
        if number > 1 or not (self.tracking and self.scale.symbol):
            return None
        return code128(self.tracking, self.inner, most_dots=4)

    def put(self, page: Page, y: int, block: Block | NumberLine) -> int:
        """Below ``y``, at the left margin; returns where it ends."""
        if isinstance(block, NumberLine):
            return block.put(page, self.scale.margin, y)
        return page.put(self.scale.margin, y, block)


__all__ = ["LEAST", "SCALES", "Scale", "SlipHeader"]
