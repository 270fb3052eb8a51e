"""Money and times in Ozon's answers."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from vendor_emulators.ozon.model import Posting, Product

Json = dict[str, Any]

_FOREVER = "9999-12-31T23:59:59.999999900Z"
# Ozon's example ladder in 12 h steps: (hours after shipment_date, rate, minimum, type).
_LADDER = (
    (0, Decimal(0), None, "no_discount"),
    (12, Decimal(1), Decimal(50), "commission"),
    (24, Decimal(2), Decimal(100), "commission"),
    (None, Decimal(3), Decimal(150), "commission"),
)


def stamp(when: datetime | None) -> str | None:
    """A time as on the wire: UTC, whole seconds."""
    # Everything here is UTC; isoformat is six times as fast as strftime.
    return None if when is None else when.isoformat()[:19] + "Z"


def number(amount: Decimal) -> int | float:
    """A JSON number, where Ozon's schema has doubles for money."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def money(amount: Decimal | None, currency: str = "RUB") -> Json | None:
    return None if amount is None else {"amount": str(amount), "currency": currency}


def financial(posting: Posting, *, v4: bool) -> Json:
    return {
        "products": [_financial_line(product, v4=v4) for product in posting.products],
        "cluster_from": "Москва, МО и Дальние регионы",
        "cluster_to": "Москва, МО и Дальние регионы",
    }


def _financial_line(product: Product, *, v4: bool) -> Json:
    price, currency = product.price.amount, product.price.currency
    line: Json = {
        "payout": 0,
        "product_id": product.sku,
        "old_price": number(price),
        "price": number(price),
        "total_discount_value": 0,
        "total_discount_percent": 0,
        "quantity": product.quantity,
        "actions": [],
    }
    if v4:
        line["customer_price"] = money(price, currency)
        line["commission"] = {"amount": 0, "percent": 0, "currency": currency}
    else:
        line |= {
            "currency_code": currency,
            "customer_currency_code": currency,
            "customer_price": number(price),
            "commission_amount": 0,
            "commission_percent": 0,
            "commissions_currency_code": currency,
        }
    return line


def steps(posting: Posting) -> list[Json]:
    return [
        {
            "min_charge": money(minimum),
            "tariff_charge": money(minimum or Decimal(0)),
            "tariff_deadline_at": _FOREVER
            if hours is None
            else stamp(posting.shipment_date + timedelta(hours=hours)),
            "tariff_rate": number(rate),
            "tariff_type": kind,
        }
        for hours, rate, minimum, kind in _LADDER
    ]
