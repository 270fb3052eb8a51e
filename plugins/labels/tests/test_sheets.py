"""Packing slips and hand-over sheets."""

from __future__ import annotations

import msgspec
import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest
import zxingcpp
from hub import Item, Paper, last_digits
from hub_labels import ParcelLabels
from hypothesis import given, settings
from hypothesis import strategies as st
from plugins.labels.tests.papers import codes_in, printed, sizes_mm, text_of
from plugins.labels.tests.samples import POSTING, TRACKING, label, sheet, slip

RENDERER = ParcelLabels()


@pytest.mark.parametrize("paper", list(Paper))
def test_a_slip_shows_its_posting_and_items_in_three_languages(paper: Paper) -> None:
    document = RENDERER.packing_slips([slip()], paper)
    pages = len(document.covers)
    text = " ".join(" ".join(text_of(document.content, n) for n in range(pages)).split())

    assert sizes_mm(document.content) == [paper.size_mm] * pages
    for words in (POSTING, "1 ×", "12 ×", "Набор кружек", "马克杯套装", "Electric kettle 1.7 l",
                  "A-03-2", "4601234567893", "CUP-6", "易碎", "Положите открытку"):  # fmt: skip
        assert words in text
    for page in range(pages):
        assert POSTING in codes_in(printed(document.content, page), zxingcpp.QRCode)


@pytest.mark.parametrize(
    ("language", "there", "not_there"),
    [
        (
            "en",
            ("Packing slip", "Ship by", "fragile", "Pieces in all: 13", "Thank you"),
            ("装箱单", "易碎", "共计"),
        ),
        ("zh", ("装箱单", "截止", "易碎", "共计: 13", "感谢"), ("Packing slip", "fragile")),
        ("ru", ("Упаковочный лист",), ("装箱单", "Packing slip", "·")),
        ("", ("装箱单",), ("Packing slip",)),
    ],
)
def test_a_slip_is_in_russian_and_the_sellers_language(
    language: str, there: tuple[str, ...], not_there: tuple[str, ...]
) -> None:
    made = msgspec.structs.replace(slip(note=""), language=language)
    text = " ".join(text_of(RENDERER.packing_slips([made], Paper.LABEL_100X150).content).split())
    for words in (*there, "Отгрузить до", "хрупкое", "Всего штук", "Спасибо за покупку!"):
        assert words in text
    for words in not_there:
        assert words not in text
    small = text_of(RENDERER.packing_slips([made], Paper.LABEL_58X40).content)
    assert there[0] in small


def test_the_deadline_is_in_the_sellers_time_zone() -> None:
    for zone, shown in (
        ("Asia/Shanghai", "24.11.2026 23:00 UTC+8"),
        ("Asia/Kolkata", "24.11.2026 20:30 UTC+5:30"),
        ("America/New_York", "24.11.2026 10:00 UTC-5"),
        ("No/Such_Zone", "24.11.2026 15:00 UTC"),
    ):
        text = text_of(RENDERER.packing_slips([slip(time_zone=zone)], Paper.A4).content)
        assert shown in text


@pytest.mark.parametrize("paper", list(Paper))
def test_many_items_take_more_pages_and_none_is_lost(paper: Paper) -> None:
    items = tuple(
        Item(sku=str(n), offer_id=f"OFFER-{n:03d}", name=f"Товар {n}", name_zh="商品", quantity=n + 1)
        for n in range(60)
    )

    document = RENDERER.packing_slips([slip(items=items), slip("LAST-1")], paper)

    text = " ".join(text_of(document.content, n) for n in range(len(document.covers)))
    assert [n for n in range(60) if f"OFFER-{n:03d}" not in text] == []
    assert document.covers[0] == POSTING
    assert document.covers[-1] == "LAST-1"
    assert len(sizes_mm(document.content)) == len(document.covers) > 2
    assert f"1/{document.covers.count(POSTING)}" in text


def test_an_items_barcode_can_be_scanned_from_a_large_slip() -> None:
    dots = printed(RENDERER.packing_slips([slip()], Paper.A4).content)

    assert codes_in(dots, zxingcpp.Code128) == {"4601234567893", "2000000000015", TRACKING}


_LONG = "Посылка онлайн с объявленной ценностью и обязательным платежом, до отделения, ускоренно"


@pytest.mark.parametrize("paper", list(Paper))
def test_slip_and_label_share_what_a_packer_compares(paper: Paper) -> None:
    papers = (
        RENDERER.packing_slips([slip(tracking="80092543098107", service=_LONG)], paper),
        RENDERER.labels([label(tracking="80092543098107", service=_LONG[:50])], paper),
    )
    for document, service in zip(papers, (_LONG, _LONG[:50]), strict=True):
        text = " ".join(text_of(document.content).split())
        assert "СДЭК" in text
        assert " ".join(text.split()).replace(" ", "").find(service.replace(" ", "")) >= 0  # whole
        # The last digits stand apart, larger than every other letter of the number.
        assert _largest(document.content, "8107") >= 1.4 * _largest(document.content, "8009254309")
    if paper is not Paper.LABEL_58X40:
        assert "80092543098107" in codes_in(printed(papers[0].content), zxingcpp.Code128)


def _largest(content: bytes, text: str) -> float:
    """The height of this text's letters on the first page, in points."""
    document = pdfium.PdfDocument(content)
    try:
        page = document[0].get_textpage()
        searched = page.search(text)
        heights = []
        while (found := searched.get_next()) is not None:
            _, bottom, _, top = page.get_charbox(found[0])
            heights.append(top - bottom)
        return max(heights)
    finally:
        document.close()


def test_without_a_number_of_its_own_the_posting_is_compared() -> None:
    document = RENDERER.packing_slips([slip(tracking="")], Paper.LABEL_100X150)
    tail = last_digits(POSTING)
    assert _largest(document.content, tail) >= 1.4 * _largest(document.content, POSTING[: -len(tail)])


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("80092543098107", "8107"),
        ("RB123456785RU", "6785"),
        ("46462446-9894-1", "894-1"),
        ("12", "12"),
        ("ABC", ""),
        ("", ""),
    ],
)
def test_last_digits_are_what_people_compare(number: str, digits: str) -> None:
    assert last_digits(number) == digits


def test_a_slip_without_items_is_still_a_page() -> None:
    assert len(RENDERER.packing_slips([slip(items=())], Paper.LABEL_58X40).covers) == 1


@given(
    text=st.text(max_size=300),
    quantity=st.integers(0, 10**9),
    count=st.integers(0, 12),
    paper=st.sampled_from(list(Paper)),
)
@settings(max_examples=40, deadline=None)
def test_any_text_makes_a_slip_within_its_margins(text: str, quantity: int, count: int, paper: Paper) -> None:
    item = Item(
        sku=text, offer_id=text, name=text, name_zh=text, name_en=text[::-1], quantity=quantity,
        barcodes=(text,), place=text, fragile=True,
    )  # fmt: skip

    document = RENDERER.packing_slips([slip(items=(item,) * count, note=text)], paper)

    assert sizes_mm(document.content) == [paper.size_mm] * len(document.covers)
    for page in range(len(document.covers)):
        dots = printed(document.content, page)
        for edge in ((0, 0, 8, dots.height), (dots.width - 8, 0, dots.width, dots.height),
                     (0, dots.height - 8, dots.width, dots.height)):  # fmt: skip
            assert dots.crop(edge).getextrema() == (255, 255)


@pytest.mark.parametrize("count", [0, 1, 24, 29, 30, 31, 35, 200])
def test_a_handover_lists_every_posting_and_ends_with_signatures(count: int) -> None:
    document = RENDERER.handover([sheet(count)])
    pages = len(sizes_mm(document.content))
    texts = [text_of(document.content, n) for n in range(pages)]
    text = " ".join(" ".join(texts).split())

    assert sizes_mm(document.content) == [(210.0, 297.0)] * pages
    assert document.covers == tuple(f"7{n:07d}-0001-1" for n in range(count))
    assert [n for n in range(count) if f"7{n:07d}-0001-1" not in text or f"10{n:08d}" not in text] == []
    assert f"Всего отправлений · 货件共计: {count}; Мест · 箱数: {2 * count}" in text
    assert [("Принял" in page) for page in texts] == [False] * (pages - 1) + [True]
    assert f"{pages} / {pages}" in texts[-1]
    if count:
        assert "-0001-1" in texts[-1]
    if count > 1:
        assert "без веса · 未称重: 1" in text


def test_a_handovers_code_can_be_scanned_and_its_time_is_local() -> None:
    content = RENDERER.handover([sheet(3, code="CARR-12345678"), sheet(1)]).content

    assert codes_in(printed(content), zxingcpp.Code128) == {"CARR-12345678"}
    assert "24.11.2026 12:00 UTC+3" in text_of(content)
    assert "深圳市星河贸易有限公司" in text_of(content)


@pytest.mark.parametrize(
    ("language", "there", "not_there"),
    [
        ("en", ("Hand-over sheet", "Sender", "0.500 kg"), "交接单"),
        ("zh", ("交接单", "发货方", "0.500 kg"), "Sender"),
        ("ru", ("Акт приёма-передачи", "0,500 кг"), "·"),
    ],
)
def test_a_handover_is_in_russian_and_the_sellers_language(
    language: str, there: tuple[str, ...], not_there: str
) -> None:
    made = msgspec.structs.replace(sheet(2), language=language, number="hnd_01", note="Not announced yet")
    text = text_of(RENDERER.handover([made]).content)
    for word in ("Перевозчик", "hnd_01", "Not announced yet", *there):
        assert word in text
    assert not_there not in text


def test_a_long_note_and_a_code_leave_room_for_the_lines() -> None:
    note = "НЕ ЗАЯВЛЕНО 尚未申报 " * 40
    made = msgspec.structs.replace(sheet(60, code="CARR-1"), number="hnd_01", note=note, language="en")
    content = RENDERER.handover([made]).content
    pages = len(sizes_mm(content))
    text = " ".join(text_of(content, n) for n in range(pages))
    assert all(f"7{n:07d}-0001-1" in text for n in range(60))
    assert codes_in(printed(content), zxingcpp.Code128) == {"CARR-1"}
