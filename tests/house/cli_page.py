"""docs/reference/cli.md: ``python -m tests.house.cli_page`` adds a row for each command that has none.

The rows are written by people, who say more than a help text does; this one is where they begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module

import click

from hub.cli.root import _COMMANDS
from tests.house.repository import ROOT

PAGE = ROOT / "docs/reference/cli.md"
ROW = re.compile(r"^\| (`hub .*?) \|(.*)\|$", re.MULTILINE)
_COMMAND = re.compile(r"`hub ([^`]*)`")


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command of the hub, with its whole name."""
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


def documented(page: str) -> Iterator[tuple[list[str], str]]:
    """The commands of each row of a table, and its text."""
    for row in ROW.finditer(page):
        named = []
        for words in _COMMAND.findall(row[1]):
            name = re.match(r"[a-z][a-z-]*( [a-z][a-z-]*)?(?= |$)", words)
            assert name, f"no command in {words!r}"
            named.append(name[0])
        yield named, row[0]


def with_all(page: str) -> str:
    """The page, with a row for each command that had none: below its group's others, else below them all."""
    for name, command in commands():
        rows = list(ROW.finditer(page))
        told = [names for names, _ in documented(page)]
        if any(name in names for names in told):
            continue
        group = name.partition(" ")[0]
        near = [
            row for row, names in zip(rows, told, strict=True) if group in {one.split()[0] for one in names}
        ]
        end = (near or rows)[-1].end()
        page = f"{page[:end]}\n{row_of(name, command)}{page[end:]}"
    return page


def row_of(name: str, command: click.Command) -> str:
    """What the command's own help says, as a row."""
    own = [one for one in command.params if "--json" not in one.opts]  # which every command takes
    words = " ".join(["hub", name, *map(_shown, own)])
    said = " ".join((command.help or "").split()).replace("|", r"\|")
    return f"| `{words}` | {said[:1].lower()}{said[1:].removesuffix('.')} |"


def _shown(parameter: click.Parameter) -> str:
    value = str(parameter.name).upper()
    if isinstance(parameter, click.Option):
        text = parameter.opts[0] if parameter.is_flag else f"{parameter.opts[0]} {value}"
    else:
        text = value if parameter.nargs == 1 else f"{value}..."
    return text if parameter.required else f"[{text}]"


if __name__ == "__main__":
    PAGE.write_text(with_all(PAGE.read_text("utf-8")), "utf-8")
