"""Ozon's error envelope as an exception, and what its messages mean."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from enum import StrEnum

import httpx
import msgspec

from ozon_api.wire import Reply, decode


class ErrorReason(StrEnum):
    """What an error message means; tokens such as ``HAS_INCORRECT_STATUS`` are ``BUSINESS``, and
    so is the prose of exemplar methods."""

    HEADERS_MISSING = "headers_missing"
    BAD_CLIENT_ID = "bad_client_id"
    WRONG_KEY = "wrong_key"
    KEY_DEACTIVATED = "key_deactivated"
    ROLE_MISSING = "role_missing"
    NETWORK_REFUSED = "network_refused"
    COMPANY_BLOCKED = "company_blocked"
    OFFER_NOT_SIGNED = "offer_not_signed"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    OBSOLETE_METHOD = "obsolete_method"
    RATE_LIMITED = "rate_limited"
    NOT_READY = "not_ready"
    VALIDATION = "validation"
    BUSINESS = "business"
    OTHER = "other"


# Ozon docs 2026-06-22, "Errors"; HTTP and gRPC codes are not reliable (a wrong key is HTTP 404 with code 5),
# the texts are. The first line that occurs in the message, whatever its case, decides.
_TEXTS = (
    ("client-id and api-key headers are required", ErrorReason.HEADERS_MISSING),
    ("client-id header value should be positive", ErrorReason.BAD_CLIENT_ID),
    ("invalid api-key", ErrorReason.WRONG_KEY),
    ("api-key is deactivated", ErrorReason.KEY_DEACTIVATED),
    ("missing a required role", ErrorReason.ROLE_MISSING),
    ("restricted to specific ip", ErrorReason.NETWORK_REFUSED),
    ("company is blocked", ErrorReason.COMPANY_BLOCKED),
    ("offer not signed", ErrorReason.OFFER_NOT_SIGNED),
    ("method is not allowed", ErrorReason.METHOD_NOT_ALLOWED),
    ("obsolete method", ErrorReason.OBSOLETE_METHOD),
    ("request rate limit", ErrorReason.RATE_LIMITED),
    ("circle is open", ErrorReason.RATE_LIMITED),
    ("next postings aren't ready", ErrorReason.NOT_READY),
    ("request validation error", ErrorReason.VALIDATION),
    # Of exemplars, the only business errors in prose (Ozon docs 2026-06-22).
    (" does not belong to product ", ErrorReason.BUSINESS),
    ("posting must have 'awaiting_packaging' status", ErrorReason.BUSINESS),
)


class ErrorDetail(Reply, frozen=True, kw_only=True):
    """One entry of ``details``: a protobuf ``Any``."""

    typeUrl: str = ""
    value: str = ""


class _Envelope(Reply, frozen=True, kw_only=True):
    message: str
    code: int | None = None
    details: tuple[ErrorDetail, ...] = ()


class OzonError(Exception):
    """Ozon answered ``{"code", "message", "details"}``, under an error status or under HTTP 200.

    Match on :attr:`reason` or :attr:`token`, which come from the message. ``code`` is a gRPC status (0 where
    the answer had none); ``retry_after`` is in seconds; ``ratelimit_remaining`` counts requests. Both are
    None where the header is absent (both headers exist since 2026-09-25). ``path`` is the method's.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int = 0,
        details: Sequence[ErrorDetail] = (),
        http_status: int = 200,
        retry_after: float | None = None,
        ratelimit_remaining: int | None = None,
        path: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.details = tuple(details)
        self.http_status = http_status
        self.retry_after = retry_after
        self.ratelimit_remaining = ratelimit_remaining
        self.path = path

    @property
    def token(self) -> str | None:
        """The business error as Ozon writes it, ``POSTING_ALREADY_SHIPPED``; None for prose."""
        text = self.message.strip()
        return text if re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", text) else None

    @property
    def reason(self) -> ErrorReason:
        if self.http_status == 429:
            return ErrorReason.RATE_LIMITED
        text = self.message.lower()
        for part, reason in _TEXTS:
            if part in text:
                return reason
        return ErrorReason.BUSINESS if self.token else ErrorReason.OTHER

    def __str__(self) -> str:
        return f"{self.message or 'no message'} (code {self.code}, HTTP {self.http_status})"


class NoOutcome(msgspec.ValidationError):
    """The answer to a change, under HTTP 200, says neither that it was done nor that it was refused: it may
    have been either. Look before anything is sent again."""

    def __init__(self) -> None:
        super().__init__("the answer says neither that it was done nor that it was refused")


def raise_for_error(response: httpx.Response) -> None:
    """Raises :exc:`OzonError` where the body is an error envelope, :exc:`httpx.HTTPStatusError` for any other
    answer that is no success: an empty 405, a gateway's HTML page, a redirect."""
    envelope = _envelope(response)
    if envelope or response.status_code == 429:
        raise OzonError(
            envelope.message if envelope else "",
            code=(envelope.code if envelope else None) or 0,
            details=envelope.details if envelope else (),
            http_status=response.status_code,
            retry_after=_seconds(response.headers.get("Retry-After")),
            ratelimit_remaining=_count(response.headers.get("Ratelimit-Remaining")),
            path=response.request.url.path,
        )
    response.raise_for_status()


def _envelope(response: httpx.Response) -> _Envelope | None:
    # The marker spares big pages a second decoding: under 200 an envelope is the rare case.
    if b'"message"' not in response.content:
        return None
    try:
        envelope = decode(response.content, _Envelope)
    except msgspec.MsgspecError:
        return None
    return None if response.is_success and envelope.code is None else envelope


def _seconds(text: str | None) -> float | None:
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None
