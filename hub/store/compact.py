"""The database file written anew, without what was deleted from it: the step after erasing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from filelock import FileLock

from hub.plugin_api.errors import ConfigError, Unavailable

_PATIENCE_SECONDS = 60


def compact(path: Path) -> tuple[int, int]:
    """Rewrite the database and empty its log, so that no byte of a deleted row is left in either. Other
    processes may work; their writes wait so long. Returns the file's bytes before and after.

    Raises ConfigError where there is no database, Unavailable where it cannot be done now: the disk is full
    (it needs the file's size once more), or somebody reads all the time.
    """
    if not path.exists():
        raise ConfigError(
            "there is no database {path}: nothing to compact",
            code="config.no_database_nothing_compact",
            values={"path": path},
        )
    before = path.stat().st_size
    with FileLock(f"{path}.lock", mode=0o600):
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute(f"PRAGMA busy_timeout = {_PATIENCE_SECONDS * 1000}")
            connection.execute("VACUUM")
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError as error:
            raise Unavailable(
                "the database cannot be written anew now: {error}",
                code="unavailable.database_cannot_written_anew_now",
                values={"error": error},
            ) from None
        finally:
            connection.close()
    if busy:
        raise Unavailable(
            "the database was written anew, but its log could not be emptied, for it is being read: try "
            "again",
            code="unavailable.database_written_anew_log",
        )
    return before, path.stat().st_size
