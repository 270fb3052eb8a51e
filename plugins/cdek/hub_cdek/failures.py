"""What CDEK's errors mean."""

from __future__ import annotations

from datetime import timedelta

import cdek_api
from hub import Failure, Refusal, said

from hub_cdek.orders import DUPLICATE

SOURCE = "CDEK OpenAPI, July 2026; recorded answers up to August 2026"
NOT_KNOWN = {"v2_entity_not_found", "v2_entity_not_found_im_number"}
BUSY = {"v2_entity_not_ready", "v2_similar_request_still_processed"}
SOON = timedelta(seconds=3)
"""After so long CDEK may have done what it is busy with."""
_UNCLEAR = {"v2_internal_error"}
_NOT_SURE = (*_UNCLEAR, *BUSY, *cdek_api.TOKEN_ERRORS)
REFUSALS = (
    Refusal(statuses=(400, 404), at="errors[].code", unclear=_NOT_SURE, source=SOURCE),
    Refusal(statuses=(200, 202, 400, 404), at="requests[].errors[].code", unclear=_NOT_SURE, source=SOURCE),
)


def explain(error: Exception) -> Failure | None:
    """What CDEK said, as the hub's next action; None where it does not say that nothing happened."""
    if not isinstance(error, cdek_api.CdekError):
        return None
    first = error.errors[0] if error.errors else None
    code = first.code if first else ""
    text = "; ".join(one.message or one.code for one in error.errors)
    if error.codes & cdek_api.TOKEN_ERRORS or error.http_status in (401, 403):
        return Failure(
            kind="auth_failed",
            message="CDEK does not accept this account and password: check client_id and client_secret",
            vendor_code=code,
            code="auth_failed.not_accept_account_password_check",
        )
    if error.http_status >= 500 or error.http_status == 429 or error.codes & _UNCLEAR:
        return None
    if error.codes & BUSY:
        return Failure(
            kind="unavailable",
            message="CDEK: {text}",
            vendor_code=code,
            retry_after=SOON,
            code="unavailable.vendor",
            values={"text": text},
        )
    return Failure(
        kind="rejected",
        message="CDEK: {text}",
        vendor_code=code,
        duplicate=DUPLICATE in error.codes,
        code="rejected.vendor",
        values={"text": text or said("refused", code="cdek.refused")},
    )


def no_form(form: cdek_api.PrintForm) -> Failure:
    """Why a form was not made."""
    errors = [error for request in form.requests for error in request.errors]
    why = "; ".join(one.message or one.code for one in errors) or (form.status or "")
    code = errors[0].code if errors else ""
    return Failure(
        kind="rejected",
        message="CDEK made no labels: {why}",
        vendor_code=code,
        code="rejected.made_no_labels",
        values={"why": why},
    )
