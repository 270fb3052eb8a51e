"""A server, a worker and a command write the same database at once: each reads before it writes, and none of
them is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hub.store import open_store

WRITES = 300
WRITER = """\
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from hub.store import open_store, Transaction, queue, rows

store, name, now = open_store(Path(sys.argv[1])), sys.argv[2], datetime(2026, 11, 23, tzinfo=UTC)
print("open", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    def write(tx: Transaction) -> None:
        own = queue.Work(kind=name, subject=str(number), seller="shop", account="", run_at=now)
        queue.enqueue(tx, own, now=now)
        found = tx.execute("SELECT value FROM counters WHERE name = 'n'").fetchone()
        tx.execute("INSERT OR REPLACE INTO counters VALUES ('n', ?)", (1 if found is None else found[0] + 1,))
    store.write_now(write)
store.close()
"""


def test_processes_that_read_before_they_write_are_never_refused(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    open_store(path).close()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), name, str(WRITES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for name in ("serve", "worker", "command")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        _, errors = writer.communicate(timeout=60)
        assert writer.returncode == 0, errors
    store = open_store(path)
    count = store.reader.execute("SELECT value FROM counters WHERE name = 'n'").fetchone()[0]
    jobs = store.reader.execute("SELECT count(*) FROM jobs").fetchone()[0]
    store.close()
    assert count == jobs == len(writers) * WRITES
