"""The sentences of this repository: ``python -m tests.house.words update`` brings the catalogues after the
code, and ``python -m tests.house.words`` says what is missing."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from hub.testing.words import catalogue_of, check_words, update
from hub.words.catalogue import Entry, entries
from tests.house.repository import ROOT, nodes

LANGUAGES = ("ru", "zh")
FOLDERS = {
    "hub": ROOT / "hub",
    **{folder.name: folder for folder in sorted(ROOT.glob("plugins/*/hub_*")) if folder.is_dir()},
}
_TABLES = {"record": ("history", 2), "written": ("history", 1), "open_problem": ("problem", 2)} | {
    "open_account_problem": ("problem", 2)
}
"""What stores a code: the table that has its sentence, and the argument that is the code."""
_CODED = {"Finding": "finding", "Missing": "no_offer", "Fault": "fault"}
_MADE_UP = frozenset({"unit", "format", "call_kind", "count", "click", "click_type"})
"""Tables whose codes are put together at run time."""
_CLICKS = frozenset({"Usage:", "Options", "default:", "required", "Show this message and exit."}) | {
    "Show the version and exit.",
}
"""What click itself writes into a page of help."""


def faults(package: str) -> list[str]:
    """Everything that is wrong with the sentences of a package."""
    found = check_words(package, LANGUAGES)
    return [*found, *_unused(FOLDERS[package]), *_stored_without_words(FOLDERS[package])]


def _by_hand(folder: Path) -> list[Entry]:
    template = catalogue_of(folder) / "words.pot"
    known = entries(template.read_text("utf-8")) if template.exists() else []
    return [one for one in known if one.english and not one.places]


@cache
def _texts(file: Path) -> frozenset[str]:
    """Every text in the code of a file."""
    return frozenset(
        node.value for node in nodes(file) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _unused(folder: Path) -> Iterator[str]:
    """Sentences that a developer put into the catalogue and that no code names."""
    files = [file for one in {folder, *FOLDERS.values()} for file in one.rglob("*.py")]
    texts: set[str] = set().union(*(_texts(file) for file in files))
    for one in _by_hand(folder):
        table, _, rest = one.code.partition(".")
        if table in ("cli", "help"):
            used = one.english in texts or one.english in _CLICKS
        else:
            whole = table in _MADE_UP or rest in texts or one.code in texts
            used = whole or any(set(rest.split(between)) <= texts for between in "._")
        if not used:
            yield f"words.pot: no code names {one.code}: {one.english!r}"


def _stored_without_words(folder: Path) -> Iterator[str]:
    """Codes that are stored, or found, and have no sentence."""
    known = {one.code for one in _by_hand(folder)}
    for file in sorted(folder.rglob("*.py")) if folder == FOLDERS["hub"] else ():
        for node in nodes(file):
            if not isinstance(node, ast.Call):
                continue
            for table, code in _codes_of(node):
                if f"{table}.{code}" not in known:
                    place = f"{file.relative_to(ROOT)}:{node.lineno}"
                    yield f"{place}: {table}.{code} has no sentence in words.pot"


def _codes_of(call: ast.Call) -> Iterator[tuple[str, str]]:
    func = call.func
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    given: ast.expr | None = None
    table = _CODED.get(name, "")
    if table:
        given = next((one.value for one in call.keywords if one.arg == "code"), None)
    elif name in _TABLES:
        table, at = _TABLES[name]
        given = call.args[at] if len(call.args) > at else None
    choices = (given.body, given.orelse) if isinstance(given, ast.IfExp) else (given,)
    for one in choices:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield table, one.value


if __name__ == "__main__":
    if sys.argv[1:] == ["update"]:
        for folder in FOLDERS.values():
            update(folder, LANGUAGES)
    wrong = [f"{package}: {fault}" for package in FOLDERS for fault in faults(package)]
    print("\n".join(wrong) or "Every sentence has its words.")
    sys.exit(bool(wrong))
