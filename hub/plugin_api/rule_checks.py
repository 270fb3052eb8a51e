"""What is wrong with a seller's rules that types do not see: with the key path and what to write.

The same checks for plugins.toml, for a file of rules and over HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from hub.plugin_api.currencies import CODES, known_as
from hub.plugin_api.rules import CarrierRules, When, amount, words
from hub.words import said

Path = tuple[str | int, ...]
"""Keys from the outside inwards; a rule is named by its number, counted from 1."""

MOST_RULES = 100

_EMPTY = said(
    "an empty text fits nothing: write one, or remove the key", code="rules.empty_text_fits_nothing"
)
_COUNTRY = re.compile(r"[A-Z]{2}")


def problems(
    rules: CarrierRules, carriers: Collection[str], marketplaces: Collection[str]
) -> Iterator[tuple[Path, str]]:
    """What no reader of types can see, with the key path and what to write.

    ``carriers`` and ``marketplaces``: the plugins that may be named.
    """
    if rules.late_day_cost and amount(rules.late_day_cost) is None:
        yield ("late_day_cost",), _no_amount(rules.late_day_cost)
    if rules.currency and rules.currency not in CODES:
        yield (
            ("currency",),
            _no_currency(rules.currency),
        )
    yield from _wrong_rates(rules)
    if len(rules.rules) > MOST_RULES:
        yield (
            ("rules",),
            said(
                "there are {rules} rules: {most_rules} are enough for anybody to read",
                code="rules.enough_anybody_read",
                values={"rules": len(rules.rules), "most_rules": MOST_RULES},
            ),
        )
    before: dict[When, int] = {}
    for number, rule in enumerate(rules.rules, 1):
        where: Path = ("rules", number)
        if always := before.get(When()):
            why = said(
                "rule {always} has no conditions, so it decides for everything",
                code="rules.rule_no_conditions_decides_everything",
                values={"always": always},
            )
            yield (
                where,
                said(
                    "it is never reached: {why}. Give that one conditions, or put it last",
                    code="rules.never_reached_give_conditions",
                    values={"why": why},
                ),
            )
        elif same := before.get(rule.when):
            yield (
                where,
                said(
                    "it is never reached: rule {same} has the same conditions. Change or remove one",
                    code="rules.never_reached_rule_same",
                    values={"same": same},
                ),
            )
        before.setdefault(rule.when, number)
        yield from _wrong_when(rule.when, (*where, "when"), marketplaces)
        for key in ("carriers", "not_carriers"):
            for name in words(getattr(rule, key)):
                if name not in carriers:
                    yield (
                        (*where, key),
                        said(
                            "'{name}' is not on for this seller{near}",
                            code="rules.not_seller",
                            values={"name": name, "near": _near(name, carriers)},
                        ),
                    )
        both = set(words(rule.carriers)) & set(words(rule.not_carriers))
        if both:
            yield (
                (*where, "not_carriers"),
                said(
                    "{both} is in 'carriers' too: remove it here",
                    code="rules.carriers_too_remove",
                    values={"both": ", ".join(sorted(both))},
                ),
            )
        if any(not one.strip() for one in words(rule.services)):
            yield (*where, "services"), _EMPTY


def _wrong_rates(rules: CarrierRules) -> Iterator[tuple[Path, str]]:
    for currency, rate in rules.rates.items():
        if currency not in CODES:
            yield (
                ("rates", currency),
                _no_currency(currency),
            )
        elif not rules.currency:
            yield (
                ("rates",),
                said(
                    'rates need the currency they lead to: write currency = "RUB" for the seller',
                    code="rules.rates_need_currency_they",
                ),
            )
        elif currency == rules.currency:
            yield (
                ("rates", currency),
                said(
                    "that is the seller's own currency: remove this line",
                    code="rules.seller_own_currency_remove",
                ),
            )
        elif not (rate.rate.is_finite() and rate.rate > 0):
            yield (
                ("rates", currency),
                said(
                    "one {currency} is more than 0 {currency_2}: write the rate",
                    code="rules.more_0_write_rate",
                    values={"currency": currency, "currency_2": rules.currency},
                ),
            )


def _wrong_when(when: When, where: Path, marketplaces: Collection[str]) -> Iterator[tuple[Path, str]]:
    for name in ("weight_{}_g", "longest_{}_mm", "sides_{}_mm"):
        over, up_to = getattr(when, name.format("over")), getattr(when, name.format("up_to"))
        if up_to == 0:
            yield (
                (*where, name.format("up_to")),
                said("nothing is up to 0: write more, or remove the key", code="rules.nothing_up_0_write"),
            )
        if over is not None and up_to is not None and over >= up_to:
            yield (
                (*where, name.format("up_to")),
                said(
                    "nothing is over {over} and up to {up_to}: write more",
                    code="rules.nothing_over_up_write",
                    values={"over": over, "up_to": up_to},
                ),
            )
    for key in ("value_over", "value_up_to"):
        text = getattr(when, key)
        if text is not None and amount(text) is None:
            yield (*where, key), _no_amount(text)
    low, high = (text and amount(text) for text in (when.value_over, when.value_up_to))
    if low and high and low.currency != high.currency:
        yield (
            (*where, "value_up_to"),
            said(
                "it is in {currency}, and value_over in {currency_2}",
                code="rules.value_over",
                values={"currency": high.currency, "currency_2": low.currency},
            ),
        )
    elif low and high and low.amount >= high.amount:
        yield (
            (*where, "value_up_to"),
            said(
                "nothing is over {over} and up to {up_to}: write more",
                code="rules.nothing_over_up_write",
                values={"over": low, "up_to": high},
            ),
        )
    for name in words(when.country):
        if not _COUNTRY.fullmatch(name):
            yield (
                (*where, "country"),
                said(
                    "'{name}' is no country: write two capitals, like RU",
                    code="rules.no_country_write_two_capitals",
                    values={"name": name},
                ),
            )
    for name in words(when.marketplace):
        if name not in marketplaces:
            yield (
                (*where, "marketplace"),
                said(
                    "'{name}' is not on for this seller{near}",
                    code="rules.not_seller",
                    values={"name": name, "near": _near(name, marketplaces)},
                ),
            )
    for key in ("region", "city", "postal_prefix", "scheme", "flow", "sku", "offer_id"):
        if any(not one.strip() for one in words(getattr(when, key))):
            yield (*where, key), _EMPTY


def _no_currency(text: str) -> str:
    meant = known_as(text)
    if meant in CODES:
        return said(
            "'{text}' is another name of {code}: write {code}",
            code="rules.currency_other_name",
            values={"text": text, "code": meant},
        )
    return said(
        "'{text}' is no currency: write its three letters, like RUB",
        code="rules.no_currency",
        values={"text": text},
    )


def _no_amount(text: str) -> str:
    return said(
        "'{text}' is no amount: write it with its currency, like \"20000 RUB\"",
        code="rules.no_amount_write_currency_like",
        values={"text": text},
    )


def _near(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    return (
        said(": did you mean '{near}'?", code="rules.did_you_mean", values={"near": near[0]})
        if near
        else said(
            ": there are {known}",
            code="rules.there_are",
            values={"known": ", ".join(sorted(known)) or said("none", code="word.none")},
        )
    )
