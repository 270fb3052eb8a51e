"""Where SQL stands outside the store. ``python -m tests.house.sql_sites`` counts it, file by file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.house.repository import CODE_ROOMS, ROOT, files, shown

_STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WHERE|WITH|FROM|ORDER BY|PRAGMA|REPLACE INTO)\s")
_EXECUTES = ("execute", "executemany", "executescript")
_DRIVERS = ("sqlite3", "asyncpg", "psycopg", "aiosqlite")
_TAILED = ("all", "first")  # of a table's rows: connection, tail, parameters


def code() -> Iterator[Path]:
    """What is run, but for the store itself and all tests."""
    for path in files(".py"):
        room, *rest = path.relative_to(ROOT).parts
        if room in CODE_ROOMS and "tests" not in rest and rest[:1] != ["store"]:
            yield path


def sites(source: str) -> list[tuple[int, str]]:
    """Every place of a file with SQL: its line, and what stands there."""
    nodes = [*ast.walk(ast.parse(source))]
    looking_only = {id(one) for block in _for_types(nodes) for one in ast.walk(block)}
    said = {id(one) for one in _docstrings(nodes)}
    found = []
    for node in nodes:
        if id(node) in looking_only or id(node) in said:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _STATEMENT.match(node.value):
            found.append((node.lineno, node.value[:40]))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in _EXECUTES or (node.func.attr in _TAILED and len(node.args) > 1):
                found.append((node.lineno, f".{node.func.attr}()"))
        elif isinstance(node, ast.Attribute) and _is_text_of_the_store(node):
            found.append((node.lineno, ast.unparse(node)))
        elif isinstance(node, ast.Import):
            found += [(node.lineno, f"import {one.name}") for one in node.names if _is_driver(one.name)]
        elif isinstance(node, ast.ImportFrom) and _is_driver(node.module or ""):
            found.append((node.lineno, f"from {node.module}"))
    return sorted(found)


def _is_text_of_the_store(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "queries" and node.attr.isupper()


def _is_driver(name: str) -> bool:
    return name.partition(".")[0] in _DRIVERS


def _for_types(nodes: Sequence[ast.AST]) -> Iterator[ast.stmt]:
    """What only a type checker reads."""
    for node in nodes:
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            yield from node.body


def _docstrings(nodes: Sequence[ast.AST]) -> Iterator[ast.Constant]:
    for node in nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def main() -> None:
    """Print each file with its sites, and the sum."""
    whole = 0
    for path in code():
        if found := sites(path.read_text("utf-8")):
            whole += len(found)
            print(f"{len(found):4}  {shown(path)}")
    print(f"{whole:4}  in all")


if __name__ == "__main__":
    main()
