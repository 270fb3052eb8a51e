"""What a plugin imports of the hub: the public names of `hub` and `hub.testing`, and nothing behind them.

The list says what is allowed, so that whatever is new inside the hub is internal by itself.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

DOORS = ("hub", "hub.testing", "hub.csv_lines")
"""Modules whose ``__all__`` is for plugins; the last is an old name."""
_INNER = {"hub": ("__version__", "testing", "csv_lines")}


def internal_imports(source: str) -> list[str]:
    """What this source of a plugin uses of the hub's insides, a line each: ``12: hub.flow.orders``.

    Looks at every ``import``, also under ``if TYPE_CHECKING``, at ``import_module("hub...")`` and at what is
    taken off ``hub`` itself (``hub.store``).
    """
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    aliases = {
        alias.asname or "hub"
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == "hub" or (alias.name.startswith("hub.") and not alias.asname)
    }
    found = {(line, name) for node in nodes for line, name in _named(node, aliases) if not _public(name)}
    return [f"{line}: {name}" for line, name in sorted(found)]


def files_of(kind: type) -> list[Path]:
    """The files of the packages that a plugin's class and its own bases come from; of a class in a file that
    is in no package, that file. Tests are no part of a plugin."""
    found: dict[Path, None] = {}
    for one in kind.__mro__:
        parts = one.__module__.split(".")
        if parts[0] in ("hub", "builtins", "typing") or "tests" in parts or parts[-1].startswith("test_"):
            continue
        found.update(dict.fromkeys(_files(one)))
    return list(found)


def _files(kind: type) -> list[Path]:
    try:
        spec = find_spec(kind.__module__.partition(".")[0])
    except (ImportError, ValueError):
        spec = None
    if spec is not None and spec.origin and spec.submodule_search_locations:
        return sorted(file for place in spec.submodule_search_locations for file in Path(place).rglob("*.py"))
    try:
        return [Path(inspect.getfile(kind))]
    except (TypeError, OSError):  # made by a test, out of no file
        return []


def internals_in(files: Iterable[Path]) -> list[str]:
    """`internal_imports` of files, each with its file."""
    return [f"{file.name}:{one}" for file in files for one in internal_imports(file.read_text("utf-8"))]


def _named(node: ast.AST, aliases: set[str]) -> Iterator[tuple[int, str]]:
    """The dotted names that a node takes from the hub."""
    match node:
        case ast.Import(names=names):
            yield from ((node.lineno, one.name) for one in names if _of_hub(one.name))
        case ast.ImportFrom(module=str(module), names=names, level=0) if _of_hub(module):
            yield from ((node.lineno, f"{module}.{one.name}") for one in names)
        case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in aliases:
            yield node.lineno, f"hub.{attribute}"
        case ast.Call(
            func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value=str(name)), *_],
        ) if _of_hub(name):
            yield node.lineno, name


def _of_hub(module: str) -> bool:
    return module == "hub" or module.startswith("hub.")


def _public(name: str) -> bool:
    if name in DOORS:
        return True
    door, _, rest = name.rpartition(".")
    if door not in DOORS:
        return False
    return rest == "*" or rest in _INNER.get(door, ()) or rest in import_module(door).__all__


__all__ = ["files_of", "internal_imports", "internals_in"]
