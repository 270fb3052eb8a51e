"""The one way onto a terminal. What buyers, vendors and files say cannot command it: see
`hub.words.plain`."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any, TextIO

import click

from hub.cli.help_words import spoken
from hub.words.plain import PlainFormatter, shown

if TYPE_CHECKING:
    from rich.console import Console

_PIPE_WIDTH = 200  # columns of a table that nobody looks at directly
_OURS = re.compile("(\x1b\\[[0-9;]*m)")
"""Colours, which rich makes of our own styles. From texts they are taken out before rich sees them."""


def echo(text: str, *, err: bool = False) -> None:
    """A line for a person."""
    click.echo(shown(text), err=err)


def failure(text: str) -> None:
    """A line of an error, on stderr, in the language that help is in."""
    click.secho(spoken("Error:"), fg="red", err=True, nl=False)
    echo(f" {text}", err=True)


def console(*, stderr: bool = False) -> Console:
    """Where people read tables."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PIPE_WIDTH
    return Console(file=_Plain(stream), width=width, highlight=False, emoji=False)  # type: ignore[arg-type]


def plain_logs() -> None:
    """Warnings that nobody else handles go to stderr: one line each, and as plain as everything else."""
    if isinstance(logging.lastResort, logging.Handler):
        logging.lastResort.setFormatter(PlainFormatter())


class _Plain:
    """A stream that lets colours through, and nothing else that a terminal obeys."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        if "\x1b" in text:
            text = "".join(part if at % 2 else shown(part) for at, part in enumerate(_OURS.split(text)))
        else:
            text = shown(text)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
