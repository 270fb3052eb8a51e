"""A vendor's OpenAPI 3.0 document, closed: what it does not declare is a violation.

Vendors publish schemas that accept any extra key, so a misspelt field passes an ordinary
validator. Here every object schema that declares properties, and says nothing about others,
refuses others.

The conversion to JSON Schema 2020-12 keeps validation keywords only, turns ``nullable`` into a type
union and boolean ``exclusiveMinimum`` into a number, and drops ``readOnly`` properties, which no request
may carry. Members of a composition stay open and their parent is closed with
``unevaluatedProperties``, because closed members of an ``allOf`` would refuse each other's properties.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote
from uuid import UUID

import httpx
import jsonschema_rs

Schema = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
KEPT = (
    *("type", "enum", "required", "minimum", "maximum", "multipleOf", "minLength", "maxLength", "pattern"),
    *("format", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
)
COMPOSITIONS = ("allOf", "oneOf", "anyOf")


class Operation(NamedTuple):
    """One operation of the document: ``Operation("GET", "/v2/orders/{uuid}")``."""

    method: str
    path: str


@dataclass(frozen=True)
class Parameter:
    name: str
    place: str
    required: bool
    schema: Schema

    @property
    def many(self) -> bool:
        return "array" in _types(self.schema)


class ClosedSpec:
    """Checks HTTP requests against a closed OpenAPI 3.0 document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        components = document.get("components", {}).get("schemas", {})
        self._schemas = {
            "closed": {name: _convert(schema, closed=True) for name, schema in components.items()},
            "open": {name: _convert(schema, closed=False) for name, schema in components.items()},
        }
        self._declared: dict[Operation, Mapping[str, Any]] = {}
        self._parameters: dict[Operation, list[Parameter]] = {}
        for path, item in document["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = Operation(method.upper(), path)
                    self._declared[operation] = item[method]
                    both = [*item.get("parameters", ()), *item[method].get("parameters", ())]
                    self._parameters[operation] = [self._parameter(raw) for raw in both]
        self._validators: dict[object, jsonschema_rs.Validator] = {}

    @classmethod
    def load(cls, path: Path | str) -> ClosedSpec:
        """Reads an OpenAPI 3.0 document in JSON. Nothing is compiled until an operation is used."""
        return cls(json.loads(Path(path).read_bytes()))

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation, in the order of the document."""
        return tuple(self._declared)

    def match(self, method: str, path: str) -> Operation | None:
        """The operation that a concrete path belongs to; the template with the most literal text wins."""
        found = self._match(path)
        candidates = [op for op, _ in found if op.method == method.upper()]
        return candidates[0] if candidates else None

    def request_violations(self, request: httpx.Request) -> list[str]:
        """:meth:`violations` of a request that httpx has built (its body must be read already)."""
        return self.violations(
            request.method,
            request.url.raw_path.decode("ascii").partition("?")[0],
            request.url.params.multi_items(),
            request.headers,
            request.content or None,
            request.headers.get("content-type"),
        )

    def violations(
        self,
        method: str,
        path: str,
        query: list[tuple[str, str]],
        headers: Mapping[str, str],
        body: bytes | None,
        content_type: str | None,
    ) -> list[str]:
        """What is wrong with a request, one line each; an empty list when nothing is.

        ``path`` is the path alone, percent-encoded or not. Headers that the document does not name are
        the transport's business and pass.
        """
        found = self._match(path)
        if not found:
            return [f"unknown path {path}"]
        matches = [(op, values) for op, values in found if op.method == method.upper()]
        if not matches:
            return [f"unknown method {method.upper()} of {found[0][0].path}"]
        operation, values = matches[0]
        given: dict[str, list[tuple[str, str]]] = {
            "path": list(values.items()),
            "query": query,
            "header": [(name.lower(), value) for name, value in headers.items()],
        }
        return [
            *self._parameter_violations(operation, given),
            *self._body_violations(operation, body, content_type),
        ]

    @cached_property
    def _templates(self) -> list[tuple[Operation, re.Pattern[str]]]:
        def literal(operation: Operation) -> int:
            return -len(re.sub(r"\{[^}]*\}", "", operation.path))

        return [(operation, _template(operation.path)) for operation in sorted(self._declared, key=literal)]

    def _match(self, path: str) -> list[tuple[Operation, dict[str, str]]]:
        found = []
        for operation, pattern in self._templates:
            if hit := pattern.fullmatch(path):
                names = re.findall(r"\{([^}]*)\}", operation.path)
                found.append((operation, dict(zip(names, map(unquote, hit.groups()), strict=True))))
        return found

    def _parameter(self, raw: Mapping[str, Any]) -> Parameter:
        raw = self._resolve(raw)
        return Parameter(
            name=raw["name"].lower() if raw["in"] == "header" else raw["name"],
            place=raw["in"],
            required=bool(raw.get("required", False)),
            schema=_convert(raw.get("schema", {}), closed=True),
        )

    def _resolve(self, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follows a reference to a shared parameter or request body."""
        while "$ref" in raw:
            node: Any = self._document
            for step in raw["$ref"].removeprefix("#/").split("/"):
                node = node[step.replace("~1", "/").replace("~0", "~")]
            raw = node
        return raw

    def _parameter_violations(
        self, operation: Operation, given: Mapping[str, list[tuple[str, str]]]
    ) -> Iterator[str]:
        declared = self._parameters[operation]
        known = {(p.place, p.name) for p in declared}
        for name, _ in given["query"]:
            if ("query", name) not in known:
                yield f"query {name}: unknown parameter"
        for parameter in declared:
            if parameter.place not in given:  # cookies: no vendor of ours uses them
                continue
            values = [value for name, value in given[parameter.place] if name == parameter.name]
            where = f"{parameter.place} {parameter.name}"
            if not values:
                if parameter.required:
                    yield f"{where}: required parameter is missing"
                continue
            if len(values) > 1 and not parameter.many:
                yield f"{where}: given {len(values)} times"
                continue
            validator = self._validator((operation, where), parameter.schema)
            if parameter.many:
                items = parameter.schema.get("items", {})
                yield from _errors(validator, [_coerce(value, items) for value in values], where)
            else:
                yield from _errors(validator, _coerce(values[0], parameter.schema), where)

    def _body_violations(
        self, operation: Operation, body: bytes | None, content_type: str | None
    ) -> Iterator[str]:
        declared = self._resolve(self._declared[operation].get("requestBody", {}))
        content = declared.get("content", {})
        if not body:
            if declared.get("required"):
                yield "body: required body is missing"
            return
        if not content:
            yield "body: the operation takes none"
            return
        media = (content_type or "").partition(";")[0].strip().lower()
        if media not in content:
            yield f"body: content type {media or 'absent'}, the operation takes {', '.join(content)}"
            return
        try:
            value = json.loads(body)
        except ValueError:
            yield "body: not JSON"
            return
        schema = _convert(content[media].get("schema", {}), closed=True)
        yield from _errors(self._validator((operation, media), schema), value, "body")

    def _validator(self, key: object, schema: Schema) -> jsonschema_rs.Validator:
        if key not in self._validators:
            self._validators[key] = jsonschema_rs.Draft202012Validator(
                {**schema, "$defs": self._reachable(schema)},
                validate_formats=True,
                formats=FORMATS,
                ignore_unknown_formats=True,
                offline=True,
            )
        return self._validators[key]

    def _reachable(self, schema: Schema) -> Schema:
        """The component schemas that ``schema`` needs, so that one operation does not compile them all."""
        found: dict[str, Schema] = {"closed": {}, "open": {}}
        waiting = [schema]
        while waiting:
            for kind, name in _references(waiting.pop()):
                if name not in found[kind]:
                    found[kind][name] = self._schemas[kind][name]
                    waiting.append(found[kind][name])
        return found


def _convert(schema: Mapping[str, Any], *, closed: bool) -> Schema:
    """An OpenAPI 3.0 schema as JSON Schema 2020-12; ``closed`` refuses undeclared properties."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        reference: Schema = {"$ref": f"#/$defs/{'closed' if closed else 'open'}/{name}"}
        return {"anyOf": [reference, {"type": "null"}]} if schema.get("nullable") else reference

    result: Schema = {key: schema[key] for key in KEPT if key in schema}
    properties = schema.get("properties", {})
    hidden = {name for name, value in properties.items() if value.get("readOnly")}
    if properties:
        result["properties"] = {
            name: _convert(value, closed=True) for name, value in properties.items() if name not in hidden
        }
    if hidden and "required" in result:
        result["required"] = [name for name in result["required"] if name not in hidden]
    if "items" in schema:
        result["items"] = _convert(schema["items"], closed=True)
    if "not" in schema:
        result["not"] = _convert(schema["not"], closed=False)
    extra = schema.get("additionalProperties")
    if extra is not None:
        result["additionalProperties"] = _convert(extra, closed=True) if isinstance(extra, Mapping) else extra

    composed = [key for key in COMPOSITIONS if key in schema]
    alone = closed and not properties and composed in (["oneOf"], ["anyOf"])
    for key in composed:
        result[key] = [_convert(member, closed=alone) for member in schema[key]]
    if closed and extra is None and not alone:
        if composed:
            result["unevaluatedProperties"] = False
        elif properties:
            result["additionalProperties"] = False

    for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if schema.get(exclusive) is True and limit in result:
            result[exclusive] = result.pop(limit)
        elif exclusive in schema and not isinstance(schema[exclusive], bool):
            result[exclusive] = schema[exclusive]
    if schema.get("nullable"):
        if "type" in result:
            result["type"] = [*_types(result), "null"]
        if "enum" in result and None not in result["enum"]:
            result["enum"] = [*result["enum"], None]
    return result


def _types(schema: Schema) -> list[str]:
    declared = schema.get("type", [])
    return [declared] if isinstance(declared, str) else list(declared)


def _references(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for member in node:
            yield from _references(member)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            kind, _, name = node["$ref"].removeprefix("#/$defs/").partition("/")
            yield kind, name
        for member in node.values():
            yield from _references(member)


def _template(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]*\}", path)
    return re.compile("([^/]+)".join(map(re.escape, parts)))


def _coerce(text: str, schema: Schema) -> object:
    """A parameter's text as the JSON value that its schema asks for; left as text where that fails."""
    types = _types(schema)
    if "integer" in types and re.fullmatch(r"[+-]?\d+", text):
        return int(text)
    if "number" in types:
        try:
            return float(text)
        except ValueError:
            return text
    if "boolean" in types and text in ("true", "false"):
        return text == "true"
    return text


def _errors(validator: jsonschema_rs.Validator, value: object, where: str) -> Iterator[str]:
    for error in validator.iter_errors(value):
        steps = ".".join(str(step) for step in error.instance_path)
        yield f"{where}{'.' if steps else ''}{steps}: {error.message[:300]}"


def _accepts(parse: Any) -> Any:
    def check(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return False
        return True

    return check


# date-time is looser than RFC 3339: CDEK asks for +0300, without the colon.
FORMATS = {
    "date": _accepts(date.fromisoformat),
    "date-time": _accepts(datetime.fromisoformat),
    "uuid": _accepts(UUID),
}
