"""Run one remote operation: a total deadline, and errors in the hub's words.

`read` is for what may be asked again. `send` is for what costs money or cannot be undone. It believes that
nothing happened only where no byte was sent, or where the answer proves it (`hub.plugin_api.refusals`); and
that something happened only where a success was answered. Everything else is `Unconfirmed`, whatever the
plugin makes of it: looked up, and never sent again before (docs/adr/0004, docs/adr/0014).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import httpx
import msgspec

from hub.calls.proof import noting
from hub.calls.reasons import (
    Explain,
    by_default,
    explained,
    first_of,
    is_no_money,
    leaf_of,
    reason_of,
    status_of,
    titled,
    unended,
)
from hub.calls.sending import Sending, UnsafeRequest, is_safe, only_reading, sending
from hub.plugin_api.errors import (
    AuthFailed,
    BadReply,
    HubError,
    Rejected,
    StoreError,
    Unavailable,
    Unconfirmed,
    Unsupported,
)
from hub.plugin_api.money import NO_MONEY
from hub.plugin_api.refusals import Refusal, proves_refusal, says_two_things
from hub.plugins.contained import contained
from hub.words import said

T = TypeVar("T")

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
            failure = _read_failure(title, first_of(error), explain)
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
            failure = _send_failure(title, leaf_of(error), terms.explain, operation, attempt)
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
    if is_no_money(error):
        told = said(
            "{title}: the answer has a price that is no sum of money",
            code="bad_reply.no_money",
            values={"title": title},
        )
        return BadReply(told, code=NO_MONEY)
    if isinstance(error, BadReply):
        return BadReply(titled(title, error.said), code=error.code)
    if isinstance(error, HubError | UnsafeRequest | StoreError):
        return error
    failure = explained(error, explain)
    if failure is None:
        return by_default(title, error)
    return Unavailable(failure.said) if isinstance(failure, Unconfirmed) else failure


def _send_failure(
    title: str, error: Exception, explain: Explain, operation: Sending, attempt: Attempt
) -> Exception:
    if operation.nothing_left:
        return _read_failure(title, first_of(error), explain)
    unknown = error if isinstance(error, Unconfirmed) else _unknown(title, _heard(error, explain))
    if operation.left:
        # Only the answer counts, whatever the plugin thinks that it means.
        return _refusal(title, error, explain) if attempt.refused and not operation.followed else unknown
    if isinstance(error, BadReply) or _has_met_a_vendor(error):
        return unknown  # over a transport of its own: nobody saw what went out
    if isinstance(error, HubError | UnsafeRequest):
        return error
    if isinstance(error, _NOTHING_SENT):
        return by_default(title, error)
    known = explained(error, explain)  # an error of the plugin's own, before it asked anybody
    return known if isinstance(known, Rejected | Unsupported) else unknown


def _heard(error: Exception, explain: Explain) -> str:
    """What the plugin makes of an answer that proves nothing: it may tell a person what to fix."""
    known = error if isinstance(error, HubError) else explained(error, explain)
    return reason_of(error) if known is None else unended(known.said)


def _refusal(title: str, error: Exception, explain: Explain) -> HubError:
    """A proved refusal in the plugin's words, where it has some that fit."""
    known = error if isinstance(error, HubError) else explained(error, explain)
    if isinstance(known, Rejected | Unavailable | AuthFailed | Unsupported):
        return known
    return Rejected(titled(title, reason_of(error)))


def _has_met_a_vendor(error: Exception) -> bool:
    """An error of an HTTP client, or of a connection, is behind one that claims to know what happened."""
    if isinstance(error, _NOTHING_SENT):
        return _of_a_safe_request(error)
    if status_of(error) is not None:
        return True
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, httpx.HTTPError | httpx.StreamError | msgspec.MsgspecError | OSError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _of_a_safe_request(error: httpx.RequestError) -> bool:
    """The error belongs to a read beside the unsafe request, so it says nothing about that one."""
    try:
        return is_safe(error.request)
    except RuntimeError:  # httpx: the request was never set
        return False
