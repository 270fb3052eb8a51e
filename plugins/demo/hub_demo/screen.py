"""What a person sees while the day goes by: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from hub_demo.clock import Clock
from hub_demo.scenario import ZONE

_ORDER = ("new", "waiting", "planned", "packed", "registering", "assembled", "booked", "labelled",
          "handed_over", "in_transit", "ready_for_pickup", "delivered", "cancelled")  # fmt: skip
_COLOURS = {"delivered": "green", "cancelled": "magenta", "labelled": "cyan", "handed_over": "blue"}
_WIDTH = 24


class Screen:
    """Progress, in virtual time."""

    def __init__(self, console: Console, clock: Clock) -> None:
        self._console, self._clock = console, clock
        self._begun = time.monotonic()
        self._phase = ""
        self._stages: Counter[str] = Counter()
        self._zone = ZoneInfo(ZONE)
        self._spinner = Spinner("dots")
        self._live = Live(get_renderable=self._picture, console=console, refresh_per_second=8, transient=True)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()

    @property
    def seconds(self) -> float:
        """Real seconds since the beginning."""
        return time.monotonic() - self._begun

    def say(self, phase: str) -> None:
        """A new part of the day."""
        self._phase = phase
        self._line(Text(phase, "bold"))

    def note(self, text: str) -> None:
        """Something worth telling."""
        self._line(Text.assemble(("· ", "yellow"), text))

    def count(self, stages: Counter[str]) -> None:
        """How many postings stand where."""
        self._stages = stages

    def _line(self, text: Text) -> None:
        at = Text(f"{self._clock.now().astimezone(self._zone):%a %H:%M}  ", style="cyan")
        self._console.print(at + text, soft_wrap=True)

    def _picture(self) -> RenderableType:
        now = self._clock.now().astimezone(self._zone)
        head = Text.assemble(
            (f"{now:%A %d %B, %H:%M}", "bold cyan"),
            (f"   {self.seconds:.0f} s", "dim"),
        )
        self._spinner.update(text=Text(self._phase, style="bold"))
        rows: list[RenderableType] = [head, self._spinner]
        total = max(1, self._stages.total())
        for stage in (*_ORDER, *sorted(set(self._stages) - set(_ORDER))):
            if count := self._stages[stage]:
                bar = "━" * max(1, round(count * _WIDTH / total))
                colour = _COLOURS.get(stage, "yellow")
                rows.append(
                    Text.assemble((f"  {stage.replace('_', ' '):<18}", ""), (bar, colour), f" {count}")
                )
        return Group(*rows)
