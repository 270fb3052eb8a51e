"""Where parcels go, as wide or as narrow as there are enough of them to say something.

A direction is a text: ``RU/63`` is a country and the first digits of the postal code, ``RU/`` and a name a
region, ``RU`` a country, the empty text everywhere.
"""

from __future__ import annotations

import re

from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Address

_NOT_NAMES = re.compile(r"\b(?:г|город|обл|область|край|респ|республика|ао|province|region|oblast)\b\.?|[.,]")


def direction_of(address: Address | None) -> str:
    """The narrowest direction of an address: country and first two digits of the postal code, or region."""
    if address is None or not address.country:
        return ""
    country = address.country.upper()
    if (digits := re.match(r"[0-9]{2}", address.postal_code.strip())) is not None:
        return f"{country}/{digits[0]}"
    region = " ".join(_NOT_NAMES.sub(" ", address.region.casefold()).split())
    return f"{country}/{region}" if region else country


def wider(direction: str) -> tuple[str, ...]:
    """The direction and all wider ones, the widest (everywhere, the empty text) last."""
    country, _, area = direction.partition("/")
    postal = (f"{country}/{area[0]}",) if re.fullmatch(r"[0-9]{2}", area) else ()
    return tuple(dict.fromkeys((direction, *postal, country, "")))


def named(text: str) -> str:
    """A direction as a person writes it: ``ru/630099`` is ``RU/63``. Raises Rejected."""
    country, _, area = text.strip().partition("/")
    if text.strip() and not re.fullmatch(r"[A-Za-z]{2}", country):
        raise Rejected(
            "'{text}' is no direction: write RU, RU/63 or RU/ and a region",
            code="direction",
            values={"text": text},
        )
    if re.fullmatch(r"[0-9]", area.strip()):
        return f"{country.upper()}/{area.strip()}"
    return direction_of(Address(country=country, postal_code=area, region=area))
