"""The hub's own labels: what scanners read, what people read, and what happens with too much of it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import zxingcpp
from hub import Address, LabelContent, Paper, Recipient, Sender
from hub_labels import ParcelLabels
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plugins.labels.tests.papers import codes_in, operators, printed, sizes_mm, text_of
from plugins.labels.tests.samples import ITEMS, POSTING, SENDER, TRACKING, label

RENDERER = ParcelLabels()
ALL_PAPERS = list(Paper)


@pytest.mark.parametrize("paper", ALL_PAPERS)
@pytest.mark.parametrize("tracking", [TRACKING, "RB123456785CN", "71234567-0042-1"])
def test_both_codes_are_read_from_printed_dots(paper: Paper, tracking: str) -> None:
    dots = printed(RENDERER.labels([label(tracking=tracking)], paper).content)

    assert codes_in(dots, zxingcpp.Code128) == {tracking}
    assert codes_in(dots, zxingcpp.QRCode) == {f"{tracking} {POSTING}"}


@pytest.mark.parametrize("paper", [Paper.LABEL_100X150, Paper.LABEL_75X120, Paper.LABEL_58X40])
def test_bars_are_whole_printer_dots_wide(paper: Paper) -> None:
    dots = printed(RENDERER.labels([label()], paper).content)
    row = dots.crop((0, 40, dots.width, 41)) if paper is Paper.LABEL_58X40 else None
    if row is None:
        y = round(dots.height * 0.18)
        row = dots.crop((0, y, dots.width, y + 1))
    runs = _runs(row.tobytes())[1:-1]
    module = min(runs)

    assert module >= 2
    assert [run for run in runs if run % module] == []
    assert sum(runs) == 90 * module  # start, five pairs, check, stop: ISO/IEC 15417


def _runs(row: bytes) -> list[int]:
    runs, last = [0], row[0]
    for pixel in row:
        if pixel != last:
            runs.append(0)
            last = pixel
        runs[-1] += 1
    return runs


@pytest.mark.parametrize("paper", ALL_PAPERS)
def test_pages_have_the_papers_size_and_the_labels_order(paper: Paper) -> None:
    document = RENDERER.labels([label(f"P-{n}", f"T{n}") for n in range(3)], paper)

    assert sizes_mm(document.content) == [paper.size_mm] * 3
    assert document.covers == ("P-0", "P-1", "P-2")
    assert [f"T{n}" in text_of(document.content, n) for n in range(3)] == [True] * 3


def test_everything_that_a_carrier_needs_is_readable_text() -> None:
    content = RENDERER.labels([label(note="Не бросать 易碎品")], Paper.LABEL_100X150).content
    text = " ".join(text_of(content).split())

    for words in (
        "СДЭК", "Посылка склад-дверь", "1,540 кг", "место 2 из 2", TRACKING, POSTING,
        "Константинопольская Александра Владимировна", "+7 912 345-67-89 доб. 4821", "101000 Москва",
        "ул. Мясницкая, д. 26, корп. 1, кв. 45", "深圳市星河贸易有限公司", "南山区科技园科苑路15号",
        "12 × Набор кружек", "Не бросать 易碎品",
    ):  # fmt: skip
        assert words in text
    assert "Сокращено" not in text


def test_what_was_cut_is_said_on_the_label() -> None:
    street = "проспект Нурсултана Назарбаева, дом 240/1, вход со двора через арку мимо шлагбаума, " * 8
    recipient = Recipient(
        name="Абдурахмангаджиев " * 9, address=Address(country="KZ", city="Усть-Каменогорск", street=street)
    )
    text = text_of(RENDERER.labels([label(recipient=recipient)], Paper.LABEL_100X150).content)

    assert "…" in text
    assert "Сокращено: получатель, адрес" in " ".join(text.split())
    small = text_of(RENDERER.labels([label(recipient=recipient)], Paper.LABEL_58X40).content)
    assert "текст сокращён" in small


def test_a_text_without_end_costs_no_more_than_a_long_one() -> None:
    recipient = Recipient(name="я" * 10**6, address=Address(country="RU", street="ул. " * 10**6))

    for paper in ALL_PAPERS:
        assert "…" in text_of(RENDERER.labels([label(recipient=recipient)], paper).content)


def test_many_items_are_counted_not_squeezed() -> None:
    text = text_of(RENDERER.labels([label(items=ITEMS * 10)], Paper.LABEL_100X150).content)

    assert "и ещё позиций: " in text


def test_a_character_of_neither_font_is_named_instead_of_drawn() -> None:
    recipient = Recipient(name="สมชาย Иванов")
    text = " ".join(
        text_of(RENDERER.labels([label(recipient=recipient)], Paper.LABEL_100X150).content).split()
    )

    assert "Иванов" in text
    assert "\ufffd" in text
    assert "нет в шрифте: U+0E0A" in text


@pytest.mark.parametrize("tracking", ["трек-42", "X" * 70])
def test_a_number_that_code_128_cannot_carry_is_said_and_stands_as_qr(tracking: str) -> None:
    content = RENDERER.labels([label(tracking=tracking)], Paper.LABEL_100X150).content
    dots = printed(content)

    assert codes_in(dots, zxingcpp.Code128) == set()
    assert codes_in(dots, zxingcpp.QRCode) == {f"{tracking} {POSTING}"}
    assert "считайте QR-код" in text_of(content)
    small = RENDERER.labels([label(tracking=tracking)], Paper.LABEL_58X40).content
    assert "Без штрихкода" in text_of(small)
    assert codes_in(printed(small), zxingcpp.QRCode) == {f"{tracking} {POSTING}"}


def test_a_label_has_no_grey_and_nothing_thinner_than_two_dots() -> None:
    content = RENDERER.labels([label()], Paper.LABEL_100X150).content

    colours = {line for line in operators(content) if re.search(rb" (g|G|rg|RG|k|K|sc|scn|SC|SCN)$", line)}
    assert colours == {b"1 g", b"0 g"}
    # At ten times the printer's pitch a rule of two dots is twenty pixels high.
    wide = printed(content, dots_per_inch=2030).crop((300, 0, 301, 2000))
    inside = _runs(wide.tobytes())[1:-1]
    assert min(inside) >= 15


def test_fonts_are_subsets() -> None:
    assert len(RENDERER.labels([label()], Paper.LABEL_100X150).content) < 60_000


def test_equal_labels_give_equal_bytes() -> None:
    first, second = (RENDERER.labels([label()], Paper.LABEL_100X150).content for _ in range(2))

    assert first == second


def test_labels_are_drawn_in_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(
            pool.map(lambda n: RENDERER.labels([label(tracking=f"T{n}")], Paper.LABEL_100X150), range(12))
        )
        read = list(pool.map(RENDERER.pages, made))

    assert [f"T{n}" in page.codes for n, (page,) in enumerate(read)] == [True] * 12


def test_no_labels_make_no_document() -> None:
    with pytest.raises(ValueError, match="at least one page"):
        RENDERER.labels([], Paper.LABEL_100X150)


words = st.text(max_size=200)


@given(
    name=words,
    street=words,
    city=words,
    service=words,
    tracking=st.text(max_size=40),
    paper=st.sampled_from(ALL_PAPERS),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_gives_one_page_of_the_right_size(
    name: str, street: str, city: str, service: str, tracking: str, paper: Paper
) -> None:
    address = Address(country="RU", city=city, street=street, delivery_point=city[:9])
    content = LabelContent(
        posting_number=POSTING,
        tracking_number=tracking,
        carrier=city,
        service=service,
        sender=Sender(name=name, address=address),
        recipient=Recipient(name=name, phone=city, address=address),
        weight_g=10**6,
        parcel=99,
        parcels=99,
        note=street,
    )

    document = RENDERER.labels([content, label(sender=SENDER)], paper)

    assert sizes_mm(document.content) == [paper.size_mm] * 2


@given(name=words, street=st.text(min_size=60, max_size=400))
@settings(max_examples=30, deadline=None)
def test_no_text_leaves_the_label_or_touches_the_codes(name: str, street: str) -> None:
    recipient = Recipient(name=name, address=Address(country="RU", city=name[:40], street=street))
    content = RENDERER.labels([label(recipient=recipient)], Paper.LABEL_100X150).content
    dots = printed(content)

    margin = 16
    for edge in (
        (0, 0, dots.width, margin),
        (0, dots.height - 4, dots.width, dots.height),
        (0, 0, margin, dots.height),
        (dots.width - margin, 0, dots.width, dots.height),
    ):
        assert dots.crop(edge).getextrema() == (255, 255)
    assert codes_in(dots, zxingcpp.Code128) == {TRACKING}
    assert codes_in(dots, zxingcpp.QRCode) == {f"{TRACKING} {POSTING}"}
