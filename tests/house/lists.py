"""The lists of docs/reference/lists.md, read off the code. ``python -m tests.house.lists`` writes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from typing import Any

from hub.flow import questions
from hub.flow.problems.answers import answer_of
from hub.flow.problems.kinds import all_kinds
from hub.plugin_api.models import EventKind, Stage
from hub.plugin_api.settings import secret_fields, settings_schema
from hub.plugins.loader import load_plugins
from hub.web.description import WORDS
from hub.web.problems import _STATUS, _STATUS_OF_CODE
from hub.words.texts import answer_title, problem_text
from tests.house.repository import ROOT, nodes

PAGE = ROOT / "docs/reference/lists.md"
PLUGINS = ("ozon", "cdek", "russian_post", "spsr", "ozon_partners", "sample", "messages")


def _table(heads: tuple[str, ...], lines: Iterator[tuple[str, ...]] | list[tuple[str, ...]]) -> list[str]:
    rows = [heads, ("---",) * len(heads), *lines]
    return ["| " + " | ".join(row) + " |" for row in rows] + [""]


def _code(words: Any) -> str:
    return ", ".join(f"`{word}`" for word in words)


@cache
def error_codes() -> dict[str, set[int]]:
    """Every code that the hub's own refusals carry, with its statuses."""
    found: dict[str, set[int]] = {kind.code: {status} for kind, status in _STATUS}
    trees = [nodes(file) for file in sorted((ROOT / "hub").rglob("*.py"))]
    statuses = {kind.__name__: status for kind, status in _STATUS}
    for kind in _kinds_below(trees, statuses):  # such as NoWeight, a Rejected with a code of its own
        status = statuses[kind.name]
        for code in _own_code(kind):
            found.setdefault(code, set()).add(_STATUS_OF_CODE.get(code, status))
    for tree in trees:
        for node in tree:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in statuses:
                for word in node.keywords:
                    if word.arg == "code" and isinstance(word.value, ast.Constant) and word.value.value:
                        code = str(word.value.value).partition(".")[0]
                        status = _STATUS_OF_CODE.get(code, statuses[node.func.id])
                        found.setdefault(code, set()).add(status)
    return found


def _kinds_below(trees: list[tuple[ast.AST, ...]], statuses: dict[str, int]) -> Iterator[ast.ClassDef]:
    """The classes that are derived from an error with a status, which get its status too."""
    classes = [node for tree in trees for node in tree if isinstance(node, ast.ClassDef)]
    while below := [
        (node, base.id)
        for node in classes
        for base in node.bases
        if node.name not in statuses and isinstance(base, ast.Name) and base.id in statuses
    ]:
        for node, base in below:
            statuses[node.name] = statuses[base]
            yield node


def _own_code(kind: ast.ClassDef) -> Iterator[str]:
    """The code that a class of errors gives to all of its own."""
    for line in kind.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
            names = [target.id for target in line.targets if isinstance(target, ast.Name)]
            if names == ["code"] and line.value.value:
                yield str(line.value.value)


def _settings(name: str) -> list[str]:
    registry = load_plugins([name])
    kind = registry.of_accounts(name)
    assert kind is not None, name
    schema = settings_schema(kind.settings_type)
    secret = secret_fields(kind.settings_type)
    needed = set(schema.get("required", ()))
    lines = []
    for field, facts in schema["properties"].items():
        how = "secret" if field in secret else "needed" if field in needed else ""
        if field in secret and field in needed:
            how = "secret, needed"
        said = " ".join(str(facts.get("description", "")).replace("|", "/").split())
        lines.append((f"`{field}`", how, said))
    return [f"### {name}", "", *_table(("setting", "", "what it is"), lines)]


def page() -> str:
    """The whole page."""
    assert questions.ROOMS  # the rooms have declared their kinds
    kinds = {code: kind.code for kind in all_kinds() for code in kind.answers}
    parts = [
        "# Lists",
        "",
        "What the doors take and give, read off the code; a test holds this page to it "
        "(`python -m tests.house.lists` writes it anew).",
        "",
        "## Stages",
        "",
        f"In their order: {_code(Stage)}. Over: {_code(stage for stage in Stage if stage.final)}.",
        "",
        f"Kinds of tracking events: {_code(EventKind)}.",
        "",
        "## States",
        "",
        *_table(
            ("field", "words"),
            [(f"`{view}.{name}`", _code(words)) for (view, name), words in WORDS.items() if name == "state"],
        ),
        "## Problems and their answers",
        "",
        *_table(
            ("kind", "what it says", "about", "money is at stake", "answers"),
            [
                (
                    f"`{kind.code}`",
                    problem_text(kind.code, {}, "en").replace("|", "/"),
                    _code(kind.about),
                    "yes" if kind.money else "",
                    _code(kind.answers),
                )
                for kind in all_kinds()
            ],
        ),
        *_table(
            ("answer", "what it does", "parameters"),
            [
                (f"`{code}`", answer_title(code, "en"), _code(answer_of(kind, code).parameters))
                for code, kind in sorted(kinds.items())
            ],
        ),
        "## Settings of accounts",
        "",
        "`POST /v1/sellers/{slug}/accounts` takes them in `settings`; `hub account add --set KEY=VALUE` too.",
        "",
        *(line for name in PLUGINS for line in _settings(name)),
        "## Codes of refusals",
        "",
        "Beside these: problems of HTTP itself ([errors](http.md#errors)), and codes of single results.",
        "",
        *_table(
            ("code", "status"),
            [
                (f"`{code}`", ", ".join(map(str, sorted(found))))
                for code, found in sorted(error_codes().items())
            ],
        ),
    ]
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
