"""Habits of the house that no linter knows."""

from __future__ import annotations

import tomllib

import hub
from tests.house.repository import CODE_ROOMS, ROOT, files, shown

MOST_LINES = 500
TEXTS = (
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".json",
    ".csv",
    ".cfg",
    ".ini",
    ".yml",
    ".yaml",
    ".lock",
    "run",
    "types",
)

# Put together here, so that this file does not hold what it looks for.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("pypi", "python", "org"),
        ("registry", "npmjs", "org"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
    )
)
MACHINE_PATHS = (*(f"/{name}/" for name in ("work", "root", "home")), "C:" + "\\Users")


def test_files_stay_readable_in_one_go() -> None:
    long = {
        shown(path): count
        for path in files(".py")
        if path.relative_to(ROOT).parts[0] in CODE_ROOMS
        and (count := path.read_text("utf-8").count("\n")) > MOST_LINES
    }
    assert not long, f"about 300 lines, {MOST_LINES} at most: divide {long}"


def test_no_registry_and_no_machine_is_named() -> None:
    found = []
    for path in files(*TEXTS):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            found += [
                f"{shown(path)}:{number}: {word}"
                for word in (*REGISTRY_HOSTS, *MACHINE_PATHS)
                if word in line
            ]
    assert not found


def test_the_search_reads_what_people_wrote() -> None:
    names = {shown(path) for path in files(*TEXTS)}
    assert {"README.md", "pyproject.toml", "requirements.txt", ".ci/run", "hub/__init__.py"} <= names


def test_nothing_hides_behind_a_name_that_says_nothing() -> None:
    nothing = {
        "utils.py",
        "helpers.py",
        "util.py",
        "helper.py",
        "manager.py",
        "misc.py",
        "common.py",
        "lib.py",
    }
    assert [shown(path) for path in files(".py") if path.name in nothing] == []


def distributions() -> dict[str, dict[str, object]]:
    """The project table of every distribution, by its folder."""
    return {
        shown(path.parent): tomllib.loads(path.read_text("utf-8"))["project"]
        for path in files("pyproject.toml")
    }


def test_one_version_everywhere() -> None:
    projects = distributions()
    assert len(projects) >= 9
    assert {folder: project["version"] for folder, project in projects.items()} == dict.fromkeys(
        projects, hub.__version__
    )
    for folder, project in projects.items():
        for requirement in project["dependencies"]:  # type: ignore[attr-defined]
            if requirement.startswith("parcelhub"):
                assert requirement.partition("==")[2] == hub.__version__, f"{folder}: {requirement}"


OPTIONAL = {"./plugins/messages"}
"""Off until somebody wants it, with a library that nothing else needs: docs/how-to/get-told.md installs
it."""


def test_both_requirements_files_name_every_distribution() -> None:
    folders = {f"./{folder}" if folder != "." else "." for folder in distributions()}
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text("utf-8").splitlines()
        named = {line.removeprefix("-e ").partition("[")[0] for line in lines if not line.startswith("#")}
        left_out = OPTIONAL if name == "requirements.txt" else set()
        assert named == folders - left_out, name


def test_every_package_is_typed_and_has_its_import_rules() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    checked = (ROOT / ".ci" / "types").read_text("utf-8")
    for path in files("pyproject.toml"):
        package = tomllib.loads(path.read_text("utf-8"))["tool"]["flit"]["module"]["name"]
        assert (path.parent / package / "py.typed").is_file(), package
        assert package in rules["root_packages"], package
    assert "[tool.flit.module" in checked.replace("\\", ""), "mypy takes every package"
