"""A file of labels as a packer holds it: on a paper that its barcodes survive, with slips in turn, four on a
sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest

from hub.flow import orders, reading
from hub.flow.documents.slips import slip_of
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Item
from hub.store import documents, rows

from .desk import Desk, Lookup, desk


async def labelled(at: Desk, *numbers: str, **changes: Any) -> list[str]:
    ids = [await at.order(number, **changes) for number in numbers]
    for one in ids:
        await at.ship(one)
    await at.pass_time(3600)
    return ids


def texts(at: Desk, document_id: str | None) -> list[str]:
    """The text of each page of a file."""
    assert document_id is not None
    document = pdfium.PdfDocument(reading.document_content(at.app, document_id).content)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def printed(at: Desk, posting: str) -> int:
    return sum(page.printed for page in documents.ready_labels(at.app.store.reader, posting))


async def test_a_barcode_that_the_paper_makes_unreadable_is_refused_before_it_is_printed(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, Lookup) as at:
        ids = await labelled(at, "1001-1", "1002-1")
        small = await orders.labels(at.app, ids, paper="58x40", actor="test")
        assert (small.document_id, small.ready) == (None, ())
        assert [(one.state, one.code) for one in small.results] == [("refused", "paper_too_small")] * 2
        for one in small.results:
            assert "58x40 at 203 dpi" in one.reason
            assert "100x150, 75x120, a4" in one.reason
        assert [printed(at, one) for one in ids] == [0, 0]
        assert not at.problems()  # it is an answer: nothing has to be decided
        # A printer of finer dots draws them whole; and on each of the papers that were named it reads.
        assert (await orders.labels(at.app, ids, paper="58x40", dpi=600, actor="test")).ready
        for paper in ("100x150", "75x120", "a4"):
            assert len((await orders.labels(at.app, ids, paper=paper, actor="test")).ready) == 2
        assert [printed(at, one) for one in ids] == [4, 4]
        fine = await orders.labels(at.app, ids, paper="58x40", dpi=280, actor="test")
        assert [one.reason for one in fine.results] == [
            "its barcode gets fine on paper 58x40: scan one before you print all"
        ] * 2


async def test_label_and_slip_in_turn_and_four_on_a_sheet(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        first, second, third = await labelled(at, "1001-1", "1002-1", "1003-1")
        numbers = [at.view(one).tracking_number for one in (first, second, third)]
        result = await orders.labels(at.app, [third, first, second], slips=True, actor="test")
        pages = texts(at, result.document_id)
        assert len(pages) == 6
        for at_page, number in enumerate(("1001-1", "1002-1", "1003-1")):
            label, slip = pages[2 * at_page : 2 * at_page + 2]
            assert numbers[at_page] in label.replace(" ", "")
            assert "Packing slip" in slip
            assert number in slip
            # What a packer compares: the number, the carrier's title, the service.
            assert numbers[at_page] in slip.replace(" ", "")
            assert "Courier" in slip
            assert "Standard" in slip
        kinds = [one.kind for one in rows.history.all(at.app.store.reader, "WHERE posting_id = ?", (first,))]
        assert kinds.count("label.printed") == kinds.count("slip.printed") == 1
        sheets = texts(
            at, (await orders.labels(at.app, [first, second, third], paper="a4", actor="test")).document_id
        )
        assert len(sheets) == 1
        later = await orders.labels(
            at.app, [first, second, third], paper="a4", start=3, slips=True, actor="test"
        )
        assert len(texts(at, later.document_id)) == 2


async def test_what_no_printer_has_is_refused(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        ids = await labelled(at, "1001-1")
        for wrong, code in (
            ({"paper": "30x20"}, "paper"),
            ({"dpi": 72}, "dpi"),
            ({"paper": "a4", "start": 5}, "start"),
            ({"start": 2}, "start"),
        ):
            with pytest.raises(Rejected) as refused:
                await orders.labels(at.app, ids, **wrong, actor="test")  # type: ignore[arg-type]
            assert refused.value.code == code
        assert printed(at, ids[0]) == 0


async def test_a_slip_before_the_booking_says_what_is_known(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order("1001-1")
        row = rows.postings.get(at.app.store.reader, posting)
        assert row is not None
        slip = slip_of(at.app, row)
        assert (slip.tracking_number, slip.service) == ("", "")
        assert slip.items
        assert all(isinstance(item, Item) for item in slip.items)
