"""The counter beside the database: how much was sent, told to a file that a copy of the database does not
have.

A database that is put back by ``cp`` cannot know that it is old. So every request that costs money or
cannot be undone is counted in the database, in the transaction that marks it as sent, and the count is
written and synced into ``hub.sqlite.counter`` before the request leaves. On opening the two are compared
(`compare`): a database that is behind the file, is another one, or has lost the file has forgotten
something (docs/adr/0018).

The file has two lines, written in turn and in place, each with a checksum: a write that is cut short
leaves the other line, and what it would have counted has not left. It is written after the commit and
before anybody is told of it. So the file may be behind the database by what never left, and is never
behind what did."""

from __future__ import annotations

import os
import secrets
import sqlite3
import zlib
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from hub.store.connection import Connection
from hub.store.held import HeldFile
from hub.store.mapping import from_micros, micros

Reason = Literal["restored", "copied", "lost", "new"]
"""Why a database may have forgotten what was sent: put back with ``hub restore``; put back otherwise; made
anew beside the counter of one that is gone; made anew."""

_REASONS: dict[str, Reason] = {
    "restored_at": "restored",
    "copied_at": "copied",
    "lost_at": "lost",
    "born_at": "new",
}
_SENDS, _IDENTITY = "counter:sends", "counter:identity"
_LINE = 512  # bytes: one sector, which a disk writes whole or not at all
_HEAD = "parcelhub-counter-1"
_sync = getattr(os, "fdatasync", os.fsync)


Verdict = Reason | Literal["adopted"] | None
"""``adopted``: a database of before the counter, which is in no doubt. None: the two agree."""


class Main(NamedTuple):
    """The database's file without its log, as of the last checkpoint.

    Each checkpoint leaves a higher number in it (`hub.store.database`), so a file with a lower one is an old
    copy, and one with a higher one is what SQLite has made of it. Neither its size nor its time could tell
    the two apart, where a hub is killed between a checkpoint and the line that says so.
    """

    inode: int
    number: int


class Count(NamedTuple):
    """Which database, and how many requests it has sent."""

    identity: int
    sends: int
    main: Main | None = None
    """The file that the database's log belongs to; None where that is not known."""
    turn: int = 0
    """Which of the two lines is the later one."""


class Doubt(NamedTuple):
    """Since when, and why, this database may have forgotten what was sent before."""

    time: datetime
    reason: Reason


class Writer(sqlite3.Connection):
    """The connection that writes; it remembers what its transaction means for the file beside the
    database."""

    leaving = False
    """A request leaves after it: the file is written first."""
    renewed = False
    """The database has a new identity: the file begins anew."""
    raised: set[str]
    """Postings whose version its write has raised (`hub.store.versions`)."""


class CounterFile:
    """The file beside the database at ``path``. It is written while the database's lock is held; ``held`` is
    the database's file."""

    def __init__(self, database: Path, held: HeldFile) -> None:
        self.path = path_of(database)
        self._held = held
        self._file = -1
        self._main: Main | None = None
        self.found_a_log = _has_log(database)
        """There was a log when it was opened: the hub that wrote it has not stopped by itself, or is at
        work."""

    def read(self) -> Count | None:
        """What was written into it last; None where there is nothing that can be read."""
        return read(self.path)

    def write(self, count: Count) -> None:
        """Write and sync it; it is on the disk afterwards. Raises OSError."""
        if self._file >= 0 and not os.fstat(self._file).st_nlink:
            self.close()  # somebody took the file away: what is written into it nobody will read
        if self._file < 0:
            self._open()
        os.lseek(self._file, 0, os.SEEK_SET)
        turn = max((one.turn for one in _lines(os.read(self._file, 2 * _LINE))), default=0) + 1
        self._main = self.main()
        os.lseek(self._file, _LINE * (turn % 2), os.SEEK_SET)
        os.write(self._file, _line(count._replace(turn=turn, main=self._main)))
        _sync(self._file)

    def replace(self, count: Count) -> None:
        """Begin anew: nothing of an older count stays. Raises OSError."""
        self.close()
        self._main = self.main()
        line = _line(count._replace(main=self._main))
        part = self.path.with_name(self.path.name + ".part")
        with suppress(FileNotFoundError):
            part.unlink()
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            os.write(descriptor, line + line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(part, self.path)
        _sync_folder(self.path.parent)

    def main(self) -> Main:
        """The database's file as it is now. Raises OSError."""
        return Main(self._held.id[1], self._held.number())

    def is_behind_the_log(self) -> bool:
        """Whether the log has gone into the database since its file was noted. Before the two were compared
        nothing is noted: what is written on opening, such as a new plugins.toml, would make an old copy agree
        with the file."""
        return self._main is not None and self.main() != self._main

    def agrees(self, count: Count) -> None:
        """What is written in the file is so: nothing is to be written yet."""
        self._main = count.main or self.main()

    def close(self) -> None:
        """Close the file; the next write opens it again."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _open(self) -> None:
        self._file = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600)
        if os.fstat(self._file).st_size != 2 * _LINE:
            os.ftruncate(self._file, 2 * _LINE)
            os.fsync(self._file)
            _sync_folder(self.path.parent)


def read(path: Path) -> Count | None:
    """What was written last into the counter's file at ``path``; None where nothing can be read."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return max(_lines(content), key=lambda one: one.turn, default=None)


def path_of(database: Path) -> Path:
    """Where the counter of a database is."""
    return database.with_name(f"{database.name}.counter")


# --- in the database --------------------------------------------------------------------------------------


def add(tx: Connection) -> None:
    """One more request leaves after this transaction. On PostgreSQL there is no file beside it, and a row
    that every send writes would have them wait for each other (`hub.store.postgres.identity` is there)."""
    if not isinstance(tx, Writer):
        return
    tx.execute(
        "INSERT INTO counters (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
        (_SENDS,),
    )
    tx.leaving = True


def stored(connection: Connection) -> Count:
    """What the database says of itself; the identity is 0 where it has none yet."""
    found = dict(
        connection.execute(
            "SELECT name, value FROM counters WHERE name IN (?, ?)", (_IDENTITY, _SENDS)
        ).fetchall()
    )
    return Count(found.get(_IDENTITY, 0), found.get(_SENDS, 0))


def doubt(connection: Connection) -> Doubt | None:
    """The last time that this database may have lost something, with the reason; None where it never did."""
    marks = ", ".join("?" * len(_REASONS))
    row = connection.execute(
        f"SELECT name, value FROM counters WHERE name IN ({marks}) ORDER BY value DESC LIMIT 1",
        tuple(_REASONS),
    ).fetchone()
    return None if row is None else Doubt(from_micros(row[1]), _REASONS[row[0]])


def note_doubt(tx: Connection, reason: Reason, now: datetime) -> None:
    """From now on this database is one that may have forgotten what was sent before; it gets an identity
    of its own, for what it goes on from is no longer what the counter beside it was about.

    Never earlier than what it knows: a clock that has gone back must not make the doubt a smaller one.
    """
    (name,) = (name for name, one in _REASONS.items() if one == reason)
    last = doubt(tx)
    times = [micros(now), 0 if last is None else micros(last.time) + 1]
    for table in ("operations", "postings"):
        times.append(tx.execute(f"SELECT max(updated_at) FROM {table}").fetchone()[0] or 0)
    _set(tx, name, max(times))
    adopt(tx)


def adopt(tx: Connection) -> None:
    """Give the database an identity of its own: all that a hub without a counter has made needs, for what
    it has sent is not in doubt."""
    _set(tx, _IDENTITY, secrets.randbits(62) + 1)
    if isinstance(tx, Writer):
        tx.renewed = True


def judge(
    database: Count, file: Count | None, *, has_history: bool, under_a_log: Main | None = None
) -> Verdict:
    """What the two say together: None where they agree.

    A log that lies beside another file than it was written for makes the two one database that never was: the
    old rows of a copy under the newest counter. So the file counts that was found ``under_a_log``: it has to
    be the one that was noted, or what a later checkpoint has made of it.
    """
    if not database.identity:
        if file is not None:
            return "copied" if has_history else "lost"
        return "adopted" if has_history else "new"
    if file is None or file.identity != database.identity or file.sends > database.sends:
        return "copied"
    if under_a_log is None or file.main is None:
        return None
    is_it = under_a_log.inode == file.main.inode and under_a_log.number >= file.main.number
    return None if is_it else "copied"


def _set(tx: Connection, name: str, value: int) -> None:
    tx.execute(
        "INSERT INTO counters (name, value) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


# --- the file's lines -------------------------------------------------------------------------------------


def _line(count: Count) -> bytes:
    main = "-" if count.main is None else f"{count.main.inode}.{count.main.number}"
    text = f"{_HEAD} {count.identity} {count.sends} {count.turn} {main}"
    return f"{text} {zlib.crc32(text.encode()):08x}\n".encode().ljust(_LINE)


def _lines(content: bytes) -> list[Count]:
    """The lines that can be read."""
    found = (_parsed(content[start : start + _LINE]) for start in (0, _LINE))
    return [one for one in found if one is not None]


def _parsed(line: bytes) -> Count | None:
    try:
        text, check = line.decode("ascii").rsplit(maxsplit=1)
        head, identity, sends, turn, main = text.split()
        if head != _HEAD or f"{zlib.crc32(text.encode()):08x}" != check:
            return None
        return Count(int(identity), int(sends), _parsed_main(main), int(turn))
    except ValueError:
        return None


def _parsed_main(text: str) -> Main | None:
    """None for what an earlier version has noted: the file's size and time."""
    parts = text.split(".")
    return Main(int(parts[0]), int(parts[1])) if len(parts) == 2 else None


def _has_log(database: Path) -> bool:
    try:
        return database.with_name(f"{database.name}-wal").stat().st_size > 0
    except OSError:
        return False


def _sync_folder(folder: Path) -> None:
    """A new name is on the disk only when its folder is; where folders cannot be opened nothing can be
    done."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


__all__ = [
    "Count",
    "CounterFile",
    "Doubt",
    "Main",
    "Reason",
    "Verdict",
    "Writer",
    "add",
    "adopt",
    "doubt",
    "judge",
    "note_doubt",
    "path_of",
    "read",
    "stored",
]
