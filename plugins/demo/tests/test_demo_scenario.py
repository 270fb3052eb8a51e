"""The day that is written down: the same for the same seed, another for another, and what the issue asks."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest
from hub_demo.goods import FAR, FARTHEST, NEAR, POSTAL, STREETS, Town
from hub_demo.scenario import build
from vendor_emulators.russian_post import cleaning

SEEDS = (0, 1, 2, 77)


def test_the_same_seed_makes_the_same_day() -> None:
    assert build(5) == build(5)
    assert build(5).products_csv() == build(5).products_csv()


def test_another_seed_makes_other_postings() -> None:
    ones = {order.number for order in build(1).orders}
    others = {order.number for order in build(2).orders}
    assert not ones & others


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_day_consists_of(seed: int) -> None:
    orders = build(seed).orders
    assert Counter(order.kind for order in orders) == {
        "fbs": 8, "own": 8, "tracked": 3, "cross_border": 3, "aggregator": 2,
    }  # fmt: skip
    assert len({order.number for order in orders}) == 24
    happenings = Counter(order.happening for order in orders if order.happening)
    assert happenings == {"carrier_refuses": 1, "late_label": 1, "buyer_cancels": 1}
    own = [order.expected.carrier for order in orders if order.kind == "own"]
    assert Counter(own) == {"cdek": 4, "sample": 3, "russian_post": 1}
    tracked = [order.expected.carrier for order in orders if order.kind == "tracked"]
    assert Counter(tracked) == {"cdek": 2, "russian_post": 1}
    assert any(len(order.lines) > 1 for order in orders)


@pytest.mark.parametrize("seed", SEEDS)
def test_towns_and_goods_fit_what_is_expected(seed: int) -> None:
    """The refused article is in one posting only, and towns that only CDEK serves are CDEK's."""
    orders = build(seed).orders
    assert sum(line.good.offer_id == "GLASS-6" for order in orders for line in order.lines) == 1
    for order in orders:
        if order.expected.carrier == "cdek":
            assert order.town in (*FAR, FARTHEST) or order.lines[0].good.weight_g > 15_000
        if order.expected.carrier == "russian_post":
            assert order.town in POSTAL
        if order.expected.carrier == "sample":
            assert order.town in NEAR
            assert sum(line.good.weight_g * line.quantity for line in order.lines) <= 15_000


def test_the_catalogue_knows_every_article_in_three_languages() -> None:
    scenario = build(1)
    lines = list(csv.DictReader(io.StringIO(scenario.products_csv().decode("utf-8-sig"))))
    known = {line["offer_id"] for line in lines}
    assert known >= {line.good.offer_id for order in scenario.orders for line in order.lines}
    assert all(line["name_ru"] and line["name_en"] and line["name_zh"] for line in lines)


def test_cross_border_names_are_chinese_and_the_others_russian() -> None:
    for order in build(1).orders:
        for line in order.lines:
            assert line.name == (line.good.zh if order.kind == "cross_border" else line.good.ru)


@pytest.mark.parametrize("town", POSTAL)
@pytest.mark.parametrize("street", STREETS)
def test_the_post_is_sure_of_every_address(town: Town, street: str) -> None:
    """Else a posting waits for a person whom the scenario does not have."""
    told = cleaning.address("1", f"{town.zip_code}, {town.region}, {town.city}, {street}, д. 7, кв. 12")
    assert (told["quality-code"], told["validation-code"]) == ("GOOD", "VALIDATED")
