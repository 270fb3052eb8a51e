"""Erasing a buyer: canaries in every personal field and in everything a vendor may repeat, then a search of
every table and of the file's bytes."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.flow import orders, reading
from hub.flow.choice.quoting import quote
from hub.flow.documents.keeping import keep_document
from hub.flow.recipients import erasing
from hub.plugin_api.errors import Conflict, Rejected
from hub.plugin_api.models import (
    Address,
    Booking,
    BookRequest,
    CleanedAddress,
    Document,
    EventKind,
    IdentityDocument,
    Quote,
    QuoteRequest,
    Recipient,
    Shipment,
    Stage,
    Tracking,
    TrackingEvent,
)
from hub.store import erasure, rows
from hub.store.compact import compact
from hub.store.schema import TABLES
from hub.words import revived
from tests.flow.desk import START, TOML, Desk, Lookup, desk

ADDRESS = Address(
    country="RU",
    region="Омская обл.",
    city="Тюкалинск",
    postal_code="646330",
    street="ул. Канареечная, д. 71, кв. 908",
    comment="звонить Зинаиде",
    latitude=55.87654,
    longitude=72.19876,
)
BUYER = Recipient(
    name="Канарейкина Зоя Львовна",
    phone="+79161112233",
    phone_extension="48151",
    email="zoya@canary.example",
    address=ADDRESS,
)
PAPERS = IdentityDocument(
    holder="Канарейкина Зоя Львовна",
    series="5207",
    number="634512",
    issued_on=date(2011, 2, 3),
    issued_by="ОВД Птичьего района",
    date_of_birth=date(1987, 6, 5),
    tax_number="550412345678",
)
CANARIES = (
    *("Канарейкина", "Зоя", "Львовна", "9161112233", "48151", "zoya@canary", "Канареечная", "Зинаид"),
    *("Тюкалинск", "646330", "55.87654", "72.19876", "634512", "Птичьего", "550412345678", "1987-06-05"),
    *("Рябиновая", "ЧУЖОЕ"),
)
ECHO = (
    "ЧУЖОЕ: Канарейкина Зоя Львовна, 8 (916) 111-22-33, Тюкалинск 646330, Канареечная 71-908, "
    "zoya@canary.example"
)


class Repeating(Lookup):
    """Every word of it repeats the buyer."""

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        (one,) = await super().quote(request)
        return (msgspec.structs.replace(one, note=ECHO),)

    async def book(self, request: BookRequest) -> Booking:
        if self.books.meets and self.books.meets[0] == "refused":
            self.books.meets.popleft()
            self.books.sends.append(request.reference)
            raise Rejected(f"refused: {ECHO}", vendor_code="street")
        return await super().book(request)

    async def track(self, shipment: Shipment) -> Tracking:
        kinds = (EventKind.MOVED, EventKind.HANDED_OVER)
        return Tracking(
            events=tuple(
                TrackingEvent(
                    time=START + timedelta(hours=n), kind=kind, code=str(n), text=ECHO, place="Тюкалинск"
                )
                for n, kind in enumerate(kinds)
            )
        )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


async def _delivered(at: Desk, number: str = "1001-1", **changes: Any) -> str:
    """A posting whose booking was refused once and whose parcel has reached the buyer."""
    at.books.meets.append("refused")
    posting = await at.order(number, recipient=BUYER, **changes)
    await at.ship(posting)
    await at.pass_time(news=False)
    await at.answer("carrier_refused", "retry")
    await at.pass_time(news=False)
    await quote(at.app, posting, "test")
    await _arrived(at, number)
    return posting


async def _arrived(at: Desk, number: str) -> None:
    known = at.books.postings[number]
    at.books.postings[number] = msgspec.structs.replace(known, stage=Stage.DELIVERED, status="delivered")
    await orders.track(at.app, seller="shop", posting_ids=(), actor="test")
    await orders.sync(at.app, "shop", "test")
    await at.pass_time(60, news=False)


def _everywhere(at: Desk, posting: str) -> None:
    """Into everything that may hold words: a canary that no field of the buyer has (of an older address)."""
    shipment = at.app.store.reader.execute(
        "SELECT id FROM shipments WHERE posting_id = ?", (posting,)
    ).fetchone()[0]
    said, number = f'{{"reason": "{ECHO}", "posting": "{posting}"}}', at.view(posting).number
    row = rows.recipients.get(at.app.store.reader, posting)
    assert row is not None
    checks = rows.AddressChecks(
        by_account={
            "acc": rows.AddressCheck(
                CleanedAddress(address=Address(country="RU", street="Рябиновая 5"), parts=ECHO)
            )
        },
        given=ADDRESS,
    )
    whole = msgspec.structs.replace(row.document, identity=PAPERS)

    def write(tx: Any) -> None:
        rows.recipients.save(tx, msgspec.structs.replace(row, document=whole, checks=checks))
        tx.execute(
            "UPDATE history SET data = ? WHERE posting_id = ? AND kind = 'shipment.refused'", (said, posting)
        )
        tx.execute(
            "UPDATE operations SET reason = ?, request = ?, result = ? WHERE posting_id = ?",
            (ECHO, said, said, posting),
        )
        tx.execute("UPDATE problems SET data = ? WHERE posting_id = ?", (said, posting))
        tx.execute("UPDATE tracking_events SET text = ? WHERE shipment_id = ?", (ECHO, shipment))
        tx.execute("INSERT INTO outbox VALUES ('evt_x', 'shop', 'problem_found', ?, 1)", (said,))
        tx.execute(
            "INSERT INTO idempotency (key_id, key, fingerprint, status, answer, created_at) "
            "VALUES ('k', 'k', 'f', 200, ?, 1)",
            (f'{{"number": "{number}", "reason": "{ECHO}"}}'.encode(),),
        )
        entry = rows.TotalEntry(posting_id=posting, problem="no_quotes", data={"reason": ECHO})
        now = at.app.clock.now()
        total = rows.TotalRow("tot_x", "shop", "", "", "", "test", (entry,), now, now, None)
        rows.totals.insert(tx, total)
        rows.handovers.insert(
            tx,
            rows.HandoverRow(
                "hnd_x",
                "shop",
                "acc",
                "courier",
                "",
                "",
                "",
                "refused",
                (posting,),
                "",
                "",
                ECHO,
                START,
                START,
            ),
        )
        columns = next(table.columns for table in TABLES if table.name == "carrier_feedback")
        values = {"shipment_id": shipment, "reason": ECHO, "mark": "m", "seller": "shop"}
        names = ", ".join(columns)
        marks = ", ".join("?" * len(columns))
        tx.execute(
            f"INSERT INTO carrier_feedback ({names}) VALUES ({marks})",
            [values.get(name, "" if kind == "text" else 0) for name, kind in columns.items()],
        )

    at.app.store.write_now(write)


def _found(path: Path) -> Iterator[tuple[str, str, str]]:
    """Every canary in every column of every table, as (table, column, canary)."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    for table in TABLES:
        for record in connection.execute(f'SELECT * FROM "{table.name}"'):
            for column in record.keys():  # noqa: SIM118
                value = record[column]
                if isinstance(value, bytes) and table.name == "raw_payloads" and column == "body":
                    value = zlib.decompress(value)
                text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                yield from ((table.name, column, canary) for canary in CANARIES if canary in text)
    connection.close()


def _in_bytes(home: Path, more: Sequence[bytes] = ()) -> set[bytes]:
    files = [path for path in home.iterdir() if path.name.startswith("hub.sqlite") and path.suffix != ".lock"]
    wanted = [canary.encode() for canary in CANARIES] + list(more)
    return {canary for path in files for canary in wanted if canary in path.read_bytes()}


def test_every_table_is_erased_or_has_a_reason_to_stay() -> None:
    """A new table is a new place for buyers' data: say in `hub.store.erasure` what becomes of it."""
    source = Path(erasure.__file__).read_text("utf-8")
    dealt = {table.name for table in TABLES if f'"{table.name}"' in source or f"FROM {table.name}" in source}
    assert {table.name for table in TABLES} == dealt
    assert not set(erasure.KEPT) - {table.name for table in TABLES}


async def test_nothing_of_the_buyer_is_left_and_the_money_is(home: Path) -> None:
    async with desk(home, Repeating) as at:
        posting = await _delivered(at)
        _everywhere(at, posting)
        await orders.packing_slips(at.app, [posting], "test")
        before = {(table, canary) for table, _, canary in _found(home / "hub.sqlite")}
        assert {canary for _, canary in before} == set(CANARIES), "each canary is somewhere"
        raws = [row[0] for row in at.app.store.reader.execute("SELECT body FROM raw_payloads")]
        assert raws
        kinds = [one.kind for one in reading.posting_details(at.app, posting).history]
        committed = at.app.store.reader.execute(
            "SELECT committed_minor, carrier_id FROM shipments"
        ).fetchall()

        (done,) = await erasing.erase(at.app, [posting], "test")
        assert (done.state, done.files, done.shared) == ("erased", 2, ())
        assert not list(_found(home / "hub.sqlite"))
        compact(home / "hub.sqlite")
        assert not _in_bytes(home, raws)

        details = reading.posting_details(at.app, posting)
        assert [one.kind for one in details.history] == [*kinds, "posting.erased"]
        assert (
            at.app.store.reader.execute("SELECT committed_minor, carrier_id FROM shipments").fetchall()
            == committed
        )
        assert details.shipment is not None
        assert str(details.shipment.committed) == "300.00 RUB"
        assert [one.code for one in details.tracking] == ["0", "1"]
        assert details.recipient is None
        assert details.items[0].name == "Кружка"
        for document in details.documents:
            with pytest.raises(Conflict, match="erased"):
                reading.document_content(at.app, document.id)
        (again,) = await erasing.erase(at.app, [posting], "test")
        assert again.state == "already"
        assert at.app.store.reader.execute("SELECT count(*) FROM files").fetchone()[0] == 0


async def test_money_in_history_is_not_words(home: Path) -> None:
    async with desk(home, Repeating) as at:
        posting = await _delivered(at)
        said = '{"committed": "300.00 RUB", "charged": "950.50 RUB", "codes": ["TRK1"], "reason": "Зоя"}'
        at.app.store.write_now(
            lambda tx: tx.execute("UPDATE history SET data = ? WHERE kind = 'shipment.booked'", (said,))
        )
        await erasing.erase(at.app, [posting], "test")
        (kept,) = at.app.store.reader.execute(
            "SELECT data FROM history WHERE kind = 'shipment.booked'"
        ).fetchone()
        assert msgspec.json.decode(kept) == {
            "committed": "300.00 RUB", "charged": "950.50 RUB", "codes": ["TRK1"], "reason": "•••",
        }  # fmt: skip


async def test_it_does_not_come_back(home: Path) -> None:
    """The marketplace goes on telling of the buyer, in other words each time, and the carrier too."""
    async with desk(home, Repeating) as at:
        posting = await _delivered(at)
        await erasing.erase(at.app, [posting], "test")
        assert not list(_found(home / "hub.sqlite"))
        for n in range(3):
            known = at.books.postings["1001-1"]
            news = {"status": f"delivered_{n}", "cancel_reason": ECHO, "recipient": BUYER}
            at.books.postings["1001-1"] = msgspec.structs.replace(known, **news)
            await orders.sync(at.app, "shop", "schedule")
            from hub.flow.intake.postings import refresh_posting

            await refresh_posting(at.app, posting, "test")
            await orders.track(at.app, seller=None, posting_ids=[posting], actor="test")
            await at.pass_time(60, news=False)
        assert at.view(posting).status == "delivered_2"
        assert not list(_found(home / "hub.sqlite"))


@pytest.mark.parametrize("stage", [stage for stage in Stage if not stage.final])
async def test_what_is_not_over_is_refused(home: Path, stage: Stage) -> None:
    async with desk(home) as at:
        posting = await at.order(recipient=BUYER)
        at.app.store.write_now(lambda tx: tx.execute("UPDATE postings SET stage = ?", (str(stage),)))
        (done,) = await erasing.erase(at.app, [posting], "test")
        assert (done.state, done.code) == ("refused", "under_way")
        assert stage.value in done.reason
        assert rows.recipients.get(at.app.store.reader, posting) is not None


async def test_a_booking_or_a_question_about_money_keeps_the_buyer(home: Path) -> None:
    async with desk(home, Repeating) as at:
        posting = await _delivered(at)
        for state in ("planned", "sending", "accepted", "unknown", "human"):
            at.app.store.write_now(
                lambda tx, state=state: tx.execute(
                    "UPDATE operations SET state = ? WHERE kind = 'book'", (state,)
                )
            )
            (done,) = await erasing.erase(at.app, [posting], "test")
            assert (done.state, done.code) == ("refused", "at_work"), state
        at.app.store.write_now(lambda tx: tx.execute("UPDATE operations SET state = 'confirmed'"))
        at.app.store.write_now(
            lambda tx: tx.execute("UPDATE problems SET state = 'open', kind = 'booked_twice'")
        )
        (done,) = await erasing.erase(at.app, [posting], "test")
        assert (done.state, done.code) == ("refused", "money")
        at.app.store.write_now(lambda tx: tx.execute("UPDATE problems SET state = 'closed'"))
        at.app.store.write_now(lambda tx: tx.execute("UPDATE postings SET stage = 'cancelled'"))
        (done,) = await erasing.erase(at.app, [posting], "test")
        assert (done.state, done.code) == ("refused", "at_work"), "cancelled, and the carrier still has it"
        (nobody,) = await erasing.erase(at.app, ["pst_none"], "test")
        assert (nobody.state, nobody.code) == ("refused", "not_found")
        assert {canary for _, _, canary in _found(home / "hub.sqlite")}


async def test_a_file_of_several_goes_when_none_is_under_way(home: Path) -> None:
    """Two labels in one file: the neighbour's stays until it is over, then the file goes by itself."""
    async with desk(home) as at:
        mine = await at.order("1001-1", recipient=BUYER)
        other = await at.order("1002-1")
        await orders.ship(at.app, "shop", [mine, other], actor="test")
        await at.pass_time(news=False)
        reader = at.app.store.reader
        (files,) = reader.execute(
            "SELECT count(DISTINCT file_id) FROM documents WHERE kind = 'label'"
        ).fetchone()
        assert files == 1
        signed = Document(content=b"%PDF " + ECHO.encode(), media_type="application/pdf")
        sheet = await keep_document(at.app, "shop", "handover", signed, covers=[mine, other])
        await orders.labels(at.app, [mine, other], actor="test")
        await _arrived(at, "1001-1")
        (done,) = await erasing.erase(at.app, [mine], "test")
        assert (done.state, done.shared) == ("erased", ("1002-1",))
        assert done.files == 1, "the file that the hub drew is made again when it is asked for"
        assert reading.document_content(at.app, sheet).content, "the sheet speaks for a parcel under way"
        again = await orders.labels(at.app, [other], actor="test")
        assert again.document_id
        with pytest.raises(Conflict, match="erased"):
            reading.document_content(
                at.app, rows.documents.all(reader, "WHERE posting_id = ?", (mine,))[0].id
            )
        await _arrived(at, "1002-1")
        await at.pass_time(26 * 3600, news=False)
        with pytest.raises(Conflict, match="erased"):
            reading.document_content(at.app, sheet)
        left = [row[0] for row in reader.execute("SELECT content FROM files")]
        assert not any(ECHO.encode() in content for content in left)
        assert rows.documents.all(reader, "WHERE kind = 'label' AND file_id <> ''") == []


async def test_by_age_with_a_dry_run(home: Path) -> None:
    async with desk(home, Repeating) as at:
        posting = await _delivered(at)
        fresh = await at.order("1002-1")
        age = timedelta(days=180)
        assert await erasing.erase_older(at.app, age, "test") == []
        at.clock.advance(181 * 86400)
        dry = await erasing.erase_older(at.app, age, "test", dry_run=True)
        assert [(one.posting_id, one.state) for one in dry] == [(posting, "would_erase")]
        assert list(_found(home / "hub.sqlite"))
        assert await erasing.erase_older(at.app, age, "test", seller="other") == []
        done = await erasing.erase_older(at.app, age, "test")
        assert [(one.posting_id, one.state) for one in done] == [(posting, "erased")]
        assert not list(_found(home / "hub.sqlite"))
        assert await erasing.erase_older(at.app, age, "test") == []
        assert rows.recipients.get(at.app.store.reader, fresh) is not None


@pytest.mark.parametrize("on", [True, False])
async def test_the_worker_erases_where_that_is_on(home: Path, on: bool) -> None:
    toml = TOML + '\n[retention]\npersonal_data = "30d"\n' if on else TOML
    async with desk(home, Repeating, toml=toml) as at:
        posting = await _delivered(at)
        at.clock.advance(29 * 86400)
        await at.pass_time(3600, news=False)
        assert rows.recipients.get(at.app.store.reader, posting) is not None
        at.clock.advance(2 * 86400)
        await at.pass_time(25 * 3600, news=False)
        assert (rows.recipients.get(at.app.store.reader, posting) is None) is on
        assert bool(list(_found(home / "hub.sqlite"))) is not on


async def test_what_could_never_be_read_goes_by_age(home: Path) -> None:
    async with desk(home) as at:
        body = zlib.compress(ECHO.encode())
        at.app.store.write_now(
            lambda tx: tx.execute(
                "INSERT INTO raw_payloads VALUES ('acc', 'unreadable', 'x', ?, ?, ?)",
                (int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1e6), b"h", body),
            )
        )
        await erasing.erase_older(at.app, timedelta(days=180), "test")
        assert not list(_found(home / "hub.sqlite"))


async def test_echoes_are_not_stored_in_the_first_place(home: Path) -> None:
    """Before any erasing: what the carrier repeated stands nowhere but where the buyer does."""
    async with desk(home, Repeating) as at:
        await _delivered(at)
        said = {(table, canary) for table, column, canary in _found(home / "hub.sqlite")
                if table not in ("recipients", "raw_payloads") and column != "place"}  # fmt: skip
        assert {canary for _, canary in said} <= {"Тюкалинск", "646330", "ЧУЖОЕ"}, said
        reason = at.app.store.reader.execute(
            "SELECT reason FROM operations WHERE state = 'rejected'"
        ).fetchone()[0]
        assert revived(reason).startswith("refused: ЧУЖОЕ: •••, Тюкалинск 646330, •••")
