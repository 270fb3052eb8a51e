"""Backups: making one while the hub works, and putting one back."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.session import HubCommand, Session, pass_session
from hub.cli.show import emit_json, say
from hub.errors import StoreError


@click.command(cls=HubCommand)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_session
def backup(session: Session, file: Path) -> None:
    """Copy the database to FILE while the hub works, and check the copy by opening it.

    The key (hub.key) and plugins.toml are not in it: keep them too, and the key in another place.
    """
    from hub.clock import clock_from_environment
    from hub.store.backup import backup as copy
    from hub.store.condition import note_backup

    made = copy(session.home / "hub.sqlite", file)
    try:
        note_backup(session.home / "hub.sqlite", clock_from_environment().now())
    except StoreError as error:  # the copy is good: on a read-only disk it is what matters most
        said = "The copy is good, but the hub cannot note that it was made: {reason}"
        say(session, said, reason=error.message)
    if session.as_json:
        emit_json(made)
        return
    say(
        session,
        "{path}: sound; {postings:posting}, {operations:operation}, {bytes} bytes",
        path=made.path,
        postings=made.postings,
        operations=made.operations,
        bytes=str(made.bytes),
    )


@click.command(cls=HubCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_session
def restore(session: Session, file: Path) -> None:
    """Put a backup in the place of the database; the database that was there is kept beside it.

    Stop the hub first. What was booked after the backup was made is found again at the carriers before
    anything is booked: nothing is paid for twice.
    """
    from hub.clock import clock_from_environment
    from hub.store.backup import restore as put_back

    kept = put_back(session.home / "hub.sqlite", file, clock_from_environment().now())
    if session.as_json:
        emit_json({"restored": str(file), "kept": None if kept is None else str(kept)})
        return
    say(session, "Restored: {file}", file=str(file))
    if kept is not None:
        say(session, "What was here is kept as {kept}", kept=str(kept))
    say(session, "Next: 'hub serve'. What may have been booked meanwhile is looked up first.")
