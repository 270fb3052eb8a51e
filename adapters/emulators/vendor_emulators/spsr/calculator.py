"""TARIFFCOMPUTE_2, a GET of its own: made-up prices, real names."""

import re
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal, InvalidOperation

from vendor_emulators.spsr import places
from vendor_emulators.spsr.documents import calculator_answer, calculator_error
from vendor_emulators.wire import Refusal, Request, Response

# Name, roubles for the first kilogram in the nearest zone, for each further one, days, zones that it serves.
_TARIFFS = (
    ("Пеликан-эконом", 310, 45, 4, (0, 1, 2)),
    ("Пеликан-стандарт", 420, 60, 2, (0, 1, 2, 3)),
    ("Гепард-экспресс", 690, 110, 1, (0, 1, 2, 3)),
    ("Зебра-онлайн", 300, 50, 5, (0, 1)),  # no code of an invoice is known for it
)
_MOST_KG = Decimal(200)
_MOST = Decimal(10**9)


def is_asked(request: Request) -> bool:
    """Both addresses of the clients: ``?TARIFFCOMPUTE_2&…`` and ``?fn=TARIFFCOMPUTE_2&…``."""
    if request.path == "/cgi-bin/postxml.pl":
        return request.query_string.split("&")[0].rstrip("=") == "TARIFFCOMPUTE_2"
    return request.path.rstrip("/") == "/tarifcalc" and request.query_value("fn") == "TARIFFCOMPUTE_2"


def tariffs(request: Request) -> Response:
    """Prices in roubles; ``Insurance`` or ``worth`` for the value, by ``AmountCheck``."""
    start = places.by_key(request.query_value("FromCity") or "")
    end = places.by_key(request.query_value("ToCity") or "")
    if start is None:
        raise calculator_error("Не найден город отправителя")
    if end is None or not end.served:
        raise calculator_error("Не найден город получателя")
    weight = _number(request, "Weight", "Неверный вес")
    if not 0 < weight <= _MOST_KG:
        raise calculator_error("Неверный вес")
    if not re.fullmatch(r"1|2|1[5-9]|2[0-4]", request.query_value("Nature") or "16"):
        raise calculator_error("Неверный характер груза")
    amount = _number(request, "Amount", "Неверная стоимость")
    insured = request.query_value("AmountCheck") == "1"
    zone = abs(end.distance - start.distance) or int(start.key != end.key)
    extras = Decimal(30) * sum(request.query_value(name) == "1" for name in ("SMS", "SMS_Recv", "ByHand"))
    rows = []
    for name, first, further, days, zones in _TARIFFS:
        if zone not in zones:
            continue
        kilograms = int(weight.to_integral_value(ROUND_CEILING)) - 1
        price = Decimal(first + further * kilograms) * (2 + zone) / 2
        value = (amount * Decimal("0.005")).quantize(Decimal("0.01"))
        rows.append(
            {
                "TariffType": f'Услуги по доставке "{name}"',
                "Total_Dost": f"{price:.2f}",
                "Total_DopUsl": f"{extras:.2f}",
                "Insurance": f"{value if insured else Decimal(0):.2f}",
                "worth": f"{Decimal(0) if insured else value:.2f}",
                "DP": f"{days + zone}-{days + 2 * zone + 1}",
            }
        )
    return calculator_answer(_listed(rows))


def _listed(rows: Sequence[dict[str, str]]) -> Sequence[dict[str, str]]:
    if not rows:
        raise calculator_error("Нет тарифов")
    return rows


def _number(request: Request, name: str, wrong: str) -> Decimal:
    try:
        value = Decimal(request.query_value(name) or "0")
    except InvalidOperation:
        raise calculator_error(wrong) from None
    if not value.is_finite() or not 0 <= value <= _MOST:
        raise calculator_error(wrong)
    return value


__all__ = ["Refusal", "is_asked", "tariffs"]
