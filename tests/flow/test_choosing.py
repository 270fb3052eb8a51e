"""What every choice keeps to, whatever the offers are."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.flow.choice.choosing import Deadline, Offer, choose, deadline_of
from hub.flow.choice.lateness import Expected
from hub.plugin_api.models import Money, Quote, Service
from hub.plugin_api.rules import Ruling, Strategy
from hub.words.texts import LANGUAGES, choice_text

TODAY = date(2026, 11, 23)
DEADLINE = Deadline(day=TODAY + timedelta(days=10), promised=True)
REASONS = {"cheapest_in_time", "cheapest_without_margin", "cheapest_without_days", "cheapest_late"}


def rub(amount: int | Decimal) -> Money:
    return Money.of(amount, "RUB")


def offer(
    carrier: str, service: str, price: int, days: int | None, estimate: bool = False, late: int = 0
) -> Offer:
    quote = Quote(
        service=Service(code=service, name=service), price=rub(price), days_max=days, estimate=estimate
    )
    return Offer(
        account="acc_1",
        carrier=carrier,
        quote=quote,
        price=rub(price),
        cost=rub(price),
        arrives=None if days is None else TODAY + timedelta(days=days),
        spare_days=None if days is None else 10 - days,
        expected=Expected(days_late=Decimal(late), late_cost=rub(100 * late), loss_cost=rub(0), parcels=30),
    )


OFFERS = st.lists(
    st.builds(
        offer,
        st.sampled_from(["cdek", "post", "sample"]),
        st.sampled_from(["a", "b", "c", "d"]),
        st.integers(1, 50),
        st.none() | st.integers(1, 20),
        st.booleans(),
        st.integers(0, 3),
    ),
    max_size=12,
    unique_by=lambda one: (one.carrier, one.quote.service.code),
)
RULINGS = st.builds(
    Ruling,
    strategy=st.sampled_from(get_args(Strategy)),
    margin_days=st.integers(0, 12),
    transit_days=st.just(14),
    carriers=st.sampled_from([(), ("cdek",), ("cdek", "post")]),
    not_carriers=st.sampled_from([(), ("post",)]),
    services=st.sampled_from([(), ("a", "b")]),
    number=st.integers(0, 3),
)


@given(OFFERS, RULINGS, st.sets(st.sampled_from(["cdek", "post"])), st.randoms(use_true_random=False))
def test_a_choice_is_allowed_and_the_best_of_what_is(
    offers: list[Offer], rules: Ruling, refused: set[str], chance: random.Random
) -> None:
    decision = choose(offers, rules, DEADLINE, refused=frozenset(refused))
    usable = [one for one, aside in zip(offers, decision.aside, strict=True) if not aside]
    assert usable == [
        one
        for one in offers
        if rules.allows(one.carrier, one.quote.service.code)
        and not one.quote.estimate
        and one.carrier not in refused
    ]
    if decision.choice is None:
        assert not usable
        return
    picked = decision.choice.offer
    assert picked in usable
    shuffled = list(offers)
    chance.shuffle(shuffled)
    again = choose(shuffled, rules, DEADLINE, refused=frozenset(refused)).choice
    assert again == decision.choice, "whatever the order of the offers"
    cheapest = min(one.cost.amount for one in usable)
    if rules.strategy == "cheapest":
        assert picked.cost.amount == cheapest
    elif rules.strategy == "fastest":
        known = [one.quote.days_max for one in usable if one.quote.days_max is not None]
        assert picked.quote.days_max == (min(known) if known else None)
    elif rules.strategy == "best_value":
        assert picked.value.amount == min(one.value.amount for one in usable)
    else:
        for least in (rules.margin_days, 0):
            good = [one for one in usable if one.spare_days is not None and one.spare_days >= least]
            if good:
                assert picked.cost.amount == min(one.cost.amount for one in good)
                assert picked in good
                break
        else:
            assert picked.spare_days is None or all(one.spare_days is not None for one in usable)


@given(OFFERS, RULINGS)
def test_every_choice_has_a_sentence_made_of_its_figures(offers: list[Offer], rules: Ruling) -> None:
    choice = choose(offers, rules, DEADLINE).choice
    if choice is None:
        return
    stored: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(choice.why))
    assert stored == choice.why, "it is kept as JSON"
    for language in LANGUAGES:
        said = choice_text(choice.why, language)
        assert said != choice.why["reason"]
        assert "{" not in said
        assert "—" not in said, "a figure is missing"
        if choice.why["reason"] in REASONS and "arrives" in choice.why and "days" in choice.why:
            assert choice.why["deadline"] in said or choice.why["arrives"] in said


@given(OFFERS, RULINGS)
def test_what_a_person_orders_overrules_every_rule(offers: list[Offer], rules: Ruling) -> None:
    for wanted in offers:
        choice = choose(
            offers, rules, DEADLINE, carrier=wanted.carrier, service=wanted.quote.service.code
        ).choice
        assert choice is not None
        assert (choice.offer, choice.why["reason"]) == (wanted, "ordered")


def test_a_plugin_is_asked_only_about_what_may_be_chosen() -> None:
    offers = [offer("cdek", "a", 10, 3), offer("post", "b", 5, 3), offer("sample", "c", 1, 3, estimate=True)]
    rules = Ruling(strategy="cheapest", margin_days=1, transit_days=14, not_carriers=("post",))
    asked: list[Offer] = []

    def wanted(ranked: Sequence[Offer]) -> Offer | None:
        asked.extend(ranked)
        return None

    choice = choose(offers, rules, DEADLINE, wanted=wanted).choice
    assert asked == [offers[0]], "it cannot choose what the rules leave out"
    assert choice is not None
    assert (choice.offer, choice.why["reason"]) == (offers[0], "only")
    both = msgspec.structs.replace(rules, not_carriers=())
    plugin = choose(offers, both, DEADLINE, wanted=lambda ranked: ranked[-1]).choice
    assert plugin is not None
    assert (plugin.offer, plugin.why["reason"]) == (offers[0], "plugin")


@pytest.mark.parametrize(
    ("ship_by", "deliver_by", "day", "promised"),
    [
        (None, None, "2026-12-07", False),
        (datetime(2026, 11, 25, 20, tzinfo=UTC), None, "2026-12-10", False),  # already the 26th there
        (datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 11, 30, 12, tzinfo=UTC), "2026-11-30", True),
    ],
)
def test_the_deadline(
    ship_by: datetime | None, deliver_by: datetime | None, day: str, promised: bool
) -> None:
    now = datetime(2026, 11, 23, 6, tzinfo=UTC)
    found = deadline_of(ship_by, deliver_by, now, timezone(timedelta(hours=8)), 14)
    assert (found.day.isoformat(), found.promised) == (day, promised)
