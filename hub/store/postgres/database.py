"""The store on PostgreSQL: writes in threads of their own, each `SERIALIZABLE` and run again where another
came between; reads on a connection of each thread, every statement of which sees what is committed.

Why so (docs/adr/0033): the functions that write read, compare and save. Under READ COMMITTED two workers at
once sent 298 of 300 operations twice; SERIALIZABLE lets one of them through, for 2 % of the time.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus

from hub.plugin_api.errors import Conflict, StoreError
from hub.store.connection import Connection, Cursor, Transaction
from hub.store.counter import Reason
from hub.store.migrations import making as known
from hub.store.place import Server, not_a_url
from hub.store.postgres import identity, making
from hub.store.postgres.connection import PostgresConnection, connect
from hub.store.postgres.trouble import CommitUnknown, of_kind, trouble
from hub.store.schema import VERSION
from hub.store.store import Safety, Store
from hub.store.trouble import EngineFault

T = TypeVar("T")

THREADS = 4
"""Writes of a process that are under way at once."""
_TRIES = 20  # of a write that others come between
_PAUSE_MAX = 0.25  # real seconds
_LOOKED_AT = 2.0  # real seconds: so often it is seen whether a newer hub has taken over
_BEGIN = "BEGIN ISOLATION LEVEL SERIALIZABLE"
_AMONG = "; LOCK TABLE counters IN ROW SHARE MODE"
_ALONE = "; SET LOCAL lock_timeout = '2s'; LOCK TABLE counters IN EXCLUSIVE MODE"
"""Every write holds the weak lock, so that one which others came between again and again can have the
strong one, and runs while nobody else does: a long write would lose for ever against many short ones. A lock
is taken before the transaction sees anything (LOCK, "Notes"); whoever only reads waits for neither."""
_PATIENCE = 4  # tries among others
_LOOK = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_SAFE = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "remote_apply", "local")}


class PostgresStore(Store):
    """Opens the database of ``server``; with ``any_version`` also one whose tables are still to be made, or
    brought up to date."""

    shared = True

    def __init__(self, server: Server, *, any_version: bool = False) -> None:
        self.place = self._server = server
        self._bare = any_version  # there may be no table yet
        self._tried = float("-inf")
        self._looked = float("-inf")
        self._local = threading.local()
        self._every: list[psycopg.Connection[Any]] = []
        self._closed = False
        self._pool = ThreadPoolExecutor(THREADS, "store-writer")
        try:
            info = self._reader().info
            self._version = info.server_version
            making.refuse_server(self._version, info.parameter_status("server_encoding"), server)
            if self.reader.execute("SELECT pg_is_in_recovery()").fetchone()[0]:
                raise of_kind("standby", server, "")
            if not any_version:
                making.refuse_unfit(self.reader, server)
        except BaseException:
            self.close()
            raise

    @property
    def engine(self) -> str:
        major, minor = divmod(self._version, 10_000)
        return f"PostgreSQL {major}.{minor}"

    # --- reading ------------------------------------------------------------------------------------

    @property
    def reader(self) -> Connection:
        return self._reader()

    def _reader(self) -> _Reader:
        reader: _Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = _Reader(self)
        return reader

    def snapshot(self, look: Callable[[Connection], T]) -> T:
        reader = self._reader()
        with reader.one_moment():
            return look(reader)

    # --- writing ------------------------------------------------------------------------------------

    async def write(self, work: Callable[[Transaction], T]) -> T:
        self._must_be_open()
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._write, work)

    def write_now(self, work: Callable[[Transaction], T]) -> T:
        self._must_be_open()
        return self._pool.submit(self._write, work).result()

    def _must_be_open(self) -> None:
        if self._closed:
            raise RuntimeError("the store is closed")

    def _write(self, work: Callable[[Transaction], T]) -> T:
        try:
            result = self._tries(work)
        except StoreError as error:
            self.trouble, self._tried = error, time.monotonic()
            raise
        self.trouble, self._tried = None, time.monotonic()
        return result

    def _tries(self, work: Callable[[Transaction], T]) -> T:
        """Run it until nobody came between. What broke before COMMIT was sent has changed nothing, and is
        run once more on a new connection; what broke after that is never run again."""
        twice = lost = alone = False
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(random.random() * min(0.002 * 2**attempt, _PAUSE_MAX))
            try:
                return self._once(work, alone=alone)
            except (errors.SerializationFailure, errors.DeadlockDetected) as error:
                last: psycopg.Error = error
                alone = attempt + 1 >= _PATIENCE
            except errors.LockNotAvailable as error:
                if not alone:
                    raise self._said(error) from _cause(error)
                alone, last = False, error  # somebody was stopped in the middle of a write
            except errors.UniqueViolation as error:
                if twice:  # the row that was not there is there: whoever wrote it was first
                    raise _taken() from _cause(error)
                twice, last = True, error
            except psycopg.Error as error:
                if lost or not self._writer_is_gone():
                    raise self._said(error) from _cause(error)
                lost, last = True, error
        raise of_kind("locked", self._server, type(last).__name__)

    def _once(self, work: Callable[[Transaction], T], *, alone: bool) -> T:
        connection = self._writer()
        raw = connection.raw
        self._refuse_newer(connection)
        connection.raised = set()
        try:
            raw.execute(_BEGIN + ("" if self._bare else _ALONE if alone else _AMONG), prepare=False)
            result = work(connection)
            if raw.info.transaction_status is not TransactionStatus.INTRANS:
                raise EngineFault("a statement failed, and whoever ran it went on")
        except BaseException:
            _roll_back(raw)
            raise
        try:
            raw.execute("COMMIT")
        except (errors.SerializationFailure, errors.DeadlockDetected):
            raise
        except psycopg.Error as error:
            if error.sqlstate is not None and not error.sqlstate.startswith(("08", "57")):
                raise  # the server has said that it was not taken
            raise CommitUnknown(self._server, type(error).__name__) from _cause(error)
        return result

    def _writer(self) -> PostgresConnection:
        writer: PostgresConnection | None = getattr(self._local, "writer", None)
        if writer is None or writer.raw.closed:
            writer = self._local.writer = PostgresConnection(self._connect())
        return writer

    def _writer_is_gone(self) -> bool:
        writer: PostgresConnection | None = getattr(self._local, "writer", None)
        return writer is not None and bool(writer.raw.closed)

    def _refuse_newer(self, connection: PostgresConnection) -> None:
        """Raise StoreError where a newer hub has migrated the database since it was opened, and says that
        this code would spoil it. Outside the transaction, so that no write waits for another's counters."""
        now = time.monotonic()
        if now - self._looked < _LOOKED_AT:
            return
        version = making.version_of(connection)
        if version > VERSION and not known.lets_older_code_write(connection):
            raise of_kind("newer", self._server, "")
        self._looked = now

    # --- how it is ----------------------------------------------------------------------------------

    def tried_since(self, seconds: float) -> bool:
        return time.monotonic() - self._tried < seconds

    def what_is_wrong(self, error: BaseException) -> StoreError | None:
        return trouble(error, self._server)

    def free(self) -> int | None:
        return None

    async def safety(self) -> Safety:
        def read(tx: Transaction) -> dict[str, str | int]:
            found = {name: tx.execute(f"SHOW {name}").fetchone()[0] for name in _SAFE}
            return found | {"isolation": tx.execute("SHOW transaction_isolation").fetchone()[0]}

        found = await self.write(read)
        holds = all(found[name] in good for name, good in _SAFE.items())
        return Safety(found, holds and found["isolation"] == "serializable")

    def examine(self, now: datetime) -> Reason | None:
        """Compares the database with what it was when it was last opened."""
        if identity.agrees(self.reader):
            return None
        return self.write_now(lambda tx: identity.examined(tx, now))

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._pool.shutdown()
        for connection in self._every:
            connection.close()

    def _connect(self) -> psycopg.Connection[Any]:
        try:
            raw = connect(self._server)
        except psycopg.ProgrammingError as error:
            if error.sqlstate is None:  # what cannot be read as a URL
                raise not_a_url() from None
            raise self._said(error) from _cause(error)
        except psycopg.Error as error:
            raise self._said(error) from _cause(error)
        self._every = [one for one in self._every if not one.closed] + [raw]
        return raw

    def _said(self, error: psycopg.Error) -> StoreError | EngineFault:
        """In the place of a driver's error: what is wrong in plain words, or a mistake of a program."""
        found = trouble(error, self._server)
        if found is not None:
            return found
        return EngineFault(f"{type(error).__name__}: {str(error).splitlines()[0]}")


class _Reader:
    """The connection of one thread that only reads. Where it was lost a statement is asked again on a new
    one: each stands by itself, but in `one_moment`."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store
        self._connection: PostgresConnection | None = None
        self._whole = False

    def execute(self, sql: str, parameters: Sequence[object] = (), /) -> Cursor:
        try:
            return self._open().execute(sql, parameters)
        except errors.ReadOnlySqlTransaction as error:
            raise EngineFault("a reader changes nothing") from error
        except psycopg.Error as error:
            lost = self._connection is not None and bool(self._connection.raw.closed)
            if not lost or self._whole:
                raise self._store._said(error) from _cause(error)
        try:
            return self._open().execute(sql, parameters)
        except psycopg.Error as error:
            raise self._store._said(error) from _cause(error)

    def executemany(self, sql: str, parameters: Any, /) -> Cursor:
        raise EngineFault("a reader changes nothing")

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """A transaction in which all is read as of one moment."""
        self.execute(_LOOK)
        self._whole = True
        try:
            yield
        finally:
            self._whole = False
            _roll_back(self._open().raw)  # it has changed nothing

    @property
    def info(self) -> psycopg.ConnectionInfo:
        """Of which server it is."""
        return self._open().raw.info

    def _open(self) -> PostgresConnection:
        if self._connection is None or self._connection.raw.closed:
            raw = self._store._connect()
            raw.execute("SET default_transaction_read_only = on")
            self._connection = PostgresConnection(raw)
        return self._connection


def _roll_back(raw: psycopg.Connection[Any]) -> None:
    """Give up what was begun; where that cannot be said, the server sees it by the connection."""
    try:
        raw.execute("ROLLBACK")
    except psycopg.Error:
        raw.close()


def _cause(error: psycopg.Error) -> psycopg.Error | None:
    """The driver's error is kept for the log, but for one of reading a URL: it may repeat the password."""
    return None if error.sqlstate is None else error


def _taken() -> Conflict:
    return Conflict(
        "somebody else has stored the same at this moment: look at it, and try again",
        code="written_meanwhile",
    )


__all__ = ["PostgresStore"]
