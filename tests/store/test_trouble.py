"""What is wrong with the disk is told as that, and is over when the disk is well again."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import get_args

import pytest

from hub.plugin_api.errors import HubError, StoreError, StoreTrouble
from hub.store import Server, Store, Transaction, open_store
from hub.store.trouble import kind_of, named, trouble, words_of
from hub.words import render

pytestmark = pytest.mark.sqlite  # a SQLite file, its disk and its locks


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "hub.sqlite")
    yield opened
    opened.close()


def _much(tx: Transaction) -> None:
    for number in range(200):
        tx.execute(
            "INSERT OR REPLACE INTO files VALUES (?, 'x', ?, 0)", (f"f{number}", os.urandom(64 * 1024))
        )


def _limit(store: Store, *, more: int | None) -> None:
    """Let the file grow by so many pages and no further; None: as far as it likes."""

    def limit(tx: Transaction) -> None:
        pages = tx.execute("PRAGMA page_count").fetchone()[0]
        tx.execute(f"PRAGMA max_page_count={1 << 30 if more is None else pages + more}")

    store.write_now(limit)


async def test_a_full_disk_is_told_as_that_and_is_over_with_room(store: Store) -> None:
    _limit(store, more=20)
    with pytest.raises(StoreError) as caught:
        await store.write(_much)
    assert (caught.value.kind, caught.value.code) == ("full", "store_full")
    assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
    assert "savepoint" not in str(caught.value.__cause__)
    assert store.trouble is not None
    assert store.trouble.kind == "full"
    _limit(store, more=None)
    await store.write(_much)
    assert store.trouble is None
    assert store.reader.execute("SELECT count(*) FROM files").fetchone()[0] == 200


@pytest.mark.once
def test_sqlites_own_rollback_does_not_hide_the_cause(store: Store) -> None:
    """Where SQLite has taken the whole transaction back, there is no savepoint to go back to."""

    def write(tx: Transaction) -> None:
        tx.execute("ROLLBACK")
        raise sqlite3.OperationalError("disk I/O error")

    with pytest.raises(StoreError) as caught:
        store.write_now(write)
    assert caught.value.kind == "broken"
    store.write_now(_much)


def test_a_lock_is_told_as_a_lock_and_no_restore_is_advised(store: Store) -> None:
    store.write_now(lambda tx: tx.execute("PRAGMA busy_timeout=10").fetchone())
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as caught:
            store.write_now(_much)
        other.execute("ROLLBACK")
    assert caught.value.kind == "locked"
    assert "restore" not in caught.value.message
    store.write_now(_much)


@pytest.mark.skipif(sys.platform == "win32", reason="there an open file cannot be taken away")
@pytest.mark.parametrize("replaced", [False, True])
async def test_a_file_that_was_taken_away_is_not_written_on(store: Store, replaced: bool) -> None:
    """SQLite goes on with a file that nobody can open again: what left meanwhile would be forgotten."""
    store.write_now(_much)
    kept = store.path.with_name("kept")
    store.path.rename(kept)
    if replaced:
        store.path.touch()
    with pytest.raises(StoreError) as caught:
        await store.write(_much)
    assert (caught.value.kind, caught.value.code) == ("gone", "store_gone")
    assert store.trouble is not None
    kept.replace(store.path)
    await store.write(_much)
    assert store.trouble is None


def test_an_error_in_a_program_is_none_of_the_disk(store: Store) -> None:
    for statement in ("SELECT nothing FROM jobs", "INSERT INTO counters VALUES (NULL, NULL)"):
        with pytest.raises(sqlite3.Error) as caught:
            store.write_now(lambda tx, statement=statement: tx.execute(statement))  # type: ignore[misc]
        assert kind_of(caught.value) is None
    assert kind_of(ValueError("disk I/O error")) is None
    assert kind_of(ConnectionRefusedError(errno.ECONNREFUSED, "refused")) is None
    assert not issubclass(StoreError, HubError), (
        "who ends an operation for a refusal must not for a full disk"
    )


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, "full"),
        (errno.EFBIG, "full"),
        (errno.EROFS, "read_only"),
        (errno.EACCES, "forbidden"),
        (errno.EMFILE, "files"),
        (errno.EIO, "broken"),
    ],
)
def test_what_the_system_says(tmp_path: Path, number: int, kind: str) -> None:
    path = tmp_path / "hub.sqlite"
    with pytest.raises(StoreError) as caught, named(path):
        raise OSError(number, os.strerror(number))
    assert caught.value.kind == kind
    assert str(path) in caught.value.message or kind == "files"


def test_a_disk_without_room_is_a_full_one_whatever_sqlite_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = trouble(sqlite3.OperationalError("disk I/O error"), tmp_path / "x")
    assert said is not None
    assert said.kind == "broken"
    monkeypatch.setattr("hub.store.trouble.free", lambda _: 0)
    said = trouble(sqlite3.OperationalError("disk I/O error"), tmp_path / "x")
    assert said is not None
    assert said.kind == "full"


def test_every_kind_has_its_words() -> None:
    server = pytest.importorskip("hub.store.postgres.trouble")
    here = Path("hub.sqlite")
    told = [words_of(kind, here) for kind in get_args(StoreTrouble) if kind not in server.KINDS]
    told += [server.of_kind(kind, Server("postgresql://h/x"), "why").said for kind in server.KINDS]
    assert len(told) >= len(get_args(StoreTrouble))
    for said in told:
        assert len(said) > 40
        for language in ("ru", "zh"):
            assert render(said, language) != said, f"no words in {language}: {said}"


LIMITED = """\
import os, resource, sys
from pathlib import Path
from hub.plugin_api.errors import StoreError
from hub.store import open_store

store = open_store(Path(sys.argv[1]))
for size in (None, 300_000, None):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size or resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    try:
        store.write_now(lambda tx: tx.execute(
            "INSERT INTO files VALUES (?, 'x', ?, 0)", (os.urandom(8).hex(), os.urandom(500_000))
        ))
    except StoreError as error:
        print(error.kind)
    else:
        print("written")
store.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are POSIX's")
def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    """A quota, or a file system that is full for this process only."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / "hub.sqlite")],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["written", "broken", "written"]


SMALL = """\
import os, sys
from pathlib import Path
from hub.plugin_api.errors import StoreError
from hub.store import open_store

home = Path(sys.argv[1])
store = open_store(home / "hub.sqlite")
filler = home / "filler"
with filler.open("wb") as file:
    try:
        while True:
            file.write(b"x" * 65536)
            file.flush()
    except OSError:
        pass
def write(tx):
    tx.execute("INSERT INTO files VALUES (?, 'x', ?, 0)", (os.urandom(8).hex(), os.urandom(300_000)))
for _ in range(2):
    try:
        store.write_now(write)
        print("written")
    except StoreError as error:
        print(error.kind)
    filler.unlink(missing_ok=True)
store.close()
os.system(f"mount -o remount,ro {home}")
try:
    open_store(home / "hub.sqlite")
except StoreError as error:
    print(error.kind)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="it mounts a small file system of its own")
def test_a_real_small_disk_full_and_read_only(tmp_path: Path) -> None:
    """In a name space of its own, where that is allowed."""
    mounted = f'mount -t tmpfs -o size=4m none {tmp_path} && exec {sys.executable} -c "$0" {tmp_path}'
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", mounted, SMALL],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()[:100]}")
    assert done.stdout.split() == ["full", "written", "read_only"], done.stderr
