"""Names of currencies. ISO 4217 has the codes (SIX, list one, as of 2026); people and vendors know others."""

from __future__ import annotations

from hub.words import BadValue
from hub.words.plain import tidied

CODES = frozenset({
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD",
    "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP",
    "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR",
    "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF",
    "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW",
    "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD",
    "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK",
    "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB",
    "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC",
    "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD",
    "UYU", "UZS", "VED", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR",
    "ZMW", "ZWG",
})  # fmt: skip
"""Currencies that goods are paid in; no metals, funds and test codes."""

_POPULAR = {
    "RUR": "RUB", "РУБ": "RUB", "РУБ.": "RUB", "Р.": "RUB", "Р": "RUB", "₽": "RUB",
    "РУБЛЬ": "RUB", "РУБЛИ": "RUB", "РУБЛЕЙ": "RUB", "卢布": "RUB", "俄罗斯卢布": "RUB",
    "RMB": "CNY", "CNH": "CNY", "ЮАНЬ": "CNY", "ЮАНИ": "CNY", "ЮАНЕЙ": "CNY",
    "人民币": "CNY", "元": "CNY", "元/人民币": "CNY",
    "US$": "USD", "€": "EUR", "ЕВРО": "EUR", "欧元": "EUR", "美元": "USD",
    "ТЕНГЕ": "KZT", "ТГ": "KZT", "₸": "KZT",
}  # fmt: skip
"""Old and popular names of today's currencies. BYR and other names of before a reform are not among them:
their amounts are other amounts. ``$`` and ``¥`` are several currencies."""


def known_as(name: str) -> str:
    """The code that a popular name stands for; any other text in capitals."""
    plain = name.upper()
    return _POPULAR.get(plain, plain)


def read_currency(text: str) -> str:
    """``rub``, ``RUR`` or ``руб.`` as RUB. Raises BadValue for what ISO 4217 does not have."""
    code = known_as(tidied(text))
    if code not in CODES:
        raise BadValue(
            "'{text}' is no currency: write its three letters, RUB or CNY for example",
            code="texts.no_currency",
            values={"text": text.strip()},
        )
    return code


__all__ = ["CODES", "known_as", "read_currency"]
