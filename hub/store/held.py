"""The database's file, held open by its descriptor for as long as this process has it open in SQLite.

A process that closes *any* descriptor of a file gives up every POSIX lock that it has on it (fcntl(2), and
"How To Corrupt An SQLite Database File", 2.2): SQLite's too. The next process that closes the database then
takes itself for the last one and deletes the log, and what is written from there on is lost. So whatever has
to be done with the file itself is done through one descriptor, opened before SQLite's and closed after them.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

_lock = threading.Lock()
_held: dict[tuple[int, int], list[int]] = {}
"""By the file: its descriptor, and how many hold it."""
_APPLICATION_ID = 68
"""Where it stands in the head of a database ("Database File Format", 1.3)."""


class HeldFile:
    """The file at ``path``, made for its owner's eyes only where there is none. Close it last of all."""

    def __init__(self, path: Path) -> None:
        with _lock:
            self.id = which(path) or (0, 0)
            if self.id not in _held:
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
                found = os.fstat(descriptor)
                self.id = found.st_dev, found.st_ino
                _held[self.id] = [descriptor, 0]
            _held[self.id][1] += 1
        self._open = True

    def number(self) -> int:
        """What the file itself, without its log, has as SQLite's application id: 0 in a new one. Raises
        OSError."""
        descriptor = _held[self.id][0]
        if hasattr(os, "pread"):
            found = os.pread(descriptor, 4, _APPLICATION_ID)
        else:
            with _lock:  # Windows: the place to read from is the descriptor's
                os.lseek(descriptor, _APPLICATION_ID, os.SEEK_SET)
                found = os.read(descriptor, 4)
        return int.from_bytes(found, "big")

    def close(self) -> None:
        """Let it go: the last one closes it."""
        if not self._open:
            return
        self._open = False
        with _lock:
            entry = _held[self.id]
            entry[1] -= 1
            if not entry[1]:
                del _held[self.id]
                os.close(entry[0])


def which(path: Path) -> tuple[int, int] | None:
    """Which file it is; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


__all__ = ["HeldFile", "which"]
