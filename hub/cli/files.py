"""Files that commands write."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

from hub.words import said


def check_folder(out: Path) -> None:
    """Before anything is done: a misspelt folder is not made, as 'hub backup' makes none."""
    if not out.parent.is_dir():
        raise click.ClickException(
            said(
                "there is no folder {parent}: make it first",
                code="not_found.no_folder_make_first",
                values={"parent": out.parent},
            )
        )


def write_whole(path: Path, content: bytes) -> None:
    """Whole or not at all: a printer must never see half a file. Names and addresses stand in it, so it is
    the owner's alone to read (0600), also where a file of this name was everybody's."""
    partial = None
    try:
        number, partial = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        with os.fdopen(number, "wb") as file:
            file.write(content)
        os.replace(partial, path)
    except OSError as error:
        if partial is not None:
            Path(partial).unlink(missing_ok=True)
        raise click.ClickException(
            said(
                "cannot write {path}: {error}",
                code="usage.cannot_write",
                values={"path": path, "error": error.strerror or error},
            )
        ) from error
