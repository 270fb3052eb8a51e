"""The label of 58 x 40 mm."""

from __future__ import annotations

from hub_labels import wording
from hub_labels.flowing import Block
from hub_labels.label_face import LEAST_SIZE, LabelFace
from hub_labels.symbols import code128, qr

_SERVICE_LINES = 3


class SmallLabel(LabelFace):
    """58 x 40 mm: the barcode, to whom, and the QR code; the sender has no room."""

    def draw(self) -> None:
        page, label = self.page, self.label
        margin, right = 12, page.width - 12
        inner = right - margin
        y = 12
        symbol = code128(label.tracking_number.strip(), page.width)
        self.barred = symbol is not None
        if symbol is not None:
            page.bars((page.width - symbol.width_dots) // 2, y, symbol, 70)
            y += 70
        number = self.number(inner, 30, 46, LEAST_SIZE)
        if number is not None:
            number.draw(page, (page.width - number.width) // 2, y + 39)
        top = y + 46

        last = page.height - 32  # the last line: carrier, parcel, weight
        weight = f"{label.parcel}/{label.parcels}   {wording.weight(label.weight_g)}"
        page.text_right(right, last + 19, weight, 20, bold=True)
        carrier_width = inner - round(page.faces.width(weight, True) * 20) - 10
        whole = wording.joined(label.carrier, label.service)
        carrier = self.fitted(
            whole, carrier_width, 20, LEAST_SIZE, field="услуга", lines=_SERVICE_LINES, bold=True
        )
        last -= carrier.height - carrier.leading  # what is longer begins higher
        page.put(margin, last, carrier)

        # A finer QR code and smaller letters, before anything is cut.
        known = list(self.cut)
        self.recipient_blocks(inner, page.height, 26)  # finds what no font can draw
        height = last - top - (22 if self.warnings() else 0)
        for qr_room, size in ((last - top + 12, 26), (last - top + 12, 22), (112, 22), (112, LEAST_SIZE)):
            self.cut = list(known)
            square = qr(self.code(), qr_room) or qr(self.code(), last - top + 12)
            side = square.side_dots - square.quiet_dots if square is not None else 0
            width = inner - side - 4
            blocks = self.recipient_blocks(width, height, size)
            if self.cut == known:
                break
        else:
            blocks = self.recipient_blocks(width, last - top - 22, LEAST_SIZE)
        # Below a fine QR code the line has the whole width.
        beside = square is not None and top + square.side_dots > last - 22
        warning = self.fitted(self.warnings(), width if beside else inner, LEAST_SIZE, LEAST_SIZE, bold=True)
        page.put(margin, last - 22, warning)
        if square is not None:
            self.put_qr(square, right + square.quiet_dots, top - square.quiet_dots + 4)
        for block in blocks:
            top = page.put(margin, top, block)

    def recipient_blocks(self, width: int, height: int, size: int) -> list[Block]:
        """Name, phone, and the address in what they leave."""
        person = self.label.recipient
        name = self.fitted(
            person.name, width, size, LEAST_SIZE, field="получатель", lines=3, height=height - 44, bold=True
        )
        phone = self.fitted(wording.phone(person), width, min(size, 20), LEAST_SIZE, field="телефон")
        address = person.address
        if address is None:
            return [name, phone]
        point = f"ПВЗ {address.delivery_point}" if address.delivery_point else ""
        text = wording.joined(point, wording.locality(address), wording.street(address))
        left = height - name.height - phone.height
        return [name, phone, self.fitted(text, width, 20, LEAST_SIZE, field="адрес", lines=9, height=left)]

    def warnings(self) -> str:
        bars = "" if self.barred else "Без штрихкода"
        cut = "текст сокращён" if self.cut else ""
        return "; ".join(filter(None, (bars, cut, wording.missing_note(self.page.missing))))


__all__ = ["SmallLabel"]
