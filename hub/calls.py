"""Run one remote operation: a total deadline, and errors in the hub's words.

`read` is for what may be asked again. `send` is for what costs money or cannot be undone, and claims that
nothing happened only where that is sure; everything else is `Unconfirmed`, which is looked up and never
sent again (docs/adr/0004).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

import httpx
import msgspec

from hub.clock import now
from hub.contained import PluginExit, contained, containing
from hub.errors import (
    AuthFailed,
    BadReply,
    Failure,
    HubError,
    Rejected,
    StoreError,
    Unavailable,
    Unconfirmed,
    Unsupported,
)
from hub.pace import LONGEST_PAUSE, retry_after
from hub.sending import Sending, UnsafeRequest, is_safe, only_reading, sending

T = TypeVar("T")
Explain = Callable[[Exception], Failure | None]

DEADLINE = 30.0
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_NO_ANSWER = (
    httpx.TransportError,
    httpx.DecodingError,
    httpx.InvalidURL,
    msgspec.MsgspecError,
    OSError,  # TimeoutError too
    ValueError,  # JSON and text that cannot be decoded
)


async def read(
    title: str, work: Callable[[], Awaitable[T]], *, explain: Explain, deadline: float = DEADLINE
) -> T:
    """Run something that may be asked again; no unsafe request leaves within it.

    ``title`` says what is done, for messages: "CDEK, quotes". ``deadline`` is the total, in real seconds.
    Raises HubError by what has to be done next, with the original as ``__cause__``; a HubError of the
    plugin's own passes. Cancellation passes.
    """
    with only_reading():
        try:
            async with asyncio.timeout(deadline):
                return await contained(work)
        except Exception as error:
            failure = _read_failure(title, _first(error), explain)
            if failure is error:
                raise
            raise failure from error


async def send(
    title: str,
    work: Callable[[], Awaitable[T]],
    *,
    operation_id: str,
    explain: Explain,
    deadline: float = DEADLINE,
) -> T:
    """Run something that costs money or cannot be undone. Its intent is in the journal already.

    One unsafe request may leave. Raises Rejected, AuthFailed or Unavailable where it is sure that the vendor
    did nothing: it said so, or no byte was sent. Anything else is Unconfirmed. Cancellation passes, and
    leaves the operation as unknown as any other interruption.
    """
    with sending(operation_id, deadline) as operation:
        try:
            async with asyncio.timeout(deadline):
                return await contained(work)
        except Exception as error:
            failure = _send_failure(title, _leaf(error), explain, operation)
            if failure is error:
                raise
            raise failure from error


@dataclass(frozen=True)
class Read(Generic[T]):
    """One of several reads: the arguments of `read`."""

    title: str
    work: Callable[[], Awaitable[T]]
    explain: Explain
    deadline: float = DEADLINE


async def gather_reads(reads: Sequence[Read[T]]) -> list[T | HubError]:
    """All reads at once, each with its own deadline: a result or an error each, in order.

    One that fails, hangs or is badly written does not touch the others.
    """

    async def one(item: Read[T]) -> T | HubError:
        try:
            return await read(item.title, item.work, explain=item.explain, deadline=item.deadline)
        except HubError as error:
            return error
        except UnsafeRequest as error:
            failure = Unsupported(f"{item.title}: the plugin tried to do more than read, and was stopped")
            failure.__cause__ = error
            return failure

    return list(await asyncio.gather(*(one(item) for item in reads)))


def _read_failure(title: str, error: Exception, explain: Explain) -> Exception:
    if isinstance(error, BadReply):
        return BadReply(f"{title}: {error.message}", code=error.code)
    if isinstance(error, HubError | UnsafeRequest | StoreError):
        return error
    failure = _explained(error, explain)
    if failure is None:
        return _by_default(title, error)
    return Unavailable(failure.message) if isinstance(failure, Unconfirmed) else failure


def _send_failure(title: str, error: Exception, explain: Explain, operation: Sending) -> Exception:
    if operation.nothing_left:
        return _read_failure(title, _first(error), explain)
    unknown = Unconfirmed(
        f"{title}: it is not known whether this was done ({_reason(error)}). The hub looks it up before "
        "anything is sent again"
    )
    if isinstance(error, BadReply) or (operation.left and isinstance(error, Unavailable | AuthFailed)):
        return unknown  # a plugin cannot know that nothing was done, once the request has left
    if isinstance(error, HubError | UnsafeRequest):
        return error
    if operation.followed or _of_a_safe_request(error):
        return unknown
    if isinstance(error, _NOTHING_SENT):
        return _by_default(title, error)
    if isinstance(error, _NO_ANSWER):
        return unknown  # whatever the plugin thinks that it means
    return _answered_send(title, error, explain) or unknown


def _answered_send(title: str, error: Exception, explain: Explain) -> HubError | None:
    """What the answer to an unsafe request surely means; None where nothing is sure."""
    status = _status(error)
    failure = _explained(error, explain)
    if isinstance(failure, Unavailable) and status is not None and status >= 500:
        return None  # "the vendor is down" may come from a gateway in front of one that has acted
    if failure is not None:
        return None if isinstance(failure, BadReply) else failure
    return _by_default(title, error) if status in (401, 403, 429) else None


def _explained(error: Exception, explain: Explain) -> HubError | None:
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


def _by_default(title: str, error: Exception) -> HubError:
    status = _status(error)
    text = f"{title}: {_reason(error)}"
    if status is not None:
        return _by_status(status, text, error)
    match error:
        case (
            httpx.UnsupportedProtocol()
            | httpx.InvalidURL()
            | httpx.LocalProtocolError()
            | UnicodeEncodeError()
        ):
            return Rejected(f"{text}. Check the account's settings")
        case httpx.RemoteProtocolError() if "without sending a response" not in str(error):
            return BadReply(text)
        case httpx.TransportError() | OSError():
            return Unavailable(text)
    return BadReply(text)


def _by_status(status: int, text: str, error: Exception) -> HubError:
    if status in (401, 403):
        return AuthFailed(f"{text}. Check the account's credentials")
    if status in (408, 425, 429) or status >= 500:
        response = getattr(error, "response", None)
        pause = retry_after(response, now()) if isinstance(response, httpx.Response) else None
        return Unavailable(text, retry_after=pause or _pause(getattr(error, "retry_after", None)))
    return BadReply(text) if 300 <= status < 400 else Rejected(text)


def _reason(error: Exception) -> str:
    """In words, without addresses, bodies or anything else of the error's own text."""
    status = _status(error)
    if status is not None:
        return _STATUS_WORDS.get(status) or _CLASS_WORDS.get(status // 100, "it answered").format(status)
    match error:
        case BadReply():
            return error.message
        case PluginExit():
            return "the plugin's code tried to end the program"
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return "it cannot be reached"
        case httpx.PoolTimeout():
            return "too many requests wait for an answer"
        case httpx.TimeoutException() | TimeoutError():
            return "no answer came in time"
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return "its address is not a web address"
        case httpx.LocalProtocolError() | UnicodeEncodeError():
            return "the request cannot be written, perhaps because of an unusual character"
        case httpx.RemoteProtocolError() if "without sending a response" not in str(error):
            return "the answer was cut short"
        case httpx.TransportError() | OSError():
            return "the connection broke"
        case msgspec.ValidationError():
            place = re.search(r" - at `(\$[^`]*)`$", str(error))
            return "the answer has another shape than documented" + (f", at {place[1]}" if place else "")
        case msgspec.MsgspecError() | ValueError() | httpx.DecodingError():
            return "the answer cannot be read"
    return f"the answer could not be used ({type(error).__name__})"


_STATUS_WORDS = {
    401: "the credentials were refused (HTTP 401)",
    403: "access was refused (HTTP 403)",
    404: "there is no such thing there (HTTP 404)",
    429: "too many requests (HTTP 429)",
    503: "it cannot answer now (HTTP 503)",
}
_CLASS_WORDS = {
    2: "it refused (HTTP {})",
    3: "it answered with a redirect (HTTP {})",
    4: "it refused the request (HTTP {})",
    5: "it answered with an error of its own (HTTP {})",
}


def _status(error: Exception) -> int | None:
    """The HTTP status behind an error: httpx's, or an adapter's own that has ``http_status``."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code
    status = getattr(error, "http_status", None)
    return status if isinstance(status, int) else None


def _of_a_safe_request(error: Exception) -> bool:
    """The error belongs to a read beside the unsafe request, so it says nothing about that one."""
    try:
        request = error.request if isinstance(error, httpx.RequestError | httpx.HTTPStatusError) else None
    except RuntimeError:  # httpx: the request was never set
        return False
    return request is not None and is_safe(request)


def _first(error: Exception) -> Exception:
    """The first error of a group: a plugin may ask several things at once."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _leaf(error: Exception) -> Exception:
    """The error of a group of one; the first of several would hide what the others say about money."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _pause(seconds: object) -> timedelta | None:
    if not isinstance(seconds, int | float) or seconds != seconds:
        return None
    return timedelta(seconds=min(max(float(seconds), 1.0), LONGEST_PAUSE.total_seconds()))
