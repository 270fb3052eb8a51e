"""Check digits, on numbers that public issues and SDK tests quote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from russian_post_api import (
    domestic_check_digit,
    is_domestic,
    is_s10,
    looks_like_barcode,
    s10_check_digit,
)


@pytest.mark.parametrize(
    "barcode", ["80092578900475", "80092578900482", "80092578900499", "80214523462306", "14211716007389"]
)
def test_domestic_numbers_that_were_given_out(barcode: str) -> None:
    assert is_domestic(barcode)
    assert domestic_check_digit(barcode[:13]) == int(barcode[13])


@pytest.mark.parametrize("barcode", ["EE123456785KR", "EB000717595HK", "EE471108151FR"])
def test_s10_numbers_that_were_given_out(barcode: str) -> None:
    assert is_s10(barcode)
    assert s10_check_digit(barcode[2:10]) == int(barcode[10])


@pytest.mark.parametrize(
    "barcode", ["44334455667733", "80092578900476", "8009257890047", "EE123456785kr", ""]
)
def test_what_is_no_domestic_number(barcode: str) -> None:
    assert not is_domestic(barcode)


@pytest.mark.parametrize("barcode", ["EE123456786KR", "E1123456785KR", "EE12345678KR", "١٢٣٤٥٦٧٨٩٠١٢٣٤", ""])
def test_what_is_no_s10_number(barcode: str) -> None:
    assert not is_s10(barcode)


def test_the_remainders_that_have_no_digit() -> None:
    assert s10_check_digit("00000000") == 5  # 11 - 0 is 11
    assert s10_check_digit("00000050") == 0  # 45 mod 11 is 1, 11 - 1 is 10


def test_an_anonymised_number_still_looks_like_one() -> None:
    assert looks_like_barcode("44334455667733")
    assert looks_like_barcode("EE123456786KR")
    assert not looks_like_barcode("4433445566773")


@pytest.mark.parametrize("digits", ["", "123456789012", "123456789012a", "1234567890123456"])
def test_other_lengths_are_refused(digits: str) -> None:
    with pytest.raises(ValueError, match="13 digits"):
        domestic_check_digit(digits)
    with pytest.raises(ValueError, match="8 digits"):
        s10_check_digit(digits)


@given(st.from_regex(r"[0-9]{13}", fullmatch=True).filter(str.isascii), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(digits: str, place: int, off: int) -> None:
    """3 and 1 have no common divisor with 10, so no single slip goes unseen."""
    barcode = digits + str(domestic_check_digit(digits))
    wrong = str((int(barcode[place]) + off) % 10)
    assert not is_domestic(barcode[:place] + wrong + barcode[place + 1 :])
