"""The loader: what it refuses; the registry: who is asked, and who is left out."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import msgspec
import pytest

from hub import Account, Carrier, LabelRenderer, OrderSource, Settings, hookimpl
from hub.plugin_api import hookspecs
from hub.plugin_api.errors import ConfigError
from hub.plugin_api.models import AccountStatus, FoundShipment
from hub.plugins import registry
from hub.plugins.checks import DECISION, REGISTRATION
from hub.plugins.loader import PluginFailure, Registry, load_plugins, plugin_commands


class AcmeSettings(Settings, frozen=True):
    key: str = ""


class Acme(Carrier[AcmeSettings]):
    code = "acme"
    title = "Acme"
    settings_type = AcmeSettings

    async def check(self) -> AccountStatus:
        return AccountStatus()


class Distribution:
    def __init__(self, name: str, *points: Point) -> None:
        self.name = name
        self.version = "1.2"
        self.entry_points = points


class Point:
    """An installed entry point that was never installed."""

    def __init__(self, name: str, load: Callable[[], Any], distribution: str = "parcelhub-test") -> None:
        self.name = name
        self.value = f"module_of_{name}"
        self.group = "parcelhub.plugins"
        self.dist = Distribution(distribution, self)
        self.load = load


def plugin(name: str = "acme_plugin", **functions: Any) -> ModuleType:
    """A plugin module with these hooks."""
    module = ModuleType(name)
    for hook, function in functions.items():
        function.__name__ = hook
        setattr(module, hook, function)
    return module


def bringing(*kinds: type[Carrier[Any]]) -> ModuleType:
    return plugin(carriers=hookimpl(lambda: kinds))


def refused(**extra: object) -> str:
    with pytest.raises(ConfigError) as caught:
        load_plugins([], entry_points=[], extra=extra)
    return caught.value.message


def carrier(**attributes: Any) -> type[Carrier[Any]]:
    return type("Odd", (Acme,), attributes)


# --- what may load ----------------------------------------------------------------------------------------


def test_only_what_is_allowed_is_imported() -> None:
    def never() -> None:
        raise AssertionError("imported")

    points = [Point("acme", lambda: bringing(Acme)), Point("other", never)]
    loaded = load_plugins(["acme"], entry_points=points)
    assert loaded.names == ("acme",)
    assert loaded.version("acme") == "1.2"


def test_an_unknown_plugin_is_refused_with_the_nearest_and_the_installed() -> None:
    points = [Point("acme", plugin), Point("other", plugin)]
    with pytest.raises(ConfigError) as caught:
        load_plugins(["acne"], entry_points=points)
    assert "did you mean 'acme'?" in caught.value.message
    assert "Installed: acme, other" in caught.value.message


def test_two_distributions_with_one_name_are_refused() -> None:
    points = [Point("acme", plugin, "parcelhub-acme"), Point("acme", plugin, "evil-acme")]
    with pytest.raises(ConfigError, match="evil-acme and parcelhub-acme"):
        load_plugins(["acme"], entry_points=points)
    assert load_plugins([], entry_points=points).names == ()


def test_an_import_that_fails_names_the_plugin() -> None:
    def broken() -> None:
        raise ImportError("no module named acme_api")

    with pytest.raises(
        ConfigError, match=r"'acme' of parcelhub-test cannot be imported: ImportError"
    ) as caught:
        load_plugins(["acme"], entry_points=[Point("acme", broken)])
    assert isinstance(caught.value.__cause__, ImportError)


def test_the_plugins_of_this_repository_load() -> None:
    names = ("ozon", "cdek", "labels", "sample")
    loaded = load_plugins(names)
    assert loaded.names == names
    assert all(loaded.version(name) for name in names)


def test_a_plugin_that_is_not_allowed_stays_out_of_the_process() -> None:
    program = (
        "import sys; from hub.plugins.loader import load_plugins; load_plugins(['sample']); "
        "sys.exit(any(name.startswith(('hub_ozon', 'hub_cdek', 'hub_demo')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# --- hooks ----------------------------------------------------------------------------------------------


def test_a_misspelt_hook_is_refused_with_the_nearest() -> None:
    message = refused(acme=plugin(carrierz=hookimpl(lambda: [Acme])))
    assert message == "plugin 'acme': there is no hook 'carrierz' (did you mean 'carriers'?)"
    assert "no hook 'carier'" in refused(acme=plugin(get=hookimpl(specname="carier")(lambda: [Acme])))


def test_a_misspelt_argument_is_refused_with_the_nearest() -> None:
    message = refused(acme=plugin(plan_parcels=hookimpl(lambda seler, posting: None)))
    assert message == "plugin 'acme': plan_parcels has no argument 'seler' (did you mean 'seller'?)"
    message = refused(acme=plugin(choose_quote=hookimpl(lambda reqest: None)))
    assert message == "plugin 'acme': choose_quote has no argument 'reqest' (did you mean 'request'?)"
    assert "name the arguments" in refused(acme=plugin(plan_parcels=hookimpl(lambda **rest: None)))


def test_a_hook_without_its_mark_is_refused() -> None:
    module = plugin()

    def carriers() -> list[Any]:
        return [Acme]

    carriers.__module__ = module.__name__
    module.carriers = carriers  # type: ignore[attr-defined]
    assert "carriers is not marked with @hookimpl" in refused(acme=module)


def test_async_is_for_hooks_that_nobody_waits_to_decide() -> None:
    async def choose_quote(seller: str) -> None:
        return None

    assert "plain def" in refused(acme=plugin(choose_quote=hookimpl(choose_quote)))


def test_wrappers_are_refused() -> None:
    def startup() -> Iterable[None]:
        yield

    assert "wrapper" in refused(acme=plugin(startup=hookimpl(wrapper=True)(startup)))


def test_a_registration_that_fails_names_the_plugin() -> None:
    def carriers() -> list[type]:
        raise RuntimeError("boom")

    assert (
        refused(acme=plugin(carriers=hookimpl(carriers)))
        == "plugin 'acme': carriers failed: RuntimeError: boom"
    )
    assert "carriers gave 'x'" in refused(acme=plugin(carriers=hookimpl(lambda: ["x"])))
    assert "carriers failed" in refused(acme=plugin(carriers=hookimpl(lambda: None)))


def test_the_checks_know_which_hooks_decide() -> None:
    specs = {n: o for n, spec in vars(hookspecs).items() if (o := getattr(spec, "parcelhub_spec", None))}
    assert {name for name, options in specs.items() if options["firstresult"]} == set(DECISION)
    assert set(REGISTRATION) < set(specs)


# --- carriers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"code": "Acme-1"}, "lower_snake"),
        ({"title": ""}, "title is missing"),
        ({"settings_type": dict}, "subclass of hub.Settings"),
        ({"create_safety": "look-up"}, "did you mean 'lookup'?"),
        ({"create_safety": "lookup"}, "find is not overridden"),
        ({"create_safety": "unique_ref"}, "find is not overridden"),
        ({"reference_max": 11}, "at least 12"),
        ({"reference_alphabet": "0123456789"}, "reference_alphabet lacks ABC"),
        ({"settle": 60}, "write a timedelta"),
        ({"settle": timedelta(seconds=-1)}, "write a timedelta"),
        ({"refuses_duplicates": "never"}, "at_once, late or no"),
        ({"max_batch": 0}, "1 or more"),
        ({"code": "other"}, "plugin's name"),
    ],
)
def test_a_carrier_that_cannot_work_is_refused(attributes: dict[str, Any], words: str) -> None:
    message = refused(acme=bringing(carrier(**attributes)))
    assert message.startswith("plugin 'acme': Odd.")
    assert words in message


def test_a_carrier_that_can_be_asked_may_say_so() -> None:
    async def find(self: Any, reference: str) -> list[FoundShipment]:
        return []

    kind = carrier(create_safety="lookup", find=find)
    loaded = load_plugins([], entry_points=[], extra={"acme": bringing(kind)})
    assert loaded.carriers == {"acme": kind}
    assert loaded.capabilities("acme") == ("check", "find")
    assert loaded.settings_type("acme") is AcmeSettings
    info = loaded.describe("acme")
    assert (info.title, info.kinds, info.create_safety) == ("Acme", ("carrier",), "lookup")
    assert info.notice == ""


def test_what_a_seller_should_know_of_a_carrier_is_shown() -> None:
    loaded = load_plugins([], entry_points=[], extra={"acme": bringing(carrier(notice="never tried"))})
    assert loaded.describe("acme").notice == "never tried"


def test_two_plugins_with_one_carrier_are_refused() -> None:
    message = refused(acme=bringing(Acme), acme2=bringing(carrier()))
    assert message == "plugins 'acme' and 'acme2' both bring 'acme': allow one"


def test_a_plugin_brings_sources_renderers_and_routes() -> None:
    class Market(OrderSource[AcmeSettings]):
        code = "acme"
        title = "Market"
        settings_type = AcmeSettings

        def number(self, raw: bytes) -> str:
            return ""

        async def posting(self, number: str) -> bytes:
            return b""

    class Pen(LabelRenderer):
        code = "pen"
        title = "Pen"

        def pages(self, document: Any) -> Any:
            return ()

    class Route:
        pass

    module = plugin(
        carriers=hookimpl(lambda: [Acme]),
        order_sources=hookimpl(lambda: [Market]),
        label_renderers=hookimpl(lambda: (kind for kind in [Pen])),
        http_routes=hookimpl(lambda: [Route]),
    )
    loaded = load_plugins([], entry_points=[], extra={"acme": module})
    assert loaded.sources == {"acme": Market}
    assert loaded.renderers == {"pen": Pen}
    assert [route.__name__ for route in loaded.routes()] == ["Route"]
    assert loaded.capabilities("acme") == ("check", "posting", "pages")
    assert loaded.describe("acme").kinds == ("carrier", "source", "renderer", "routes")


def test_an_account_has_one_kind_of_settings() -> None:
    class OtherSettings(Settings, frozen=True):
        pass

    class Market(OrderSource[OtherSettings]):
        code = "acme"
        title = "Market"
        settings_type = OtherSettings

    module = plugin(carriers=hookimpl(lambda: [Acme]), order_sources=hookimpl(lambda: [Market]))
    assert "an account has one kind" in refused(acme=module)


def test_a_plugin_without_accounts_has_no_settings() -> None:
    loaded = load_plugins([], entry_points=[], extra={"acme": bringing(Acme), "pure": plugin("pure")})
    assert loaded.capabilities("pure") == ()
    with pytest.raises(ConfigError, match="'pure' here has accounts"):
        loaded.settings_type("pure")
    with pytest.raises(ConfigError, match="did you mean 'acme'"):
        loaded.settings_type("acne")


# --- per seller -----------------------------------------------------------------------------------------


class Chooser:
    """A plugin that is an object, and remembers that it was asked."""

    def __init__(self, name: str, answer: object = None) -> None:
        self.name = name
        self.answer = answer
        self.asked: list[str] = []

    @hookimpl
    def choose_quote(self, seller: str) -> object:
        self.asked.append(seller)
        return self.answer


def choosers() -> tuple[Registry, Chooser, Chooser]:
    a, b, c = Chooser("a"), Chooser("b", "from b"), Chooser("c", "from c")
    return load_plugins([], entry_points=[], extra={"a": a, "b": b, "c": c}), b, c


def decided(loaded: Registry, enabled: Iterable[str]) -> tuple[object, bool]:
    """What is chosen of two offers, and whether a plugin chose; the hub itself takes the first."""
    request = SimpleNamespace(offers=("the first", "the second"))
    ask = {"request": request, "seller": "shop", "posting": None, "quotes": ()}
    return loaded.hooks_for(list(enabled)).decide("choose_quote", **ask)


def test_hooks_leave_out_every_plugin_that_is_not_named() -> None:
    loaded, b, c = choosers()
    assert decided(loaded, ["a", "b"]) == ("from b", True)
    assert b.asked == ["shop"]
    assert c.asked == []
    assert decided(loaded, []) == ("the first", False)
    assert decided(loaded, ["a"]) == ("the first", False)
    assert decided(loaded, ["c", "not loaded"]) == ("from c", True)
    assert len(b.asked) == 1
    assert decided(loaded, ["a", "b", "c"]) == ("from c", True), "the last of the list is asked first"


def test_a_renamed_implementation_is_left_out_too() -> None:
    module = plugin(mine=hookimpl(specname="choose_quote")(lambda seller: "leaked"))
    loaded = load_plugins([], entry_points=[], extra={"acme": module})
    assert decided(loaded, ["acme"]) == ("leaked", True)
    assert decided(loaded, []) == ("the first", False)


def test_the_hooks_of_one_choice_are_made_once_and_unknown_hooks_do_not_exist() -> None:
    loaded, *_ = choosers()
    assert loaded.hooks_for(["a"]) is loaded.hooks_for({"a"})
    with pytest.raises(AttributeError):
        _ = loaded.hooks_for(["a"]).choose_qoute


class Listener:
    def __init__(self, log: list[str], name: str, error: Exception | None = None) -> None:
        self.log, self.name, self.error = log, name, error

    @hookimpl
    def problem_found(self, seller: str, kind: str) -> None:
        self.log.append(f"{self.name} {seller} {kind}")
        if self.error:
            raise self.error


class AsyncListener(Listener):
    @hookimpl
    async def problem_found(self, posting_number: str) -> None:  # type: ignore[override]
        await asyncio.sleep(0)
        self.log.append(f"{self.name} {posting_number}")
        if self.error:
            raise self.error


async def test_a_notification_reaches_everybody_who_is_named_whatever_others_do() -> None:
    log: list[str] = []
    extra = {
        "one": Listener(log, "one", ValueError("Ivan Petrov, +7 900")),
        "two": AsyncListener(log, "two", KeyError("Ivan Petrov")),
        "three": Listener(log, "three"),
        "off": Listener(log, "off"),
    }
    loaded = load_plugins([], entry_points=[], extra=extra)
    told = {"seller": "shop", "posting_number": "1-1", "kind": "late"}
    failures = await loaded.notify("problem_found", ["one", "two", "three"], **told)
    assert log == ["one shop late", "two 1-1", "three shop late"]
    assert [(failure.plugin, failure.hook) for failure in failures] == [
        ("one", "problem_found"),
        ("two", "problem_found"),
    ]
    assert failures[0].error.startswith("ValueError at test_plugins.py:")
    assert b"Petrov" not in msgspec.json.encode(failures)


async def test_a_listener_that_hangs_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "HOOK_SECONDS", 0.05)

    async def startup() -> None:
        await asyncio.sleep(60)

    loaded = load_plugins([], entry_points=[], extra={"acme": plugin(startup=hookimpl(startup))})
    [failure] = await loaded.startup()
    assert isinstance(failure, PluginFailure)
    assert failure.error.startswith("TimeoutError")


async def test_life_begins_and_ends_for_every_plugin() -> None:
    log: list[str] = []

    async def shutdown() -> None:
        log.append("down")

    module = plugin(startup=hookimpl(lambda: log.append("up")), shutdown=hookimpl(shutdown))
    loaded = load_plugins([], entry_points=[], extra={"acme": module})
    assert await loaded.startup() == []
    assert await loaded.shutdown() == []
    assert log == ["up", "down"]


async def test_wrong_arguments_of_a_notification_are_the_callers_fault() -> None:
    loaded, *_ = choosers()
    with pytest.raises(TypeError, match="seller, posting_number, kind"):
        await loaded.notify("problem_found", ["a"], seller="shop")


# --- commands -------------------------------------------------------------------------------------------


def test_commands_are_listed_without_an_import_and_only_of_allowed_plugins() -> None:
    def never() -> None:
        raise AssertionError("imported")

    class Command(Point):
        group: str

        def __init__(self, name: str, plugin_name: str) -> None:
            super().__init__(name, never)
            self.group = "parcelhub.commands"
            self.dist = Distribution(f"parcelhub-{plugin_name}", self, Point(plugin_name, never))

    points = [Command("tour", "demo"), Command("audit", "acme"), Command("audit", "acme")]
    assert [found.name for found in plugin_commands(commands=points)] == ["audit", "tour"]
    [tour] = plugin_commands(["demo", "other"], commands=points)
    assert (tour.name, tour.distribution) == ("tour", "parcelhub-demo")
    with pytest.raises(AssertionError):
        tour.load()


async def test_an_account_object_is_made_by_the_core() -> None:
    loaded = load_plugins([], entry_points=[], extra={"acme": bringing(Acme)})
    account = Account(id="acc_1", seller="shop", plugin="acme", name="main")
    http: Any = None
    made = loaded.carriers["acme"](loaded.settings_type("acme")(), http, account)
    assert await made.check() == AccountStatus()
