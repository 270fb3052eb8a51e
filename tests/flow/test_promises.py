"""What is promised about money, each held against the vendors' books: sums, caps, the disk before the wire,
what is only taken in, what a marketplace refuses."""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import httpx
import msgspec
import pytest

from hub.flow import orders, reading
from hub.plugin_api.models import (
    Booking,
    BookRequest,
    Cancellation,
    FoundShipment,
    Money,
    Parcel,
    Posting,
    ReportResult,
    Shipment,
    Stage,
)
from hub.store import Transaction, rows

from .desk import START, Lookup, Market, Nothing, TickingClock, Unique, desk

HTTP = httpx.Request("POST", "http://courier.test/shipments")


class _Priced(Lookup):
    """It quotes one price and asks another one when it is booked."""

    quoted: ClassVar[str]
    asked: ClassVar[str]

    def price(self, parcels: Sequence[Parcel]) -> Money:
        return Money.of(self.quoted, "RUB")

    async def book(self, request: BookRequest) -> Booking:
        booking = await super().book(request)
        self.books.orders[-1].price = Money.of(self.asked, "RUB")
        return msgspec.structs.replace(booking, price=self.books.orders[-1].price)


@pytest.mark.parametrize("price", ["708.90", "0.29", "1.15", "4.35", "8.70", "1001.10", "2220.15"])
async def test_committed_is_the_sum_that_the_courier_asks_for_to_the_kopeck(
    tmp_path: Path, price: str
) -> None:
    _Priced.quoted = _Priced.asked = price
    async with desk(tmp_path, _Priced) as at:
        for number in ("1001-1", "1001-2", "1001-3"):
            await at.ship(await at.order(number))
        await at.pass_time()
        (committed,) = at.app.store.reader.execute(
            "SELECT sum(committed_minor) FROM shipments WHERE state = 'booked'"
        ).fetchone()
        assert Decimal(committed) / 100 == sum(order.price.amount for order in at.books.live())
        assert at.view(at.operations()[0].posting_id).price == Money.of(price, "RUB")


@pytest.mark.parametrize(("asked", "told"), [("330.00", False), ("330.01", True), ("900.00", True)])
async def test_a_price_above_the_cap_reaches_a_person(tmp_path: Path, asked: str, told: bool) -> None:
    _Priced.quoted, _Priced.asked = "300.00", asked
    async with desk(tmp_path, _Priced) as at:
        await at.ship(await at.order())
        await at.pass_time()
        assert ("price_above_cap" in at.problems()) == told
        (committed,) = at.app.store.reader.execute("SELECT committed_minor FROM shipments").fetchone()
        assert committed == Money.of(asked, "RUB").minor


class _Looks(Lookup):
    """At every booking it looks into the hub's database, as another process would."""

    database: ClassVar[Path]
    saw: ClassVar[list[Any]]

    async def book(self, request: BookRequest) -> Booking:
        tables = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            found = tables.execute("SELECT state FROM operations WHERE reference = ?", (request.reference,))
            self.saw.append(found.fetchone())
        finally:
            tables.close()
        return await super().book(request)


async def test_the_disk_knows_that_it_is_being_sent_before_the_courier_does(tmp_path: Path) -> None:
    _Looks.database, _Looks.saw = tmp_path / "hub.sqlite", []

    def slow_disk(tx: Transaction) -> None:
        tx.set_trace_callback(lambda sql: time.sleep(0.05) if sql == "COMMIT" else None)

    async with desk(tmp_path, _Looks) as at:
        posting = await at.order()
        await at.app.store.write(slow_disk)
        await at.ship(posting)
        await at.pass_time(30)
        assert _Looks.saw == [("sending",)]


class _Answers(Lookup):
    """It does what it is asked to, and answers with this status or text."""

    answer: ClassVar[httpx.Response]

    async def book(self, request: BookRequest) -> Booking:
        booking = await super().book(request)
        if len(self.books.sends) > 1:
            return booking
        self.answer.request = HTTP
        msgspec.json.decode(self.answer.raise_for_status().content)
        raise AssertionError("an answer that says nothing")


@pytest.mark.parametrize(
    "answer", [httpx.Response(status) for status in (500, 502, 503, 504)] + [httpx.Response(200, text="<p>")]
)
async def test_an_error_after_the_fact_is_not_a_refusal(tmp_path: Path, answer: httpx.Response) -> None:
    _Answers.answer = answer
    async with desk(tmp_path, _Answers) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        assert not at.problems()
        assert len(at.books.live()) == len(at.books.sends) == 1
        assert at.view(posting).tracking_number == "TRK1"


class _Mixed(Lookup):
    """Its first answer is the one to somebody else's booking."""

    async def book(self, request: BookRequest) -> Booking:
        booking = await super().book(request)
        if len(self.books.sends) > 1:
            return msgspec.structs.replace(booking, reference=request.reference.lower())
        return msgspec.structs.replace(booking, carrier_id="TRK7", tracking_number="TRK7", reference="OTHER")


async def test_the_answer_to_another_booking_is_not_ours(tmp_path: Path) -> None:
    async with desk(tmp_path, _Mixed) as at:
        postings = [await at.order("1001-1"), await at.order("1001-2")]
        for posting in postings:
            await at.ship(posting)
        await at.pass_time()
        assert not at.problems()
        ours = {at.view(posting).tracking_number for posting in postings}
        assert ours == {order.number for order in at.books.live()} == {"TRK1", "TRK2"}


class _Unseen(Unique):
    """Its references are unique at once; its look-up shows an order only after a while."""

    lag: ClassVar[float]

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        seen = self.books.clock.now() - timedelta(seconds=self.lag)
        return [] if any(order.at > seen for order in self.books.orders) else await super().find(reference)


async def test_what_shows_within_the_settle_time_is_sent_once(tmp_path: Path) -> None:
    _Unseen.lag = 50
    async with desk(tmp_path, _Unseen, clock=TickingClock(START)) as at:
        posting = await at.order()
        at.books.meets.append("lost")
        await at.ship(posting)
        await at.pass_time(600)
        assert len(at.books.sends) == 1
        assert at.view(posting).tracking_number == "TRK1"


async def test_a_reference_that_is_taken_is_looked_up_and_adopted(tmp_path: Path) -> None:
    _Unseen.lag = 300
    async with desk(tmp_path, _Unseen, clock=TickingClock(START)) as at:
        posting = await at.order()
        at.books.meets.append("lost")
        await at.ship(posting)
        await at.pass_time(3600)
        assert (len(at.books.sends), len(set(at.books.sends))) == (2, 1)
        assert len(at.books.live()) == 1
        assert not at.problems()
        assert at.view(posting).tracking_number == "TRK1"
        kinds = [entry.kind for entry in reading.posting_details(at.app, posting).history]
        assert "shipment.refused" not in kinds  # it is good news, and no refusal that a person reads


async def test_a_look_up_that_fails_sends_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        await at.ship(await at.order())
        at.books.meets.append("lost")
        at.books.look_fails = True
        await at.pass_time(1200)
        assert len(at.books.sends) == 1
        assert at.operations()[0].state == "unknown"


async def test_without_any_protection_nothing_is_sent_twice(tmp_path: Path) -> None:
    async with desk(tmp_path, Nothing) as at:
        await at.ship(await at.order())
        at.books.meets.append("lost")
        await at.pass_time(1200)
        assert len(at.books.sends) == 1
        assert "operation_unknown" in at.problems()


class _TakesIn(Lookup):
    """It takes an order in, and says later what became of it."""

    verdict: ClassVar[str]

    async def book(self, request: BookRequest) -> Booking:
        taken = await super().book(request)
        return Booking(state="accepted", carrier_id=taken.carrier_id)

    async def booking(self, carrier_id: str) -> Booking:
        if self.verdict == "accepted":
            return Booking(state="accepted", carrier_id=carrier_id)
        (order,) = (one for one in self.books.orders if one.number == carrier_id)
        order.live = self.verdict == "confirmed"
        number = carrier_id if order.live else ""
        return Booking(
            state="confirmed" if order.live else "rejected",
            carrier_id=carrier_id,
            tracking_number=number,
            price=order.price,
            reason="no such street",
        )


@pytest.mark.parametrize("verdict", ["confirmed", "rejected"])
async def test_what_is_only_taken_in_is_neither_told_nor_labelled(tmp_path: Path, verdict: str) -> None:
    _TakesIn.verdict = "accepted"
    async with desk(tmp_path, _TakesIn) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(600)
        assert at.operations()[0].state == "accepted"
        assert at.view(posting).stage == Stage.ASSEMBLED
        assert not at.books.told
        assert len(at.books.sends) == 1
        _TakesIn.verdict = verdict
        await at.pass_time(600)
        good = verdict == "confirmed"
        assert at.books.told == ({"1001-1": ["TRK1"]} if good else {})
        assert ("carrier_refused" in at.problems()) != good
        assert (at.view(posting).stage == Stage.LABELLED) == good


class _Promises(Lookup):
    """It takes a cancel in, forgets it the first times, and says that the order is live still."""

    forgets: ClassVar[int]

    async def cancel(self, shipment: Shipment) -> Cancellation:
        if _Promises.forgets:
            _Promises.forgets -= 1
            return Cancellation(state="pending")
        return await super().cancel(shipment)


async def test_a_cancel_that_was_taken_in_and_forgotten_is_sent_again(tmp_path: Path) -> None:
    _Promises.forgets = 2
    async with desk(tmp_path, _Promises) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        await orders.cancel(at.app, posting, "wrong service", "test")
        live = [True]
        for _ in range(60):
            await at.pass_time(30)
            live.append(bool(at.books.live()))
            (shipment,) = rows.shipments.all(at.app.store.reader, "")
            assert shipment.state != "cancelled" or not at.books.live()
        assert live[-1] is False
        assert at.operations("cancel_booking")[0].state == "confirmed"


@pytest.mark.parametrize("meets", [["refused"], ["dropped"], ["dropped"] * 20])
async def test_the_marketplace_knows_the_number_or_a_person_knows_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meets: list[str]
) -> None:
    """It refuses, or does not answer."""
    coming, take = deque(meets), Market.set_tracking

    async def set_tracking(market: Market, posting: Posting, tracking_number: str) -> ReportResult:
        now = coming.popleft() if coming else "well"
        if now == "refused":
            return ReportResult(number=posting.number, state="refused", reason="not of this carrier")
        if now == "dropped":
            raise httpx.ReadTimeout("nothing came")
        return await take(market, posting, tracking_number)

    monkeypatch.setattr(Market, "set_tracking", set_tracking)
    async with desk(tmp_path) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(3600)
        assert ("report_refused" in at.problems()) != (at.books.told.get("1001-1") == ["TRK1"])
        if "report_refused" in at.problems():
            coming.clear()
            await at.answer("report_refused", "retry")
            await at.pass_time()
        assert at.books.told == {"1001-1": ["TRK1"]}


async def test_each_parcel_of_a_batch_gets_its_own_page(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        numbers = [f"100{number}-1" for number in range(1, 6)]
        postings = [await at.order(number) for number in numbers]
        await orders.ship(at.app, "shop", postings, actor="test")
        await at.pass_time()
        booked = {at.view(posting).tracking_number for posting in postings}
        assert booked == {order.number for order in at.books.live()}
        for posting in postings:
            (row,) = at.app.store.reader.execute(
                "SELECT codes FROM documents WHERE posting_id = ? AND kind = 'label' AND state = 'ready'",
                (posting,),
            ).fetchall()
            assert booked & set(msgspec.json.decode(row["codes"])) == {at.view(posting).tracking_number}


async def test_a_booking_that_is_made_anew_has_a_reference_of_its_own(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time()
        at.books.meets.append("lost")
        await at.ship(posting)
        await at.pass_time()
        assert len(set(at.books.sends)) == len(at.books.sends) == 2
        assert [order.number for order in at.books.live()] == ["TRK2"]
        assert at.view(posting).tracking_number == "TRK2"
