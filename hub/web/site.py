"""The application with what HTTP promises of every address: HEAD wherever there is GET (RFC 9110, 9.3.2), and
the whole of ``Allow`` (10.2.1); the framework has neither."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, cast

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import (
    HTTPScope,
    LifeSpanReceive,
    LifeSpanScope,
    LifeSpanSend,
    Message,
    Receive,
    Scope,
    Send,
)

from hub.words import said


class Site(Litestar):
    """A `Litestar` that answers HEAD and tells every method that an address takes."""

    async def __call__(
        self,
        scope: Scope | LifeSpanScope,
        receive: Receive | LifeSpanReceive,
        send: Send | LifeSpanSend,
    ) -> None:
        if str(scope["type"]) != "http":
            await super().__call__(scope, receive, send)
            return
        asked = cast(HTTPScope, scope.copy())  # the server reads its own, which says HEAD
        head = asked["method"] == "HEAD"
        if head:
            asked["method"] = "GET"

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._with_allow(asked, message["headers"])
            elif head and message["type"] == "http.response.body":
                message = message | {"body": b""}
            await send(message)  # type: ignore[arg-type]

        await super().__call__(asked, receive, answer)

    def _with_allow(self, scope: HTTPScope, headers: Any) -> list[tuple[bytes, bytes]]:
        told = [(name, value) for name, value in headers if name.lower() != b"allow"]
        if len(told) == len(headers):
            return told
        methods = {one.strip() for name, value in headers if name.lower() == b"allow"
                   for one in value.decode().split(",")}  # fmt: skip
        methods |= self._methods.get(scope.get("path_template") or "", frozenset())
        if "GET" in methods:
            methods.add("HEAD")
        return [*told, (b"allow", ", ".join(sorted(methods)).encode())]

    @property
    def _methods(self) -> Mapping[str, Set[str]]:
        """The methods of each address: several routes may stand for one."""
        known: dict[str, set[str]] | None = self.state.get("methods")
        if known is None:
            known = {}
            for route in self.routes:
                if isinstance(route, HTTPRoute):
                    known.setdefault(route.path_format, set()).update(route.route_handler_map)
            self.state["methods"] = known
        return known


async def known_parameters(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """`must_be_known` as a guard, for the addresses that need no key."""
    must_be_known(connection)


def must_be_known(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """A query parameter that an address does not know is an error (HTTPException, 400), for a misspelt filter
    must not answer with other things than were asked for; and so is one that is given twice where one is
    taken."""
    if not connection.scope["query_string"]:
        return
    given = connection.query_params
    taken = _parameters(connection.app).get(id(connection.scope["route_handler"]), {})
    wrong = [
        (name, said("there is no such parameter here", code="field.no_parameter"))
        for name in given
        if name not in taken
    ] + [
        (name, said("it is given more than once", code="field.given_more_once"))
        for name in given
        if taken.get(name) is False and len(given.getall(name)) > 1
    ]
    if wrong:
        raise HTTPException(
            status_code=400,
            extra=[
                {"key": name, "message": message, "source": "query"} for name, message in sorted(set(wrong))
            ],
        )


def _parameters(app: Litestar) -> Mapping[int, Mapping[str, bool]]:
    """By handler: its query parameters, and whether each may be repeated."""
    known: dict[int, dict[str, bool]] | None = app.state.get("parameters")
    if known is None:
        known = {
            id(handler): {one.field_alias: one.is_sequence for one in model.expected_query_params}
            for route in app.routes
            if isinstance(route, HTTPRoute)
            for handler, model in route.route_handler_map.values()
        }
        app.state["parameters"] = known
    return known
