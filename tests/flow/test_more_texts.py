"""More of what people write: each kind of text is read the same in every of its usual forms, or refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import pytest

from hub.cli.commands.sellers import sender_in
from hub.flow.choice.prices import price_csv
from hub.flow.sellers import product_csv
from hub.plugin_api.currencies import read_currency
from hub.plugin_api.tables import read_day
from hub.plugin_api.texts import read_customs_code, read_phone
from hub.plugins.time_zones import zone_problem
from hub.words import BadValue

RUSSIAN = "Артикул;Вес, г;Название по-русски\nA1;250;Чай «Улун»\nЯ-2;100;Ёж\n"
CHINESE = "货号,重量（克）,中文名称\nA1,250,乌龙茶\nB2,100,陶瓷茶杯\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251"])
def test_russian_headings_in_every_encoding_of_spreadsheets(encoding: str) -> None:
    read = product_csv.read_table(RUSSIAN.encode(encoding))
    assert [one.name_ru for one in read.lines] == ["Чай «Улун»", "Ёж"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
def test_chinese_headings_in_every_encoding_of_spreadsheets(encoding: str) -> None:
    read = product_csv.read_table(CHINESE.encode(encoding))
    assert [one.name_zh for one in read.lines] == ["乌龙茶", "陶瓷茶杯"]


@pytest.mark.parametrize(
    ("written", "digits", "extension"),
    [
        ("тел. +7 900 123-45-67", "79001234567", ""),
        ("电话：+86 138 0013 8000", "8613800138000", ""),
        ("＋7 ９００ １２３-45-67", "79001234567", ""),
        ("0086-138 0013 8000", "8613800138000", ""),
        ("+7 900 123 45 67 добавочный номер 5", "79001234567", "5"),
        ("7 900 1234567 вн. 3", "79001234567", "3"),
        ("8 (495) 123-45-67 внутр. номер 12", "74951234567", "12"),
        ("телеграм @anna", "", ""),
    ],
)
def test_phones(written: str, digits: str, extension: str) -> None:
    phone = read_phone(written)
    assert (phone.digits, phone.extension) == (digits, extension)


@pytest.mark.parametrize(
    "written",
    ["2026-11-20", "20.11.2026", "2026/11/20", "2026年11月20日", "2026-11-20 00:00:00", "２０２６-11-20"],
)
def test_days(written: str) -> None:
    assert read_day(written) == date(2026, 11, 20)


@pytest.mark.parametrize("written", ["20.11.26", "11/20/2026", "46346", "2026-11-20 10:00", "2026-13-01"])
def test_what_may_be_another_day_is_none(written: str) -> None:
    with pytest.raises(BadValue):
        read_day(written)


@pytest.mark.parametrize("written", ["1249.50", "1 249,50", "1\u00a0249,5", "１２４９.50"])
def test_prices(written: str) -> None:
    read = price_csv.read_table(f"service;price;currency\nS;{written};RUB\n".encode())
    assert [str(one.price) for one in read.lines] == ["1249.50 RUB"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("６２０５２０", "620520"),
        ("620520,0", "620520"),
        ("6205200000.0", "6205200000"),
        ("62.05.20", "620520"),
    ],
)
def test_customs_codes(written: str, code: str) -> None:
    assert read_customs_code(written) == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("рублей", "RUB"),
        ("Р", "RUB"),
        ("卢布", "RUB"),
        ("юаней", "CNY"),
        ("Евро", "EUR"),
        ("美元", "USD"),
        ("тенге", "KZT"),
    ],
)
def test_currencies(written: str, code: str) -> None:
    assert read_currency(written) == code


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Пекин", "Asia/Shanghai"),
        ("深圳", "Asia/Shanghai"),
        ("莫斯科", "Europe/Moscow"),
        ("Europe/Moskva", "Europe/Moscow"),
        ("Владивосток", "Asia/Vladivostok"),
        ("Санкт-Петербург", "Europe/Moscow"),
        ("CST", ""),
        ("PST", ""),
    ],
)
def test_a_zone_is_suggested_where_the_name_says_which(typed: str, zone: str) -> None:
    told = zone_problem(typed)
    assert "is no IANA time zone" in told
    assert (f"did you mean '{zone}'" in told) if zone else ("did you mean" not in told)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_senders_file_as_notepad_saves_it(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "sender.json"
    text = '{"name": "Ли", "phone": "+7 900 123-45-67", "address": {"country": "RU", "city": "Москва"}}'
    file.write_bytes(text.encode(encoding))
    assert sender_in(file).name == "Ли"


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r"])
def test_a_senders_file_in_another_encoding_is_refused_in_words(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "sender.json"
    file.write_bytes('{"name": "Ли"}'.encode(encoding))
    with pytest.raises(click.UsageError, match="save the file as UTF-8"):
        sender_in(file)
