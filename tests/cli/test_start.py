"""Starting: cheap, lazy, and helpful about what was typed wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import hub
from hub.cli import root
from tests.cli.conftest import Run


def _imported(*arguments: str) -> set[str]:
    code = (
        "import sys\n"
        f"sys.argv = ['hub', *{list(arguments)!r}]\n"
        "from hub.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('\\n' + ' '.join(sys.modules), file=sys.stderr)\n"
    )
    # Whoever measures coverage is in every child too, and brings modules of its own.
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=unmeasured
    )
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_answered_before_anything_is_imported(flag: str) -> None:
    loaded = _imported(flag)
    assert "hub.cli" in loaded
    assert not loaded & {
        "click",
        "rich",
        "msgspec",
        "asyncio",
        "hub.cli.root",
        "sqlite3",
        "importlib.metadata",
    }


def test_the_help_imports_no_command_and_no_plugin() -> None:
    loaded = _imported("--help")
    assert "click" in loaded
    heavy = {"rich", "litestar", "sqlite3", "httpx", "asyncio", "hub.flow.app"}
    assert not loaded & heavy
    assert not {name for name in loaded if name.startswith(("hub.cli.commands", "hub_", "hub.flow"))}


@pytest.mark.parametrize("name", ["ship", "problems", "serve"])
def test_the_help_of_a_command_imports_nothing_of_its_work(name: str) -> None:
    assert not _imported(name, "--help") & {"rich", "litestar", "sqlite3", "httpx", "asyncio", "hub.flow.app"}


def test_the_help_lists_every_command(run: Run) -> None:
    ended = run("--help")
    assert ended.code == 0
    for name in (*root._COMMANDS, "demo"):
        assert f"  {name} " in ended.out


@pytest.mark.parametrize("name", list(root._COMMANDS))
def test_every_command_has_its_help(run: Run, name: str) -> None:
    ended = run(name, "--help")
    assert ended.code == 0
    assert "Usage: hub" in ended.out


def test_the_version(process: Run) -> None:
    assert process("--version").out == f"parcelhub {hub.__version__}\n"


def test_a_misspelt_command(run: Run) -> None:
    ended = run("shp")
    assert ended.code == 2
    assert "ship" in ended.err
    assert ended.out == ""


def test_wrong_usage_in_json(run: Run) -> None:
    import msgspec

    ended = run("ship", "--json")
    assert (ended.code, ended.out) == (2, "")
    assert msgspec.json.decode(ended.err)["error"]["code"] == "usage"


def test_a_plugins_command_that_is_not_allowed(run: Run, home: Path) -> None:
    ended = run("demo", "--help")
    assert ended.code == 1
    assert "plugins.toml" in ended.err
    assert "'demo'" in ended.err


def test_a_home_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = root.run(["--home", str(tmp_path / "nothing"), "seller", "list"])
    captured = capsys.readouterr()
    assert code == 1
    assert "hub init" in captured.err
    assert "Traceback" not in captured.err
