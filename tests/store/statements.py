"""Every statement that the named functions of the store run: each function is called once with values of its
types, and what it says is written down."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import msgspec

import hub.store
from hub.store import Connection, Store, arrivals, messages, queue, rows
from hub.store.connection import Cursor
from hub.store.mapping import Rows
from hub.store.versions import Working

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ROW = SimpleNamespace(
    **dict.fromkeys(("id", "seller", "posting_id", "account", "kind", "subject", "key", "number"), "one"),
    **dict.fromkeys(("plugin", "name", "external_id"), "one"),
)
JOB = msgspec.convert(
    dict.fromkeys(("priority", "fence", "attempts"), 1)
    | dict.fromkeys(("run_at", "lease_until", "created_at"), NOW)
    | dict.fromkeys(("key", "seller", "account", "kind", "subject", "state", "lease_owner", "reason"), "one")
    | {"again": False},
    rows.JobRow,
)
VALUES: dict[str, Any] = {
    "datetime": NOW,
    "date": NOW.date(),
    "timedelta": timedelta(days=1),
    "int": 5,
    "bool": True,
    "bytes": b"1",
    "Sequence[str]": ("one", "two"),
    "Sequence[str] | None": ("one", "two"),
    "Iterable[str]": ("one", "two"),
    "Collection[str]": ("one", "two"),
    "Collection[JobRow]": (JOB,),
    "Mapping[str, int]": {"one": 1},
    "str | None": None,
    "int | None": 5,
    "datetime | None": NOW,
    "tuple[str, str] | None": ("one", "two"),
    "tuple[int, str] | None": (1, "one"),
    "tuple[int | None, str] | None": (1, "one"),
    "Change": lambda value: value,
    "Iterable[RawPayload]": (arrivals.RawPayload("one", "posting", "one", NOW, b"1", b"{}"),),
    "Sequence[rows.OperationRow]": (ROW,),
    "Code": "marking",
    "rows.AccountRow": ROW,
    "rows.IdempotencyRow": rows.IdempotencyRow("one", "one", "one", None, None, NOW),
    "rows.OperationRow": ROW,
    "rows.PostingRow": ROW,
    "rows.ProblemRow": ROW,
    "rows.JobRow": ROW,
    "JobRow": JOB,
    "Weights": ((2000, 10),),
    "Sequence[timedelta]": (timedelta(hours=12), timedelta(hours=2)),
    "list[Waiting]": [messages.Waiting(ROW, None)],
    "frozenset[str]": frozenset({"one"}),
    "Sequence[int]": (0,) * len(rows.FIGURES),
    "Work": queue.Work(kind="one", subject="one", seller="one", account="one", run_at=NOW),
}
OWN: dict[str, dict[str, Any]] = {
    "call_rows.learn": {"day": "2026-11-23"},
    "versions.standing": {"work": Working("one", 1, "one")},
    "today.open_postings": {"bounds": (NOW, NOW)},
    "label_codes.holders": {"codes": ("LONGENOUGH",)},
}
"""Values that have to be another than those of their type."""
_OTHERS = re.compile(r"\.(migrations|postgres)(\.|$)")
ENGINE = ("backup", "compact", "condition", "database", "counter")
"""What is SQLite's own: its files and PRAGMAs."""


def functions(module: ModuleType) -> Iterator[tuple[str, Callable[..., object]]]:
    """The public functions of a module that are given a connection first."""
    for name, one in vars(module).items():
        if inspect.isfunction(one) and one.__module__ == module.__name__ and not name.startswith("_"):
            first, *_ = (*inspect.signature(one).parameters.values(), None)
            if first is not None and str(first.annotation) in ("Connection", "Transaction"):
                yield name, one


def modules() -> Iterator[ModuleType]:
    """The modules of the store, but for those that are one engine's own, and the migrations."""
    for found in pkgutil.walk_packages(hub.store.__path__, "hub.store."):
        if found.name.rpartition(".")[2] not in ENGINE and not _OTHERS.search(found.name):
            yield importlib.import_module(found.name)


def values_for(function: Callable[..., object]) -> dict[str, Any]:
    """A value of its type for each parameter after the connection."""
    _, *given = inspect.signature(function).parameters.values()
    name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
    return {one.name: _value(one) for one in given} | OWN.get(name, {})


def _value(parameter: inspect.Parameter) -> Any:
    kind = str(parameter.annotation)
    if kind.startswith("Literal"):
        return kind.partition('"')[2].partition('"')[0] or "carrier_id"
    return VALUES.get(kind, "one")


class Recorder:
    """A connection that writes down what is said to it."""

    def __init__(self, inner: Connection) -> None:
        self._inner = inner
        self.said: list[str] = []

    def execute(self, sql: str, parameters: Sequence[object] = (), /) -> Cursor:
        self.said.append(sql)
        return self._inner.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Sequence[object]], /) -> Cursor:
        self.said.append(sql)
        return self._inner.executemany(sql, parameters)


def said_by_functions(store: Store) -> dict[str, list[str]]:
    """What each named function says, by its name."""
    return {name: _said(store, function) for name, function in NAMED.items() if name not in NOT_ALONE}


def _said(store: Store, function: Callable[..., object]) -> list[str]:
    def call(tx: Connection) -> list[str]:
        recorder = Recorder(tx)
        answer = function(recorder, **values_for(function))
        if isinstance(answer, Iterator):
            list(answer)
        return recorder.said

    return store.write_now(call)


def said_by_rows() -> dict[str, list[str]]:
    """What the mapping of each table says."""
    return {
        f"rows.{name}": [mapping.insert_sql, mapping.upsert_sql]
        for name, mapping in vars(rows).items()
        if isinstance(mapping, Rows)
    }


NAMED = {
    f"{module.__name__.removeprefix('hub.store.')}.{name}": function
    for module in modules()
    for name, function in functions(module)
}
NOT_ALONE = {
    "doubting.examined": "with the file beside a database",
    "doubting.judged": "with the file beside a database",
    "erasure.overwritten": "a PRAGMA of SQLite's",
    "erasure.rewrite": "what erase_rows says",
    "versions.change": "what others say",
    "versions.change_one": "what others say",
}
