"""The recipient's identity papers: asked for late, checked, shown masked, and found nowhere else."""

from __future__ import annotations

import json
import logging
import sqlite3
import zlib
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.flow import orders, reading
from hub.flow.recipients import identity
from hub.plugin_api.errors import Failure, Rejected
from hub.plugin_api.lengths import TextLimit
from hub.plugin_api.models import Address, Booking, BookRequest, IdentityDocument, Shipment, Stage, Tracking
from hub.store import rows
from hub.web.bodies import AnswerBody
from hub.words import for_json
from tests.flow.desk import Desk, Lookup, desk, posting_of

PAPERS = {
    "series": "45 10",
    "number": "654321",
    "issued_on": "21.03.2015",
    "issued_by": "ОВД «Примерный» г. Москвы",
    "date_of_birth": "1990-03-04",
    "tax_number": "500100732259",
}
RAW = ("654321", "500100732259", "Примерный", "2015-03-21", "1990-03-04")
TODAY = date(2026, 11, 24)


class Customs(Lookup):
    """A courier that needs papers, and quotes them in what it says."""

    needed: ClassVar[bool] = True
    says: ClassVar[str] = ""
    waits: ClassVar[bool] = False
    got: ClassVar[list[IdentityDocument | None]]

    def needs_identity(self, sender: Address, recipient: Address) -> bool:
        return self.needed

    async def book(self, request: BookRequest) -> Booking:
        self.got.append(request.recipient.identity)
        papers = request.recipient.identity
        if papers is not None and self.says == "raised":
            raise LookupError
        if papers is not None and self.says == "answered":
            return Booking(state="rejected", carrier_id="", reason=f"{papers.series} {papers.number} is void")
        return await super().book(request)

    def explain(self, error: Exception) -> Failure | None:
        if not isinstance(error, LookupError):
            return None
        return Failure(kind="rejected", message="4510654321 with 500100732259 is void")

    async def track(self, shipment: Shipment) -> Tracking:
        return Tracking(events=(), waits_for_identity=self.waits)


@pytest.fixture
def customs() -> type[Customs]:
    return type("Customs", (Customs,), {"got": []})


async def _asked(at: Desk) -> str:
    posting_id = await at.order()
    await at.ship(posting_id)
    await at.pass_time()
    return posting_id


# --- asked for late ---------------------------------------------------------------------------------------


async def test_a_carrier_that_needs_papers_is_sent_nothing_without(
    tmp_path: Path, customs: type[Customs]
) -> None:
    async with desk(tmp_path, customs) as at:
        posting_id = await at.order()
        await at.pass_time()
        assert at.problems() == {}  # nobody has chosen the carrier yet
        await at.ship(posting_id)
        await at.pass_time()
        problem = at.problems()["recipient_document"]
        assert "passport" in problem.text
        assert at.operations() == []  # no reference is spent
        assert [one.code for one in problem.answers] == [
            "give_document", "without_document", "other_carrier", "cancel_posting",
        ]  # fmt: skip
        assert problem.answers[0].parameters == identity.FIELDS
        await at.answer("recipient_document", "give_document", **PAPERS)
        await at.pass_time()
        assert at.view(posting_id).stage == "labelled"
        (papers,) = customs.got
        assert papers is not None
        assert (papers.series, papers.number, papers.issued_on) == ("4510", "654321", date(2015, 3, 21))


async def test_a_carrier_that_needs_none_is_told_none(tmp_path: Path, customs: type[Customs]) -> None:
    async with desk(tmp_path, customs) as at:
        posting_id = await _asked(at)
        customs.needed = False
        await at.answer("recipient_document", "give_document", **PAPERS)
        await at.pass_time()
        assert at.view(posting_id).stage == "labelled"
        assert customs.got == [None]


async def test_booked_without_where_a_person_says_so(tmp_path: Path, customs: type[Customs]) -> None:
    async with desk(tmp_path, customs) as at:
        posting_id = await _asked(at)
        await at.answer("recipient_document", "without_document")
        await at.pass_time()
        assert at.view(posting_id).stage == "labelled"
        assert customs.got == [None]


async def test_papers_outlive_a_new_read_and_never_go_with_another_person(
    tmp_path: Path, customs: type[Customs]
) -> None:
    async with desk(tmp_path, customs) as at:
        posting_id = await _asked(at)
        buyer = posting_of("1001-1").recipient
        assert buyer is not None
        other = msgspec.structs.replace(buyer, name="Иван Другой")
        await at.order(recipient=other)
        await at.answer("recipient_document", "give_document", **PAPERS)
        await at.order(recipient=buyer)  # as it was before the answer
        await at.pass_time()
        assert at.problems()["recipient_document"].posting_id == posting_id
        assert customs.got == []
        await at.order(recipient=other)
        await orders.ship(at.app, "shop", [posting_id], carrier="courier", actor="test")
        await at.pass_time()
        assert "recipient_document" not in at.problems()
        assert [one and one.holder for one in customs.got][-1:] == ["Иван Другой"]


async def test_papers_that_the_carrier_refuses_are_given_anew(tmp_path: Path, customs: type[Customs]) -> None:
    async with desk(tmp_path, customs) as at:
        posting_id = await _asked(at)
        customs.says = "answered"
        await at.answer("recipient_document", "give_document", **PAPERS)
        await at.pass_time()
        customs.says = ""
        assert "give_document" in {one.code for one in at.problems()["carrier_refused"].answers}
        await at.answer("carrier_refused", "give_document", **PAPERS | {"number": "654322"})
        await at.pass_time()
        assert at.view(posting_id).stage == "labelled"
        assert [one and one.number for one in customs.got] == ["654321", "654322"]
        assert len(at.operations()) == 2  # under a reference of its own


async def test_papers_longer_than_the_carrier_takes_are_asked_for_anew_before_they_are_sent(
    tmp_path: Path, customs: type[Customs]
) -> None:
    customs.text_limits = (TextLimit("identity.issued_by", 10, "made up"),)
    async with desk(tmp_path, customs) as at:
        posting_id = await _asked(at)
        await at.answer("recipient_document", "give_document", **PAPERS)
        await at.pass_time()
        problem = at.problems()["carrier_refused"]
        assert f"who issued the passport: {len(PAPERS['issued_by'])} characters, at most 10" in problem.text
        assert customs.got == []
        await at.answer("carrier_refused", "give_document", **PAPERS | {"issued_by": "ОВД"})
        await at.pass_time()
        assert at.view(posting_id).stage == "labelled"
        assert [one and one.issued_by for one in customs.got] == ["ОВД"]


async def test_a_refusal_without_papers_asks_for_none(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        at.books.meets.append("refused")
        await _asked(at)
        assert "give_document" not in {one.code for one in at.problems()["carrier_refused"].answers}


async def test_a_second_send_never_has_other_papers(tmp_path: Path, customs: type[Customs]) -> None:
    async with desk(tmp_path, customs) as at:
        posting_id = await _asked(at)
        at.books.meets.append("dropped")
        await at.answer("recipient_document", "give_document", **PAPERS)
        await at.pass_time(5)
        assert len(customs.got) == 1
        await at.app.store.write(
            lambda tx: identity.keep(tx, posting_id, PAPERS | {"number": "654322"}, at.clock.now())
        )
        await at.pass_time(3600, news=False)
        assert len(customs.got) == 1
        assert "papers" in at.operations()[0].reason


# --- told once where the carrier waits ----------------------------------------------------------------------


async def test_a_parcel_before_customs_is_told_once(tmp_path: Path, customs: type[Customs]) -> None:
    async with desk(tmp_path, customs) as at:
        customs.waits = True
        await _asked(at)
        await at.answer("recipient_document", "without_document")
        await at.pass_time(7200, news=False)
        assert "TRK1" in at.problems()["customs_waits"].text
        customs.waits = False
        await at.pass_time(14_400, news=False)
        assert at.problems() == {}
        customs.waits = True
        await at.pass_time(14_400, news=False)
        await at.answer("customs_waits", "dismiss")
        await at.pass_time(14_400, news=False)
        assert at.problems() == {}


# --- the marketplace's own wait ---------------------------------------------------------------------------


async def test_nothing_is_booked_while_the_marketplace_waits_for_papers(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting_id = await at.order(waits_for_papers=True, stage=Stage.WAITING)
        await at.ship(posting_id)
        await at.pass_time()
        assert "marketplace waits for the buyer's passport" in at.problems()["buyer_papers"].text
        assert orders.settled(at.app, [posting_id])  # nobody stands before a screen for it
        await at.answer("buyer_papers", "dismiss")
        await at.order(waits_for_papers=True, stage=Stage.WAITING, delivery_method="another")
        await at.pass_time()
        assert at.problems() == {}
        assert at.operations() == []
        await at.order()
        await at.pass_time()
        assert at.view(posting_id).stage == "labelled"


# --- nowhere else -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("says", ["", "raised", "answered"])
async def test_the_papers_are_with_the_recipient_and_nowhere_else(
    tmp_path: Path, customs: type[Customs], caplog: pytest.LogCaptureFixture, says: str
) -> None:
    caplog.set_level(logging.DEBUG)
    customs.says = says
    async with desk(tmp_path, customs) as at:
        posting_id = await _asked(at)
        await at.answer("recipient_document", "give_document", **PAPERS)
        await at.pass_time()
        assert len(customs.got) == 1
        if says:
            assert "is void" in at.problems()["carrier_refused"].text
        reader = at.app.store.reader
        row = rows.recipients.get(reader, posting_id)
        assert row is not None
        assert row.document.identity is not None
        assert not [raw for raw in RAW if raw in f"{row!r} {row.document.identity!r}"]
        shown = msgspec.json.encode(reading.posting_details(at.app, posting_id), enc_hook=for_json).decode()
        assert "45** ****21" in shown
        assert "**********59" in shown
        found = tables_with(reader, RAW)
        assert found.pop("recipients")  # the search finds what is there
        assert found == {}
        assert not [raw for raw in RAW if raw in shown or raw in caplog.text]
        await at.app.store.write(lambda tx: tx.execute("DELETE FROM recipients"))
        with closing(sqlite3.connect(at.app.home / "hub.sqlite")) as base:
            base.execute("VACUUM INTO ?", (str(tmp_path / "erased.sqlite"),))
        erased = (tmp_path / "erased.sqlite").read_bytes()
        assert not [raw for raw in RAW if raw.encode() in erased]


def tables_with(reader: sqlite3.Connection, values: Sequence[str]) -> dict[str, list[str]]:
    """By table, which of the values any of its cells has, also in what is compressed."""
    found: dict[str, list[str]] = {}
    for (table,) in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for record in reader.execute(f'SELECT * FROM "{table}"'):
            for cell in map(_bytes, record):
                if hits := [
                    one for one in values if one.encode() in cell or json.dumps(one)[1:-1].encode() in cell
                ]:
                    found.setdefault(table, []).extend(hits)
    return found


def _bytes(cell: Any) -> bytes:
    if not isinstance(cell, bytes):
        return str(cell).encode()
    try:
        return zlib.decompress(cell)
    except zlib.error:
        return cell


def test_an_answers_body_shows_nothing() -> None:
    body = AnswerBody(answer="give_document", parameters=PAPERS)
    assert not [raw for raw in PAPERS.values() if raw in repr(body)]


# --- what an answer must say --------------------------------------------------------------------------------


def _read(**changes: object) -> IdentityDocument:
    return identity.read(PAPERS | changes, "Анна Петрова", TODAY)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"series": "451"}, "series: 4 digits"),
        ({"series": "", "number": "654321"}, "series: a Russian passport has one"),
        ({"number": "65432"}, "number: a Russian passport has 6 digits"),
        ({"number": "６54321"}, "number: a Russian passport has 6 digits"),
        ({"number": ""}, "number: a Russian passport has 6 digits"),
        ({"issued_by": " "}, "issued_by: who issued"),
        ({"issued_on": "21/03/2015"}, "issued_on: a date like"),
        ({"issued_on": "2015-02-30"}, "issued_on: a date like"),
        ({"issued_on": "2026-11-25"}, "issued_on: not a day of the past"),
        ({"date_of_birth": "1870-01-01"}, "date_of_birth: not a day of the past"),
        ({"date_of_birth": "2001-03-22"}, "issued_on: too early"),
        ({"tax_number": ""}, "tax_number: the person's INN, 12 digits"),
        ({"tax_number": "5001007322"}, "tax_number: the INN of a person has 12 digits"),
        ({"tax_number": "500100732258"}, "tax_number: its check digits do not fit"),
        ({"tax_number": "000000000000"}, "tax_number: its check digits do not fit"),
        ({"passport": "4510 654321"}, "give these fields and no others"),
    ],
)
def test_what_is_wrong_is_told_by_field_and_repeats_no_value(changes: dict[str, object], told: str) -> None:
    with pytest.raises(Rejected, match=told) as caught:
        _read(**changes)
    values = [str(value) for value in (PAPERS | changes).values() if len(str(value).strip()) > 3]
    assert not [value for value in values if value in caught.value.message]


def test_every_wrong_field_is_told_at_once() -> None:
    with pytest.raises(Rejected) as caught:
        identity.read({}, "", TODAY)
    assert caught.value.message.count(";") == 3
    assert caught.value.code == "recipient_document"


def test_a_foreign_passport_has_no_series_and_perhaps_no_tax_number() -> None:
    papers = _read(series="", number="e 1234 5678", tax_number="")
    assert (papers.series, papers.number, papers.tax_number) == ("", "E12345678", "")
    assert identity.masked(papers) == ("*******78", "")


def test_fourteen_on_the_day() -> None:
    assert _read(date_of_birth="2001-03-21").date_of_birth == date(2001, 3, 21)


def _person(ten: str) -> str:
    """Reckoned the long way: each figure times its weight, as the tax service prints the rule."""
    first = sum(w * int(f) for w, f in zip((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), ten, strict=True)) % 11
    eleven = ten + str(first % 10)
    second = sum(w * int(f) for w, f in zip((3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8), eleven, strict=True)) % 11
    return eleven + str(second % 10)


TEN = st.text("0123456789", min_size=10, max_size=10).filter(lambda digits: set(digits) != {"0"})


@given(TEN)
def test_a_tax_number_with_its_check_digits_holds(ten: str) -> None:
    assert identity.tax_number_holds(_person(ten))


@given(TEN, st.integers(10, 11), st.integers(1, 9))
def test_a_mistyped_check_digit_is_found(ten: str, at: int, by: int) -> None:
    right = _person(ten)
    wrong = right[:at] + str((int(right[at]) + by) % 10) + right[at + 1 :]
    assert not identity.tax_number_holds(wrong)


@given(st.sampled_from(identity.FIELDS), st.text())
def test_any_text_is_refused_in_words_or_clean(name: str, text: str) -> None:
    try:
        papers = _read(**{name: text})
    except Rejected:
        return
    assert all(part.isascii() for part in (papers.series, papers.number, papers.tax_number))
