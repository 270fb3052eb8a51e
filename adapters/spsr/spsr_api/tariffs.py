"""The tariff calculator TARIFFCOMPUTE_2 (names and meanings: AStepanov/spsr-shipment, 2015).

A GET of its own, on another host than the API; public prices without a session, the contract's with one.
"""

from __future__ import annotations

import logging
import re
from decimal import Decimal

from spsr_api.documents import Element
from spsr_api.errors import BadAnswer, SpsrError
from spsr_api.structs import Key, Received, Sent
from spsr_api.values import decimal_of, flag, plain

PRODUCTS = {
    "Dox": "Колибри-документ",
    "Gep10": "Гепард-Экспресс 10",
    "Gep13": "Гепард-Экспресс 13",
    "Gep18": "Гепард-Экспресс 18",
    "GepEx": "Гепард-Экспресс",
    "PelSt": "Пеликан-Стандарт",
    "PelEc": "Пеликан-Эконом",
    "PelOn": "Пеликан-Онлайн",
    "PelIn": "Пеликан-Интернешнл",
    "BisCa": "Бизон-Карго",
    "BisAv": "Бизон-Авиа",
    "BisSt": "Бизон-Стандарт",
    "BisEc": "Бизон-Эконом",
    "Freig": "Фрахт",
}
"""Product codes of an invoice and their names (XmlConverter_13.xsd; GepIntl has no name there)."""

_log = logging.getLogger("spsr_api")
_BY_NAME = {name.casefold(): code for code, name in PRODUCTS.items()}


class TariffQuery(Sent, frozen=True, kw_only=True):
    """``weight`` in kg: the larger of weight and volume weight. ``nature``: 15-24, as a piece's description.

    ``amount`` in roubles, insured (``insured``) or only declared.
    """

    from_city: Key
    to_city: Key
    weight: Decimal
    nature: int = 16
    amount: Decimal = Decimal(0)
    insured: bool = False
    sms_to_shipper: bool = False
    sms_to_receiver: bool = False
    paid_by_receiver: bool = False
    by_hand: bool = False
    to_be_called_for: bool = False

    def params(self) -> list[tuple[str, str]]:
        """The query, in the order of the clients that were read."""
        return [
            ("ToCity", str(self.to_city)),
            ("FromCity", str(self.from_city)),
            ("Weight", plain(self.weight)),
            ("Nature", str(self.nature)),
            ("Amount", plain(self.amount)),
            ("AmountCheck", flag(self.insured)),
            ("SMS", flag(self.sms_to_shipper)),
            ("SMS_Recv", flag(self.sms_to_receiver)),
            ("PlatType", "2" if self.paid_by_receiver else "1"),
            ("ByHand", flag(self.by_hand)),
            ("ToBeCalledFor", flag(self.to_be_called_for)),
        ]


class Tariff(Received, frozen=True, kw_only=True):
    """One offer in roubles. Whether the parts hold VAT is not known; ``days`` are ``DP``.

    ``product``: the code for an invoice, empty where the name is in no table.
    """

    title: str
    product: str
    delivery: Decimal
    extras: Decimal = Decimal(0)
    insurance: Decimal = Decimal(0)
    declared: Decimal = Decimal(0)
    days_min: int | None = None
    days_max: int | None = None

    @property
    def total(self) -> Decimal:
        """All parts together: no source says that one holds another, so the dearest reading is taken."""
        return self.delivery + self.extras + self.insurance + self.declared


def tariffs_of(root: Element) -> tuple[Tariff, ...]:
    """The offers. Raises SpsrError for ``Error``; an offer whose price is ``Error`` is left out where others
    have one, and raised where none has. So is one whose price cannot be read: BadAnswer where none can."""
    error = root.child("Error")
    if error is not None:
        raise SpsrError(None, error.text)
    found, refused, unread = [], [], 0
    for one in root.children("Tariff"):
        title, price = _text(one, "TariffType"), _text(one, "Total_Dost")
        if price.casefold() == "error":
            refused.append(title)
            continue
        try:
            found.append(_tariff(one, title, price))
        except BadAnswer:
            unread += 1
    if unread and not found:
        raise BadAnswer("tariffs whose prices are no numbers")
    if refused and not found:
        raise SpsrError(None, refused[0])
    if unread:
        _log.warning("tariffs: %d could not be read and were left out", unread)
    return tuple(found)


def product_of(title: str) -> str:
    """The product code of ``Услуги по доставке "Пеликан-эконом"``; empty where it is in no table."""
    quoted = re.search(r'["«]([^"»]+)["»]', title)
    return _BY_NAME.get((quoted[1] if quoted else title).strip().casefold(), "")


def _tariff(one: Element, title: str, price: str) -> Tariff:
    delivery = decimal_of(price)
    if delivery is None:
        raise BadAnswer("a tariff whose price is no number")
    days = [int(number) for number in re.findall(r"[0-9]{1,3}", _text(one, "DP"))]
    return Tariff(
        title=title,
        product=product_of(title),
        delivery=delivery,
        extras=_part(one, "Total_DopUsl"),
        insurance=_part(one, "Insurance"),
        declared=_part(one, "worth"),
        days_min=min(days, default=None),
        days_max=max(days, default=None),
    )


def _part(one: Element, name: str) -> Decimal:
    """A part of the price: 0 where it is absent. One that cannot be read is not 0: BadAnswer."""
    text = _text(one, name)
    value = decimal_of(text) if text else Decimal(0)
    if value is None:
        raise BadAnswer("a tariff of which a part of the price is no number")
    return value


def _text(one: Element, name: str) -> str:
    child = one.child(name)
    return "" if child is None else child.text
