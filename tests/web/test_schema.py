"""The OpenAPI document: served, valid, complete, and with nothing from elsewhere."""

from __future__ import annotations

import re

import httpx
import jsonschema_rs
from litestar import Litestar
from litestar.routes import HTTPRoute

from tests.house.repository import ROOT


async def test_the_document_describes_every_route(site: Litestar, nobody: httpx.AsyncClient) -> None:
    answer = await nobody.get("/schema")
    assert answer.status_code == 200
    assert (await nobody.get("/schema/openapi.json")).json() == answer.json()
    document = answer.json()
    assert document["openapi"].startswith("3.1")
    routes = {
        (route.path_format, method.lower())
        for route in site.routes
        if isinstance(route, HTTPRoute) and route.path.startswith("/v1")
        for method in route.route_handler_map
        if method != "OPTIONS"
    }
    described = {
        (path, method)
        for path, item in document["paths"].items()
        for method in item
        if method in ("get", "post", "put", "patch", "delete")
    }
    assert described == routes
    identifiers = [item[m]["operationId"] for path, item in document["paths"].items() for m in item]
    assert len(identifiers) == len(set(identifiers))


async def test_every_operation_is_documented(nobody: httpx.AsyncClient) -> None:
    document = (await nobody.get("/schema")).json()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert operation["summary"], (method, path)
            assert operation["tags"], (method, path)
            problem = operation["responses"]["default"]["content"]["application/problem+json"]
            assert problem["schema"]["$ref"] == "#/components/schemas/Problem"
            assert operation["security"] == ([] if path.startswith("/v1/health") else [{"key": []}]), path


async def test_every_schema_compiles_and_every_reference_leads_somewhere(nobody: httpx.AsyncClient) -> None:
    document = (await nobody.get("/schema")).json()
    schemas = document["components"]["schemas"]
    for reference in set(re.findall(r'"\$ref":\s*"([^"]+)"', (await nobody.get("/schema")).text)):
        assert reference.removeprefix("#/components/schemas/") in schemas, reference
    for name in schemas:
        jsonschema_rs.validator_for(
            {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
        )


async def test_answers_are_what_the_document_says(
    alpha: httpx.AsyncClient, nobody: httpx.AsyncClient, seeded: object
) -> None:
    document = (await nobody.get("/schema")).json()
    posting = (await alpha.get("/v1/postings")).json()["items"][0]["id"]
    asked = {
        "/v1/postings": "/v1/postings?limit=2&seller=alpha",
        "/v1/postings/{posting_id}": f"/v1/postings/{posting}",
        "/v1/shipments": "/v1/shipments",
        "/v1/problems": "/v1/problems",
        "/v1/plugins": "/v1/plugins",
        "/v1/sellers": "/v1/sellers",
    }
    for path, url in asked.items():
        answer = await alpha.get(url)
        assert answer.status_code == 200, answer.text
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        whole = schema | {"components": document["components"]}
        jsonschema_rs.validator_for(whole).validate(answer.json())


async def test_the_page_loads_nothing_from_elsewhere(nobody: httpx.AsyncClient) -> None:
    answer = await nobody.get("/schema/page")
    assert answer.status_code == 200
    assert "/v1/shipments" in answer.text
    assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//", answer.text)
    assert "<script" not in answer.text


def _documented(known: set[str]) -> set[tuple[str, str]]:
    """The routes of docs/reference/http.md: one without /v1 goes on from the one before."""
    found = set()
    page = (ROOT / "docs/reference/http.md").read_text("utf-8")
    for methods, paths in re.findall(r"^\| ((?:`[A-Z]+` ?)+) \| (`/[^|]*) \|", page, re.MULTILINE):
        base = ""
        for code in re.findall(r"`([^`?]*)[^`]*`", paths):
            code = re.sub(r"\{[^}]*\}", "{}", code)
            if code.startswith("/v1"):
                base = path = code
            else:
                path = next(
                    (one for one in (base + code, base.rpartition("/")[0] + code) if one in known), code
                )
            found |= {(path, method.lower()) for method in re.findall(r"[A-Z]+", methods)}
    return found


async def test_the_reference_names_every_route_and_no_other(nobody: httpx.AsyncClient) -> None:
    document = (await nobody.get("/schema")).json()
    real = {
        (re.sub(r"\{[^}]*\}", "{}", path), method)
        for path, item in document["paths"].items()
        for method in item
    }
    known = {path for path, _ in real}
    documented = _documented(known)
    assert real <= documented
    assert {path for path, _ in documented} <= known


async def test_the_http_page_says_which_orders_may_be_waited_for(nobody: httpx.AsyncClient) -> None:
    """And which status each of them answers with."""
    document = (await nobody.get("/schema")).json()
    waits, spends = set(), {}
    for path, item in document["paths"].items():
        for operation in item.values():
            headers = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"}
            if "Prefer" in headers:
                waits.add(path)
            if "Idempotency-Key" in headers:
                spends[path] = min(int(code) for code in operation["responses"] if code.isdigit())
    assert waits == {"/v1/shipments", "/v1/labels"}
    answered = {path for path, status in spends.items() if status == 200} - waits
    assert {path.rpartition("/")[2] for path in answered} == {"answer"}
    page = " ".join((ROOT / "docs/reference/http.md").read_text("utf-8").split())
    assert "an answer to a problem is 200" in page
    assert "`POST /v1/shipments` alone of them takes `Prefer: wait=N`" in page
