"""Plugins import the public names of the hub and nothing behind them: what is allowed is a list, not what is
forbidden. Ours here, those of others in the contract suite."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from hub_sample import Sample

import hub
import hub.testing
from hub.testing.imports import files_of, internal_imports, internals_in
from tests.house.repository import ROOT, files, shown

PACKAGES = sorted(path for path in ROOT.glob("plugins/*/hub_*") if path.is_dir())
OLD = sorted((ROOT / "tests/fixtures/plugins").glob("*.py"))


@pytest.mark.parametrize("package", PACKAGES, ids=shown)
def test_our_plugins_import_public_names_only(package: Path) -> None:
    found = {
        shown(file): used
        for file in package.rglob("*.py")
        if (used := internal_imports(file.read_text("utf-8")))
    }
    assert not found


@pytest.mark.parametrize("file", OLD, ids=shown)
def test_plugins_of_older_versions_import_what_is_public_still(file: Path) -> None:
    assert internal_imports(file.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import hub\nhub.Money",
        "import hub as h\nh.Money.of('1', 'RUB')",
        "from hub import Carrier, hookimpl, __version__",
        "from hub import *",
        "from hub.testing import CarrierContract, sent",
        "import hub.testing\nhub.testing.sent",
        "from hub.csv_lines import open_csv",
        "import hub_ozon.flow, hubris",
        "from . import store",
        "from .hub import store",
    ],
)
def test_what_is_allowed(source: str) -> None:
    assert internal_imports(source) == []


@pytest.mark.parametrize(
    ("source", "used"),
    [
        ("import hub.flow.orders", "1: hub.flow.orders"),
        ("import hub\nhub.store.rows", "2: hub.store"),
        ("import hub as h\nh.plugin_api", "2: hub.plugin_api"),
        ("import hub.flow\nhub.flow", "1: hub.flow"),
        ("from hub import flow", "1: hub.flow"),
        ("from hub import _HOMES", "1: hub._HOMES"),
        ("from hub.plugin_api.models import Money", "1: hub.plugin_api.models.Money"),
        ("from hub.testing.driving import sent", "1: hub.testing.driving.sent"),
        ("from hub.something_new import thing", "1: hub.something_new.thing"),
        ("def f():\n    from hub.calls import call", "2: hub.calls.call"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import hub.flow.app", "3: hub.flow.app"),
        ("import importlib\nimportlib.import_module('hub.store')", "2: hub.store"),
        ("__import__('hub.store')", "1: hub.store"),
    ],
)
def test_what_is_behind_the_public_names_is_found(source: str, used: str) -> None:
    assert used in internal_imports(source)


def test_what_pages_name_is_public() -> None:
    """``hub.Name`` in a page or a docstring is a name that a plugin can import."""
    known = {*hub.__all__, *hub.testing.__all__}
    pages = [*files(".md"), *(ROOT / "hub/plugin_api").glob("*.py"), *(ROOT / "plugins").rglob("*.py")]
    wrong = {
        f"{shown(page)}: hub.{name}"
        for page in pages
        if page.name != "CHANGELOG.md" and ".venv" not in page.parts
        for name in re.findall(r"\bhub\.(?:testing\.)?([A-Z]\w+)", page.read_text("utf-8"))
        if name not in known
    }
    assert not wrong


class Odd(Sample):
    """A carrier of a test."""


def test_the_suite_reads_the_whole_package_of_a_carrier_and_no_tests() -> None:
    package = ["plugins/sample/hub_sample/__init__.py"]
    assert [shown(file) for file in files_of(Sample)] == [shown(file) for file in files_of(Odd)] == package
    assert internals_in(files_of(Odd)) == []


def test_the_suite_reads_the_file_of_a_plugin_in_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = (one for one in OLD if one.stem == "courier_of_0_1_0")
    monkeypatch.syspath_prepend(file.parent)
    courier = import_module(file.stem).Courier
    assert files_of(courier) == [file]
    assert internals_in([Path(__file__)]), "this file looks behind the names, and is no plugin's"
