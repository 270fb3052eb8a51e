"""``--help`` in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from unicodedata import east_asian_width

import click
import pytest

from hub.cli import root
from hub.words.catalogue import found
from hub.words.help_texts import HELP, paragraphs
from tests.cli.conftest import Run


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name in group.commands or (root._COMMANDS if group is root.hub else ()):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)


def texts() -> Iterator[str]:
    """Everything that help shows of the hub's own commands."""
    for _, line in root._COMMANDS.values():
        yield line
    for _, command in [((), root.hub), *commands(root.hub)]:
        yield from paragraphs(command.help or "")
        yield from (one.help for one in command.params if isinstance(one, click.Option) and one.help)


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_every_text_of_help_has_its_words(language: str) -> None:
    known = list(texts())
    assert len(known) > 150
    assert [one for one in known if not found(HELP, " ".join(one.split()), language)] == []


@pytest.mark.parametrize(("language", "usage"), [("ru", "Использование:"), ("zh", "用法:")])
def test_a_page_of_help_is_in_one_language(run: Run, language: str, usage: str) -> None:
    page = run("--lang", language, "ship", "--help").out
    assert page.startswith(f"{usage} hub ship [OPTIONS] [POSTINGS]...")
    for english in ("Ship", "Options", "default", "seconds", "Show this"):
        assert english not in page


def test_the_commands_of_a_group_and_of_plugins_too(run: Run, tmp_path: Path) -> None:
    assert "CARRIER" in (page := run("--lang", "ru", "prices", "--help").out)
    assert "Забыть договорные цены" in page
    assert "parcelhub-demo" in (page := run("--lang", "zh", "--help").out)
    assert "插件的命令:" in page
    home = ("--home", str(tmp_path))  # no plugins.toml there says what may run
    assert "24 отправления" in run(*home, "--lang", "ru", "demo", "--help").out


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_no_line_is_wider_than_a_terminal(run: Run, language: str) -> None:
    for path, _ in commands(root.hub):
        for line in run("--lang", language, *path, "--help").out.splitlines():
            assert "Использование:" not in line[1:]  # an option without help has none
            columns = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line)
            # a closing mark may stand behind a full line
            assert columns <= 80 + 2 * (language == "zh"), line


def test_what_was_wrong_is_said_with_the_same_words(run: Run) -> None:
    ended = run("--lang", "ru", "ship", "--nope")
    assert ended.code == 2
    assert ended.err.startswith("Использование: hub ship")
    assert "Ошибка: " in ended.err


def test_no_command_writes_a_sentence_that_has_no_words() -> None:
    """What is printed as it stands in the code is data: JSON, a path, a command to copy."""
    folder = Path(root.__file__).parent / "commands"
    literal = re.compile(r'echo\(f?"[A-Z][^"{]* [^"]*"')
    found = [
        f"{file.name}: {line}"
        for file in folder.glob("*.py")
        for line in literal.findall(file.read_text("utf-8"))
    ]
    assert found == []
