"""What the evil vendor gives out as a label."""

from __future__ import annotations

import random
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pypdfium2 as pdfium
from PIL import Image, ImageFilter

from tests.faults.evil.labels import Label, drawn, label
from tests.faults.evil.scene import Case
from tests.faults.evil.vendor import EvilVendor, Order, Twist
from tests.faults.evil.wire import json_answer

Draw = Callable[[EvilVendor, Order], Any]
_HTML = b"<!doctype html><html><title>Sign in</title></html>"


def _picture(number: str, dpi: float = 203) -> Image.Image:
    document = pdfium.PdfDocument(drawn(number))
    try:
        return document[0].render(scale=dpi / 72).to_pil().convert("RGB").copy()
    finally:
        document.close()


def _pdf(picture: Image.Image, dpi: float = 203) -> bytes:
    file = BytesIO()
    picture.save(file, "PDF", resolution=dpi)
    return file.getvalue()


def _of_mine(change: Callable[[Image.Image], Image.Image], dpi: float = 203) -> Draw:
    """My label as a picture, changed."""
    return lambda vendor, order: Label(_pdf(change(_picture(order.number, dpi)), dpi), ((order.number,),))


def _turned(degrees: float) -> Draw:
    return _of_mine(lambda picture: picture.rotate(degrees, expand=True, fillcolor="white"))


def _flagged(vendor: EvilVendor, order: Order) -> Label:
    document = pdfium.PdfDocument(drawn(order.number))
    file = BytesIO()
    document[0].set_rotation(90)
    document.save(file)
    document.close()
    return Label(file.getvalue(), ((order.number,),))


def _peppered(picture: Image.Image) -> Image.Image:
    dice, changed = random.Random(7), picture.copy()
    for _ in range(picture.width * picture.height // 200):
        at = dice.randrange(picture.width), dice.randrange(picture.height)
        changed.putpixel(at, (0, 0, 0) if dice.random() < 0.5 else (255, 255, 255))
    return changed


def _beside(first: Image.Image, second: Image.Image) -> Image.Image:
    both = Image.new("RGB", (first.width, first.height + second.height), "white")
    both.paste(first, (0, 0))
    both.paste(second, (0, first.height))
    return both


def _anothers(vendor: EvilVendor, order: Order) -> Label:
    return label(vendor.orders[0].number)


def _another_name(vendor: EvilVendor, order: Order) -> Label:
    return Label(drawn(order.number, name="Пётр Другой"), ((order.number,),))


def _two_codes(vendor: EvilVendor, order: Order) -> Label:
    numbers = order.number, vendor.orders[0].number
    return Label(_pdf(_beside(*map(_picture, numbers))), (numbers,))


def _alien_code(vendor: EvilVendor, order: Order) -> Label:
    """A second code that is nobody's parcel: a routing code, perhaps."""
    both = _beside(_picture(order.number), _picture("ROUTE-77"))
    return Label(_pdf(both), ((order.number,),))


def _and_anothers(vendor: EvilVendor, order: Order) -> Label:
    return label(order.number, vendor.orders[0].number)


def _and_blank(vendor: EvilVendor, order: Order) -> Label:
    blank = Image.new("RGB", (600, 900), "white")
    file = BytesIO()
    _picture(order.number).save(file, "PDF", resolution=203, save_all=True, append_images=[blank])
    return Label(file.getvalue(), ((order.number,), ()))


def _empty(vendor: EvilVendor, order: Order) -> Label:
    return Label(_pdf(Image.new("RGB", (600, 900), "white")), ((),))


def _png(vendor: EvilVendor, order: Order) -> Label:
    file = BytesIO()
    _picture(order.number).save(file, "PNG", dpi=(203, 203))
    return Label(file.getvalue(), ((order.number,),))


def _by_turns(vendor: EvilVendor, order: Order) -> Any:
    """The first parcel has none, for good; the second one's cannot be had at the first try."""
    if order.number == vendor.orders[0].number:
        return json_answer({"error": "no such label"}, 404)
    if order.number not in vendor.failed:
        vendor.failed.add(order.number)
        return json_answer({"error": "come again"}, 503)
    return label(order.number)


def _case(rows: str, name: str, draw: Draw, **more: Any) -> Case:
    return Case(rows=rows, name=name, always={"label": Twist(says=draw)}, **more)


PAPERS: list[Case] = [
    _case("51", "another parcel's label", _anothers, before=1),
    _case("52", "the right barcode beside another's name: a limit, no text is read", _another_name),
    _case("53", "a page with two parcels' barcodes", _two_codes, before=1),
    _case("54", "a page with a code that is no parcel's", _alien_code),
    _case("55", "turned by 90 degrees", _turned(90)),
    _case("56", "turned by 180 degrees", _turned(180)),
    _case("57", "turned by 7 degrees", _turned(7)),
    _case("58", "turned by its flag", _flagged),
    _case("59", "as pixels, 100 to the inch", _of_mine(lambda one: one, 100)),
    _case("60", "blurred", _of_mine(lambda one: one.filter(ImageFilter.GaussianBlur(1)))),
    _case("61", "salt and pepper", _of_mine(_peppered)),
    _case("62", "blurred beyond reading", _of_mine(lambda one: one.filter(ImageFilter.GaussianBlur(12)))),
    _case("63", "an empty page", _empty),
    _case("64", "a second page, another parcel's", _and_anothers, before=1, told="label_pages_left"),
    _case("65", "a second page, blank", _and_blank),
    Case(rows="66", name="a login page for a PDF", meets={"label": (Twist(says=lambda *_: _HTML),)}),
    _case("67", "a PNG for a PDF", _png),
    _case("68", "one label is 404 for ever, another 503 once", _by_turns, postings=2),
]
