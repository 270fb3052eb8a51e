"""Every error as an RFC 9457 problem: what is wrong, where, and what to do about it.

A seller's key learns nothing about other sellers: whatever is unknown and whatever belongs to somebody
else get the same body, byte for byte.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from hub.flow.history.results import SyncResult
from hub.plugin_api.errors import (
    AuthFailed,
    BadReply,
    ConfigError,
    Conflict,
    HubError,
    NotFound,
    Rejected,
    StoreError,
    Unavailable,
    Unconfirmed,
    Unsupported,
)
from hub.plugin_api.ids import new_id
from hub.web.access import hub_of
from hub.web.choices import choices_of
from hub.words import LANGUAGES, as_data, in_a_row, render, said, words_of

log = logging.getLogger("hub.web")

MEDIA_TYPE = "application/problem+json"
NOTHING_HERE = "There is no such thing here, or this key may not see it. Check the id and the seller."


class FieldProblem(msgspec.Struct, frozen=True, kw_only=True, rename={"place": "in"}):
    """One field that cannot be used; ``place`` is ``body``, ``query``, ``header`` or ``path``."""

    field: str
    place: str
    problem: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem document (RFC 9457, section 3). ``code`` is lower_snake and stable."""

    type: str
    title: str
    status: int
    detail: str
    """In the first of ``Accept-Language`` that the hub speaks (en, ru, zh), else in English."""
    code: str
    reason: str = ""
    """Which sentence ``detail`` is; begins with a code as above, and is as stable as the sentence."""
    values: dict[str, Any] = {}
    """What stands in the sentence; one that is a sentence itself has ``text``, ``code`` and ``values``."""
    fields: tuple[FieldProblem, ...] = ()
    candidates: tuple[str, ...] = ()
    """The ids that were meant, perhaps: of an ambiguous posting number."""
    vendor_code: str = ""
    """The vendor's own word for its refusal."""
    accounts: tuple[SyncResult, ...] = ()
    """Of ``sync_failed``: each account with the code of its own error."""
    incident: str = ""
    """The key of the log entry of an error that is our own."""


class SyncFailed(HubError):
    """No account of a seller could be read. ``status`` is what the accounts' own errors would have."""

    code = "sync_failed"

    def __init__(self, accounts: Sequence[SyncResult]) -> None:
        told = [
            said(
                "{account}: {error}", code="sync.account", values={"account": one.account, "error": one.error}
            )
            for one in accounts
        ]
        super().__init__(
            said(
                "No posting was fetched. {told}",
                code="sync_failed.no_posting_fetched",
                values={"told": in_a_row(told)},
            )
        )
        self.accounts = tuple(accounts)
        self.status = max(_STATUS_OF_FAILURE.get(one.code, 502) for one in accounts)


_STATUS: tuple[tuple[type[HubError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (Rejected, 422),
    (AuthFailed, 422),  # the vendor's credentials, not the caller's key: 401 would say the wrong thing
    (Unsupported, 422),
    (ConfigError, 422),
    (Unavailable, 503),
    (Unconfirmed, 502),
    (BadReply, 502),
)
_STATUS_OF_CODE = {
    "idempotency_key_reused": 422,  # draft-ietf-httpapi-idempotency-key-header, section 2.7
    "bad_cursor": 409,
    "page": 404,
}
_STATUS_OF_FAILURE = {kind.code: status for kind, status in _STATUS}
_CODES = {
    400: "bad_request",
    401: "not_authenticated",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    500: "internal",
}
_DETAILS = {
    405: said(
        "This address does not take this method; the Allow header lists the ones that it takes.",
        code="http.address_not_take_method_allow",
    ),
    413: said(
        "The body is larger than this address takes. Send it in smaller pieces.",
        code="http.body_larger_address_takes",
    ),
}


_NO_CHOICE = re.compile(r"Invalid enum value '(.*?)'(?: - at|$)", re.DOTALL)
_NAMED = re.compile(r"Object (?:contains unknown|missing required) field `([^`]+)`")


def problem_response(problem: Problem, headers: dict[str, str] | None = None) -> Response[Problem]:
    """The problem as a response."""
    return Response(
        problem,
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store"} | (headers or {}),
    )


def _problem(status: int, code: str, detail: str, language: str = "en", **more: Any) -> Problem:
    words = words_of(detail)
    return Problem(
        type=f"urn:parcelhub:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=render(detail, language),
        code=code,
        reason="" if words is None else words.code,
        values={} if words is None else as_data(words.values),
        **more,
    )


def _language(request: Request[Any, Any, Any]) -> str:
    """The first language that the caller asks for and the hub speaks (RFC 9110, section 12.5.4)."""
    asked = []
    for at, one in enumerate(request.headers.get("accept-language", "").split(",")[:20]):
        tag, _, weight = one.partition(";")
        quality = re.fullmatch(r"\s*q=([01](?:\.[0-9]{0,3})?)\s*", weight)
        asked.append((-float(quality[1]) if quality else -1.0, at, tag.strip().lower().partition("-")[0]))
    return next((tag for weight, _, tag in sorted(asked) if tag in LANGUAGES and weight), "en")


def _speaking(language: str, headers: Mapping[str, str] | None = None) -> dict[str, str]:
    return {"Content-Language": language, "Vary": "Accept-Language", **(headers or {})}


def nothing_here() -> Response[Problem]:
    """The one answer for everything that is unknown, and for everything that is somebody else's."""
    return problem_response(_problem(404, NotFound.code, NOTHING_HERE))


def _status_of(error: HubError) -> int:
    if isinstance(error, SyncFailed):
        return error.status
    known = _STATUS_OF_CODE.get(error.code)
    return known or next((status for kind, status in _STATUS if isinstance(error, kind)), 400)


def _of_hub(request: Request[Any, Any, Any], error: HubError) -> Response[Problem]:
    status = _status_of(error)
    if status == 404:
        return nothing_here()
    language = _language(request)
    headers = _speaking(language)
    if isinstance(error, Unavailable) and error.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(error.retry_after.total_seconds())))
    return problem_response(
        _problem(
            status,
            error.code,
            error.said,
            language,
            candidates=tuple(getattr(error, "candidates", ())),
            accounts=error.accounts if isinstance(error, SyncFailed) else (),
            vendor_code=error.vendor_code if isinstance(error, Rejected) else "",
        ),
        headers,
    )


def _of_store(request: Request[Any, Any, Any], error: StoreError) -> Response[Problem]:
    """A full disk, a lock: the caller may come again. Where the database lies is the operator's to know."""
    log.error("a request could not be served: %s", error.message)
    detail = said(
        "The hub's database cannot be used now; its operator sees why. Send the same request again later.",
        code="http.database",
    )
    language = _language(request)
    problem = _problem(503, error.code, detail, language)
    return problem_response(problem, _speaking(language, {"Retry-After": "30"}))


def _of_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    status = error.status_code
    extra = error.extra
    language = _language(request)
    fields: tuple[FieldProblem, ...] = ()
    code = _CODES.get(status, "http")
    detail = _DETAILS.get(status, error.detail)
    if status == 404:
        return nothing_here()
    if isinstance(extra, dict):
        code = str(extra.get("code", code))
    elif isinstance(extra, list):
        fields = tuple(_field(request, entry, language) for entry in extra if isinstance(entry, dict))
        code = "invalid"
        told = [f"{one.field}: {one.problem}" for one in fields]
        values = {"fields": "; ".join(told)}
        detail = said("Some fields cannot be used: {fields}", code="invalid.fields", values=values)
    headers = _speaking(language, error.headers)
    return problem_response(_problem(status, code, detail, language, fields=fields), headers)


def _field(request: Request[Any, Any, Any], entry: dict[str, Any], language: str) -> FieldProblem:
    place = entry.get("source", "body")
    key = str(entry.get("key") or "body")
    told = entry.get("message") or said("it is not valid", code="field.not_valid")
    if key == "data":  # the framework's name for the body as a whole
        key = "body"
        if told == "'data'":
            told = said("it is missing: send it as JSON", code="field.missing")
    where = str(getattr(place, "value", place))
    field = field_path(key, str(told))
    if (given := _NO_CHOICE.match(str(told))) and (choices := choices_of(request, where, field)):
        values = {"given": given[1], "choices": ", ".join(choices), "meant": ""}
        told = said("'{given}' is none of {choices}{meant}", code="toml.none", values=values)
    return FieldProblem(
        field=field,
        place=where,
        problem=render(told if isinstance(told, str) else str(told), language),
    )


def field_path(path: str, said: str) -> str:
    """Which field a message of msgspec is about: it names one that is missing or unknown by itself, and the
    thing around it by its path (``$[1].sender``; ``body`` for the whole)."""
    within = path.strip("`").removeprefix("$").removeprefix(".")
    within = "" if within == "body" else within
    named = _NAMED.search(said)
    inner = named.group(1) if named else ""
    return f"{within}.{inner}".strip(".") or "body"


def _of_anything(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Our own mistake. The log has the place and the kind, not the message: that may hold personal data."""
    if (known := hub_of(request).store.what_is_wrong(error)) is not None:
        return _of_store(request, known)
    incident = new_id("inc")
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    place = " > ".join(f"{frame.name}:{frame.lineno}" for frame in frames)
    log.error("%s %s %s at %s", incident, request.method, type(error).__name__, place)
    detail = said(
        "The hub made a mistake. Tell its operator the incident {incident}; its log has the place.",
        code="internal.mistake",
        values={"incident": incident},
    )
    language = _language(request)
    problem = _problem(500, "internal", detail, language, incident=incident)
    return problem_response(problem, _speaking(language))


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    HubError: _of_hub,
    StoreError: _of_store,
    HTTPException: _of_http,
    Exception: _of_anything,
}
