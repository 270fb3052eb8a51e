"""The same tests on the second engine: ``pytest --engine postgres tests/store tests/flow``.

Wherever a test opens a SQLite file the hub is given a schema of a PostgreSQL database in its place: the
functions of the store, the flow and the doors above them are the same, and so are the tests. A schema is made
once and used again: what is in its tables is deleted, which costs less than making forty of them.

The server is that of ``PARCELHUB_TEST_SERVER``, else the one on 127.0.0.1: a database of each worker's own is
made there, ``parcelhub_test_...``, and dropped in the end.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from hub.store import opening
from hub.store.database import SqliteStore
from hub.store.place import Server
from hub.store.schema import TABLES
from hub.store.store import Store

SERVER = "PARCELHUB_TEST_SERVER"
HERE = "postgresql://127.0.0.1:5432/postgres"
FILES = (
    *("tests/store/test_queue.py", "tests/store/test_shares.py", "tests/store/test_versions.py"),
    *("tests/store/test_store.py", "tests/store/test_mapping.py"),
    *("tests/flow/test_several_workers.py", "tests/flow/test_journal.py", "tests/flow/test_races.py"),
    *("tests/flow/test_choosing.py", "tests/flow/test_totals.py", "tests/flow/test_handovers.py"),
    *("tests/flow/test_worker.py", "tests/flow/test_whole_day.py"),
)
"""What runs on the second engine each time: the queue, the journal, what two do at once, a whole day. All of
``tests/store`` and ``tests/flow`` may be run there."""
WITHOUT_SERVER = "no PostgreSQL answers"
_SETTINGS = "-c search_path={schema} -c synchronous_commit=off"
_BETWEEN = (
    "INSERT INTO counters (name, value) VALUES ('test:between', 1) "
    "ON CONFLICT (name) DO UPDATE SET value = counters.value + 1"
)
_numbers = count()
_EMPTY = "DO $$ BEGIN {} END $$".format(
    " ".join(
        f'IF EXISTS (SELECT FROM "{table.name}") THEN DELETE FROM "{table.name}"; END IF;'
        for table in TABLES
        if table.name != "counters"
    )
    + " DELETE FROM counters WHERE name NOT LIKE 'schema:%';"
)


def server() -> str:
    """The URL of the server for tests."""
    return os.environ.get(SERVER) or HERE


def url_of(database: str, schema: str = "") -> str:
    """The URL of a database there, with what its connections find first."""
    parts = urlsplit(server())
    query = "options=" + quote(_SETTINGS.format(schema=schema)) if schema else ""
    return urlunsplit((parts.scheme, parts.netloc, f"/{database}", query, ""))


def connected(database: str = "") -> Any:
    """A connection to the server, each statement of which is a transaction of its own."""
    import psycopg

    return psycopg.connect(url_of(database) if database else server(), autocommit=True, connect_timeout=5)


class Schemas:
    """Schemas of one database, given out by the path of the file that they stand for."""

    def __init__(self) -> None:
        self.database = f"parcelhub_test_{os.getpid()}"
        self._made = 0
        self._free: list[str] = []
        self._given: dict[Path, str] = {}
        with closing(connected()) as connection:
            connection.execute(f"CREATE DATABASE {self.database} TEMPLATE template0 ENCODING 'UTF8'")

    def url(self, path: Path) -> str:
        """The database that stands for the file at ``path``, with its tables."""
        path = path.resolve()
        if path not in self._given:
            self._given[path] = self._free.pop() if self._free else self._make()
            path.touch()  # some look whether there is a database
        return url_of(self.database, self._given[path])

    def empty(self) -> None:
        """All that was given out is as new, and may be given out again."""
        for schema in self._given.values():
            with closing(connected(self.database)) as connection:
                connection.execute(f"SET search_path = {schema}")
                connection.execute(_EMPTY)
            self._free.append(schema)
        self._given.clear()

    def drop(self) -> None:
        """The database goes."""
        with closing(connected()) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")

    def _make(self) -> str:
        self._made += 1
        schema = f"s{self._made}"
        with closing(connected(self.database)) as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
        assert opening.make_tables(Server(url_of(self.database, schema)))
        return schema


def on_postgres() -> Iterator[Schemas]:
    """Until it is closed the hub opens a schema wherever it is asked for a SQLite file."""
    schemas = Schemas()
    from hub.store.postgres import database as engine

    # One write after the other, as SQLite's: what is numbered in its order is numbered alike. Tests of two at
    # once open the store themselves.
    threads, engine.THREADS = engine.THREADS, 1

    def opened(path: Path) -> Store:
        store: Store = opening.on_server().open_store(Server(schemas.url(path)))
        store.path = path  # type: ignore[attr-defined] # what some tests name their places by
        return store

    plain = opening.SqliteStore
    opening.SqliteStore = opened  # type: ignore[assignment,misc]
    try:
        yield schemas
    finally:
        opening.SqliteStore, engine.THREADS = plain, threads  # type: ignore[misc]
        schemas.drop()


def twice() -> Iterator[None]:
    """Until it is closed every write on SQLite is run, taken back, and run again, with somebody else's write
    between: as on a server where another came between. Whatever a write leaves behind outside the database,
    or counts on finding as it was, shows so."""
    submit = SqliteStore._submit

    def submitted(store: SqliteStore, job: Any) -> None:
        submit(store, job._replace(work=_rehearsed(job.work)))

    SqliteStore._submit = submitted  # type: ignore[method-assign]
    try:
        yield
    finally:
        SqliteStore._submit = submit  # type: ignore[method-assign]


def _rehearsed(work: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def both(tx: Any) -> Any:
        renewed = tx.renewed
        tx.execute("SAVEPOINT rehearsal")
        try:
            with suppress(Exception):  # it is raised the second time, if it still is
                work(tx)
        finally:
            if tx.in_transaction:
                tx.execute("ROLLBACK TO rehearsal")
                tx.execute("RELEASE rehearsal")
        tx.leaving, tx.renewed, tx.raised = False, renewed, set()
        tx.execute(_BETWEEN)
        return work(tx)

    return both


@contextmanager
def database(*, tables: bool = True) -> Iterator[str]:
    """The URL of a new database, which goes in the end."""
    name = f"parcelhub_test_{os.getpid()}_{next(_numbers)}"
    with closing(connected()) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            if tables:
                opening.make_tables(Server(url_of(name)))
            yield url_of(name)
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@cache
def absent() -> str:
    """Why there is no second engine here, in one line; empty where its server answers."""
    try:
        with closing(connected()):
            return ""
    except Exception as error:
        return f"{WITHOUT_SERVER}: {' '.join(str(error).split())}"


__all__ = [
    "WITHOUT_SERVER",
    "Schemas",
    "absent",
    "connected",
    "database",
    "on_postgres",
    "twice",
    "url_of",
]


def main(arguments: Sequence[str]) -> int:
    """``files``: what `.ci/run` runs on the second engine; else why it cannot, and whether."""
    if arguments == ["files"]:
        print(*FILES)
        return 0
    why = absent()
    print(why)
    return 1 if why else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
