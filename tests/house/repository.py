"""The repository as a set of files."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE_ROOMS = ("hub", "adapters", "plugins")
HIDDEN_BUT_OURS = frozenset({".ci", ".github"})
PRODUCED = frozenset({"node_modules", "__pycache__", "dist", "build"})


def files(*suffixes: str) -> Iterator[Path]:
    """Every file that somebody wrote: of hidden folders only ours, and nothing that a tool produced."""
    for folder, names, found in os.walk(ROOT):
        here = Path(folder)
        names[:] = sorted(
            name
            for name in names
            if (not name.startswith(".") or name in HIDDEN_BUT_OURS)
            and name not in PRODUCED
            and not (here == ROOT and name.startswith("demo"))
        )
        for name in sorted(found):
            if not suffixes or name.endswith(suffixes):
                yield here / name


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """The syntax tree of a file, node by node: several tests read the same files."""
    return (*ast.walk(ast.parse(path.read_text("utf-8"))),)


def shown(path: Path) -> str:
    """A path as people say it."""
    return path.relative_to(ROOT).as_posix()
