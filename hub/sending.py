"""The guard behind "no other code path": a request that could cost money leaves only within an operation
that the journal knows, and once.

`hub.flow` commits the intent, `hub.calls` binds the operation, `hub.http` asks here before each request.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import httpx

from hub.errors import Unavailable

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_TOKEN_REFUSED = frozenset({400, 401, 403})
_MOST_TRIES = 3


def is_safe(request: httpx.Request) -> bool:
    """Whether a request may be repeated without cost or effect: by its method, or marked so."""
    return request.method in SAFE_METHODS or request.extensions.get("safe") is True


class UnsafeRequest(RuntimeError):
    """A request that could cost money was about to leave outside the journal: an error in a program."""


class Sending:
    """What became of the unsafe request of one journalled operation."""

    __slots__ = ("_again", "_ended", "_requests", "_unsafe", "_until", "followed", "left", "operation_id")

    def __init__(self, operation_id: str, within: float = float("inf")) -> None:
        self.operation_id = operation_id
        self._until = _uptime() + within
        self.left = False
        """An unsafe request went out: the vendor may have acted on it, whatever came back."""
        self.followed = False
        """Another request went out after it: what fails then says nothing about the unsafe one."""
        self._requests = 0
        self._unsafe = 0
        self._again: tuple[str, str] | None = None
        self._ended = False

    @property
    def nothing_left(self) -> bool:
        """Sure that nothing unsafe went out: the work used this transport, and only for safe requests or
        for a connection that was never made."""
        return self._requests > 0 and not self.left

    def saw_safe(self) -> None:
        """A safe request went out within the operation."""
        self._requests += 1
        self.followed = self.left

    def release(self, request: httpx.Request) -> None:
        """Let one unsafe request out; once more only where the first surely was not acted on."""
        target = (request.method, str(request.url))
        self.check_time()
        if self._ended:
            raise UnsafeRequest(f"{_what(request)} after its operation {self.operation_id} had ended")
        if self.left and self._again != target:
            raise UnsafeRequest(f"{_what(request)} would be a second unsafe request of {self.operation_id}")
        if self._unsafe >= _MOST_TRIES:
            raise UnsafeRequest(f"{_what(request)} was tried too often in {self.operation_id}")
        self._requests += 1
        self._unsafe += 1
        self._again = None
        self.left, self.followed = True, False

    def check_time(self) -> None:
        """Raise Unavailable when the operation's time is over: this process was held up, perhaps for so long
        that another one looked the operation up. Asked once more right before the first byte leaves."""
        if _uptime() > self._until:
            raise Unavailable("the work was held up for too long: nothing was sent")

    def not_sent(self) -> None:
        """The connection for the unsafe request was never made."""
        self.left = False

    def answered(self, request: httpx.Request, status: int) -> None:
        """The unsafe request was answered."""
        # A vendor that refuses the token has not acted: the client's auth renews it and sends the same again.
        if status in _TOKEN_REFUSED:
            self._again = (request.method, str(request.url))
        if status == httpx.codes.UNAUTHORIZED:
            self.left = False


_sending: ContextVar[Sending | None] = ContextVar("parcelhub_sending", default=None)


@contextmanager
def sending(operation_id: str, within: float = float("inf")) -> Iterator[Sending]:
    """Bind a journalled operation: within it, and within so many real seconds, one unsafe request may leave.

    The intent must be committed before. Raises RuntimeError where another operation is bound already.
    """
    if _sending.get() is not None:
        raise RuntimeError("an operation is being sent already: one at a time")
    operation = Sending(operation_id, within)
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


def _uptime() -> float:
    """Seconds that also pass while the machine sleeps or the process is stopped."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def bound() -> Sending | None:
    """The operation that is bound here and now."""
    return _sending.get()


def _what(request: httpx.Request) -> str:
    return f"{request.method} to {request.url.host}"
