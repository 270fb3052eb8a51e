"""JSON bodies of requests, read strictly: what two readers could read differently is refused.

A key that is given twice, text that is no UTF-8, numbers that JSON does not have, and nesting that no request
needs are 400, before anything else looks at the body.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any, NoReturn

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from hub.flow.history.key_views import Principal
from hub.words import said

DEPTH = 64
"""How deeply objects and lists may stand in one another."""
_LARGE = 256 * 1024
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")


class StrictRequest(Request[Principal, str, State]):
    """A request whose JSON body has one meaning."""

    async def json(self) -> Any:
        """The body. Raises HTTPException (400)."""
        known = self.scope.get("hub.json", self)
        if known is self:
            body = await checked(await self.body() or b"null")
            known = self.scope["hub.json"] = msgspec.json.decode(body)  # type: ignore[typeddict-unknown-key]
        return known


async def checked(body: bytes) -> bytes:
    """The same body, where it has one meaning. Raises HTTPException (400). A large one is read beside the
    event loop."""
    if len(body) > _LARGE:
        await asyncio.to_thread(check, body)
    else:
        check(body)
    return body


def check(body: bytes) -> None:
    """Raise HTTPException (400) that says what is wrong with a JSON text."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse(
            said(
                "it is not UTF-8 text (byte {start})",
                code="field.utf_8_text_byte",
                values={"start": error.start},
            )
        )
    _check_depth(text)
    try:
        json.loads(text, object_pairs_hook=_once, parse_constant=_no_such_number)
        msgspec.json.decode(body, type=msgspec.Raw)
    except _Twice as error:
        _refuse(
            said(
                "the key {shown} is given twice in one object",
                code="field.key_given_twice_one",
                values={"shown": error.shown},
            )
        )
    except (ValueError, msgspec.DecodeError, RecursionError):
        _refuse(said("it is not JSON", code="field.json"))


class _Twice(Exception):
    def __init__(self, key: str) -> None:
        self.shown = json.dumps(key[:50])


def _once(pairs: list[tuple[str, Any]]) -> None:
    keys: set[str] = set()
    for key, _ in pairs:
        if key in keys:
            raise _Twice(key)
        keys.add(key)


def _no_such_number(word: str) -> NoReturn:
    raise ValueError(word)


def _check_depth(text: str) -> None:
    """Before any reader that calls itself for every level: it would end in an error of its own."""
    if text.count("[") + text.count("{") <= DEPTH:
        return
    depth = 0
    for match in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if match[0] in "[{" else -1
        if depth > DEPTH:
            _refuse(
                said(
                    "it is nested more than {depth} deep",
                    code="field.nested_more_deep",
                    values={"depth": DEPTH},
                )
            )


def _refuse(message: str) -> NoReturn:
    raise HTTPException(status_code=400, extra=[{"key": "body", "message": message, "source": "body"}])
