"""The packing slip: what goes into the box, for the person who packs, in Russian, Chinese and English."""

from __future__ import annotations

from typing import NamedTuple

from hub import Item, Paper, SlipContent

from hub_labels import wording
from hub_labels.flowing import ASCENT, Block
from hub_labels.sheet import DOTS_PER_MM, Book, Page
from hub_labels.symbols import Linear, code128, qr

_LEAST = 18


class _Scale(NamedTuple):
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


_SCALES = {
    Paper.A4: _Scale(100, 52, 32, 26, 48, 260, 300, True, 3, 2),
    Paper.LABEL_100X150: _Scale(28, 42, 28, 22, 42, 200, 150, False, 3, 2),
    Paper.LABEL_75X120: _Scale(22, 34, 24, 20, 34, 160, 110, False, 3, 2),
    Paper.LABEL_58X40: _Scale(12, 24, 20, 18, 24, 112, 0, False, 2, 1),
}


def draw_slip(book: Book, slip: SlipContent, paper: Paper) -> int:
    """All pages of one slip; returns how many."""
    return _Slip(book, slip, paper).draw()


class _Slip:
    def __init__(self, book: Book, slip: SlipContent, paper: Paper) -> None:
        self.book, self.slip, self.paper = book, slip, paper
        self.scale = _SCALES[paper]
        self.missing: set[str] = set()
        self.symbol = qr(slip.posting_number.strip(), self.scale.qr_room)
        self.rows = [_Row(self, item, number) for number, item in enumerate(slip.items, 1)]

    @property
    def inner(self) -> int:
        """Width between the margins, in dots."""
        return int(self.paper.size_mm[0] * DOTS_PER_MM) - 2 * self.scale.margin

    def fitted(
        self, text: str, width: int, size: int, *, least: int = 0, lines: int = 1, bold: bool = False
    ) -> Block:
        """Cleaned and fitted text."""
        clean = self.book.faces.clean(text, self.missing)
        return self.book.fitted(clean, width, size, max(least, _LEAST), lines=lines, bold=bold)

    def draw(self) -> int:
        closing = _Closing(self)
        pages: list[list[_Row]] = [[]]
        room = self.room()
        used = 0
        for row in self.rows:
            if pages[-1] and used + row.height > room:
                pages.append([])
                used = 0
            pages[-1].append(row)
            used += row.height
        if pages[-1] and used + closing.height > room:
            pages.append([])
        for number, rows in enumerate(pages, 1):
            page = self.book.page(*self.paper.size_mm)
            y = self.header(page, number, len(pages))
            for row in rows:
                y = row.draw(page, y)
            if number == len(pages):
                closing.draw(page, y)
            page.done()
        return len(pages)

    def room(self) -> int:
        """The height for rows on one page."""
        return int(self.paper.size_mm[1] * DOTS_PER_MM) - self.header_height - self.scale.margin

    def header_blocks(self, counted: str) -> list[Block]:
        """Which posting, by when, for whom."""
        scale, slip = self.scale, self.slip
        width = self.inner - (self.symbol.side_dots - self.symbol.quiet_dots if self.symbol else 0)
        small = self.paper is Paper.LABEL_58X40
        number = self.fitted(slip.posting_number, width, scale.title, least=scale.small, bold=True)
        title = "装箱单" if small else "Упаковочный лист · 装箱单"
        blocks = [self.fitted(f"{title} {counted}", width, scale.small), number]
        if not small:
            parties = wording.joined(slip.seller, slip.carrier)
            blocks.append(self.fitted(parties, width, scale.text, least=scale.small))
        if slip.ship_by is not None:
            deadline = wording.local_time(slip.ship_by, slip.time_zone)
            words = "до" if small else "Отгрузить до · 截止"
            blocks.append(self.fitted(f"{words} {deadline}", width, scale.text, least=_LEAST, bold=True))
        return blocks

    @property
    def header_height(self) -> int:
        """The same on every page of the slip."""
        side = self.symbol.size * self.symbol.dots if self.symbol else 0
        text = sum(block.height for block in self.header_blocks("99/99"))
        return self.scale.margin + max(side, text) + 14

    def header(self, page: Page, number: int, count: int) -> int:
        """Draws the header with the posting's QR code; returns where the rows begin."""
        margin = self.scale.margin
        if self.symbol is not None:
            left = page.width - margin - self.symbol.size * self.symbol.dots
            page.square(left, margin, self.symbol)
        y = margin - 4
        for block in self.header_blocks(f"{number}/{count}" if count > 1 else ""):
            y = page.put(margin, y, block)
        page.box(margin, self.header_height - 4, self.inner, 3)
        return self.header_height


class _Row:
    """One item: how many, what it is called, where it lies, and its barcode."""

    def __init__(self, slip: _Slip, item: Item, number: int) -> None:
        self.slip, self.item = slip, item
        scale = slip.scale
        self.quantity = f"{item.quantity} ×"
        faces = slip.book.faces
        quantities = [f"{each.quantity} ×" for each in slip.slip.items]
        self.indent = min(
            round(max(faces.width(text, True) for text in quantities) * scale.quantity) + scale.text // 2,
            slip.inner // 3,
        )
        place = slip.book.faces.clean(item.place, slip.missing)
        self.place = slip.fitted(place, slip.inner // 4, scale.text, least=scale.small, bold=True)
        self.barcode = item.barcodes[0] if item.barcodes else ""
        self.bars: Linear | None = None
        right = max(
            (round(faces.width(line, True) * self.place.size) for line in self.place.lines), default=0
        )
        if scale.bars and self.barcode:
            self.bars = code128(self.barcode, 400, most_dots=2)
            if self.bars is not None:
                right += self.bars.width_dots + 2 * self.bars.quiet_dots
        width = slip.inner - self.indent - right - scale.text // 2
        self.blocks = [
            slip.fitted(
                wording.item_name(item),
                width,
                scale.text,
                least=scale.small,
                lines=scale.name_lines,
                bold=True,
            )
        ]
        known = {wording.item_name(item)}
        for name in (item.name_zh, item.name_en):
            if name and name not in known:
                known.add(name)
                self.blocks.append(
                    slip.fitted(name, width, scale.small + 2, least=scale.small, lines=scale.other_lines)
                )
        fragile = "хрупкое · 易碎" if item.fragile else ""
        digits = "" if self.bars is not None else self.barcode
        details = wording.joined(fragile, item.offer_id, digits)
        self.blocks.append(slip.fitted(details, width, scale.small, lines=scale.other_lines))
        self.padding = max(4, scale.small // 3)
        text = sum(block.height for block in self.blocks)
        least = scale.quantity + (4 if self.bars is None else 0)
        self.height = max(text, least, 104 if self.bars is not None else 0) + 2 * self.padding + 2

    def draw(self, page: Page, y: int) -> int:
        """Draws the row below ``y``; returns where it ends."""
        scale = self.slip.scale
        left, right = scale.margin, page.width - scale.margin
        end = y + self.height
        y += self.padding
        amount = self.slip.fitted(self.quantity, self.indent, scale.quantity, bold=True)
        page.put(left, y, amount)
        text_y = y
        for block in self.blocks:
            text_y = page.put(left + self.indent, text_y, block)
        for line in self.place.lines:
            page.text_right(right, y + round(self.place.size * ASCENT), line, self.place.size, bold=True)
        if self.bars is not None:
            place_width = max(
                (round(page.faces.width(line, True) * self.place.size) for line in self.place.lines),
                default=0,
            )
            bar_right = right - place_width - self.bars.quiet_dots
            page.bars(bar_right - self.bars.width_dots, y + 4, self.bars, 64)
            centre = bar_right - self.bars.width_dots // 2
            page.text_centred(centre, y + 4 + 64 + 24, page.clean(self.barcode), 22)
        page.box(left, end - 2, right - left, 2)
        return end


class _Closing:
    """How many pieces, the note, and a free space for a word of thanks."""

    def __init__(self, slip: _Slip) -> None:
        self.slip = slip
        scale = slip.scale
        pieces = sum(item.quantity for item in slip.slip.items)
        total = f"Всего штук · 共计: {pieces}"
        self.blocks = [slip.fitted(total, slip.inner, scale.text, bold=True)]
        if slip.slip.note:
            self.blocks.append(
                slip.fitted(
                    slip.slip.note, slip.inner, scale.text, least=scale.small, lines=2 * scale.other_lines
                )
            )

    @property
    def height(self) -> int:
        scale = self.slip.scale
        missing = scale.small * 2
        return sum(block.height for block in self.blocks) + scale.thanks + missing + scale.small

    def draw(self, page: Page, y: int) -> None:
        scale = self.slip.scale
        y += scale.small // 2
        for block in self.blocks:
            y = page.put(scale.margin, y, block)
        warning = wording.missing_note(self.slip.missing)
        if warning:
            y = page.put(scale.margin, y, self.slip.fitted(warning, self.slip.inner, scale.small))
        if scale.thanks:
            top = page.height - scale.margin - scale.thanks
            page.dashes(scale.margin, top, self.slip.inner)
            words = self.slip.fitted("Спасибо за покупку! · 感谢您的购买！", self.slip.inner, scale.text)
            page.put(scale.margin, top + 10, words)


__all__ = ["draw_slip"]
