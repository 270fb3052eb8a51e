"""The closed validator catches what an ordinary one lets through."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest

from tests.conformance.closed_spec import ClosedSpec, Operation
from tests.conformance.compact import closed

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.0",
    "paths": {
        "/shelves/{shelf}": {
            "get": {
                "parameters": [
                    {"name": "shelf", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "full", "in": "query", "schema": {"type": "boolean"}},
                    {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}},
                    {"name": "Api-Key", "in": "header", "required": True, "schema": {"type": "string"}},
                ]
            }
        },
        "/shelves/{shelf}.pdf": {"get": {}},
        "/books": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Book"}}},
                }
            }
        },
        "/lent": {"post": {"requestBody": {"$ref": "#/components/requestBodies/Lent"}}},
    },
    "components": {
        "requestBodies": {
            "Lent": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Lent"}}}}
        },
        "schemas": {
            "Author": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "born": {"type": "string", "format": "date"}},
            },
            "Book": {
                "type": "object",
                "required": ["title", "id"],
                "properties": {
                    "id": {"type": "integer", "readOnly": True},
                    "title": {"type": "string"},
                    "pages": {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
                    "cover": {"type": "string", "enum": ["hard", "soft"], "nullable": True},
                    "authors": {"type": "array", "items": {"$ref": "#/components/schemas/Author"}},
                    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                    "free": {"type": "object"},
                },
            },
            "Lent": {
                "allOf": [
                    {"$ref": "#/components/schemas/Author"},
                    {"type": "object", "properties": {"until": {"type": "string"}}},
                ]
            },
        },
    },
}


@pytest.fixture(scope="module")
def spec() -> ClosedSpec:
    return ClosedSpec(DOCUMENT)


def _post(spec: ClosedSpec, path: str, value: object) -> list[str]:
    return spec.violations("POST", path, [], {}, json.dumps(value).encode(), "application/json")


def _get(
    spec: ClosedSpec, path: str, query: list[tuple[str, str]], headers: dict[str, str] | None = None
) -> list[str]:
    return spec.violations("GET", path, query, {"api-key": "k"} if headers is None else headers, None, None)


GOOD = {
    "title": "Atlas",
    "pages": 1,
    "cover": None,
    "authors": [{"name": "A", "born": "1900-01-01"}],
    "labels": {"any": "text"},
    "free": {"anything": 1},
}


def test_a_right_body_passes(spec: ClosedSpec) -> None:
    assert _post(spec, "/books", GOOD) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"titel": "x"}, "titel"),
        ({"authors": [{"name": "A", "age": 3}]}, "age"),
        ({"title": 7}, "string"),
        ({"pages": 0}, "minimum"),
        ({"cover": "paper"}, "paper"),
        ({"id": 5}, "id"),
        ({"authors": [{"born": "yesterday"}]}, "date"),
        ({"labels": {"n": 1}}, "string"),
    ],
)
def test_a_wrong_body_is_caught(spec: ClosedSpec, change: dict[str, object], word: str) -> None:
    [violation] = _post(spec, "/books", GOOD | change)
    assert word in violation


def test_missing_required_property(spec: ClosedSpec) -> None:
    [violation] = _post(spec, "/books", {})
    assert "title" in violation


def test_all_of_is_closed_as_a_whole(spec: ClosedSpec) -> None:
    assert _post(spec, "/lent", {"name": "A", "until": "May"}) == []
    [violation] = _post(spec, "/lent", {"name": "A", "untill": "May"})
    assert "untill" in violation


def test_unknown_path_and_method(spec: ClosedSpec) -> None:
    assert _get(spec, "/shelf/1", []) == ["unknown path /shelf/1"]
    assert _post(spec, "/shelves/1", {}) == ["unknown method POST of /shelves/{shelf}"]


def test_the_more_literal_path_wins(spec: ClosedSpec) -> None:
    assert spec.match("GET", "/shelves/1.pdf") == Operation("GET", "/shelves/{shelf}.pdf")
    assert spec.match("get", "/shelves/1") == Operation("GET", "/shelves/{shelf}")
    assert spec.match("GET", "/nothing") is None


def test_path_parameter_is_typed(spec: ClosedSpec) -> None:
    [violation] = _get(spec, "/shelves/top", [])
    assert violation.startswith("path shelf")


def test_query(spec: ClosedSpec) -> None:
    assert _get(spec, "/shelves/1", [("full", "true"), ("tag", "1"), ("tag", "2")]) == []
    assert _get(spec, "/shelves/1", [("ful", "true")]) == ["query ful: unknown parameter"]
    assert _get(spec, "/shelves/1", [("full", "yes")])[0].startswith("query full")
    assert _get(spec, "/shelves/1", [("tag", "1"), ("tag", "x")])[0].startswith("query tag.1")
    assert _get(spec, "/shelves/1", [("full", "true"), ("full", "true")]) == ["query full: given 2 times"]


def test_header(spec: ClosedSpec) -> None:
    assert _get(spec, "/shelves/1", [], {"API-KEY": "k", "User-Agent": "x"}) == []
    assert _get(spec, "/shelves/1", [], {}) == ["header api-key: required parameter is missing"]


def test_body_and_content_type(spec: ClosedSpec) -> None:
    assert spec.violations("POST", "/books", [], {}, None, None) == ["body: required body is missing"]
    assert spec.violations("POST", "/books", [], {}, b"a=1", "application/x-www-form-urlencoded") == [
        "body: content type application/x-www-form-urlencoded, the operation takes application/json"
    ]
    assert spec.violations("POST", "/books", [], {}, b"{", "application/json; charset=utf-8") == [
        "body: not JSON"
    ]
    got = spec.violations("GET", "/shelves/1", [], {"api-key": "k"}, b"{}", "application/json")
    assert got == ["body: the operation takes none"]


def test_a_request_of_httpx(spec: ClosedSpec) -> None:
    request = httpx.Request("POST", "https://library.example/books?x=1", json={"title": 1})
    assert sorted(line.split(":")[0] for line in spec.request_violations(request)) == [
        "body.title",
        "query x",
    ]


@pytest.mark.parametrize(
    ("vendor", "count", "member"),
    [
        ("cdek", 30, Operation("GET", "/v2/print/barcodes/{uuid}.pdf")),
        ("ozon", 40, Operation("POST", "/v4/posting/fbs/ship")),
        ("russian-post", 50, Operation("PUT", "/2.0/user/backlog")),
    ],
)
def test_vendors_schemas_compile(vendor: str, count: int, member: Operation) -> None:
    started = time.process_time()
    spec = closed(vendor)
    assert len(spec.operations) >= count
    assert member in spec.operations
    for operation in spec.operations:  # every schema of the vendor must compile, and be closed
        body = json.dumps({"surely_not_a_field": 1}).encode()
        headers = {"Client-Id": "1", "Api-Key": "k"}
        spec.violations(operation.method, operation.path, [], headers, body, "application/json")
    assert time.process_time() - started < 30


def test_vendors_schemas_are_closed() -> None:
    cdek = closed("cdek")
    order = {
        "tariff_code": 136,
        "recipient": {"name": "N", "phone": "+70000000000"},
        "packages": [{"number": "1", "weight": 100}],
    }
    [violation] = _post(cdek, "/v2/orders", order)
    assert violation.startswith("body.recipient")
    assert "phone" in violation
    ozon = closed("ozon")
    wrong = ozon.violations(
        "POST", "/v3/posting/fbs/get", [], {}, b'{"posting_numbr": "1"}', "application/json"
    )
    assert any("posting_numbr" in line for line in wrong)
    assert "header api-key: required parameter is missing" in wrong
