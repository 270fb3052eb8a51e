"""Pages of any files on one paper: whole, in order, at most in full size, still readable."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from hub import BadReply, Document, PageRef, Paper
from hub_labels import ParcelLabels
from PIL import Image
from plugins.labels.tests.papers import codes_in, printed, sizes_mm, text_of, vendor_pdf
from plugins.labels.tests.samples import TRACKING, label
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

RENDERER = ParcelLabels()
PDF = "application/pdf"


def own(tracking: str, paper: Paper) -> bytes:
    return RENDERER.labels([label(tracking=tracking)], paper).content


def codes(document: Document) -> list[frozenset[str]]:
    return [page.codes for page in RENDERER.pages(document)]


@pytest.mark.parametrize("paper", list(Paper))
def test_pages_of_different_files_and_sizes_come_onto_one_paper_in_order(paper: Paper) -> None:
    vendor = vendor_pdf([(75, 120, "V0"), (58, 40, "V1"), (105, 148, "V2")], module_mm=0.4)
    mine = own("MINE", Paper.LABEL_100X150)
    picture = RENDERER.picture(PageRef(own("PICTURE", Paper.LABEL_75X120), PDF), 203)
    pages = [
        PageRef(vendor, PDF, 2),
        PageRef(mine, PDF),
        PageRef(vendor, PDF, 0),
        PageRef(picture, "image/png"),
        PageRef(vendor, PDF, 1),
        PageRef(mine, PDF),
    ]

    document = RENDERER.compose(pages, paper)

    if paper is Paper.A4:  # four on a sheet
        assert sizes_mm(document.content) == [paper.size_mm] * 2
        first, second = codes(document)
        assert {"V2", "MINE", "V0", "PICTURE"} <= first
        assert {"V1", "MINE"} <= second
        return
    assert sizes_mm(document.content) == [paper.size_mm] * 6
    for shown, expected in zip(codes(document), ["V2", "MINE", "V0", "PICTURE", "V1", "MINE"], strict=True):
        assert expected in shown


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turned_pages_stand_as_they_are_seen(rotation: int) -> None:
    vendor = vendor_pdf([(75, 90, "TURNED")], rotation=rotation)

    composed = RENDERER.compose([PageRef(vendor, PDF)], Paper.A4).content

    seen = printed(vendor).convert("L")
    placed = printed(composed)
    left, top, right, bottom = _ink(placed)
    own_left, own_top, own_right, own_bottom = _ink(seen)
    assert abs((right - left) - (own_right - own_left)) <= 2
    assert abs((bottom - top) - (own_bottom - own_top)) <= 2
    assert codes_in(placed, zxingcpp.Code128) == {"TURNED"}


def _ink(picture: Image.Image) -> tuple[int, int, int, int]:
    box = picture.point(lambda level: 255 - level).getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize("paper", [Paper.A4, Paper.LABEL_100X150, Paper.LABEL_75X120])
def test_a_smaller_page_keeps_its_size_and_its_printer_dots(paper: Paper) -> None:
    small = own(TRACKING, Paper.LABEL_58X40)

    composed = printed(RENDERER.compose([PageRef(small, PDF)], paper).content)

    original = printed(small)
    assert composed.crop(_ink(composed)).size == original.crop(_ink(original)).size
    assert composed.crop(_ink(composed)).tobytes() == original.crop(_ink(original)).tobytes()


def test_a_wide_page_is_turned_rather_than_shrunk() -> None:
    wide = vendor_pdf([(150, 100, "WIDE-PAGE")], module_mm=0.5)

    composed = printed(RENDERER.compose([PageRef(wide, PDF)], Paper.LABEL_100X150).content)

    left, top, right, bottom = _ink(composed)
    own_left, own_top, own_right, own_bottom = _ink(printed(wide))
    assert abs((bottom - top) - (own_right - own_left)) <= 2
    assert abs((right - left) - (own_bottom - own_top)) <= 2


def test_white_margins_are_given_up_before_the_label_is_made_smaller() -> None:
    sheet = own(TRACKING, Paper.A4)  # the label of 100 x 150 mm in the corner of the sheet

    composed = printed(RENDERER.compose([PageRef(sheet, PDF)], Paper.LABEL_100X150).content)

    left, _, right, _ = _ink(composed)
    assert right - left > 0.94 * 799
    assert codes_in(composed, zxingcpp.Code128) == {TRACKING}


def test_nothing_outside_of_the_pages_crop_box_appears() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(400, 400))
    canvas.setCropBox((100, 100, 300, 300))
    canvas.drawString(120, 200, "INSIDE")
    canvas.rect(310, 310, 60, 60, 0, 1)
    canvas.save()

    composed = printed(RENDERER.compose([PageRef(out.getvalue(), PDF)], Paper.A4).content)

    left, top, right, bottom = _ink(composed)
    assert right - left < 200
    assert bottom - top < 60


def test_text_stays_text_and_shared_fonts_are_copied_once() -> None:
    many = RENDERER.labels([label(tracking=f"T{n}") for n in range(40)], Paper.LABEL_100X150).content

    composed = RENDERER.compose([PageRef(many, PDF, n) for n in reversed(range(40))], Paper.LABEL_75X120)

    assert "Константинопольская" in text_of(composed.content)
    assert "T39" in text_of(composed.content)
    assert len(composed.content) < 2 * len(many)


def test_form_fields_of_a_page_come_with_it() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(200, 100))
    canvas.drawString(20, 80, "page")
    canvas.acroForm.textfield(value="FIELD", x=20, y=30, width=120, height=30, borderWidth=2)
    canvas.save()

    composed = RENDERER.compose([PageRef(out.getvalue(), PDF)], Paper.A4).content

    assert "FIELD" in text_of(composed)
    left, _, right, _ = _ink(printed(composed))
    assert 110 < (right - left) * 72 / 203 < 130


def test_a_page_that_the_file_does_not_have_is_refused() -> None:
    content = own(TRACKING, Paper.LABEL_58X40)
    picture = RENDERER.picture(PageRef(content, PDF))

    for reference in (PageRef(content, PDF, 1), PageRef(content, PDF, -1), PageRef(picture, "image/png", 1)):
        with pytest.raises(BadReply, match="has no page"):
            RENDERER.compose([reference], Paper.A4)
        with pytest.raises(BadReply, match="has no page"):
            RENDERER.picture(reference)


def test_a_picture_is_a_png_of_the_asked_pitch() -> None:
    content = own(TRACKING, Paper.LABEL_100X150)

    with Image.open(io.BytesIO(RENDERER.picture(PageRef(content, PDF), 203))) as picture:
        assert picture.format == "PNG"
        assert picture.size == (800, 1199)
        assert codes_in(picture, zxingcpp.Code128) == {TRACKING}


def test_a_picture_is_never_larger_than_it_may_be() -> None:
    content = own(TRACKING, Paper.A4)

    with Image.open(io.BytesIO(RENDERER.picture(PageRef(content, PDF), 100_000))) as picture:
        assert picture.width * picture.height <= 16_100_000


def test_no_pages_make_no_document() -> None:
    with pytest.raises(ValueError, match="at least one page"):
        RENDERER.compose([], Paper.A4)
