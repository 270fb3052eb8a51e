"""What Ozon's errors mean. The texts decide, not the HTTP codes: a wrong key is HTTP 404 with code 5."""

from __future__ import annotations

from datetime import timedelta

from hub import Failure, Refusal, said
from ozon_api import ErrorReason, OzonError

NOT_READY_PAUSE = timedelta(seconds=20)
"""Ozon makes a label 45 to 60 seconds after the assembly took effect."""

CIRCLE_PAUSE = timedelta(minutes=2)
"""``Circle is open``: the method is blocked "for some minutes" (Ozon docs 2026-09-28)."""

_KEY = {
    ErrorReason.HEADERS_MISSING: said(
        "Ozon got no Client-Id and Api-Key: enter both.", code="ozon.got_no_client_id_api"
    ),
    ErrorReason.BAD_CLIENT_ID: said(
        "The Client-Id must be a number: copy it from Settings, Seller API.",
        code="ozon.client_id_number_copy",
    ),
    ErrorReason.WRONG_KEY: said(
        "Ozon does not know this Api-Key for this Client-Id: copy both from Settings, Seller API, or make a "
        "new key there.",
        code="ozon.not_know_api_key_client",
    ),
    ErrorReason.KEY_DEACTIVATED: said(
        "This Api-Key is switched off or has expired: make a new one in Settings, Seller API.",
        code="ozon.api_key_switched_off",
    ),
    ErrorReason.ROLE_MISSING: said(
        "This Api-Key lacks a role for this: make a key with 'Posting FBS' or 'Admin'.",
        code="ozon.api_key_lacks_role",
    ),
    ErrorReason.NETWORK_REFUSED: said(
        "This Api-Key works from certain networks only: allow this one in Settings, Seller API.",
        code="ozon.api_key_works_certain",
    ),
    ErrorReason.COMPANY_BLOCKED: said(
        "Ozon has blocked the company: write to Ozon's support.", code="ozon.blocked_company_write_support"
    ),
    ErrorReason.OFFER_NOT_SIGNED: said(
        "The offer is not signed: sign it in the seller's cabinet.", code="ozon.offer_not_signed_sign_seller"
    ),
    ErrorReason.METHOD_NOT_ALLOWED: said(
        "Ozon does not allow this method to this cabinet.", code="ozon.not_allow_method_cabinet"
    ),
}

_FOREIGN_PRODUCT = said(
    "A parcel holds a product that the posting does not have.", code="ozon.parcel_holds_product_posting"
)

TOKENS = {
    "POSTING_NOT_FOUND": said("Ozon does not know this posting.", code="ozon.not_know_posting"),
    "POSTING_ALREADY_CANCELLED": said(
        "The posting is cancelled already.", code="ozon.posting_cancelled_already"
    ),
    "POSTING_ALREADY_SHIPPED": said(
        "The posting is assembled already.", code="ozon.posting_assembled_already"
    ),
    "HAS_INCORRECT_STATUS": said(
        "The posting's status does not allow this now.", code="ozon.posting_status_not_allow_now"
    ),
    "HAS_INCORRECT_PRODUCT_QUANTITY": said(
        "The parcels do not hold exactly what was ordered.", code="ozon.parcels_not_hold_exactly_what"
    ),
    "UNKNOW_PRODUCT": _FOREIGN_PRODUCT,
    "UNKNOWN_PRODUCT_DEFINED": _FOREIGN_PRODUCT,
    "EXEMPLAR_INFO_ALREADY_DEFINED": said(
        "The marking codes of these pieces are known to Ozon already.", code="ozon.marking_codes_pieces_known"
    ),
    "MANDATORY_MARK_REDUNDANT": said(
        "A marking code was given for a product that needs none.", code="ozon.marking_code_given_product"
    ),
    "INCORRECT_OVH_FOR_POSTING": said(
        "The parcel's weight or size is beyond what the drop-off point takes.",
        code="ozon.parcel_weight_size_beyond",
    ),
    "TRANSITION_IS_NOT_POSSIBLE": said(
        "This status cannot follow the posting's present one.",
        code="ozon.status_cannot_follow_posting_present",
    ),
    "HAS_INCORRECT_TPL_INTEGRATION_TYPE": said(
        "The carrier reports for this posting: the seller may not.",
        code="ozon.carrier_reports_posting_seller",
    ),
    "WEIGHT_IS_REQUIRED": said(
        "Ozon wants the weight of the pieces before this posting is assembled.",
        code="ozon.wants_weight_pieces_before",
    ),
    "WEIGHT_IS_OUT_OF_RANGE": said(
        "The weight is outside of what the product's card allows.", code="ozon.weight_outside_what_product"
    ),
    "GTD_MUST_BE_SPECIFIED_FOR_PRODUCT_COUNTRY": said(
        "Goods from this country need a customs number, or the word that there is none.",
        code="ozon.customs_number_for_country",
    ),
    "GTD_IS_REQUIRED_ONLY_FOR_LEGAL_CUSTOMER": said(
        "A customs number was given for goods that need none.", code="ozon.customs_number_not_needed"
    ),
    "HAS_INCORRECT_CANCEL_REASON": said(
        "This reason cannot be given for this posting.", code="ozon.reason_cannot_given_posting"
    ),
    "POSTING_NUMBERS_IS_INCORRECT_FOR_COMPANY": said(
        "The posting is not this company's.", code="ozon.posting_not_company"
    ),
    "INVALID_ARGUMENT": said("Ozon does not do this for this posting.", code="ozon.not_posting"),
}
"""Business errors in plain words (Ozon docs 2026-06-22); others are shown as they came."""


_OF_UNITS = (
    (
        " does not belong to product ",
        said(
            "Ozon counts this piece to another product: read the posting again.",
            code="ozon.piece_other_product",
        ),
    ),
    (
        "posting must have 'awaiting_packaging' status",
        said(
            "The posting is packed, or over: Ozon takes no word of its pieces now.",
            code="ozon.pieces_not_now",
        ),
    ),
)
"""Refusals of exemplar methods that are no token (Ozon docs 2026-06-22), in small letters."""

_DOCS = "Ozon Seller API documentation 2026-06-22 and specification 2026-09-22; live answers of 2026-04"
_TOKEN = r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+"
_INVALID = r"[Rr]equest validation error.*"
_UNITS = r".* does not belong to product .*|Posting must have 'awaiting_packaging' status"

REFUSALS = (
    # A business error is a word in capitals, under any of the declared statuses or under 200.
    Refusal(
        statuses=(200, 400, 404, 409), at="message", pattern=f"{_TOKEN}|{_INVALID}|{_UNITS}", source=_DOCS
    ),
    # One posting's own result under HTTP 200; `result` is true where it was taken in.
    Refusal(statuses=(200,), at="result[].error", pattern=_TOKEN, source=_DOCS),
)
"""Said before anything was done: Ozon checks the state first (O), and validation comes before that."""


def in_words(token: str) -> str:
    """A business error for the person who reads it."""
    if not token:
        return said("Ozon refuses without a reason.", code="ozon.refuses_without_reason")
    prose = (words for part, words in _OF_UNITS if part in token.lower())
    if found := TOKENS.get(token) or next(prose, None):
        return found
    return said("Ozon refuses: {token}", code="ozon.refuses", values={"token": token})


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
            message=said(
                "Ozon has blocked this method for some minutes.", code="ozon.blocked_method_some_minutes"
            )
            if blocked
            else said("Ozon asks to slow down.", code="ozon.asks_slow_down"),
            vendor_code=word,
            retry_after=max(pause, CIRCLE_PAUSE) if blocked else pause,
        )
    if reason is ErrorReason.NOT_READY:
        return Failure(
            kind="unavailable",
            message=said("Ozon has not made it yet.", code="ozon.not_made_yet"),
            vendor_code=word,
            retry_after=NOT_READY_PAUSE,
        )
    if reason is ErrorReason.OBSOLETE_METHOD:
        # Nothing was done, and asking again will not help: not `bad_reply`, which leaves that open.
        text = said(
            "Ozon has switched its method {method} off: update the Ozon plugin, which needs another one.",
            code="ozon.switched_method_off_update",
            values={"method": error.path or "?"},
        )
        return Failure(kind="unsupported", message=text, vendor_code=word)
    if reason in (ErrorReason.BUSINESS, ErrorReason.VALIDATION):
        return Failure(kind="rejected", message=in_words(word), vendor_code=error.token or word)
    return None
