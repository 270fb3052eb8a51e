"""What the OpenAPI document says beyond what the framework reads off routes: files, problems, plain names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, get_args

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

from hub.plugin_api.models import EventKind, Stage
from hub.store.rows import OperationState
from hub.web.bodies import REQUESTS
from hub.web.problems import MEDIA_TYPE, Problem

BYTES = "application/octet-stream"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_TYPES = ("application/pdf", "image/png", BYTES, "text/html")
"""What a document may be. Generators take the first that they know, and text is no file to them."""

WORDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("PostingView", "stage"): tuple(Stage),
    ("PostingView", "books"): ("seller", "marketplace"),
    ("TrackingView", "kind"): tuple(EventKind),
    ("OperationView", "state"): get_args(OperationState),
    ("ShipmentView", "state"): (
        *("booking", "booked", "failed", "cancelling", "cancelled", "unknown", "checking"),
    ),
    ("DocumentView", "state"): ("requested", "ready", "failed", "superseded", "erased"),
    ("MessageView", "state"): ("sent", "failed"),
    ("ProblemView", "state"): ("open", "answered", "closed"),
}
"""The words that a field of an answer takes, where it is a text in the hub."""

_GENERIC = re.compile(r"\b(?P<outer>[A-Za-z]+)_[a-z_.]*\.(?P<inner>[A-Z][A-Za-z0-9]*)_")


def operation_id(handler: HTTPRouteHandler, method: Any, path: Any) -> str:
    """The name of a route's function in camel case: what a generated client calls its method."""
    first, *rest = handler.handler_name.split("_")
    return first + "".join(word.title() for word in rest)


def _bytes() -> OpenAPIMediaType:
    return OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY))


@dataclass
class FileOperation(Operation):
    """The answer is a file, of any type that a document may have."""

    def __post_init__(self) -> None:
        self._answer_is("The file", FILE_TYPES)

    def _answer_is(self, description: str, types: tuple[str, ...]) -> None:
        assert self.responses is not None
        content = {kind: _bytes() for kind in types}
        self.responses["200"] = OpenAPIResponse(description=description, content=content)


@dataclass
class XlsxOperation(FileOperation):
    """The answer is an Excel file."""

    def __post_init__(self) -> None:
        self._answer_is("An Excel file", (XLSX,))


@dataclass
class PictureOperation(FileOperation):
    """The answer is a picture."""

    def __post_init__(self) -> None:
        self._answer_is("A picture", ("image/png", BYTES))


@dataclass
class TableOperation(Operation):
    """The body is a table; also as plain bytes, for generated clients that know no such types."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody(
            required=True,
            description="A CSV or Excel file whose header names the columns.",
            content={
                "text/csv": OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING)),
                XLSX: _bytes(),
                BYTES: _bytes(),
            },
        )


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """The document with our problems as the answer of every error instead of the framework's own, with the
    limits of what a body may hold, which the framework leaves out, and with names that hold no module's."""
    template = "#/components/schemas/{name}"
    _, bodies = msgspec.json.schema_components(REQUESTS, ref_template=template)
    _, problems = msgspec.json.schema_components([Problem], ref_template=template)
    schemas = schema["components"].get("schemas", {}) | problems | _optional(bodies)
    for (view, name), words in WORDS.items():
        field = schemas[view]["properties"][name] | {"enum": [str(word) for word in words]}
        properties = schemas[view]["properties"] | {name: field}
        schemas[view] = schemas[view] | {"properties": properties}
    paths = {
        path: {method: _operation(path, operation) for method, operation in item.items()}
        for path, item in schema["paths"].items()
    }
    whole = schema | {"paths": paths, "components": schema["components"] | {"schemas": schemas}}
    whole = _any_of(whole)
    named: dict[str, Any] = msgspec.json.decode(_GENERIC.sub(_plain, msgspec.json.encode(whole).decode()))
    return named


def _optional(value: Any) -> Any:
    """Without default values: generators take a field that has one for one that is always there, which is
    true of an answer and not of a body."""
    if isinstance(value, dict):
        return {key: _optional(one) for key, one in value.items() if key != "default"}
    return [_optional(one) for one in value] if isinstance(value, list) else value


def _any_of(value: Any) -> Any:
    """What may be this or that may be both: a short answer is a part of the whole one. Numbers that are told
    as texts have their form, and objects of any content say so."""
    if isinstance(value, dict):
        if value.get("format") == "decimal" and "pattern" not in value:
            value = value | {"pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,9})?$"}
        if value.get("type") == "object" and not {"properties", "additionalProperties"} & set(value):
            value = value | {"additionalProperties": True}
        return {("anyOf" if key == "oneOf" else key): _any_of(one) for key, one in value.items()}
    return [_any_of(one) for one in value] if isinstance(value, list) else value


def _operation(path: str, operation: Any) -> Any:
    if not isinstance(operation, dict) or "responses" not in operation:
        return operation
    answers = {
        code: answer for code, answer in operation["responses"].items() if code < "400" or _named(answer)
    }
    problem = {
        "description": "A problem (RFC 9457): what is wrong, in which field, and what to do",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    open_to_all: dict[str, Any] = {} if operation.get("security") else {"security": []}
    return operation | open_to_all | {"responses": answers | {"default": problem}}


def _plain(name: re.Match[str]) -> str:
    """``Listing_hub.flow.views.PostingView_`` is a ``PostingViewListing``."""
    return name["inner"] + name["outer"]


def _named(answer: Any) -> bool:
    """Whether an answer has a body of ours, such as the 503 of health: the framework's own errors are
    written out in place, and are the problem that every route declares."""
    content = answer.get("content", {}) if isinstance(answer, dict) else {}
    return any("$ref" in one.get("schema", {}) for one in content.values())
