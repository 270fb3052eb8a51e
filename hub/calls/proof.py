"""Whether an account's credentials are known to work: by an answer to a read, within the last minutes.

An order that is refused with 401 may have been taken all the same, by a vendor behind the gateway that
refused it. So an unsafe request goes out only with credentials that have just been seen working; where none
were, the core asks the vendor something that costs nothing first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import httpx

from hub.calls.uptime import uptime

LASTS = 300.0
"""Real seconds for which an answer proves the credentials."""


class Proofs:
    """When each of an account's addresses last gave an answer that only working credentials get."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}

    def mark(self, origin: str) -> None:
        """A read of this address was answered well."""
        self._at[origin] = uptime()

    def drop(self) -> None:
        """They were refused, or what was sent got no clear answer: they have to be proved again."""
        self._at.clear()

    def fresh(self, origin: str) -> bool:
        """Whether they were proved lately."""
        return uptime() - self._at.get(origin, float("-inf")) < LASTS


def origin_of(request: httpx.Request) -> str:
    """Scheme, host and port of a request."""
    url = request.url
    return f"{url.scheme}://{url.host}:{url.port or ''}"


_noted: ContextVar[list[tuple[Proofs, str]] | None] = ContextVar("parcelhub_proofs", default=None)


@contextmanager
def noting() -> Iterator[None]:
    """Around a read: what it was answered counts as a proof once the plugin could use it, without an error.
    A vendor that says "wrong key" under HTTP 200 proves nothing."""
    found: list[tuple[Proofs, str]] = []
    token = _noted.set(found)
    try:
        yield
    finally:
        _noted.reset(token)
    for proofs, origin in found:
        proofs.mark(origin)


def note(proofs: Proofs, origin: str) -> None:
    """A safe request was answered with a success."""
    found = _noted.get()
    if found is not None:
        found.append((proofs, origin))


__all__ = ["LASTS", "Proofs", "note", "noting", "origin_of"]
