"""Where a product of a posting was made: a foreign country may make a customs number wanted."""

from collections.abc import Callable
from typing import Any

from vendor_emulators.ozon.body import Body
from vendor_emulators.ozon.errors import business
from vendor_emulators.ozon.packing import require
from vendor_emulators.ozon.shop import Shop

Json = dict[str, Any]

NAMES = {
    "AM": "Армения",
    "BD": "Бангладеш",
    "BY": "Беларусь",
    "VN": "Вьетнам",
    "DE": "Германия",
    "IN": "Индия",
    "IT": "Италия",
    "KZ": "Казахстан",
    "KG": "Киргизия",
    "CN": "Китай",
    "NO": "Норвегия",
    "RU": "Россия",
    "TR": "Турция",
    "UZ": "Узбекистан",
    "JP": "Япония",
}
_UNION = {"AM", "BY", "KZ", "KG", "RU"}  # goods of the Eurasian Economic Union have no declaration


def list_v2(shop: Shop, body: Body) -> Json:
    wanted = body.text("name_search").casefold()
    found = [(code, name) for code, name in NAMES.items() if wanted in name.casefold()]
    return {"result": [{"name": name, "country_iso_code": code} for code, name in found]}


def set_v2(shop: Shop, sku_of: Callable[[int], int], body: Body) -> Json:
    """``sku_of``: the SKU of a product's own number, 0 for one that nobody knows."""
    posting = require(shop, body.text("posting_number", required=True))
    number = body.integer("product_id", required=True)
    code = body.text("country_iso_code", required=True)
    sku = number if posting.behaviour.country_by == "sku" else sku_of(number)
    product = next((one for one in posting.products if one.sku == sku), None)
    if product is None:
        raise business("UNKNOWN_PRODUCT_DEFINED")
    if code not in NAMES:
        raise business("INVALID_ARGUMENT")
    if posting.status != "awaiting_packaging" or posting.ship_in_process:
        raise business("HAS_INCORRECT_STATUS")
    product.country = code
    left = [one for one in product.requires if one not in ("country", "change_country")]
    if code not in _UNION and "gtd" not in left:
        left.append("gtd")
    product.requires = tuple(left)
    return {"product_id": number, "is_gtd_needed": "gtd" in left}
