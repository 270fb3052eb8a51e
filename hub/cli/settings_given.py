"""Settings of an account as they are typed: ``--set KEY=VALUE``."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.words import said

if TYPE_CHECKING:
    from hub.plugin_api.settings import Settings

_KINDS = {
    "integer": (("int",), said("a whole number", code="toml.a_whole_number")),
    "number": (("int", "float"), said("a number", code="toml.a_float")),
    "boolean": (("bool",), said("true or false", code="toml.a_bool")),
}
"""Of the form's kinds: what Python reads them as, and what they are called."""
Given = Mapping[str, Sequence[str]]
"""By setting, what was typed for it, in order."""


def read(pairs: Sequence[str]) -> Given:
    """What stands after ``--set``, with what ``env:`` and ``@`` name in its place. Raises UsageError."""
    given: dict[str, list[str]] = {}
    for pair in pairs:
        key, value = _pair(pair)
        given.setdefault(key, []).append(value)
    return given


def _pair(pair: str) -> tuple[str, str]:
    key, sign, value = pair.partition("=")
    if not sign or not key:
        raise click.UsageError(
            said("--set '{key}': write KEY=VALUE", code="usage.set_write_key_value", values={"key": key})
        )
    if value.startswith("env:"):
        variable = value.removeprefix("env:")
        if variable not in os.environ:
            raise click.UsageError(
                said(
                    "--set {key}: the environment has no variable {variable}",
                    code="usage.set_environment_no_variable",
                    values={"key": key, "variable": variable},
                )
            )
        return key, os.environ[variable]
    if value.startswith("@"):
        path = Path(value.removeprefix("@"))
        try:
            return key, path.read_text(encoding="utf-8-sig").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise click.UsageError(
                said(
                    "--set {key}: cannot read {path}: {error}",
                    code="usage.set_cannot_read",
                    values={"key": key, "path": path, "error": error},
                )
            ) from None
    return key, value


def typed(kind: type[Settings], plugin: str, given: Given) -> dict[str, Any]:
    """The values as the plugin's form has them; missing secrets are asked for on a terminal. Raises
    UsageError."""
    from hub.plugin_api.settings import secret_fields, settings_schema

    schema = settings_schema(kind)
    values: dict[str, Any] = {}
    for key, written in given.items():
        field = schema["properties"].get(key)
        if field is None:
            names = ", ".join(schema["properties"])
            raise click.UsageError(
                said(
                    "--set {key}: {plugin} has no such setting; it has {names}",
                    code="usage.set_no_setting",
                    values={"key": key, "plugin": plugin, "names": names},
                )
            )
        if _takes(field, "array"):
            values[key] = _listed(key, field, written)
        elif len(written) > 1:
            raise click.UsageError(
                said(
                    "--set {key} was given {count} times, and takes one value",
                    code="usage.set_one_value",
                    values={"key": key, "count": len(written)},
                )
            )
        else:
            values[key] = _plain(key, field, written[0])
    for key in sorted(secret_fields(kind)):
        if key not in values and key in schema.get("required", ()) and sys.stdin.isatty():
            values[key] = click.prompt(key, hide_input=True, err=True)
    return values


def _listed(key: str, field: dict[str, Any], written: Sequence[str]) -> Any:
    """``a,b``, or ``a`` and ``b``; JSON as well, for what has commas in it."""
    if len(written) == 1 and written[0].lstrip().startswith("["):
        return _decoded(written[0])
    parts = [part for one in written for text in one.split(",") if (part := text.strip())]
    return [_plain(key, field.get("items", {}), part) for part in parts]


def _plain(key: str, field: dict[str, Any], text: str) -> Any:
    """Raises UsageError for what is not of its kind; the other demands are the settings' own."""
    if _takes_text(field):
        return text
    value = _decoded(text.lower() if text.lower() in ("true", "false") else text)
    given = type(value).__name__
    for kind, (takes, wanted) in _KINDS.items():
        if _takes(field, kind) and value is not None and given not in takes:
            raise click.UsageError(
                said(
                    "--set {key}: write {wanted}",
                    code="usage.set_kind",
                    values={"key": key, "wanted": wanted},
                )
            )
    return value


def _decoded(text: str) -> Any:
    import msgspec

    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _takes_text(field: dict[str, Any]) -> bool:
    return _takes(field, "string") or any("enum" in kind for kind in (field, *field.get("anyOf", ())))


def _takes(field: dict[str, Any], kind: str) -> bool:
    return any(one.get("type") == kind for one in (field, *field.get("anyOf", ())))
