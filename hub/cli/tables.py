"""Tables that people hand over: read whole, from a file or from stdin, and never more than a table may be."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.files import check_folder, write_whole
from hub.cli.plainly import echo
from hub.cli.session import Session
from hub.cli.show import emit_json, say

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.exports.tables import Table

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


XLSX = click.option(
    "--xlsx",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all of it as an Excel file instead, headed in the seller's language.",
)


def write_xlsx(session: Session, out: Path, table: Table, seller: str, **what: Any) -> None:
    """Have a table of the seller's as an Excel file; names and addresses may stand in it."""
    check_folder(out)

    async def work(app: App) -> bytes:
        from hub.flow.exports.tables import Asked, export

        return export(table, Asked(app, seller, language=session.asked_for, **what))

    write_whole(out, session.run(work))
    if session.as_json:
        emit_json({"out": str(out)})
    else:
        echo(str(out))
