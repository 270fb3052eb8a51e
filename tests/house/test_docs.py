"""What the documents say is there."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from hub.plugin_api import hookspecs
from tests.house.repository import ROOT, files, shown

PAGES = sorted(files(".md"))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
OLD = {"plan_parcels": ("seller", "posting"), "choose_quote": ("seller", "posting", "quotes")}
"""Arguments that plugins of 0.1.0 take."""
HOOK_ROW = re.compile(r"^\| `(\w+)\(([\w, ]*)\)` \|", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCED.sub("", page.read_text("utf-8"))
    dead = [
        link
        for link in LINK.findall(text)
        if not link.startswith(("http:", "https:", "mailto:", "#"))
        and not (page.parent / link.partition("#")[0]).exists()
    ]
    assert not dead


def test_every_page_is_in_the_index() -> None:
    """A page that nothing leads to is not read: each is a line of docs/README.md."""
    index = ROOT / "docs/README.md"
    named = {(index.parent / link).resolve() for link in LINK.findall(index.read_text("utf-8"))}
    pages = {page for page in PAGES if page.name != "README.md" and page.is_relative_to(ROOT / "docs")}
    pages |= {page for page in PAGES if page.name == "README.md" and page.parent not in (ROOT, ROOT / "docs")}
    missing = {shown(page) for page in pages - named if "fixtures" not in page.parts}
    assert not missing, "a line in docs/README.md for each"


def test_pages_that_are_named_are_there() -> None:
    """In comments and docstrings, too: a reader has the repository and nothing else."""
    names = {page.name for page in PAGES}
    sources = [path for path in files(".py", ".patch", ".toml", ".md") if "tests" not in path.parts]
    sources += (ROOT / "tests/faults/planted").iterdir()
    missing = {
        f"{shown(path)}: {named}"
        for path in sources
        for named in re.findall(r"\b[\w./-]*\w\.md\b", path.read_text("utf-8"))
        if Path(named).name not in names
    }
    assert not missing


FOUR = ("Documentation", "Date read", "Limits", "Quirks")


@pytest.mark.parametrize("folder", [path.parent for path in files("pyproject.toml")][1:], ids=shown)
def test_a_distribution_says_what_it_follows_and_where_that_ends(folder: Path) -> None:
    """The vendor's documentation, when it was read, limits and quirks, in this order and not empty."""
    text = FENCED.sub("", (folder / "README.md").read_text("utf-8"))
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert tuple(head for head in found if head in FOUR) == FOUR
    assert all(found[head].strip() for head in FOUR)
    if folder.parent.name == "adapters":
        assert re.search(r"\b20\d\d-\d\d-\d\d\b", found["Date read"]), "the day on which it was read"


def test_every_hook_is_documented_with_its_arguments() -> None:
    documented = {
        name: tuple(filter(None, arguments.split(", ")))
        for name, arguments in HOOK_ROW.findall((ROOT / "docs/reference/hooks.md").read_text("utf-8"))
    }
    specified = {
        name: tuple(one for one in inspect.signature(value).parameters if one not in OLD.get(name, ()))
        for name, value in vars(hookspecs).items()
        if hasattr(value, f"{hookspecs.PROJECT}_spec")
    }
    assert specified, "no hook was found: this test looks for the wrong mark"
    assert documented == specified


def test_decisions_are_numbered_and_fit_a_page() -> None:
    pages = sorted((ROOT / "docs/adr").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text("utf-8")
        assert text.startswith(f"# {int(page.name[:4])}. "), page.name
        assert text.count("\n") <= 60, f"{page.name} is longer than a page"


def test_ci_runs_the_command_of_the_readme() -> None:
    fences = re.findall(
        r"^```\w*\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    commands = [fence.strip() for fence in fences if "requirements-dev.txt" in fence and ".venv/bin" in fence]
    assert len(commands) == 1
    assert "\n" not in commands[0]
    assert commands[0] in (ROOT / ".ci/run").read_text("utf-8").splitlines()
