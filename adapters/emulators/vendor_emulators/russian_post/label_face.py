"""The Post's label (form 7-п, E-1, CN23) and its lists in their full form.

Sizes by print type and the two symbologies are known; the arrangement is this emulator's own, with what the
form is known to say: from whom and where, to whom and where, the index in large digits, mass, declared value,
cash on delivery.
"""

from collections.abc import Sequence

from vendor_emulators.paper import Sheet, Symbology
from vendor_emulators.russian_post.barcodes import grouped
from vendor_emulators.russian_post.model import Order
from vendor_emulators.russian_post.products import TYPES


def symbology(barcode: str) -> Symbology:
    """Interleaved 2 of 5 inland, Code 128 abroad."""
    return "itf" if barcode.isdecimal() else "code128"


def label(sheet: Sheet, order: Order, form: str) -> None:
    """100 x 150 mm, also in the middle of A5."""
    unit = sheet.width / 100
    edge, room = 4 * unit, 92 * unit
    sheet.box(edge / 2, edge / 2, sheet.width - edge, sheet.height - edge)
    sheet.text(edge, 10 * unit, "ПОЧТА РОССИИ", 15 * unit, weight="bold", width=60 * unit)
    sheet.text(66 * unit, 9 * unit, f"ф. {form}", 9 * unit, width=30 * unit)
    sheet.text(edge, 16 * unit, TYPES[order.mail_type].name, 9 * unit, width=room)
    sheet.bars(order.barcode, 19 * unit, 18, symbology=symbology(order.barcode), dots=3)
    y = 19 * unit + 18 + 5 * unit
    sheet.text(edge, y, grouped(order.barcode), 12 * unit, weight="bold", width=room, centred=True)
    sheet.rule(y + 3 * unit, edge / 2, sheet.width - edge)
    y = _party(sheet, "От кого", "", order.sender.name, order.postoffice, y + 8 * unit, unit)
    sheet.rule(y - 2 * unit, edge / 2, sheet.width - edge)
    asked = order.asked
    name = str(asked.get("recipient-name") or "")
    y = _party(sheet, "Кому", name, _address(order), order.destination, y + 3 * unit, unit)
    sheet.rule(y - 2 * unit, edge / 2, sheet.width - edge)
    facts = [f"Масса {order.mass / 1000:.3f} кг", f"Заказ {order.number}"]
    if asked.get("insr-value"):
        facts.append(f"Объявленная ценность {asked['insr-value'] / 100:.2f} ₽")
    if asked.get("payment"):
        facts.append(f"Наложенный платёж {asked['payment'] / 100:.2f} ₽")
    for fact in facts:
        sheet.text(edge, y + 3 * unit, fact, 9 * unit, weight="bold", width=room)
        y += 4.6 * unit


def document(sheet: Sheet, title: str, lines: Sequence[str], barcode: str | None) -> None:
    """A list or a form on A4: a title, a symbol, lines."""
    sheet.text(10, 14, f"ПОЧТА РОССИИ · {title}", 13, weight="bold", width=sheet.width - 20)
    y = 20.0
    if barcode is not None:
        sheet.bars(barcode, y, 18, symbology=symbology(barcode), dots=3)
        sheet.text(10, y + 23, grouped(barcode), 10, width=sheet.width - 20, centred=True)
        y += 30
    for line in lines:
        y += 4.6
        if y < sheet.height - 5:
            sheet.text(10, y, line, 8, width=sheet.width - 20)


def _party(sheet: Sheet, word: str, name: str, address: str, index: str, y: float, unit: float) -> float:
    edge = 4 * unit
    sheet.text(edge, y, word, 7 * unit, width=14 * unit)
    if name:
        sheet.text(19 * unit, y, name, 10 * unit, weight="bold", width=77 * unit)
        y += 4.6 * unit
    y = sheet.lines(19 * unit, y, address, 9 * unit, width=77 * unit, most=3)
    sheet.text(19 * unit, y + 2.5 * unit, index, 16 * unit, weight="bold", width=77 * unit)
    return y + 8 * unit


def _address(order: Order) -> str:
    asked = order.asked
    keys = ("street-to", "house-to", "corpus-to", "room-to", "place-to", "area-to", "region-to")
    told = [str(asked[key]) for key in keys if asked.get(key)]
    return ", ".join(told) or str(asked.get("raw-address") or "")
