"""What the loader refuses, and how it says so: hooks that are misspelt, carriers that promise what they do
not keep. Found at start, so that it is not found at night."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from difflib import get_close_matches
from importlib import metadata
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pluggy

from hub.plugin_api import hookspecs
from hub.plugin_api.carriers import BASE32, Carrier, CreateSafety
from hub.plugin_api.errors import ConfigError
from hub.plugin_api.labels import LabelRenderer
from hub.plugin_api.limits import Limit
from hub.plugin_api.refusals import Refusal
from hub.plugin_api.settings import Settings
from hub.plugin_api.sources import OrderSource
from hub.plugins.addresses import wrong_entry

GROUP = "parcelhub.plugins"
"""The entry points by which plugins are found."""
REGISTRATION = ("carriers", "order_sources", "label_renderers", "http_routes")
DECISION = ("plan_parcels", "choose_quote")

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_SHORTEST_REFERENCE = 12  # see hub.plugin_api.ids.client_reference
_BASES: dict[str, type[Any]] = {
    "carriers": Carrier,
    "order_sources": OrderSource,
    "label_renderers": LabelRenderer,
}


def installed() -> frozenset[str]:
    """The names of all plugins of this environment, whether or not they may run. Nothing is imported."""
    return frozenset(metadata.entry_points(group=GROUP).names)


def suggest(name: str, known: Iterable[str]) -> str:
    """The nearest known name, or all of them, in brackets."""
    names = sorted(known)
    if near := get_close_matches(name, names, n=1):
        return f" (did you mean {near[0]!r}?)"
    return f" (there are {', '.join(names)})" if names else ""


def check_hooks(manager: pluggy.PluginManager, name: str, plugin: object) -> None:
    """Refuse a plugin whose hooks the hub would never call, or could not."""
    specs = _spec_arguments()
    for attribute in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, attribute)
        function = inspect.getattr_static(plugin, attribute, None)
        if options is None:
            if attribute in specs and _forgotten(plugin, function):
                raise ConfigError(f"plugin {name!r}: {attribute} is not marked with @hookimpl")
            continue
        hook = options.get("specname") or attribute
        if hook not in specs:
            if options.get("optionalhook"):
                continue
            raise ConfigError(f"plugin {name!r}: there is no hook {hook!r}{suggest(hook, specs)}")
        _check_hook(name, hook, getattr(plugin, attribute), specs[hook])
        if options.get("wrapper") or options.get("hookwrapper"):
            raise ConfigError(f"plugin {name!r}: {hook} is a wrapper; the hub's hooks take none")


def check_class(name: str, hook: str, kind: Any) -> None:
    """Refuse what a registration hook returned, where it cannot work."""
    base = _BASES.get(hook)
    if base is None:
        return
    if not (isinstance(kind, type) and issubclass(kind, base)):
        raise ConfigError(
            f"plugin {name!r}: {hook} gave {kind!r}, which is no subclass of hub.{base.__name__}"
        )
    wrong = next(_wrong(kind), None)
    if wrong:
        raise ConfigError(f"plugin {name!r}: {kind.__name__}.{wrong}")


def _wrong(kind: Any) -> Iterator[str]:
    code = getattr(kind, "code", None)
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        yield f"code is {code!r}: write lower_snake text"
    if not getattr(kind, "title", ""):
        yield "title is missing"
    if issubclass(kind, Carrier | OrderSource):
        settings = getattr(kind, "settings_type", None)
        if not (isinstance(settings, type) and issubclass(settings, Settings)):
            yield f"settings_type is {settings!r}: name a subclass of hub.Settings"
        if not isinstance(kind.settle, timedelta) or kind.settle < timedelta(0):
            yield f"settle is {kind.settle!r}: write a timedelta"
        for entry in kind.addresses if isinstance(kind.addresses, tuple) else (kind.addresses,):
            if problem := wrong_entry(entry) if isinstance(entry, str) else "write a tuple of texts":
                yield f"addresses: {problem}"
        yield from _wrong_refusals(kind)
        yield from _wrong_limits(kind)
    if issubclass(kind, Carrier):
        yield from _wrong_carrier(kind)


def _wrong_refusals(kind: Any) -> Iterator[str]:
    refusals = kind.refusals
    if not (isinstance(refusals, tuple) and all(isinstance(one, Refusal) for one in refusals)):
        yield "refusals is no tuple of hub.Refusal"
        return
    for call in (call for one in refusals for call in one.calls):
        if not inspect.isfunction(getattr(kind, call, None)):
            yield f"refusals name the call {call!r}, which is none of its methods"


def _wrong_limits(kind: Any) -> Iterator[str]:
    if not (isinstance(kind.limits, tuple) and all(isinstance(one, Limit) for one in kind.limits)):
        yield "limits is no tuple of hub.Limit"
        return
    for limit in kind.limits:
        try:
            ZoneInfo(limit.time_zone or "UTC")
        except (ValueError, OSError, ZoneInfoNotFoundError):
            yield f"limits name the time zone {limit.time_zone!r}: write one like Europe/Moscow"


def _wrong_carrier(kind: Any) -> Iterator[str]:
    safety, known = kind.create_safety, get_args(CreateSafety)
    if safety not in known:
        yield f"create_safety is {safety!r}{suggest(str(safety), known)}"
    if safety in ("lookup", "unique_ref") and kind.find is Carrier.find:
        yield (
            f"create_safety is {safety!r}, but find is not overridden: a booking whose answer got lost could "
            "never be looked up. Override find, or declare 'none'"
        )
    if not isinstance(kind.reference_max, int) or kind.reference_max < _SHORTEST_REFERENCE:
        yield f"reference_max is {kind.reference_max!r}: at least {_SHORTEST_REFERENCE} are needed"
    alphabet = kind.reference_alphabet
    missing = sorted(set(BASE32) - set(alphabet)) if isinstance(alphabet, str) else sorted(BASE32)
    if missing:
        yield f"reference_alphabet lacks {''.join(missing)}: references are upper-case base32"
    if kind.refuses_duplicates not in ("at_once", "late", "no"):
        yield f"refuses_duplicates is {kind.refuses_duplicates!r}: write at_once, late or no"
    if not isinstance(kind.max_batch, int) or kind.max_batch < 1:
        yield f"max_batch is {kind.max_batch!r}: write 1 or more"
    if kind.for_comparison and kind.book is not Carrier.book:
        yield "for_comparison is true, so nothing is booked with it: do not override book"


def _check_hook(name: str, hook: str, function: Any, allowed: tuple[str, ...]) -> None:
    for argument in inspect.signature(function).parameters.values():
        if argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
            raise ConfigError(f"plugin {name!r}: {hook} takes {argument}; name the arguments that it needs")
        if argument.name not in allowed:
            raise ConfigError(
                f"plugin {name!r}: {hook} has no argument {argument.name!r}{suggest(argument.name, allowed)}"
            )
    if hook in REGISTRATION + DECISION and inspect.iscoroutinefunction(function):
        # a coroutine is never None: with "first answer wins" it would always win, unread
        raise ConfigError(f"plugin {name!r}: {hook} must be a plain def, not async")


def _spec_arguments() -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(inspect.signature(spec).parameters)
        for name, spec in vars(hookspecs).items()
        if hasattr(spec, f"{hookspecs.PROJECT}_spec")
    }


def _forgotten(plugin: object, function: object) -> bool:
    """A function of the plugin's own that is named like a hook."""
    own = getattr(plugin, "__name__", None) or type(plugin).__module__
    return inspect.isfunction(function) and function.__module__ == own
