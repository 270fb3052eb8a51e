"""Ozon's error envelope ``{"code", "message", "details"}`` (gRPC status codes) and the texts in use.

HTTP codes of business errors differ between reports; clients match on ``message``.
"""

from vendor_emulators.wire import Refusal, Response, json_response

INVALID_ARGUMENT = 3
NOT_FOUND = 5
FORBIDDEN = 7
EXHAUSTED = 8
PRECONDITION = 9
INTERNAL = 13
UNAUTHENTICATED = 16

NOT_READY = "The next postings aren't ready"
OBSOLETE = "obsolete method cannot be used"


def error(status: int, code: int, message: str) -> Response:
    return json_response({"code": code, "message": message, "details": []}, status)


def refuse(status: int, code: int, message: str) -> Refusal:
    return Refusal(error(status, code, message))


def business(message: str) -> Refusal:
    """A refusal by state or content: HTTP 400, code 3, an upper-case token."""
    return refuse(400, INVALID_ARGUMENT, message)


def posting_not_found() -> Refusal:
    return refuse(404, NOT_FOUND, "POSTING_NOT_FOUND")


def invalid(message_name: str, field: str, why: str) -> Refusal:
    """The protobuf validator's text, seen live in 2026-04."""
    return refuse(400, INVALID_ARGUMENT, f"Request validation error: invalid {message_name}.{field}: {why}")
