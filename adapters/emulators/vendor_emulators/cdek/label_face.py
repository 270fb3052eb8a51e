"""CDEK's print forms in their full form: the barcode of a parcel (A4 to A7) and the waybill.

Formats, that the symbol is a Code 128 of CDEK's number, and what stands beside it for people (name, address,
phone) are known; the arrangement is this emulator's own.
"""

from vendor_emulators.cdek.errors import Json
from vendor_emulators.cdek.model import Order
from vendor_emulators.cdek.places import City, Office
from vendor_emulators.paper import Sheet


def barcode(sheet: Sheet, order: Order, english: bool) -> None:
    """A sticker, drawn for A6 and scaled to the width of its page."""
    unit = sheet.width / 105
    edge, room = 5 * unit, 95 * unit
    letters = 9 * unit
    sheet.box(edge / 2, edge / 2, sheet.width - edge, 16 * unit, filled=True)
    sheet.text(edge * 1.5, 13 * unit, "CDEK" if english else "СДЭК", 22 * unit, weight="bold", white=True)
    tariff = order.tariff.name if order.tariff else ""
    sheet.text(45 * unit, 12 * unit, tariff, 9 * unit, white=True, width=53 * unit)
    sheet.bars(str(order.cdek_number), 23 * unit, 26 * unit, dots=6)
    sheet.text(edge, 57 * unit, str(order.cdek_number), 20 * unit, weight="bold", width=room, centred=True)
    sheet.rule(61 * unit, edge / 2, sheet.width - edge)
    y = 66 * unit
    words = ("To", "From", "Order", "Weight") if english else ("Куда", "Откуда", "Заказ", "Вес")
    buyer, sender = order.asked.get("recipient") or {}, order.asked.get("sender") or {}
    y = _end(sheet, words[0], y, unit, order.recipient, order.delivery_point, order.asked.get("to_location"))
    y = sheet.lines(edge, y, _person(buyer), letters, width=room, most=2) + 2 * unit
    sheet.rule(y - 3 * unit, edge / 2, sheet.width - edge)
    y = _end(
        sheet, words[1], y + unit, unit, order.sender, order.shipment_point, order.asked.get("from_location")
    )
    y = sheet.lines(edge, y, _person(sender), letters, width=room, most=1) + 2 * unit
    sheet.rule(y - 3 * unit, edge / 2, sheet.width - edge)
    sheet.text(edge, y + unit, f"{words[2]} {order.number}", letters, weight="bold", width=room)
    grams = f"{words[3]} {order.weight / 1000:.3f} {'kg' if english else 'кг'}"
    sheet.text(edge, y + 6 * unit, f"{grams}   1/{len(order.packages)}", letters, width=room)


def waybill(sheet: Sheet, order: Order) -> None:
    """The waybill of an order on A4."""
    sheet.text(10, 16, "СДЭК", 26, weight="bold", width=60)
    sheet.text(10, 24, f"Накладная {order.cdek_number}", 14, weight="bold", width=90)
    sheet.text(10, 30, f"Номер отправления магазина: {order.number}", 9, width=90)
    sheet.bars(str(order.cdek_number), 36, 18)
    sheet.text(10, 59, str(order.cdek_number), 10, width=190, centred=True)
    for x, title, person, city, office, place in (
        (10, "Отправитель", order.asked.get("sender"), order.sender, order.shipment_point, "from_location"),
        (
            107,
            "Получатель",
            order.asked.get("recipient"),
            order.recipient,
            order.delivery_point,
            "to_location",
        ),
    ):
        sheet.box(x, 64, 93, 40)
        sheet.text(x + 3, 70, title, 10, weight="bold", width=87)
        y = sheet.lines(x + 3, 77, _person(person or {}), 9, width=87, most=2)
        where = _where(city, office, order.asked.get(place))
        sheet.lines(x + 3, y, where, 9, width=87, most=4)
    y = 114.0
    sheet.text(10, y, "Вложения", 10, weight="bold", width=100)
    for package in order.packages:
        for item in package.asked.get("items") or []:
            y += 6
            sheet.text(10, y, str(item.get("ware_key") or ""), 8, width=30)
            sheet.text(42, y, str(item.get("name") or ""), 8, width=110)
            sheet.text(155, y, f"{item.get('amount')} шт.", 8, width=18)
            sheet.text(175, y, f"{item.get('cost')} ₽", 8, width=25)
            if y > 250:
                return
    price = f"Итого: {order.price.total_sum} ₽" if order.price else ""
    sheet.text(10, y + 10, f"Вес {order.weight / 1000:.3f} кг   {price}", 10, weight="bold", width=190)
    sheet.rule(270, 10, 80)
    sheet.rule(270, 120, 80)
    sheet.text(10, 275, "Подпись отправителя", 7, width=80)
    sheet.text(120, 275, "Подпись сотрудника СДЭК", 7, width=80)


def _end(
    sheet: Sheet,
    word: str,
    y: float,
    unit: float,
    city: City | None,
    office: Office | None,
    place: Json | None,
) -> float:
    sheet.text(5 * unit, y, word, 7 * unit, width=18 * unit)
    sheet.text(24 * unit, y, city.name if city else "", 13 * unit, weight="bold", width=76 * unit)
    where = _where(city, office, place)
    return sheet.lines(5 * unit, y + 5 * unit, where, 8 * unit, width=95 * unit, most=2)


def _where(city: City | None, office: Office | None, place: Json | None) -> str:
    if office is not None:
        return f"{office.code} · {office.location()['address_full']}"
    asked = place or {}
    postcode = asked.get("postal_code") or (city.postal_code if city else "")
    return ", ".join(
        str(part) for part in (postcode, city.name if city else "", asked.get("address")) if part
    )


def _person(person: Json) -> str:
    phones = [str(phone.get("number") or "") for phone in person.get("phones") or []]
    return ", ".join(str(part) for part in (person.get("company"), person.get("name"), *phones) if part)
