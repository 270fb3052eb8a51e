"""What Ozon's errors mean. The texts decide, not the HTTP codes: a wrong key is HTTP 404 with code 5."""

from __future__ import annotations

from datetime import timedelta

from hub import Failure, Refusal
from ozon_api import ErrorReason, OzonError

NOT_READY_PAUSE = timedelta(seconds=20)
"""Ozon makes a label 45 to 60 seconds after the assembly took effect."""

CIRCLE_PAUSE = timedelta(minutes=2)
"""``Circle is open``: the method is blocked "for some minutes" (Ozon docs 2026-09-28)."""

_KEY = {
    ErrorReason.HEADERS_MISSING: "Ozon got no Client-Id and Api-Key: enter both.",
    ErrorReason.BAD_CLIENT_ID: "The Client-Id must be a number: copy it from Settings, Seller API.",
    ErrorReason.WRONG_KEY: "Ozon does not know this Api-Key for this Client-Id: copy both from Settings, "
    "Seller API, or make a new key there.",
    ErrorReason.KEY_DEACTIVATED: "This Api-Key is switched off or has expired: make a new one in Settings, "
    "Seller API.",
    ErrorReason.ROLE_MISSING: "This Api-Key lacks a role for this: make a key with 'Posting FBS' or 'Admin'.",
    ErrorReason.NETWORK_REFUSED: "This Api-Key works from certain networks only: allow this one in Settings, "
    "Seller API.",
    ErrorReason.COMPANY_BLOCKED: "Ozon has blocked the company: write to Ozon's support.",
    ErrorReason.OFFER_NOT_SIGNED: "The offer is not signed: sign it in the seller's cabinet.",
    ErrorReason.METHOD_NOT_ALLOWED: "Ozon does not allow this method to this cabinet.",
}

TOKENS = {
    "POSTING_NOT_FOUND": "Ozon does not know this posting.",
    "POSTING_ALREADY_CANCELLED": "The posting is cancelled already.",
    "POSTING_ALREADY_SHIPPED": "The posting is assembled already.",
    "HAS_INCORRECT_STATUS": "The posting's status does not allow this now.",
    "HAS_INCORRECT_PRODUCT_QUANTITY": "The parcels do not hold exactly what was ordered.",
    "UNKNOW_PRODUCT": "A parcel holds a product that the posting does not have.",
    "UNKNOWN_PRODUCT_DEFINED": "A parcel holds a product that the posting does not have.",
    "EXEMPLAR_INFO_ALREADY_DEFINED": "The marking codes of these pieces are known to Ozon already.",
    "MANDATORY_MARK_REDUNDANT": "A marking code was given for a product that needs none.",
    "INCORRECT_OVH_FOR_POSTING": "The parcel's weight or size is beyond what the drop-off point takes.",
    "TRANSITION_IS_NOT_POSSIBLE": "This status cannot follow the posting's present one.",
    "HAS_INCORRECT_TPL_INTEGRATION_TYPE": "The carrier reports for this posting: the seller may not.",
    "WEIGHT_IS_REQUIRED": "Ozon wants the weight of the pieces before this posting is assembled.",
    "WEIGHT_IS_OUT_OF_RANGE": "The weight is outside of what the product's card allows.",
    "HAS_INCORRECT_CANCEL_REASON": "This reason cannot be given for this posting.",
    "POSTING_NUMBERS_IS_INCORRECT_FOR_COMPANY": "The posting is not this company's.",
    "INVALID_ARGUMENT": "Ozon does not do this for this posting.",
}
"""Business errors in plain words (Ozon docs 2026-06-22); others are shown as they came."""


_DOCS = "Ozon Seller API documentation 2026-06-22 and specification 2026-09-22; live answers of 2026-04"
_TOKEN = r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+"
_INVALID = r"[Rr]equest validation error.*"

REFUSALS = (
    # A business error is a word in capitals, under any of the declared statuses or under 200.
    Refusal(statuses=(200, 400, 404, 409), at="message", pattern=f"{_TOKEN}|{_INVALID}", source=_DOCS),
    # One posting's own result under HTTP 200; `result` is true where it was taken in.
    Refusal(statuses=(200,), at="result[].error", pattern=_TOKEN, source=_DOCS),
)
"""Said before anything was done: Ozon checks the state first (O), and validation comes before that."""


def in_words(token: str) -> str:
    """A business error for the person who reads it."""
    return TOKENS.get(token, f"Ozon refuses: {token}" if token else "Ozon refuses without a reason.")


def explain(error: Exception) -> Failure | None:
    """The failure behind an error of the wire client; None where the core's defaults serve."""
    if not isinstance(error, OzonError):
        return None
    reason, word = error.reason, error.message.strip()
    if reason in _KEY:
        return Failure(kind="auth_failed", message=_KEY[reason], vendor_code=word)
    if reason is ErrorReason.RATE_LIMITED:
        blocked = "circle is open" in word.lower()
        pause = timedelta(seconds=error.retry_after) if error.retry_after else timedelta(seconds=1)
        return Failure(
            kind="unavailable",
            message="Ozon has blocked this method for some minutes."
            if blocked
            else "Ozon asks to slow down.",
            vendor_code=word,
            retry_after=max(pause, CIRCLE_PAUSE) if blocked else pause,
        )
    if reason is ErrorReason.NOT_READY:
        return Failure(
            kind="unavailable",
            message="Ozon has not made it yet.",
            vendor_code=word,
            retry_after=NOT_READY_PAUSE,
        )
    if reason is ErrorReason.OBSOLETE_METHOD:
        # Nothing was done, and asking again will not help: not `bad_reply`, which leaves that open.
        text = "Ozon has switched this method off: update the hub's Ozon plugin."
        return Failure(kind="unsupported", message=text, vendor_code=word)
    if reason in (ErrorReason.BUSINESS, ErrorReason.VALIDATION):
        return Failure(kind="rejected", message=in_words(word), vendor_code=error.token or word)
    return None
