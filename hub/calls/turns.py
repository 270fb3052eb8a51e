"""Large answers take turns: what they may grow to is set aside before they are read, from one budget of the
whole process.

Each answer has its own limit, and twenty accounts may be asked at once. The first part of every answer is
free, so that what is small, as answers to bookings are, never waits for what is large.
"""

from __future__ import annotations

import asyncio
from collections import deque

FREE = 1024 * 1024
"""Bytes of an answer that need no turn."""
BUDGET = 192 * 1024 * 1024
"""Bytes that all answers under way may grow to together, beside what is free."""


class Turns:
    """A budget that is shared in the order of asking. A wait without end ends with the caller's deadline."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = self._left = budget
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def take(self, size: int) -> int:
        """Wait until ``size`` bytes are left, at most the whole budget; gives what was taken."""
        size = min(size, self._budget)
        if not self._waiting and size <= self._left:
            self._left -= size
            return size
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give(size)  # it came in the same moment
            else:
                self._waiting = deque(one for one in self._waiting if one[1] is not turn)
                self._next()
            raise
        return size

    def give(self, size: int) -> None:
        """Give back what was taken."""
        self._left += size
        self._next()

    def _next(self) -> None:
        while self._waiting and (self._waiting[0][1].done() or self._waiting[0][0] <= self._left):
            size, turn = self._waiting.popleft()
            if not turn.done():
                self._left -= size
                turn.set_result(None)


TURNS = Turns()
"""The process's."""
