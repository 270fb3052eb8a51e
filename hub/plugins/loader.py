"""The loader.

An installed plugin does not run because it is installed: the allow-list of plugins.toml is read first, and
nothing else is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from importlib import metadata
from typing import Any, Protocol

import msgspec
import pluggy

from hub.plugin_api import hookspecs
from hub.plugin_api.errors import ConfigError
from hub.plugins import built_in
from hub.plugins.checks import GROUP, check_hooks
from hub.plugins.contained import containing
from hub.plugins.registry import PluginFailure, PluginInfo, Registry, SellerHooks
from hub.words import said
from hub.words.catalogue import use

__all__ = [
    "PluginCommand",
    "PluginFailure",
    "PluginInfo",
    "Registry",
    "SellerHooks",
    "load_plugins",
    "plugin_commands",
]

COMMANDS_GROUP = "parcelhub.commands"


class EntryPoint(Protocol):
    """What the loader needs of `importlib.metadata.EntryPoint`."""

    @property
    def name(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def dist(self) -> Any: ...
    def load(self) -> Any: ...


class PluginCommand(msgspec.Struct, frozen=True):
    """A command of a plugin; nothing is imported before ``load`` is called."""

    name: str
    distribution: str
    load: Callable[[], Any]


def load_plugins(
    allow: Iterable[str],
    *,
    entry_points: Iterable[EntryPoint] | None = None,
    extra: Mapping[str, object] | None = None,
) -> Registry:
    """Import the allowed plugins, check them and ask what they bring.

    ``extra`` are plugins that come from no distribution: modules or objects by name, allowed by being
    given. ``entry_points`` replaces the installed ones in tests. Raises ConfigError.
    """
    found = _by_name(metadata.entry_points(group=GROUP) if entry_points is None else entry_points)
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(built_in, built_in.NAME)
    versions: dict[str, str] = {}
    for name in dict.fromkeys(allow):
        if name in (extra or {}):
            continue
        plugin, versions[name] = _loaded(name, found)
        use(found[name][0].value.partition(":")[0].partition(".")[0])
        _enter(manager, name, plugin)
    for name, plugin in (extra or {}).items():
        versions[name] = str(getattr(plugin, "__version__", ""))
        use(str(getattr(plugin, "__name__", type(plugin).__module__)).partition(".")[0])
        _enter(manager, name, plugin)
    return Registry(manager, versions)


def plugin_commands(
    allow: Iterable[str] | None = None,
    *,
    commands: Iterable[EntryPoint] | None = None,
) -> list[PluginCommand]:
    """The commands of installed plugins by name, without importing one; with ``allow``, only those of
    distributions that bring an allowed plugin."""
    points = metadata.entry_points(group=COMMANDS_GROUP) if commands is None else commands
    found = {(point.name, point.value, _distribution(point)): point for point in points}.values()
    allowed = None if allow is None else set(allow)
    return [
        PluginCommand(point.name, _distribution(point), point.load)
        for point in sorted(found, key=lambda point: point.name)
        if allowed is None or allowed & _plugins_beside(point)
    ]


def _by_name(points: Iterable[EntryPoint]) -> dict[str, list[EntryPoint]]:
    found: dict[str, list[EntryPoint]] = {}
    for point in points:
        found.setdefault(point.name, []).append(point)
    return found


def _loaded(name: str, found: Mapping[str, list[EntryPoint]]) -> tuple[Any, str]:
    points = found.get(name, [])
    if not points:
        near = get_close_matches(name, sorted(found), n=1)
        hint = (
            said(" (did you mean '{near}'?)", code="plugin.did_you_mean", values={"near": near[0]})
            if near
            else ""
        )
        raise ConfigError(
            "the plugin '{name}' is allowed but not installed{hint}: install it, or remove it from 'allow'. "
            "Installed: {found}",
            code="config.plugin_allowed_not_installed_install",
            values={
                "name": name,
                "hint": hint,
                "found": ", ".join(sorted(found)) or said("none", code="word.none"),
            },
        )
    owners = sorted({_distribution(point) for point in points})
    if len(owners) > 1:
        raise ConfigError(
            "the plugin '{name}' is brought by {owners}: uninstall one of them",
            code="config.plugin_brought_uninstall_them",
            values={"name": name, "owners": " and ".join(owners)},
        )
    point = points[0]
    try:
        with containing():
            plugin = point.load()
    except Exception as error:
        raise ConfigError(
            "the plugin '{name}' of {distribution} cannot be imported: {error}: {error_2}",
            code="config.plugin_cannot_imported",
            values={
                "name": name,
                "distribution": _distribution(point),
                "error": type(error).__name__,
                "error_2": error,
            },
        ) from error
    return plugin, "" if point.dist is None else str(point.dist.version)


def _enter(manager: pluggy.PluginManager, name: str, plugin: object) -> None:
    check_hooks(manager, name, plugin)
    try:
        manager.register(plugin, name)
        manager.check_pending()
    except (pluggy.PluginValidationError, ValueError) as error:
        raise ConfigError(
            "plugin '{name}': {error}", code="config.plugin_2", values={"name": name, "error": error}
        ) from error


def _distribution(point: EntryPoint) -> str:
    return point.value if point.dist is None else str(point.dist.name)


def _plugins_beside(point: EntryPoint) -> set[str]:
    if point.dist is None:
        return set()
    return {beside.name for beside in point.dist.entry_points if beside.group == GROUP}
