"""What the documents say is there."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from hub import hookspecs
from tests.house.repository import ROOT, files, shown

PAGES = sorted(files(".md"))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
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


def test_every_hook_is_documented_with_its_arguments() -> None:
    documented = {
        name: tuple(filter(None, arguments.split(", ")))
        for name, arguments in HOOK_ROW.findall((ROOT / "docs/reference/hooks.md").read_text("utf-8"))
    }
    specified = {
        name: tuple(inspect.signature(value).parameters)
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
