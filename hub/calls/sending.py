"""The guard behind "no other code path": a request that could cost money leaves only within an operation
that the journal knows, and once.

`hub.flow` commits the intent, `hub.calls.call` binds the operation, `hub.calls.transport` asks here before
each request.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import httpx

from hub.calls.proof import Proofs
from hub.calls.uptime import uptime
from hub.plugin_api.errors import Unavailable
from hub.plugin_api.refusals import Answer

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_MOST_TRIES = 3


def is_safe(request: httpx.Request) -> bool:
    """Whether a request may be repeated without cost or effect: by its method, or marked so."""
    return request.method in SAFE_METHODS or request.extensions.get("safe") is True


class UnsafeRequest(RuntimeError):
    """A request that could cost money was about to leave outside the journal: an error in a program."""


class Unproved(UnsafeRequest):
    """An unsafe request was stopped before it left: nothing proved lately that its credentials work."""


class Sending:
    """What became of the unsafe request of one journalled operation."""

    __slots__ = (
        "_ended",
        "_good",
        "_proofs",
        "_requests",
        "_tries",
        "_trusts",
        "_until",
        "answer",
        "followed",
        "left",
        "operation_id",
        "stopped",
    )

    def __init__(self, operation_id: str, within: float = float("inf"), *, trusts: bool = True) -> None:
        self.operation_id = operation_id
        self._until = uptime() + within
        self._trusts = trusts
        self.left = False
        """An unsafe request went out: the vendor may have acted on it, whatever came back."""
        self.followed = False
        """Another request went out after it: what fails then says nothing about the unsafe one."""
        self.stopped = False
        """An unsafe request did not go out, because nothing proved the credentials."""
        self.answer: Answer | None = None
        """What came back to the unsafe request."""
        self._requests = 0
        self._tries = 0
        self._good: set[str] = set()
        self._proofs: tuple[Proofs, str] | None = None
        self._ended = False

    @property
    def nothing_left(self) -> bool:
        """Sure that nothing unsafe went out: the work used this transport, and only for safe requests or
        for a connection that was never made."""
        return self._requests > 0 and not self.left

    def saw_safe(self) -> None:
        """A safe request goes out within the operation."""
        self._requests += 1
        self.followed = self.left

    def saw_good(self, origin: str) -> None:
        """A safe request of this operation was answered well: the credentials work there."""
        self._good.add(origin)

    def may_leave(self, origin: str, proofs: Proofs) -> bool:
        """Whether the credentials were seen working; else the unsafe request is stopped, and that noted."""
        self._proofs = (proofs, origin)
        if self._trusts or proofs.fresh(origin) or origin in self._good:
            return True
        self._requests += 1
        self.stopped = True
        return False

    def trust(self) -> None:
        """The credentials were tried since, or cannot be: the work may be begun again."""
        self._trusts, self.stopped = True, False

    def release(self, request: httpx.Request) -> None:
        """Let one unsafe request out; another one only where no connection for the first was ever made. Not
        after a 401 either: who refused the token need not be who took the order."""
        self.check_time()
        if self._ended:
            raise UnsafeRequest(f"{_what(request)} after its operation {self.operation_id} had ended")
        if self.left:
            raise UnsafeRequest(f"{_what(request)} would be a second unsafe request of {self.operation_id}")
        if self._tries >= _MOST_TRIES:
            raise UnsafeRequest(f"{_what(request)} was tried too often in {self.operation_id}")
        self._requests += 1
        self._tries += 1
        self.left, self.followed = True, False

    def check_time(self) -> None:
        """Raise Unavailable when the operation's time is over: this process was held up, perhaps for so long
        that another one looked the operation up. Asked once more right before the first byte leaves."""
        if uptime() > self._until:
            raise Unavailable(
                "the work was held up for too long: nothing was sent", code="unavailable.work_held_up_too"
            )

    def judged(self, *, clear: bool) -> None:
        """What the end of a request that left says of the credentials: a clear answer proves them; without
        one they have to be proved again, so that an outage costs one question."""
        if not self.left or self._proofs is None:
            return
        proofs, origin = self._proofs
        if clear:
            proofs.mark(origin)
        else:
            proofs.drop()

    def not_sent(self) -> None:
        """The connection for the unsafe request was never made."""
        self.left = False

    def answered(self, status: int) -> Answer:
        """The head of an answer to the unsafe request came; its body is to be put into what is returned."""
        self.answer = Answer(status)
        return self.answer


_sending: ContextVar[Sending | None] = ContextVar("parcelhub_sending", default=None)


@contextmanager
def sending(operation_id: str, within: float = float("inf"), *, trusts: bool = True) -> Iterator[Sending]:
    """Bind a journalled operation: within it, and within so many real seconds, one unsafe request may leave;
    without ``trusts`` only with credentials that were just seen working.

    The intent must be committed before. Raises RuntimeError where another operation is bound already.
    """
    if _sending.get() is not None:
        raise RuntimeError("an operation is being sent already: one at a time")
    operation = Sending(operation_id, within, trusts=trusts)
    token = _sending.set(operation)
    try:
        yield operation
    finally:
        operation._ended = True  # a task that outlives the operation sends nothing more
        _sending.reset(token)


@contextmanager
def only_reading() -> Iterator[None]:
    """Within it no unsafe request leaves, not even inside an operation."""
    if (operation := _sending.get()) is not None:
        operation.followed = operation.left
    token = _sending.set(None)
    try:
        yield
    finally:
        _sending.reset(token)


def bound() -> Sending | None:
    """The operation that is bound here and now."""
    return _sending.get()


def _what(request: httpx.Request) -> str:
    return f"{request.method} to {request.url.host}"
