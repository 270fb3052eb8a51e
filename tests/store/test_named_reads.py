"""Every named function of the day's tables: its statements fit the tables, and walk an index where a table
grows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.store import (
    Store,
    arrivals,
    documents,
    handovers,
    history,
    open_store,
    operations,
    postings,
    problems,
    quiet,
    shipments,
    tracking,
)
from tests.store.postings import fill, mixed
from tests.store.statements import functions, values_for

pytestmark = pytest.mark.sqlite  # the plans of SQLite

MODULES = (
    arrivals,
    documents,
    handovers,
    history,
    operations,
    postings,
    problems,
    quiet,
    shipments,
    tracking,
)
WALKED = {
    "documents.forget_refused_files": "few rows",
    "warehouses.every": "few rows",
    "shipments.booked": "an order of a person's, for all sellers",
    "handovers.numbers_known": "one row a day and account",
    "problems.late_but_past": "every ten minutes, along an index of the postings",
    "problems.of_account_since": "only for a hand-over that cannot be told",
}
"""These walk a whole table, and why that may be. Take out what got an index."""


NAMED = {
    f"{module.__name__.rpartition('.')[2]}.{name}": one
    for module in MODULES
    for name, one in functions(module)
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(Path(tmp_path_factory.mktemp("named")) / "hub.sqlite")
    fill(opened, mixed(50))
    yield opened
    opened.close()


@pytest.mark.parametrize("name", sorted(NAMED))
def test_a_named_function_fits_the_tables_and_walks_an_index(store: Store, name: str) -> None:
    function = NAMED[name]
    values = values_for(function)
    said: list[str] = []

    def call(tx: Any) -> list[str]:
        tx.set_trace_callback(said.append)
        try:
            function(tx, **values)
        finally:
            tx.set_trace_callback(None)
        plans = {one: [row["detail"] for row in tx.execute(f"EXPLAIN QUERY PLAN {one}")] for one in said}
        return [f"{line}: {one}" for one, plan in plans.items() for line in plan if _walks(line)]

    walked = store.write_now(call)
    assert said
    if name in WALKED:
        assert walked, "take it out of WALKED"
    else:
        assert not walked


def _walks(line: str) -> bool:
    """Whether this line of a plan reads a whole table, or a whole index."""
    return line.startswith("SCAN ") and not any(one in line for one in ("CONSTANT", "SUBQUERY", "(subquery"))
