"""Settings that stand in the environment: ``env:NAME`` in plugins.toml."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from hub.plugin_api.errors import ConfigError

_ENV = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")


def resolve_env(settings: Mapping[str, Any], *, where: str = "settings") -> dict[str, Any]:
    """The settings with every ``env:NAME`` replaced by that variable's value.

    Raises ConfigError that names the variable when it is missing or empty.
    """
    return {name: _resolved(value, f"{where}.{name}") for name, value in settings.items()}


def peeked(value: Any) -> Any:
    """A setting with its variable filled in; one that is missing is told when the account is opened."""
    match = _ENV.fullmatch(value) if isinstance(value, str) else None
    return value if match is None else os.environ.get(match[1], "")


def _resolved(value: Any, where: str) -> Any:
    if not isinstance(value, str) or not value.startswith("env:"):
        return value
    match = _ENV.fullmatch(value)
    if match is None:
        raise ConfigError(
            "{where}: write env:NAME, where NAME is an environment variable's name",
            code="config.write_env_name_where",
            values={"where": where},
        )
    found = os.environ.get(match[1])
    if not found:
        raise ConfigError(
            "{where}: the environment variable {match} is not set. Set it and start again",
            code="config.environment_variable_not_set_set",
            values={"where": where, "match": match[1]},
        )
    return found
