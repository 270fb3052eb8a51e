"""A step acts on the version that it was decided on, and only while the work is its worker's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from hub import hookimpl
from hub.flow import orders, reading, steps
from hub.flow.history.basis import Basis, LeaseLost, Overtaken
from hub.flow.history.recording import advance_soon, posting_row
from hub.flow.history.situation import Act, Situation, Wait
from hub.plugin_api.models import Action, Assembly, Parcel, Posting, ReportResult, Stage
from hub.store import Transaction, rows
from hub.store.backup import backup, restore
from hub.store.queue import working
from hub.store.versions import Working, now_of, raise_of

from .desk import START, Desk, Lookup, Market, desk, posting_of
from .test_address_checks import Cleans

T = TypeVar("T")
Competing = Callable[[Transaction, str], None]


def changed(tx: Transaction, posting_id: str) -> None:
    """Somebody else changes the posting, in a way that hinders nothing."""
    raise_of(tx, posting_id)


def taken(tx: Transaction, posting_id: str) -> None:
    """Another worker took the work, and gave it back to be done once more."""
    tx.execute(
        "UPDATE jobs SET fence = fence + 1, state = 'ready', lease_owner = '' WHERE key = ?",
        (f"advance:{posting_id}",),
    )


class Rival:
    """Writes before every third write of each step, from the first on."""

    def __init__(self, at: Desk, patch: pytest.MonkeyPatch, what: Competing) -> None:
        self.steps = Counter[str]()
        """How often each step's writes were met."""
        self.lost = Counter[str]()
        """How often a step had to be decided again, or was given up."""
        self._what = what
        self._step, self._posting = "", ""
        self._writes = Counter[str]()
        self._plain = at.app.store.write
        patch.setattr(at.app.store, "write", self._write)
        patch.setattr(steps, "due", self._due)

    def _due(self, at: Situation) -> Act | Wait:
        for step in steps.STEPS:
            verdict = step.decide(at)
            if isinstance(verdict, Wait):
                return verdict
            if isinstance(verdict, Act):
                return Act(lambda step=step, verdict=verdict: self._taken(step.code, at, verdict))
        return Wait()

    async def _taken(self, code: str, at: Situation, verdict: Act) -> Wait | None:
        self._step, self._posting = code, at.row.id
        try:
            return await verdict.take()
        except (Overtaken, LeaseLost):
            self.lost[code] += 1
            raise
        finally:
            self._step = ""

    async def _write(self, work: Callable[[Transaction], T]) -> T:
        if self._step:
            self._writes[self._step] += 1
            if self._writes[self._step] % 3 == 1:
                self.steps[self._step] += 1
                posting = self._posting
                await self._plain(lambda tx: self._what(tx, posting))
        return await self._plain(work)


class Seller(Market):
    """A marketplace that waits to be told that it is packed, and how far it is."""

    async def assemble(self, posting: Posting, parcels: Sequence[Parcel]) -> Assembly:
        self._next(posting.number, "packed", stage=Stage.ASSEMBLED, actions=frozenset({Action.SET_TRACKING}))
        return Assembly(numbers=(posting.number,))

    async def set_tracking(self, posting: Posting, tracking_number: str) -> ReportResult:
        done = await super().set_tracking(posting, tracking_number)
        self._next(posting.number, actions=frozenset({Action.REPORT_IN_TRANSIT}))
        return done

    async def report(self, posting: Posting, stage: Stage) -> ReportResult:
        self._next(posting.number, str(stage), stage=Stage.IN_TRANSIT, actions=frozenset())
        return ReportResult(number=posting.number, state="done")

    def _next(self, number: str, *told: str, **changes: Any) -> None:
        self.books.told.setdefault(number, []).extend(told)
        known = self.books.postings[number]
        changes.setdefault("status", "next" if known.status == "other" else "other")
        self.books.postings[number] = msgspec.structs.replace(known, **changes)


class _SellerPlugin:
    @hookimpl
    def order_sources(self) -> list[type[Market]]:
        return [Seller]


async def _good_day(at: Desk) -> None:
    fulfilment = msgspec.structs.replace(posting_of("1").fulfilment, statuses="seller")
    posting = await at.order(stage=Stage.WAITING, actions=frozenset({Action.ASSEMBLE}), fulfilment=fulfilment)
    await at.ship(posting)
    await at.pass_time()

    def handed_over(tx: Transaction) -> None:
        tx.execute("UPDATE shipments SET stage = 'handed_over'")
        advance_soon(tx, posting_row(tx, posting), now=at.clock.now())

    await at.app.store.write(handed_over)
    await at.pass_time()


async def _cancelled(at: Desk) -> None:
    posting = await at.order()
    await at.ship(posting)
    await at.pass_time()
    known = at.books.postings["1001-1"]
    at.books.postings["1001-1"] = msgspec.structs.replace(
        known, status="cancelled", stage=Stage.CANCELLED, actions=frozenset()
    )
    await orders.sync(at.app, "shop", "test")
    await at.pass_time()


async def _lost_answer(at: Desk) -> None:
    at.books.meets.append("lost")
    posting = await at.order()
    await at.ship(posting)
    await at.pass_time()


async def _never_arrived(at: Desk) -> None:
    at.books.meets.append("dropped")
    posting = await at.order()
    await at.ship(posting)
    await at.pass_time(3600)


async def _refused(at: Desk) -> None:
    at.books.meets.append("refused")
    posting = await at.order()
    await at.ship(posting)
    await at.pass_time(60)
    await at.answer("carrier_refused", "retry")
    await at.pass_time(3600)


DAYS: dict[str, tuple[Callable[[Desk], Awaitable[None]], set[str]]] = {
    "good day": (
        _good_day,
        {"choose", "book", "go_on", "tell_number", "report_movement", "get_label"},
    ),
    "address asked": (_lost_answer, {"choose", "book", "go_on"}),
    "cancelled": (_cancelled, {"undo", "go_on"}),
    "lost answer": (_lost_answer, {"choose", "go_on", "get_label"}),
    "never arrived": (_never_arrived, {"choose", "go_on", "watch"}),
    "refused": (_refused, {"choose", "go_on", "recheck"}),
}


def _facts(at: Desk) -> dict[str, Any]:
    """What is there at the end: with the vendors, and here."""
    reader = at.app.store.reader
    return {
        "orders": [(one.number, one.live) for one in at.books.orders],
        "sends": len(at.books.sends),
        "told": at.books.told,
        "operations": sorted((one.kind, one.state, one.sends) for one in rows.operations.all(reader, "")),
        "shipments": [(one.state, one.carrier_id) for one in rows.shipments.all(reader, "ORDER BY id")],
        "labels": [one.state for one in rows.documents.all(reader, "WHERE kind = 'label'")],
        "problems": [one.kind for one in reading.problems(at.app, seller="shop").items],
        "stage": at.view(at.view_id()).stage,
    }


def _plugins(day: str) -> dict[str, object]:
    return {"market": _SellerPlugin()} if day == "good day" else {}


@pytest.mark.parametrize("what", [changed, taken])
@pytest.mark.parametrize("day", sorted(DAYS))
async def test_a_day_ends_the_same_however_often_somebody_comes_between(
    tmp_path: Path, day: str, what: Competing
) -> None:
    through, met = DAYS[day]
    carrier = Cleans if day == "address asked" else Lookup
    async with desk(tmp_path / "alone", carrier, extra=_plugins(day)) as at:
        await through(at)
        expected = _facts(at)
    async with desk(tmp_path / "raced", carrier, extra=_plugins(day)) as at:
        with pytest.MonkeyPatch.context() as patch:
            rival = Rival(at, patch, what)
            await through(at)
        assert _facts(at) == expected
    assert set(rival.steps) >= met
    asks_only = {"watch", "recheck"} if what is changed else set()  # what was learnt is so all the same
    assert set(rival.lost) >= met - asks_only


@pytest.mark.sqlite
@pytest.mark.parametrize("what", [changed, taken])
async def test_after_a_restore_too(tmp_path: Path, what: Competing) -> None:
    home = tmp_path / "home"
    async with desk(home) as at:
        await at.ship(await at.order())
        await at.pass_time()
        backup(home / "hub.sqlite", home / "copy.sqlite")
        books = at.books
    restore(home / "hub.sqlite", home / "copy.sqlite", START + timedelta(hours=1))
    async with desk(home, books=books) as at:
        at.clock.advance(3700)
        with pytest.MonkeyPatch.context() as patch:
            rival = Rival(at, patch, what)
            await at.pass_time()
        assert rival.steps["settle"]
        assert bool(rival.lost["settle"]) == (what is taken)
        assert len(at.books.sends) == len(at.books.live()) == 1
        assert [one.state for one in rows.shipments.all(at.app.store.reader, "")] == ["booked"]


async def test_a_cancel_in_the_last_moment_keeps_the_request_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes between the decision to send and the write that says so."""
    async with desk(tmp_path) as at:
        posting = await at.order()
        await at.ship(posting)
        plain = Basis.write

        async def write(basis: Basis, work: Callable[[Transaction], T], /) -> T:
            if at.operations() and at.books.postings["1001-1"].stage is not Stage.CANCELLED:
                known = at.books.postings["1001-1"]
                at.books.postings["1001-1"] = msgspec.structs.replace(
                    known, status="cancelled", stage=Stage.CANCELLED, actions=frozenset()
                )
                await orders.sync(at.app, "shop", "test")
            return await plain(basis, work)

        monkeypatch.setattr(Basis, "write", write)
        await at.pass_time()
        (booking,) = at.operations()
        assert (booking.state, booking.reason_code, booking.sends) == ("rejected", "called_off", 0)
        assert not at.books.sends


async def test_an_answer_is_written_down_though_the_work_is_anothers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order was made: who has the work by now has to know of it."""

    class Slow(Lookup):
        async def book(self, request: Any) -> Any:
            booking = await super().book(request)
            await at.app.store.write(lambda tx: taken(tx, at.view_id()))
            return booking

    async with desk(tmp_path, Slow) as at:
        await at.ship(await at.order())
        at.books.look_fails = True
        await at.pass_time()
        assert [(one.state, one.external_id) for one in at.operations()] == [("confirmed", "TRK1")]
        assert len(at.books.sends) == 1


@pytest.mark.once
async def test_writes_of_one_decision_follow_each_other(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting, store = await at.order(), at.app.store
        basis = Basis(store, posting, now_of(store.reader, posting))
        for _ in range(3):
            await basis.write(lambda tx: raise_of(tx, posting))
        await store.write(lambda tx: raise_of(tx, posting))
        said: list[str] = []
        with pytest.raises(Overtaken):
            await basis.write(lambda tx: said.append("decided"))
        await basis.note(lambda tx: said.append("learnt"))
        with pytest.raises(Overtaken):  # what was learnt makes no old decision a new one
            await basis.write(lambda tx: said.append("decided"))
        assert said == ["learnt"]
        token = working.set(Working("wrk_gone", 7, f"advance:{posting}"))
        try:
            with pytest.raises(LeaseLost):
                await basis.note(lambda tx: said.append("late"))
        finally:
            working.reset(token)
        assert said == ["learnt"]
