"""What was chosen is a row: it is booked while it is valid, nobody is asked twice, and it is booked once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import msgspec
import pytest

from hub.flow import orders, reading
from hub.flow.booking import intent
from hub.flow.choice.seller_rules import set_rules
from hub.flow.recipients.erasing import erase
from hub.flow.sellers.catalogue import import_products
from hub.jobs import worker
from hub.plugin_api.errors import Unavailable
from hub.plugin_api.models import Address, CleanedAddress, Product, Quote, QuoteRequest, Recipient, Stage
from hub.plugin_api.rules import CarrierRules
from hub.store import Transaction, rows

from .desk import HOME, START, Desk, Lookup, desk

HOUR = 3600.0


class Waits(Lookup):
    """The address service of this carrier is down for a while: what was chosen waits to be booked."""

    down: ClassVar[bool] = True
    asked: ClassVar[list[QuoteRequest]] = []

    async def quote(self, request: QuoteRequest) -> tuple[Quote, ...]:
        self.asked.append(request)
        return tuple(await super().quote(request))

    async def clean(self, recipient: Recipient) -> CleanedAddress:
        if self.down:
            raise Unavailable("the address service is down")
        return CleanedAddress(address=recipient.address, clear=True)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    Waits.down = True
    Waits.asked.clear()
    yield
    Waits.down = False


def _choice(at: Desk, posting: str) -> rows.ChoiceRow:
    found = rows.choices.get(at.app.store.reader, posting)
    assert found is not None
    return found


async def _chosen(at: Desk) -> str:
    """A posting that a carrier is chosen for, and that is not booked yet."""
    posting = await at.order()
    await at.ship(posting)
    await at.pass_time(1)
    assert len(Waits.asked) == 1
    assert not rows.shipments.all(at.app.store.reader, "")
    assert _choice(at, posting).chosen_at == START
    return posting


async def test_a_choice_is_shown_with_its_cap_and_how_long_it_stands(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        assert reading.posting_details(at.app, posting).choice is None
        await at.ship(posting)
        await at.pass_time(60)
        details = reading.posting_details(at.app, posting)
        choice, shipment = details.choice, details.shipment
        assert choice is not None
        assert shipment is not None
        assert (choice.carrier, choice.account, choice.service_code, choice.boxes, choice.chosen_by) == (
            shipment.carrier,
            shipment.account,
            shipment.service_code,
            1,
            "rule",
        )
        assert (choice.price, choice.why) == (shipment.quoted, shipment.why)
        assert choice.cap.amount == choice.price.amount * 11 / 10
        assert at.operations()[0].cap_minor == choice.cap.minor
        assert choice.reason
        assert choice.valid_until - choice.chosen_at == timedelta(minutes=60)
        assert _choice(at, posting).parcels == details.parcels


async def test_what_was_chosen_is_booked_and_nobody_is_asked_for_a_price_again(tmp_path: Path) -> None:
    async with desk(tmp_path, Waits) as at:
        posting = await _chosen(at)
        await at.pass_time(600, news=False)
        Waits.down = False
        await at.pass_time(0.8 * HOUR)
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert len(Waits.asked) == 1
        assert (shipment.state, shipment.quoted_minor) == ("booked", _choice(at, posting).price_minor)
        assert at.operations()[0].cap_minor == _choice(at, posting).cap_minor


@pytest.mark.parametrize(("lasts", "asked"), [(0, 2), (3, 1)])
async def test_a_choice_that_is_out_of_date_is_made_again(
    tmp_path: Path, lasts: int, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Waits, "quotes_last", timedelta(hours=lasts), raising=False)
    async with desk(tmp_path, Waits) as at:
        await _chosen(at)
        at.clock.advance(1.5 * HOUR)
        Waits.down = False
        await at.pass_time(HOUR)
        assert len(Waits.asked) == asked
        assert len(at.books.live()) == 1


async def _another_order(at: Desk, posting: str) -> None:
    await at.ship(posting, carrier="courier")


async def _another_address(at: Desk, posting: str) -> None:
    known = at.books.postings["1001-1"]
    assert known.recipient is not None
    address = msgspec.structs.replace(HOME, street="ул. Лесная, 2")
    recipient = msgspec.structs.replace(known.recipient, address=address)
    at.books.postings["1001-1"] = msgspec.structs.replace(known, recipient=recipient)
    await orders.sync(at.app, "shop", "test")


async def _another_weight(at: Desk, posting: str) -> None:
    heavier = Product(offer_id="CUP", sku="1", weight_g=900, length_mm=100, width_mm=100, height_mm=100)
    await import_products(at.app, "shop", [heavier], "test")


async def _another_day(at: Desk, posting: str) -> None:
    known = at.books.postings["1001-1"]
    at.books.postings["1001-1"] = msgspec.structs.replace(known, deliver_by=START + timedelta(days=3))
    await orders.sync(at.app, "shop", "test")


async def _another_sender(at: Desk, posting: str) -> None:
    def write(tx: Transaction) -> None:
        seller = rows.sellers.get(tx, "shop")
        assert seller is not None
        assert seller.profile.sender is not None
        address = Address(country="RU", city="Тверь", postal_code="170100", street="ул. Лесная, 2")
        sender = msgspec.structs.replace(seller.profile.sender, address=address)
        profile = msgspec.structs.replace(seller.profile, sender=sender)
        rows.sellers.save(tx, msgspec.structs.replace(seller, profile=profile))

    await at.app.store.write(write)


async def _other_rules(at: Desk, posting: str) -> None:
    await at.app.store.write(
        lambda tx: rows.sellers.save(tx, msgspec.structs.replace(at.app.seller("shop"), declared=False))
    )
    await set_rules(at.app, "shop", CarrierRules(strategy="fastest"), "test")


@pytest.mark.parametrize(
    "change",
    [_another_order, _another_address, _another_weight, _another_day, _another_sender, _other_rules],
)
async def test_what_a_choice_depends_on_has_changed_so_it_is_made_again(
    tmp_path: Path, change: Callable[[Desk, str], Awaitable[None]]
) -> None:
    async with desk(tmp_path, Waits) as at:
        posting = await _chosen(at)
        before = _choice(at, posting)
        await change(at, posting)
        Waits.down = False
        await at.pass_time(600)
        assert len(Waits.asked) == 2
        assert _choice(at, posting).inputs_hash != before.inputs_hash
        assert _choice(at, posting).chosen_by == ("person" if change is _another_order else "rule")
        assert len(at.books.live()) == 1


async def test_a_choice_of_an_account_that_is_gone_is_made_again(tmp_path: Path) -> None:
    async with desk(tmp_path, Waits) as at:
        posting = await _chosen(at)
        account = rows.accounts.get(at.app.store.reader, _choice(at, posting).account)
        assert account is not None
        off = msgspec.structs.replace(account, status="bad")
        await at.app.store.write(lambda tx: rows.accounts.save(tx, off))
        Waits.down = False
        await at.pass_time(2 * HOUR, news=False)
        assert "no_quotes" in at.problems()
        assert not at.books.orders


@pytest.mark.once
@pytest.mark.parametrize("cleans", [True, False])
async def test_what_ends_between_the_choice_and_the_booking_loses_nothing(
    tmp_path: Path, cleans: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    Waits.down = False
    intend, died = intent.intend, False

    def dies(*arguments: Any, **named: Any) -> rows.OperationRow:
        nonlocal died
        if not died:
            died = True
            raise MemoryError
        return intend(*arguments, **named)

    monkeypatch.setattr(intent, "intend", dies)
    # The pause before the next try is drawn: here it is the longest, 2 s, and so never over before the look.
    monkeypatch.setattr(worker, "random", SimpleNamespace(random=lambda: 1.0))
    async with desk(tmp_path, Waits if cleans else Lookup) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(0.5)
        assert died
        assert not rows.shipments.all(at.app.store.reader, "")
        # Nobody had to be asked between the two: then they are one transaction, and neither is there.
        kept = rows.choices.get(at.app.store.reader, posting)
        assert (kept is not None) == cleans
        await at.pass_time(600)
        assert len(at.books.live()) == 1
        assert len(at.books.sends) == 1
        if cleans:
            assert _choice(at, posting) == kept
            assert len(Waits.asked) == 1


async def test_a_choice_is_booked_once(tmp_path: Path) -> None:
    Waits.down = False
    async with desk(tmp_path, Waits) as at:
        at.books.meets.append("refused")
        posting = await at.order()
        await at.ship(posting, carrier="courier")
        await at.pass_time(60)
        await at.answer("carrier_refused", "retry")
        await at.pass_time(600)
        assert len(Waits.asked) == 2
        assert len(at.books.live()) == 1


async def test_a_choice_goes_with_its_buyer(tmp_path: Path) -> None:
    async with desk(tmp_path, Waits) as at:
        posting = await _chosen(at)
        at.books.postings["1001-1"] = msgspec.structs.replace(
            at.books.postings["1001-1"], status="cancelled", stage=Stage.CANCELLED, actions=frozenset()
        )
        await orders.sync(at.app, "shop", "test")
        await at.pass_time(600)
        assert _choice(at, posting).posting_id == posting
        await erase(at.app, [posting], "test")
        assert rows.choices.get(at.app.store.reader, posting) is None
