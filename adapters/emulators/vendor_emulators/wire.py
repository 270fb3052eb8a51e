"""Requests, answers and routes of an emulator."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

JSON = "application/json"


class Refusal(Exception):
    """Ends a handler with this answer."""

    def __init__(self, response: "Response") -> None:
        super().__init__(response.status)
        self.response = response


class Request:
    """One request, read whole. Header names are in lower case."""

    __slots__ = ("body", "client", "headers", "method", "params", "path", "query_string")

    def __init__(
        self,
        method: str,
        path: str,
        query_string: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        client: str = "",
    ) -> None:
        self.method = method
        self.path = path
        self.query_string = query_string
        self.headers = dict(headers or {})
        self.body = body
        self.client = client
        self.params: dict[str, str] = {}

    def copy(self) -> "Request":
        """The same request, as it came once more."""
        return Request(self.method, self.path, self.query_string, self.headers, self.body, self.client)

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.query_string, keep_blank_values=True)

    def query_value(self, name: str) -> str | None:
        return next((value for key, value in self.query if key == name), None)

    def json(self) -> Any:
        """The body as plain JSON values; raises ``msgspec.DecodeError``."""
        return msgspec.json.decode(self.body)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class Response:
    """One answer, whole."""

    __slots__ = ("body", "headers", "status")

    def __init__(
        self,
        status: int = 200,
        body: bytes = b"",
        content_type: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.body = body
        self.headers = {k.lower(): v for k, v in (headers or {}).items()}
        if content_type is not None:
            self.headers["content-type"] = content_type

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


def json_response(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status, msgspec.json.encode(value), JSON, headers)


Handler = Callable[[Request], Response]


class Router:
    """Routes by method and path template (``/v2/orders/{uuid}``); literal paths are one dict look-up."""

    def __init__(self) -> None:
        self._literal: dict[tuple[str, str], Handler] = {}
        self._templates: list[tuple[str, re.Pattern[str], Handler]] = []

    def add(self, method: str, path: str, handler: Handler) -> None:
        if "{" not in path:
            self._literal[method, path] = handler
            return
        pieces = re.split(r"\{(\w+)\}", path)
        pattern = "".join(
            re.escape(piece) if i % 2 == 0 else f"(?P<{piece}>[^/]+)" for i, piece in enumerate(pieces)
        )
        self._templates.append((method, re.compile(pattern), handler))

    def find(self, request: Request) -> Handler | None:
        """The handler of this request; fills ``request.params`` from the template."""
        handler = self._literal.get((request.method, request.path))
        if handler is not None:
            return handler
        for method, pattern, candidate in self._templates:
            if method == request.method and (match := pattern.fullmatch(request.path)):
                request.params = match.groupdict()
                return candidate
        return None

    def methods_of(self, path: str) -> set[str]:
        """The methods that this path knows, for 405."""
        literal = {method for method, known in self._literal if known == path}
        return literal | {method for method, pattern, _ in self._templates if pattern.fullmatch(path)}
