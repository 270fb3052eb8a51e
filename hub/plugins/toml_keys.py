"""Where something stands in a TOML file, and what is wrong with it, in words.

Key paths are tuples: ``("sellers", "shop", "time_zone")``; a table of an array is named by its number, from
1: ``("sellers", "shop", "rules", 2)``. msgspec says what does not fit a struct, but
neither the keys of the tables above it nor the line; both are found here.
"""

from __future__ import annotations

import enum
import re
import tomllib
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from hub.words import said

KeyPath = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_MESSAGE = re.compile(r"(?P<what>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?", re.DOTALL)
_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\[[^\]]*\]")


_KINDS = {
    "array": said('a list, in square brackets: ["one", "two"]', code="toml.array"),
    "bool": said("true or false, without quotation marks", code="toml.bool"),
    "float": said("a number, without quotation marks", code="toml.float"),
    "int": said("a whole number, without quotation marks", code="toml.int"),
    "object": said("a section with keys of its own", code="toml.object"),
    "str": said('a text, in quotation marks: "..."', code="toml.str"),
}
"""How a value of each kind is written."""
_CALLED = {
    "array": said("a list", code="toml.a_list"),
    "bool": said("true or false", code="toml.a_bool"),
    "float": said("a number", code="toml.a_float"),
    "int": said("a whole number", code="toml.a_whole_number"),
    "object": _KINDS["object"],
    "str": said("a text", code="toml.a_text"),
}


def shown(keys: KeyPath) -> str:
    """The key path as TOML writes it: ``sellers.shop."two words"``, and ``rules[2]`` for the second."""
    text = ""
    for key in keys:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += ("." if text else "") + (key if _BARE.fullmatch(key) else f'"{key}"')
    return text


def line_of(text: str, keys: KeyPath) -> int | None:
    """The line of a key path; None where there is no such line, or more than one.

    A key inside an inline table is on the line of that table; a key that is missing is at its table.
    """
    places = list(_places(text))
    for end in range(len(keys), 0, -1):
        found = [line for path, line in places if path == keys[:end]]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def unknown_key(
    table: Any, kind: Any, *, hidden: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], list[str]] | None:
    """The first key that no field of the struct ``kind`` takes, and the keys that there are."""
    struct = _struct_in(kind)
    if struct is None or not isinstance(table, dict):
        return None
    hints = _hints(struct)
    known = {name: hint for name, hint in hints.items() if name not in hidden}
    for key, value in table.items():
        if key not in known:
            return (key,), sorted(known)
        if found := _below(value, known[key]):
            return (key, *found[0]), found[1]
    return None


def wrong_value(error: msgspec.ValidationError, kind: Any) -> tuple[tuple[str, ...], str]:
    """The key path below the table, and what is wrong there, out of msgspec's message."""
    match = _MESSAGE.fullmatch(str(error))
    assert match is not None
    what = match["what"]
    keys = tuple(step[1] for step in _STEP.finditer(match["path"] or "") if step[1])
    if missing := re.search(r"missing required field `([^`]*)`", what):
        return (*keys, missing[1]), said("this key is missing", code="toml.key_missing")
    if re.fullmatch(r"Expected `array` of length >= 1", what):
        return keys, said(
            "an empty list fits nothing: write what it should be, or remove the key",
            code="toml.empty_list_fits_nothing",
        )
    if given := re.fullmatch(r"Invalid enum value '(.*)'", what, re.DOTALL):
        choices = _choices(kind, keys)
        near = get_close_matches(given[1], choices, n=1)
        meant = (
            said(" (did you mean '{near}'?)", code="toml.did_you_mean", values={"near": near[0]})
            if near
            else ""
        )
        return keys, said(
            "'{given}' is none of {choices}{meant}",
            code="toml.none",
            values={"given": given[1], "choices": ", ".join(choices), "meant": meant},
        )
    if wanted := re.fullmatch(r"Expected `(\w+)(?: \| null)?`, got `(\w+)`", what):
        values = {"write": _KINDS.get(wanted[1], wanted[1]), "found": _CALLED.get(wanted[2], wanted[2])}
        return keys, said("write {write}; this is {found}", code="toml.write", values=values)
    if "matching regex '^[1-9][0-9]{0,4}d$'" in what:
        return keys, said('write days, like "180d"', code="toml.write_days_like_180d")
    return keys, what[:1].lower() + what[1:]


def _places(text: str) -> Iterator[tuple[KeyPath, int]]:
    table: KeyPath = ()
    arrays: dict[KeyPath, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("[") and (header := _path(stripped)):
            table = _table(header, arrays, begins=stripped.startswith("[["))
            yield table, number
        elif (key := re.match(r"""\s*((?:[\w.\s-]|"[^"]*"|'[^']*')+?)\s*=""", line)) and (
            path := _path(f"{key[1]} = 0")
        ):
            yield table + path, number


def _table(header: tuple[str, ...], arrays: dict[KeyPath, int], *, begins: bool) -> KeyPath:
    """``[[a]]`` begins the next table of ``a``; ``[a.b]`` is then in the last one."""
    table: KeyPath = ()
    for at, name in enumerate(header, 1):
        table = (*table, name)
        if begins and at == len(header):
            arrays[table] = arrays.get(table, 0) + 1
        if table in arrays:
            table = (*table, arrays[table])
    return table


def _path(line: str) -> tuple[str, ...]:
    try:
        value: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    keys: list[str] = []
    while isinstance(value, dict) and len(value) == 1:
        key, value = next(iter(value.items()))
        keys.append(key)
    return tuple(keys)


def _below(value: Any, hint: Any) -> tuple[tuple[str, ...], list[str]] | None:
    if get_origin(hint) is dict and isinstance(value, dict):
        for key, item in value.items():
            if found := unknown_key(item, get_args(hint)[1]):
                return (key, *found[0]), found[1]
        return None
    return unknown_key(value, hint)


def _struct_in(hint: Any) -> Any:
    """The struct of ``Struct`` and ``Struct | None``."""
    for kind in (hint, *get_args(hint)):
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return kind
    return None


@cache
def _hints(struct: Any) -> dict[str, Any]:
    return get_type_hints(struct)


def _choices(kind: Any, keys: Iterable[str]) -> list[str]:
    hint: Any = kind
    for key in keys:
        hint = _hints(_struct_in(hint))[key]
    for one in (hint, *get_args(hint)):  # also of ``Literal[...] | None``
        if isinstance(one, type) and issubclass(one, enum.Enum):
            return [str(member.value) for member in one]
        if get_origin(one) is Literal:
            return [str(choice) for choice in get_args(one)]
    return []
