"""What is wrong where the database cannot be used: the driver's and the system's errors, in plain words.

A full disk is no error in a program: whoever meets a `hub.plugin_api.errors.StoreError` tries again later.
SQLite's result codes are of sqlite.org/rescode.html, read 2026-11-28.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.plugin_api.errors import StoreError, StoreTrouble
from hub.store.place import Place
from hub.words import Sentence, said


class EngineFault(Exception):
    """A statement that PostgreSQL refuses, in the place of its driver's error: an error in a program."""


EngineError = (sqlite3.Error, EngineFault)
"""What the engine raises, whatever it is."""
BadDatabase = sqlite3.DatabaseError
"""What it raises of a file, a disk or a lock: not of how it is used."""
NotThere = sqlite3.OperationalError
"""What it raises where a table or a column is not there, or cannot be read now."""

_ROOM = 1024 * 1024
"""With less free than this a disk that "answers with an error" is a full one: SQLite names only the first
write that fails so, and says of those after it (of the shared memory, of a quota) that they failed."""

_OF_SQLITE: dict[int, StoreTrouble] = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_PERM: "forbidden",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_PROTOCOL: "locked",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_IOERR: "broken",
    sqlite3.SQLITE_CANTOPEN: "closed",
}
_OF_TEXT: dict[str, StoreTrouble] = {
    # an error that was made by hand, or lost its code on the way
    "database or disk is full": "full",
    "attempt to write a readonly database": "read_only",
    "database is locked": "locked",
    "database disk image is malformed": "damaged",
    "file is not a database": "damaged",
    "disk I/O error": "broken",
    "unable to open database file": "closed",
}
_OF_SYSTEM: dict[int, StoreTrouble] = {
    errno.ENOSPC: "full",
    getattr(errno, "EDQUOT", errno.ENOSPC): "full",
    errno.EFBIG: "full",
    errno.EROFS: "read_only",
    errno.EACCES: "forbidden",
    errno.EPERM: "forbidden",
    errno.EMFILE: "files",
    errno.ENFILE: "files",
    errno.EIO: "broken",
}


def words_of(kind: StoreTrouble, place: Place) -> Sentence:
    """What is wrong, and what to do. What only a server knows of has its words in `hub.store.postgres`."""
    values = {"path": place}
    words: dict[StoreTrouble, Sentence] = {
        "full": said(
            "the disk is full: {path} cannot be written. Make room; the hub goes on by itself",
            code="store_full",
            values=values,
        ),
        "read_only": said(
            "{path} cannot be written: its file system is read-only. Make it writable again (the system "
            "makes "
            "a disk with errors read-only: look at its log); the hub goes on by itself",
            code="store_read_only",
            values=values,
        ),
        "forbidden": said(
            "{path} cannot be used: it belongs to somebody else. Run the hub as its owner, or give the "
            "folder "
            "and what is in it to the hub's user (chown -R)",
            code="store_forbidden",
            values=values,
        ),
        "locked": said(
            "another program holds {path}: wait, or end that program. Nothing is damaged, and no backup has "
            "to "
            "be put back",
            code="store_locked",
            values=values,
        ),
        "damaged": said(
            "{path} is damaged. Stop the hub and keep the files; 'hub doctor' looks at them, 'hub restore "
            "FILE' "
            "puts a backup back",
            code="store_damaged",
            values=values,
        ),
        "broken": said(
            "the disk answers with an error where {path} is. Look at the disk, its quota and the system's "
            "log; "
            "the hub goes on by itself once it answers again",
            code="store_broken",
            values=values,
        ),
        "closed": said(
            "{path} cannot be opened: see whether its folder is there and belongs to the hub's user",
            code="store_closed",
            values=values,
        ),
        "gone": said(
            "{path} was taken away, or replaced, while the hub is at work: nothing is written or sent. Stop "
            "the "
            "hub, put the file back ('hub restore FILE' takes a backup), and start it again",
            code="store_gone",
            values=values,
        ),
        "newer": said(
            "a newer hub has taken over {path}: this process writes nothing into it any more. End it, and "
            "use "
            "the newer version",
            code="store_newer",
            values=values,
        ),
        "files": said(
            "too many files and connections are open in this process: raise its limit (ulimit -n, or "
            "LimitNOFILE of the service)",
            code="store_files.too_many_connections_open",
        ),
    }
    return words[kind]


def kind_of(error: BaseException) -> StoreTrouble | None:
    """What is wrong with the store, as far as the error is the store's and not a program's."""
    if isinstance(error, StoreError):
        return error.kind
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:
            return next((kind for text, kind in _OF_TEXT.items() if text in str(error)), None)
        return _OF_SQLITE.get(code & 0xFF)
    return _OF_SYSTEM.get(error.errno or 0) if isinstance(error, OSError) else None


def trouble(error: BaseException, path: Path) -> StoreError | None:
    """The error of the store at ``path`` in plain words; None where it is not the store's."""
    kind = kind_of(error)
    if kind is None:
        return None
    if isinstance(error, StoreError):
        return error
    if kind in ("broken", "closed", "read_only") and _no_room(path):
        kind = "full"
    return of_kind(kind, path)


def of_kind(kind: StoreTrouble, place: Place) -> StoreError:
    """The sentence for a kind of trouble."""
    return StoreError(kind, words_of(kind, place))


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Say in plain words what is wrong with the file at ``path``; other errors pass."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        said = trouble(error, path)
        if said is None:
            raise
        raise said from error


def free(path: Path) -> int:
    """How many bytes are free where ``path`` is."""
    return shutil.disk_usage(path.parent).free


def _no_room(path: Path) -> bool:
    try:
        return free(path) < _ROOM
    except OSError:
        return False


__all__ = [
    "BadDatabase",
    "EngineError",
    "EngineFault",
    "NotThere",
    "free",
    "kind_of",
    "named",
    "of_kind",
    "trouble",
    "words_of",
]
