"""Backups: making one while the hub works, and putting one back; and migrating an older hub's database."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.plainly import echo
from hub.cli.session import HubCommand, Session, pass_session
from hub.cli.show import emit_json, say
from hub.cli.texts import text
from hub.plugin_api.errors import ConfigError, StoreError


@click.command(cls=HubCommand)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_session
def backup(session: Session, file: Path) -> None:
    """Copy the database to FILE while the hub works, and check the copy by opening it.

    The key (hub.key) and plugins.toml are not in it: keep them too, and the key in another place.
    """
    from hub.plugin_api.clock import clock_from_environment
    from hub.store.backup import backup as copy
    from hub.store.condition import note_backup

    database = session.file()
    made = copy(database, file)
    try:
        note_backup(database, clock_from_environment().now())
    except (StoreError, ConfigError) as error:
        # the copy is good: on a read-only disk, or of an older hub, it is what matters most
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
        bytes=made.bytes,
    )


@click.command(cls=HubCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_session
def restore(session: Session, file: Path) -> None:
    """Put a backup in the place of the database; the database that was there is kept beside it.

    Stop the hub first. What was booked after the backup was made is found again at the carriers before
    anything is booked: nothing is paid for twice. A backup of an older hub is migrated where it is put;
    FILE itself stays as it is.
    """
    from hub.plugin_api.clock import clock_from_environment
    from hub.store.backup import restore as put_back

    kept = put_back(session.file(), file, clock_from_environment().now())
    if session.as_json:
        emit_json({"restored": str(file), "kept": None if kept is None else str(kept)})
        return
    say(session, "Restored: {file}", file=str(file))
    if kept is not None:
        say(session, "What was here is kept as {kept}", kept=str(kept))
    say(session, "Next: 'hub serve'. What may have been booked meanwhile is looked up first.")


@click.command(cls=HubCommand)
@click.option("--check", is_flag=True, help="Only tell what is to be done; exit code 1 where anything is.")
@pass_session
def migrate(session: Session, check: bool) -> None:
    """Bring the database of an older hub up to this version, after a copy of it was made beside it.

    Stop the hub first. Where anything fails, the database is as it was. 'hub serve' does the same when it
    starts.
    """
    from hub.plugin_api.clock import clock_from_environment
    from hub.store.migrating import migrate as bring_up
    from hub.store.migrating import to_do

    database = session.place()
    done = to_do(database) if check else bring_up(database, clock_from_environment().now())
    if session.as_json:
        emit_json(done)
    elif not done.steps:
        say(session, "Nothing to do: the database has schema {schema}", schema=str(done.after))
    else:
        said = "To be migrated from schema {before} to {after}:"
        if not check:
            said = "Migrated from schema {before} to {after}:"
        say(session, said, before=str(done.before), after=str(done.after))
        for step in done.steps:
            echo(f"  {step.number}  {text(step.title, session.language)}")
        if done.copy is not None:
            say(session, "As it was it is kept as {copy}", copy=done.copy)
    click.get_current_context().exit(1 if check and done.steps else 0)
