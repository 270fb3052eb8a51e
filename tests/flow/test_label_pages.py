"""Whose page is whose: by the codes on it, over all bookings of the hub, whatever the order of pages."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.flow import answering, orders, reading
from hub.flow.documents.dealing import deal
from hub.flow.documents.label_tries import Wanted
from hub.plugin_api.labels import LabelPage
from hub.plugin_api.models import Document, Pending, Ready, Ticket
from hub.store import documents, rows
from hub.words.texts import history_text
from tests.faults.machine_vendors import Labels
from tests.flow.desk import Lookup, desk, posting_of


def page(index: int, *codes: str, look: str = "", blank: bool = False) -> LabelPage:
    return LabelPage(index=index, width_mm=1, height_mm=1, codes=frozenset(codes), look=look, blank=blank)


def wanted(posting_id: str, *codes: str, boxes: int = 1) -> Wanted:
    row = SimpleNamespace(
        id=posting_id, number=f"number-{posting_id}", tracking_number="", document=posting_of("1")
    )
    return Wanted(posting=cast(Any, row), shipment=None, codes=frozenset(codes), subject=None, boxes=boxes)


def dealt(
    pages: list[LabelPage], *ones: Wanted, holders: dict[str, str] | None = None
) -> tuple[dict[str, list[int]], list[int], list[int]]:
    found = {code: frozenset(who.split()) for code, who in (holders or {}).items()}
    result = deal(pages, {one.posting.id: one for one in ones}, found)
    indexes = {posting_id: [one.index for one in mine] for posting_id, mine in result.owned.items()}
    return indexes, [one.index for one in result.nobodys], [one.index for one in result.strange]


def test_a_page_with_another_live_bookings_code_is_nobodys() -> None:
    mine = wanted("a", "TRK1")
    assert dealt([page(0, "TRK1", "TRK2")], mine, holders={"TRK2": "b"}) == ({"a": []}, [], [0])
    assert dealt([page(0, "TRK1"), page(1, "TRK2")], mine, holders={"TRK2": "b"}) == ({"a": [0]}, [], [1])
    # A routing code, or one's own number under which somebody else has a posting too, is no such code.
    assert dealt([page(0, "TRK1", "ROUTE7")], mine, holders={"TRK2": "b"}) == ({"a": [0]}, [], [])
    assert dealt([page(0, "TRK1", "number-a")], mine, holders={"number-a": "a b"}) == ({"a": [0]}, [], [])


def test_all_pages_of_a_file_for_one_posting_are_its_own() -> None:
    mine = wanted("a", "TRK1")
    form = [
        page(0, "TRK1", look="x"),
        page(1, "TRK1", look="y"),
        page(2, look="z"),
        page(3, "CN23", look="w"),
    ]
    assert dealt(form, mine) == ({"a": [0, 1, 2, 3]}, [], [])
    twice = [page(0, "TRK1", look="x"), page(1, "TRK1", look="x"), page(2, blank=True, look="b")]
    assert dealt(twice, mine) == ({"a": [0]}, [], [])
    assert dealt([page(0, "CN23", look="w")], mine) == ({"a": [0]}, [0], [])  # and no page shows its code


def test_of_a_file_for_several_only_what_shows_a_code_is_dealt_out() -> None:
    ones = (wanted("a", "TRK1"), wanted("b", "TRK2"))
    pages = [page(0, "TRK2"), page(1, look="form"), page(2, "TRK1"), page(3, "TRK1", "TRK2")]
    assert dealt(pages, *ones) == ({"a": [2], "b": [0]}, [1], [3])


def test_where_another_parcels_page_is_in_the_file_a_form_is_nobodys() -> None:
    mine = wanted("a", "80092543098107")
    label, form = page(0, "80092543098107", look="x"), page(1, look="form")
    assert dealt([label, form], mine) == ({"a": [0, 1]}, [], [])
    other = page(2, "80092543098114", look="y")
    assert dealt([label, form, other], mine, holders={"80092543098114": "b"}) == ({"a": [0]}, [1], [2])
    # Also where the other parcel is one that this hub does not know: its number is of the same kind.
    assert dealt([label, form, other], mine) == ({"a": [0]}, [1], [2])
    # A form that shows the posting's own number, or a number of another kind, is the label's.
    named = page(2, "80092543098114", "number-a", look="y")
    assert dealt([label, named, page(3, "INV-2026-000017")], mine) == ({"a": [0, 2, 3]}, [], [])


def test_a_form_with_the_postings_number_is_its_own_in_a_file_of_several() -> None:
    ones = (wanted("a", "TRK1"), wanted("b", "TRK2"))
    pages = [page(0, "TRK1"), page(1, "number-a", look="form"), page(2, "TRK2")]
    assert dealt(pages, *ones) == ({"a": [0, 1], "b": [2]}, [], [])
    assert dealt(pages[1:], *ones) == ({"a": [1], "b": [2]}, [1], [])  # without the label it is none


@given(st.permutations(range(6)))
def test_the_order_of_pages_means_nothing(order: list[int]) -> None:
    ones = [wanted(f"p{number}", f"TRK{number}") for number in range(6)]
    owned, nobodys, strange = dealt([page(at, f"TRK{n}") for at, n in enumerate(order)], *ones)
    assert owned == {f"p{n}": [at] for at, n in enumerate(order)}
    assert (nobodys, strange) == ([], [])


class Files(Lookup):
    """Gives for each order the lines that stand in ``files``, a page each."""

    files: dict[str, list[str]] = {}  # noqa: RUF012
    asked: list[str] = []  # noqa: RUF012

    async def fetch_labels(self, ticket: Ticket) -> Pending | Ready:
        self.asked.append(ticket.value)
        lines = [line for number in ticket.value.split(",") for line in self.files.get(number, [number])]
        return Ready(document=Document(content="\n".join(lines).encode(), media_type="text/plain"))


@pytest.fixture(autouse=True)
def nothing_planned() -> None:
    Files.files, Files.asked = {}, []


async def test_a_page_with_two_live_bookings_codes_is_not_printed(tmp_path: Path) -> None:
    # The pages of this renderer are lines: one shows the number of a parcel that was booked before.
    async with desk(tmp_path, Files, extra={"labels": _Words()}) as at:
        first = await at.order("1001-1")
        await at.ship(first)
        await at.pass_time()
        Files.files = {"TRK2": ["TRK2 TRK1"]}
        second = await at.order("1002-1")
        await at.ship(second)
        await at.pass_time()
        problem = at.problems()["label_mismatch"]
        assert problem.posting_id == second
        assert set(problem.data["codes"]) == {"TRK1", "TRK2"}
        assert (await orders.labels(at.app, [first, second], actor="test")).ready == ("1001-1",)
        Files.files = {}
        await at.answer("label_mismatch", "retry")
        await at.pass_time()
        assert at.view(second).stage == "labelled"


async def test_a_parcel_that_has_arrived_lends_its_number_again(tmp_path: Path) -> None:
    async with desk(tmp_path, Files, extra={"labels": _Words()}) as at:
        first = await at.order("1001-1")
        await at.ship(first)
        await at.pass_time()
        await at.app.store.write(
            lambda tx: tx.execute(
                "UPDATE postings SET stage = 'delivered', is_open = 0 WHERE id = ?", (first,)
            )
        )
        Files.files = {"TRK2": ["TRK2 TRK1"]}
        second = await at.order("1002-1")
        await at.ship(second)
        await at.pass_time()
        assert at.view(second).stage == "labelled"


async def test_a_strange_page_beside_the_label_is_told_and_left_out(tmp_path: Path) -> None:
    async with desk(tmp_path, Files, extra={"labels": Labels()}) as at:
        first = await at.order("1001-1")
        await at.ship(first)
        await at.pass_time()
        Files.files = {"TRK2": ["TRK2", "TRK1"]}
        second = await at.order("1002-1")
        await at.ship(second)
        await at.pass_time()
        assert at.view(second).stage == "labelled"
        result = await orders.labels(at.app, [second], actor="test")
        (one,) = result.results
        assert one.state == "ready"
        assert one.reason == ("pages of its file that are not surely this parcel's and are not printed: 1")
        ready = rows.history.all(
            at.app.store.reader, "WHERE posting_id = ? AND kind = 'label.ready'", (second,)
        )
        assert history_text("label.ready", ready[0].data, "en").endswith("not printed: 1")
        told = at.problems()["label_pages_left"]
        assert (told.posting_id, told.data["pages"], told.data["codes"]) == (second, [2], ["TRK1"])
        kept = reading.document(at.app, told.data["document"])
        assert (kept.kind, kept.seller, kept.page) == ("label_file", "shop", 1)
        assert reading.document_content(at.app, kept.id).content == b"TRK2\nTRK1"
        # The carrier is asked once more, and has it right.
        Files.files = {}
        await at.answer("label_pages_left", "retry")
        await at.pass_time()
        assert not at.problems()
        assert (await orders.labels(at.app, [second], actor="test")).results[0].reason == ""


async def test_a_page_of_two_live_bookings_beside_the_label_is_told(tmp_path: Path) -> None:
    Files.files = {"TRK2": ["TRK2", "TRK1 TRK3"]}
    async with desk(tmp_path, Files, extra={"labels": _Words()}) as at:
        postings = [await at.order(f"100{number}-1") for number in (1, 2, 3)]
        for posting in postings:
            await at.ship(posting)
        await at.pass_time()
        assert [at.view(posting).stage for posting in postings] == ["labelled"] * 3
        told = at.problems()["label_pages_left"]
        assert (told.posting_id, told.data["pages"]) == (postings[1], [2])
        assert "TRK1" in told.text
        assert "TRK3" in told.text
        await at.answer("label_pages_left", "dismiss")
        await at.pass_time()
        assert not at.problems()


async def test_another_sellers_parcel_in_a_file_is_told_to_the_operator_alone(tmp_path: Path) -> None:
    async with desk(tmp_path, Files, extra={"labels": _Words()}) as at:
        first = await at.order("1001-1")
        await at.ship(first)
        await at.pass_time()
        await at.app.store.write(
            lambda tx: tx.execute("UPDATE postings SET seller = 'other' WHERE id = ?", (first,))
        )
        for number, lines in (("2", ["TRK2 TRK1"]), ("3", ["TRK3", "TRK1"])):
            Files.files = {f"TRK{number}": lines}
            posting = await at.order(f"100{number}-1")
            await at.ship(posting)
            await at.pass_time()
            code = "label_mismatch" if number == "2" else "label_pages_left"
            (own,) = (one for one in reading.problems(at.app, seller="shop").items if one.kind == code)
            assert "TRK1" not in own.text + str(own.data)
            assert "1001-1" not in own.text + str(own.data)
            assert reading.document(at.app, own.data["document"]).seller == ""  # as nobody's: the operator's
            everything = reading.problems(at.app, seller=None).items
            told = next(one for one in everything if one.kind == "label_of_two_sellers")
            assert told.seller == ""
            assert f"shop 100{number}-1" in told.text
            assert "other 1001-1" in told.text
            await answering.answer(at.app, told.id, "dismiss", {}, "test")
        # Nor does the label that is printed give the other's page away.
        label = documents.ready_labels(at.app.store.reader, posting)[0]
        assert reading.document(at.app, label.id).seller == ""
        assert (await orders.labels(at.app, [posting], actor="test")).ready == ("1003-1",)


async def test_a_form_in_a_file_of_several_is_had_by_asking_alone(tmp_path: Path) -> None:
    Files.files = {"TRK2": ["TRK2", "CUSTOMS"]}
    async with desk(tmp_path, Files, extra={"labels": Labels()}) as at:
        postings = [await at.order(f"100{number}-1") for number in (1, 2, 3)]
        for posting in postings:
            await at.ship(posting)
        await at.pass_time()
        assert [at.view(posting).stage for posting in postings] == ["labelled"] * 3
        assert len(Files.asked[0].split(",")) == 3
        assert sorted(Files.asked[1:]) == ["TRK1", "TRK2", "TRK3"]
        pages = at.app.store.reader.execute(
            "SELECT codes FROM documents WHERE posting_id = (SELECT posting_id FROM shipments WHERE "
            "tracking_number = 'TRK2') AND state = 'ready' ORDER BY page"
        ).fetchall()
        assert [row["codes"] for row in pages] == ['["TRK2"]', '["CUSTOMS"]']
        assert not at.problems()


class _Words:
    """As `Labels`, but a page shows every word of its line."""

    from hub import hookimpl

    @hookimpl
    def label_renderers(self) -> list[type]:
        from tests.faults.machine_vendors import _Codes

        class Words(_Codes):
            def pages(self, document: Document) -> list[LabelPage]:
                lines = document.content.decode().splitlines()
                return [page(index, *line.split()) for index, line in enumerate(lines)]

        return [Words]
