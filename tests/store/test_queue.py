"""The states of work: it waits for its time, is ready, and is taken the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.store import Store, Transaction, open_store, queue, rows
from hub.store.queue import Work

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
LEASE = timedelta(seconds=queue.LEASE)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "hub.sqlite")
    yield opened
    opened.close()


def _work(name: str, at: datetime, priority: int = 5, account: str = "acc_1") -> Work:
    return Work(kind="track", subject=name, seller="shop", account=account, run_at=at, priority=priority)


def _ask(store: Store, *wanted: Work, now: datetime = NOW) -> None:
    def write(tx: Transaction) -> None:
        for work in wanted:
            queue.enqueue(tx, work, now=now)

    store.write_now(write)


def _states(store: Store) -> dict[str, str]:
    return {row.subject: row.state for row in rows.jobs.all(store.reader, "")}


def _claim(store: Store, now: datetime = NOW, limit: int = 10, per_account: int = 10) -> list[rows.JobRow]:
    return store.write_now(
        lambda tx: queue.claim(
            tx, "wrk", now=now, lease=LEASE, limit=limit, running={}, per_account=per_account
        )
    )


def test_what_is_due_is_ready_and_what_is_not_waits(store: Store) -> None:
    _ask(store, _work("due", NOW), _work("ahead", NOW + HOUR))
    assert _states(store) == {"due": "ready", "ahead": "waiting"}
    assert queue.next_due(store.reader) == NOW
    assert [row.subject for row in _claim(store)] == ["due"]
    assert _states(store) == {"due": "running", "ahead": "waiting"}
    assert queue.next_due(store.reader) == NOW + HOUR


def test_what_has_waited_is_taken_with_the_rest_the_most_urgent_first(store: Store) -> None:
    _ask(store, _work("later", NOW, priority=9), _work("urgent", NOW + HOUR, priority=1))
    assert [row.subject for row in _claim(store, NOW + HOUR)] == ["urgent", "later"]


def test_a_claim_of_nothing_changes_nothing(store: Store) -> None:
    _ask(store, _work("one", NOW + HOUR))
    assert _claim(store, NOW + HOUR, limit=0) == []
    assert _states(store) == {"one": "waiting"}


def test_work_that_is_asked_for_again_is_brought_forward(store: Store) -> None:
    _ask(store, _work("one", NOW + HOUR))
    _ask(store, _work("one", NOW + 2 * HOUR))
    assert rows.jobs.all(store.reader, "")[0].run_at == NOW + HOUR
    _ask(store, _work("one", NOW))
    assert _states(store) == {"one": "ready"}


def test_work_comes_back_as_it_ended(store: Store) -> None:
    _ask(store, *(_work(name, NOW) for name in ("done", "again", "failed", "given", "dead")))
    held = {row.subject: row for row in _claim(store)}

    def write(tx: Transaction) -> None:
        queue.finish(tx, held["done"], now=NOW, next_run=None)
        queue.finish(tx, held["again"], now=NOW, next_run=NOW)
        queue.fail(tx, held["failed"], retry_at=NOW + HOUR, reason="unavailable")
        queue.give_back(tx, held["given"], at=NOW)
        queue.fail(tx, held["dead"], retry_at=None, reason="unavailable")

    store.write_now(write)
    assert _states(store) == {"again": "ready", "failed": "waiting", "given": "waiting", "dead": "dead"}
    assert {row.subject for row in _claim(store)} == {"again", "given"}


def test_an_account_that_is_full_is_passed_over(store: Store) -> None:
    _ask(store, *(_work(f"a{n}", NOW, priority=n) for n in range(5)))
    _ask(store, *(_work(f"b{n}", NOW, priority=90 + n, account="acc_2") for n in range(5)))
    assert [row.subject for row in _claim(store, limit=4, per_account=2)] == ["a0", "a1", "b0", "b1"]


@pytest.mark.sqlite
@pytest.mark.once
def test_what_is_ready_is_found_by_its_index_however_much_waits(store: Store) -> None:
    """Without a hint, and without sorting."""
    seen: list[str] = []
    _ask(store, _work("one", NOW))

    def write(tx: Transaction) -> None:
        tx.set_trace_callback(seen.append)
        queue.claim(tx, "wrk", now=NOW, lease=LEASE, limit=1, running={}, per_account=1)
        tx.set_trace_callback(None)

    store.write_now(write)
    reads = [sql for sql in seen if "state = 'ready'" in sql]
    assert len(reads) == 2, seen
    for sql in reads:
        plan = [row["detail"] for row in store.reader.execute(f"EXPLAIN QUERY PLAN {sql}")]
        assert not any(line.startswith("SCAN") or "TEMP B-TREE" in line for line in plan), (sql, plan)
    assert not [sql for sql in seen if "INDEXED" in sql]
