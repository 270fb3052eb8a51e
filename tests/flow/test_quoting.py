"""The choice of a carrier: the cheapest that arrives in time, never an estimate, explained in figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from hub.flow import day
from hub.models import Money, Quote, QuoteRequest, Service

from .desk import Lookup, desk


def quote(code: str, price: str, days: int | None, *, estimate: bool = False) -> Quote:
    return Quote(
        service=Service(code=code, name=code.title()),
        price=Money.of(price, "RUB"),
        days_max=days,
        estimate=estimate,
    )


@pytest.mark.parametrize(
    ("offers", "chosen", "reason"),
    [
        (
            [quote("slow", "100", 60), quote("good", "200", 5), quote("fast", "900", 1)],
            "good",
            "cheapest_in_time",
        ),
        ([quote("slow", "100", 60), quote("slower", "90", 90)], "slower", "cheapest"),
        ([quote("guess", "50", 5, estimate=True), quote("good", "200", 5)], "good", "only"),
        ([quote("vague", "150", None), quote("good", "200", 5)], "vague", "cheapest_in_time"),
    ],
)
async def test_the_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offers: list[Quote], chosen: str, reason: str
) -> None:
    async def answer(self: Lookup, request: QuoteRequest) -> Sequence[Quote]:
        return offers

    monkeypatch.setattr(Lookup, "quote", answer, raising=False)
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        table = await day.quote(at.app, posting, "test")
        assert {view.service_code for view in table} == {offer.service.code for offer in offers}
        await at.ship(posting)
        await at.pass_time()
        (shipment,) = at.app.store.reader.execute("SELECT service_code, why FROM shipments").fetchall()
    assert shipment["service_code"] == chosen
    assert f'"reason":"{reason}"' in shipment["why"]


async def test_estimates_alone_are_a_question_for_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answer(self: Lookup, request: QuoteRequest) -> Sequence[Quote]:
        return [quote("guess", "50", 5, estimate=True)]

    monkeypatch.setattr(Lookup, "quote", answer, raising=False)
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        assert "no_quotes" in at.problems()
        assert not at.books.sends


async def test_boxes_that_the_carrier_does_not_take_are_said_before_anything_is_booked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lookup, "multi_parcel", False, raising=False)
    async with desk(tmp_path, Lookup, boxes=2) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        assert "one box" in at.problems()["no_quotes"].data["missing"]["courier"]
        assert not at.books.sends
