"""Whether this is still the database that was worked with: one that was restored from a dump is another one,
and a standby that was promoted has another timeline. Either may lack what was committed last, so bookings may
be forgotten (docs/adr/0033)."""

from __future__ import annotations

from datetime import datetime

from hub.store import counter, doubting
from hub.store.connection import Connection, Transaction

_NAMES = ("identity:system", "identity:database", "identity:timeline")
"""In ``counters``: the cluster, the database in it, and how often a standby was promoted on the way here."""
_NOW = (
    "SELECT (SELECT system_identifier FROM pg_control_system()), "
    "(SELECT CAST(oid AS bigint) FROM pg_database WHERE datname = current_database()), "
    "CAST(CAST(('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)) AS bit(32)) AS bigint)"
)
_ASKABLE = (
    "SELECT has_function_privilege('pg_control_system()', 'EXECUTE') "
    "AND has_function_privilege('pg_walfile_name(pg_lsn)', 'EXECUTE')"
)


def examined(tx: Transaction, now: datetime) -> counter.Reason | None:
    """Compare the database with what it was when it was last opened. Returns why it may have forgotten what
    was sent, where that has shown just now."""
    found, known = _found(tx), _known(tx)
    if found == known or (found is None and known is not None):
        return None  # also where the service hides it: whoever restores there has to say so
    reason: counter.Reason = "new" if known is None else "copied"
    for name, value in zip(_NAMES, found or (0, 0, 0), strict=True):
        tx.execute(
            "INSERT INTO counters (name, value) VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )
    if known is None and doubting.has_history(tx):
        return None  # moved here from elsewhere: nothing is forgotten
    counter.note_doubt(tx, reason, now)
    doubting.doubt(tx, now)
    return reason


def agrees(connection: Connection) -> bool:
    """Whether nothing has changed since it was last opened."""
    known, found = _known(connection), _found(connection)
    return known is not None and (found is None or found == known)


def _known(connection: Connection) -> tuple[int, ...] | None:
    marks = ", ".join("?" * len(_NAMES))
    found = dict(
        connection.execute(f"SELECT name, value FROM counters WHERE name IN ({marks})", _NAMES).fetchall()
    )
    return tuple(found[name] for name in _NAMES) if len(found) == len(_NAMES) else None


def _found(connection: Connection) -> tuple[int, ...] | None:
    """None where the service lets nobody ask."""
    if not connection.execute(_ASKABLE).fetchone()[0]:
        return None
    return tuple(connection.execute(_NOW).fetchone())


__all__ = ["agrees", "examined"]
