"""Codes of units as scanners, keyboards and people give them: read as meant, or refused in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.flow.units import codes
from hub.flow.units.keyboard import GS, as_meant
from hub.plugin_api.errors import Rejected

GTIN = "04607026432004"
SERIAL = "5!b3Z'x(kF5V2"
HEAD = f"01{GTIN}21{SERIAL}"
TAIL = "abcdEFGH0123ijkl/+KLMNOPqrstuvwxyz456789wxy="
FULL = f"{HEAD}{GS}91EE06{GS}92{TAIL}"
MILK = f"01{GTIN}215aB.xZ{GS}93dGVz"
US = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./~@#$^&QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?"
RU = 'ёйцукенгшщзхъфывапролджэячсмитьбю.Ё"№;:?ЙЦУКЕНГШЩЗХЪ/ФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,'


def test_the_tail_has_the_length_of_one() -> None:
    assert (len(SERIAL), len(TAIL)) == (13, 44)


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        (FULL, ()),
        (MILK, ()),
        (f"{FULL}\r\n", ()),
        (f"]d2{FULL}", ("symbology",)),
        (GS + FULL, ()),
        (FULL.replace(GS, "<GS>"), ("separator",)),
        (FULL.replace(GS, "\\u001d"), ("separator",)),
        (FULL.replace(GS, "␝"), ("separator",)),
        (FULL.replace(GS, ""), ("lost_separator",)),
        (MILK.replace(GS, ""), ("lost_separator",)),
        (FULL.translate(str.maketrans(US, RU)), ("layout",)),
        (FULL.translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)}), ("input_method",)),
        (FULL.swapcase(), ("caps_lock",)),
        ((f"]d2{FULL}".replace(GS, "")).swapcase(), ("lost_separator", "caps_lock")),
    ],
    ids=lambda value: value if isinstance(value, tuple) else "",
)
def test_what_the_keyboard_did_is_mended(typed: str, mended: tuple[str, ...]) -> None:
    whole = MILK if "93dGVz" in typed else FULL
    read = codes.marking(typed.replace("]D2", "]d2"))
    assert read.code == whole
    assert read.gtin == GTIN
    assert set(mended) <= set(read.mended) <= {*mended, "symbology"}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (HEAD, "marking_no_tail"),
        (f"01{GTIN}", "marking_no_serial"),
        ("4607026432004", "marking_not_one"),
        ("https://example.com/q?c=1", "marking_not_one"),
        ("", "marking_not_one"),
        (FULL.replace(GTIN, "04607026432005"), "marking_check_digit"),
        (FULL.replace(GS, "")[:-3], "marking_no_separator"),
        ("0" * 5000, "marking_too_long"),
        ("\x00\xff", "marking_not_one"),
    ],
)
def test_what_is_no_whole_code_says_what_to_do(typed: str, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        codes.marking(typed)
    assert caught.value.code == code


@given(st.text(max_size=400))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    try:
        read = codes.marking(typed)
    except Rejected:
        return
    assert codes.marking(read.code).code == read.code, "what was read is read so again"


@given(st.text(alphabet=US + "0123456789-+=%*()!", max_size=60))
def test_the_russian_layout_is_undone_whole(text: str) -> None:
    typed = text.translate(str.maketrans(US, RU))
    read, mended = as_meant(typed)
    if "layout" in mended and "symbology" not in mended and "separator" not in mended:
        assert read == text.strip()


def test_numbers_of_devices_and_jewellery() -> None:
    assert codes.imei("49-015420-323751-8") == "490154203237518"
    assert codes.uin("6430012345678901\r") == "6430012345678901"
    for wrong in ("490154203237519", "49015420323751", "", "x" * 15):
        with pytest.raises(Rejected):
            codes.imei(wrong)
    with pytest.raises(Rejected):
        codes.uin("123")


def test_numbers_from_papers() -> None:
    assert codes.customs_number(" 10702070/010126/ 0012345 ") == "10702070/010126/0012345"
    assert codes.customs_number("10702070/010126/А012345/2") == "10702070/010126/A012345/2"
    assert codes.rnpt("10702070/010126/0012345/12") == "10702070/010126/0012345/12"
    for wrong in ("none", "нет", "-", "10702070", "10702070/010126/00123456"):
        with pytest.raises(Rejected):
            codes.customs_number(wrong)
    with pytest.raises(Rejected):
        codes.rnpt("10702070/010126/0012345")
