"""SQL stands in ``hub/store`` only: callers see named functions, never statements, cursors or drivers."""

from __future__ import annotations

import pytest

from tests.house.repository import shown
from tests.house.sql_sites import code, sites


@pytest.mark.parametrize(
    "source",
    [
        "reader.execute(text)",
        "tx.executemany(text, values)",
        "rows.jobs.all(reader, tail)",
        "rows.jobs.first(reader, tail, values)",
        'tail = "WHERE id = ?"',
        'tail = f"ORDER BY {column}"',
        "text = \"SELECT 1 \" f'FROM {table}'",
        'x = "PRAGMA foreign_keys = ON"',
        "queries.number(reader, queries.QUEUED)",
        "import sqlite3",
        "from sqlite3 import Row",
    ],
)
def test_what_sql_looks_like(source: str) -> None:
    assert sites(source)


@pytest.mark.parametrize(
    "source",
    [
        "if TYPE_CHECKING:\n    import sqlite3",
        '"""SELECT in a docstring"""',
        'method = "DELETE"',
        "jobs.due(reader, now)",
        "all(found)",
    ],
)
def test_what_it_does_not_look_like(source: str) -> None:
    assert sites(source) == []


def test_sql_stands_in_the_store_only() -> None:
    found = {shown(path): some for path in code() if (some := sites(path.read_text("utf-8")))}
    assert not found, f"write a named function in hub/store, and call it: {found}"
