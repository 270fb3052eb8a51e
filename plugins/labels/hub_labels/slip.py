"""The packing slip: what goes into the box, for the person who packs in the seller's language, and for the
buyer in Russian."""

from __future__ import annotations

from hub import Item, Paper, SlipContent

from hub_labels import wording
from hub_labels.flowing import ASCENT
from hub_labels.sheet import DOTS_PER_MM, Book, Page
from hub_labels.slip_header import SlipHeader
from hub_labels.symbols import Linear, code128


def draw_slip(book: Book, slip: SlipContent, paper: Paper) -> int:
    """All pages of one slip; returns how many."""
    return _Slip(book, slip, paper).draw()


class _Slip:
    def __init__(self, book: Book, slip: SlipContent, paper: Paper) -> None:
        self.book, self.slip, self.paper = book, slip, paper
        self.missing: set[str] = set()
        self.header = SlipHeader(book, slip, paper, self.missing)
        self.spoken = self.header.spoken
        self.scale, self.inner, self.fitted = self.header.scale, self.header.inner, self.header.fitted
        self.rows = [_Row(self, item, number) for number, item in enumerate(slip.items, 1)]

    def draw(self) -> int:
        closing = _Closing(self)
        pages: list[list[_Row]] = [[]]
        used = 0
        for row in self.rows:
            # On the smallest paper the first page may have room for the header only.
            if used + row.height > self.room(len(pages)) and (pages[-1] or len(pages) == 1):
                pages.append([])
                used = 0
            pages[-1].append(row)
            used += row.height
        if pages[-1] and used + closing.height > self.room(len(pages)):
            pages.append([])
        for number, rows in enumerate(pages, 1):
            page = self.book.page(*self.paper.size_mm)
            y = self.header.draw(page, number, len(pages))
            for row in rows:
                y = row.draw(page, y)
            if number == len(pages):
                closing.draw(page, y)
            page.done()
        return len(pages)

    def room(self, number: int) -> int:
        """The height for rows on this page."""
        return int(self.paper.size_mm[1] * DOTS_PER_MM) - self.header.height(number) - self.scale.margin


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
        for name in wording.other_names(item, slip.spoken.language):
            self.blocks.append(
                slip.fitted(name, width, scale.small + 2, least=scale.small, lines=scale.other_lines)
            )
        fragile = slip.spoken.both("fragile") if item.fragile else ""
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
        total = f"{slip.spoken.both('pieces')}: {pieces}"
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
        warning = wording.missing_note(self.slip.missing, self.slip.spoken.language)
        if warning:
            y = page.put(scale.margin, y, self.slip.fitted(warning, self.slip.inner, scale.small))
        if scale.thanks:
            top = page.height - scale.margin - scale.thanks
            page.dashes(scale.margin, top, self.slip.inner)
            words = self.slip.fitted(self.slip.spoken.both("thanks"), self.slip.inner, scale.text)
            page.put(scale.margin, top + 10, words)


__all__ = ["draw_slip"]
