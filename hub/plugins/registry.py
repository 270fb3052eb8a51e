"""What the loaded plugins bring, and their hooks.

A plugin that runs is still off for every seller who does not name it: hooks are called through
`Registry.hooks_for`, which leaves out the others.
"""

from __future__ import annotations

import asyncio
import inspect
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pluggy

from hub.plugin_api.carriers import Carrier, carrier_capabilities
from hub.plugin_api.errors import ConfigError
from hub.plugin_api.labels import LabelRenderer
from hub.plugin_api.messengers import Messenger
from hub.plugin_api.settings import Settings
from hub.plugin_api.sources import OrderSource, source_capabilities
from hub.plugins import built_in
from hub.plugins.built_in import BuiltIn
from hub.plugins.checks import REGISTRATION, check_class, suggest
from hub.plugins.contained import PluginExit, containing

if TYPE_CHECKING:
    from litestar import Controller

HOOK_SECONDS = 10.0
"""How long an ``async def`` hook may take, in real seconds."""

_RENDERER_METHODS = ("labels", "packing_slips", "handover", "pages", "compose", "picture")


class PluginFailure(msgspec.Struct, frozen=True, kw_only=True):
    """A hook that raised. ``error`` is the exception's type and place, never its text: that may hold a
    person's data."""

    plugin: str
    hook: str
    error: str


class PluginInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A loaded plugin, for the doors. ``create_safety`` is empty where it brings no carrier."""

    name: str
    version: str
    title: str
    kinds: tuple[str, ...]
    capabilities: tuple[str, ...]
    create_safety: str
    notice: str = ""


class SellerHooks:
    """The hooks as one seller has them: ``hooks.choose_quote(request=..., ...)``."""

    def __init__(self, manager: pluggy.PluginManager, left_out: frozenset[str]) -> None:
        self._manager = manager
        self._left_out = [manager.get_plugin(name) for name in left_out]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or not hasattr(self._manager.hook, name):
            raise AttributeError(name)
        caller = self._manager.subset_hook_caller(name, self._left_out)

        def contained(**arguments: Any) -> Any:
            with containing():
                return caller(**arguments)

        self.__dict__[name] = contained
        return contained

    def decide(self, hook: str, **arguments: Any) -> tuple[Any, bool]:
        """The first answer to a decision hook, and whether a plugin gave it: the hub's own comes last."""
        answer = getattr(self, hook)(**arguments)
        return (answer.answer, False) if isinstance(answer, BuiltIn) else (answer, True)

    def deciders(self, hook: str) -> tuple[str, ...]:
        """The plugins of this seller that answer a decision hook, in the order in which they are asked."""
        found = self._manager.subset_hook_caller(hook, self._left_out).get_hookimpls()
        return tuple(one.plugin_name for one in reversed(found) if one.plugin_name != built_in.NAME)


class Registry:
    """What the loaded plugins bring."""

    def __init__(self, manager: pluggy.PluginManager, versions: Mapping[str, str]) -> None:
        self._manager = manager
        self._versions = dict(versions)
        self._hooks: dict[frozenset[str], SellerHooks] = {}
        self._brought: dict[str, list[tuple[str, type[Any]]]] = {name: [] for name in versions}
        self.names: tuple[str, ...] = tuple(versions)
        self.carriers: dict[str, type[Carrier[Any]]] = {}
        """By code."""
        self.sources: dict[str, type[OrderSource[Any]]] = {}
        """By code."""
        self.renderers: dict[str, type[LabelRenderer]] = {}
        """By code."""
        self.messengers: dict[str, type[Messenger[Any]]] = {}
        """By code."""
        self._owners: dict[str, str] = {}
        self._routes: list[type[Controller]] = []
        self._register()

    def version(self, name: str) -> str:
        """The version of the distribution; empty for a plugin that comes from none."""
        return self._versions[name]

    def capabilities(self, name: str) -> tuple[str, ...]:
        """The optional methods that the plugin's classes override."""
        found: dict[str, None] = {}
        for _, kind in self._brought[name]:
            found.update(dict.fromkeys(_capabilities(kind)))
        return tuple(found)

    def describe(self, name: str) -> PluginInfo:
        """A plugin in one row."""
        brought = [(hook, kind) for hook, kind in self._brought[name] if hook != "http_routes"]
        safety = next((kind.create_safety for hook, kind in brought if hook == "carriers"), "")
        return PluginInfo(
            name=name,
            version=self.version(name),
            title=next((str(kind.title) for _, kind in brought), name),
            kinds=tuple(dict.fromkeys(_KINDS[hook] for hook, _ in self._brought[name])),
            capabilities=self.capabilities(name),
            create_safety=str(safety),
            notice="; ".join(kind.notice for hook, kind in brought if hook == "carriers" and kind.notice),
        )

    def settings_type(self, name: str) -> type[Settings]:
        """The settings of the plugin's accounts. Raises ConfigError where it has no accounts."""
        kind = self._settings_of(name)
        if kind is None:
            having = [known for known in self.names if self._settings_of(known)]
            raise ConfigError(
                "no plugin '{name}' here has accounts{suggest}",
                code="config.no_plugin_accounts",
                values={"name": name, "suggest": suggest(name, having)},
            )
        return kind

    def _settings_of(self, name: str) -> type[Settings] | None:
        for _, kind in self._brought.get(name, ()):
            if issubclass(kind, Carrier | OrderSource | Messenger):
                return kind.settings_type
        return None

    def of_accounts(self, name: str) -> type[Carrier[Any] | OrderSource[Any] | Messenger[Any]] | None:
        """What the accounts of this plugin are made of: it says where they connect, and how often."""
        return self.carriers.get(name) or self.sources.get(name) or self.messengers.get(name)

    def routes(self) -> list[type[Controller]]:
        """The routes of all plugins, to be served below ``/plugins``."""
        return list(self._routes)

    http_routes = routes

    def hooks_for(self, enabled: Collection[str]) -> SellerHooks:
        """The hooks with every plugin left out that is not named."""
        left_out = frozenset(self.names) - frozenset(enabled)
        if left_out not in self._hooks:
            self._hooks[left_out] = SellerHooks(self._manager, left_out)
        return self._hooks[left_out]

    def hears(self, hook_name: str) -> bool:
        """Whether any loaded plugin has this hook."""
        return bool(self._implementations(hook_name))

    def hearing(self, hook_name: str) -> tuple[str, ...]:
        """The plugins that have this hook, in the order in which they are told."""
        return tuple(one.plugin_name for one in self._implementations(hook_name))

    async def notify(self, hook_name: str, enabled: Collection[str], **kwargs: Any) -> list[PluginFailure]:
        """Call a notification hook of every named plugin, one by one; what one does wrong stops no other.

        Raises TypeError where the arguments are not those of the hook.
        """
        implementations = self._implementations(hook_name)
        spec = getattr(self._manager.hook, hook_name).spec
        if set(kwargs) != set(spec.argnames):
            raise TypeError(f"{hook_name} takes {', '.join(spec.argnames) or 'nothing'}")
        failures = []
        for implementation in implementations:
            if implementation.plugin_name not in enabled:
                continue
            try:
                with containing():
                    answer = implementation.function(*(kwargs[name] for name in implementation.argnames))
                    if inspect.isawaitable(answer):
                        async with asyncio.timeout(HOOK_SECONDS):
                            await answer
            except Exception as error:
                failures.append(
                    PluginFailure(plugin=implementation.plugin_name, hook=hook_name, error=_place(error))
                )
        return failures

    async def startup(self) -> list[PluginFailure]:
        """Tell all loaded plugins that the hub is about to work."""
        return await self.notify("startup", self.names)

    async def shutdown(self) -> list[PluginFailure]:
        """Tell all loaded plugins that the hub is about to stop."""
        return await self.notify("shutdown", self.names)

    def _implementations(self, hook_name: str) -> list[pluggy.HookImpl]:
        # pluggy calls the last registered first; the allow-list's order is what a reader expects
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook_name)
        found = [one for one in caller.get_hookimpls() if one.plugin_name in self.names]  # not the hub's own
        return sorted(found, key=lambda one: self.names.index(one.plugin_name))

    def _register(self) -> None:
        for hook in REGISTRATION:
            for implementation in self._implementations(hook):
                name = implementation.plugin_name
                for kind in _asked(name, hook, implementation.function):
                    check_class(name, hook, kind)
                    self._add(name, hook, kind)

    def _add(self, name: str, hook: str, kind: Any) -> None:
        self._brought[name].append((hook, kind))
        if hook == "http_routes":
            self._routes.append(kind)
            return
        places: dict[str, dict[str, Any]] = {
            "carriers": self.carriers,
            "order_sources": self.sources,
            "label_renderers": self.renderers,
            "messengers": self.messengers,
        }
        known = places[hook]
        if kind.code in known or self._owners.get(kind.code, name) != name:
            raise ConfigError(
                "plugins '{owners}' and '{name}' both bring '{the_code}': allow one",
                code="config.plugins_both_bring_allow",
                values={"owners": self._owners[kind.code], "name": name, "the_code": kind.code},
            )
        if hook != "label_renderers" and kind.code != name:
            raise ConfigError(
                "plugin '{name}': {kind}.code is '{the_code}': give it the plugin's name, by which accounts "
                "find it",
                code="config.plugin_code_give_plugin",
                values={"name": name, "kind": kind.__name__, "the_code": kind.code},
            )
        settings = getattr(kind, "settings_type", None)
        if settings is not None and self._settings_of(name) is not settings:
            raise ConfigError(
                "plugin '{name}': {kind} has other settings than the plugin's other classes; an account has "
                "one kind",
                code="config.plugin_other_settings_plugin",
                values={"name": name, "kind": kind.__name__},
            )
        known[kind.code] = kind
        self._owners[kind.code] = name


_KINDS = {
    "carriers": "carrier",
    "order_sources": "source",
    "label_renderers": "renderer",
    "messengers": "messenger",
    "http_routes": "routes",
}


def _asked(name: str, hook: str, function: Callable[..., Any]) -> Iterator[Any]:
    try:
        with containing():
            brought = list(function())
    except Exception as error:
        raise ConfigError(
            "plugin '{name}': {hook} failed: {error}: {error_2}",
            code="config.plugin_failed",
            values={"name": name, "hook": hook, "error": type(error).__name__, "error_2": error},
        ) from error
    yield from brought


def _capabilities(kind: type[Any]) -> tuple[str, ...]:
    if issubclass(kind, Carrier):
        return carrier_capabilities(kind)
    if issubclass(kind, OrderSource):
        return source_capabilities(kind)
    if issubclass(kind, LabelRenderer):
        return tuple(
            name for name in _RENDERER_METHODS if getattr(kind, name) is not getattr(LabelRenderer, name)
        )
    return ()


def _place(error: BaseException) -> str:
    if isinstance(error, PluginExit) and error.__cause__ is not None:
        error = error.__cause__  # where it was raised
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
