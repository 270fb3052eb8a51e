"""What a paper does to a page's barcodes is measured before anything is printed."""

from __future__ import annotations

import io

import pytest
from hub import BadReply, PageRef, Paper
from hub_labels import ParcelLabels
from plugins.labels.tests.papers import vendor_pdf
from plugins.labels.tests.samples import label
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

RENDERER = ParcelLabels()
PDF = "application/pdf"


def dots(content: bytes, paper: Paper, dots_per_inch: int = 203) -> float | None:
    (found,) = RENDERER.module_dots([PageRef(content, PDF)], paper, dots_per_inch)
    return found


@pytest.mark.parametrize("rotation", [0, 90])
@pytest.mark.parametrize("module_mm", [0.33, 0.375, 0.5])
def test_the_narrowest_bar_is_measured_as_it_will_be_printed(module_mm: float, rotation: int) -> None:
    vendor = vendor_pdf([(105, 148, "80092543098107")], module_mm=module_mm, rotation=rotation, framed=True)
    for paper, dpi, scale in (
        (Paper.LABEL_75X120, 203, 75 / 105),
        (Paper.LABEL_75X120, 300, 75 / 105),
        (Paper.LABEL_58X40, 600, 40 / 105),  # turned
    ):
        expected = module_mm * scale * dpi / 25.4
        found = dots(vendor, paper, dpi)
        assert found == pytest.approx(expected, rel=0.05) or (expected < 2 and found == 0)  # unreadable


def test_what_keeps_its_size_loses_nothing() -> None:
    vendor = vendor_pdf([(75, 120, "80092543098107")], module_mm=0.25)
    assert dots(vendor, Paper.LABEL_75X120) is None
    assert dots(vendor, Paper.LABEL_100X150) is None
    assert dots(vendor, Paper.A4) is None
    small = RENDERER.labels([label()], Paper.LABEL_58X40).content
    assert dots(small, Paper.LABEL_58X40) is None


def test_a_large_label_on_the_smallest_paper_does_not_read() -> None:
    for module_mm in (0.25, 0.33):
        found = dots(vendor_pdf([(75, 120, "80092543098107")], module_mm=module_mm), Paper.LABEL_58X40)
        assert found is not None
        assert found < 2.5


def test_a_page_without_codes_has_none_to_lose() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(283, 425))
    canvas.rect(20, 20, 240, 380)
    canvas.save()
    assert dots(out.getvalue(), Paper.LABEL_58X40) is None


def test_a_file_that_cannot_be_opened_is_refused() -> None:
    with pytest.raises(BadReply):
        dots(b"%PDF-1.7 nothing", Paper.LABEL_58X40)
