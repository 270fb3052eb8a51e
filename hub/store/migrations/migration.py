"""One numbered step, as data: what it adds to which tables, and what it does with the rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from hub.store.connection import Transaction


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """A step from one version of the tables to the next. It only adds: what is not used any more goes a
    release later, when no code that needs it is left."""

    number: int
    """The version that the database has after it."""
    title: str
    """What it is for, in a few plain words: shown to the person who migrates."""
    oldest_code: int
    """The oldest version whose code may still write into a database that has this step."""
    tables: tuple[str, ...] = ()
    """New tables. They are made as `hub.store.schema` declares them, with their indexes: a column that a
    later step adds to one is then there already."""
    columns: tuple[str, ...] = ()
    """New columns, ``table.column``; the kind is that of the declaration. One that may not be null gets a
    default, so that older code can go on writing rows without it."""
    indexes: tuple[tuple[str, ...], ...] = ()
    """New indexes on tables that exist: the table, then the columns."""
    data: Callable[[Transaction], None] | None = None
    """What is done with the rows once the structure is there: only ``execute`` and ``executemany``, in SQL
    that both engines take. Done twice it changes nothing more."""
    unique_while: tuple[str, ...] = ()
    """Tables that exist and whose ``unique_while`` is new: held to once ``data`` has filled the columns."""
