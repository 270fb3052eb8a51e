"""Ozon's refusals: where each was read, and those that are guessed."""

from typing import Any

from vendor_emulators.refusals import Guess
from vendor_emulators.wire import Request, Response, json_response

DOCUMENTED = {
    "Seller API, errors of the methods (2026-09)": (
        "POSTING_NOT_FOUND",
        "POSTING_ALREADY_CANCELLED",
        "POSTING_ALREADY_SHIPPED",
        "HAS_INCORRECT_STATUS",
        "HAS_INCORRECT_PRODUCT_QUANTITY",
        "HAS_INCORRECT_CANCEL_REASON",
        "UNKNOWN_PRODUCT_DEFINED",
        "MANDATORY_MARK_REDUNDANT",
        "WEIGHT_IS_REQUIRED",
        "WEIGHT_IS_OUT_OF_RANGE",
        "GTD_MUST_BE_SPECIFIED_FOR_PRODUCT_COUNTRY",
        "GTD_IS_REQUIRED_ONLY_FOR_LEGAL_CUSTOMER",
        "EXEMPLAR_ID does not belong to product PRODUCT_ID",
        "Posting must have 'awaiting_packaging' status",
        "POSTING_NUMBERS_IS_INCORRECT_FOR_COMPANY",
        "no_postings",
    ),
    "Seller API, authentication (2026-09)": (
        "Client-Id and Api-Key headers are required",
        "Client-Id header value should be positive integer",
        "Invalid Api-Key, please check the key and try again",
        "Api-key is deactivated, use another one or generate a new one",
        "Api-Key is restricted to specific IP addresses",
        "Api-Key is missing a required role for a method",
        "Company is blocked, please contact support",
        "Offer not signed",
    ),
}


def _true(_: Request) -> Response:
    return json_response({"result": True})


def _nothing(_: Request) -> Response:
    return json_response({})


def _no_body(_: Request) -> Response:
    return Response(200, b"")


def _number(request: Request) -> Response:
    return json_response({"result": _asked(request).get("posting_number")})


def _packed(request: Request) -> Response:
    return json_response({"additional_data": [], "result": [_asked(request).get("posting_number")]})


def _country_set(request: Request) -> Response:
    return json_response({"is_gtd_needed": False, "product_id": _asked(request).get("product_id")})


def _all_set(request: Request) -> Response:
    numbers = _asked(request).get("posting_numbers") or []
    taken = [{"error": "", "posting_number": number, "result": True} for number in numbers]
    return json_response({"result": taken})


def _cancelled(_: Request) -> Response:
    return json_response({"error": "", "carriage_status": "cancelled"})


def _asked(request: Request) -> dict[str, Any]:
    body = request.json()
    return body if isinstance(body, dict) else {}


GUESSED = (
    # Tokens that are known of the ship method, and assumed of these.
    Guess("HAS_INCORRECT_STATUS", "POST", "/v2/posting/fbs/cancel", _true),
    Guess("POSTING_ALREADY_CANCELLED", "POST", "/v2/posting/fbs/cancel", _true),
    Guess("HAS_INCORRECT_STATUS", "POST", "/v2/posting/fbs/product/cancel", _number),
    Guess("POSTING_ALREADY_CANCELLED", "POST", "/v2/posting/fbs/product/cancel", _number),
    Guess("HAS_INCORRECT_STATUS", "POST", "/v1/carriage/approve", _nothing),
    Guess("no_postings", "POST", "/v1/carriage/approve", _nothing),
    Guess("HAS_INCORRECT_STATUS", "POST", "/v1/carriage/set-postings", _all_set),
    Guess("HAS_INCORRECT_STATUS", "POST", "/v2/conditional-cancellation/*", _no_body),
    Guess("INVALID_ARGUMENT", "POST", "/v4/posting/fbs/ship", _packed),
    Guess("INVALID_ARGUMENT", "POST", "/v6/fbs/posting/product/exemplar/set", _no_body),
    Guess("UNKNOWN_PRODUCT_DEFINED", "POST", "/v6/fbs/posting/product/exemplar/set", _no_body),
    Guess("MANDATORY_MARK_REDUNDANT", "POST", "/v6/fbs/posting/product/exemplar/set", _no_body),
    Guess("HAS_INCORRECT_STATUS", "POST", "/v1/fbs/posting/product/exemplar/update", _no_body),
    Guess("HAS_INCORRECT_STATUS", "POST", "/v2/posting/fbs/product/country/set", _country_set),
    Guess("INVALID_ARGUMENT", "POST", "/v2/posting/fbs/product/country/set", _country_set),
    Guess("UNKNOWN_PRODUCT_DEFINED", "POST", "/v2/posting/fbs/product/country/set", _country_set),
    # Tokens without a published name.
    Guess("COMMENT_IS_REQUIRED", "POST", "/v2/conditional-cancellation/reject", _no_body),
    Guess("POSTING_IN_ANOTHER_CARRIAGE", "POST", "/v1/carriage/set-postings", _all_set),
    Guess("CARRIAGE_NOT_FOUND", "POST", "/v1/carriage/set-postings", _all_set),
    Guess("CARRIAGE_NOT_FOUND", "POST", "/v1/carriage/approve", _nothing),
    Guess("CARRIAGE_NOT_FOUND", "POST", "/v1/carriage/cancel", _cancelled),
    Guess("CARRIAGE_CANNOT_BE_CANCELLED", "POST", "/v1/carriage/cancel", _cancelled),
    Guess("TASK_NOT_FOUND", "POST", "/v2/posting/fbs/package-label/get"),
    Guess("DOCUMENT_NOT_READY", "POST", "/v2/posting/fbs/act/*"),
    Guess("PERIOD_IS_TOO_LONG", "POST", "*/list"),
    Guess("invalid cursor", "POST", "*/list"),
    Guess("You have reached request rate limit per minute", "POST", "*"),
    Guess("proto: syntax error: unexpected token, want an object", "POST", "*"),
)
