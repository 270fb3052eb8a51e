"""docs/reference/plugin-api.md, read off the public names. ``python -m tests.house.plugin_api`` writes it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import hub
from hub.plugin_api import hookspecs
from tests.house.repository import ROOT

PAGE = ROOT / "docs/reference/plugin-api.md"
OLD_ARGUMENTS = {"plan_parcels": ("seller", "posting"), "choose_quote": ("seller", "posting", "quotes")}
"""Of hooks, as 0.1.0 had them: they work, and are not told any more."""
_GROUP = re.compile(r"^    # (.+)\n((?:    \".*\n)+)", re.MULTILINE)
_KINDS = {"Exception": "error", "StrEnum": "enum", "NamedTuple": "tuple", "msgspec.Struct": "struct"}
_OF_THE_CORE = {"Refusal.matches"}
"""What the core alone calls."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Field(NamedTuple):
    """A field of a struct, an attribute of a class, or a value of an enum."""

    name: str
    type: str
    default: str
    meaning: str


def groups() -> list[tuple[str, list[str]]]:
    """The names of `hub`, as they are grouped there."""
    text = Path(str(hub.__file__)).read_text("utf-8")
    return [(title, ast.literal_eval(f"[{names}]")) for title, names in _GROUP.findall(text)]


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(Path(str(import_module(module).__file__)).read_text("utf-8"))


def node_of(module: str, name: str) -> ast.stmt:
    """Where a name is made; followed to where it comes from."""
    return _made_at(module, name)[1]


def _made_at(module: str, name: str) -> tuple[str, ast.stmt]:
    for node in _tree(module).body:
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef() if node.name == name:
                if not _is_overload(node):
                    return module, _whole(module, node)
            case ast.Assign(targets=[ast.Name(id=found)]) if found == name:
                return module, node
            case ast.ImportFrom(module=str(origin), names=names) if origin.startswith("hub"):
                if any((one.asname or one.name) == name for one in names):
                    return _made_at(origin, name)
    raise LookupError(f"{module} has no {name}")


def _whole(module: str, node: ast.stmt) -> ast.stmt:
    """A suite with what it has from the files that it is made of."""
    if not isinstance(node, ast.ClassDef) or not module.startswith("hub.testing"):
        return node
    body: list[ast.stmt] = []
    for base in node.bases:
        part = node_of(module, ast.unparse(base))
        assert isinstance(part, ast.ClassDef)
        body += [one for one in part.body if one not in body]
    return ast.ClassDef(
        name=node.name,
        bases=node.bases,
        keywords=node.keywords,
        body=[node.body[0], *body, *node.body[1:]],
        decorator_list=node.decorator_list,
    )


def _is_overload(node: ast.stmt) -> bool:
    return isinstance(node, Function) and any(ast.unparse(one) == "overload" for one in node.decorator_list)


def fields_of(node: ast.ClassDef) -> list[Field]:
    """Public fields with what is said of them in the text below each."""
    found = []
    for position, one in enumerate(node.body):
        after = node.body[position + 1] if position + 1 < len(node.body) else None
        meaning = _text(after.value.value) if _is_text(after) else ""  # type: ignore[union-attr]
        match one:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                type_ = re.sub(r"^ClassVar\[(.*)\]$", r"\1", ast.unparse(annotation))
                found.append(Field(name, type_, "" if value is None else ast.unparse(value), meaning))
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.append(Field(name, "", ast.unparse(value), meaning))
    return [one for one in found if not one.name.startswith("_")]


def methods_of(node: ast.ClassDef) -> list[Function]:
    """Public methods and properties."""
    return [
        one
        for one in node.body
        if isinstance(one, Function)
        and not one.name.startswith("_")
        and f"{node.name}.{one.name}" not in _OF_THE_CORE
    ]


def _is_text(node: ast.stmt | None) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _text(words: object) -> str:
    return " ".join(str(words).split())


def kind_of(node: ast.stmt) -> str:
    """In one word, what a name is."""
    if isinstance(node, ast.ClassDef):
        bases = [ast.unparse(one) for one in node.bases]
        for base in bases:
            if base in _KINDS:
                return _KINDS[base]
            if base in ("HubError", "ValueError"):
                return "error"
        return "class"
    if isinstance(node, Function):
        return "function"
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
        return "constant"
    return "decorator" if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) else "type"


def signature(node: Function, name: str = "") -> str:
    """As it is written, without ``self``, and without what 0.1.0 had."""
    arguments = ast.unparse(node.args)
    arguments = re.sub(r"^(self|cls)(, )?", "", arguments)
    arguments = re.sub(r"(?<=[\w\]])=", " = ", re.sub(r"^/, ", "", arguments))
    gives = "" if node.returns is None else f" -> {ast.unparse(node.returns)}"
    awaited = "async " if isinstance(node, ast.AsyncFunctionDef) else ""
    return f"{awaited}{name or node.name}({arguments}){gives}".replace("'", '"')


def markdown(docstring: str | None) -> list[str]:
    """A docstring as Markdown: indented lines are code, and names in two ticks have one."""
    lines: list[str] = []
    code = False
    for line in (docstring or "").splitlines():
        indented = line.startswith("    ")
        if indented and not code and (not lines or not lines[-1]):
            lines.append("```python")
            code = True
        elif code and line and not indented:
            while not lines[-1]:
                lines.pop()
            lines += ["```", ""]
            code = False
        lines.append(line[4:] if code else line.replace("``", "`"))
    return [*lines, "```"] if code else lines


def _cell(text: str) -> str:
    return text.replace("``", "`").replace("|", "\\|")


def _code(text: str) -> str:
    return f"`{_cell(text)}`" if text else ""


def _table(fields: list[Field], kind: str) -> Iterator[str]:
    if not fields:
        return
    yield ""
    if kind == "enum":
        yield "| value | |"
        yield "|---|---|"
        for one in fields:
            yield f"| `{one.name}` = {_code(one.default)} | {_cell(one.meaning)} |"
        return
    yield f"| {'attribute' if kind == 'class' else 'field'} | type | default | what it is |"
    yield "|---|---|---|---|"
    for one in fields:
        yield f"| `{one.name}` | {_code(one.type)} | {_code(one.default)} | {_cell(one.meaning)} |"


def _methods(node: ast.ClassDef) -> Iterator[str]:
    checks = [one.name for one in methods_of(node) if one.name.startswith("test_")]
    if checks:
        yield from ("", "It checks:", "", *(f"- `{name}`" for name in checks))
    for one in methods_of(node):
        if one.name in checks:
            continue
        said = ast.get_docstring(one)
        marks = {ast.unparse(mark) for mark in one.decorator_list}
        if "property" in marks:
            gives = ast.unparse(one.returns) if one.returns else ""
            yield from ("", f"#### `{node.name}.{one.name}` : {_code(gives).replace(chr(92), '')}")
        else:
            yield from ("", f"#### `{signature(one, f'{node.name}.{one.name}')}`")
        yield from ("", *markdown(said))


def entry(module: str, name: str) -> Iterator[str]:
    """All about one name."""
    home, node = _made_at(module, name)
    kind = kind_of(node)
    yield from (f"### {name}", "")
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(one) for one in node.bases)
        fields = fields_of(node)
        if kind == "error":
            code = next((f", code `{ast.literal_eval(one.default)}`" for one in fields), "")
            yield from (f"*{kind}*, a `{bases}`{code}", "", *_made_by(node))
            fields = []
        else:
            yield from (f"*{kind}*", "")
        yield from markdown(ast.get_docstring(node))
        yield from _table(fields, kind)
        yield from _methods(node)
    elif isinstance(node, Function):
        yield from (f"*{kind}* `{signature(node)}`", "", *markdown(ast.get_docstring(node)))
    else:
        assert isinstance(node, ast.Assign)
        value = ast.unparse(node.value).replace("'", '"')
        yield from (f"*{kind}* `{value}`" if kind == "type" else f"*{kind}*", "", said_below(home, name))
    yield ""


def _made_by(node: ast.ClassDef) -> list[str]:
    """How an error is made, where it has a way of its own."""
    made = [one for one in node.body if isinstance(one, Function) and one.name == "__init__"]
    return [line for one in made for line in (f"`{signature(one, node.name).removesuffix(' -> None')}`", "")]


def said_below(module: str, name: str) -> str:
    """The text below an assignment of a module."""
    home, node = _made_at(module, name)
    body = [*_tree(home).body, None]
    after = body[body.index(node) + 1]
    return _text(after.value.value).replace("``", "`") if _is_text(after) else ""  # type: ignore[union-attr]


def hooks() -> list[Function]:
    """The hooks, in their order, without the arguments of 0.1.0."""
    found = []
    for node in _tree(hookspecs.__name__).body:
        if isinstance(node, Function) and any("hookspec" in ast.unparse(one) for one in node.decorator_list):
            old = OLD_ARGUMENTS.get(node.name, ())
            node.args.args = [one for one in node.args.args if one.arg not in old]
            found.append(node)
    return found


HEAD = """\
# The plugin API

Every name that a plugin may import, read off the code; a test holds this page to it (`python -m
tests.house.plugin_api` writes it anew). Everything else below `hub` is internal: `CarrierContract` refuses a
plugin that imports it. `hub.csv_lines`, the old name of the tables, goes on working. How the parts work
together: [write a carrier](../how-to/write-a-carrier.md),
[decide with a plugin](../how-to/decide-with-a-plugin.md), [hooks](hooks.md).

Everywhere: money is a `Money`, never a float. A name that ends in `_g` is in grams, in `_mm` in millimetres,
whole numbers. Times need a zone, days are calendar days. Countries are ISO 3166-1 alpha-2, currencies ISO
4217. "Pure" means: no I/O, and the same answer to the same question. A method that is not overridden raises
`Unsupported`.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for title, names in groups():
        parts += [f"## {title}", ""]
        for name in names:
            parts += entry(hub._HOME_OF[name], name)
    parts += ["## Hooks", "", "Functions of the plugin's module, each marked with `hub.hookimpl`.", ""]
    for hook in hooks():
        parts += [f"### {hook.name}", "", f"`{signature(hook)}`", "", *markdown(ast.get_docstring(hook)), ""]
    testing = import_module("hub.testing")
    parts += ["## hub.testing", "", *markdown(testing.__doc__), ""]
    for name in testing.__all__:
        parts += entry("hub.testing", name)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
