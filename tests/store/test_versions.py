"""Each write to a posting, or to what belongs to it, raises the posting's version."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import pytest

from hub.store import Connection, Store, open_store, rows
from hub.store.connection import Cursor
from hub.store.mapping import Rows
from hub.store.versions import Working, now_of, raise_of, standing
from tests.store.postings import fill, posting_row
from tests.store.statements import JOB, NAMED, NOT_ALONE, NOW, Recorder, values_for

BELONGING = ("recipients", "shipments", "operations", "problems", "documents", "units")
_WRITES = re.compile(
    rf'(UPDATE|INSERT INTO|DELETE FROM) "?(postings|{"|".join(BELONGING)})\b(?!"? SET version)'
)
_RAISES = re.compile('"?version"? ?= ?"?version"? ?\\+ ?1')
RAISES_NONE = {
    "problems.close_unread": "the problem is about a number that no posting has",
    "jumps.note_time": "the machine's clock was put back: all times move alike, and no decision hangs on one",
}
"""What raises no version, and why."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "hub.sqlite")
    fill(opened, [posting_row(1), posting_row(2)])
    yield opened
    opened.close()


def _row(mapping: Rows[Any], posting_id: str) -> Any:
    """A row of this posting, of the plainest values that there are."""
    hints = get_type_hints(mapping.row)
    needed = [field.name for field in msgspec.structs.fields(mapping.row) if field.required]
    return mapping.row(**{name: _plain(hints[name]) for name in needed} | {"posting_id": posting_id})


def _plain(kind: Any) -> Any:
    if type(None) in get_args(kind):
        return None
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if get_origin(kind) is tuple:
        return ()
    return {str: "one", int: 1, bool: False, datetime: NOW}.get(kind, {})


@pytest.mark.parametrize("table", BELONGING)
def test_a_row_that_belongs_to_a_posting_raises_its_version(store: Store, table: str) -> None:
    mapping: Rows[Any] = getattr(rows, table)
    first, second = rows.postings.all(store.reader, "ORDER BY id")
    row = _row(mapping, first.id)

    def write(*changes: Callable[[Connection], None]) -> int:
        for change in changes:
            store.write_now(change)
        return now_of(store.reader, first.id)

    field = next(name for name in mapping.row.__struct_fields__ if name.endswith("_at") or name == "state")
    later = msgspec.structs.replace(row, **{field: NOW if field.endswith("_at") else "two"})
    assert write(lambda tx: mapping.insert(tx, row)) == 1
    assert write(lambda tx: mapping.save(tx, row, was=row)) == 1, "nothing was written"
    assert write(lambda tx: mapping.put(tx, row)) == 2
    assert write(lambda tx: mapping.save(tx, later)) == 3
    assert now_of(store.reader, second.id) == 0


def test_a_posting_raises_its_own_and_nobody_writes_it(store: Store) -> None:
    row, _ = rows.postings.all(store.reader, "ORDER BY id")
    store.write_now(lambda tx: rows.postings.save(tx, msgspec.structs.replace(row, status="new")))
    store.write_now(lambda tx: rows.postings.save(tx, msgspec.structs.replace(row, status="old")))
    store.write_now(lambda tx: rows.postings.put(tx, row))
    assert now_of(store.reader, row.id) == 3
    store.write_now(lambda tx: rows.postings.save(tx, msgspec.structs.replace(row, version=99), was=row))
    assert now_of(store.reader, row.id) == 3, "nothing of it changed"


def test_one_write_raises_it_once_and_one_that_fails_does_not(store: Store) -> None:
    posting = rows.postings.all(store.reader, "ORDER BY id")[0].id

    def twice(tx: Connection) -> None:
        raise_of(tx, posting)
        raise_of(tx, posting)

    def failing(tx: Connection) -> None:
        raise_of(tx, posting)
        raise ValueError("the write fails")

    store.write_now(twice)
    with pytest.raises(ValueError, match="the write fails"):
        store.write_now(failing)
    store.write_now(twice)
    assert now_of(store.reader, posting) == 2


class _Changing(Recorder):
    """Every change that is said to it changed a row."""

    def execute(self, sql: str, parameters: Sequence[object] = (), /) -> Cursor:
        answer = super().execute(sql, parameters)
        return _One(answer) if re.match("(UPDATE|DELETE) ", sql) else answer


class _One:
    rowcount = 1

    def __init__(self, answer: Cursor) -> None:
        self.fetchone, self.fetchall = answer.fetchone, answer.fetchall
        self._answer = answer

    def __iter__(self) -> Iterator[Any]:
        return iter(self._answer)


@pytest.mark.parametrize(
    "name", sorted(name for name in NAMED.keys() - NOT_ALONE.keys() if not name.startswith("versions."))
)
def test_a_named_function_that_changes_such_a_row_raises_it_too(store: Store, name: str) -> None:
    def call(tx: Connection) -> list[str]:
        recorder = _Changing(tx)
        answer = NAMED[name](recorder, **values_for(NAMED[name]))
        if isinstance(answer, Iterator):
            list(answer)
        return recorder.said

    said = store.write_now(call)
    writes = any(_WRITES.match(sql) for sql in said)
    raises = any(_RAISES.search(sql) for sql in said)
    assert writes == raises or (writes and name in RAISES_NONE)


def test_how_it_stands_for_a_worker(store: Store) -> None:
    posting = rows.postings.all(store.reader, "ORDER BY id")[0].id
    mine = Working("wrk_1", 3, f"advance:{posting}")
    job = msgspec.structs.replace(JOB, key=mine.key, state="running", lease_owner="wrk_1", fence=3)
    assert standing(store.reader, posting, Working()) == (0, True), "a person's command holds no lease"
    assert standing(store.reader, posting, mine) == (0, False)
    assert standing(store.reader, "pst_none", Working()) == (-1, True)
    store.write_now(lambda tx: rows.jobs.put(tx, job))
    assert standing(store.reader, posting, mine) == (0, True)
    for change in ({"fence": 4}, {"lease_owner": "wrk_2"}, {"state": "ready"}):
        other = msgspec.structs.replace(job, **change)
        store.write_now(lambda tx, other=other: rows.jobs.put(tx, other))
        assert standing(store.reader, posting, mine) == (0, False)
