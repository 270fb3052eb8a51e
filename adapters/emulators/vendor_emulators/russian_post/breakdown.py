"""How the public calculator shows a price and its days (an answer recorded in 2022)."""

from vendor_emulators.russian_post.errors import Json
from vendor_emulators.russian_post.rates import VAT_PERCENT, Rate, vat

_PARTS = {
    "ground-rate": ("3173", "Пересылка"),
    "avia-rate": ("3174", "Пересылка авиа"),
    "insurance-rate": ("3010", "Плата за объявленную ценность"),
    "fragile-rate": ("3020", "Отметка 'Осторожно'"),
    "notice-rate": ("3030", "Уведомление о вручении"),
    "sms-notice-recipient-rate": ("3040", "СМС-уведомление"),
    "oversize-rate": ("3050", "Негабарит"),
    "contents-checking-rate": ("3060", "Проверка вложения"),
}


def tariff(view: Json, found: Rate) -> Json:
    """The sums in kopecks; adds a line a part to ``view["items"]``."""
    carriage = found.parts.get("ground-rate", found.parts.get("avia-rate", 0))
    cover = found.parts.get("insurance-rate", 0)
    extra = found.total - carriage - cover
    for part, amount in found.parts.items():
        number, name = _PARTS[part]
        view["items"].append(
            {"id": number, "name": name, "serviceon": [110], "serviceoff": [53], "tariff": _amount(amount)}
        )
    answer: Json = {"ground": _amount(carriage)}
    if cover:
        answer["cover"] = _amount(cover)
    if extra:
        answer["service"] = _amount(extra)
    return answer | {
        "paymark": found.total,
        "pay": found.total,
        "paynds": found.total + found.vat,
        "ndsrate": VAT_PERCENT,
        "nds": found.vat,
    }


def _amount(amount: int) -> Json:
    return {"val": amount, "valnds": amount + vat(amount), "valmark": amount}


def delivery(view: Json, found: Rate, deadline: str, inland: bool) -> Json:
    """The days; adds its lines to ``view["items"]``."""
    days = {"min": found.min_days, "max": found.max_days}
    ends: Json = {key: view[key] for key in ("from", "to") if key in view}
    view["items"].append(
        {"id": "5203", "name": "Нормативный срок доставки", "serviceon": [130, 111], **ends, "delivery": days}
    )
    if inland:
        view["items"].append(
            {
                "id": "5303",
                "name": "Срок доставки с учетом расписания работы и обмена",
                "serviceon": [132, 111],
                "to": view["to"],
                "delivery": {"deadline": deadline},
            }
        )
    return {
        "delivery-date-first": 20181217,
        "delivery-variant": 61,
        "delivery": {**days, "deadline": deadline},
    }
