"""Countries by the two numbers and letters of ISO 3166, and what the Post does not take to them."""

from __future__ import annotations

import csv
from importlib.resources import files

import russian_post_api as post

from hub_russian_post.services import MAIL_TYPES, Product

RUSSIA = 643

with (files("hub_russian_post") / "countries.csv").open(encoding="utf-8") as _file:
    NUMBERS: dict[str, int] = {row["alpha2"]: int(row["numeric"]) for row in csv.DictReader(_file)}
LETTERS = {number: letters for letters, number in NUMBERS.items()}


def taken(country: post.Country, product: Product, weight_g: int) -> bool:
    """Whether the Post takes this to the country now: a kind that is blocked, absent or too heavy is not
    offered (parcels were blocked to 220 of 256 entries on 2026-08-13)."""
    name = MAIL_TYPES[product.mail_type].blocks
    kind: post.CountryKind | None = getattr(country, name) if name else None
    if kind is None or kind.block:
        return False
    if product.declared and not kind.oc:
        return False
    return not kind.wmax or weight_g <= kind.wmax
