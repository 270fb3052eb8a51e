"""The reads behind the doors, in the SQL that SQLite and PostgreSQL share.

Every list is paged by key, never by offset, and walks an index in its order: a page costs the same
wherever it is and however long the table is. ``tests/store/test_queries.py`` reads the plans.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from hub.plugin_api.models import Money
from hub.store.connection import Connection, Record
from hub.store.mapping import Rows


class PostingLine(msgspec.Struct, frozen=True):
    """What a list shows of a posting: not the document, whose decoding costs more than all the rest."""

    id: str
    seller: str
    account: str
    number: str
    order_number: str
    scheme: str
    flow: str
    books: str
    status: str
    substatus: str
    status_known: bool
    stage: str
    ship_by: datetime | None
    late_after: datetime | None
    provider: str
    carrier: str
    service: str
    price_minor: int | None
    currency: str
    reference: str
    tracking_number: str
    problems: int
    pieces: int
    updated_at: datetime
    warehouse: str

    @property
    def price(self) -> Money | None:
        """What the booking costs, once there is one."""
        return None if self.price_minor is None else Money.from_minor(self.price_minor, self.currency)


_lines = Rows("postings", PostingLine, key=("id",))
POSTING_COLUMNS = ", ".join(PostingLine.__struct_fields__)
WINDOW = 2000
"""How many rows one page of a filtered list looks at, at most, where no index has both filter and order."""

_IN = 400  # values of one IN (...): SQLite before 3.32 takes 999 parameters a statement


# --- postings ---------------------------------------------------------------------------------------------


def dated_postings(
    columns: str = POSTING_COLUMNS,
    *,
    warehouse: bool = False,
    stage: bool = False,
    open_only: bool = False,
    after: bool = False,
    before: bool = False,
) -> str:
    """Postings that have a deadline, the most urgent first. Those of a warehouse are indexed by stage too."""
    return (
        f"SELECT {columns} FROM postings WHERE seller = ?{' AND warehouse = ?' if warehouse else ''}"
        f"{' AND stage = ?' if stage else ''}{' AND is_open = TRUE' if open_only else ''}"
        f" AND {'(ship_by, id) > (?, ?)' if after else 'ship_by IS NOT NULL'}"
        f"{' AND ship_by < ?' if before else ''} ORDER BY ship_by, id LIMIT ?"
    )


def undated_postings(
    columns: str = POSTING_COLUMNS,
    *,
    warehouse: bool = False,
    stage: bool = False,
    open_only: bool = False,
    after: bool = False,
) -> str:
    """Postings without a deadline: they come after all others. (NULL sorts first here and last there.)"""
    return (
        f"SELECT {columns} FROM postings WHERE seller = ?{' AND warehouse = ?' if warehouse else ''}"
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
    connection: Connection,
    seller: str,
    *,
    stages: Sequence[str],
    open_only: bool,
    ship_before: int | None,
    after: tuple[int | None, str] | None,
    limit: int,
    warehouse: str | None = None,
) -> list[PostingLine]:
    """One page. Each stage is a walk of its own along the index; several are merged by their keys first,
    so that only what is shown is read. Of a ``warehouse``, the stages have to be named."""
    whose = (seller,) if warehouse is None else (seller, warehouse)
    if len(stages) <= 1:
        stage = stages[0] if stages else None
        walked = _walk(
            connection, whose, stage, POSTING_COLUMNS, open_only, ship_before, after=after, limit=limit
        )
        return [_lines.load(row) for row in walked]
    found = [
        row
        for stage in stages
        for row in _walk(
            connection, whose, stage, "id, ship_by", open_only, ship_before, after=after, limit=limit
        )
    ]
    found.sort(key=lambda row: (row["ship_by"] is None, row["ship_by"] or 0, row["id"]))
    return _by_id(connection, [row["id"] for row in found[:limit]])


def _walk(
    connection: Connection,
    whose: tuple[str, ...],
    stage: str | None,
    columns: str,
    open_only: bool,
    ship_before: int | None,
    *,
    after: tuple[int | None, str] | None,
    limit: int,
) -> list[Record]:
    """Along the postings with a deadline, then along those without. ``whose``: the seller, or the seller and
    a warehouse."""
    first = whose if stage is None else (*whose, stage)
    of_warehouse = len(whose) > 1
    found: list[Record] = []
    undated = after is not None and after[0] is None
    if not undated:
        sql = dated_postings(
            columns,
            warehouse=of_warehouse,
            stage=stage is not None,
            open_only=open_only,
            after=after is not None,
            before=ship_before is not None,
        )
        bounds = [*(after or ()), *(() if ship_before is None else (ship_before,))]
        found = connection.execute(sql, (*first, *bounds, limit)).fetchall()
    if ship_before is None and len(found) < limit:
        sql = undated_postings(
            columns, warehouse=of_warehouse, stage=stage is not None, open_only=open_only, after=undated
        )
        last = [after[1]] if undated and after is not None else []
        found += connection.execute(sql, (*first, *last, limit - len(found))).fetchall()
    return found


def postings_newest(
    connection: Connection, seller: str, *, after: str | None, limit: int
) -> list[PostingLine]:
    """One page of everything."""
    last = () if after is None else (after,)
    sql = newest_postings(after=after is not None)
    return [_lines.load(row) for row in connection.execute(sql, (seller, *last, limit))]


def postings_newest_filtered(
    connection: Connection,
    seller: str,
    *,
    stages: Sequence[str],
    open_only: bool,
    ship_before: int | None,
    after: str | None,
    limit: int,
    warehouse: str | None = None,
) -> tuple[list[PostingLine], str | None]:
    """One page, and the id from which to go on (None at the end).

    It looks at `WINDOW` postings at most, so that a stage that nothing is in does not walk the whole table:
    a page may be short, and even empty, before the end.
    """
    last = () if after is None else (after,)
    sql = newest_postings("id, stage, is_open, ship_by, warehouse", after=after is not None)
    seen = connection.execute(sql, (seller, *last, WINDOW)).fetchall()
    wanted: list[str] = []
    go_on: str | None = None
    for index, row in enumerate(seen):
        if stages and row["stage"] not in stages:
            continue
        if open_only and not row["is_open"]:
            continue
        if warehouse is not None and row["warehouse"] != warehouse:
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


def _by_id(connection: Connection, ids: Sequence[str]) -> list[PostingLine]:
    """The postings in this order."""
    found = _in(connection, f"SELECT {POSTING_COLUMNS} FROM postings", ids)
    lines = {line.id: line for line in map(_lines.load, found)}
    return [lines[posting_id] for posting_id in ids if posting_id in lines]


POSTING_BY_ID = f"SELECT {POSTING_COLUMNS} FROM postings WHERE id = ?"
QUOTES = "SELECT document FROM quotes WHERE posting_id = ?"
POSTING_WITH_DOCUMENT = f"SELECT {POSTING_COLUMNS}, document FROM postings WHERE id = ?"
POSTING_NUMBERS = "SELECT id, number FROM postings"


def posting_of_id(connection: Connection, posting_id: str) -> PostingLine | None:
    """What a list shows of this posting."""
    found = connection.execute(POSTING_BY_ID, (posting_id,)).fetchone()
    return None if found is None else _lines.load(found)


def posting_with_document(
    connection: Connection, posting_id: str, seller: str | None = None
) -> tuple[PostingLine, str] | None:
    """What a list shows of this posting, and its ``document`` as JSON. Where a seller is named, another's is
    not even read: None, as for one that is not there."""
    whose = "" if seller is None else " AND seller = ?"
    parameters = (posting_id,) if seller is None else (posting_id, seller)
    found = connection.execute(POSTING_WITH_DOCUMENT + whose, parameters).fetchone()
    if found is None:
        return None
    *line, document = found
    return _lines.load(line), str(document)


def quotes_of(connection: Connection, posting_id: str) -> str | None:
    """The posting's table of quotes, as JSON."""
    found = connection.execute(QUOTES, (posting_id,)).fetchone()
    return None if found is None else str(found[0])


def number_postings(*, seller: bool) -> str:
    """The postings of a number: it is unique per account only."""
    whose = " AND seller = ?" if seller else ""
    return f"SELECT {POSTING_COLUMNS} FROM postings WHERE number = ?{whose} LIMIT ?"


def postings_of_number(
    connection: Connection, number: str, seller: str | None, limit: int
) -> list[PostingLine]:
    """The postings of a number, of one seller or of all."""
    whose = () if seller is None else (seller,)
    sql = number_postings(seller=seller is not None)
    found = [_lines.load(row) for row in connection.execute(sql, (number, *whose, limit))]
    return sorted(found, key=lambda line: line.id)


def posting_numbers(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The number of each posting."""
    return {row["id"]: row["number"] for row in _in(connection, POSTING_NUMBERS, list(dict.fromkeys(ids)))}


def newest_tail(*, after: bool) -> str:
    """What follows ``SELECT ... FROM`` shipments or hand-overs of a seller, the newest first."""
    return f"WHERE seller = ?{' AND id < ?' if after else ''} ORDER BY id DESC LIMIT ?"


def _in(connection: Connection, select: str, ids: Sequence[str]) -> Iterator[Record]:
    for start in range(0, len(ids), _IN):
        some = ids[start : start + _IN]
        marks = ", ".join("?" * len(some))
        yield from connection.execute(f"{select} WHERE id IN ({marks})", some)


# --- problems: one walk a state, for the index has the state before the id -------------------------------

NEXT_STATE = "SELECT min(state) FROM problems WHERE seller = ? AND state > ?"


def problems_tail(*, after: bool, warehouse: bool = False, kinds: int = 0, dated: bool | None = None) -> str:
    """What follows ``SELECT ... FROM problems``. Those of a warehouse are those of its postings and of its
    hand-overs; with so many ``kinds``, only problems of these. ``dated``: those with a deadline, the nearest
    first, or those without; else all. Where there is no deadline, the newest first."""
    there = (
        " AND ? IN (SELECT p.warehouse FROM postings p WHERE p.id = problems.posting_id UNION ALL "
        "SELECT h.warehouse FROM handovers h WHERE problems.subject_type = 'handover' "
        "AND h.id = problems.subject_id)"
    )
    which = {None: "", False: " AND deadline IS NULL", True: "" if after else " AND deadline IS NOT NULL"}
    last = "" if not after else " AND (deadline, id) > (?, ?)" if dated else " AND id < ?"
    only = f" AND kind IN ({', '.join('?' * kinds)})" if kinds else ""
    order = "deadline, id" if dated else "id DESC"
    where = f"WHERE seller = ? AND state = ?{there if warehouse else ''}{which[dated]}{last}{only}"
    return f"{where} ORDER BY {order} LIMIT ?"


def problem_states(connection: Connection, seller: str) -> list[str]:
    """The states that this seller's problems have, found by jumps along the index."""
    states: list[str] = []
    while (
        found := connection.execute(NEXT_STATE, (seller, states[-1] if states else "")).fetchone()[0]
    ) is not None:
        states.append(found)
    return states
