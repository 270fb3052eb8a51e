"""Otpravka's errors, in every form they come in (recorded answers of 2018-2026, error tables of 2026-02).

(a) ``{"code", "desc", "sub-code"}``, the last two at will: single resources, forms, checkin, bad input (500)
(b) ``{"errors": [{"error-codes": [{"code", "description", "details"}], "position"}]}``, HTTP 200: orders
(c) ``{"errors": [{"error-code", "error-description", "error-details", "position"}]}``, HTTP 200: ids
(d) ``{"error-code", "f103-sent"}``: checkin and hand-in date
(e) ``{"code", "description"}``, alone or in ``errors[]``, in an object or in a list: returns
(f) ``{"timestamp", "status", "error", "message", "path"}``: the framework beneath, once under HTTP 200
(g) ``{"code", "message", "errors": [{"field", "message"}]}``: courier time slots
(h) 401: ``{"code": "ILLEGAL_CREDENTIALS", ...}``, ``{"error", "error_description"}``, or a text with
    ``invalid_grant``
(i) an error status with an empty body or a text: no error of the Post's own, ``httpx.HTTPStatusError``
(j) ``{"status": "ERROR", "message"}``: 406 and 407, and the balance under HTTP 200
(k) ``{"error-codes": [{"code", "description"}], "position"}``: form (b) without its list, to an edit

To a *change* that is answered with HTTP 200, only forms (a) and (e) are an error as a whole, for only they
are documented there: what else looks like one may come from anybody on the way, and says nothing
(:mod:`russian_post_api.changes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import httpx
import msgspec

from russian_post_api.structs import ErrorInfo

CREDENTIAL_ERRORS = frozenset({"ILLEGAL_CREDENTIALS", "INVALID_GRANT"})
BAD_INPUT = "1002"
"""INTERNAL_ERROR, HTTP 500: what bad or unknown input is answered with, and a true fault as well."""


class OtpravkaError(Exception):
    """The Post said no. ``errors`` says why; ``http_status`` may be anything, 200 included.

    Compare through :attr:`codes`: codes outside the documentation occur. The message holds codes only, since
    the Post's texts repeat what was sent.
    """

    def __init__(self, errors: Iterable[ErrorInfo], response: httpx.Response) -> None:
        self.errors = tuple(errors)
        self.response = response
        self.http_status = response.status_code
        shown = ", ".join(_shown(error) for error in self.errors) or "no code"
        super().__init__(f"Russian Post answered HTTP {self.http_status}: {shown}")

    @property
    def codes(self) -> frozenset[str]:
        """Codes and sub-codes in capitals."""
        found = {error.code.upper() for error in self.errors} | {e.sub_code.upper() for e in self.errors}
        return frozenset(found - {""})


def errors_in(body: bytes) -> tuple[ErrorInfo, ...]:
    """The errors of a body, in whatever form; empty where it holds none. Forms (a) to (h)."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return (ErrorInfo(code="invalid_grant"),) if b"invalid_grant" in body[:4096] else ()
    return tuple(_errors(value))


def errors_of_items(body: bytes) -> tuple[ErrorInfo, ...]:
    """The errors of an answer to a change of several things: forms (b), (c), (e) and (k)."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return ()
    return tuple(_items(value))


def error_of_whole(body: bytes, *, of_change: bool = False) -> tuple[ErrorInfo, ...]:
    """Forms (a), (f) and (h): an answer that is an error as a whole. Per-item errors are no such thing.

    ``of_change``: the answer is one to a change, where only the documented forms count.
    """
    if body.lstrip()[:1] != b"{":
        return ()
    try:
        head = _head.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return ()
    return tuple(_documented(head) if of_change else _whole(head))


_head = msgspec.json.Decoder(dict[str, Any])


def raise_for_error(response: httpx.Response, *, of_change: bool = False) -> None:
    """Raises what the answer, which must have been read, says: OtpravkaError or httpx.HTTPStatusError."""
    body = response.content
    found = error_of_whole(body, of_change=of_change) if response.is_success else errors_in(body)
    if not found and (response.status_code in (406, 407) or (response.is_success and not of_change)):
        found = _bare(body)
    if found:
        raise OtpravkaError(found, response)
    response.raise_for_status()


def _bare(body: bytes) -> tuple[ErrorInfo, ...]:
    """Form (j)."""
    if b'"ERROR"' not in body:
        return ()
    try:
        head = _head.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return ()
    if head.get("status") != "ERROR" or not isinstance(head.get("message"), str):
        return ()
    return (ErrorInfo(code="ERROR", description=head["message"]),)


def _shown(error: ErrorInfo) -> str:
    return " ".join(part for part in (error.code, error.sub_code) if part) or "no code"


def _errors(value: Any) -> Iterator[ErrorInfo]:
    if isinstance(value, dict):
        yield from _whole(value)
    yield from _items(value)
    if isinstance(value, dict) and (code := _text(value.get("error-code"))):
        yield ErrorInfo(code=code)


def _items(value: Any) -> Iterator[ErrorInfo]:
    if isinstance(value, list):
        for number, one in enumerate(value):
            if isinstance(one, dict):
                position = one.get("position")
                yield from _listed(one.get("errors"), position if isinstance(position, int) else number)
    elif isinstance(value, dict):
        yield from _listed(value.get("errors"), None)
        if "error-codes" in value:
            yield from _listed([value], None)


def _documented(body: dict[str, Any]) -> Iterator[ErrorInfo]:
    if _text(body.get("code")) and body.keys() & {"desc", "sub-code", "description"}:
        yield from _whole(body)


def _whole(body: dict[str, Any]) -> Iterator[ErrorInfo]:
    if "code" in body and body.keys() & {"desc", "sub-code", "description", "message"}:
        yield ErrorInfo(
            code=_text(body["code"]),
            sub_code=_text(body.get("sub-code")),
            description=_text(body.get("desc") or body.get("description") or body.get("message")),
        )
    elif "code" in body and len(body) == 1:
        yield ErrorInfo(code=_text(body["code"]))
    elif "path" in body and isinstance(body.get("status"), int) and body["status"] >= 400:
        yield ErrorInfo(code=_text(body["status"]), description=_text(body.get("error")))
    elif isinstance(body.get("error"), str):
        yield ErrorInfo(code=body["error"], description=_text(body.get("error_description")))


def _listed(errors: Any, position: int | None) -> Iterator[ErrorInfo]:
    for error in errors if isinstance(errors, list) else ():
        if not isinstance(error, dict):
            yield ErrorInfo(description=_text(error), position=position)
            continue
        own = error.get("position")
        where = own if isinstance(own, int) else position
        if isinstance(error.get("error-codes"), list):
            for one in error["error-codes"]:
                if isinstance(one, dict):
                    yield _one(one, where)
        else:
            yield _one(error, where)


def _one(error: dict[str, Any], position: int | None) -> ErrorInfo:
    return ErrorInfo(
        code=_text(error.get("code") or error.get("error-code")),
        description=_text(error.get("description") or error.get("error-description") or error.get("message")),
        details=_text(error.get("details") or error.get("error-details")),
        position=position,
        field=_text(error.get("field")),
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)
