"""A connection to the server, with the hub's settings, as the functions of the store are given it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg import DataError, RawCursor, sql

from hub.store.connection import Cursor
from hub.store.place import Server
from hub.store.postgres.statements import adapt, numbered, rows_by_name, without_nul

_CONNECTING: dict[str, Any] = {
    "connect_timeout": 5,
    "application_name": "parcelhub",
    # a server that is gone without a word (a cable, a firewall) is known as gone after half a minute
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
_SETTINGS = {
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    # a process that was stopped in the middle of a write gives up what it holds
    "idle_in_transaction_session_timeout": "30s",
    "client_min_messages": "warning",
}
_KEPT = 300  # prepared statements of a connection


class PostgresConnection:
    """What a function of the store is given: statements with ``?``, rows by place and by name."""

    __slots__ = ("raised", "raw")

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw
        self.raised: set[str] = set()
        """Postings whose version this write has raised (`hub.store.versions`)."""

    def execute(self, sql: str, parameters: Sequence[object] = (), /) -> Cursor:
        text = numbered(sql)
        try:
            return self.raw.execute(text, parameters or None)
        except DataError as error:
            if error.sqlstate is not None:
                raise
            return self.raw.execute(text, without_nul(parameters))  # refused before it was sent

    def executemany(self, sql: str, parameters: Iterable[Sequence[object]], /) -> Cursor:
        cursor, text, rows = self.raw.cursor(), numbered(sql), [tuple(row) for row in parameters]
        try:
            cursor.executemany(text, rows)
        except DataError as error:
            if error.sqlstate is not None:
                raise
            cursor = self.raw.cursor()
            cursor.executemany(text, map(without_nul, rows))
        return cursor


def connect(server: Server, **settings: str) -> psycopg.Connection[Any]:
    """A new connection, each statement of which is a transaction of its own. Raises psycopg.Error."""
    known = server.parameters
    parameters = {name: value for name, value in _CONNECTING.items() if name not in known}
    raw: psycopg.Connection[Any] = psycopg.connect(
        server.url, autocommit=True, cursor_factory=RawCursor, row_factory=rows_by_name, **parameters
    )
    try:
        raw.prepare_threshold, raw.prepared_max = 2, _KEPT
        adapt(raw.adapters)
        wanted = _SETTINGS | settings
        raw.execute(
            sql.SQL("; ").join(
                sql.SQL("SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
                for name, value in wanted.items()
            )
        )
    except BaseException:
        raw.close()
        raise
    return raw


__all__ = ["PostgresConnection", "connect"]
