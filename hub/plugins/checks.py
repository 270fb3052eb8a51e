"""What the loader refuses, and how it says so: hooks that are misspelt, carriers that promise what they do
not keep. Found at start, so that it is not found at night."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from difflib import get_close_matches
from functools import cache
from importlib import metadata
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pluggy

from hub.plugin_api import hookspecs
from hub.plugin_api.box_limits import BoxLimit
from hub.plugin_api.carriers import BASE32, Carrier, CreateSafety
from hub.plugin_api.errors import ConfigError
from hub.plugin_api.labels import LabelRenderer
from hub.plugin_api.lengths import TextField, TextLimit
from hub.plugin_api.limits import Limit
from hub.plugin_api.messengers import MessageSettings, Messenger
from hub.plugin_api.refusals import Refusal
from hub.plugin_api.settings import Settings
from hub.plugin_api.sources import OrderSource
from hub.plugins.addresses import wrong_entry
from hub.words import said

GROUP = "parcelhub.plugins"
"""The entry points by which plugins are found."""
REGISTRATION = ("carriers", "order_sources", "label_renderers", "messengers", "http_routes")
DECISION = ("plan_parcels", "choose_quote")

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_SHORTEST_REFERENCE = 12  # see hub.plugin_api.ids.client_reference
_BASES: dict[str, type[Any]] = {
    "carriers": Carrier,
    "order_sources": OrderSource,
    "label_renderers": LabelRenderer,
    "messengers": Messenger,
}


def installed() -> frozenset[str]:
    """The names of all plugins of this environment, whether or not they may run. Nothing is imported."""
    return frozenset(metadata.entry_points(group=GROUP).names)


def suggest(name: str, known: Iterable[str]) -> str:
    """The nearest known name, or all of them, in brackets."""
    names = sorted(known)
    if near := get_close_matches(name, names, n=1):
        return said(" (did you mean '{near}'?)", code="plugin.did_you_mean", values={"near": near[0]})
    return (
        said(" (there are {names})", code="plugin.there_are", values={"names": ", ".join(names)})
        if names
        else ""
    )


def check_hooks(manager: pluggy.PluginManager, name: str, plugin: object) -> None:
    """Refuse a plugin whose hooks the hub would never call, or could not."""
    specs = _spec_arguments()
    for attribute in dir(plugin):
        if attribute.startswith("__"):
            continue  # Python's own: no hook has such a name
        options = manager.parse_hookimpl_opts(plugin, attribute)
        function = inspect.getattr_static(plugin, attribute, None)
        if options is None:
            if attribute in specs and _forgotten(plugin, function):
                raise ConfigError(
                    "plugin '{name}': {attribute} is not marked with @hookimpl",
                    code="config.plugin_not_marked_hookimpl",
                    values={"name": name, "attribute": attribute},
                )
            continue
        hook = options.get("specname") or attribute
        if hook not in specs:
            if options.get("optionalhook"):
                continue
            raise ConfigError(
                "plugin '{name}': there is no hook '{hook}'{suggest}",
                code="config.plugin_no_hook",
                values={"name": name, "hook": hook, "suggest": suggest(hook, specs)},
            )
        _check_hook(name, hook, getattr(plugin, attribute), specs[hook])
        if options.get("wrapper") or options.get("hookwrapper"):
            raise ConfigError(
                "plugin '{name}': {hook} is a wrapper; the hub's hooks take none",
                code="config.plugin_wrapper_hooks_take",
                values={"name": name, "hook": hook},
            )


def check_class(name: str, hook: str, kind: Any) -> None:
    """Refuse what a registration hook returned, where it cannot work."""
    base = _BASES.get(hook)
    if base is None:
        return
    if not (isinstance(kind, type) and issubclass(kind, base)):
        raise ConfigError(
            "plugin '{name}': {hook} gave {kind}, which is no subclass of hub.{base}",
            code="config.plugin_gave_no_subclass",
            values={"name": name, "hook": hook, "kind": repr(kind), "base": base.__name__},
        )
    wrong = next(_wrong(kind), None)
    if wrong:
        raise ConfigError(
            "plugin '{name}': {kind}.{wrong}",
            code="config.plugin",
            values={"name": name, "kind": kind.__name__, "wrong": wrong},
        )


def _wrong(kind: Any) -> Iterator[str]:
    code = getattr(kind, "code", None)
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        yield said(
            "code is {the_code}: write lower_snake text",
            code="plugin.code_write_lower_snake",
            values={"the_code": repr(code)},
        )
    if not getattr(kind, "title", ""):
        yield said("title is missing", code="plugin.title_missing")
    if issubclass(kind, Carrier | OrderSource | Messenger):
        settings = getattr(kind, "settings_type", None)
        base = MessageSettings if issubclass(kind, Messenger) else Settings
        if not (isinstance(settings, type) and issubclass(settings, base)):
            yield said(
                "settings_type is {settings}: name a subclass of hub.{base}",
                code="plugin.settings_type_name_subclass",
                values={"settings": repr(settings), "base": base.__name__},
            )
        yield from _wrong_addresses(kind)
        yield from _wrong_limits(kind)
    if issubclass(kind, Carrier | OrderSource):
        if not isinstance(kind.settle, timedelta) or kind.settle < timedelta(0):
            yield said(
                "settle is {settle}: write a timedelta",
                code="plugin.settle_write_timedelta",
                values={"settle": repr(kind.settle)},
            )
        yield from _wrong_refusals(kind)
    if issubclass(kind, Carrier):
        yield from _wrong_carrier(kind)


def _wrong_addresses(kind: Any) -> Iterator[str]:
    for entry in kind.addresses if isinstance(kind.addresses, tuple) else (kind.addresses,):
        if (
            problem := wrong_entry(entry)
            if isinstance(entry, str)
            else said("write a tuple of texts", code="plugin.write_tuple_texts")
        ):
            yield said("addresses: {problem}", code="plugin.addresses", values={"problem": problem})


def _wrong_refusals(kind: Any) -> Iterator[str]:
    refusals = kind.refusals
    if not (isinstance(refusals, tuple) and all(isinstance(one, Refusal) for one in refusals)):
        yield said("refusals is no tuple of hub.Refusal", code="plugin.refusals_no_tuple_refusal")
        return
    for call in (call for one in refusals for call in one.calls):
        if not inspect.isfunction(getattr(kind, call, None)):
            yield said(
                "refusals name the call {call}, which is none of its methods",
                code="plugin.refusals_name_call_none",
                values={"call": repr(call)},
            )


def _wrong_limits(kind: Any) -> Iterator[str]:
    if not (isinstance(kind.limits, tuple) and all(isinstance(one, Limit) for one in kind.limits)):
        yield said("limits is no tuple of hub.Limit", code="plugin.limits_no_tuple_limit")
        return
    for limit in kind.limits:
        try:
            ZoneInfo(limit.time_zone or "UTC")
        except (ValueError, OSError, ZoneInfoNotFoundError):
            yield said(
                "limits name the time zone {time_zone}: write one like Europe/Moscow",
                code="plugin.limits_name_time_zone",
                values={"time_zone": repr(limit.time_zone)},
            )


def _wrong_text_limits(kind: Any) -> Iterator[str]:
    limits, known = kind.text_limits, get_args(TextField)
    if not (isinstance(limits, tuple) and all(isinstance(one, TextLimit) for one in limits)):
        yield said("text_limits is no tuple of hub.TextLimit", code="plugin.text_limits_no_tuple")
        return
    for limit in limits:
        if limit.field not in known:
            yield said(
                "text_limits name the field {field}{suggest}",
                code="plugin.text_limits_name_field",
                values={"field": repr(limit.field), "suggest": suggest(str(limit.field), known)},
            )
        elif limit.most < 1:
            yield said(
                "text_limits take at most {most} characters of {field}: write 1 or more",
                code="plugin.text_limits_at_most",
                values={"most": limit.most, "field": limit.field},
            )
        elif limit.over != "refuse" and not limit.field.startswith("item."):
            yield said(
                "text_limits would {over} {field}: only texts of goods may be",
                code="plugin.text_limits_over",
                values={"over": limit.over, "field": limit.field},
            )


def _wrong_box_limits(kind: Any) -> Iterator[str]:
    limits = kind.box_limits
    if not (isinstance(limits, tuple) and all(isinstance(one, BoxLimit) for one in limits)):
        yield said("box_limits is no tuple of hub.BoxLimit", code="plugin.box_limits_no_tuple")
        return
    for limit in limits:
        sizes = [one for one in (limit.longest_mm, limit.sides_mm, limit.girth_mm) if one is not None]
        if not sizes or min(sizes) < 1:
            yield said(
                "box_limits: say at least one of longest_mm, sides_mm and girth_mm, of 1 or more",
                code="plugin.box_limits_sizes",
            )


def _wrong_carrier(kind: Any) -> Iterator[str]:
    yield from _wrong_text_limits(kind)
    yield from _wrong_box_limits(kind)
    safety, known = kind.create_safety, get_args(CreateSafety)
    if safety not in known:
        yield said(
            "create_safety is {safety}{suggest}",
            code="plugin.create_safety",
            values={"safety": repr(safety), "suggest": suggest(str(safety), known)},
        )
    if safety in ("lookup", "unique_ref") and kind.find is Carrier.find:
        yield (
            said(
                "create_safety is {safety}, but find is not overridden: a booking whose answer got lost "
                "could never be looked up. Override find, or declare 'none'",
                code="plugin.create_safety_find_not_overridden",
                values={"safety": repr(safety)},
            )
        )
    if not isinstance(kind.reference_max, int) or kind.reference_max < _SHORTEST_REFERENCE:
        yield said(
            "reference_max is {reference_max}: at least {shortest_reference} are needed",
            code="plugin.reference_max_least_needed",
            values={"reference_max": repr(kind.reference_max), "shortest_reference": _SHORTEST_REFERENCE},
        )
    alphabet = kind.reference_alphabet
    missing = sorted(set(BASE32) - set(alphabet)) if isinstance(alphabet, str) else sorted(BASE32)
    if missing:
        yield said(
            "reference_alphabet lacks {missing}: references are upper-case base32",
            code="plugin.reference_alphabet_lacks_references",
            values={"missing": "".join(missing)},
        )
    if kind.refuses_duplicates not in ("at_once", "late", "no"):
        yield said(
            "refuses_duplicates is {refuses_duplicates}: write at_once, late or no",
            code="plugin.refuses_duplicates_write_once",
            values={"refuses_duplicates": repr(kind.refuses_duplicates)},
        )
    if not isinstance(kind.max_batch, int) or kind.max_batch < 1:
        yield said(
            "max_batch is {max_batch}: write 1 or more",
            code="plugin.max_batch_write_1",
            values={"max_batch": repr(kind.max_batch)},
        )
    if kind.for_comparison and kind.book is not Carrier.book:
        yield said(
            "for_comparison is true, so nothing is booked with it: do not override book",
            code="plugin.comparison_true_nothing_booked",
        )


def _check_hook(name: str, hook: str, function: Any, allowed: tuple[str, ...]) -> None:
    for argument in inspect.signature(function).parameters.values():
        if argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
            raise ConfigError(
                "plugin '{name}': {hook} takes {argument}; name the arguments that it needs",
                code="config.plugin_takes_name_arguments",
                values={"name": name, "hook": hook, "argument": argument},
            )
        if argument.name not in allowed:
            raise ConfigError(
                "plugin '{name}': {hook} has no argument '{name_2}'{suggest}",
                code="config.plugin_no_argument",
                values={
                    "name": name,
                    "hook": hook,
                    "name_2": argument.name,
                    "suggest": suggest(argument.name, allowed),
                },
            )
    if hook in REGISTRATION + DECISION and inspect.iscoroutinefunction(function):
        # a coroutine is never None: with "first answer wins" it would always win, unread
        raise ConfigError(
            "plugin '{name}': {hook} must be a plain def, not async",
            code="config.plugin_plain_def_not_async",
            values={"name": name, "hook": hook},
        )


@cache
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
