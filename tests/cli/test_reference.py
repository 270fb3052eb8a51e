"""docs/reference/cli.md names every command, and no option that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module

import click

from hub.cli.root import _COMMANDS
from tests.house.repository import ROOT

ROW = re.compile(r"^\| (`hub .*?) \|(.*)\|$", re.MULTILINE)
COMMAND = re.compile(r"`hub ([^`]*)`")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def _real() -> Iterator[tuple[str, click.Command]]:
    for name, (place, _) in _COMMANDS.items():
        module, _, attribute = place.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Group):
            yield name, command
            continue
        if command.invoke_without_command:
            yield name, command
        for below, one in command.commands.items():
            yield f"{name} {below}", one


def _documented() -> Iterator[tuple[list[str], str]]:
    """The commands of each row of a table, and its text."""
    for row in ROW.finditer((ROOT / "docs/reference/cli.md").read_text("utf-8")):
        named = []
        for words in COMMAND.findall(row[1]):
            name = re.match(r"[a-z][a-z-]*( [a-z][a-z-]*)?(?= |$)", words)
            assert name, f"no command in {words!r}"
            named.append(name[0])
        yield named, row[0]


def test_every_command_is_in_the_reference_and_no_other() -> None:
    documented = {name for names, _ in _documented() for name in names}
    assert documented == {name for name, _ in _real()}


def test_the_reference_names_no_option_that_is_not_there() -> None:
    real = {
        name: {text for parameter in command.params for text in (*parameter.opts, *parameter.secondary_opts)}
        for name, command in _real()
    }
    wrong = [
        (names, option)
        for names, text in _documented()
        for option in OPTION.findall(text)
        if option != "--json" and not any(option in real.get(name, ()) for name in names)
    ]
    assert not wrong
