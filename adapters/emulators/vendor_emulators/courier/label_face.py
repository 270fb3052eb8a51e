"""The courier's label in its full form: 100 x 150 mm, and all of it made up, as the company is."""

from vendor_emulators.courier.model import Shipment
from vendor_emulators.paper import Sheet


def label(sheet: Sheet, shipment: Shipment) -> None:
    booking = shipment.booking
    to, parcel = booking.recipient, booking.parcel
    sheet.box(4, 4, 92, 16, filled=True)
    sheet.text(8, 14.5, "СКВОРЕЦ", 24, weight="bold", white=True, width=54)
    sheet.text(64, 13.5, booking.service, 11, white=True, width=30)
    sheet.bars(shipment.number, 26, 26)
    sheet.text(4, 60, shipment.number, 18, weight="bold", width=92, centred=True)
    sheet.rule(64, 4, 92)
    sheet.text(6, 70, "Куда", 8, width=20)
    sheet.text(6, 79, f"{to.postal_code} {to.city}", 18, weight="bold", width=88)
    y = sheet.lines(6, 87, to.street, 12, width=88, most=2)
    y = sheet.lines(6, y + 2, to.name, 12, width=88, most=2)
    sheet.text(6, y, to.phone, 12, width=88)
    sheet.rule(118, 4, 92)
    sheet.text(6, 125, f"Заказ {booking.reference}", 10, weight="bold", width=88)
    sizes = f"{parcel.length_mm} × {parcel.width_mm} × {parcel.height_mm} мм"
    sheet.text(6, 132, f"{parcel.weight_g / 1000:.3f} кг   {sizes}", 10, width=88)
    sheet.lines(6, 139, booking.description, 9, width=88, most=2)
