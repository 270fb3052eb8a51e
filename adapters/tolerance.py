"""How an adapter's decoder has to bear oddities: one odd value costs itself, or its element, and nothing
else; what decides is never guessed. Each ``test_tolerance.py`` holds its own decoder to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import ModuleType
from typing import Any, cast

import msgspec
import pytest
from hypothesis import strategies as st
from msgspec import inspect

Struct = type[msgspec.Struct]
Decode = Callable[[bytes, Any], Any]
Unread = Callable[[], AbstractContextManager[list[str]]]

ODD: Any = {"a": [{"b": "c"}]}
"""Fits nothing that a vendor documents."""


def bare(kind: inspect.Type) -> inspect.Type:
    if isinstance(kind, inspect.Metadata):
        return bare(kind.type)
    if isinstance(kind, inspect.UnionType):
        return bare(next(one for one in kind.types if not isinstance(one, inspect.NoneType)))
    return kind


def decides(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.Metadata):
        return bool((kind.extra or {}).get("decides")) or decides(kind.type)
    return isinstance(kind, inspect.UnionType) and any(map(decides, kind.types))


def made_up(kind: inspect.Type) -> Any:
    """A whole JSON value of this type."""
    match bare(kind):
        case inspect.StructType() as struct:
            return {one.encode_name: made_up(one.type) for one in struct.fields}
        case inspect.ListType() | inspect.VarTupleType() as many:
            return [made_up(many.item_type), made_up(many.item_type)]
        case inspect.StrType():
            return "text"
        case inspect.BoolType():
            return True
        case inspect.DateTimeType():
            return "2026-07-01T10:00:00Z"
        case inspect.DateType():
            return "2026-07-01"
        case inspect.AnyType():
            return 1
    return 7


def fields(struct: Struct) -> tuple[inspect.Field, ...]:
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    return info.fields


def whole(struct: Struct) -> dict[str, Any]:
    return cast(dict[str, Any], made_up(inspect.type_info(struct)))


def structs_of(vendor: ModuleType, base: Struct) -> list[Struct]:
    """What the adapter exports of what it receives."""
    members = [getattr(vendor, name) for name in vendor.__all__]
    found = [one for one in members if isinstance(one, type) and issubclass(one, base)]
    return sorted(found, key=lambda one: one.__name__)


def odd_value_costs_itself_only(struct: Struct, decode: Decode) -> None:
    def read(value: object) -> Any:
        return decode(json.dumps(value).encode(), struct)

    plain = read(whole(struct))
    for field in fields(struct):
        kind = bare(field.type)
        if isinstance(kind, inspect.AnyType | inspect.CustomType | inspect.StructType):
            continue  # anything fits the one; the other loses its own values, and is looked at by itself
        many = isinstance(kind, inspect.ListType | inspect.VarTupleType)
        changed = whole(struct) | {field.encode_name: True if many else ODD}
        if field.required or decides(field.type):
            with pytest.raises(msgspec.ValidationError):
                read(changed)
            continue
        found = read(changed)
        others = [one.name for one in fields(struct) if one.name != field.name]
        assert [getattr(found, one) for one in others] == [getattr(plain, one) for one in others]
        assert many or getattr(found, field.name) == field.default


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=6,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at] * bool(at) + [one for step, inner in steps for one in places(inner, (*at, step))]


def element_costs_itself_only(
    data: st.DataObject, structs: list[Struct], decode: Decode, unread: Unread
) -> None:
    struct = data.draw(st.sampled_from(structs))
    rows = [whole(struct) for _ in range(3)]
    plain = decode(json.dumps(rows[0]).encode(), struct)
    at = data.draw(st.sampled_from(places(rows[1])))
    node: Any = rows[1]
    for step in at[:-1]:
        node = node[step]
    node[at[-1]] = data.draw(JSON)
    with unread() as left_out:
        found = decode(json.dumps(rows).encode(), list[struct])  # type: ignore[valid-type]
    assert found[0] == found[-1] == plain
    lost = "$[1]" in left_out
    assert len(found) == 3 - lost
    if not lost:
        for field in fields(struct):
            if decides(field.type) and field.encode_name != at[0]:
                assert getattr(found[1], field.name) == getattr(plain, field.name)


def list_of_which_nothing_can_be_read_is_not_empty(structs: list[Struct], decode: Decode) -> None:
    struct = next(one for one in structs if any(field.required for field in fields(one)))
    with pytest.raises(msgspec.ValidationError):
        decode(b'[{"x": 1}, 5]', list[struct])  # type: ignore[valid-type]


def what_is_left_out_is_told_without_its_value(
    structs: list[Struct], decode: Decode, unread: Unread, caplog: pytest.LogCaptureFixture
) -> None:
    struct = next(one for one in structs if any(field.required for field in fields(one)))
    rows = [whole(struct), {"hush": "hush"}]
    with unread() as left_out:
        decode(json.dumps(rows).encode(), list[struct])  # type: ignore[valid-type]
    assert left_out == ["$[1]"]
    assert "1 could not be read" in caplog.text
    assert "hush" not in caplog.text
