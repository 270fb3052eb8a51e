"""What an error of a remote call means: one of the hub's errors, and a reason in words that has nothing of
the error's own text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import msgspec

from hub.calls.pace import LONGEST_PAUSE, retry_after
from hub.plugin_api.clock import now
from hub.plugin_api.errors import AuthFailed, BadReply, Failure, HubError, Rejected, Unavailable
from hub.plugin_api.money import NotMoney
from hub.plugins.contained import PluginExit, containing
from hub.words import Sentence, said

Explain = Callable[[Exception], Failure | None]
"""What a plugin makes of its vendor's errors."""


def is_no_money(error: Exception) -> bool:
    """A price that is no number, or too large a one, is behind it, whatever the plugin makes of that."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, NotMoney):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def explained(error: Exception, explain: Explain) -> HubError | None:
    """The error in the plugin's words; None where it has none."""
    try:
        with containing():
            failure = explain(error)
    except Exception:
        return None  # an explanation that fails must not hide the error itself
    if failure is None:
        return None
    explained = failure.error()
    if isinstance(explained, Unavailable) and explained.retry_after is not None:
        explained.retry_after = _pause(explained.retry_after.total_seconds())
    return explained


def by_default(title: str, error: Exception) -> HubError:
    """The error by its HTTP status or its kind, where the plugin has no words for it."""
    status = status_of(error)
    text = titled(title, reason_of(error))
    if status is not None:
        return _by_status(status, text, error)
    match error:
        case (
            httpx.UnsupportedProtocol()
            | httpx.InvalidURL()
            | httpx.LocalProtocolError()
            | UnicodeEncodeError()
        ):
            return Rejected(
                "{said}. Check the account's settings", code="rejected.settings", values={"said": text}
            )
        case httpx.RemoteProtocolError() if "without sending a response" not in str(error):
            return BadReply(text)
        case httpx.TransportError() | OSError():
            return Unavailable(text)
    return BadReply(text)


def _by_status(status: int, text: str, error: Exception) -> HubError:
    if status in (401, 403):
        return AuthFailed(
            "{said}. Check the account's credentials", code="auth_failed.credentials", values={"said": text}
        )
    if status in (408, 425, 429) or status >= 500:
        response = getattr(error, "response", None)
        pause = retry_after(response, now()) if isinstance(response, httpx.Response) else None
        return Unavailable(text, retry_after=pause or _pause(getattr(error, "retry_after", None)))
    return BadReply(text) if 300 <= status < 400 else Rejected(text)


def reason_of(error: Exception) -> str:
    """In words, without addresses, bodies or anything else of the error's own text."""
    status = status_of(error)
    if status is not None:
        return _of_status(status)
    match error:
        case BadReply():
            return error.said
        case PluginExit():
            return said("the plugin's code tried to end the program", code="call.plugin_code_tried_end")
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return said("it cannot be reached", code="call.cannot_reached")
        case httpx.PoolTimeout():
            return said("too many requests wait for an answer", code="call.too_many_requests_wait")
        case httpx.TimeoutException() | TimeoutError():
            return said("no answer came in time", code="call.no_answer_came_time")
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return said("its address is not a web address", code="call.address_not_web_address")
        case httpx.LocalProtocolError() | UnicodeEncodeError():
            return said(
                "the request cannot be written, perhaps because of an unusual character",
                code="call.request_cannot_written_perhaps_because",
            )
        case httpx.RemoteProtocolError() if "without sending a response" not in str(error):
            return said("the answer was cut short", code="call.answer_cut_short")
        case httpx.TransportError() | OSError():
            return said("the connection broke", code="call.connection_broke")
        case msgspec.ValidationError():
            place = re.search(r" - at `(\$[^`]*)`$", str(error))
            return said(
                "the answer has another shape than documented[, at {place}]",
                code="call.shape",
                values={"place": place[1] if place else ""},
            )
        case msgspec.MsgspecError() | ValueError() | httpx.DecodingError():
            return said("the answer cannot be read", code="call.answer_cannot_read")
    return said(
        "the answer could not be used ({error})",
        code="call.answer_could_not_used",
        values={"error": type(error).__name__},
    )


def titled(title: str, reason: str) -> Sentence:
    """A failure under what was done."""
    return said("{title}: {reason}", code="call.failed", values={"title": title, "reason": reason})


def unended(sentence: Sentence) -> Sentence:
    """The sentence without its full stop, to stand inside another."""
    words = sentence.words
    return Sentence(msgspec.structs.replace(words, text=words.text.rstrip(".")))


def _of_status(status: int) -> Sentence:
    match status:
        case 401:
            return said("the credentials were refused (HTTP 401)", code="call.http_401")
        case 403:
            return said("access was refused (HTTP 403)", code="call.http_403")
        case 404:
            return said("there is no such thing there (HTTP 404)", code="call.http_404")
        case 429:
            return said("too many requests (HTTP 429)", code="call.http_429")
        case 503:
            return said("it cannot answer now (HTTP 503)", code="call.http_503")
    values = {"status": status}
    match status // 100:
        case 2:
            return said("it refused (HTTP {status})", code="call.http_2xx", values=values)
        case 3:
            return said("it answered with a redirect (HTTP {status})", code="call.http_3xx", values=values)
        case 4:
            return said("it refused the request (HTTP {status})", code="call.http_4xx", values=values)
        case 5:
            return said(
                "it answered with an error of its own (HTTP {status})", code="call.http_5xx", values=values
            )
    return said("it answered", code="call.http")


def status_of(error: Exception) -> int | None:
    """The HTTP status behind an error: httpx's, or an adapter's own that has ``http_status``."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code
    status = getattr(error, "http_status", None)
    return status if isinstance(status, int) else None


def first_of(error: Exception) -> Exception:
    """The first error of a group: a plugin may ask several things at once."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def leaf_of(error: Exception) -> Exception:
    """The error of a group of one; the first of several would hide what the others say about money."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _pause(seconds: object) -> timedelta | None:
    if not isinstance(seconds, int | float) or seconds != seconds:
        return None
    return timedelta(seconds=min(max(float(seconds), 1.0), LONGEST_PAUSE.total_seconds()))
