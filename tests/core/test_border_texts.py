"""Texts of people are read once, where they come in: names, phones, codes, currencies, cells, zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hub
from hub.plugin_api.currencies import known_as
from hub.plugins.time_zones import zone_problem
from hub.words.plain import tidied, unfit

NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Владивосток ", "Владивосток"),
        ("\u00a0Нижний\u00a0 Новгород\t", "Нижний Новгород"),
        ("ул. Мира,\r\n 1", "ул. Мира, 1"),
        ("TEA\u200b-1\ufeff", "TEA-1"),
        ("со\u00adюз", "союз"),
        ("\u202eabc\u202c", "abc"),
        ("深圳\u3000市", "深圳 市"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # a joiner within a word is a letter
        ("👩\u200d🔧", "👩\u200d🔧"),
        ("\u200dTEA", "TEA"),
        ("a  b", "a b"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_a_text_is_read_as_a_person_sees_it(typed: str, read: str) -> None:
    assert tidied(typed) == read
    to = hub.Recipient(name=typed, address=hub.Address(country="RU", city=typed, street=typed))
    assert to.address is not None
    assert (to.name, to.address.city, to.address.street) == (read, read, read)
    again = msgspec.json.decode(msgspec.json.encode(to), type=hub.Recipient)
    assert again == to


@given(st.text())
def test_reading_twice_changes_nothing_more(text: str) -> None:
    once = tidied(text)
    assert tidied(once) is once
    assert not unfit(once)
    assert once == once.strip()


def test_what_is_no_text_stays_to_be_named() -> None:
    typed: Any = 5
    assert hub.Address(country="RU", city=typed).city == 5


@pytest.mark.parametrize(
    ("typed", "number", "extension", "digits"),
    [
        ("8 (423) 202-25-11, доб. 100", "8 (423) 202-25-11", "100", "74232022511"),
        ("+7 (495) 988-53-88, доб. 1311", "+7 (495) 988-53-88", "1311", "74959885388"),
        ("+7 999 000-00-01 ext. 12", "+7 999 000-00-01", "12", "79990000001"),
        ("+7 999 000-00-01, 12", "+7 999 000-00-01", "12", "79990000001"),
        ("+79990000001;ext=0012", "+79990000001", "0012", "79990000001"),
        ("+7 495 988-53-88 (добавочный 5)", "+7 495 988-53-88", "5", "74959885388"),
        ("+7 495 988-53-88 #5", "+7 495 988-53-88", "5", "74959885388"),
        ("010-88889999转8001", "010-88889999", "8001", "01088889999"),
        ("+86 10 8888 9999 分机 8001", "+86 10 8888 9999", "8001", "861088889999"),
        ("+79990000001, +79990000002", "+79990000001", "", "79990000001"),
        ("89990000001/89990000002", "89990000001", "", "79990000001"),
        ("79990000001", "79990000001", "", "79990000001"),
        ("+89990000001", "+89990000001", "", "89990000001"),
        ("8-800-555-35-35", "8-800-555-35-35", "", "78005553535"),
        ("202-25-11, 100", "202-25-11, 100", "", ""),
        ("ask the neighbour", "ask the neighbour", "", ""),
        ("", "", "", ""),
    ],
)
def test_a_phone_is_a_number_and_an_extension(typed: str, number: str, extension: str, digits: str) -> None:
    phone = hub.read_phone(typed)
    assert (phone.number, phone.extension, phone.digits) == (number, extension, digits)
    buyer = hub.Recipient(name="x", phone=typed)
    assert (buyer.phone, buyer.phone_extension) == (number, extension)
    seller = hub.Sender(name="x", phone=typed, address=hub.Address(country="RU"))
    assert (seller.phone, seller.phone_extension) == (number, extension)


def test_an_extension_that_the_marketplace_tells_apart_stays() -> None:
    buyer = hub.Recipient(name="x", phone="+7 999 000-00-01, 12", phone_extension="99")
    assert (buyer.phone, buyer.phone_extension) == ("+7 999 000-00-01, 12", "99")


@pytest.mark.parametrize("code", ["6205.20.00", "6205 20 00", "6205-20-00", "62052000", " 6205\u00a02000 "])
def test_a_customs_code_is_its_digits(code: str) -> None:
    assert hub.read_customs_code(code) == "62052000"


@pytest.mark.parametrize(
    "code", ["N/A", "нет", "902100000", "90210", "62", "6205200000000000", "6205.2O.00", "0x62"]
)
def test_what_is_no_customs_code_is_named(code: str) -> None:
    with pytest.raises(hub.BadValue):
        hub.read_customs_code(code)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("RUR", "RUB"),
        ("руб.", "RUB"),
        ("₽", "RUB"),
        ("rmb", "CNY"),
        ("元", "CNY"),
        (" usd ", "USD"),
        ("KZT", "KZT"),
    ],
)
def test_a_currency_has_names(name: str, code: str) -> None:
    assert hub.read_currency(name) == code
    assert hub.Money.of(1, name.strip()).currency == code


@pytest.mark.parametrize("name", ["$", "¥", "BYR", "XXX", "XAU", "yuan", "RU", ""])
def test_what_is_no_currency_of_today_is_named(name: str) -> None:
    with pytest.raises(hub.BadValue):
        hub.read_currency(name)
    assert known_as(name) == name.upper()


def cells(body: str) -> list[Any]:
    return [line for _, line in hub.open_csv(body.encode(), ("a", "b"), {}).lines]


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("'0460", "0460"),
        ('"=""0460"""', "0460"),
        ("\u200e0460\u200b", "0460"),
        ("\x1f0460", "0460"),
        ("'quoted'", "'quoted'"),
        ("it's", "it's"),
        ("'", "'"),
        ("=1+1", "=1+1"),
    ],
)
def test_a_cell_is_what_a_person_sees_in_it(cell: str, read: str) -> None:
    assert cells(f"a,b\n{cell},x\n") == [{"a": read, "b": "x"}]


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "#ИМЯ?", "#DIV/0!", "#Н/Д", "########", "#value!"])
def test_an_error_of_the_spreadsheet_costs_its_line(cell: str) -> None:
    wrong, good = cells(f"a,b\nx,{cell}\ny,z\n")
    assert f"b: '{cell}'" in wrong
    assert good == {"a": "y", "b": "z"}


@pytest.mark.parametrize("kind", ["utf-16-le", "utf-16-be", "utf-16", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("word", ["ЧАЙ", "茶", "tea"])
def test_an_encoding_is_told_apart(kind: str, word: str) -> None:
    table = hub.open_csv(f"a,b\n{word},1\n".encode(kind), ("a", "b"), {})
    assert [line for _, line in table.lines] == [{"a": word, "b": "1"}]


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        *(("MSK", 3), ("GMT+8", 8), ("UTC+3", 3), ("MSK+2", 5), ("Moscow", 3), ("Asia/Beijing", 8)),
        *(("北京", 8), ("Asia/Shangai", 8), ("+8", 8), ("Novosibirsk", 7)),
    ],
)
def test_a_zone_that_is_meant_is_suggested(typed: str, hours: int) -> None:
    message = zone_problem(typed)
    meant = message.partition("did you mean '")[2].partition("'")[0]
    assert NOW.astimezone(ZoneInfo(meant)).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize("typed", ["CST", "EST5", "UTC+13:30", "Mars", "xx"])
def test_a_zone_that_nobody_can_tell_is_not_guessed(typed: str) -> None:
    assert "did you mean" not in zone_problem(typed)
