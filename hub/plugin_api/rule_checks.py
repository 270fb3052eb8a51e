"""What is wrong with a seller's rules that types do not see: with the key path and the mend.

The same checks for plugins.toml, for a file of rules and over HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from hub.plugin_api.rules import CarrierRules, When, amount, words

Path = tuple[str | int, ...]
"""Keys from the outside inwards; a rule is named by its number, counted from 1."""

MOST_RULES = 100

_EMPTY = "an empty text fits nothing: write one, or remove the key"
_CURRENCY = re.compile(r"[A-Z]{3}")
_COUNTRY = re.compile(r"[A-Z]{2}")


def problems(
    rules: CarrierRules, carriers: Collection[str], marketplaces: Collection[str]
) -> Iterator[tuple[Path, str]]:
    """What no reader of types can see, with the key path and the mend.

    ``carriers`` and ``marketplaces``: the plugins that may be named.
    """
    if rules.late_day_cost and amount(rules.late_day_cost) is None:
        yield ("late_day_cost",), _no_amount(rules.late_day_cost)
    if rules.currency and not _CURRENCY.fullmatch(rules.currency):
        yield ("currency",), f"{rules.currency!r} is no currency: write three capitals, like RUB"
    yield from _wrong_rates(rules)
    if len(rules.rules) > MOST_RULES:
        yield ("rules",), f"there are {len(rules.rules)} rules: {MOST_RULES} are enough for anybody to read"
    before: dict[When, int] = {}
    for number, rule in enumerate(rules.rules, 1):
        where: Path = ("rules", number)
        if always := before.get(When()):
            why = f"rule {always} has no conditions, so it decides for everything"
            yield where, f"it is never reached: {why}. Give that one conditions, or put it last"
        elif same := before.get(rule.when):
            yield where, f"it is never reached: rule {same} has the same conditions. Change or remove one"
        before.setdefault(rule.when, number)
        yield from _wrong_when(rule.when, (*where, "when"), marketplaces)
        for key in ("carriers", "not_carriers"):
            for name in words(getattr(rule, key)):
                if name not in carriers:
                    yield (*where, key), f"{name!r} is not on for this seller{_near(name, carriers)}"
        both = set(words(rule.carriers)) & set(words(rule.not_carriers))
        if both:
            yield (*where, "not_carriers"), f"{', '.join(sorted(both))} is in 'carriers' too: remove it here"
        if any(not one.strip() for one in words(rule.services)):
            yield (*where, "services"), _EMPTY


def _wrong_rates(rules: CarrierRules) -> Iterator[tuple[Path, str]]:
    for currency, rate in rules.rates.items():
        if not _CURRENCY.fullmatch(currency):
            yield ("rates", currency), f"{currency!r} is no currency: write three capitals, like CNY"
        elif not rules.currency:
            yield ("rates",), 'rates need the currency they lead to: write currency = "RUB" for the seller'
        elif currency == rules.currency:
            yield ("rates", currency), "that is the seller's own currency: remove this line"
        elif not (rate.rate.is_finite() and rate.rate > 0):
            yield ("rates", currency), f"one {currency} is more than 0 {rules.currency}: write the rate"


def _wrong_when(when: When, where: Path, marketplaces: Collection[str]) -> Iterator[tuple[Path, str]]:
    for name in ("weight_{}_g", "longest_{}_mm", "sides_{}_mm"):
        over, up_to = getattr(when, name.format("over")), getattr(when, name.format("up_to"))
        if up_to == 0:
            yield (*where, name.format("up_to")), "nothing is up to 0: write more, or remove the key"
        if over is not None and up_to is not None and over >= up_to:
            yield (*where, name.format("up_to")), f"nothing is over {over} and up to {up_to}: write more"
    for key in ("value_over", "value_up_to"):
        text = getattr(when, key)
        if text is not None and amount(text) is None:
            yield (*where, key), _no_amount(text)
    low, high = (text and amount(text) for text in (when.value_over, when.value_up_to))
    if low and high and low.currency != high.currency:
        yield (*where, "value_up_to"), f"it is in {high.currency}, and value_over in {low.currency}"
    elif low and high and low.amount >= high.amount:
        yield (*where, "value_up_to"), f"nothing is over {low} and up to {high}: write more"
    for name in words(when.country):
        if not _COUNTRY.fullmatch(name):
            yield (*where, "country"), f"{name!r} is no country: write two capitals, like RU"
    for name in words(when.marketplace):
        if name not in marketplaces:
            yield (*where, "marketplace"), f"{name!r} is not on for this seller{_near(name, marketplaces)}"
    for key in ("region", "city", "postal_prefix", "scheme", "flow", "sku", "offer_id"):
        if any(not one.strip() for one in words(getattr(when, key))):
            yield (*where, key), _EMPTY


def _no_amount(text: str) -> str:
    return f'{text!r} is no amount: write it with its currency, like "20000 RUB"'


def _near(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    return f": did you mean {near[0]!r}?" if near else f": there are {', '.join(sorted(known)) or 'none'}"
