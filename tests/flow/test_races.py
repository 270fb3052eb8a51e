"""Two things at once: what a person, the marketplace or a carrier does while something else is under way."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from hub.flow import orders
from hub.flow.documents import labelling
from hub.flow.history.results import ShipResult
from hub.jobs.worker import Worker
from hub.plugin_api.errors import Conflict, Failure
from hub.plugin_api.models import (
    Booking,
    BookRequest,
    FoundShipment,
    Pending,
    Quote,
    QuoteRequest,
    Ready,
    Stage,
    Ticket,
)
from hub.store import Transaction, queue, rows
from hub.store.queue import Work

from .desk import TOML, Courier, Desk, Lookup, _CourierPlugin, _MarketPlugin, desk

Happening = Callable[[], Awaitable[object]] | None
TWO = (
    TOML.replace('["market", "courier", "labels"]', '["market", "courier", "second", "labels"]')
    + '[sellers.shop.accounts.d]\nplugin = "second"\n'
)


class Meanwhile(Lookup):
    """Something happens while it is asked for quotes, or for a label."""

    quoting: ClassVar[Happening] = None
    labelling: ClassVar[Happening] = None

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        happening, Meanwhile.quoting = Meanwhile.quoting, None
        if happening is not None:
            await happening()
        return await super().quote(request)

    async def fetch_labels(self, ticket: Ticket) -> Pending | Ready | Failure:
        answer = await super().fetch_labels(ticket)
        happening, Meanwhile.labelling = Meanwhile.labelling, None
        if happening is not None:
            await happening()
        return answer


class Second(Lookup):
    code = "second"
    title = "Second"


def two(first: type[Courier]) -> dict[str, object]:
    return {
        "market": _MarketPlugin(),
        "courier": _CourierPlugin(first, 1),
        "second": _CourierPlugin(Second, 1),
    }


def _cancelled_by_the_buyer(at: Desk) -> None:
    known = at.books.postings["1001-1"]
    at.books.postings["1001-1"] = msgspec.structs.replace(
        known, status="cancelled", stage=Stage.CANCELLED, actions=frozenset()
    )


async def test_a_label_that_comes_after_the_cancel_is_not_printed(tmp_path: Path) -> None:
    async with desk(tmp_path, Meanwhile) as at:
        posting = await at.order()
        Meanwhile.labelling = lambda: orders.cancel(at.app, posting, "wrong", "test")
        await at.ship(posting)
        await at.pass_time()
        assert not at.books.live()
        assert not (await orders.labels(at.app, [posting], actor="test")).ready
        await at.ship(posting)
        await at.pass_time()
        (label,) = rows.documents.all(at.app.store.reader, "WHERE kind = 'label' AND state = 'ready'")
        assert "TRK2" in label.codes
        assert (await orders.labels(at.app, [posting], actor="test")).ready


async def test_what_is_being_cancelled_is_not_handed_over(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        at.books.cancels.append("dropped")
        await orders.cancel(at.app, posting, "wrong", "test")
        await at.pass_time(5)
        assert not (await orders.handover(at.app, "shop", "test")).handovers


async def test_nothing_is_booked_for_a_posting_that_was_cancelled_meanwhile(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        at.books.meets.extend(["down"] * 3)
        await at.ship(posting)
        await Worker(at.app).run_until_idle(2)
        _cancelled_by_the_buyer(at)
        await orders.sync(at.app, "shop", "test")
        at.books.meets.clear()
        at.books.sends.clear()
        await at.pass_time()
        assert at.books.sends == []
        assert not at.problems()


async def test_nothing_is_sent_again_for_a_posting_that_was_cancelled_meanwhile(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        at.books.meets.append("dropped")
        await at.ship(posting)
        await at.pass_time(5)
        _cancelled_by_the_buyer(at)
        await orders.sync(at.app, "shop", "test")
        await at.pass_time()
        assert len(at.books.sends) == 1
        assert at.operations()[0].state == "rejected"


async def test_a_cancel_at_the_marketplace_does_not_wait_for_a_carrier_that_is_down(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        at.books.meets.extend(["down"] * 60)
        await at.ship(posting)
        await Worker(at.app).run_until_idle(2)
        await orders.cancel(at.app, posting, "Out of stock", "test", marketplace=True)
        await at.pass_time(3600)
        assert at.books.told["1001-1"] == ["cancel 352"]


async def test_a_posting_that_is_cancelled_while_it_is_quoted_is_not_booked(tmp_path: Path) -> None:
    async with desk(tmp_path, Meanwhile) as at:
        posting = await at.order()
        Meanwhile.quoting = lambda: orders.cancel(at.app, posting, "Out of stock", "test", marketplace=True)
        await at.ship(posting)
        await at.pass_time()
        assert not at.books.sends


async def test_a_carrier_that_is_ordered_while_others_are_quoted_is_booked(tmp_path: Path) -> None:
    async with desk(tmp_path, Meanwhile, extra=two(Meanwhile), toml=TWO) as at:
        posting = await at.order()
        said: list[ShipResult] = []

        async def choose() -> None:
            said.extend(await orders.ship(at.app, "shop", [posting], carrier="second", actor="test"))

        Meanwhile.quoting = choose
        await at.ship(posting)
        await at.pass_time()
        assert [one.state for one in said] == ["queued"]
        assert [one.carrier for one in rows.shipments.all(at.app.store.reader, "")] == ["second"]


async def test_a_refused_cancel_is_tried_again_when_a_person_says_so(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        at.books.cancels.append("refused")
        await orders.cancel(at.app, posting, "wrong", "test")
        await at.pass_time()
        await at.answer("cancel_refused", "retry")
        await at.pass_time()
        assert not at.books.live()


async def test_a_persons_word_that_it_exists_is_not_answered_by_another_send(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        at.books.meets.append("late 40000")
        at.books.look_fails = True
        await at.ship(await at.order())
        await at.pass_time(7 * 3600, news=False)
        at.books.look_fails = False
        await at.answer("operation_unknown", "it_exists")
        await at.pass_time(3600, news=False)
        assert len(at.books.sends) == 1
        assert "operation_unknown" in at.problems()


@pytest.mark.once
async def test_a_cancel_keeps_what_tracking_learned_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        at.books.cancels.append("refused")
        _cancelled_by_the_buyer(at)
        plain, times = labelling.supersede, []

        def supersede(tx: Transaction, row: rows.PostingRow, now: Any) -> None:
            plain(tx, row, now)
            if not times:
                tx.execute("UPDATE shipments SET stage = 'handed_over', charged_minor = 77700")
            times.append(now)

        monkeypatch.setattr(labelling, "supersede", supersede)
        await orders.sync(at.app, "shop", "test")
        await at.pass_time(5)
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert (shipment.stage, shipment.charged_minor) == ("handed_over", 77700)


class Held(Lookup):
    """Its booking takes until the gate opens."""

    gate: ClassVar[asyncio.Event]
    asked: ClassVar[list[str]] = []

    async def book(self, request: BookRequest) -> Booking:
        self.asked.append("book")
        booking = await super().book(request)
        await self.gate.wait()
        return booking

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        self.asked.append("find")
        return await super().find(reference)


async def test_a_worker_never_takes_its_own_work_again(tmp_path: Path) -> None:
    Held.gate, Held.asked = asyncio.Event(), []
    async with desk(tmp_path, Held) as at:
        await at.ship(await at.order())
        worker = Worker(at.app)
        while not at.books.sends:
            await worker._turn()
            await asyncio.sleep(0.005)
        at.clock.advance(3600)  # the machine slept: the wall's clock jumped, the loop's did not
        for _ in range(10):
            await worker._turn()
            await asyncio.sleep(0.005)
        Held.gate.set()
        await worker._finish()
        assert Held.asked == ["book"]


async def test_one_failed_commit_does_not_end_the_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(tmp_path) as at:
        await at.ship(await at.order())
        plain, failed = at.app.store.write, []

        async def write(work: Callable[[Transaction], Any]) -> Any:
            if not failed and "_exchange" in work.__qualname__:
                failed.append(work)
                raise sqlite3.OperationalError("database or disk is full")
            return await plain(work)

        monkeypatch.setattr(at.app.store, "write", write)
        stop = asyncio.Event()
        working = asyncio.create_task(Worker(at.app).run(stop))
        async with asyncio.timeout(20):
            while not at.books.sends:  # noqa: ASYNC110  (the book has no event)
                await asyncio.sleep(0.05)
        stop.set()
        await working
        assert failed


async def test_a_slow_account_leaves_room_for_others(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        now, gate, began = at.clock.now(), asyncio.Event(), []

        async def slow(app: object, subject: str) -> None:
            began.append(subject)
            await gate.wait()

        async def quick(app: object, subject: str) -> None:
            began.append(subject)

        worker = Worker(at.app, concurrency=8)
        worker._handlers = {"slow": slow, "quick": quick, "sync": quick, "deadlines": quick}  # type: ignore[dict-item]

        def fill(tx: Transaction) -> None:
            for number in range(12):
                work = Work(
                    kind="slow", subject=f"slow{number}", seller="shop", account="a", run_at=now, priority=1
                )
                queue.enqueue(tx, work, now=now)
            work = Work(kind="quick", subject="b", seller="shop", account="b", run_at=now, priority=2)
            queue.enqueue(tx, work, now=now)

        await at.app.store.write(fill)
        stop = asyncio.Event()
        working = asyncio.create_task(worker.run(stop))
        async with asyncio.timeout(20):
            while "b" not in began:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert sum(one.startswith("slow") for one in began) == 4
        gate.set()
        stop.set()
        await working


async def test_another_carrier_is_not_ordered_while_the_booking_is_being_checked(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        at.books.labels.append("foreign")
        await at.ship(await at.order())
        await at.pass_time(60)
        await at.app.store.write(lambda tx: tx.execute("UPDATE shipments SET state = 'checking'"))
        with pytest.raises(Conflict, match="in a moment"):
            await at.answer("label_mismatch", "other_carrier", carrier="courier")
        assert "label_mismatch" in at.problems()
