"""Ozon's labels in their full form: 75 x 120 mm and 58 x 40 mm.

The sizes and which codes a label shows are known (the older pair, and ScanIt since 2026-10-05); the
arrangement is this emulator's own, with what a packer looks for: the number with its last digits large, whose
delivery it is, by when it leaves, and what is inside.
"""

from collections.abc import Sequence

from vendor_emulators.ozon.model import Posting
from vendor_emulators.paper import Sheet

_INSIDE = 4  # articles that are named


def big(sheet: Sheet, posting: Posting, marks: Sequence[str]) -> None:
    """75 x 120 mm, two or three symbols."""
    sheet.box(0, 0, sheet.width, 9, filled=True)
    sheet.text(3, 6.6, "OZON", 16, weight="bold", white=True, width=30)
    sheet.text(35, 6.2, _scheme(posting), 9, weight="bold", white=True, width=37)
    sheet.bars(marks[0], 10.5, 11)
    sheet.text(3, 24.5, marks[0], 7, width=69, centred=True)
    head, _, tail = posting.number.partition("-")
    sheet.text(3, 32, head[:-4], 13, width=30)
    sheet.text(34, 32.5, f"{head[-4:]}-{tail}", 20, weight="bold", width=38)
    sheet.rule(35)
    y = _facts(sheet, posting, 39)
    sheet.rule(y - 1.5)
    y = _inside(sheet, posting, y + 2)
    if len(marks) > 2:
        sheet.bars(marks[1], 80, 11)
        sheet.text(3, 94, marks[1], 7, width=69, centred=True)
        sheet.bars(marks[2], 98, 15)
        sheet.text(3, 117, f"ScanIt {marks[2]}", 8, weight="bold", width=69, centred=True)
    else:
        sheet.bars(marks[-1], 94, 17)
        sheet.text(3, 115.5, marks[-1], 8, weight="bold", width=69, centred=True)


def small(sheet: Sheet, posting: Posting, marks: Sequence[str]) -> None:
    """58 x 40 mm, one symbol."""
    sheet.text(2, 5, "OZON", 10, weight="bold", width=18)
    sheet.text(21, 5, _scheme(posting), 6.5, width=35)
    sheet.bars(marks[0], 7, 16)
    sheet.text(2, 26.5, marks[0], 7, width=54, centred=True)
    sheet.text(2, 33, posting.number, 13, weight="bold", width=54, centred=True)
    leaves = f"до {posting.shipment_date:%d.%m.%Y} · {posting.method.name}"
    sheet.text(2, 37.5, leaves, 6, width=54, centred=True)


def _scheme(posting: Posting) -> str:
    return "FBS · Доставка Ozon" if posting.mover == "ozon" else "rFBS · Доставка партнёра"


def _facts(sheet: Sheet, posting: Posting, y: float) -> float:
    facts = [
        ("Отгрузить до", f"{posting.shipment_date:%d.%m.%Y %H:%M} UTC"),
        ("Метод", posting.method.name),
        ("Перевозчик", posting.method.provider),
    ]
    if posting.tracking_number:
        facts.append(("Трек-номер", posting.tracking_number))
    if (buyer := posting.recipient) is not None:
        facts.append(("Получатель", buyer.name))
        facts.append(("Куда", f"{buyer.zip_code} {buyer.city}, {buyer.address_tail}"))
    for name, value in facts:
        sheet.text(3, y, name, 6, width=16)
        sheet.text(20, y, value, 7, weight="bold", width=52)
        y += 3.6
    return y


def _inside(sheet: Sheet, posting: Posting, y: float) -> float:
    for product in posting.products[:_INSIDE]:
        sheet.text(3, y, f"{product.quantity} ×", 6.5, weight="bold", width=8)
        sheet.text(10, y, f"{product.offer_id}  {product.name}", 6.5, width=62)
        y += 3.2
    if (more := len(posting.products) - _INSIDE) > 0:
        sheet.text(10, y, f"и ещё {more}", 6.5, width=62)
    return y
