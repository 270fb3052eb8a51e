"""docs/reference/plugin-api.md says what the code says, and the code says enough."""

from __future__ import annotations

import ast
import re

import pytest

import hub
from tests.house import plugin_api
from tests.house.plugin_api import PAGE, Function, fields_of, hooks, kind_of, methods_of, node_of, page

NAMES = [(name, hub._HOME_OF[name]) for _, names in plugin_api.groups() for name in names]
CLASSES = [one for one in NAMES if isinstance(node_of(one[1], one[0]), ast.ClassDef)]


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text("utf-8") == page(), "write it anew: python -m tests.house.plugin_api"


def test_it_has_every_name() -> None:
    heads = re.findall(r"^### (\w+)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert [name for name, _ in NAMES] == hub.__all__
    assert set(hub.__all__) <= set(heads)
    assert {hook.name for hook in hooks()} <= set(heads)


@pytest.mark.parametrize(("name", "home"), NAMES)
def test_every_name_says_what_it_is(name: str, home: str) -> None:
    node = node_of(home, name)
    if isinstance(node, ast.ClassDef | Function):
        assert ast.get_docstring(node)
    else:
        assert plugin_api.said_below(home, name)


@pytest.mark.parametrize(("name", "home"), CLASSES)
def test_every_field_and_method_says_what_it_is(name: str, home: str) -> None:
    node = node_of(home, name)
    assert isinstance(node, ast.ClassDef)
    silent = [one.name for one in methods_of(node) if not ast.get_docstring(one)]
    if kind_of(node) != "error":
        silent += [one.name for one in fields_of(node) if not one.meaning]
    assert not silent, "a text below each field, a docstring in each method"


@pytest.mark.parametrize(("name", "home"), CLASSES)
def test_what_a_public_name_is_made_of_is_public_too(name: str, home: str) -> None:
    """Nobody has to look behind `hub` to write down the type of a field, an argument or an answer."""
    node = node_of(home, name)
    assert isinstance(node, ast.ClassDef)
    written = [one.type for one in fields_of(node)]
    for one in methods_of(node):
        written += [ast.unparse(one.args), ast.unparse(one.returns) if one.returns else ""]
    used = {word for text in written for word in re.findall(r"\b[A-Z]\w+", text)}
    ours = {word for word in used if _is_ours(home, word)}
    assert not ours - set(hub.__all__)


def _is_ours(home: str, word: str) -> bool:
    try:
        node_of(home, word)
    except LookupError:
        return False
    return True
