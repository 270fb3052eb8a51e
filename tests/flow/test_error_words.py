"""Refusals in the seller's language: every key of the words is a sentence that the code says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.words.error_words import ERRORS, error_text

HUB = Path(__file__).parents[2] / "hub"


def _sentences(file: Path) -> Iterator[str]:
    """Every text of a file, with ``{}`` for each value in it."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def test_every_sentence_is_one_that_the_code_says() -> None:
    said = {
        sentence
        for file in HUB.rglob("*.py")
        if file.name != "error_words.py"
        for sentence in _sentences(file)
    }
    said |= {sentence.partition(": ")[2] for sentence in said}  # "time_zone: ..." and "plugin: ..."
    unsaid = [key for key in ERRORS if re.sub(r"\{\w+\}", "{}", key) not in said]
    assert not unsaid


def test_no_sentence_takes_others_words_for_its_own() -> None:
    for key in ERRORS:
        own = re.sub(r"\{\w+\}", "", key)
        assert own == key or len(own) >= 12, key


def test_every_sentence_has_the_values_of_its_key() -> None:
    for key, words in ERRORS.items():
        fields = set(re.findall(r"\{(\w+)\}", key))
        for one in words:
            assert set(re.findall(r"\{(\w+)\}", one)) <= fields, key


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("no such posting", "такого отправления нет"),
        ("CDEK: quotes: it cannot be reached", "CDEK: quotes: нет связи"),
        (
            "Ozon: check: the credentials were refused (HTTP 401). Check the account's credentials",
            "Ozon: check: ключи не приняты (HTTP 401). Проверьте ключи аккаунта",
        ),
        ("plugin: 'cdeck' may not run here (did you mean 'cdek'?)",
         "plugin: 'cdeck' здесь не разрешён (did you mean 'cdek'?)"),
        ("line 3: there is no column 'x y' (is it 'y'?)", "line 3: столбца 'x y' нет (is it 'y'?)"),
        (
            'base_url: ozon may not connect to http://127.0.0.1:1: this is neither an address of the plugin '
            'nor one that the operator of this hub has named. To allow it, the operator writes ozon = '
            '["http://127.0.0.1:1"] under [addresses] in plugins.toml and starts the hub again',
            'base_url: ozon не может соединяться с http://127.0.0.1:1: это не адрес плагина и не назван '
            'владельцем хаба. Чтобы разрешить, владелец добавляет ozon = ["http://127.0.0.1:1"] в '
            '[addresses] файла plugins.toml и запускает хаб снова',
        ),
        ("plugin: 'spsr' is installed, and may not run here: to allow it, the operator adds it to 'allow' "
         "under [plugins] in plugins.toml and starts the hub again",
         "plugin: 'spsr' установлен, но здесь не разрешён: чтобы разрешить, владелец хаба добавляет его в "
         "'allow' раздела [plugins] в plugins.toml и запускает хаб снова"),
        ("the vendor's own words", "the vendor's own words"),
    ],
)  # fmt: skip
def test_sentences(message: str, words: str) -> None:
    assert error_text(message, "ru") == words
    assert error_text(message, "en") == message


@given(st.text(max_size=200), st.sampled_from(["ru", "zh", "en"]))
def test_anything_can_be_said(message: str, language: str) -> None:
    assert isinstance(error_text(message, language), str)
