"""Several labels on a sheet of A4: as many as fit, in order, from a free place on, and none on another."""

from __future__ import annotations

from hub import Document, PageRef, Paper
from hub_labels import ParcelLabels
from hub_labels.sheets import PLACES, Cell, laid_out
from hypothesis import given
from hypothesis import strategies as st
from plugins.labels.tests.papers import printed, sizes_mm, vendor_pdf
from plugins.labels.tests.samples import label

RENDERER = ParcelLabels()
PDF = "application/pdf"
_SIZES = {Cell.QUARTER: (105, 148.5), Cell.HALF: (210, 148.5), Cell.WHOLE: (210, 297)}


@given(st.lists(st.sampled_from(Cell)), st.integers(1, PLACES))
def test_every_page_has_a_place_of_its_own(cells: list[Cell], start: int) -> None:
    sheets = list(laid_out(cells, start))
    assert [index for sheet in sheets for index, _ in sheet] == list(range(len(cells)))
    for number, sheet in enumerate(sheets):
        taken: set[tuple[int, int]] = set()
        for index, (x, y) in sheet:
            width, height = _SIZES[cells[index]]
            assert 0 <= x <= 210 - width
            assert 0 <= y <= 297 - height
            # Quarters of the sheet, counted from the top left one.
            mine = {
                (int(x // 105) + right, int((297 - y - height) // 148.5) + down)
                for right in range(int(width // 105))
                for down in range(int(height // 148.5))
            }
            assert not taken & mine
            taken |= mine
        used_before = {(place % 2, place // 2) for place in range(start - 1)} if number == 0 else set()
        assert not taken & used_before


def _four(start: int) -> Document:
    mine = RENDERER.labels(
        [label(f"7123000{n}-0042-1", f"8009254309810{n}") for n in range(4)], Paper.LABEL_100X150
    ).content
    return RENDERER.compose([PageRef(mine, PDF, n) for n in range(4)], Paper.A4, start)


def _tracking(document: Document) -> list[list[str]]:
    return [
        sorted(code for code in page.codes if len(code) == 14 and code.isdigit())
        for page in RENDERER.pages(document)
    ]


def test_four_labels_are_a_sheet_and_one_begins_at_a_free_place() -> None:
    numbers = [f"8009254309810{n}" for n in range(4)]
    whole = _four(1)
    assert sizes_mm(whole.content) == [(210.0, 297.0)]
    assert _tracking(whole) == [numbers]
    later = _four(3)
    assert _tracking(later) == [numbers[:2], numbers[2:]]
    first = printed(later.content, 0, 50)
    assert first.crop((0, 0, first.width, first.height // 2 - 5)).getextrema() == (255, 255)
    # The letters of a hundred labels are in the file once.
    assert len(later.content) < 1.5 * len(whole.content)


def test_a_larger_page_has_half_a_sheet_or_all_of_it() -> None:
    vendor = vendor_pdf(
        [(148, 210, "80092543098107"), (75, 120, "80092543098108")], module_mm=0.4, framed=True
    )
    waybill = vendor_pdf([(200, 280, "80092543098109")], module_mm=0.4, framed=True)
    order = [(vendor, 1), (vendor, 0), (vendor, 1), (waybill, 0)]
    document = RENDERER.compose([PageRef(content, PDF, index) for content, index in order], Paper.A4)
    assert sizes_mm(document.content) == [(210.0, 297.0)] * 3
    assert _tracking(document) == [
        ["80092543098107", "80092543098108"],
        ["80092543098108"],
        ["80092543098109"],
    ]
