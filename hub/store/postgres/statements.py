"""What the hub says in SQL, as PostgreSQL takes it; and what it answers, as the hub reads it."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import Any

from psycopg import Cursor
from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap, Loader
from psycopg.types.numeric import Int8Dumper


@lru_cache(4096)
def numbered(sql: str) -> str:
    """``?`` for each parameter, as ``$1``, ``$2``; an empty list as an empty array, for ``IN ()`` is SQLite's
    alone. No statement of the hub has either inside a text."""
    number = count(1)
    sql = sql.replace("NOT IN ()", "<> ALL ('{}')").replace("IN ()", "= ANY ('{}')")
    return re.sub(r"\?", lambda _: f"${next(number)}", sql)


class Row(tuple[Any, ...]):
    """A row by place and by name; one class for each list of names, for making one costs far more than a
    statement."""

    __slots__ = ()
    at: dict[str, int]

    def __getitem__(self, key: Any, /) -> Any:
        return tuple.__getitem__(self, self.at[key] if key.__class__ is str else key)

    def keys(self) -> list[str]:
        """The names, in their order."""
        return list(self.at)


@lru_cache(1024)
def _row_class(names: tuple[bytes | None, ...]) -> type[Row]:
    at = {(name or b"").decode(): place for place, name in enumerate(names)}
    return type("Row", (Row,), {"__slots__": (), "at": at})


def rows_by_name(cursor: Cursor[Any]) -> type[Row]:
    """A row factory (psycopg, "Row factories")."""
    result = cursor.pgresult
    if result is None or not result.nfields:
        return Row
    return _row_class(tuple(map(result.fname, range(result.nfields))))


class _WholeNumbers(Loader):
    """A sum of ``bigint`` is a ``numeric``: whole for us as well."""

    def load(self, data: Buffer) -> int | Decimal:
        text = bytes(data)
        return int(text) if text.lstrip(b"-").isdigit() else Decimal(text.decode())


def adapt(adapters: AdaptersMap) -> None:
    """Numbers go as ``bigint`` whatever their size: else a statement is prepared anew for each width."""
    adapters.register_dumper(int, Int8Dumper)
    adapters.register_loader("numeric", _WholeNumbers)


def without_nul(parameters: Any) -> list[Any]:
    """The parameters without what no text of PostgreSQL can hold. Vendors' texts have it now and then."""
    return [one.replace("\x00", "") if isinstance(one, str) else one for one in parameters]


__all__ = ["Row", "adapt", "numbered", "rows_by_name", "without_nul"]
