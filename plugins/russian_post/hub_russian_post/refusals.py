"""How Otpravka says that it did nothing (recorded answers of 2018-2026, error tables of February 2026).

A page of the framework beneath (code "404" or "500") and 1002, which bad input and true faults share, say
nothing of the kind, nor do 406 and 407 with their bare text.
"""

from __future__ import annotations

from hub import Refusal
from russian_post_api import BAD_INPUT, CREDENTIAL_ERRORS

_SOURCE = "Otpravka, recorded answers of 2018-2026; error tables of 2026-02"
_UNCLEAR = (BAD_INPUT, "INTERNAL_ERROR", *CREDENTIAL_ERRORS)
_OWN = r"(?!\d{3}$).+"
"""Not a bare HTTP status."""
_MADE = ("orders", "result-ids", "batches")
"""What a success has, and a partial one too."""

REFUSALS = (
    Refusal(
        statuses=(200, 400, 404),
        at="errors[].error-codes[].code",
        unclear=_UNCLEAR,
        without=_MADE,
        source=_SOURCE,
    ),
    Refusal(
        statuses=(200, 400, 404), at="errors[].error-code", unclear=_UNCLEAR, without=_MADE, source=_SOURCE
    ),
    Refusal(statuses=(200, 400), at="error-codes[].code", unclear=_UNCLEAR, without=_MADE, source=_SOURCE),
    Refusal(
        statuses=(200, 400, 404), at="error-code", unclear=_UNCLEAR, without=("f103-sent",), source=_SOURCE
    ),
    Refusal(
        statuses=(200, 400, 404), at="code", pattern=_OWN, unclear=_UNCLEAR, without=_MADE, source=_SOURCE
    ),
)

__all__ = ["REFUSALS"]
