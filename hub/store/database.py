"""The store on SQLite: one writer thread with group commit, and one read-only connection a thread.

Why so: a deferred transaction that reads and then writes failed with BUSY in a quarter of all tries under
four threads, and SQLite 3.7.0 to 3.51.2 has a WAL-reset bug with two writing connections. So every write of
a process goes through one connection and `BEGIN IMMEDIATE`, every write transaction (and with it every
checkpoint) holds an operating-system lock beside the database, and readers are read-only.

Writes that are waiting at the same moment share one commit; each has a savepoint of its own, so one that
fails does not take its neighbours with it. `synchronous=FULL`: a commit that was reported is on the disk.
"""

from __future__ import annotations

import asyncio
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from filelock import lock_descriptor, unlock_descriptor

from hub.plugin_api.errors import StoreError
from hub.store import counter, doubting, held
from hub.store.connection import Connection, Transaction
from hub.store.migrations import making
from hub.store.store import Safety, Store
from hub.store.trouble import free, named, of_kind, trouble

T = TypeVar("T")

WANTED_PRAGMAS: dict[str, str | int] = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
"""What the connection that writes must have; 2 is FULL (sqlite.org/pragma.html#pragma_synchronous)."""
_DOUBTFUL = 10.0  # real seconds after a write that was refused
_GROUP = 256  # writes that share a commit at most


class _Job(NamedTuple):
    """A write, and who waits for it: a coroutine of ``loop``, or a thread."""

    work: Callable[[Transaction], Any]
    future: Future[Any] | asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop | None


class _Answer(NamedTuple):
    future: Future[Any] | asyncio.Future[Any]
    result: Any
    error: BaseException | None


class SqliteStore(Store):
    """Opens (and makes) the database at ``path``. Close it when done.

    Raises StoreError where it cannot be used for a reason outside the program, and so does every write;
    ConfigError for a database of another version.
    """

    def __init__(self, path: Path) -> None:
        self.place = self.path = path
        self._tried = float("-inf")
        self._refused = float("-inf"), 0
        with named(path):
            self._open(path)

    def _open(self, path: Path) -> None:
        self._lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            # Buyers' names and addresses are in it: a new one is nobody else's to read, nor is its log.
            self._file = held.HeldFile(path)
        except BaseException:
            os.close(self._lock)
            raise
        self._log: tuple[int, int] | None = None
        self._numbered = -1
        self.counter = counter.CounterFile(path, self._file)  # before anything can change
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._closed = False
        writer: sqlite3.Connection | None = None
        try:
            writer = self._connect()
            with self._locked():
                prepare(writer)
                self._schema = making.version_of(writer)
        except BaseException:
            if writer is not None:
                writer.close()
            self._file.close()
            os.close(self._lock)
            raise
        self._thread = threading.Thread(target=self._write_forever, args=(writer,), name="store-writer")
        self._thread.daemon = True
        self._thread.start()

    # --- reading ------------------------------------------------------------------------------------

    @property
    def engine(self) -> str:
        return f"SQLite {sqlite3.sqlite_version}"

    @property
    def reader(self) -> Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "reader", None)
        if connection is None:
            uri = f"{self.path.resolve().as_uri()}?mode=ro"
            connection = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA query_only=1")
            connection.execute("PRAGMA busy_timeout=5000")
            connection.execute("PRAGMA mmap_size=268435456")
            self._local.reader = connection
            self._readers.append(connection)
        return connection

    def snapshot(self, look: Callable[[Connection], T]) -> T:
        reader = self.reader
        reader.execute("BEGIN")
        try:
            return look(reader)
        finally:
            reader.execute("COMMIT")

    # --- writing ------------------------------------------------------------------------------------

    async def write(self, work: Callable[[Transaction], T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._submit(_Job(work, future, loop))
        return await future

    def write_now(self, work: Callable[[Transaction], T]) -> T:
        future: Future[T] = Future()
        self._submit(_Job(work, future, None))
        return future.result()

    def _submit(self, job: _Job) -> None:
        if self._closed:
            raise RuntimeError("the store is closed")
        self._queue.put(job)

    def tried_since(self, seconds: float) -> bool:
        return time.monotonic() - self._tried < seconds

    def what_is_wrong(self, error: BaseException) -> StoreError | None:
        return trouble(error, self.path)

    def free(self) -> int | None:
        return free(self.path)

    async def safety(self) -> Safety:
        def read(tx: Transaction) -> dict[str, str | int]:
            return {name: tx.execute(f"PRAGMA {name}").fetchone()[0] for name in WANTED_PRAGMAS}

        found = await self.write(read)
        return Safety(found, found == WANTED_PRAGMAS)

    def examine(self, now: datetime) -> counter.Reason | None:
        """Compares the database with the counter beside it."""
        file = self.counter.read()  # before the database: what it has, the database has too by now
        if file is not None and doubting.judged(self.reader, self.counter, file) is None:
            self.counter.agrees(file)
            return None
        return self.write_now(lambda tx: doubting.examined(tx, self.counter, now))

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        for connection in self._readers:
            connection.close()  # first: the one that writes takes the log along when it is the last
        self._queue.put(None)
        self._thread.join()
        self.counter.close()
        self._file.close()
        os.close(self._lock)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """The lock that `filelock.FileLock` takes on the same file. By its descriptor it costs a hundredth of
        the CPU: a path is resolved anew each time."""
        lock_descriptor(self._lock)
        try:
            yield
        finally:
            unlock_descriptor(self._lock)

    def _connect(self) -> counter.Writer:
        connection = sqlite3.connect(
            self.path, check_same_thread=False, isolation_level=None, factory=counter.Writer
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA busy_timeout=30000")
        connection.execute("PRAGMA foreign_keys=ON")
        return connection

    def _write_forever(self, connection: counter.Writer) -> None:
        while (first := self._queue.get()) is not None:
            group, more = [first], True
            while more and len(group) < _GROUP:
                try:
                    following = self._queue.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    self._queue.put(None)
                    more = False
                else:
                    group.append(following)
            self._commit(connection, group)
        connection.close()

    def _commit(self, connection: counter.Writer, group: list[_Job]) -> None:
        answers: list[_Answer] = []
        counted: set[int] = set()  # positions of those who may send only once the file beside has it
        connection.renewed = False
        before = connection.total_changes
        try:
            with self._locked():
                self._must_be_there()
                connection.execute("BEGIN IMMEDIATE")
                try:
                    self._refuse_newer(connection)
                    number = self._number(connection)
                    for job in group:
                        connection.execute("SAVEPOINT one")
                        connection.leaving = False
                        connection.raised = set()
                        try:
                            answers.append(_Answer(job.future, job.work(connection), None))
                        except Exception as error:
                            if not connection.in_transaction:
                                # SQLite took everything back by itself (a full disk): there is no savepoint
                                # any more, and asking for it would hide why.
                                raise
                            connection.execute("ROLLBACK TO one")
                            answers.append(_Answer(job.future, None, error))
                        else:
                            if connection.leaving or connection.renewed:
                                counted.add(len(answers) - 1)
                        connection.execute("RELEASE one")
                    connection.execute("COMMIT")
                    self._numbered = number
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
                uncounted = self._count(connection) if counted or self.counter.is_behind_the_log() else None
                if uncounted is not None:
                    answers = [
                        _Answer(answer.future, None, uncounted) if at in counted else answer
                        for at, answer in enumerate(answers)
                    ]
            self._went_through(connection.total_changes - before)
        except BaseException as error:
            failed = {answer.future: answer.error for answer in answers}
            answers = [_Answer(job.future, None, failed.get(job.future) or error) for job in group]
            if (known := trouble(error, self.path)) is not None:
                self.trouble, self._tried = known, time.monotonic()
                self._refused = time.monotonic(), connection.total_changes - before
        _deliver(group, [self._named(answer) for answer in answers])

    def _refuse_newer(self, connection: counter.Writer) -> None:
        """Raise StoreError where a newer hub has migrated the database since it was opened, and says that
        this code would spoil it. Asked inside the transaction, for nobody can migrate meanwhile."""
        version = making.version_of(connection)
        if version != self._schema:
            if not making.lets_older_code_write(connection):
                raise of_kind("newer", self.path)
            self._schema = version

    def _number(self, connection: counter.Writer) -> int:
        """Have the next checkpoint leave a higher number in the database's file than the last one did
        (`hub.store.counter.Main`). Returns the last one's."""
        number = self._file.number()
        if number != self._numbered:
            connection.execute(f"PRAGMA application_id={number + 1}")
        return number

    def _must_be_there(self) -> None:
        """Raises StoreError where the file or its log was taken away, or another one lies there: SQLite would
        write on into one that nobody ever opens again, and what was sent meanwhile would be forgotten."""
        log = held.which(self.path.with_name(f"{self.path.name}-wal"))
        if held.which(self.path) != self._file.id or (self._log is not None and log != self._log):
            raise of_kind("gone", self.path)
        self._log = log

    def _went_through(self, changes: int) -> None:
        """A commit of nothing says nothing of the disk, and one of a few rows says little of one that took no
        page of them a moment ago."""
        now = time.monotonic()
        refused, needed = self._refused
        if changes and (now - refused > _DOUBTFUL or changes >= needed):
            self.trouble = None
        if changes:
            self._tried = now

    def _named(self, answer: _Answer) -> _Answer:
        """What the driver says, in plain words where the disk or a lock is at fault."""
        if not isinstance(answer.error, sqlite3.Error | OSError):
            return answer
        said = trouble(answer.error, self.path)
        if said is None:
            return answer
        said.__cause__ = answer.error
        return answer._replace(error=said)

    def _count(self, connection: counter.Writer) -> OSError | None:
        """Tell the file beside the database what leaves after this commit, and which file its log goes
        into."""
        count = counter.stored(connection)
        if not count.identity:
            return None  # no hub has looked at it yet
        try:
            if connection.renewed:
                self.counter.replace(count)
            else:
                self.counter.write(count)
        except OSError as error:
            return error
        return None


def _deliver(group: list[_Job], answers: list[_Answer]) -> None:
    """Tell who waits. A loop is woken once for all its writes: waking costs as much as a short write."""
    loops: dict[asyncio.AbstractEventLoop, list[_Answer]] = {}
    for job, answer in zip(group, answers, strict=True):
        if job.loop is None:
            _tell([answer])
        else:
            loops.setdefault(job.loop, []).append(answer)
    for loop, ready in loops.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_tell, ready)


def _tell(answers: list[_Answer]) -> None:
    for future, result, error in answers:
        if future.done():
            continue  # who waited was cancelled
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


def prepare(connection: sqlite3.Connection) -> None:
    """Pragmas of the file, and the tables of a new one. Raises ConfigError for a database that has to be
    migrated first (`hub.store.migrations.running`), or that a newer hub has made."""
    version = making.refuse_older(connection)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    if not version:
        connection.execute("BEGIN IMMEDIATE")
        try:
            making.make(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
