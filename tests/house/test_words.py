"""Every sentence that a person reads has its code and its words in three languages, and none is left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from hub.cli.click_words import plain
from hub.testing.words import check_words, update
from hub.words.catalogue import catalogue
from tests.house.repository import ROOT
from tests.house.words import FOLDERS, faults

CODE = '''
from hub import Rejected, said

class NoStreet(Rejected):
    """No street."""

def ask(street, reason):
    raise Rejected("the street '{street}' is not known[: {why}]", code="rejected.street",
                   values={"street": street, "why": reason})

def answer(street):
    values = {"street": street}
    raise NoStreet("there is no {street}", code="rejected.none", values=values)

def note():
    return said("nobody lives there", code="note.empty")
'''
RUSSIAN = {
    "the street '{street}' is not known[: {why}]": "улицы '{street}' нет[: {why}]",
    "there is no {street}": "{street}: такой нет",
    "nobody lives there": "там никто не живёт",
}


@pytest.mark.parametrize("package", FOLDERS)
def test_every_sentence_has_its_words(package: str) -> None:
    assert faults(package) == []


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """A package whose sentences are all translated into Russian."""
    folder = tmp_path / f"hub_streets_{abs(hash(request.node.name))}"
    folder.mkdir()
    (folder / "__init__.py").write_text(CODE, encoding="utf-8")
    update(folder, ("ru",))
    file = folder / "words" / "ru.po"
    text = file.read_text("utf-8")
    for english, russian in RUSSIAN.items():
        text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{russian}"')
    file.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert check_words(folder.name, ("ru",)) == []
    return folder


def _changed(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("__init__.py", '"nobody lives there"', 'f"nobody lives {there}"', "no literal"),
        ("__init__.py", ', code="note.empty"', "", "no code"),
        ("__init__.py", ', "why": reason', "", "differ in why"),
        ("__init__.py", "there is no {street}", "there is no house", "differ in street"),
        ("__init__.py", "note.empty", "rejected.none", "the code of another sentence too"),
        ("__init__.py", "nobody lives there", "nobody is there", "words.pot lacks note.empty"),
        ("__init__.py", "nobody lives there", "nobody is there", "nobody says note.empty any more"),
        ("words/ru.po", "там никто не живёт", "", "not translated: note.empty"),
        ("words/ru.po", 'msgctxt "note', '#, fuzzy\nmsgctxt "note', "not translated: note.empty"),
        ("words/ru.po", "{street}: такой нет", "такой нет", "other values than"),
        ("words/ru.po", "нет[: {why}]", "нет: {why}", "other [parts] than"),
        ("words/ru.po", "там никто не живёт", "那里没有人", "letters of another language"),
        ("words/ru.po", "там никто не живёт", "nobody lives there", "English"),
        ("words/ru.po", 'msgid "nobody lives there"', 'msgid "nobody is there"', "is in no words.pot"),
    ],
)  # fmt: skip
def test_the_check_finds(package: Path, name: str, old: str, new: str, said: str) -> None:
    _changed(package / name, old, new)
    assert [one for one in check_words(package.name, ("ru",)) if said in one]


def test_a_plugin_with_plain_sentences_is_right_where_no_language_is_asked_for(package: Path) -> None:
    (package / "words" / "ru.po").unlink()
    (package / "words" / "words.pot").unlink()
    _changed(package / "__init__.py", '"nobody lives there", code="note.empty"', 'f"nobody lives {there}"')
    assert check_words(package.name) == []


def test_an_update_marks_what_has_changed_and_keeps_the_old_english(package: Path) -> None:
    _changed(package / "__init__.py", "there is no {street}", "{street} is nowhere")
    _changed(package / "__init__.py", '"note.empty"', '"note.nobody"')
    update(package, ("ru",))
    text = (package / "words" / "ru.po").read_text("utf-8")
    assert (
        '#, fuzzy\n#| msgid "there is no {street}"\nmsgctxt "rejected.none"\nmsgid "{street} is nowhere"'
        in text
    )
    assert 'msgctxt "note.nobody"\nmsgid "nobody lives there"\nmsgstr "там никто не живёт"' in text
    assert [one.partition(":")[2] for one in check_words(package.name, ("ru",))] == [
        " not translated: rejected.none: '{street} is nowhere'"
    ]


def test_clicks_sentences_are_clicks() -> None:
    """A release of click that words them otherwise is seen here, and not by a seller."""
    own = {"Missing argument {rest}", "Missing option {rest}", "Missing parameter {rest}"}
    own |= {"{said} Did you mean {names}?", "{said} (Did you mean one of: {names}?)"}
    texts = {
        plain(node.value)
        for file in Path(click.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    ours = {entry.english for entry in catalogue("hub", "en").coded["click"]}
    assert ours - own - texts == set()


_SAYS = {"UsageError", "ClickException", "BadParameter", "confirm", "prompt", "echo", "failure", "_refuse"}
ENGLISH = {
    # What is said to nobody who has a language, or is typed as it stands. The list may only become shorter.
    ("hub/cli/commands/day.py", "  hub problems answer {} ({})"),  # a command
    ("hub/cli/commands/jobs.py", "hub jobs retry {}"),
    ("hub/web/bounds.py", "There are too many connections: try again in a moment."),  # before a head is read
}


def test_the_doors_say_nothing_in_english_alone() -> None:
    said = set()
    for file in [*(ROOT / "hub/cli").rglob("*.py"), *(ROOT / "hub/web").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                said |= {(file.relative_to(ROOT).as_posix(), text) for text in _told(node)}
    assert said == ENGLISH


def _told(call: ast.Call) -> Iterator[str]:
    """What a door says in its code: texts of words, ``{}`` for each value."""
    func = call.func
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    if name not in _SAYS and not name.endswith("Exception"):
        return
    for one in (*call.args, *(word.value for word in call.keywords if word.arg == "detail")):
        parts = one.values if isinstance(one, ast.JoinedStr) else [one]
        texts = [part.value if isinstance(part, ast.Constant) else "{}" for part in parts]
        if isinstance(one, ast.JoinedStr | ast.Constant) and re.search(
            r"[a-z]{2} [a-z]", "".join(map(str, texts))
        ):
            yield "".join(map(str, texts))
