"""Which file the log belongs to, at whatever moment of a checkpoint the hub is killed."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.store import counter, open_store

pytestmark = pytest.mark.sqlite  # the file beside a SQLite database

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
_BESIDE = ("", "-wal", "-shm", ".counter")


class Files:
    """A database that is killed and put back at will: each file is written in place, so that it stays the one
    that it was."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "hub.sqlite"
        self.store = open_store(self._path)
        self.reason = self.store.examine(NOW)

    def send(self) -> None:
        """What is committed before a request leaves."""
        self.store.write_now(counter.add)

    def checkpoint(self) -> None:
        """All of the log goes into the file, and no line says so yet."""
        with closing(sqlite3.connect(self._path)) as connection:
            busy, pages, gone = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        assert (busy, pages) == (0, gone)

    def main(self) -> bytes:
        return self._path.read_bytes()

    def kill(self, main: bytes | None = None) -> None:
        """The hub dies; somebody puts another file in the database's place; the hub is started again."""
        left = {ending: self._beside(ending).read_bytes() for ending in _BESIDE}
        self.store.close()
        for ending, content in left.items():
            self._beside(ending).write_bytes(content)
        if main is not None:
            self._path.write_bytes(main)
        self.store = open_store(self._path)
        self.reason = self.store.examine(NOW)

    def _beside(self, ending: str) -> Path:
        return self._path.with_name(self._path.name + ending)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    made = Files(tmp_path)
    assert made.reason == "new"
    return made


@pytest.mark.parametrize("checkpoints", [0, 1, 2])
@pytest.mark.parametrize("sends", [0, 1])
def test_a_kill_after_a_checkpoint_is_no_copy(files: Files, checkpoints: int, sends: int) -> None:
    """SQLite has written into the file, and the line that says so was not written any more."""
    try:
        files.send()
        for _ in range(checkpoints):
            files.send()
            files.checkpoint()
        for _ in range(sends):
            files.send()
        for _ in range(3):
            files.kill()
            assert files.reason is None
    finally:
        files.store.close()


@pytest.mark.parametrize("sends", [0, 1])
def test_an_older_file_under_the_log_is_a_copy(files: Files, sends: int) -> None:
    """Also where nothing was sent in between: each checkpoint leaves another number."""
    try:
        files.send()
        files.checkpoint()
        files.send()
        early = files.main()
        for _ in range(sends):
            files.send()
        files.store.write_now(lambda tx: tx.execute("INSERT INTO counters VALUES ('more', 1)"))
        files.checkpoint()
        files.send()
        files.kill(early)
        assert files.reason == "copied"
        files.kill()
        assert files.reason is None  # told once
    finally:
        files.store.close()


def test_the_same_file_under_its_log_is_no_copy(files: Files) -> None:
    """A copy since which the log has not gone into the file is the file."""
    try:
        files.send()
        files.checkpoint()
        files.send()
        same = files.main()
        files.send()
        files.kill(same)
        assert files.reason is None
    finally:
        files.store.close()


def test_what_an_earlier_version_has_noted_is_not_compared(files: Files) -> None:
    """It noted the file's size and time, which say nothing after a kill."""
    path = counter.path_of(files.store.path)
    try:
        files.send()
        known = counter.read(path)
        assert known is not None
        text = f"parcelhub-counter-1 {known.identity} {known.sends} {known.turn + 1} 1.2.3"
        line = f"{text} {zlib.crc32(text.encode()):08x}\n".encode().ljust(512)
        path.write_bytes(line + line)
        files.kill()
        assert files.reason is None
    finally:
        files.store.close()
