"""What the rest of the store does with a database on a server."""

from __future__ import annotations

from contextlib import closing

from hub.store.migrations.running import Report, told
from hub.store.place import Server
from hub.store.postgres import making
from hub.store.postgres.database import PostgresStore


def open_store(server: Server) -> PostgresStore:
    """The database, open. Raises as `hub.store.open_store`."""
    return PostgresStore(server)


def make_tables(server: Server) -> bool:
    """The tables, in an empty database. Returns whether it was empty."""
    with closing(PostgresStore(server, any_version=True)) as store:
        made = store.write_now(making.make)
        making.refuse_unfit(store.reader, server)
    return made


def to_do(server: Server) -> Report:
    """What `migrate` would do."""
    with closing(PostgresStore(server, any_version=True)) as store:
        version = making.refuse_empty(store.reader, server)
        steps = making.steps_of(store.reader)
    return Report(version, version if not steps else steps[-1].number, told(steps))


def migrate(server: Server) -> Report:
    """Bring the tables up to date, in one transaction."""
    report = to_do(server)
    if report.steps:
        with closing(PostgresStore(server, any_version=True)) as store:
            store.write_now(making.bring_up)
    return report


__all__ = ["make_tables", "migrate", "open_store", "to_do"]
