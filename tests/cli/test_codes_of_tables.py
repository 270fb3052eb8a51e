"""Every code that a table shows has its word in Russian and Chinese."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

import hub.cli
from hub.cli.texts import code_text
from hub.flow.choice.records import feedback_csv
from hub.flow.health import readiness
from hub.flow.health.checks import Finding
from hub.flow.history import results, views
from hub.flow.history.key_views import KeyView
from hub.flow.journal.kinds import known_kinds
from hub.jobs import handlers
from hub.plugins import registry
from hub.store import rows

CODES: dict[str, set[str]] = {
    "kinds of jobs": set(handlers.handlers()),
    "jobs": {"waiting", "due", "running", "parked", "dead"},
    "accounts": {"good", "bad", "unchecked"},
    "bookings": {"booking", "booked", "failed", "cancelling", "cancelled", "unknown", "checking"},
    "papers": {"requested", "ready", "failed", "superseded", "erased"},
    "problems": {"open", "answered", "closed"},
    "hand-overs": {"open", "closed", "ready", "refused"},
    "messages": {"sent", "failed"},
    "places": {"door", "point", "locker"},
    "operations": set(known_kinds()),
    "documents": {"label", "labels", "label_file", "packing_slips", "handover"},
    "plugins": set(registry._KINDS.values()),
    "what buyers say": {*feedback_csv.KINDS, *feedback_csv.REASONS},
    "health": {*get_args(readiness.State), *get_args(readiness.Reason)},
}
"""Those that are no literals of a view: what the hub writes into a column of text."""
VIEWS: list[tuple[type[Any], str]] = [
    (Finding, "level"),
    (KeyView, "scope"),
    (results.ShipResult, "state"),
    (results.LabelResult, "state"),
    (results.Erased, "state"),
    (results.HandoverEntry, "code"),
    (views.ChosenView, "chosen_by"),
    (rows.OperationRow, "state"),
]


def _literals(kind: Any) -> set[str]:
    if get_origin(kind) is Literal:
        return {one for one in get_args(kind) if one}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {str(one.value) for one in kind}
    return {code for one in get_args(kind) for code in _literals(one)}


def _of_view(view: type[Any], field: str) -> set[str]:
    hints = get_type_hints(view)
    return _literals(hints[field])


def _shown() -> Iterator[str]:
    """The codes that the command line itself puts into tables."""
    for path in Path(next(iter(hub.cli.__path__))).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Code":
                (given,) = node.args
                if isinstance(given, ast.Constant):
                    yield str(given.value)


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_every_code_has_its_word(language: str) -> None:
    wanted = {code for codes in CODES.values() for code in codes}
    wanted |= set(_shown())
    for view, field in VIEWS:
        wanted |= _of_view(view, field)
    lacking = {code for code in wanted if code_text(code, language) == code}
    assert lacking == set()
