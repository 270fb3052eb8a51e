"""What stands beside the code for people who help: the hosted run, the hooks, where to report."""

from __future__ import annotations

import re
import tomllib

import msgspec
import pytest

from hub.plugins import config
from tests.house.repository import ROOT, shown

PATH = re.compile(r"`([\w.-]+(?:/[\w.-]+)*/?)`")
SUFFIXES = (".py", ".md", ".toml", ".txt", ".po", ".pot", ".yml", "/")
CI = ROOT / ".ci/run"
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def test_the_hosted_run_is_the_one_at_home() -> None:
    """It calls ``.ci/run`` on every Python that the project names, and no step of its own."""
    (workflow,) = WORKFLOWS
    text = workflow.read_text("utf-8")
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["classifiers"]
    named = [word for line in classifiers for word in re.findall(r"Python :: (3\.\d+)$", line)]
    (matrix,) = re.findall(r"^\s*python: \[(.+)\]$", text, re.MULTILINE)
    assert re.findall(r'"(3\.\d+)"', matrix) == named != []
    assert re.findall(r"^\s*- run: (.+)$", text, re.MULTILINE) == [".ci/run"]


def test_every_run_with_a_short_form_has_its_usual_one_in_ci() -> None:
    (listed,) = re.findall(r"--faults ci tests/faults/test_\{(.+)\}\.py", CI.read_text("utf-8"), re.MULTILINE)
    files = sorted((ROOT / "tests/faults").glob("test_*.py"))
    shortened = [file.stem for file in files if "form(request)" in file.read_text("utf-8")]
    assert [f"test_{name}" for name in listed.split(",")] == shortened
    assert "--schemathesis 2 tests/web/test_schemathesis.py" in CI.read_text("utf-8")


def test_actions_are_taken_by_version() -> None:
    for workflow in WORKFLOWS:
        used = re.findall(r"uses: (\S+)", workflow.read_text("utf-8"))
        assert used
        assert [one for one in used if not re.fullmatch(r"[\w.-]+/[\w./-]+@v\d+(\.\d+)*", one)] == [], shown(
            workflow
        )


def test_hooks_run_what_is_installed_here() -> None:
    """No hook brings a tool of its own: versions are those of ``requirements-dev.txt``."""
    text = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert re.findall(r"repo: (\S+)", text) == ["local"]
    assert set(re.findall(r"language: (\S+)", text)) == {"system"}
    for entry in re.findall(r"entry: (\S+)", text):
        assert entry.startswith(".venv/bin/") or (ROOT / entry).is_file(), entry


def test_security_is_reported_in_private() -> None:
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    assert "/security/advisories/new" in text
    assert not re.search(r"[\w.]+@[\w-]+\.\w", text), "no address of a person"


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/explanation/house.md"])
def test_the_files_that_are_named_are_there(page: str) -> None:
    """From the top of the repository, or in `hub`; what has a place of its own (`<name>`) is left out."""
    named = PATH.findall((ROOT / page).read_text("utf-8"))
    named = [name for name in named if not name.startswith(".venv/")]  # whoever tests may have it elsewhere
    paths = [name for name in named if "/" in name and name.endswith(SUFFIXES)]
    assert len(paths) > 20
    assert [name for name in paths if not ((ROOT / name).exists() or (ROOT / "hub" / name).exists())] == []


STRUCTS = (
    config.SellerConfig,
    config.AccountConfig,
    config.PackageDefaults,
    config.ServerConfig,
    config.RetentionConfig,
)


OF_THE_READER = {"slug", "where"}  # it sets them: nobody writes them


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_every_key_of_plugins_toml_is_in_its_reference(struct: type[msgspec.Struct]) -> None:
    page = (ROOT / "docs/reference/plugins-toml.md").read_text("utf-8")
    keys = {field.encode_name for field in msgspec.structs.fields(struct)} - OF_THE_READER
    assert keys
    missing = {key for key in keys if not re.search(rf"`[\[\w.]*{key}\b|\b{key} = |\.{key}[.\]]", page)}
    assert missing == set()
