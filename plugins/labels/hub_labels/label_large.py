"""The label of 100 x 150 mm, made smaller for 75 x 120."""

from __future__ import annotations

from hub import LabelContent

from hub_labels import wording
from hub_labels.flowing import Block
from hub_labels.label_face import LEAST_SIZE, LabelFace
from hub_labels.sheet import Page
from hub_labels.symbols import code128, qr

_SERVICE_LINES = 4
_FULL_WIDTH = 799  # dots of 100 mm: sizes below are for this width


class LargeLabel(LabelFace):
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
        warning = self.fitted(self.warnings(), self.inner, self.sized(20), LEAST_SIZE, lines=2, bold=True)
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
            self.label.service,
            self.inner - side,
            self.sized(30),
            self.sized(22),
            field="услуга",
            lines=_SERVICE_LINES,
        )
        # Both lines share their baselines with the right column, whatever size the left one took.
        first = y + round(self.sized(62) * 0.82)
        second = first + self.sized(44)
        last = second
        for block, baseline in ((carrier, first), (service, second)):
            for number, line in enumerate(block.lines):
                last = baseline + number * block.leading
                self.page.text(self.margin, last, line, block.size, bold=block.bold)
        self.page.text_right(right, first, weight, big, bold=True)
        self.page.text_right(right, second, parcel, small)
        return max(second, last) + self.sized(20)

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
                LEAST_SIZE,
                lines=2,
            )
            self.page.put(self.margin + 20, y + (height - note.height) // 2, note)
        baseline = y + height + self.sized(66)
        number = self.number(self.inner, self.sized(46), self.sized(76), self.sized(22))
        if number is not None:
            number.draw(self.page, (self.width - number.width) // 2, baseline)
        return baseline + self.sized(18)

    def caption(self, y: int, text: str) -> int:
        """White on black; returns where it ends."""
        size = max(LEAST_SIZE, self.sized(20))
        pad = self.sized(10)
        width = round(self.page.faces.width(text, True) * size) + 2 * pad
        self.page.box(self.margin, y, width, round(size * 1.4))
        self.page.text(self.margin + pad, y + round(size * 1.06), text, size, bold=True, white=True)
        return y + self.caption_height

    @property
    def caption_height(self) -> int:
        """With the gap below it."""
        return round(max(LEAST_SIZE, self.sized(20)) * 1.4) + self.sized(6)

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
        phone = self.fitted(wording.phone(sender), self.inner, size, least, field="телефон отправителя")
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
        y = self.page.put(self.margin, y, self.fitted("Отправление", width, self.sized(22), LEAST_SIZE))
        number = self.fitted(
            self.posting, width, self.sized(38), self.sized(22), field="отправление", bold=True
        )
        y = self.page.put(self.margin, y, number) + self.sized(8)
        size = max(LEAST_SIZE, self.sized(23))
        if self.label.note:
            note = self.fitted(
                self.label.note,
                width,
                size,
                LEAST_SIZE,
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


__all__ = ["LargeLabel"]
