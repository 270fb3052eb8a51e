"""What will happen, and when: effects in order of their virtual time."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta

from vendor_emulators.clock import Clock

Effect = Callable[[], None]


class Schedule:
    """A heap of (due time, effect), drained before every request and by a ticker.

    ``now()`` is the due time of the effect that runs, else the clock's time: whether an effect is drained
    at its minute or an hour later, the facts that it writes carry the same time. So state is a pure
    function of what was asked and of the clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[datetime, int, Effect]] = []
        self._count = 0
        self._running: datetime | None = None
        self._latest: datetime | None = None

    def now(self) -> datetime:
        if self._running is not None:
            return self._running
        now = self._clock.now()
        # A gear that was changed for a slower one must not make recorded history run backwards.
        self._latest = now if self._latest is None or now > self._latest else self._latest
        return self._latest

    def at(self, due: datetime, effect: Effect) -> None:
        self._count += 1
        heapq.heappush(self._heap, (due, self._count, effect))

    def after(self, seconds: float, effect: Effect) -> None:
        """Schedule ``effect`` so many virtual seconds from now (from the running effect's own time)."""
        self.at(self.now() + timedelta(seconds=seconds), effect)

    def drain(self) -> None:
        """Run everything that is due, in order; effects may schedule further ones, also due already."""
        now = self.now()
        while self._heap and self._heap[0][0] <= now:
            due, _, effect = heapq.heappop(self._heap)
            # An effect may itself carry out a request, which drains again: its own time must outlast that.
            outer, self._running = self._running, due
            try:
                effect()
            finally:
                self._running = outer

    def __len__(self) -> int:
        return len(self._heap)
