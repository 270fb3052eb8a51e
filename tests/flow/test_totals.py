"""Before many are ordered a person sees what they cost; its token orders just what it showed, once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from hub.flow import orders, totals
from hub.flow.history.total_views import ShipTotal
from hub.flow.sellers.catalogue import import_products
from hub.plugin_api.errors import Conflict, NotFound, Unavailable
from hub.plugin_api.models import (
    Address,
    Fulfilment,
    Money,
    Product,
    Quote,
    QuoteRequest,
    Recipient,
    Service,
    Stage,
)
from hub.store import rows

from .desk import HOME, Desk, Lookup, desk

TVER = Address(country="RU", city="Тверь", postal_code="170000", street="ул. Новая, 1")


class Priced(Lookup):
    """A courier whose price a test decides; to Тверь it does not go."""

    asked: ClassVar[list[QuoteRequest]] = []
    costs: ClassVar[str] = "300.00"
    down: ClassVar[bool] = False

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        self.asked.append(request)
        if self.down:
            raise Unavailable("the courier is down")
        if request.recipient.city == "Тверь":
            return ()
        price = Money.of(type(self).costs, "RUB")
        return (Quote(service=Service(code="std", name="Standard"), price=price, days_min=2, days_max=4),)


@pytest.fixture
async def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(Priced, "costs", "300.00")
    monkeypatch.setattr(Priced, "down", False)
    Priced.asked.clear()
    async with desk(tmp_path, Priced) as opened:
        yield opened


async def _orders(at: Desk, count: int, **changes: Any) -> list[str]:
    return [await at.order(f"100{number}-1", **changes) for number in range(1, count + 1)]


async def _total(at: Desk, postings: Sequence[str], **more: Any) -> ShipTotal:
    return await totals.total(at.app, "shop", postings, actor="test", **more)


async def _ship(at: Desk, total: ShipTotal) -> list[tuple[str, str]]:
    done = await totals.ship(at.app, "shop", total.token, actor="test")
    await at.pass_time(60, news=False)
    return [(one.state, one.code) for one in done]


async def test_a_total_says_what_it_is_made_of_and_its_token_orders_that(at: Desk) -> None:
    ids = await _orders(at, 3)
    nowhere = await at.order("2001-1", recipient=Recipient(name="Иван", address=TVER))
    theirs = await at.order(
        "3001-1",
        fulfilment=Fulfilment(
            books="marketplace", label="marketplace", tracking="marketplace", statuses="marketplace"
        ),
        provider="Ozon",
    )
    total = await _total(at, [*ids, nowhere, theirs, "pst_none"])
    assert [line.state for line in total.lines] == [*["priced"] * 3, "unpriced", "marketplace", "refused"]
    assert (total.sums, total.at_most) == ((Money.of("900.00", "RUB"),), (Money.of("990.00", "RUB"),))
    (carrier,) = total.carriers
    assert (carrier.title, carrier.postings, carrier.parcels) == ("Courier", 3, 3)
    assert (str(carrier.dearest), carrier.dearest_posting) == ("300.00 RUB", "1001-1")
    assert "No carrier made an offer" in total.lines[3].reason
    assert total.orders == 4
    # Nothing has happened so far.
    await at.pass_time(60, news=False)
    assert (at.books.orders, at.problems(), at.view(ids[0]).stage) == ([], {}, "assembled")
    assert await _ship(at, total) == [*[("queued", "")] * 3, ("refused", "unpriced"), ("queued", "")]
    assert len(at.books.live()) == 3
    assert len(Priced.asked) == 4  # once for each, for the total and the booking together
    problem = at.problems()["no_quotes"]
    assert problem.posting_number == "2001-1"
    with pytest.raises(Conflict, match="ordered before"):
        await totals.ship(at.app, "shop", total.token, actor="test")


async def test_what_had_no_price_is_ordered_by_the_answer_to_its_problem(at: Desk) -> None:
    (nowhere,) = await _orders(at, 1, recipient=Recipient(name="Иван", address=TVER))
    assert await _ship(at, await _total(at, [nowhere])) == [("refused", "unpriced")]
    assert not rows.postings.get(at.app.store.reader, nowhere).wanted  # type: ignore[union-attr]
    parts = {"city": "Москва", "postal_code": "101000", "street": "ул. Покровка, 1"}
    await at.answer("no_quotes", "correct_address", **parts)
    await at.pass_time(60, news=False)
    assert len(at.books.live()) == 1


async def test_once_it_has_a_price_the_next_total_orders_it(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (nowhere,) = await _orders(at, 1, recipient=Recipient(name="Иван", address=TVER))
    await _ship(at, await _total(at, [nowhere]))
    known = at.books.postings["1001-1"]
    at.books.postings["1001-1"] = msgspec.structs.replace(known, recipient=Recipient(name="И", address=HOME))
    await orders.sync(at.app, "shop", "test")
    assert await _ship(at, await _total(at, [nowhere])) == [("queued", "")]
    assert len(at.books.live()) == 1
    assert not at.problems()


async def test_a_total_that_is_made_again_asks_nobody_again(at: Desk) -> None:
    ids = await _orders(at, 2)
    first, second = await _total(at, ids), await _total(at, ids)
    assert len(Priced.asked) == 2
    assert first.token != second.token
    assert await _ship(at, second) == [("queued", "")] * 2
    # The first showed the same, and all of it is under way.
    assert await _ship(at, first) == [("already", "")] * 2
    assert len(at.books.orders) == 2


async def _dearer(at: Desk, posting: str) -> str:
    Priced.costs = "310.00"
    await import_products(at.app, "shop", [_cup(900)], "test")
    await _total(at, [posting])
    return "changed"


async def _heavier(at: Desk, posting: str) -> str:
    await import_products(at.app, "shop", [_cup(900)], "test")
    return "changed"


async def _cancelled(at: Desk, posting: str) -> str:
    known = at.books.postings["1001-1"]
    at.books.postings["1001-1"] = msgspec.structs.replace(
        known, status="cancelled", stage=Stage.CANCELLED, actions=frozenset()
    )
    await orders.sync(at.app, "shop", "test")
    return "over"


async def _elsewhere(at: Desk, posting: str) -> str:
    known = at.books.postings["1001-1"]
    at.books.postings["1001-1"] = msgspec.structs.replace(known, recipient=Recipient(name="И", address=TVER))
    await orders.sync(at.app, "shop", "test")
    return "changed"


async def _ordered_alone(at: Desk, posting: str) -> str:
    await at.ship(posting)
    await at.pass_time(60, news=False)
    return ""


def _cup(weight_g: int) -> Product:
    return Product(offer_id="CUP", sku="1", weight_g=weight_g, length_mm=100, width_mm=100, height_mm=100)


@pytest.mark.parametrize("change", [_dearer, _heavier, _cancelled, _elsewhere, _ordered_alone])
async def test_what_changed_in_between_is_left_out_and_named(at: Desk, change: Any) -> None:
    first, second = await at.order("1001-1"), await at.order("1002-1", items=())
    total = await _total(at, [first, second])
    code = await change(at, first)
    done = await totals.ship(at.app, "shop", total.token, actor="test")
    assert [(one.state, one.code) for one in done] == [
        ("refused" if code else "already", code),
        ("queued", ""),
    ]
    if code:
        assert done[0].reason
    await at.pass_time(60, news=False)
    assert {str(one.price) for one in at.books.orders} == {"300.00 RUB"}
    assert len(at.books.live()) == 2 - bool(code)


async def test_a_price_that_ended_is_left_out_and_a_token_ends_too(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await _orders(at, 2)
    total = await _total(at, ids)
    with pytest.raises(NotFound):
        await totals.ship(at.app, "shop", "tot_none", actor="test")
    with pytest.raises(NotFound):
        await totals.ship(at.app, "shop", total.token, warehouse="siberia", actor="test")
    at.clock.advance(totals.STANDS.total_seconds())
    with pytest.raises(Conflict, match="too old"):
        await totals.ship(at.app, "shop", total.token, actor="test")
    monkeypatch.setattr(Priced, "quotes_last", timedelta(minutes=2))
    await import_products(at.app, "shop", [_cup(900)], "test")
    total = await _total(at, ids)
    at.clock.advance(150)
    assert await _ship(at, total) == [("refused", "changed")] * 2
    assert at.books.orders == []


async def test_nothing_dearer_than_agreed_is_booked_later(at: Desk) -> None:
    ids = await _orders(at, 2)
    total = await _total(at, ids)
    done = await totals.ship(at.app, "shop", total.token, actor="test")
    assert [one.state for one in done] == ["queued"] * 2
    at.clock.advance(2 * 3600)  # nobody worked meanwhile: what was chosen is out of date
    Priced.costs = "300.01"
    await at.pass_time(60, news=False)
    assert at.books.orders == []
    problem = at.problems()["dearer_than_agreed"]
    assert "300.01 RUB" in problem.text
    assert "300.00 RUB" in problem.text
    await at.answer("dearer_than_agreed", "accept_price")
    await at.pass_time(60, news=False)
    assert [str(one.price) for one in at.books.live()] == ["300.00 RUB"]  # the courier's own list
    Priced.costs = "299.00"
    await at.answer("dearer_than_agreed", "accept_price")
    await at.pass_time(60, news=False)
    assert len(at.books.live()) == 2


async def test_who_does_not_answer_costs_that_posting_alone(at: Desk) -> None:
    ids = await _orders(at, 2)
    await _total(at, ids[:1])
    Priced.down = True
    total = await _total(at, ids)
    assert [line.state for line in total.lines] == ["priced", "unpriced"]
    assert (total.lines[1].code, total.sums) == ("no_answer", (Money.of("300.00", "RUB"),))
    assert await _ship(at, total) == [("queued", "")]
    assert not at.problems()  # it may have a price the next time


async def test_a_carrier_that_is_named_is_in_the_total_and_booked(at: Desk) -> None:
    ids = await _orders(at, 2)
    with pytest.raises(Exception, match="nope"):
        await _total(at, ids, carrier="nope")
    total = await _total(at, ids, carrier="courier", service="std")
    assert await _ship(at, total) == [("queued", "")] * 2
    assert len(at.books.live()) == 2
    assert len(Priced.asked) == 2
