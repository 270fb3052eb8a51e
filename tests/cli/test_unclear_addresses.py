"""``hub problems``: an unclear address beside what the carrier made of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hub.flow.opening import open_app
from tests.cli.conftest import Run
from tests.web.seed import Seeded
from tests.web.unclear import let_ask


@pytest.fixture
def problem(home: Path, seeded: dict[str, Seeded]) -> str:
    async def ask() -> str:
        app = open_app(home)
        try:
            return let_ask(app, seeded["alpha"])
        finally:
            await app.aclose()

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("language", "original", "suggestion"),
    [
        ("en", "as it stands: RU, 630000, Саратов", "as the carrier writes it: RU, 410000"),
        ("ru", "как есть: RU, 630000, Саратов", "как пишет перевозчик: RU, 410000"),
        ("zh", "原地址：RU, 630000, Саратов", "承运商的写法：RU, 410000"),
    ],
)
def test_both_spellings_are_listed(
    run: Run, problem: str, language: str, original: str, suggestion: str
) -> None:
    ended = run("--lang", language, "problems", "--seller", "alpha")
    assert ended.code == 0
    # A long text is folded in its column of the table: its words stand there one below the other.
    shown = ended.out.split()
    for words in (problem, "russian_post", original, suggestion, "correct_address"):
        assert [one for one in words.split() if not any(one in word for word in shown)] == [], ended.out


def test_it_is_corrected_in_one_line(run: Run, problem: str) -> None:
    wrong = run("problems", "answer", problem, "correct_address")
    assert wrong.code != 0
    assert "postal_code" in wrong.err
    ended = run("problems", "answer", problem, "correct_address", "--set", "postal_code=410012")
    assert ended.code == 0, ended.err
    assert problem not in run("problems", "--seller", "alpha").out
