"""CDEK's errors, in every form they come in.

(a) ``{"errors": [{"code", "additional_code", "message"}]}``: calculator and list methods
(b) ``{"requests": [{"state": "INVALID", "errors": [...]}]}``: entities
(c) ``{"error", "error_description"}``: OAuth
(d) ``{"timestamp", "path", "status", "error", "message"}``: the gateway
(e) ``{"alerts": [{"type", "errorCode", "msg"}]}``: internal services
(f) HTML or nothing on 5xx: no error of CDEK's own, so ``httpx.HTTPStatusError`` is raised for it.

Sources: CDEK OpenAPI, July 2026 (a, b, c, e), CDEK China documentation, 2020-2025 (d), users' reports (e, f).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import httpx
import msgspec

from cdek_api.decoding import convert
from cdek_api.structs import ErrorInfo

TOKEN_ERRORS = frozenset({"v2_token_expired", "v2_authorization_incorrect"})


class CdekError(Exception):
    """CDEK said no. ``errors`` says why; ``http_status`` may be anything, 200 included.

    Compare codes through :attr:`codes`: some exist in both cases, and unpublished ones turn up.
    """

    def __init__(self, errors: Iterable[ErrorInfo], response: httpx.Response) -> None:
        self.errors = tuple(errors)
        self.response = response
        self.http_status = response.status_code
        codes = ", ".join(error.code for error in self.errors if error.code) or "no code"
        super().__init__(f"CDEK answered HTTP {self.http_status}: {codes}")

    @property
    def codes(self) -> frozenset[str]:
        """The error codes in lower case."""
        return frozenset(error.code.lower() for error in self.errors)


class NoOutcome(msgspec.ValidationError):
    """The answer to a change, under a status of success, says neither that it was taken nor that it was
    refused: it may have been either. Look before anything is sent again."""

    def __init__(self) -> None:
        super().__init__("the answer says neither that it was done nor that it was refused")


def errors_in(body: bytes) -> tuple[ErrorInfo, ...]:
    """The errors of an answer's body, in whatever form; empty where it holds none or is not JSON."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return ()
    return tuple(_errors(value)) if isinstance(value, dict) else ()


def _errors(body: dict[str, Any]) -> Iterator[ErrorInfo]:
    yield from _listed(body.get("errors"))
    for request in body.get("requests") or ():
        if isinstance(request, dict):
            yield from _listed(request.get("errors"))
    for alert in body.get("alerts") or ():
        if isinstance(alert, dict):
            yield ErrorInfo(code=_text(alert.get("errorCode")), message=_text(alert.get("msg")))
    if error := _text(body.get("error")):  # (c) and (d) differ in where the text is
        yield ErrorInfo(code=error, message=_text(body.get("error_description") or body.get("message")))


def _listed(errors: Any) -> Iterator[ErrorInfo]:
    for error in errors if isinstance(errors, list) else ():
        yield convert(error, ErrorInfo) if isinstance(error, dict) else ErrorInfo(message=_text(error))


def _text(value: Any) -> str:
    return "" if value is None else str(value)
