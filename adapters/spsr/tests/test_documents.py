"""Hostile and odd XML: nothing is expanded, fetched, or kept without a bound."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from spsr_api import BadAnswer, Client, Key, SpsrError, parse
from spsr_api.documents import DEPTH_LIMIT, ELEMENT_LIMIT, SIZE_LIMIT, Node, checked, envelope
from spsr_api.values import decimal_of, time_of

MakeClient = Callable[..., Client]

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE root [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + ']><root A="&i;">&i;</root>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-7"])
def test_a_billion_laughs_are_refused_in_any_encoding(encoding: str) -> None:
    with pytest.raises(BadAnswer):
        parse(LAUGHS.encode(encoding))


def test_laughs_declared_as_windows_1251_are_refused() -> None:
    text = LAUGHS.replace('version="1.0"', 'version="1.0" encoding="windows-1251"') + "<!-- ха -->"
    with pytest.raises(BadAnswer, match="DOCTYPE"):
        parse(text.encode("cp1251"))


def test_an_external_entity_is_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush")
    for kind in (f'SYSTEM "{secret.as_uri()}"', 'SYSTEM "http://127.0.0.1:9/x"'):
        for document in (
            f"<!DOCTYPE root [<!ENTITY x {kind}>]><root>&x;</root>",
            f"<!DOCTYPE root {kind}><root/>",
            f"<!DOCTYPE root [<!ENTITY % x {kind}> %x;]><root/>",
        ):
            with pytest.raises(BadAnswer) as caught:
                parse(document.encode())
            assert "hush" not in str(caught.value)


def test_an_entity_that_nobody_declared_is_no_xml() -> None:
    with pytest.raises(BadAnswer):
        parse(b"<root>&x;</root>")


def test_depth_is_bounded() -> None:
    assert parse(b"<a>" * DEPTH_LIMIT + b"</a>" * DEPTH_LIMIT).name == "a"
    for depth in (DEPTH_LIMIT + 1, 100_000):
        with pytest.raises(BadAnswer):
            parse(b"<a>" * depth + b"</a>" * depth)


def test_the_number_of_elements_is_bounded_in_time_and_memory() -> None:
    document = b"<root>" + b"<a/>" * 4_000_000 + b"</root>"
    assert len(document) < SIZE_LIMIT
    started = time.process_time()
    with pytest.raises(BadAnswer):
        parse(document)
    assert time.process_time() - started < 5
    with pytest.raises(BadAnswer):
        parse(b"<root>" + b"<a/>" * ELEMENT_LIMIT + b"</root>")


async def test_a_hundred_megabytes_are_not_kept(make_client: MakeClient) -> None:
    sent = 0

    async def endless() -> object:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b" " * 1024 * 1024

    client = make_client(lambda request: httpx.Response(200, content=endless()))
    tracemalloc.start()
    with pytest.raises(BadAnswer, match="more than"):
        await client.offices(Key("992"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent <= SIZE_LIMIT // (1024 * 1024) + 1
    assert peak < 4 * SIZE_LIMIT
    with pytest.raises(BadAnswer, match="more than"):
        parse(b" " * (SIZE_LIMIT + 1))


@pytest.mark.parametrize(
    "content",
    [
        '<?xml version="1.0" encoding="windows-1251"?><r T="Пермь"/>'.encode(),  # says 1251, is UTF-8
        '<?xml version="1.0" encoding="windows-1251"?><r T="Пермь"/>'.encode("cp1251"),
        "<?xml version='1.0' encoding='Windows-1251' ?>\n<r T='Пермь'/>".encode("cp1251"),
        '<?xml version="1.0" encoding="UTF-8"?><r T="Пермь"/>'.encode("utf-8-sig"),
        '\n<r T="Пермь"/>'.encode(),
    ],
)
def test_text_is_read_for_what_it_is(content: bytes) -> None:
    assert parse(content).get("T") == "Пермь"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"<html><br></html>",
        b"{}",
        b"<r",
        b"<r/><r/>",
        "<r T='Пермь'/>".encode("cp1251"),
        b'<?xml version="1.0" encoding="koi8-r"?><r T="\xf0"/>',
        b'<?xml version="1.0" encoding="windows-1251"?><r T="\x98"/>',
    ],
)
def test_what_is_no_answer(content: bytes) -> None:
    with pytest.raises(BadAnswer):
        parse(content)


def test_results() -> None:
    assert checked(parse(b'<root><Result RC="0"/></root>')).name == "root"
    for told, code, text in (
        ('<Result RC="1006"/>', 1006, ""),
        ('<Result RC="1"/><error ErrorMessageEN="no" ErrorMessageRU="нет"/>', 1, "нет"),
        ('<Result RC="1"/><error ErrorMessage="no"/>', 1, "no"),
        ('<Result RC="1"/><Error>no</Error>', 1, "no"),
        ("<Error>no</Error>", None, "no"),
    ):
        with pytest.raises(SpsrError) as caught:
            checked(parse(f"<root>{told}</root>".encode()))
        assert (caught.value.code, caught.value.text) == (code, text)
    for told in ("", "<Result/>", '<Result RC="x"/>'):
        with pytest.raises(BadAnswer):
            checked(parse(f"<root>{told}</root>".encode()))


def test_a_value_cannot_leave_its_attribute() -> None:
    evil = '"/><Invoice Action="N"/><x y="&<>\n'
    root = parse(envelope("A/B", "1.0", "WAB", {"SID": "s"}, [Node("X", {"T": evil})]))
    assert root.child("Invoice") is None
    found = root.child("X")
    assert found is not None
    assert found.get("T") == evil.strip()


def test_a_character_that_xml_lacks_is_told_without_the_value() -> None:
    with pytest.raises(ValueError, match="character") as caught:
        envelope("A/B", "1.0", "WAB", None, [Node("X", {"T": "Анна\x00"})])
    assert "Анна" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_numbers_and_times_that_are_none() -> None:
    assert str(decimal_of("1 500,50")) == "1500.50"
    for text in ("", "x", "NaN", "Infinity", "1e999999", "1e-999999", "9" * 41, "1.5.5"):
        assert decimal_of(text) is None
    for text in ("", "never", "0001-01-01T00:00:00.000", "2016-13-01T00:00:00.000"):
        assert time_of(text) is None
