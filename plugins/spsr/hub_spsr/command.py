"""``hub spsr FILE``: old SPSR shipments of saved answers and tables, in the hub's words."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="One JSON list, with every event.")
def spsr(files: tuple[Path, ...], as_json: bool) -> None:
    """Read old SPSR Express shipments; nothing is asked of any service.

    Lines of a table that cannot be read are told and the others go on; then the exit code is 1.
    """
    from hub import HubError, in_a_row, said

    from hub_spsr.imported import ImportedShipment, read_file

    shipments: list[ImportedShipment] = []
    unread: list[str] = []
    for file in files:
        try:
            saved = read_file(file.read_bytes())
            shipments += saved.shipments
            unread += [
                said(
                    "{name}, line {line}: {reason}",
                    code="usage.line",
                    values={"name": file.name, "line": line, "reason": reason},
                )
                for line, reason in saved.unread
            ]
        except HubError as error:
            raise click.ClickException(
                said("{name}: {said}", code="usage.file", values={"name": file.name, "said": error.said})
            ) from error
    if as_json:
        click.echo(msgspec.json.encode(shipments).decode())
    for one in () if as_json else shipments:
        last = one.events[-1] if one.events else None
        told = f"{last.time:%Y-%m-%d} {last.kind} {last.code} {last.text}" if last else one.state
        click.echo("\t".join(map(_plain, (one.number, str(one.stage or "unknown"), told))))
    if unread:
        raise click.ClickException(in_a_row(unread))


def _plain(text: str) -> str:
    """A saved answer is somebody else's text, and a terminal obeys what it reads."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)
