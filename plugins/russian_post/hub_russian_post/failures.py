"""What the errors of Russian Post's services mean."""

from __future__ import annotations

from datetime import timedelta

import httpx
import russian_post_api as post
from hub import Failure, said

_TOMORROW = timedelta(hours=1)  # the quota's day ends in Moscow; asked again every hour
_TICKET_PAUSE = timedelta(minutes=15)


def explain(error: Exception) -> Failure | None:
    """What an error of one of its four services means; None where it does not say that nothing happened."""
    match error:
        case post.OtpravkaError():
            return _otpravka(error)
        case post.TicketError(code=post.NOT_AUTHORISED):
            text = said(
                "batch tracking refused the login, or its daily limit is reached: {text}",
                code="post.batch_tracking_refused_login",
                values={"text": error.text},
            )
            return Failure(kind="auth_failed", message=text, vendor_code="3")
        case post.TicketError():
            text = said(
                "batch tracking: error {the_code}",
                code="post.batch_tracking_error",
                values={"the_code": error.code},
            )
            return Failure(kind="unavailable", message=text, retry_after=_TICKET_PAUSE)
        case post.Fault(kind="AuthorizationFaultReason"):
            text = said(
                "single tracking refused the login, or its daily limit is reached: {text}",
                code="post.single_tracking_refused_login",
                values={"text": error.text},
            )
            return Failure(kind="auth_failed", message=text, vendor_code=error.kind)
        case httpx.HTTPStatusError() if error.response.status_code == 429:
            text = said(
                "Russian Post: the day's number of calls is used up", code="post.day_number_calls_used"
            )
            return Failure(kind="unavailable", message=text, retry_after=_TOMORROW)
    return None


def _otpravka(error: post.OtpravkaError) -> Failure | None:
    first = error.errors[0] if error.errors else post.ErrorInfo()
    if error.codes & post.CREDENTIAL_ERRORS or error.http_status in (401, 403):
        return Failure(
            kind="auth_failed",
            message="Russian Post does not accept the token with this login and password: both must fit",
            vendor_code=first.code,
            code="auth_failed.not_accept_token_login_password",
        )
    if first.code.isdecimal() and len(first.code) == 3:
        # A page of the framework beneath, seen under HTTP 200 as well: nobody has looked at the request.
        return Failure(
            kind="bad_reply",
            message="Russian Post answered with an error page ({the_code})",
            code="bad_reply.answered_error_page",
            values={"the_code": first.code},
        )
    text = "; ".join(dict.fromkeys(one.description or one.code for one in error.errors))
    if post.BAD_INPUT in error.codes and _reads(error.response):
        # A 500 that bad input gets as well: no outage, so nothing to wait for.
        message = said(
            "Russian Post could not do anything with this request (1002)",
            code="post.could_not_anything_request_1002",
        )
        return Failure(kind="rejected", message=message, vendor_code=post.BAD_INPUT)
    if error.http_status >= 500 or error.http_status == 429 or post.BAD_INPUT in error.codes:
        return None
    return Failure(
        kind="rejected",
        message="Russian Post: {text}",
        vendor_code=first.code,
        code="rejected.vendor",
        values={"text": text or said("refused", code="post.refused")},
    )


def _reads(response: httpx.Response) -> bool:
    request = response.request
    return request.method == "GET" or request.extensions.get("safe") is True
