"""The table of quotes and the choice: the cheapest that arrives in time, never an estimate, in figures; and
what a carrier that answers nonsense does to it: nothing but its own absence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from hub import hookimpl
from hub.flow import orders, reading
from hub.flow.history.quote_views import QuoteView
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Money, Quote, QuoteRequest, Service
from hub.plugin_api.settings import Settings

from .desk import START, TOML, Desk, Lookup, desk


def quote(code: str, price: str, days: int | None, *, estimate: bool = False, currency: str = "RUB") -> Quote:
    return Quote(
        service=Service(code=code, name=code.title()),
        price=Money.of(price, currency),
        days_max=days,
        estimate=estimate,
    )


def answering(monkeypatch: pytest.MonkeyPatch, *offers: Quote) -> list[QuoteRequest]:
    """The desk's courier makes these offers; returns what it was asked."""
    asked: list[QuoteRequest] = []

    async def answer(self: Lookup, request: QuoteRequest) -> Sequence[Quote]:
        asked.append(request)
        return offers

    monkeypatch.setattr(Lookup, "quote", answer, raising=False)
    return asked


class Rival(Carrier[Settings]):
    """A second carrier, whose answer a test decides."""

    code = "rival"
    title = "Rival"
    settings_type = Settings
    answer: ClassVar[Callable[[QuoteRequest], Any]]

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        answered: Sequence[Quote] = type(self).answer(request)
        return answered


class RivalPlugin:
    @hookimpl
    def carriers(self) -> Iterable[type[Carrier[Any]]]:
        return (Rival,)


RIVAL = TOML.replace('"courier", "labels"]', '"courier", "rival", "labels"]') + (
    '[sellers.shop.accounts.r]\nplugin = "rival"\n'
)


def rules(text: str, toml: str = TOML) -> str:
    """The desk's file with more keys of the seller."""
    return toml.replace('language = "en"\n', f'language = "en"\n{text}\n')


async def table_of(at: Desk) -> list[QuoteView]:
    return await orders.quote(at.app, await at.order(), "test")


async def booked(at: Desk) -> tuple[str, dict[str, Any]]:
    """Ship one posting; returns the service and why."""
    await at.ship(await at.order())
    await at.pass_time()
    (shipment,) = reading.shipments(at.app, seller="shop").items
    return shipment.service_code, shipment.why


@pytest.mark.parametrize(
    ("offers", "chosen", "reason"),
    [
        (
            [quote("slow", "100", 60), quote("good", "200", 5), quote("fast", "900", 1)],
            "good",
            "cheapest_in_time",
        ),
        ([quote("slow", "100", 60), quote("slower", "90", 90)], "slower", "cheapest_late"),
        ([quote("guess", "50", 5, estimate=True), quote("good", "200", 5)], "good", "only"),
        ([quote("vague", "150", None), quote("good", "200", 5)], "good", "cheapest_in_time"),
        ([quote("vague", "150", None), quote("slow", "100", 60)], "vague", "cheapest_without_days"),
        ([quote("close", "100", 16), quote("good", "200", 15)], "good", "cheapest_in_time"),
        ([quote("close", "100", 16), quote("slow", "90", 17)], "close", "cheapest_without_margin"),
    ],
)
async def test_the_cheapest_that_is_there_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offers: list[Quote], chosen: str, reason: str
) -> None:
    """The desk's posting is due for shipping in two days, and no day was promised: 16 days are left."""
    answering(monkeypatch, *offers)
    async with desk(tmp_path, Lookup) as at:
        service, why = await booked(at)
    assert (service, why["reason"]) == (chosen, reason)


async def test_the_day_that_the_buyer_was_promised_is_the_deadline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, quote("slow", "100", 8), quote("fast", "300", 2))
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order(deliver_by=START + timedelta(days=5))
        await at.ship(posting)
        await at.pass_time()
        (shipment,) = reading.shipments(at.app, seller="shop").items
    assert shipment.service_code == "fast"
    assert (shipment.why["deadline"], shipment.why["promised"]) == ("2026-11-28", True)


async def test_the_choice_is_told_in_its_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, quote("slow", "100", 60), quote("good", "200", 5), quote("fast", "900", 1))
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        table = {one.service_code: one for one in await orders.quote(at.app, posting, "test")}
        await at.ship(posting)
        await at.pass_time()
        told = next(
            one for one in reading.posting_details(at.app, posting).history if one.kind == "carrier.chosen"
        )
    assert table["good"].reason == (
        "the cheapest offer that arrives in time, of 2: there by 2026-11-28, due by 2026-12-09; "
        "courier, Fast: 700.00 RUB more, there by 2026-11-24"
    )
    assert told.text == f"courier chosen, Good, 200.00 RUB, days: 5 — {table['good'].reason}"
    assert told.data["days"] == 5
    assert (table["slow"].in_time, table["fast"].in_time) == (False, True)
    assert (table["fast"].arrives, table["fast"].deadline) == (date(2026, 11, 24), date(2026, 12, 9))
    assert [one.chosen for one in table.values()] == [False, True, False]


async def test_estimates_alone_are_a_question_for_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, quote("guess", "50", 5, estimate=True))
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        assert at.problems()["no_quotes"].text == (
            "No carrier made an offer: courier: only an estimate: the hub does not book it by itself"
        )
        assert not at.books.sends
        await at.ship(posting, carrier="courier")
        await at.pass_time()
        assert len(at.books.orders) == 1, "a person may order it all the same"


async def test_boxes_that_the_carrier_does_not_take_are_said_before_anything_is_booked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lookup, "multi_parcel", False, raising=False)
    async with desk(tmp_path, Lookup, boxes=2) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        assert at.problems()["no_quotes"].data["missing"]["courier"] == {"code": "one_box", "boxes": 2}
        assert "it takes one box an order, and this is 2" in at.problems()["no_quotes"].text
        assert not at.books.sends


async def test_where_the_marketplace_books_the_table_says_who_delivers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub.plugin_api.models import Fulfilment

    asked = answering(monkeypatch, quote("good", "200", 5))
    async with desk(tmp_path, Lookup) as at:
        theirs = Fulfilment(
            books="marketplace", label="marketplace", tracking="marketplace", statuses="marketplace"
        )
        posting = await at.order(fulfilment=theirs, provider="Their van")
        (line,) = await orders.quote(at.app, posting, "test")
    assert (line.missing, line.price, asked) == ("fixed by Market: Their van", None, [])


# --- nonsense ---------------------------------------------------------------------------------------------


class Odd:
    """Nothing that a carrier should answer."""


NONSENSE: list[tuple[object, str]] = [
    ([quote("fine", "10", 3), quote("below", "-1", 3)], "negative_price"),
    ([quote("zero", "10", 0)], "odd_days"),
    ([quote("ages", "10", 4000)], "odd_days"),
    (
        [Quote(service=Service(code="x", name="X"), price=Money.of(10, "RUB"), days_min=9, days_max=2)],
        "odd_days",
    ),
    ([quote(str(number), "10", 3) for number in range(10_000)], "too_many_quotes"),
    ([Quote(service=Service(code="x", name="X"), price=Money(Decimal(10), "roubles"))], "no_price"),
    ([Quote(service=Service(code="", name=""), price=Money.of(10, "RUB"))], "no_quotes_at_all"),
    ([Odd()], "no_quotes_at_all"),
    (None, "no_quotes_at_all"),
    ("RUB 10", "no_quotes_at_all"),
    ([quote("free", "0", 3)], "not_served"),
    ([], "not_served"),
    ([quote("yuan", "10", 3, currency="CNY")], "currency"),
]


@pytest.mark.parametrize(
    ("answer", "code"), NONSENSE, ids=[f"{code}-{n}" for n, (_, code) in enumerate(NONSENSE)]
)
async def test_nonsense_costs_a_carrier_its_place_and_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: object, code: str
) -> None:
    answering(monkeypatch, quote("good", "200", 5))
    monkeypatch.setattr(Rival, "answer", lambda request: answer, raising=False)
    async with desk(tmp_path, Lookup, toml=RIVAL, extra={"rival": RivalPlugin()}) as at:
        good, missing = await table_of(at)
        assert (good.carrier, good.chosen) == ("courier", True)
        assert (missing.carrier, missing.missing_code) == ("rival", code)
        assert missing.missing, "in words"
        await at.ship(at.view_id())
        await at.pass_time()
        assert len(at.books.orders) == 1


@pytest.mark.parametrize(
    ("amount", "code"),
    [(Decimal("NaN"), "said"), (Decimal("Infinity"), "said"), (Decimal("1e30"), "said"), (10.5, "no_price")],
)
async def test_what_is_no_amount_is_no_money_and_hides_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, amount: Any, code: str
) -> None:
    def answer(request: QuoteRequest) -> Any:
        return [Quote(service=Service(code="x", name="X"), price=Money(amount, "RUB"))]

    answering(monkeypatch, quote("good", "200", 5))
    monkeypatch.setattr(Rival, "answer", answer, raising=False)
    async with desk(tmp_path, Lookup, toml=RIVAL, extra={"rival": RivalPlugin()}) as at:
        good, missing = await table_of(at)
    assert good.chosen
    assert (missing.missing_code, bool(missing.missing)) == (code, True)


@pytest.mark.parametrize("error", [Rejected("nothing above 30 kg"), ValueError("a bug"), TimeoutError()])
async def test_a_carrier_that_fails_says_why_and_hides_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(request: QuoteRequest) -> Any:
        raise error

    answering(monkeypatch, quote("good", "200", 5))
    monkeypatch.setattr(Rival, "answer", fail, raising=False)
    async with desk(tmp_path, Lookup, toml=RIVAL, extra={"rival": RivalPlugin()}) as at:
        good, missing = await table_of(at)
    assert good.chosen
    assert missing.missing_code == "said"
    if isinstance(error, Rejected):
        assert missing.missing == "nothing above 30 kg"


async def test_an_offer_in_another_currency_needs_a_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, quote("good", "200", 5))
    monkeypatch.setattr(
        Rival, "answer", lambda request: [quote("yuan", "10", 5, currency="CNY")], raising=False
    )
    text = 'currency = "RUB"\nrates.CNY = { rate = "11.205", date = 2026-11-20 }'
    async with desk(tmp_path, Lookup, toml=rules(text, RIVAL), extra={"rival": RivalPlugin()}) as at:
        yuan, rouble = await table_of(at)
    assert (yuan.carrier, yuan.chosen, yuan.price) == ("rival", True, Money.of(10, "CNY"))
    assert (yuan.cost, yuan.rate, yuan.rate_date) == (
        Money.of("112.05", "RUB"),
        Decimal("11.205"),
        date(2026, 11, 20),
    )
    assert "that is 112.05 RUB at the rate of 2026-11-20" in yuan.reason
    assert rouble.cost is None


async def test_one_currency_that_is_not_the_usual_one_needs_no_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, quote("dear", "20", 5, currency="CNY"), quote("good", "10", 5, currency="CNY"))
    async with desk(tmp_path, Lookup) as at:
        good, dear = await table_of(at)
    assert (good.service_code, good.chosen, dear.chosen) == ("good", True, False)


# --- rules, strategies and what is kept -------------------------------------------------------------------


OFFERS = (quote("slow", "100", 9), quote("good", "200", 5), quote("fast", "900", 1))


@pytest.mark.parametrize(
    ("text", "chosen", "reason"),
    [
        ('strategy = "cheapest"', "slow", "cheapest"),
        ('strategy = "fastest"', "fast", "fastest"),
        ("transit_days = 4", "good", "cheapest_in_time"),
        ("transit_days = 4\nmargin_days = 5", "fast", "cheapest_in_time"),
        ('strategy = "best_value"\nlate_day_cost = "1 RUB"', "slow", "best_value"),
        ('strategy = "best_value"\nlate_day_cost = "5000 RUB"\ntransit_days = 2', "fast", "best_value"),
        ('[[sellers.shop.rules]]\nwhen = { city = "москва" }\nservices = "fast"', "fast", "only"),
        ('[[sellers.shop.rules]]\nwhen = { city = "Омск" }\nservices = "fast"', "slow", "cheapest_in_time"),
        (
            '[[sellers.shop.rules]]\nwhen = { weight_up_to_g = 300, marketplace = "market" }\n'
            'strategy = "fastest"\n[[sellers.shop.rules]]\nstrategy = "cheapest"',
            "fast",
            "fastest",
        ),
    ],
)
async def test_the_sellers_rules_decide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, chosen: str, reason: str
) -> None:
    answering(monkeypatch, *OFFERS)
    blocks = TOML + text if text.startswith("[[") else rules(text)
    async with desk(tmp_path, Lookup, toml=blocks) as at:
        service, why = await booked(at)
    assert (service, why["reason"]) == (chosen, reason)


async def test_a_rule_that_leaves_nothing_asks_a_person_and_can_be_overruled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, *OFFERS)
    rule = '[[sellers.shop.rules]]\nname = "Not by them"\nnot_carriers = "courier"\n'
    async with desk(tmp_path, Lookup, toml=TOML + rule) as at:
        posting = await at.order()
        table = await orders.quote(at.app, posting, "test")
        assert {(one.aside, one.rule, one.chosen) for one in table} == {("rule", "Not by them", False)}
        await at.ship(posting)
        await at.pass_time()
        assert "the rule “Not by them” leaves it out" in at.problems()["no_quotes"].text
        await at.ship(posting, carrier="courier", service="good")
        await at.pass_time()
        (shipment,) = reading.shipments(at.app, seller="shop").items
    assert (shipment.service_code, shipment.why["reason"]) == ("good", "ordered")


async def test_quotes_last_for_as_long_as_the_carrier_says_but_a_booking_asks_afresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, quote("good", "200", 5))
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        await orders.quote(at.app, posting, "test")
        await orders.quote(at.app, posting, "test")
        assert len(asked) == 2, "without a word of the carrier, nothing lasts"
        monkeypatch.setattr(Lookup, "quotes_last", timedelta(minutes=10), raising=False)
        await orders.quote(at.app, posting, "test")
        first = at.clock.now()
        at.clock.advance(599)
        other = await at.order("1002-1")
        (line,) = await orders.quote(at.app, other, "test")
        assert (len(asked), line.asked_at) == (3, first), "the same route and boxes"
        at.clock.advance(1)
        await orders.quote(at.app, posting, "test")
        assert len(asked) == 4
        at.app.store.write_now(lambda tx: tx.execute("UPDATE accounts SET external_id = 'another'"))
        await orders.quote(at.app, posting, "test")
        assert len(asked) == 5, "another contract may have other prices"
        await at.ship(posting)
        await at.pass_time(60)
        assert len(asked) == 6
        assert len(at.books.orders) == 1


async def test_another_route_or_box_is_another_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub.plugin_api.models import Address, Item, Recipient

    asked = answering(monkeypatch, quote("good", "200", 5))
    monkeypatch.setattr(Lookup, "quotes_last", timedelta(minutes=10), raising=False)
    there = Recipient(name="Б", address=Address(country="RU", city="Омск", postal_code="644000"))
    dear = Item(sku="1", offer_id="CUP", name="Кружка", quantity=1, price=Money.of("900.00", "RUB"))
    async with desk(tmp_path, Lookup) as at:
        changed: list[dict[str, Any]] = [{}, {"recipient": there}, {"items": (dear,)}, {}]
        for number, changes in enumerate(changed):
            posting = await at.order(f"100{number}-1", **changes)
            await orders.quote(at.app, posting, "test")
    assert len(asked) == 3


async def test_a_contract_is_beside_the_list_price_and_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub.flow.choice.prices.contract_prices import ContractLine, import_prices

    answering(monkeypatch, quote("list", "200", 5), quote("ours", "300", 5))
    async with desk(tmp_path, Lookup) as at:
        half = ContractLine(line=2, service="ours", percent=Decimal(50), over_g=200)
        lighter = ContractLine(line=3, service="list", percent=Decimal(90), up_to_g=299)
        await import_prices(at.app, "shop", "courier", [half, lighter], "test")
        posting = await at.order()
        ours, plain = await orders.quote(at.app, posting, "test")
        assert (ours.price, ours.list_price, ours.chosen) == (
            Money.of(150, "RUB"),
            Money.of(300, "RUB"),
            True,
        )
        assert plain.list_price is None
        assert "the contract's price instead of 300.00 RUB" in ours.reason
        await at.ship(posting)
        await at.pass_time()
        (shipment,) = reading.shipments(at.app, seller="shop").items
    assert shipment.quoted == Money.of(300, "RUB"), "the carrier's own price is what its booking is held to"
    assert shipment.why["price"] == "150.00"


async def test_the_record_of_a_carrier_that_is_late_costs_it_the_best_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rival is cheaper, promises to be there a day early, and half of its parcels come late."""
    from hub.flow.choice.records.carrier_sums import week_of
    from hub.store import Transaction

    answering(monkeypatch, quote("good", "200", 15))
    monkeypatch.setattr(Rival, "answer", lambda request: [quote("cheap", "150", 15)], raising=False)
    text = 'strategy = "best_value"\nlate_day_cost = "100 RUB"'

    def remember(tx: Transaction, parcels: int) -> None:
        tx.execute("DELETE FROM carrier_weeks")
        for carrier, on_time, late_days in (("courier", parcels, 0), ("rival", parcels // 2, 2 * parcels)):
            counts = (parcels, parcels, on_time, late_days, parcels, 0, 0, 0, 0, 0, 0, 0, 0)
            for level in ("RU/10", "RU/1", "RU", ""):
                marks = ", ".join("?" * (4 + len(counts)))
                sql = f"INSERT INTO carrier_weeks VALUES ({marks})"
                tx.execute(sql, ("shop", carrier, level, week_of(START), *counts))

    async with desk(tmp_path, Lookup, toml=rules(text, RIVAL), extra={"rival": RivalPlugin()}) as at:
        posting = await at.order()
        at.app.store.write_now(lambda tx: remember(tx, 10))
        table = {one.carrier: one for one in await orders.quote(at.app, posting, "test")}
        assert table["rival"].chosen, "no verdict from ten parcels"
        assert (table["rival"].on_time, table["rival"].on_time_parcels) == (None, 10)
        assert "too few parcels for a verdict" in table["rival"].reason
        at.app.store.write_now(lambda tx: remember(tx, 40))
        at.clock.advance(301)  # a record is read anew every five minutes
        table = {one.carrier: one for one in await orders.quote(at.app, posting, "test")}
        assert table["courier"].chosen
        assert (table["rival"].on_time, table["courier"].on_time) == (0.5, 1.0)
        assert table["rival"].days_late == Decimal("1.56"), (
            "2 days of all parcels, a day to spare: 2 exp(-1/4)"
        )
        assert "from the record of 40 parcels" in table["courier"].reason
        assert table["courier"].why["next_more"] == {"amount": "106.00", "currency": "RUB"}


class _Away(Lookup):
    """It does not answer for so long."""

    until: ClassVar[datetime]

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        if self.books.clock.now() < self.until:
            raise httpx.ConnectError("refused")
        return await super().quote(request)


@pytest.mark.parametrize(
    ("minutes", "stage", "problems"), [(30, "labelled", set()), (90, "assembled", {"no_quotes"})]
)
async def test_a_carrier_that_does_not_answer_is_waited_for_an_hour(
    tmp_path: Path, minutes: int, stage: str, problems: set[str]
) -> None:
    async with desk(tmp_path, _Away) as at:
        _Away.until = at.clock.now() + timedelta(minutes=minutes)
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(2 * 3600, news=False)
        assert (at.view(posting).stage, at.problems().keys()) == (stage, problems)


async def test_a_parcel_may_be_there_the_same_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    near = Quote(service=Service(code="x", name="X"), price=Money.of(10, "RUB"), days_min=0, days_max=1)
    answering(monkeypatch, near)
    async with desk(tmp_path) as at:
        (line,) = await orders.quote(at.app, await at.order(), "test")
        assert (line.days_min, line.days_max, line.chosen) == (0, 1, True)
