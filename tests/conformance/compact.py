"""What a vendor's specification says, as bare facts in a notation of our own: names, types, limits.

The files in ``schemas/`` hold it for the operations that the adapters and the emulators speak, so that their
requests and answers are checked in every clone. Where the vendors' own documents are beside the repository,
``test_compact.py`` derives the facts again and holds the files to them.

| noted | means |
|---|---|
| ``"string"``, ``"string?"`` | a type; null as well |
| ``"@Name"`` | a schema of ``types`` |
| ``{"name!": ..., "comment": ...}`` | an object and its fields, ``!`` for required ones |
| ``[...]`` | a list of it |
| ``{"$": "string", "maxLength": 30}`` | a type with limits; ``fields``, ``items``, compositions if any |
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.conformance.closed_spec import COMPOSITIONS, KEPT, ClosedSpec, Operation

SCHEMAS = Path(__file__).with_name("schemas")
LIMITS = (*(key for key in KEPT if key not in {"type", "required"}), "exclusiveMinimum", "exclusiveMaximum")
GONE = ("deprecated", "x-ozon-disabled-on")
SPECS = {
    "cdek": "cdek-v2-typed.json",
    "ozon": "ozon-seller-fulfilment.json",
    "russian-post": "russian-post-otpravka.json",
}
"""The vendor's document that each file of ours is held to."""

Note = Any
Facts = dict[str, Any]


@cache
def load(vendor: str) -> Facts:
    """Our file of this vendor."""
    facts: Facts = json.loads((SCHEMAS / f"{vendor}.json").read_bytes())
    return facts


def closed(vendor: str) -> ClosedSpec:
    """A validator of requests to this vendor."""
    return ClosedSpec(document(load(vendor)))


def document(facts: Facts) -> dict[str, Any]:
    """The facts as an OpenAPI document."""
    paths: dict[str, Any] = {}
    for operation, noted in facts["operations"].items():
        method, path = operation.split()
        declared: dict[str, Any] = {"deprecated": True} if noted.get("gone") else {}
        declared["parameters"] = [
            {"in": place, "name": name.removesuffix("!"), "required": name[-1] == "!", "schema": expand(note)}
            for place in ("path", "query", "header")
            for name, note in noted.get(place, {}).items()
        ]
        if "body" in noted or "body!" in noted:
            declared["requestBody"] = {
                "required": "body!" in noted,
                "content": {"application/json": {"schema": expand(noted.get("body!", noted.get("body")))}},
            }
        paths.setdefault(path, {})[method.lower()] = declared
    schemas = {name: expand(note) for name, note in facts["types"].items()}
    return {"openapi": "3.0.0", "paths": paths, "components": {"schemas": schemas}}


def derive(vendors: Mapping[str, Any], operations: Iterable[str]) -> Facts:
    """The facts of a vendor's document about these operations, and the types that they need."""
    noted = {name: _operation(vendors, Operation(*name.split())) for name in sorted(operations)}
    types: dict[str, Note] = {}
    waiting = list(_names(noted))
    while waiting:
        name = waiting.pop()
        if name not in types:
            types[name] = condense(vendors["components"]["schemas"][name])
            waiting += _names(types[name])
    return {"operations": noted, "types": dict(sorted(types.items()))}


def _operation(vendors: Mapping[str, Any], operation: Operation) -> dict[str, Note]:
    item = vendors["paths"][operation.path]
    declared = item[operation.method.lower()]
    noted: dict[str, Note] = {"gone": True} if any(declared.get(word) for word in GONE) else {}
    for raw in (*item.get("parameters", ()), *declared.get("parameters", ())):
        parameter = _resolved(vendors, raw)
        name = parameter["name"] + "!" * bool(parameter.get("required"))
        noted.setdefault(parameter["in"], {})[name] = condense(parameter.get("schema", {}))
    body = _resolved(vendors, declared.get("requestBody", {}))
    if body:
        [(media, content)] = body["content"].items()
        if media.partition(";")[0] != "application/json":
            raise ValueError(f"{operation}: {media} is not what our clients send")
        noted["body" + "!" * bool(body.get("required"))] = condense(content.get("schema", {}))
    return noted


def _resolved(vendors: Mapping[str, Any], raw: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in raw:
        node: Any = vendors
        for step in raw["$ref"].removeprefix("#/").split("/"):
            node = node[step]
        raw = node
    return raw


def condense(schema: Mapping[str, Any]) -> Note:
    """An OpenAPI schema in our notation; what is no fact for a validator is left out."""
    null = "?" * bool(schema.get("nullable"))
    if "$ref" in schema:
        return f"@{schema['$ref'].rpartition('/')[2]}{null}"
    required = set(schema.get("required", ()))
    properties = {
        name: condense(value)
        for name, value in schema.get("properties", {}).items()
        if not value.get("readOnly")
    }
    fields = {name + "!" * (name in required): note for name, note in sorted(properties.items())}
    more: dict[str, Note] = {key: schema[key] for key in LIMITS if key in schema}
    for key in COMPOSITIONS:
        if key in schema:
            more[key] = [condense(member) for member in schema[key]]
    for key in ("not", "additionalProperties"):
        if key in schema:
            more[key] = condense(schema[key]) if isinstance(schema[key], Mapping) else schema[key]
    if unnamed := sorted(required - schema.get("properties", {}).keys()):
        more["required"] = unnamed
    if fields:
        more["fields"] = fields
    if "items" in schema:
        more["items"] = condense(schema["items"])
    noted = f"{schema.get('type', '')}{null}"
    match noted, list(more):
        case "object", ["fields"]:
            return fields
        case "array", ["items"]:
            return [more["items"]]
        case _, []:
            return noted
        case _:
            return {"$": noted, **more}


def expand(note: Note) -> dict[str, Any]:
    """The other way round."""
    if isinstance(note, list):
        return {"type": "array", "items": expand(note[0])}
    if isinstance(note, str) or "$" not in note:
        note = {"$": note} if isinstance(note, str) else {"$": "object", "fields": note}
    noted = note["$"]
    null = {"nullable": True} if noted.endswith("?") else {}
    noted = noted.removesuffix("?")
    if noted.startswith("@"):
        return {"$ref": f"#/components/schemas/{noted[1:]}", **null}
    schema: dict[str, Any] = {"type": noted, **null} if noted else dict(null)
    schema |= {key: note[key] for key in LIMITS if key in note}
    for key in COMPOSITIONS:
        if key in note:
            schema[key] = [expand(member) for member in note[key]]
    for key in ("not", "additionalProperties"):
        if key in note:
            schema[key] = note[key] if isinstance(note[key], bool) else expand(note[key])
    fields = note.get("fields", {})
    required = [*note.get("required", ()), *(name[:-1] for name in fields if name.endswith("!"))]
    if required:
        schema["required"] = required
    if fields:
        schema["properties"] = {name.removesuffix("!"): expand(inner) for name, inner in fields.items()}
    if "items" in note:
        schema["items"] = expand(note["items"])
    return schema


def _names(node: Note) -> Iterable[str]:
    if isinstance(node, str) and node.startswith("@"):
        yield node[1:].removesuffix("?")
    elif isinstance(node, dict):
        for inner in node.values():
            yield from _names(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _names(inner)


def written(facts: Facts) -> str:
    """The file's text: a line for each operation, type and answer."""
    parts = []
    for part, lines in facts.items():
        inner = ",\n".join(
            f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(note, ensure_ascii=False)}"
            for name, note in lines.items()
        )
        parts.append(f"{json.dumps(part)}: {{\n{inner}\n}}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
