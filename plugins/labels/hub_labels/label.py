"""The shipping label: 100 x 150 mm, made smaller for 75 x 120, on its own for 58 x 40."""

from __future__ import annotations

from hub import LabelContent, Paper

from hub_labels import wording
from hub_labels.flowing import Block
from hub_labels.sheet import Book, Page
from hub_labels.symbols import Square, code128, qr

_FULL_WIDTH = 799  # dots of 100 mm: sizes below are for this width
_LEAST = 18  # dots: 2.25 mm an em, the smallest that a thermal printer draws legibly
_SHEET_MARGIN = 80


def draw_label(book: Book, label: LabelContent, paper: Paper) -> None:
    """One page. On A4 the label stands in full size in the corner, with a line to cut along."""
    page = book.page(*paper.size_mm)
    if paper is Paper.LABEL_58X40:
        _Small(page, label).draw()
    elif paper is Paper.A4:
        width, height = 799, 1198
        page.shift(_SHEET_MARGIN, _SHEET_MARGIN)
        page.frame(-2, -2, width + 4, height + 4)
        _Large(page, label, width, height).draw()
    else:
        _Large(page, label, page.width, page.height).draw()
    page.done()


class _Label:
    """What both sizes do: put blocks, and remember what was cut."""

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
            min(size, max(least, _LEAST)),
            lines=lines,
            height=height,
            bold=bold,
        )
        if block.cut and field and field not in self.cut:
            self.cut.append(field)
        return block

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


class _Large(_Label):
    """Header, barcode, recipient, sender, contents: from what is read from afar to what is read once."""

    def __init__(self, page: Page, label: LabelContent, width: int, height: int) -> None:
        super().__init__(page, label)
        self.width, self.height = width, height
        self.scale = width / _FULL_WIDTH
        self.margin = self.sized(28)
        self.inner = width - 2 * self.margin

    def sized(self, dots: int) -> int:
        """A size of the full label on this one."""
        return max(2, round(dots * self.scale))

    def draw(self) -> None:
        y = self.header(self.sized(22))
        y = self.rule(y)
        y = self.barcode(y + self.sized(22))
        y = self.rule(y)
        warning_top = self.height - self.sized(64)
        contents_top = self.contents(warning_top)
        self.rule(contents_top - 3)
        sender_top = self.sender(contents_top - self.sized(14))
        self.rule(sender_top - 3)
        self.recipient(y + self.sized(14), sender_top - self.sized(14))
        warning = self.fitted(self.warnings(), self.inner, self.sized(20), _LEAST, lines=2, bold=True)
        self.page.put(self.margin, warning_top, warning)

    def rule(self, y: int) -> int:
        """A rule over the width; returns where it ends."""
        self.page.box(self.margin, y, self.inner, 3)
        return y + 3

    def header(self, y: int) -> int:
        weight = wording.weight(self.label.weight_g)
        parcel = f"место {self.label.parcel} из {self.label.parcels}"
        big, small = self.sized(46), self.sized(28)
        right = self.width - self.margin
        width = self.page.faces.width
        side = round(max(width(weight, True) * big, width(parcel, False) * small)) + self.sized(24)
        carrier = self.fitted(
            self.label.carrier,
            self.inner - side,
            self.sized(62),
            self.sized(34),
            field="перевозчик",
            bold=True,
        )
        service = self.fitted(
            self.label.service, self.inner - side, self.sized(30), self.sized(22), field="услуга"
        )
        # Both lines share their baselines with the right column, whatever size the left one took.
        first = y + round(self.sized(62) * 0.82)
        second = first + self.sized(44)
        for block, baseline in ((carrier, first), (service, second)):
            for line in block.lines:
                self.page.text(self.margin, baseline, line, block.size, bold=block.bold)
        self.page.text_right(right, first, weight, big, bold=True)
        self.page.text_right(right, second, parcel, small)
        return second + self.sized(20)

    def barcode(self, y: int) -> int:
        height = self.sized(176)
        symbol = code128(self.label.tracking_number.strip(), self.width, most_dots=5)
        if symbol is not None:
            self.page.bars((self.width - symbol.width_dots) // 2, y, symbol, height)
        else:
            self.page.frame(self.margin, y, self.inner, height)
            note = self.fitted(
                "Штрихкод для этого номера невозможен: считайте QR-код",
                self.inner - 40,
                self.sized(32),
                _LEAST,
                lines=2,
            )
            self.page.put(self.margin + 20, y + (height - note.height) // 2, note)
        number = self.fitted(
            self.tracking, self.inner, self.sized(46), self.sized(22), field="номер", bold=True
        )
        baseline = y + height + self.sized(52)
        for line in number.lines:
            self.page.text_centred(self.width // 2, baseline, line, number.size, bold=True)
        return baseline + self.sized(20)

    def caption(self, y: int, text: str) -> int:
        """White on black; returns where it ends."""
        size = max(_LEAST, self.sized(20))
        pad = self.sized(10)
        width = round(self.page.faces.width(text, True) * size) + 2 * pad
        self.page.box(self.margin, y, width, round(size * 1.4))
        self.page.text(self.margin + pad, y + round(size * 1.06), text, size, bold=True, white=True)
        return y + self.caption_height

    @property
    def caption_height(self) -> int:
        """With the gap below it."""
        return round(max(_LEAST, self.sized(20)) * 1.4) + self.sized(6)

    def recipient(self, y: int, bottom: int) -> None:
        y = self.caption(y, "ПОЛУЧАТЕЛЬ")
        # Everything gets smaller together before anything is cut.
        for percent in (100, 90, 80, 70, 60):
            known = list(self.cut)
            blocks = self.recipient_blocks(bottom - y, percent)
            if self.cut == known or percent == 60:
                break
            self.cut = known
        for block in blocks:
            y = self.page.put(self.margin, y, block)

    def recipient_blocks(self, height: int, percent: int) -> list[Block]:
        """Name, phone, place and street; the street takes what the others leave."""
        person = self.label.recipient
        blocks: list[Block] = []

        def add(text: str, field: str, size: int, lines: int, bold: bool) -> None:
            left = height - sum(block.height for block in blocks)
            size = self.sized(size) * percent // 100
            blocks.append(
                self.fitted(
                    text, self.inner, size, size - 2, field=field, lines=lines, height=left, bold=bold
                )
            )

        add(person.name, "получатель", 46, 2 if percent > 70 else 3, True)
        add(wording.phone(person), "телефон", 36, 1, False)
        address = person.address
        if address is not None:
            if address.delivery_point:
                add(f"Пункт выдачи {address.delivery_point}", "пункт выдачи", 38, 1, True)
            add(wording.locality(address), "город", 38, 2, True)
            add(wording.street(address), "адрес", 36, 12, False)
        return blocks

    def sender(self, bottom: int) -> int:
        """Ends at ``bottom``; returns where it begins."""
        sender = self.label.sender
        size, least = self.sized(26), self.sized(20)
        name = self.fitted(
            sender.company or sender.name, self.inner, size, least, field="отправитель", lines=2, bold=True
        )
        address = self.fitted(
            wording.joined(wording.locality(sender.address), wording.street(sender.address)),
            self.inner,
            size,
            least,
            field="адрес отправителя",
            lines=2,
        )
        phone = self.fitted(sender.phone, self.inner, size, least, field="телефон отправителя")
        blocks = (name, address, phone)
        top = bottom - self.caption_height - sum(block.height for block in blocks)
        y = self.caption(top, "ОТПРАВИТЕЛЬ")
        for block in blocks:
            y = self.page.put(self.margin, y, block)
        return top - self.sized(14)

    def contents(self, bottom: int) -> int:
        """Posting number, what is inside, the note, and the QR code; returns where it begins."""
        room = self.sized(236)
        symbol = qr(self.code(), room)
        side = symbol.side_dots if symbol is not None else 0
        height = max(side, self.sized(200))
        top = bottom - height - self.sized(8)
        # The quiet zone is white anyway: half of it may lie in the margin.
        self.put_qr(symbol, self.width - self.margin + (symbol.quiet_dots if symbol else 0), top + 4)
        width = self.inner - side + (symbol.quiet_dots if symbol else 0) - self.sized(10)
        y = top + self.sized(14)
        y = self.page.put(self.margin, y, self.fitted("Отправление", width, self.sized(22), _LEAST))
        number = self.fitted(
            self.posting, width, self.sized(38), self.sized(22), field="отправление", bold=True
        )
        y = self.page.put(self.margin, y, number) + self.sized(8)
        size = max(_LEAST, self.sized(23))
        if self.label.note:
            note = self.fitted(
                self.label.note,
                width,
                size,
                _LEAST,
                field="примечание",
                lines=2,
                height=bottom - y,
                bold=True,
            )
            y = self.page.put(self.margin, y, note)
        line_height = round(size * 1.22)
        items = self.label.items
        room_lines = (bottom - y) // line_height
        shown = len(items) if len(items) <= room_lines else max(room_lines - 1, 0)
        for item in items[:shown]:
            line = f"{item.quantity} × {wording.item_name(item)}"
            y = self.page.put(self.margin, y, self.fitted(line, width, size, size))
        if shown < len(items) and room_lines > 0:
            more = f"… и ещё позиций: {len(items) - shown}"
            self.page.put(self.margin, y, self.fitted(more, width, size, size))
        return top


class _Small(_Label):
    """58 x 40 mm: the barcode, to whom, and the QR code; the sender has no room."""

    def draw(self) -> None:
        page, label = self.page, self.label
        margin, right = 12, page.width - 12
        inner = right - margin
        y = 12
        symbol = code128(label.tracking_number.strip(), page.width)
        self.barred = symbol is not None
        if symbol is not None:
            page.bars((page.width - symbol.width_dots) // 2, y, symbol, 78)
            y += 78
        number = self.fitted(self.tracking, inner, 30, _LEAST, field="номер", bold=True)
        for line in number.lines:
            page.text_centred(page.width // 2, y + 29, line, number.size, bold=True)
        top = y + 38

        last = page.height - 32  # the last line: carrier, parcel, weight
        square = qr(self.code(), last - top + 12)
        side = 0
        if square is not None:
            side = square.side_dots - square.quiet_dots
            self.put_qr(square, right + square.quiet_dots, top - square.quiet_dots + 4)
        weight = f"{label.parcel}/{label.parcels}   {wording.weight(label.weight_g)}"
        page.text_right(right, last + 19, weight, 20, bold=True)
        carrier_width = inner - round(page.faces.width(weight, True) * 20) - 10
        carrier = self.fitted(
            wording.joined(label.carrier, label.service), carrier_width, 20, _LEAST, bold=True
        )
        self.page.put(margin, last, carrier)

        left = inner - side - 4
        blocks = self.recipient_blocks(left, last - top)
        if self.warnings():
            blocks = self.recipient_blocks(left, last - top - 22)
            self.page.put(margin, last - 22, self.fitted(self.warnings(), left, _LEAST, _LEAST, bold=True))
        for block in blocks:
            top = self.page.put(margin, top, block)

    def recipient_blocks(self, width: int, height: int) -> list[Block]:
        """Name, phone, and the address in what they leave."""
        person = self.label.recipient
        name = self.fitted(
            person.name, width, 26, 20, field="получатель", lines=3, height=height - 44, bold=True
        )
        phone = self.fitted(wording.phone(person), width, 20, _LEAST, field="телефон")
        address = person.address
        if address is None:
            return [name, phone]
        point = f"ПВЗ {address.delivery_point}" if address.delivery_point else ""
        text = wording.joined(point, wording.locality(address), wording.street(address))
        left = height - name.height - phone.height
        return [name, phone, self.fitted(text, width, 20, _LEAST, field="адрес", lines=9, height=left)]

    def warnings(self) -> str:
        bars = "" if self.barred else "Вместо штрихкода QR"
        cut = "Текст сокращён" if self.cut else ""
        return "; ".join(filter(None, (bars, cut, wording.missing_note(self.page.missing))))


__all__ = ["draw_label"]
