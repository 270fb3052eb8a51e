"""Rows as structs: a struct is the declaration of its table. Its fields are the columns, in their order, and
their types say how a column is stored and converted:

``datetime`` is integer microseconds UTC, ``bool`` (an integer in SQLite), ``str`` (also a ``Literal`` of
texts), ``int`` and ``bytes`` are themselves, a ``reason`` is a sentence (`hub.words.stored`), everything else
is JSON. With ``| None`` the column may be null. A field's default is the column's where a migration adds it.
The conversions are worked out once, when the mapping is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from hub.store.connection import Connection, Record
from hub.store.table import Table, UniqueWhile
from hub.store.versions import raise_of
from hub.words import as_data, revived, stored

R = TypeVar("R", bound=msgspec.Struct)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_KEPT = 256  # decoded values of a column
_PLAIN = (str, int, bytes, str | None, int | None, bytes | None)
_COLUMN = {str: "text", int: "bigint", datetime: "bigint", bool: "boolean", bytes: "bytes"}

SENTENCES = frozenset({"reason"})
"""Columns of text that hold a sentence: its words as JSON (`hub.words.stored`), or an older plain one."""


def micros(time: datetime) -> int:
    """Integer microseconds UTC since 1970."""
    return (time - _EPOCH) // _MICROSECOND


@lru_cache(2048)  # the rows of a booking are read again and again, and have few times
def from_micros(value: int) -> datetime:
    """The aware time of integer microseconds."""
    return _EPOCH + timedelta(microseconds=value)


class Rows(Generic[R]):
    """Reads and writes the rows of one table as structs of one type."""

    def __init__(
        self,
        table: str,
        row: type[R],
        *,
        key: tuple[str, ...],
        unique: tuple[tuple[str, ...], ...] = (),
        unique_while: tuple[UniqueWhile, ...] = (),
        indexes: tuple[tuple[str, ...], ...] = (),
        kept: frozenset[str] = frozenset(),
        raises: str = "",
    ) -> None:
        """``key``, ``unique``, ``indexes``: names of columns. Raises TypeError for one that is no field.

        ``kept``: columns of JSON that are read again and again and whose values nobody can change. The last
        ones stay decoded, found by their text: what is stored anew has another text, so none is ever stale.
        ``raises``: the column with the id of the posting whose version a change of a row raises
        (`hub.store.versions`).
        """
        fields = row.__struct_fields__
        named = (key, *unique, *(one.columns for one in unique_while), *indexes)
        if odd := {name for names in named for name in names}.difference(fields):
            raise TypeError(f"{row.__name__} has no {', '.join(sorted(odd))}")
        self.table = table
        self.row = row
        self._key = key
        hints = get_type_hints(row)
        self._get = attrgetter(*fields)
        converters = [stored if name in SENTENCES else _to_column(hints[name]) for name in fields]
        self._out = [(index, convert) for index, convert in enumerate(converters) if convert is not None]
        readers = [revived if name in SENTENCES else _from_column(hints[name]) for name in fields]
        readers = [
            lru_cache(_KEPT)(convert) if name in kept and convert is not None else convert
            for name, convert in zip(fields, readers, strict=True)
        ]
        self._in = [(index, convert) for index, convert in enumerate(readers) if convert is not None]
        names = ", ".join(f'"{name}"' for name in fields)
        marks = ", ".join("?" * len(fields))
        self.insert_sql = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
        self._select = f'SELECT {names} FROM "{table}"'
        where = " AND ".join(f'"{name}"=?' for name in self._key)
        self._where_key = f"WHERE {where}"
        self._raises = attrgetter(raises) if raises else None
        counts = table == "postings"
        # The version is no value that anybody writes: each change of the row itself is one more.
        self._set_version = ', "version"="version"+1' if counts else ""
        rest = [name for name in fields if name not in self._key and not (counts and name == "version")]
        self._fields = fields
        self._rest = tuple(fields.index(name) for name in rest)
        self._key_at = tuple(fields.index(name) for name in self._key)
        self._updates: dict[tuple[int, ...], str] = {}
        self._converters = converters
        self.declared = Table(
            name=table,
            columns={name: _column(hints[name]) for name in fields},
            key=key,
            unique=unique,
            unique_while=unique_while,
            indexes=indexes,
            defaults={
                field.name: field.default
                if convert is None or field.default is None
                else convert(field.default)
                for field, convert in zip(msgspec.structs.fields(row), converters, strict=True)
                if field.default is not msgspec.NODEFAULT
            },
        )
        """The table, for `hub.store.schema`."""
        updates = ", ".join(f'"{name}"=excluded."{name}"' for name in rest)
        updates += f', "version"="{table}"."version"+1' if counts else ""
        keys = ", ".join(f'"{name}"' for name in self._key)
        replace = f"UPDATE SET {updates}" if rest else "NOTHING"
        self.upsert_sql = f"{self.insert_sql} ON CONFLICT ({keys}) DO {replace}"

    def values(self, row: R) -> tuple[Any, ...]:
        """The row as a statement's parameters, in the order of the columns."""
        values = list(self._get(row))
        for index, convert in self._out:
            values[index] = convert(values[index])
        return tuple(values)

    def load(self, record: Record | Sequence[Any]) -> R:
        """One record of ``SELECT`` as a struct."""
        values = list(record)
        for index, convert in self._in:
            values[index] = convert(values[index])
        return self.row(*values)

    def insert(self, tx: Connection, row: R) -> None:
        tx.execute(self.insert_sql, self.values(row))
        self._changed(tx, row)

    def insert_many(self, tx: Connection, rows: Iterable[R]) -> None:
        """Rows of postings that are new: nothing was decided of them, and their versions stay."""
        tx.executemany(self.insert_sql, map(self.values, rows))

    def put(self, tx: Connection, row: R) -> None:
        """Insert, or replace the row with this key."""
        tx.execute(self.upsert_sql, self.values(row))
        self._changed(tx, row)

    def put_many(self, tx: Connection, rows: Iterable[R]) -> None:
        tx.executemany(self.upsert_sql, map(self.values, rows))

    def save(self, tx: Connection, row: R, was: R | None = None) -> None:
        """Update the row with this key; raises LookupError when there is none.

        With ``was``, the row as it is stored now, only what differs is written: a column that is not named
        costs no conversion, and its indexes are not touched.
        """
        new = self._get(row)
        if was is None:
            columns = self._rest
        else:
            old = self._get(was)
            columns = tuple([at for at in self._rest if new[at] is not old[at] and new[at] != old[at]])
        if not columns:
            return
        parameters = []
        for at in (*columns, *self._key_at):
            convert = self._converters[at]
            parameters.append(new[at] if convert is None else convert(new[at]))
        if tx.execute(self._update(columns), parameters).rowcount != 1:
            raise LookupError(f"no row of {self.table} to save")
        self._changed(tx, row)

    def _changed(self, tx: Connection, row: R) -> None:
        if self._raises is not None and (posting_id := self._raises(row)):
            raise_of(tx, posting_id)

    def _update(self, columns: tuple[int, ...]) -> str:
        known = self._updates.get(columns)
        if known is None:
            assignments = ", ".join(f'"{self._fields[at]}"=?' for at in columns)
            known = self._updates[columns] = (
                f'UPDATE "{self.table}" SET {assignments}{self._set_version} {self._where_key}'
            )
        return known

    def get(self, connection: Connection, *key: object) -> R | None:
        """The row with this key, or None."""
        return self.first(connection, self._where_key, key)

    def first(self, connection: Connection, tail: str, parameters: Sequence[object] = ()) -> R | None:
        """The first row of ``SELECT ... tail``."""
        record = connection.execute(f"{self._select} {tail}", parameters).fetchone()
        return None if record is None else self.load(record)

    def all(self, connection: Connection, tail: str, parameters: Sequence[object] = ()) -> list[R]:
        """All rows of ``SELECT ... tail``."""
        return [self.load(record) for record in connection.execute(f"{self._select} {tail}", parameters)]


def _column(kind: Any) -> str:
    """The type of the column that holds such values."""
    optional = type(None) in get_args(kind)
    bare = kind
    if optional and len(rest := [one for one in get_args(kind) if one is not type(None)]) == 1:
        bare = rest[0]
    column = "text" if _is_word(bare) else _COLUMN.get(bare, "json")
    return f"{column}?" if optional else column


def _is_word(kind: Any) -> bool:
    """A Literal of texts: stored as it is, so that SQL can ask for it."""
    return get_origin(kind) is Literal and all(isinstance(word, str) for word in get_args(kind))


def _to_column(kind: Any) -> Callable[[Any], Any] | None:
    if kind is bool or kind in _PLAIN or _is_word(kind):
        return None
    if kind is datetime:
        return micros
    if kind == datetime | None:
        return lambda value: None if value is None else micros(value)
    encoder = msgspec.json.Encoder(enc_hook=as_data)
    return lambda value: encoder.encode(value).decode()


def _from_column(kind: Any) -> Callable[[Any], Any] | None:
    if kind is bool:
        return bool
    if kind in _PLAIN or _is_word(kind):
        return None
    if kind is datetime:
        return from_micros
    if kind == datetime | None:
        return lambda value: None if value is None else from_micros(value)
    decoder = msgspec.json.Decoder(kind)
    if type(None) in get_args(kind):
        return lambda value: None if value is None else decoder.decode(value)
    return decoder.decode
