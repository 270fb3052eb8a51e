"""The reads behind the doors, in the SQL that SQLite and PostgreSQL share.

Every list is paged by key, never by offset, and walks an index in its order: a page costs the same
wherever it is and however long the table is. ``tests/store/test_queries.py`` reads the plans.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

POSTING_COLUMNS = (
    "id, seller, account, number, order_number, scheme, flow, books, status, substatus, status_known, stage, "
    "ship_by, late_after, provider, carrier, service, price_minor, currency, reference, tracking_number, "
    "problems, pieces, updated_at"
)
"""What a list shows of a posting: not the document, whose decoding costs more than all the rest."""
WINDOW = 2000
"""How many rows one page of a filtered list looks at, at most, where no index has both filter and order."""

_IN = 400  # values of one IN (...): SQLite before 3.32 takes 999 parameters a statement

Record = sqlite3.Row


# --- postings ---------------------------------------------------------------------------------------------


def dated_postings(
    columns: str = POSTING_COLUMNS,
    *,
    stage: bool = False,
    open_only: bool = False,
    after: bool = False,
    before: bool = False,
) -> str:
    """Postings that have a deadline, the most urgent first."""
    return (
        f"SELECT {columns} FROM postings WHERE seller = ?"
        f"{' AND stage = ?' if stage else ''}{' AND is_open = TRUE' if open_only else ''}"
        f" AND {'(ship_by, id) > (?, ?)' if after else 'ship_by IS NOT NULL'}"
        f"{' AND ship_by < ?' if before else ''} ORDER BY ship_by, id LIMIT ?"
    )


def undated_postings(
    columns: str = POSTING_COLUMNS, *, stage: bool = False, open_only: bool = False, after: bool = False
) -> str:
    """Postings without a deadline: they come after all others. (NULL sorts first here and last there.)"""
    return (
        f"SELECT {columns} FROM postings WHERE seller = ?"
        f"{' AND stage = ?' if stage else ''}{' AND is_open = TRUE' if open_only else ''}"
        f" AND ship_by IS NULL{' AND id > ?' if after else ''} ORDER BY id LIMIT ?"
    )


def newest_postings(columns: str = POSTING_COLUMNS, *, after: bool = False) -> str:
    """Postings by id, which grow with time, the newest first."""
    return (
        f"SELECT {columns} FROM postings WHERE seller = ?{' AND id < ?' if after else ''} "
        "ORDER BY id DESC LIMIT ?"
    )


def postings_by_deadline(
    connection: sqlite3.Connection,
    seller: str,
    *,
    stages: Sequence[str],
    open_only: bool,
    ship_before: int | None,
    after: tuple[int | None, str] | None,
    limit: int,
) -> list[Record]:
    """One page. Each stage is a walk of its own along the index; several are merged by their keys first,
    so that only what is shown is read."""
    if len(stages) <= 1:
        stage = stages[0] if stages else None
        return _walk(
            connection, seller, stage, POSTING_COLUMNS, open_only, ship_before, after=after, limit=limit
        )
    found = [
        row
        for stage in stages
        for row in _walk(
            connection, seller, stage, "id, ship_by", open_only, ship_before, after=after, limit=limit
        )
    ]
    found.sort(key=lambda row: (row["ship_by"] is None, row["ship_by"] or 0, row["id"]))
    return _by_id(connection, [row["id"] for row in found[:limit]])


def _walk(
    connection: sqlite3.Connection,
    seller: str,
    stage: str | None,
    columns: str,
    open_only: bool,
    ship_before: int | None,
    *,
    after: tuple[int | None, str] | None,
    limit: int,
) -> list[Record]:
    """Along the postings with a deadline, then along those without."""
    first = [seller] if stage is None else [seller, stage]
    found: list[Record] = []
    undated = after is not None and after[0] is None
    if not undated:
        sql = dated_postings(
            columns,
            stage=stage is not None,
            open_only=open_only,
            after=after is not None,
            before=ship_before is not None,
        )
        bounds = [*(after or ()), *(() if ship_before is None else (ship_before,))]
        found = connection.execute(sql, (*first, *bounds, limit)).fetchall()
    if ship_before is None and len(found) < limit:
        sql = undated_postings(columns, stage=stage is not None, open_only=open_only, after=undated)
        last = [after[1]] if undated and after is not None else []
        found += connection.execute(sql, (*first, *last, limit - len(found))).fetchall()
    return found


def postings_newest(
    connection: sqlite3.Connection, seller: str, *, after: str | None, limit: int
) -> list[Record]:
    """One page of everything."""
    last = () if after is None else (after,)
    sql = newest_postings(after=after is not None)
    return connection.execute(sql, (seller, *last, limit)).fetchall()


def postings_newest_filtered(
    connection: sqlite3.Connection,
    seller: str,
    *,
    stages: Sequence[str],
    open_only: bool,
    ship_before: int | None,
    after: str | None,
    limit: int,
) -> tuple[list[Record], str | None]:
    """One page, and the id from which to go on (None at the end).

    It looks at `WINDOW` postings at most, so that a stage that nothing is in does not walk the whole table:
    a page may be short, and even empty, before the end.
    """
    last = () if after is None else (after,)
    sql = newest_postings("id, stage, is_open, ship_by", after=after is not None)
    seen = connection.execute(sql, (seller, *last, WINDOW)).fetchall()
    wanted: list[str] = []
    go_on: str | None = None
    for index, row in enumerate(seen):
        if stages and row["stage"] not in stages:
            continue
        if open_only and not row["is_open"]:
            continue
        if ship_before is not None and (row["ship_by"] is None or row["ship_by"] >= ship_before):
            continue
        wanted.append(row["id"])
        if len(wanted) == limit:
            go_on = row["id"] if index + 1 < len(seen) or len(seen) == WINDOW else None
            break
    else:
        go_on = seen[-1]["id"] if len(seen) == WINDOW else None
    return _by_id(connection, wanted), go_on


def _by_id(connection: sqlite3.Connection, ids: Sequence[str]) -> list[Record]:
    """The postings in this order."""
    rows = {row["id"]: row for row in _in(connection, f"SELECT {POSTING_COLUMNS} FROM postings", ids)}
    return [rows[posting_id] for posting_id in ids if posting_id in rows]


POSTING_BY_ID = f"SELECT {POSTING_COLUMNS} FROM postings WHERE id = ?"
QUOTES = "SELECT document FROM quotes WHERE posting_id = ?"
POSTING_WITH_DOCUMENT = f"SELECT {POSTING_COLUMNS}, document FROM postings WHERE id = ?"
POSTING_NUMBERS = "SELECT id, number FROM postings"


def posting_of_id(connection: sqlite3.Connection, posting_id: str) -> Record | None:
    """What a list shows of this posting."""
    found: Record | None = connection.execute(POSTING_BY_ID, (posting_id,)).fetchone()
    return found


def posting_with_document(connection: sqlite3.Connection, posting_id: str) -> Record | None:
    """What a list shows of this posting, and its ``document``."""
    found: Record | None = connection.execute(POSTING_WITH_DOCUMENT, (posting_id,)).fetchone()
    return found


def quotes_of(connection: sqlite3.Connection, posting_id: str) -> str | None:
    """The posting's table of quotes, as JSON."""
    found = connection.execute(QUOTES, (posting_id,)).fetchone()
    return None if found is None else str(found[0])


def number_postings(*, seller: bool) -> str:
    """The postings of a number: it is unique per account only."""
    whose = " AND seller = ?" if seller else ""
    return f"SELECT {POSTING_COLUMNS} FROM postings WHERE number = ?{whose} LIMIT ?"


def postings_of_number(
    connection: sqlite3.Connection, number: str, seller: str | None, limit: int
) -> list[Record]:
    """The postings of a number, of one seller or of all."""
    whose = () if seller is None else (seller,)
    sql = number_postings(seller=seller is not None)
    return sorted(connection.execute(sql, (number, *whose, limit)), key=lambda row: str(row["id"]))


def posting_numbers(connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, str]:
    """The number of each posting."""
    return {row["id"]: row["number"] for row in _in(connection, POSTING_NUMBERS, list(dict.fromkeys(ids)))}


def newest_tail(*, after: bool) -> str:
    """What follows ``SELECT ... FROM`` shipments or hand-overs of a seller, the newest first."""
    return f"WHERE seller = ?{' AND id < ?' if after else ''} ORDER BY id DESC LIMIT ?"


def _in(connection: sqlite3.Connection, select: str, ids: Sequence[str]) -> Iterator[Record]:
    for start in range(0, len(ids), _IN):
        some = ids[start : start + _IN]
        marks = ", ".join("?" * len(some))
        yield from connection.execute(f"{select} WHERE id IN ({marks})", some)


# --- problems: one walk a state, for the index has the state before the id -------------------------------

NEXT_STATE = "SELECT min(state) FROM problems WHERE seller = ? AND state > ?"


def problems_tail(*, after: bool) -> str:
    """What follows ``SELECT ... FROM problems``."""
    return f"WHERE seller = ? AND state = ?{' AND id < ?' if after else ''} ORDER BY id DESC LIMIT ?"


def problem_states(connection: sqlite3.Connection, seller: str) -> list[str]:
    """The states that this seller's problems have, found by jumps along the index."""
    states: list[str] = []
    while (
        found := connection.execute(NEXT_STATE, (seller, states[-1] if states else "")).fetchone()[0]
    ) is not None:
        states.append(found)
    return states
