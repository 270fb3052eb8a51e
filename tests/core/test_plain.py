"""What a terminal would obey never reaches it as it came."""

from __future__ import annotations

import json
import logging
import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.plugin_api.models import Address, Recipient
from hub.words.plain import PlainFormatter, escaped, one_line, printable, shown, taken, unfit

ATTACKS = (
    "\x1b[31mred", "\x1b]0;title\x07", "\x1b]8;;http://evil.example\x1b\\link", "\x9b31m", "\x9d0;t\x9c",
    "a\x07b", "back\x08\x08", "over\rwritten", "\u202egnp.exe", "\u2066x\u2069", "\u061cx", "\u200fx",
    "line\u2028two", "\ufeffx", "\U000e0041x", "half\ud800", "\x00nul", "\x7fdel", "\x1bc", "\u206ax",
    "\ufff9x",
)  # fmt: skip
TURNS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def test_every_attack_is_made_visible() -> None:
    for attack in ATTACKS:
        assert unfit(attack)
        for clean in (shown(attack), one_line(attack), taken(attack), printable(attack)):
            assert not unfit(clean), attack
        whole = attack.replace("\ud800", "")  # JSON has no halves of pairs
        assert json.loads(escaped(msgspec.json.encode(whole).decode())) == whole


def test_what_people_write_stays() -> None:
    for text in ("Чай улун 乌龙茶", "שלום", "مرحبا", "👩‍👩‍👧 ok", "naïve – “quoted”", "a\tb\nc", "№ 5"):
        assert shown(text) == taken(text) == text
    assert one_line("a\tb\n\nc") == "a b c"


@given(st.text())
def test_nothing_is_left_that_python_calls_a_control(text: str) -> None:
    for char in shown(text):
        if char not in "\t\n":
            assert unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp"), hex(ord(char))
            assert unicodedata.bidirectional(char) not in TURNS


WITHIN = st.recursive(
    st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=9
)


@given(WITHIN)
def test_escaped_json_has_the_same_value(value: object) -> None:
    try:
        plain = msgspec.json.encode(value).decode()
    except (UnicodeEncodeError, UnicodeDecodeError):
        return
    assert json.loads(escaped(plain)) == json.loads(plain)
    assert not unfit(escaped(plain))


class Note(msgspec.Struct):
    title: str
    lines: tuple[str, ...]
    of: Note | None = None


def test_what_is_taken_in_is_walked_whole() -> None:
    note = Note("Li\x1b[2J Wei", ("+7\u202e999",), Note("Mos\x9bcow", ("a\nb",)))
    clean = taken(note)
    assert clean == Note("Li[2J Wei", ("+7999",), Note("Moscow", ("a\nb",)))
    assert taken(clean) is clean
    assert printable((note,))[0].title == "Li\ufffd[2J Wei"
    assert taken({"a": ["x\x00", 1, None]}) == {"a": ["x", 1, None]}


def test_a_buyer_is_taken_in_so_by_itself() -> None:
    home = Address(country="RU", city="Mos\x9bcow", street="a\nb")
    buyer = Recipient(name="Li\x1b[2J Wei", phone="+7\u202e999", address=home)
    assert (buyer.name, buyer.phone, buyer.address) == (
        "Li[2J Wei", "+7999", Address(country="RU", city="Moscow", street="a b"),
    )  # fmt: skip


def test_a_line_of_a_log_is_one_line() -> None:
    name = "x\r\nERROR fake\x1b[0m"
    record = logging.LogRecord("hub", logging.WARNING, __file__, 1, "by %s", (name,), None)
    assert PlainFormatter().format(record) == "by x\ufffd ERROR fake\ufffd[0m"


@pytest.mark.parametrize("text", ['"Ромашка" \\ Ко', "one\ntwo\tthree", "\\u0007 in letters", "é 漢 🙂"])
def test_what_is_fit_comes_in_as_it_is(text: str) -> None:
    value = {"name": (text, 1, None)}
    assert taken(value) is value


@pytest.mark.parametrize("mark", ["\x07", "\r", "\x7f", "\x9b", "\u202e", "\ufeff", "\ud800", "\U000e0041"])
def test_what_is_not_is_left_out_wherever_it_stands(mark: str) -> None:
    assert taken({"name": ("a" + mark + "b", 1, None)}) == {"name": ("ab", 1, None)}
