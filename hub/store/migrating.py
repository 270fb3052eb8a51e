"""An older database is brought up to date, on either engine."""

from __future__ import annotations

from datetime import datetime

from hub.store.migrations import running
from hub.store.migrations.running import Report
from hub.store.opening import on_server
from hub.store.place import Place, Server


def to_do(place: Place) -> Report:
    """What `migrate` would do; it changes nothing. Raises NotFound where there is no database, ConfigError
    for one that this code cannot migrate, StoreError where it cannot be read."""
    return on_server().to_do(place) if isinstance(place, Server) else running.to_do(place)


def migrate(place: Place, now: datetime) -> Report:
    """Bring the database up to this code's version. Where anything fails it is as it was before. A file is
    copied before; of a server's database whoever runs the server has backups.

    Raises as `to_do`; Conflict while a hub is at work on a file, or where no copy of it can be made;
    StoreError where it was not taken.
    """
    return on_server().migrate(place) if isinstance(place, Server) else running.migrate(place, now)


__all__ = ["Report", "migrate", "to_do"]
