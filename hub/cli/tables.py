"""Tables that people hand over: read whole, from a file or from stdin, and never more than a table may be."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from hub.cli.session import Session
from hub.cli.show import say

TABLE = click.Path(exists=True, dir_okay=False, allow_dash=True)
"""An argument that names a table; ``-`` is stdin."""


def table_bytes(file: str) -> bytes:
    """What is in it; of a larger file than a table may be only enough to be refused."""
    from hub.plugin_api.tables import BYTES_MAX

    if file == "-":
        return sys.stdin.buffer.read(BYTES_MAX + 1)
    with Path(file).open("rb") as source:
        return source.read(BYTES_MAX + 1)


def say_sheet(session: Session, sheet: str) -> None:
    """Of an Excel file, which sheet was read."""
    if sheet and not session.as_json:
        say(session, "Read: the sheet '{sheet}'.", sheet=sheet)
