"""The session of one login, shared by all requests of an account and renewed when SPSR has forgotten it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

LogIn = Callable[[str, str, str], Awaitable[str]]

TRUSTED_S = 60.0
"""How long after its last good answer a session is used for a request that must not be repeated."""


class Session:
    """Login, password, contract number (ICN, 10 digits) and the session id that they gave.

    No source says how long a session lives. ``clock`` gives seconds that only grow.
    """

    def __init__(
        self,
        login: str,
        password: str,
        contract: str,
        *,
        user_agent: str = "parcelhub",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.login = login
        self.contract = contract
        self._password = password
        self._user_agent = user_agent
        self._clock = clock
        self._lock = asyncio.Lock()
        self._sid = ""
        self._good_at = 0.0
        self._attempts = 0
        self._failure: Exception | None = None

    def __repr__(self) -> str:
        return "Session(...)"

    async def sid(self, log_in: LogIn, *, gone: str = "", trusted: bool = False) -> str:
        """The session id, from a new login where there is none, where it is the one that is ``gone``, or,
        with ``trusted``, where it has not been seen working within the last minute.

        Requests that wait for the same login share it, and its failure.
        """
        if self._usable(gone, trusted):
            return self._sid
        attempts = self._attempts
        async with self._lock:
            if self._attempts != attempts and self._failure is not None:
                raise self._failure
            if not self._usable(gone, trusted):
                try:
                    self._sid = await log_in(self.login, self._password, self._user_agent)
                    self._failure = None
                    self._good_at = self._clock()
                except Exception as error:
                    self._sid, self._failure = "", error
                    raise
                finally:
                    self._attempts += 1
            return self._sid

    def worked(self, sid: str) -> None:
        """SPSR took a request of this session."""
        if sid == self._sid:
            self._good_at = self._clock()

    def forget(self, sid: str) -> None:
        """SPSR does not know this session any more."""
        if sid == self._sid:
            self._sid = ""

    def _usable(self, gone: str, trusted: bool) -> bool:
        if not self._sid or self._sid == gone:
            return False
        return not trusted or self._clock() - self._good_at <= TRUSTED_S
