"""What Ozon's errors mean. The texts decide, not the HTTP codes (a wrong key is HTTP 404 with code 5)."""

from __future__ import annotations

from datetime import timedelta

from hub import Failure
from ozon_api import ErrorReason, OzonError

_KEY = {
    ErrorReason.HEADERS_MISSING: "Ozon got no Client-Id and Api-Key: enter both.",
    ErrorReason.BAD_CLIENT_ID: "The Client-Id must be a number: copy it from Settings, Seller API.",
    ErrorReason.WRONG_KEY: "Ozon does not know this Api-Key: make a new one in Settings, Seller API.",
    ErrorReason.KEY_DEACTIVATED: "This Api-Key is switched off: make a new one in Settings, Seller API.",
    ErrorReason.ROLE_MISSING: "This Api-Key lacks a role: make one with 'Posting FBS' or 'Admin'.",
    ErrorReason.NETWORK_REFUSED: "This Api-Key works from other addresses only: allow this one at Ozon.",
    ErrorReason.COMPANY_BLOCKED: "Ozon has blocked the company: write to Ozon's support.",
    ErrorReason.OFFER_NOT_SIGNED: "Ozon's offer is not signed: sign it in the cabinet.",
    ErrorReason.METHOD_NOT_ALLOWED: "Ozon does not allow this method for this cabinet.",
}


def explain(error: Exception) -> Failure | None:
    """The failure behind an error of the wire client; None where the core's defaults serve."""
    if not isinstance(error, OzonError):
        return None
    reason = error.reason
    if reason in _KEY:
        return Failure(kind="auth_failed", message=_KEY[reason], vendor_code=error.message)
    if reason is ErrorReason.RATE_LIMITED:
        pause = timedelta(seconds=error.retry_after or 1)
        return Failure(kind="unavailable", message="Ozon asks to slow down.", retry_after=pause)
    if reason is ErrorReason.NOT_READY:
        pause = timedelta(seconds=20)
        return Failure(kind="unavailable", message="Ozon has not made it yet.", retry_after=pause)
    if reason is ErrorReason.OBSOLETE_METHOD:
        return Failure(kind="bad_reply", message="Ozon has switched this method off: update the plugin.")
    if reason in (ErrorReason.BUSINESS, ErrorReason.VALIDATION):
        return Failure(kind="rejected", message=f"Ozon refuses: {error.message}", vendor_code=error.message)
    return None
