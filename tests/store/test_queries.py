"""The plans of the lists: every page walks an index in its order, however long the table is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from hub.store import Connection, Store, health, jobs, keys, open_store, products, queries
from tests.store.postings import fill, mixed

pytestmark = pytest.mark.sqlite  # the plans of SQLite

FLAGS = (False, True)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(tmp_path_factory.mktemp("plans") / "hub.sqlite")
    fill(opened, mixed(200))
    yield opened
    opened.close()


def _plan(connection: sqlite3.Connection, sql: str) -> str:
    marks = [1] * sql.count("?")
    return " / ".join(row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", marks))


STATEMENTS = {
    **{
        f"dated {flags}": queries.dated_postings(
            stage=flags[0], open_only=flags[1], after=flags[2], before=flags[3]
        )
        for flags in product(FLAGS, repeat=4)
    },
    **{
        f"undated {flags}": queries.undated_postings(stage=flags[0], open_only=flags[1], after=flags[2])
        for flags in product(FLAGS, repeat=3)
    },
    **{
        f"of a warehouse, dated {flags}": queries.dated_postings(
            warehouse=True, stage=True, open_only=flags[0], after=flags[1], before=flags[2]
        )
        for flags in product(FLAGS, repeat=3)
    },
    **{
        f"of a warehouse, undated {flags}": queries.undated_postings(
            warehouse=True, stage=True, open_only=flags[0], after=flags[1]
        )
        for flags in product(FLAGS, repeat=2)
    },
    **{f"newest {after}": queries.newest_postings(after=after) for after in FLAGS},
    "window": queries.newest_postings("id, stage, is_open, ship_by", after=True),
    **{f"number {whose}": queries.number_postings(seller=whose) for whose in FLAGS},
    "one": queries.POSTING_BY_ID,
    **{
        f"shipments {after}": f"SELECT * FROM shipments {queries.newest_tail(after=after)}" for after in FLAGS
    },
    **{
        f"handovers {after}": f"SELECT * FROM handovers {queries.newest_tail(after=after)}" for after in FLAGS
    },
    **{
        f"problems {after}": f"SELECT * FROM problems {queries.problems_tail(after=after)}" for after in FLAGS
    },
    **{
        f"problems by deadline {flags}": "SELECT * FROM problems "
        + queries.problems_tail(dated=flags[0], after=flags[1], warehouse=flags[2])
        for flags in product(FLAGS, repeat=3)
    },
    "problems of a warehouse": f"SELECT * FROM problems {queries.problems_tail(after=True, warehouse=True)}",
    "states": queries.NEXT_STATE,
    "products": products.PAGE,
    "key": keys.BY_HASH,
    "due": health.OLDEST_DUE,
    "queued": health.QUEUED,
    "due now": health.DUE,
    "dead": jobs.DEAD_KINDS,
    "abandoned": health.ABANDONED,
    "open since": health.OPEN_SINCE,
    "problems of all": health.OPEN_PROBLEMS,
    "unknown": health.UNKNOWN_OPERATIONS,
    "documents": "SELECT * FROM documents WHERE posting_id = ? ORDER BY posting_id",
    "history": "SELECT * FROM history WHERE posting_id = ? ORDER BY sequence",
    "operations": "SELECT * FROM operations WHERE posting_id = ? ORDER BY id",
    "latest shipment": "SELECT * FROM shipments WHERE posting_id = ? ORDER BY ordinal DESC LIMIT 1",
}


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_a_statement_walks_an_index_and_sorts_nothing(store: Store, name: str) -> None:
    plan = _plan(store.reader, STATEMENTS[name])
    assert "SEARCH" in plan, plan
    assert "TEMP B-TREE" not in plan, plan
    for line in plan.split(" / "):
        # a handful of sellers may be walked
        assert not line.startswith("SCAN") or "sellers" in line or "CONSTANT" in line, plan


@pytest.mark.parametrize(
    "name", [name for name in sorted(STATEMENTS) if name.startswith(("dated", "newest"))]
)
def test_a_list_leaves_the_document_where_it_is(store: Store, name: str) -> None:
    sql = STATEMENTS[name]
    columns = [column[0] for column in store.reader.execute(sql, [1] * sql.count("?")).description]
    assert "document" not in columns
    assert "raw_hash" not in columns


def _work(connection: sqlite3.Connection, seller: str, *, newest: bool = False) -> int:
    """How many steps of the engine's machine (in hundreds) a page takes."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.set_progress_handler(step, 10)
    try:
        if newest:
            queries.postings_newest_filtered(
                connection, seller, stages=("lost",), open_only=True, ship_before=None, after=None, limit=50
            )
        else:
            queries.postings_by_deadline(
                connection, seller, stages=(), open_only=True, ship_before=None, after=None, limit=50
            )
    finally:
        connection.set_progress_handler(None, 0)
    return steps


def test_a_page_out_of_many_takes_the_steps_of_a_page_out_of_few(tmp_path: Path) -> None:
    store = open_store(tmp_path / "hub.sqlite")
    fill(store, mixed(200, "few"))
    fill(store, mixed(20_000, "many"))
    few, many = (_work(store.reader, seller) for seller in ("few", "many"))
    assert 0 < many <= few * 1.2
    store.close()


def test_a_filter_without_an_index_looks_at_a_bounded_number(tmp_path: Path) -> None:
    store = open_store(tmp_path / "hub.sqlite")
    fill(store, mixed(queries.WINDOW, "few"))
    fill(store, mixed(queries.WINDOW * 8, "many"))
    few, many = (_work(store.reader, seller, newest=True) for seller in ("few", "many"))
    assert 0 < many <= few * 1.2
    store.close()


def test_the_states_of_problems_are_found_by_jumps(store: Store) -> None:
    assert queries.problem_states(store.reader, "alpha") == []


def test_products_are_found_by_their_keys_and_not_among_all_of_the_sellers(store: Store) -> None:
    said: list[str] = []

    def plans(tx: Connection) -> str:
        tx.set_trace_callback(said.append)
        list(products.of_skus(tx, "alpha", ["1", "2"]))
        list(products.of_offers(tx, "alpha", ["CUP"]))
        tx.set_trace_callback(None)
        return " / ".join(_plan(tx, sql) for sql in said)

    plan = store.write_now(plans)
    assert "seller=? AND sku=?" in plan
    assert "seller=? AND offer_id=?" in plan
