"""The file beside the database, and when it makes sure of the time that the database was written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hub.store.counter import Count, CounterFile
from hub.store.held import HeldFile


def test_the_time_of_a_checkpoint_is_on_the_disk_before_it_is_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "hub.sqlite"
    database.write_bytes(b"pages")
    synced: list[int] = []
    sync = os.fsync

    def note(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        sync(descriptor)

    held = HeldFile(database)
    file = CounterFile(database, held)
    try:
        file.replace(Count(identity=1, sends=0))
        monkeypatch.setattr(os, "fsync", note)
        file.write(Count(identity=1, sends=1))
        assert database.stat().st_ino not in synced  # nothing was written into it: a commit costs no more
        os.utime(database, ns=(1, 2))  # as a checkpoint does
        file.write(Count(identity=1, sends=2))
        assert synced.count(database.stat().st_ino) == 1
        file.write(Count(identity=1, sends=3))
        assert synced.count(database.stat().st_ino) == 1
        known = file.read()
        assert known is not None
        assert (known.sends, known.main) == (3, file.main())
    finally:
        file.close()
        held.close()
