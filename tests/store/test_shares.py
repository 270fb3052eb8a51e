"""Parts of the sellers among workers: even, handed over within a lease, and never lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.store import Store, Transaction, open_store, queue, shares
from hub.store.shares import PARTS

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LEASE = timedelta(seconds=10)
BEAT = timedelta(seconds=2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "hub.sqlite")) as opened:
        yield opened


def _beats(store: Store, workers: list[str], now: datetime, times: int = 3) -> dict[str, frozenset[int]]:
    """What each holds after so many beats of all of them, one after the other."""
    held: dict[str, frozenset[int]] = {}
    for turn in range(times):
        at = now + BEAT * turn
        for worker in workers:
            held[worker] = store.write_now(
                lambda tx, worker=worker, at=at: shares.hold(tx, worker, now=at, until=at + LEASE)
            )
    parts = [part for some in held.values() for part in some]
    assert len(parts) == len(set(parts)), "no part is two workers'"
    return held


def test_one_has_all_and_of_several_each_has_an_even_share(store: Store) -> None:
    assert len(_beats(store, ["a"], NOW)["a"]) == PARTS
    for number in (2, 3, 5, 70):
        workers = [f"w{n}" for n in range(number)]
        held = _beats(store, ["a", *workers], NOW + LEASE * number, 4)
        sizes = sorted(len(some) for some in held.values())
        assert sum(sizes) == PARTS, "nobody's sellers wait"
        assert sizes[-1] <= -(-PARTS // (number + 1))
        for worker in workers:
            store.write_now(lambda tx, worker=worker: shares.release(tx, worker))


def test_the_parts_of_a_dead_worker_are_taken_within_two_leases(store: Store) -> None:
    before = _beats(store, ["a", "b"], NOW)
    assert len(before["b"]) == PARTS // 2
    now, held = NOW + BEAT * 2, before["a"]
    while len(held) < PARTS:
        now += BEAT
        assert now < NOW + 2 * LEASE + BEAT * 2
        held = _beats(store, ["a"], now, 1)["a"]
    late = _beats(store, ["b"], now, 1)["b"]
    assert not late, "the one that was paused holds nothing until others have given up"
    after = _beats(store, ["a", "b"], now)
    assert len(after["a"]) == len(after["b"]) == PARTS // 2


def test_one_that_stops_leaves_its_parts_at_once(store: Store) -> None:
    _beats(store, ["a", "b"], NOW)
    store.write_now(lambda tx: shares.release(tx, "b"))
    assert len(_beats(store, ["a"], NOW + BEAT * 3, 1)["a"]) == PARTS
    assert shares.workers(store.reader, now=NOW + BEAT * 3, furthest=NOW + LEASE * 3) == ["a"]


def test_a_clock_that_went_back_does_not_keep_parts_for_ever(store: Store) -> None:
    _beats(store, ["a"], NOW)
    earlier = NOW - timedelta(days=3)
    assert len(_beats(store, ["b"], earlier, 1)["b"]) == PARTS


def test_work_is_taken_of_its_own_sellers_only(store: Store) -> None:
    slugs = [f"shop{number}" for number in range(40)]

    def fill(tx: Transaction) -> None:
        for slug in slugs:
            work = queue.Work(kind="advance", subject=slug, seller=slug, account=slug, run_at=NOW)
            queue.enqueue(tx, work, now=NOW)

    store.write_now(fill)
    held = _beats(store, ["a", "b", "c"], NOW, 4)
    taken: dict[str, str] = {}
    for worker, parts in held.items():
        mine = shares.sellers_in(parts, slugs)
        assert mine is not None
        assert queue.next_due(store.reader, mine, parked=False) == NOW
        got = store.write_now(
            lambda tx, worker=worker, mine=mine: queue.claim(
                tx, worker, now=NOW, lease=LEASE, limit=100, running={}, per_account=4, sellers=mine
            )
        )
        assert {row.seller for row in got} == set(mine) - {""}
        taken |= {row.seller: worker for row in got}
    assert sorted(taken) == sorted(slugs)


def test_a_worker_without_sellers_takes_nothing(store: Store) -> None:
    work = queue.Work(kind="advance", subject="p", seller="shop", account="a", run_at=NOW)
    store.write_now(lambda tx: queue.enqueue(tx, work, now=NOW))
    nobody = shares.sellers_in(frozenset(), ["shop"])
    assert nobody is not None
    assert queue.next_due(store.reader, nobody, parked=False) is None
    got = store.write_now(
        lambda tx: queue.claim(
            tx, "w", now=NOW, lease=LEASE, limit=9, running={}, per_account=4, sellers=nobody
        )
    )
    assert got == []
    assert shares.sellers_in(frozenset(range(PARTS)), ["shop"]) is None, "all of it needs no list"
