"""The carrier's record: what one parcel says, what many say together, and where too few say nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.flow.choice.records.carrier_outcomes import Event, outcome_of, rebuild, refresh
from hub.flow.choice.records.carrier_record import (
    ENOUGH,
    HALF_LIFE,
    HORIZON,
    CarrierRecord,
    carrier_record,
    records,
)
from hub.flow.choice.records.directions import direction_of, wider
from hub.plugin_api.errors import NotFound
from hub.plugin_api.models import Address, EventKind, Money, Recipient, Shipment, Tracking, TrackingEvent
from hub.store import Transaction, rows
from hub.store.rows import FIGURES, Outcome
from tests.flow.desk import START, Desk, Lookup, desk
from tests.flow.small_app import small_app

BOOKED = datetime(2026, 11, 2, 9, tzinfo=UTC)


def at(days: float) -> datetime:
    return BOOKED + timedelta(days=days)


def shipment(**changes: Any) -> rows.ShipmentRow:
    """Booked for 300.00 with 4 days promised."""
    plain = rows.ShipmentRow(
        id="shp_1",
        seller="shop",
        account="acc_1",
        posting_id="pst_1",
        ordinal=1,
        state="booked",
        carrier="courier",
        service_code="std",
        service_name="Standard",
        reference="R",
        carrier_id="1",
        tracking_number="T1",
        quoted_minor=30000,
        committed_minor=30000,
        charged_minor=None,
        currency="RUB",
        stage="",
        parcels=(),
        why={"days": 4, "currency": "RUB"},
        created_at=BOOKED,
        updated_at=BOOKED,
    )
    return msgspec.structs.replace(plain, **changes)


def said(*events: Event, now: float = 5, **facts: Any) -> Outcome:
    """The outcome of a parcel, without the fields that are 0."""
    row = shipment(
        **{name: facts.pop(name) for name in list(facts) if name in rows.ShipmentRow.__struct_fields__}
    )
    return outcome_of(
        row, events, handed_over=facts.get("handed_over"), damaged=facts.get("damaged", False), now=at(now)
    )


ACCEPTED = (at(1), EventKind.ACCEPTED)
SCANNED = {"parcels": 1, "scanned": 1, "scan_minutes": 24 * 60}


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        ((), {}),
        (((at(0.1), EventKind.REGISTERED), (at(0.2), EventKind.INFO)), {}),
        ((ACCEPTED,), SCANNED),
        (
            (ACCEPTED, (at(4.5), EventKind.HANDED_OVER)),
            SCANNED | {"timed": 1, "on_time": 1, "ended": 1},
        ),
        ((ACCEPTED, (at(3), EventKind.READY)), SCANNED | {"timed": 1, "on_time": 1}),
        (
            (ACCEPTED, (at(4), EventKind.READY), (at(11), EventKind.HANDED_OVER)),
            SCANNED | {"timed": 1, "on_time": 1, "ended": 1},
        ),
        (
            (ACCEPTED, (at(7), EventKind.HANDED_OVER)),
            SCANNED | {"timed": 1, "late_days": 2, "ended": 1},
        ),
        ((ACCEPTED, (at(3), EventKind.LOST)), SCANNED | {"ended": 1, "lost": 1}),
        (
            (ACCEPTED, (at(3), EventKind.LOST), (at(4), EventKind.HANDED_OVER)),
            SCANNED | {"timed": 1, "on_time": 1, "ended": 1},
        ),
        ((ACCEPTED, (at(3), EventKind.RETURNING)), SCANNED | {"ended": 1, "returned": 1}),
        (
            (ACCEPTED, (at(3), EventKind.READY), (at(4), EventKind.RETURNED)),
            SCANNED | {"timed": 1, "on_time": 1, "ended": 1, "returned": 1},
        ),
        ((ACCEPTED, (at(2), EventKind.CANCELLED)), {}),
    ],
)
def test_what_one_parcel_says(events: tuple[Event, ...], outcome: dict[str, int]) -> None:
    assert said(*events) == Outcome(**outcome)
    assert said(*reversed(events)) == Outcome(**outcome), "events come in any order"


def test_a_parcel_that_should_have_arrived_is_late_before_it_arrives() -> None:
    """Else the slowest parcels would be missing from the record until they come."""
    assert said(ACCEPTED, now=5) == Outcome(**SCANNED)
    assert said(ACCEPTED, now=8) == Outcome(**SCANNED, timed=1, late_days=3)


def test_days_are_counted_from_the_hand_over_and_never_from_the_booking() -> None:
    assert said(now=30) == Outcome(), "the seller has it still"
    assert said(now=7, handed_over=at(2)) == Outcome(parcels=1, timed=1, late_days=1)
    arrived = (at(6), EventKind.HANDED_OVER)
    assert said(ACCEPTED, arrived, handed_over=at(2)).late_days == 1, "the scan came before the word of it"
    slow = said((at(3), EventKind.ACCEPTED), arrived, handed_over=at(1.5))
    assert (slow.late_days, slow.scan_minutes) == (1, 36 * 60)


def test_without_a_promise_nothing_is_late() -> None:
    for why in ({}, {"days": None}, {"days": 0}, {"days": "soon"}):
        told = said(ACCEPTED, (at(40), EventKind.HANDED_OVER), why=why)
        assert (told.timed, told.on_time, told.ended) == (0, 0, 1)


@pytest.mark.parametrize(
    ("facts", "charged", "kept", "permille"),
    [
        ({}, 0, 0, 0),
        ({"charged_minor": 30000}, 1, 1, 0),
        ({"charged_minor": 27000}, 1, 1, -100),
        ({"charged_minor": 30001}, 1, 0, 0),
        ({"charged_minor": 33000}, 1, 0, 100),
        ({"charged_minor": 33000, "committed_minor": 33000}, 1, 0, 100),
        ({"charged_minor": 33000, "quoted_minor": None}, 1, 0, 100),
        ({"charged_minor": 33000, "committed_minor": 33000, "why": {"currency": "CNY"}}, 1, 1, 0),
        ({"charged_minor": 33000, "committed_minor": None, "quoted_minor": None}, 0, 0, 0),
        ({"charged_minor": 30000, "quoted_minor": 1, "committed_minor": 1}, 1, 0, 100_000),
    ],
)
def test_the_price_that_was_kept(facts: dict[str, Any], charged: int, kept: int, permille: int) -> None:
    told = said(ACCEPTED, **facts)
    assert (told.charged, told.kept, told.over_permille) == (charged, kept, permille)


def test_damage_is_what_a_buyer_says() -> None:
    assert said(ACCEPTED, damaged=True) == Outcome(**SCANNED, damaged=1, ended=1)


@pytest.mark.parametrize(
    ("address", "direction"),
    [
        (None, ""),
        (Address(country=""), ""),
        (Address(country="ru"), "RU"),
        (Address(country="RU", postal_code="630099", region="Новосибирская обл."), "RU/63"),
        (Address(country="RU", region="Новосибирская обл."), "RU/новосибирская"),
        (Address(country="RU", region=" новосибирская  область "), "RU/новосибирская"),
        (Address(country="GB", postal_code="SW1A 1AA", region="London"), "GB/london"),
    ],
)
def test_the_direction_of_an_address(address: Address | None, direction: str) -> None:
    assert direction_of(address) == direction


@pytest.mark.parametrize(
    ("direction", "levels"),
    [
        ("", ("",)),
        ("RU", ("RU", "")),
        ("RU/63", ("RU/63", "RU/6", "RU", "")),
        ("RU/новосибирская", ("RU/новосибирская", "RU", "")),
    ],
)
def test_wider_directions(direction: str, levels: tuple[str, ...]) -> None:
    assert wider(direction) == levels


# --- the whole way ----------------------------------------------------------------------------------------


class Tracked(Lookup):
    """Tells of each parcel what the test wrote into its book."""

    told: dict[str, Tracking]

    async def track(self, shipment: Shipment) -> Tracking:
        return self.told.get(shipment.posting_number, Tracking(events=()))


class Roads:
    """A desk whose parcels go where and as fast as the test says."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.count = 0
        Tracked.told = {}

    async def parcel(
        self,
        *kinds: EventKind,
        days: float = 3,
        postal_code: str = "630099",
        charged: str = "",
        wait: float = 0,
    ) -> str:
        """One parcel, scanned after 2 hours, then what ``kinds`` say after ``days``. Returns its number."""
        self.count += 1
        number = f"2002-{self.count}-1"
        home = Address(country="RU", city="Новосибирск", postal_code=postal_code, street="ул. Мира, 1")
        buyer = Recipient(name="Анна Петрова", phone="+79990000001", address=home)
        posting = await self.desk.order(number, recipient=buyer)
        await self.desk.ship(posting)
        booked = self.desk.clock.now()
        await self.desk.pass_time(1)
        times = [(booked + timedelta(hours=2), EventKind.ACCEPTED)]
        times += [(booked + timedelta(days=days, hours=2 + index), kind) for index, kind in enumerate(kinds)]
        Tracked.told[number] = Tracking(
            events=tuple(TrackingEvent(time=time, kind=kind, code=str(kind)) for time, kind in times),
            charged=Money.of(charged, "RUB") if charged else None,
        )
        await self.later(timedelta(hours=1, seconds=wait))
        return number

    async def later(self, time: timedelta) -> None:
        """Let time pass at once, then work: by small steps the hub would ask the market a thousand times."""
        self.desk.clock.advance(time.total_seconds())
        await self.desk.pass_time(1)

    def record(self, direction: str = "RU/63") -> CarrierRecord | None:
        return carrier_record(self.desk.app, "shop", "courier", direction=direction)

    def weeks(self) -> list[tuple[Any, ...]]:
        """The sums as they are stored, those of nothing left out."""
        found = self.desk.app.store.reader.execute(
            f"SELECT direction, week, {', '.join(FIGURES)} FROM carrier_weeks ORDER BY 1, 2"
        )
        return [tuple(row) for row in found if any(row[2:])]


@pytest.fixture
async def roads(tmp_path: Path) -> AsyncIterator[Roads]:
    async with desk(tmp_path, Tracked) as opened:
        yield Roads(opened)


async def test_a_carrier_without_parcels_has_no_record(roads: Roads) -> None:
    assert roads.record() is None
    assert records(roads.desk.app, "shop") == []
    with pytest.raises(NotFound):
        records(roads.desk.app, "nobody")


async def test_three_parcels_make_no_verdict(roads: Roads) -> None:
    for _ in range(3):
        await roads.parcel(EventKind.HANDED_OVER)
    told = roads.record()
    assert told is not None
    assert told.parcels == 3
    assert [figure.value for figure in told.figures] == [None] * 8
    assert (told.on_time.parcels, told.lost.parcels, told.price_kept.parcels) == (3, 3, 0)


async def test_the_promise_of_the_quote_reaches_the_record(roads: Roads) -> None:
    """The courier promises 4 days: those that came on the 6th are 2 days late."""
    for _ in range(ENOUGH // 2):
        await roads.parcel(EventKind.HANDED_OVER, days=3, charged="300.00")
        await roads.parcel(EventKind.HANDED_OVER, days=6, charged="330.00")
    told = roads.record()
    assert told is not None
    assert (told.on_time.value, told.on_time.parcels) == (0.5, ENOUGH)
    assert told.days_late.value == 1.0
    assert (told.price_kept.value, told.surcharge.value) == (0.5, 0.05)
    assert told.first_scan_hours.value == pytest.approx(2, abs=0.1)
    assert (told.lost.value, told.returned.value) == (0.0, 0.0)
    assert (told.damaged.value, told.damaged.parcels) == (None, 0), "nobody told the hub of damage"
    assert {figure.direction for figure in told.figures} == {"RU/63"}


async def test_few_parcels_take_the_figure_of_a_wider_direction(roads: Roads) -> None:
    for _ in range(ENOUGH - 2):
        await roads.parcel(EventKind.HANDED_OVER, postal_code="620014")
    for _ in range(2):
        await roads.parcel(EventKind.LOST, postal_code="630099")
    told = roads.record("RU/63")
    assert told is not None
    assert told.parcels == 2
    assert (told.lost.value, told.lost.parcels, told.lost.direction) == (0.2, ENOUGH, "RU/6")
    assert (told.on_time.value, told.on_time.parcels, told.on_time.direction) == (None, ENOUGH - 2, "")
    elsewhere = roads.record("KZ/05")
    assert elsewhere is not None
    assert (elsewhere.parcels, elsewhere.lost.value, elsewhere.lost.direction) == (0, 0.2, "")
    table = {one.direction: one for one in records(roads.desk.app, "shop")}
    assert sorted(table) == ["", "RU", "RU/6"]
    assert table["RU/6"].lost.parcels == ENOUGH
    assert records(roads.desk.app, "shop", carrier="another") == []


async def test_the_past_counts_half_after_the_half_life_and_then_not_at_all(roads: Roads) -> None:
    for _ in range(ENOUGH):
        await roads.parcel(EventKind.LOST)
    roads.desk.clock.advance(HALF_LIFE.total_seconds())
    for _ in range(ENOUGH):
        await roads.parcel(EventKind.HANDED_OVER)
    told = roads.record()
    assert told is not None
    assert told.lost.parcels == 2 * ENOUGH
    assert told.lost.value == pytest.approx(1 / 3, abs=0.02)
    roads.desk.clock.advance((HORIZON - HALF_LIFE / 2).total_seconds())
    told = roads.record()
    assert told is not None
    assert (told.lost.value, told.lost.parcels) == (0.0, ENOUGH)
    roads.desk.clock.advance(HALF_LIFE.total_seconds())
    assert roads.record() is None


async def test_the_last_word_of_a_parcel_replaces_the_earlier_one(roads: Roads) -> None:
    number = await roads.parcel(wait=7 * 86400)
    late = roads.record()
    assert late is not None
    assert (late.on_time.parcels, late.lost.parcels) == (1, 0), "it is overdue"
    known = Tracked.told[number]
    found = TrackingEvent(time=START + timedelta(days=7), kind=EventKind.HANDED_OVER, code="home")
    Tracked.told[number] = Tracking(events=(*known.events, found))
    await roads.later(timedelta(hours=4))
    direct, week, *sums = roads.weeks()[0]
    assert (direct, week) == ("", roads.weeks()[-1][1])
    told = dict(zip(FIGURES, sums, strict=True))
    assert (told["parcels"], told["timed"], told["late_days"], told["ended"]) == (1, 1, 3, 1)


async def test_records_worked_out_anew_are_the_same(roads: Roads) -> None:
    await roads.parcel(EventKind.HANDED_OVER, charged="310.00")
    await roads.parcel(EventKind.READY, EventKind.RETURNING, postal_code="101000")
    await roads.parcel(EventKind.LOST, days=1)
    before = roads.weeks()
    assert before
    assert await rebuild(roads.desk.app, "shop") == 3
    assert roads.weeks() == before
    await roads.desk.app.store.write(lambda tx: tx.execute("DELETE FROM carrier_weeks"))
    assert roads.record() is None
    await rebuild(roads.desk.app, "shop")
    assert roads.weeks() == before


_SUMS = ("late_days", "over_permille", "scan_minutes")
EVENTS = st.lists(st.tuples(st.integers(0, 12).map(at), st.sampled_from(sorted(EventKind))), max_size=6)


@settings(deadline=None, max_examples=200)
@given(EVENTS, st.one_of(st.none(), st.integers(0, 5).map(at)), st.booleans())
def test_no_figure_is_above_what_is_behind_it(
    events: list[Event], handed_over: datetime | None, damaged: bool
) -> None:
    told = outcome_of(shipment(), events, handed_over=handed_over, damaged=damaged, now=at(13))
    assert all(getattr(told, name) in (0, 1) for name in FIGURES if name not in _SUMS)
    assert told.on_time <= told.timed
    assert max(told.lost, told.damaged, told.returned) <= told.ended
    assert told.parcels or told == Outcome()
    assert told.late_days >= 0
    assert not (told.on_time and told.late_days)


CODES = ("630099", "620014", "")
LEARNED = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 12).map(at),
        st.sampled_from(sorted(EventKind)),
        st.sampled_from((None, 30000, 33000)),
        st.sampled_from(("booked", "booked", "booked", "cancelled")),
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=15)
@given(LEARNED)
def test_whatever_is_learned_in_any_order_the_sums_are_those_of_the_last_words(
    learned: list[tuple[int, datetime, EventKind, int | None, str]],
) -> None:
    with TemporaryDirectory() as folder, small_app(Path(folder)) as app:
        parcels = [
            shipment(id=f"shp_{n}", posting_id=f"pst_{n}", seller="alpha", charged_minor=None)
            for n in range(len(CODES))
        ]
        events: dict[int, list[Event]] = {n: [] for n in range(len(CODES))}

        def work(tx: Transaction) -> None:
            for n, code in enumerate(CODES):
                rows.shipments.insert(tx, parcels[n])
                buyer = Recipient(name="Анна", address=Address(country="RU", postal_code=code))
                rows.recipients.insert(tx, rows.RecipientRow(f"pst_{n}", buyer, BOOKED))
            for index, (n, time, kind, charged, state) in enumerate(learned):
                parcels[n] = msgspec.structs.replace(parcels[n], charged_minor=charged, state=state)
                events[n].append((time, kind))
                event = rows.TrackingRow(f"shp_{n}", str(index), time, str(kind), "", "", "", True)
                rows.tracking_events.insert(tx, event)
                refresh(tx, parcels[n], now=at(13))

        app.store.write_now(work)
        expected: dict[str, list[int]] = {}
        for n, code in enumerate(CODES):
            told = outcome_of(parcels[n], events[n], handed_over=None, damaged=False, now=at(13))
            if parcels[n].state != "booked":
                continue
            for level in wider(direction_of(Address(country="RU", postal_code=code))):
                sums = expected.setdefault(level, [0] * len(FIGURES))
                expected[level] = [a + getattr(told, name) for a, name in zip(sums, FIGURES, strict=True)]
        stored = app.store.reader.execute(f"SELECT direction, {', '.join(FIGURES)} FROM carrier_weeks")
        assert {row[0]: list(row[1:]) for row in stored if any(row[1:])} == {
            level: sums for level, sums in expected.items() if any(sums)
        }
