"""Two sellers of different languages: the one that a command is about is spoken to; what mixes them has each
line's own zone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.web.seed import Seeded


@pytest.fixture
def two(home: Path, seeded: dict[str, Seeded]) -> dict[str, Seeded]:
    """Alpha reads Russian in Moscow, beta Chinese in Shanghai."""
    file = home / "plugins.toml"
    toml = file.read_text("utf-8").replace('title = "Beta"', 'title = "Beta"\nlanguage = "zh"')
    file.write_text(toml.replace('title = "Alpha"', 'title = "Alpha"\nlanguage = "ru"'), "utf-8")
    return seeded


@pytest.mark.parametrize(
    ("command", "russian", "chinese"),
    [
        ("account list {}", "проверен", "检查"),
        ("problems --seller {}", "срок", "截止"),
        ("handover {}", "Нечего передавать", "交接"),
        ("products list {}", "Здесь пусто", "没有"),
    ],
)
def test_a_command_speaks_to_the_seller_that_it_names(
    run: Run, two: dict[str, Seeded], command: str, russian: str, chinese: str
) -> None:
    to_alpha, to_beta = (run(*command.format(slug).split()) for slug in ("alpha", "beta"))
    assert russian in to_alpha.out + to_alpha.err
    assert chinese in to_beta.out + to_beta.err
    english = run("--lang", "en", *command.format("beta").split())
    assert chinese not in english.out + english.err


def test_a_posting_speaks_for_its_seller(run: Run, two: dict[str, Seeded], tmp_path: Path) -> None:
    for command in (("labels", "--out", str(tmp_path / "x.pdf"), "--wait", "0"), ("track", "--timeout", "1")):
        ended = run(*command, two["alpha"].postings[1].number, "no-such")
        assert "отправления 'no-such' нет" in ended.out + ended.err


def test_what_mixes_sellers_has_each_lines_zone(run: Run, two: dict[str, Seeded]) -> None:
    both = run("account", "list")
    assert "checked" in both.out
    assert "MSK" in both.out
    assert "CST" in both.out
    assert "UTC" not in both.out
    problems = run("problems")
    assert "deadline" in problems.out
    assert "15:00" in problems.out  # one deadline, as each of them says it
    assert "20:00" in problems.out
    assert "Нет веса" not in problems.out


def test_what_is_wrong_before_a_command_begins_is_said_in_the_language_of_all_sellers_here(
    run: Run, home: Path, two: dict[str, Seeded]
) -> None:
    run("seller", "list")
    mixed = run("ship")
    assert "name postings" in mixed.err, "they read several, and nobody is named"
    file = home / "plugins.toml"
    file.write_text(file.read_text("utf-8").replace('language = "ru"', 'language = "zh"'), "utf-8")
    run("seller", "list")  # what plugins.toml declares is taken over
    for wrong in (("ship",), ("products", "import", "beta", "no-such.csv"), ("labels", "1", "--out", "no/x")):
        ended = run(*wrong)
        assert ended.code
        assert any("\u4e00" <= letter <= "\u9fff" for letter in ended.err), ended.err
    assert "没有" in run("acount").err
    assert "注意" in run("doctor", "--offline").out
    assert "发运" in run("ship", "--help").out
    assert "name postings" in run("--lang", "en", "ship").err
