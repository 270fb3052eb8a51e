"""What a seller reads on the command line is there in their language: headings, sentences, refusals."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.cli import texts
from hub.words.catalogue import catalogue
from tests.cli.conftest import Run
from tests.web.seed import Seeded

CLI = Path(__file__).parents[2] / "hub" / "cli"
_SHOWN = {"emit": 2, "table": 1, "say": 1, "text": 0}
"""Which argument of these has headings or a sentence."""


def _words(file: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        shown: ast.expr | None = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            at = _SHOWN.get(name)
            shown = node.args[at] if at is not None and len(node.args) > at else None
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(one, ast.Name) and "heading" in one.id.lower() for one in targets):
                shown = node.value
        for leaf in ast.walk(shown) if isinstance(shown, ast.Tuple | ast.Constant) else ():
            if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str) and leaf.value:
                yield leaf.value, node.lineno


def test_every_heading_and_sentence_has_its_words() -> None:
    missing = [
        f"{file.name}:{line}: {word!r}"
        for file in CLI.rglob("*.py")
        for word, line in _words(file)
        if ("cli", word) not in catalogue("hub", "en").exact
    ]
    assert not missing


def test_two_things_have_two_names() -> None:
    for language in ("ru", "zh"):
        assert texts.text("in time", language) != texts.text("on time", language)


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "отправления '1-1-1' нет"), ("zh", "没有货件 '1-1-1'")]
)
def test_a_refusal_is_in_the_language_and_json_keeps_the_code(run: Run, language: str, words: str) -> None:
    assert words in run("--lang", language, "show", "1-1-1").err
    assert '"not_found"' in run("--lang", language, "show", "1-1-1", "--json").err


def test_what_all_sellers_share_needs_no_asking(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    """Two sellers of one language and one zone: commands that name no seller speak it, and show it."""
    file = home / "plugins.toml"
    text = file.read_text("utf-8").replace("Asia/Shanghai", "Europe/Moscow")
    file.write_text(text, encoding="utf-8")
    shown = run("problems")
    assert "вариант" in shown.out.lower()
    assert re.search(r"прошёл 20\.11\.2026 1[5-9]:00", re.sub(r"\s+", " ", shown.out)), shown.out
    assert "UTC" not in shown.out
    assert "отправления '1-1-1' нет" in run("show", "1-1-1").err


def test_a_ship_that_ends_in_a_problem_says_so(run: Run, seeded: dict[str, Seeded]) -> None:
    posting = seeded["alpha"].posting
    ended = run("--lang", "en", "ship", posting.number, "--timeout", "5")
    assert ended.code == 1
    assert "hub problems answer" in ended.err
    assert run("ship", posting.number, "--json", "--timeout", "5").json["problems"]
