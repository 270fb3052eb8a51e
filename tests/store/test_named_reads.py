"""Every named function of the day's tables: its statements fit the tables, and walk an index where a table
grows."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from hub.store import (
    Store,
    Transaction,
    arrivals,
    documents,
    handovers,
    history,
    operations,
    postings,
    problems,
    shipments,
    tracking,
)
from tests.store.postings import fill, mixed

MODULES = (arrivals, documents, handovers, history, operations, postings, problems, shipments, tracking)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
ROW = SimpleNamespace(id="one", posting_id="one", account="one", kind="one", subject="one", key="one")
VALUES: dict[str, Any] = {
    "datetime": NOW,
    "int": 5,
    "bool": True,
    "Sequence[str]": ("one", "two"),
    "Iterable[str]": ("one", "two"),
    "str | None": None,
    "Iterable[RawPayload]": (arrivals.RawPayload("one", "posting", "one", NOW, b"1", b"{}"),),
    "Sequence[rows.OperationRow]": (ROW,),
    "rows.OperationRow": ROW,
    "rows.ProblemRow": ROW,
    "rows.JobRow": ROW,
}
WALKED = {
    "documents.forget_refused_files": "few rows",
    "shipments.booked": "an order of a person's, for all sellers",
    "handovers.numbers_known": "one row a day and account",
    "problems.late_but_past": "every ten minutes, along an index of the postings",
    "problems.of_account_since": "only for a hand-over that cannot be told",
    "problems.open_unread": "only for what cannot be read",
}
"""These walk a whole table, and why that may be. Take out what got an index."""


def _functions(module: ModuleType) -> Iterator[tuple[str, Callable[..., object]]]:
    for name, one in vars(module).items():
        if inspect.isfunction(one) and one.__module__ == module.__name__ and not name.startswith("_"):
            yield name, one


NAMED = {
    f"{module.__name__.rpartition('.')[2]}.{name}": one
    for module in MODULES
    for name, one in _functions(module)
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(Path(tmp_path_factory.mktemp("named")) / "hub.sqlite")
    fill(opened, mixed(50))
    yield opened
    opened.close()


@pytest.mark.parametrize("name", sorted(NAMED))
def test_a_named_function_fits_the_tables_and_walks_an_index(store: Store, name: str) -> None:
    function = NAMED[name]
    _, *given = inspect.signature(function).parameters.values()  # the connection comes first
    values = {one.name: _value(one) for one in given}
    said: list[str] = []

    def call(tx: Transaction) -> list[str]:
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


def _value(parameter: inspect.Parameter) -> Any:
    kind = str(parameter.annotation)
    if kind.startswith("Literal"):
        return kind.partition('"')[2].partition('"')[0] or "carrier_id"
    return VALUES.get(kind, "one")
