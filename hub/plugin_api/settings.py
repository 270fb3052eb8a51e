"""An account as its plugin sees it, and its settings: a frozen struct that refuses unknown fields and hides
its secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec

from hub.plugin_api.errors import ConfigError
from hub.words import BadValue, said_of


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A seller's account with one vendor, as a plugin sees it. Credentials are in the settings."""

    id: str
    """The hub's id of the account."""
    seller: str
    """The seller's slug."""
    plugin: str
    """The plugin that it belongs to."""
    name: str
    """What the seller calls it."""
    external_id: str = ""
    """The account's own id at the vendor."""
    folder: Path = Path()
    """Where the seller's files lie that settings name. Settings may come over HTTP: nothing outside it is
    read for them."""


class Secret(msgspec.Struct, frozen=True):
    """A credential. It never shows itself: only ``reveal`` does. In JSON it is a plain string."""

    value: str
    """The credential itself: call ``reveal``, so that a reader sees where it is shown."""

    def reveal(self) -> str:
        """The credential itself, for the request that needs it."""
        return self.value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self.value)


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base class of a plugin's per-account settings."""


S = TypeVar("S", bound=Settings)


def load_settings(kind: type[S], values: dict[str, Any]) -> S:
    """Settings out of plain values (from the store, a form, ``--set`` options).

    Raises ConfigError that names the field and never its value.
    """
    try:
        return msgspec.convert(_wrap(kind, values), kind)
    except msgspec.ValidationError as error:
        # A plugin's own check says it in words that have translations; msgspec makes English of them.
        why = error.__cause__ if isinstance(error.__cause__, BadValue) else error
        raise ConfigError(
            "settings of {module}: {error}",
            code="config.settings",
            values={"module": kind.__module__, "error": said_of(why)},
        ) from None


def dump_settings(settings: Settings) -> dict[str, Any]:
    """Plain values with the secrets in clear: for encryption at rest, and for nothing else."""
    return {
        name: value.reveal()
        if isinstance(value := getattr(settings, name), Secret)
        else msgspec.to_builtins(value)
        for name in settings.__struct_fields__
    }


def secret_fields(kind: type[Settings]) -> frozenset[str]:
    """The names of the fields that hold secrets."""
    return frozenset(f.name for f in msgspec.structs.fields(kind) if _is_secret(f.type))


def settings_schema(kind: type[Settings]) -> dict[str, Any]:
    """The JSON Schema of the form; secrets are strings with ``"format": "password"``."""
    schema, components = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    defs = {name: body for name, body in components.items() if name != "Secret"}
    body: dict[str, Any] = defs.pop(kind.__name__, dict(schema[0]))
    for name in secret_fields(kind):
        field = body["properties"][name]
        body["properties"][name] = {"type": "string", "format": "password"} | (
            {"default": ""} if "default" in field else {}
        )
    return body | ({"$defs": defs} if defs else {})


def _is_secret(kind: Any) -> bool:
    return kind is Secret or (hasattr(kind, "__args__") and Secret in kind.__args__)


def _wrap(kind: type[Settings], values: dict[str, Any]) -> dict[str, Any]:
    secrets = secret_fields(kind)
    return {
        name: {"value": value} if name in secrets and isinstance(value, str) else value
        for name, value in values.items()
    }
