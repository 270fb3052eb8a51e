"""Run one remote operation: a total deadline, and errors in the hub's words.

`read` is for what may be asked again. `send` is for what costs money or cannot be undone. It believes that
nothing happened only where no byte was sent, or where the answer proves it (`hub.plugin_api.refusals`); and
that
something happened only where a success was answered. Everything else is `Unconfirmed`, whatever the plugin
makes of it: looked up, and never sent again before (docs/adr/0004, docs/adr/0014).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

import httpx
import msgspec

from hub.calls.pace import LONGEST_PAUSE, retry_after
from hub.calls.proof import noting
from hub.calls.sending import Sending, UnsafeRequest, is_safe, only_reading, sending
from hub.plugin_api.clock import now
from hub.plugin_api.errors import (
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
from hub.plugin_api.money import NO_MONEY, NotMoney
from hub.plugin_api.refusals import Refusal, proves_refusal, says_two_things
from hub.plugins.contained import PluginExit, contained, containing
from hub.words import Sentence, said

T = TypeVar("T")
Explain = Callable[[Exception], Failure | None]

DEADLINE = 30.0
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


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
            with noting():
                async with asyncio.timeout(deadline):
                    return await contained(work)
        except Exception as error:
            failure = _read_failure(title, _first(error), explain)
            if failure is error:
                raise
            raise failure from error


@dataclass
class Attempt:
    """What is known of one attempt, for the journal. Filled by `send`."""

    left: bool = False
    """A byte of the unsafe request may have gone out."""
    status: int | None = None
    answer: str = ""
    """SHA-256 of the answer's body, as far as it was read; empty where none came."""
    refused: bool = False
    """The answer proves that the vendor did nothing."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What `send` has to know of the vendor and of this kind of call."""

    explain: Explain
    refusals: Sequence[Refusal] = ()
    call: str = ""
    """The plugin's method, by which refusals may be declared."""
    prove: Callable[[], Awaitable[object]] | None = None
    """Asks the vendor for something that costs nothing and takes working credentials. None: it cannot be
    asked, or need not be."""
    claims_refusal: Callable[[Any], bool] = lambda result: False
    """Whether a result says that the vendor refused."""


async def send(
    title: str,
    work: Callable[[], Awaitable[T]],
    *,
    operation_id: str,
    terms: Terms,
    deadline: float = DEADLINE,
    attempt: Attempt | None = None,
) -> T:
    """Run something that costs money or cannot be undone. Its intent is in the journal already.

    One unsafe request may leave, and only with credentials that were seen working within the last minutes:
    where they were not, ``terms.prove`` is asked first and ``work`` is begun anew. Raises Rejected,
    AuthFailed or Unavailable where it is sure that the vendor did nothing: no byte was sent, or the answer is
    a declared refusal. Anything else is Unconfirmed. Cancellation passes, and leaves the operation as unknown
    as any other interruption.
    """
    attempt = attempt if attempt is not None else Attempt()
    with sending(operation_id, deadline, trusts=terms.prove is None) as operation:
        clear = False
        try:
            async with asyncio.timeout(deadline):
                result = await _proved(title, work, operation, terms)
            _fill(attempt, operation, terms)
            clear = _believed(attempt, operation, refused=terms.claims_refusal(result))
            if operation.left and not clear:
                raise _unknown(title, _doubt(attempt))
            return result
        except Exception as error:
            _fill(attempt, operation, terms)
            failure = _send_failure(title, _leaf(error), terms.explain, operation, attempt)
            clear = attempt.refused
            if failure is error:
                raise
            raise failure from error
        except BaseException:
            _fill(attempt, operation, terms)
            raise
        finally:
            operation.judged(clear=clear)


async def _proved(title: str, work: Callable[[], Awaitable[T]], operation: Sending, terms: Terms) -> T:
    """The work; begun again after the credentials were tried, where nothing had proved them."""
    try:
        result = await contained(work)
    except Exception:
        if not operation.stopped or operation.left:
            raise
    else:
        if not operation.stopped or operation.left:
            return result
    assert terms.prove is not None, "only what can be proved is stopped"
    try:
        await read(
            said("{title}: credentials", code="call.credentials", values={"title": title}),
            terms.prove,
            explain=terms.explain,
        )
    except Unsupported:
        pass  # this vendor cannot be asked
    except BadReply as error:
        raise Unavailable(
            "{said}. Nothing was sent", code="unavailable.not_sent", values={"said": error.said}
        ) from error
    except Rejected as error:  # of the account, not of what was to be sent
        raise AuthFailed(
            "{said}. Nothing was sent", code="auth_failed.not_sent", values={"said": error.said}
        ) from error
    operation.trust()
    return await contained(work)


def _fill(attempt: Attempt, operation: Sending, terms: Terms) -> None:
    attempt.left = operation.left
    if operation.left and operation.answer is not None:
        attempt.status = operation.answer.status
        attempt.answer = operation.answer.hash
        attempt.refused = proves_refusal(operation.answer, terms.refusals, terms.call)


def _believed(attempt: Attempt, operation: Sending, *, refused: bool) -> bool:
    """Whether the answer bears what the plugin made of it: a refusal takes a declared one; for anything else
    a success that came whole is enough, or a declared refusal that the plugin reads as one ("is done
    already")."""
    if attempt.refused:
        return True
    answer = operation.answer
    if answer is not None and says_two_things(answer):
        return False
    return not refused and answer is not None and answer.ended and 200 <= answer.status < 300


def _doubt(attempt: Attempt) -> str:
    if attempt.status is None:
        return said("no answer came", code="call.no_answer_came")
    return said(
        "the answer, HTTP {status}, is no documented one",
        code="call.answer_http_no_documented",
        values={"status": attempt.status},
    )


def _unknown(title: str, reason: str) -> Unconfirmed:
    return Unconfirmed(
        "{title}: it is not known whether this was done ({reason}). The hub looks it up before anything is "
        "sent again",
        code="unconfirmed.not_known",
        values={"title": title, "reason": reason},
    )


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
            failure = Unsupported(
                "{title}: the plugin tried to do more than read, and was stopped",
                code="unsupported.plugin_tried_more_read",
                values={"title": item.title},
            )
            failure.__cause__ = error
            return failure

    return list(await asyncio.gather(*(one(item) for item in reads)))


def _read_failure(title: str, error: Exception, explain: Explain) -> Exception:
    if _is_no_money(error):
        told = said(
            "{title}: the answer has a price that is no sum of money",
            code="bad_reply.no_money",
            values={"title": title},
        )
        return BadReply(told, code=NO_MONEY)
    if isinstance(error, BadReply):
        return BadReply(_titled(title, error.said), code=error.code)
    if isinstance(error, HubError | UnsafeRequest | StoreError):
        return error
    failure = _explained(error, explain)
    if failure is None:
        return _by_default(title, error)
    return Unavailable(failure.said) if isinstance(failure, Unconfirmed) else failure


def _send_failure(
    title: str, error: Exception, explain: Explain, operation: Sending, attempt: Attempt
) -> Exception:
    if operation.nothing_left:
        return _read_failure(title, _first(error), explain)
    unknown = error if isinstance(error, Unconfirmed) else _unknown(title, _heard(error, explain))
    if operation.left:
        # Only the answer counts, whatever the plugin thinks that it means.
        return _refusal(title, error, explain) if attempt.refused and not operation.followed else unknown
    if isinstance(error, BadReply) or _has_met_a_vendor(error):
        return unknown  # over a transport of its own: nobody saw what went out
    if isinstance(error, HubError | UnsafeRequest):
        return error
    if isinstance(error, _NOTHING_SENT):
        return _by_default(title, error)
    known = _explained(error, explain)  # an error of the plugin's own, before it asked anybody
    return known if isinstance(known, Rejected | Unsupported) else unknown


def _heard(error: Exception, explain: Explain) -> str:
    """What the plugin makes of an answer that proves nothing: it may tell a person what to mend."""
    known = error if isinstance(error, HubError) else _explained(error, explain)
    return _reason(error) if known is None else _unended(known.said)


def _refusal(title: str, error: Exception, explain: Explain) -> HubError:
    """A proved refusal in the plugin's words, where it has some that fit."""
    known = error if isinstance(error, HubError) else _explained(error, explain)
    if isinstance(known, Rejected | Unavailable | AuthFailed | Unsupported):
        return known
    return Rejected(_titled(title, _reason(error)))


def _is_no_money(error: Exception) -> bool:
    """A price that is no number, or too large a one, is behind it, whatever the plugin makes of that."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, NotMoney):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _has_met_a_vendor(error: Exception) -> bool:
    """An error of an HTTP client, or of a connection, is behind one that claims to know what happened."""
    if isinstance(error, _NOTHING_SENT):
        return _of_a_safe_request(error)
    if _status(error) is not None:
        return True
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, httpx.HTTPError | httpx.StreamError | msgspec.MsgspecError | OSError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


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
    text = _titled(title, _reason(error))
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


def _reason(error: Exception) -> str:
    """In words, without addresses, bodies or anything else of the error's own text."""
    status = _status(error)
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


def _titled(title: str, reason: str) -> Sentence:
    """A failure under what was done."""
    return said("{title}: {reason}", code="call.failed", values={"title": title, "reason": reason})


def _unended(sentence: Sentence) -> Sentence:
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


def _status(error: Exception) -> int | None:
    """The HTTP status behind an error: httpx's, or an adapter's own that has ``http_status``."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code
    status = getattr(error, "http_status", None)
    return status if isinstance(status, int) else None


def _of_a_safe_request(error: httpx.RequestError) -> bool:
    """The error belongs to a read beside the unsafe request, so it says nothing about that one."""
    try:
        return is_safe(error.request)
    except RuntimeError:  # httpx: the request was never set
        return False


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
