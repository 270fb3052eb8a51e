"""Sentences as data: filled in, said in another language, stored and read back; and the catalogues' files."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.plugin_api.errors import Failure, NotFound, Rejected, StoreError
from hub.words import (
    BadValue,
    Sentence,
    Words,
    as_data,
    changed,
    in_english,
    render,
    revived,
    said,
    said_of,
    stored,
    words_of,
)
from hub.words import catalogue as catalogues
from hub.words.catalogue import catalogue, entries, found, use

RUSSIAN = """
msgid ""
msgstr ""
"Language: ru\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
"(n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgctxt "rejected.street"
msgid "the street '{street}' is not known[: {said}]"
msgstr "улицы '{street}' нет[: {said}]"

#, fuzzy
msgctxt "rejected.old"
msgid "this is new"
msgstr "это старое"

msgctxt "rejected.mended"
msgid "there are no houses in {street}"
msgstr "домов на {street} нет"

msgid "only English"
msgstr "только "
"\\"по-русски\\"\\n"

msgctxt "count.house"
msgid "{n} house"
msgid_plural "{n} houses"
msgstr[0] "{n} дом"
msgstr[1] "{n} дома"
msgstr[2] "{n} домов"

msgctxt "rejected.many"
msgid "{houses:house} in {streets} streets"
msgstr "{houses:house}, улиц: {streets}"
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A plugin's package that has Russian words."""
    folder = tmp_path / "hub_streets" / "words"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "ru.po").write_text(RUSSIAN, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(catalogues, "_PACKAGES", ["hub"])
    __import__("hub_streets")
    use("hub_streets")
    return "hub_streets"


def test_an_error_is_english_a_code_and_values(package: str) -> None:
    error = Rejected(
        "the street '{street}' is not known[: {said}]",
        code="rejected.street",
        values={"street": "Лесная", "said": ""},
        vendor_code="V7",
    )
    assert error.code == "rejected"
    assert error.message == str(error) == "the street 'Лесная' is not known"
    assert error.words.code == "rejected.street"
    assert render(error.words, "ru") == "улицы 'Лесная' нет"
    assert render(error.said, "zh") == "the street 'Лесная' is not known"
    assert error.vendor_code == "V7"


def test_a_plain_sentence_is_enough(package: str) -> None:
    error = NotFound("no {such} [thing]")
    assert error.message == "no {such} [thing]"
    assert error.words == Words("no {such} [thing]", "not_found", {})
    assert render(NotFound("only English").words, "ru") == 'только "по-русски"\n'
    assert render("any text", "ru") == "any text"


def test_a_vendors_words_pass_unchanged(package: str) -> None:
    theirs = "{street} [no: {said}]"
    failure = Failure(
        kind="rejected",
        message="the street '{street}' is not known[: {said}]",
        code="rejected.street",
        values={"street": "x", "said": theirs},
    )
    assert failure.error().message.endswith(f": {theirs}")
    assert render(failure.error().words, "ru") == f"улицы 'x' нет: {theirs}"


def test_words_are_values_of_words(package: str) -> None:
    inner = Rejected(
        "the street '{street}' is not known[: {said}]", code="rejected.street", values={"street": "x"}
    )
    outer = Rejected("{title}: {why}", code="rejected.titled", values={"title": "CDEK", "why": inner.said})
    assert outer.message == "CDEK: the street 'x' is not known"
    assert render(outer.words, "ru") == "CDEK: улицы 'x' нет"
    assert Rejected(outer.said).words == outer.words


@pytest.mark.parametrize(
    ("houses", "russian"), [(1, "1 дом"), (3, "3 дома"), (11, "11 домов"), (21, "21 дом")]
)
def test_numbers_are_counted(package: str, houses: int, russian: str) -> None:
    sentence = said(
        "{houses:house} in {streets} streets", code="rejected.many", values={"houses": houses, "streets": 3}
    )
    assert render(sentence, "ru") == f"{russian}, улиц: 3"
    assert sentence == f"{houses} in 3 streets"  # the plugin has no words.pot


def test_the_hub_counts_in_english() -> None:
    data = {"plugins": 1, "sellers": 2}
    assert render(Words("", "finding.config_ok", data), "en") == "Read: 1 plugin allowed, 2 sellers declared"


def test_a_mended_sentence_serves_what_was_stored_before_it(package: str) -> None:
    old = Words("no houses in {street}", "rejected.mended", {"street": "x"})
    assert render(old, "ru") == "домов на x нет"
    other = Words("no houses in {town}", "rejected.mended", {"town": "x"})
    assert render(other, "ru") == "no houses in x"


def test_what_nobody_translated_is_not_another_sentence_of_its_code() -> None:
    """The command line's sentences share one code: an unknown one is English, not the first of them."""
    assert render(Words("nobody translated this", "cli"), "ru") == "nobody translated this"


def test_a_sentence_is_found_under_its_new_code(package: str) -> None:
    old = Words(
        "the street '{street}' is not known[: {said}]", "rejected.before", {"street": "x", "said": ""}
    )
    assert render(old, "ru") == "улицы 'x' нет"


def test_what_is_marked_for_the_translator_is_not_used(package: str) -> None:
    assert render(Words("this is new", "rejected.old"), "ru") == "this is new"


VALUES = st.dictionaries(
    st.sampled_from(["a", "b", "x1"]),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=12),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
        max_leaves=4,
    ),
    max_size=3,
)


@given(st.text(max_size=60), st.text(max_size=9), VALUES)
def test_what_is_stored_comes_back(text: str, code: str, values: dict[str, Any]) -> None:
    sentence = said(text, code=code, values=values)
    again = revived(stored(sentence))
    assert again == sentence
    assert isinstance(again, Sentence)
    assert again.words == sentence.words
    assert words_of(as_data(sentence)) == sentence.words
    for language in ("en", "ru", "zh", "fr"):
        assert isinstance(render(again, language), str)


@pytest.mark.parametrize("text", ["", "an old sentence", "{", '{"text": 1}', '{"text":"x"}', '{"text":'])
def test_an_old_sentence_stays_readable(text: str) -> None:
    assert revived(text) == text
    assert revived(stored(text)) == text
    assert render(text, "ru") == text


def test_a_vendor_that_sends_words_is_quoted_and_not_read() -> None:
    """Ten to the thirtieth in a kilobyte: what stands in somebody's text is never filled in."""
    laughs: dict[str, Any] = {"text": "ha", "code": "", "values": {}}
    for _ in range(30):
        laughs = {"text": "{a}" * 10, "code": "", "values": {"a": laughs}}
    told = msgspec.json.encode(laughs).decode()
    assert render(told, "ru") == told
    assert revived(stored(told)) == told
    assert Rejected("CDEK: {said}", code="x", values={"said": told}).message == f"CDEK: {told}"
    assert in_english({"reason": told}) == {"reason": told}
    assert changed(told, str.upper) == told.upper()


def test_what_others_said_can_be_taken_out() -> None:
    inner = said("{name} is away", code="x.away", values={"name": "Анна"})
    outer = said("CDEK: {said}, {why}", code="x", values={"said": ["Анна", 3], "why": inner})
    clean = changed(outer, lambda text: text.replace("Анна", "•••"))
    assert clean == "CDEK: •••, 3, ••• is away"
    assert isinstance(clean, Sentence)
    assert "Анна" not in stored(clean)
    assert changed("Анна was here", lambda text: text.replace("Анна", "•••")) == "••• was here"
    assert changed(said("Анна"), lambda text: text.replace("Анна", "•••")) == "•••"


def test_data_is_english_for_programs() -> None:
    sentence = said("{n} left", code="x", values={"n": 3})
    assert in_english({"reason": as_data(sentence), "n": [1, {"y": sentence}]}) == {
        "reason": "3 left",
        "n": [1, {"y": "3 left"}],
    }


def test_errors_that_are_none_of_the_hubs() -> None:
    bad = BadValue("{cell} is no date", code="table.date", values={"cell": "'x'"})
    assert str(bad) == "'x' is no date"
    assert words_of(said_of(bad)) is not None
    assert said_of(ValueError("plain")) == "plain"
    store = StoreError("full", "no room at {path}", {"path": Path("x")})
    assert (store.message, store.code, store.words.code) == ("no room at x", "store_full", "store_full")
    assert pickle.loads(pickle.dumps(bad.said)).words == bad.said.words


def test_the_catalogues_are_read_as_they_are() -> None:
    read = entries(RUSSIAN)
    assert [one.fuzzy for one in read].count(True) == 1
    assert found("stage.packed", "", "ru") == "упаковано"
    assert found("no.such", "", "ru") == ""
    assert len(catalogue("hub", "ru").exact) == len(catalogue("hub", "zh").exact)


MARKS = [("en", 1234567, "1,234,567"), ("ru", 1234567.5, "1\u00a0234\u00a0567,5"), ("ru", "x", "x")]


@pytest.mark.parametrize(("language", "value", "text"), MARKS)
def test_numbers_have_the_marks_of_the_language(language: str, value: Any, text: str) -> None:
    assert catalogues.grouped(value, language) == text
