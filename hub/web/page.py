"""``/schema``: the OpenAPI document, and a page for people. Neither loads anything from elsewhere."""

from __future__ import annotations

from html import escape
from typing import Any

import msgspec
from litestar import Request
from litestar.enums import MediaType, OpenAPIMediaType
from litestar.openapi.plugins import OpenAPIRenderPlugin

from hub.web.description import described

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:2rem 1rem;color:#1b2430}
h1{font-size:1.6rem;margin:0}h2{font-size:1.05rem;margin:2rem 0 .4rem;text-transform:capitalize}
table{border-collapse:collapse;width:100%}td{border-top:1px solid #e3e7ec;padding:.35rem .6rem .35rem 0;
vertical-align:top}td:first-child{width:4.5rem;font-weight:600}code{font:13px ui-monospace,monospace}
.POST{color:#0a6b3d}.GET{color:#1d4fa3}.DELETE{color:#a32626}small{color:#6a7685}
"""


class SchemaPlugin(OpenAPIRenderPlugin):
    """The document itself, at ``/schema`` and ``/schema/openapi.json``. Made on the first request."""

    def __init__(self) -> None:
        super().__init__(path=["/", "/openapi.json"], media_type=OpenAPIMediaType.OPENAPI_JSON)
        self._rendered: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        if self._rendered is None:
            self._rendered = msgspec.json.encode(described(openapi_schema))
        return self._rendered


class PagePlugin(OpenAPIRenderPlugin):
    """The list of routes as a page, at ``/schema/page``."""

    def __init__(self) -> None:
        super().__init__(path="/page", media_type=MediaType.HTML)

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        groups: dict[str, list[str]] = {}
        for path, item in openapi_schema["paths"].items():
            for method, operation in item.items():
                if isinstance(operation, dict):
                    tag = (operation.get("tags") or ["other"])[0]
                    groups.setdefault(tag, []).append(_row(method.upper(), path, operation))
        info = openapi_schema["info"]
        parts = [
            "<!doctype html><html lang=en><meta charset=utf-8>",
            '<meta name=viewport content="width=device-width,initial-scale=1">',
            f"<title>{escape(info['title'])}</title><style>{_STYLE}</style>",
            f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>",
            f"<p>{escape(info.get('description', ''))} <a href=openapi.json>openapi.json</a></p>",
        ]
        for tag, rows in groups.items():
            parts.append(f"<h2>{escape(tag)}</h2><table>{''.join(rows)}</table>")
        return "".join(parts).encode()


def _row(method: str, path: str, operation: dict[str, Any]) -> str:
    names = [p["name"] for p in operation.get("parameters", ()) if p.get("in") in ("query", "header")]
    more = f" <small>{escape(', '.join(names))}</small>" if names else ""
    summary = escape(operation.get("summary") or "")
    return f"<tr><td class={method}>{method}<td><code>{escape(path)}</code><br>{summary}{more}</tr>"
