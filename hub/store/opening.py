"""A database is opened on the engine that its place names. Nothing of a driver is imported for the other."""

from __future__ import annotations

from types import ModuleType

from hub.plugin_api.errors import ConfigError
from hub.store.database import SqliteStore
from hub.store.place import Place, Server
from hub.store.store import Store


def open_store(place: Place) -> Store:
    """The database at ``place``. A SQLite file is made where there is none; on a server `make_tables` does
    that.

    Raises StoreError where it cannot be used for a reason outside the program, ConfigError for a database of
    another version, or none of a hub.
    """
    if not isinstance(place, Server):
        return SqliteStore(place)
    opened: Store = on_server().open_store(place)
    return opened


def make_tables(server: Server) -> bool:
    """Make the tables in an empty database. Returns whether it was empty. Raises as `open_store`."""
    return bool(on_server().make_tables(server))


def on_server() -> ModuleType:
    """What is done on a server (`hub.store.postgres.doors`). Raises ConfigError without the driver."""
    try:
        from hub.store.postgres import doors
    except ImportError as error:
        raise ConfigError(
            "the driver of PostgreSQL cannot be imported ({error}): pip install 'parcelhub[postgres]'",
            code="config.no_postgres_driver",
            values={"error": error},
        ) from error
    return doors


__all__ = ["make_tables", "on_server", "open_store"]
