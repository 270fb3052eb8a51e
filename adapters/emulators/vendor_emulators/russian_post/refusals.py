"""The Post's refusals: where each was read, and those that are guessed."""

from vendor_emulators.refusals import Guess
from vendor_emulators.russian_post.errors import ORDER_TEXTS
from vendor_emulators.wire import Request, Response, json_response

DOCUMENTED = {
    "Otpravka, table of order errors (2026-02)": (*ORDER_TEXTS, "ILLEGAL_MAIL_CATEGORY", "PAST_DUE_DATE"),
    "Otpravka, errors of the methods (2026-02)": (
        "1001", "1002", "1004", "1024", "NOT_FOUND", "READONLY_STATE", "DELIVERY_IN_PROGRESS",
        "ILLEGAL_CREDENTIALS",
    ),
    "calculator (2026-02)": ("CODE_1372", "CODE_1375"),
}  # fmt: skip


def _sent(_: Request) -> Response:
    return json_response({"f103-sent": True})


def _moved(_: Request) -> Response:
    return json_response({"f103-sent": False})


GUESSED = (
    # The code is published for orders; of a second checkin, and of another day after it, it is assumed.
    Guess("READONLY_STATE", "POST", "/1.0/batch/*/checkin", _sent),
    Guess("READONLY_STATE", "POST", "/1.0/batch/*/sending/*", _moved),
    # The codes are published; that a quote has them in this form is assumed.
    Guess("CODE_1372", "POST", "/1.0/tariff"),
    Guess("CODE_1375", "POST", "/1.0/tariff"),
)
