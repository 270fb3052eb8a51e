"""Rules: the first whose conditions are all true decides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.plugin_api.models import Address, Item, Money, Parcel
from hub.plugin_api.rule_checks import problems
from hub.plugin_api.rules import (
    CarrierRules,
    Facts,
    Rate,
    Rule,
    When,
    amount,
    applies,
    facts_of,
    plain_name,
    ruling,
)


def item(**changes: Any) -> Item:
    return msgspec.structs.replace(Item(sku="100", offer_id="CUP-1", name="Cup", quantity=1), **changes)


FACTS = Facts(
    weight_g=1000,
    longest_mm=300,
    sides_mm=600,
    value=Money.of(5000, "RUB"),
    address=Address(country="RU", region="Омская обл.", city="г. Омск", postal_code="644000"),
    marketplace="ozon",
    scheme="rfbs",
    flow="non_integrated",
    items=(item(), item(sku="200", offer_id="VASE-2", fragile=True)),
)


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({}, True),
        ({"weight_over_g": 999}, True),
        ({"weight_over_g": 1000}, False),
        ({"weight_up_to_g": 1000}, True),
        ({"weight_up_to_g": 999}, False),
        ({"longest_over_mm": 299, "longest_up_to_mm": 300}, True),
        ({"longest_over_mm": 300}, False),
        ({"sides_up_to_mm": 599}, False),
        ({"sides_over_mm": 599}, True),
        ({"value_over": "4999.99 RUB"}, True),
        ({"value_over": "5_000 RUB"}, False),
        ({"value_up_to": "5000 RUB"}, True),
        ({"value_up_to": "9000 CNY"}, False),
        ({"country": "RU"}, True),
        ({"country": ("BY", "KZ")}, False),
        ({"region": "омская область"}, True),
        ({"city": ("Москва", "ОМСК")}, True),
        ({"city": "Том*"}, False),
        ({"city": "Ом*"}, True),
        ({"postal_prefix": ("63", "644")}, True),
        ({"postal_prefix": "44"}, False),
        ({"marketplace": "ozon", "scheme": "rfbs", "flow": "non_*"}, True),
        ({"marketplace": "wildberries"}, False),
        ({"scheme": "fbs"}, False),
        ({"sku": "200"}, True),
        ({"sku": "20"}, False),
        ({"offer_id": "vase-*"}, True),
        ({"fragile": True}, True),
        ({"fragile": False}, False),
        ({"country": "RU", "fragile": True, "weight_over_g": 5000}, False),
    ],
)
def test_a_condition(when: dict[str, Any], fits: bool) -> None:
    assert applies(When(**when), FACTS) is fits


def test_what_is_not_known_fits_no_condition_about_it() -> None:
    bare = Facts()
    for when in (When(value_up_to="9 RUB"), When(country="RU"), When(postal_prefix="1"), When(sku="*")):
        assert not applies(when, bare), when
    assert applies(When(), bare)


def test_the_facts_of_several_boxes() -> None:
    boxes = [
        Parcel(number=1, weight_g=400, length_mm=500, width_mm=10, height_mm=10),
        Parcel(number=2, weight_g=600, length_mm=200, width_mm=200, height_mm=200),
    ]
    facts = facts_of(boxes, items=(), value=None, address=None)
    assert (facts.weight_g, facts.longest_mm, facts.sides_mm) == (1000, 500, 600)


def test_the_first_that_applies_decides_and_the_rest_stays_as_it_is() -> None:
    rules = CarrierRules(
        strategy="cheapest",
        margin_days=3,
        rules=(
            Rule(when=When(country="BY"), strategy="fastest"),
            Rule(name="Fragile", when=When(fragile=True), not_carriers="post", transit_days=7),
            Rule(strategy="best_value"),
        ),
    )
    found = ruling(rules, FACTS)
    assert (found.number, found.label, found.strategy) == (2, "Fragile", "cheapest")
    assert (found.margin_days, found.transit_days) == (3, 7)
    assert [found.allows(carrier, "any") for carrier in ("cdek", "post")] == [True, False]
    last = ruling(rules, Facts())
    assert (last.number, last.label, last.strategy) == (3, "3", "best_value")
    assert ruling(CarrierRules(), FACTS).label == ""


def test_what_a_rule_allows() -> None:
    rules = CarrierRules(rules=(Rule(carriers=("cdek", "post"), services="136"),))
    found = ruling(rules, FACTS)
    assert found.allows("cdek", "136")
    assert not found.allows("cdek", "137")
    assert not found.allows("sample", "136")


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("20000 RUB", Money.of(20000, "RUB")),
        ("20_000.50 CNY", Money.of("20000.50", "CNY")),
        ("20000", None),
        ("-1 RUB", None),
        ("20 000 RUB", None),
        ("RUB 5", None),
        ("5 rub", None),
    ],
)
def test_amounts(text: str, money: Money | None) -> None:
    assert amount(text) == money


@given(st.text(max_size=30))
def test_any_name_can_be_compared(text: str) -> None:
    assert plain_name(plain_name(text)) == plain_name(text)


def found(rules: CarrierRules) -> list[tuple[str | int, ...]]:
    return [path for path, _ in problems(rules, ["cdek", "ozon"], ["cdek", "ozon"])]


def test_what_is_wrong_has_its_path() -> None:
    today = date(2026, 11, 23)
    assert found(CarrierRules(rules=(Rule(carriers="cdek", not_carriers=("cdek",)),))) == [
        ("rules", 1, "not_carriers")
    ]
    assert found(CarrierRules(rates={"CNY": Rate(rate=Decimal(11), date=today)})) == [("rates",)]
    both = When(value_over="5 RUB", value_up_to="9 CNY")
    assert found(CarrierRules(rules=(Rule(when=both),))) == [("rules", 1, "when", "value_up_to")]
    many = CarrierRules(rules=tuple(Rule(when=When(weight_over_g=grams)) for grams in range(101)))
    assert found(many) == [("rules",)]
    assert found(CarrierRules()) == []


def test_rules_that_never_decide_are_refused() -> None:
    twice = (Rule(when=When(country="RU")), Rule(when=When(country="RU"), carriers="cdek"))
    assert found(CarrierRules(rules=twice)) == [("rules", 2)]
    assert found(CarrierRules(rules=(Rule(), Rule(when=When(country="RU"))))) == [("rules", 2)]
    nothing = (Rule(when=When(weight_up_to_g=0)), Rule(services=("", "136")))
    assert found(CarrierRules(rules=nothing)) == [
        ("rules", 1, "when", "weight_up_to_g"),
        ("rules", 2, "services"),
    ]


@pytest.mark.parametrize("key", ["country", "city", "sku"])
def test_an_empty_list_is_no_condition(key: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="length >= 1"):
        msgspec.convert({"when": {key: []}}, Rule)


def test_rules_survive_the_store() -> None:
    rules = CarrierRules(
        late_day_cost="5 RUB",
        rates={"CNY": Rate(rate=Decimal("11.2"), date=date(2026, 11, 20))},
        rules=(Rule(name="One", when=When(country=("RU", "BY"), fragile=False), carriers="cdek"),),
    )
    assert msgspec.json.decode(msgspec.json.encode(rules), type=CarrierRules) == rules
    assert msgspec.json.encode(CarrierRules()) == b"{}"
