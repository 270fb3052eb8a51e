"""A method of the client as its tests have it: what it sends, and what it makes of an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ozon_api import Client

DAY = datetime(2026, 9, 22, 6, 30, tzinfo=UTC)


class Case(NamedTuple):
    path: str
    call: Callable[[Client], Awaitable[Any]]
    sent: dict[str, Any]
    answer: dict[str, Any] | bytes
    read: Callable[[Any], object]
    expected: object
    safe: bool = False

    @property
    def method(self) -> str:
        return self.path.split("/", 2)[2].replace("/", "_").replace("-", "_")
