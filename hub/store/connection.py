"""What the functions of the store are given: a connection as both engines have it, nothing of a driver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol


class Record(Protocol):
    """A row of an answer: by place and by name. It stays in `hub.store`; callers see structs and tuples."""

    def __getitem__(self, at: Any, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __len__(self) -> int: ...


class Cursor(Protocol):
    """The answer to a statement."""

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""

    def fetchone(self) -> Any:
        """The next `Record`, or None."""

    def fetchall(self) -> list[Any]:
        """All that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """Runs statements with ``?`` for each parameter. Who gets one neither commits nor closes it."""

    def execute(self, sql: str, parameters: Sequence[object] = (), /) -> Cursor: ...
    def executemany(self, sql: str, parameters: Iterable[Sequence[object]], /) -> Cursor: ...


Transaction = Connection
"""A connection inside a transaction that may write: what `Store.write` gives."""
