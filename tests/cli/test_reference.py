"""docs/reference/cli.md names every command, and no option that is not there."""

from __future__ import annotations

import re

import click

from tests.house.cli_page import PAGE, commands, documented, row_of, with_all

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def test_every_command_is_in_the_reference_and_no_other() -> None:
    told = {name for names, _ in documented(PAGE.read_text("utf-8")) for name in names}
    assert told == {name for name, _ in commands()}


def test_a_command_without_a_row_is_given_one_below_its_neighbours() -> None:
    page = PAGE.read_text("utf-8")
    assert with_all(page) == page
    kept = [
        line for line in page.splitlines() if not line.startswith(("| `hub products list", "| `hub compact"))
    ]
    names = [names for names, _ in documented(with_all("\n".join(kept)))]
    assert ["compact"] in names
    assert names.index(["products list"]) == names.index(["products import"]) + 1


def test_a_row_shows_arguments_and_options() -> None:
    @click.command()
    @click.argument("posting", nargs=-1, required=True)
    @click.option("--out", required=True)
    @click.option("--yes", is_flag=True)
    def weigh(posting: tuple[str, ...], out: str, yes: bool) -> None:
        """Weigh parcels, or
        guess."""

    assert row_of("weigh", weigh) == "| `hub weigh POSTING... --out OUT [--yes]` | weigh parcels, or guess |"


def test_the_reference_names_no_option_that_is_not_there() -> None:
    real = {
        name: {text for parameter in command.params for text in (*parameter.opts, *parameter.secondary_opts)}
        for name, command in commands()
    }
    wrong = [
        (names, option)
        for names, text in documented(PAGE.read_text("utf-8"))
        for option in OPTION.findall(text)
        if option != "--json" and not any(option in real.get(name, ()) for name in names)
    ]
    assert not wrong
