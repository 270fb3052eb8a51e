"""Pages are told apart by what they show; files that are no labels are refused in words."""

from __future__ import annotations

import base64
import io
import random
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest
import zxingcpp
from hub import BadReply, Document, LabelPage, PageRef, Paper
from hub_labels import ParcelLabels
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from plugins.labels.tests.papers import bomb, printed, raw_pdf, vendor_pdf
from plugins.labels.tests.samples import label

RENDERER = ParcelLabels()
_PNG = b"\x89PNG\r\n\x1a\n"


def pages_of(document: Document) -> list[LabelPage]:
    return list(RENDERER.pages(document))


def pdf(content: bytes) -> Document:
    return Document(content=content, media_type="application/pdf")


def test_shuffled_pages_of_mixed_sizes_are_read_by_what_they_show() -> None:
    sizes = [(75.0, 120.0), (58.0, 40.0), (100.0, 150.0), (105.0, 148.0)]
    pages = [(*sizes[n % 4], f"ii{n}1234567{n:02d}") for n in range(12)]
    random.Random(7).shuffle(pages)

    read = pages_of(pdf(vendor_pdf(pages)))

    assert [(page.index, page.width_mm, page.height_mm) for page in read] == [
        (index, width, height) for index, (width, height, _) in enumerate(pages)
    ]
    assert [page.codes for page in read] == [frozenset({code}) for _, _, code in pages]


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_turned_pages_are_read_and_measured_as_they_are_seen(rotation: int) -> None:
    (page,) = pages_of(pdf(vendor_pdf([(75, 120, "RB123456785CN")], rotation=rotation)))

    assert page.codes == {"RB123456785CN"}
    assert (page.width_mm, page.height_mm) == ((75, 120) if rotation == 180 else (120, 75))


@pytest.mark.parametrize("module_mm", [0.125, 0.17, 0.2, 0.26, 0.33, 0.5])
def test_fine_and_coarse_symbols_are_read(module_mm: float) -> None:
    pages = [(75.0, 120.0, "1234567890"), (58.0, 40.0, "1234567891"), (105.0, 148.0, "1234567892")]

    read = pages_of(pdf(vendor_pdf(pages, module_mm=module_mm)))

    assert [page.codes for page in read] == [{code} for _, _, code in pages]


def test_the_hubs_own_qr_code_gives_both_numbers() -> None:
    (page,) = pages_of(RENDERER.labels([label("71234567-0042-1", "трек")], Paper.LABEL_100X150))

    assert page.codes >= {"71234567-0042-1", "трек"}


@pytest.mark.parametrize("kind", [zxingcpp.DataMatrix, zxingcpp.ITF, zxingcpp.PDF417, zxingcpp.Aztec])
def test_other_symbologies_are_read(kind: zxingcpp.BarcodeFormat) -> None:
    image = zxingcpp.create_barcode("12345678901234", kind).to_image(scale=4)
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")

    (page,) = pages_of(Document(content=out.getvalue(), media_type="image/png"))

    assert page.codes == {"12345678901234"}


def test_a_png_is_one_page_in_millimetres() -> None:
    dots = printed(RENDERER.labels([label(tracking="RB123456785CN")], Paper.LABEL_75X120).content)
    out = io.BytesIO()
    dots.save(out, "PNG")

    (page,) = pages_of(Document(content=out.getvalue(), media_type="application/octet-stream"))

    assert (round(page.width_mm), round(page.height_mm)) == (75, 120)
    assert "RB123456785CN" in page.codes


def test_a_page_without_codes_has_none() -> None:
    empty = raw_pdf(zlib.compress(b"0 0 m"))

    assert [page.codes for page in pages_of(pdf(empty))] == [frozenset()]


def test_the_emulated_marketplaces_labels_are_read() -> None:
    documents = pytest.importorskip("vendor_emulators.documents")
    page = documents.LabelPage
    content = documents.label_pdf(
        [
            page(75, 120, [documents.Mark("ii7123456701"), documents.Mark("%101%7123456701")], ["x"]),
            page(58, 40, [documents.Mark("ii7123456702")], ["y"]),
        ]
    )

    assert [read.codes for read in pages_of(pdf(content))] == [
        {"ii7123456701", "%101%7123456701"},
        {"ii7123456702"},
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b'{"code": 9, "message": "not ready"}', "neither a PDF nor a PNG"),
        (b"%PDF-1.4\n", "broken"),
        (b"%PDF-1.4\nhello %%EOF", "broken"),
        (_PNG, "broken"),
        (_PNG + b"\x00" * 40, "broken"),
        (_PNG + b"\x00\x00\x00\rIHDR\x00\x10\x00\x00\x00\x10\x00\x00\x08\x02", "larger than any"),
        (b"%PDF-" + b"x" * (64 * 2**20), "the limit is"),
    ],
    ids=["empty", "json", "head", "no objects", "png head", "png zeros", "png sides", "bytes"],
)  # fmt: skip
def test_what_is_no_label_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(BadReply, match=words):
        pages_of(pdf(content))


@pytest.mark.parametrize(
    "packed",
    [
        lambda: raw_pdf(bomb(80)),
        lambda: raw_pdf(base64.a85encode(bomb(80)) + b"~>", filters=b"/ASCII85Decode/FlateDecode"),
        lambda: raw_pdf(bomb(80), filters=b"/Fl#61teDecode"),
        lambda: raw_pdf(zlib.compress(bomb(300)), filters=b"/FlateDecode/FlateDecode"),
        lambda: raw_pdf(b"x", extra=b"/Subtype/Image/Width 40000/Height 40000/BitsPerComponent 1"),
        lambda: raw_pdf(b"\x80" * 2**21, filters=b"/LZWDecode"),
    ],
    ids=["deflate", "base 85", "disguised", "twice", "picture", "lzw"],
)
def test_files_that_unpack_to_gigabytes_are_refused_before_they_do(packed: Callable[[], bytes]) -> None:
    content = packed()
    assert len(content) < 3_000_000

    with pytest.raises(BadReply, match=r"unpacks to more|larger than any label"):
        pages_of(pdf(content))


def test_a_file_of_too_many_pages_is_refused() -> None:
    content = vendor_pdf([(58, 40, "1")]).replace(b"/Count 1", b"/Count 9")
    kids = b" ".join([b"3 0 R"] * 2_001)
    body = raw_pdf(zlib.compress(b"0 0 m"))
    body = body.replace(b"/Count 1/Kids[3 0 R]", b"/Count 2001/Kids[" + kids + b"]")

    assert len(content) < len(body)
    with pytest.raises(BadReply, match="pages, the limit is 2000"):
        pages_of(pdf(body))


def test_a_protected_file_is_named_as_such() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption  # type: ignore[import-untyped]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", strength=128))
    canvas.drawString(10, 10, "x")
    canvas.save()

    with pytest.raises(BadReply, match="protected with a password"):
        pages_of(pdf(out.getvalue()))


@given(cut=st.floats(0, 1), noise=st.binary(max_size=40), place=st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_damaged_files_are_read_or_refused(cut: float, noise: bytes, place: float) -> None:
    whole = _WHOLE[: int(len(_WHOLE) * cut)] if cut < 0.9 else _WHOLE
    at = int(len(whole) * place)
    content = whole[:at] + noise + whole[at + len(noise) :]

    for reader in (
        lambda: pages_of(pdf(content)),
        lambda: RENDERER.picture(PageRef(content, "application/pdf")),
        lambda: RENDERER.compose([PageRef(content, "application/pdf")], Paper.LABEL_58X40),
    ):
        with suppress(BadReply):
            reader()


_WHOLE = vendor_pdf([(75, 120, "1234567890"), (58, 40, "1234567891")])


def test_errors_say_nothing_of_what_the_file_holds() -> None:
    secret = b"Ivanova Maria +79123456789"

    with pytest.raises(BadReply) as caught:
        pages_of(pdf(b"%PDF-1.4 " + secret))

    assert "Ivanova" not in repr(caught.value)
    assert caught.value.__cause__ is None
