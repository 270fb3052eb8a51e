"""Which refusals are documented, which are guessed, and what else a vendor may do where this one was guessed.

A refusal that some source tells of is trusted. One that the emulator only assumes must not be: the real
vendor may take the request all the same and do nothing, or do it later. `POST /_emulator/guessed` has it so.
"""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from vendor_emulators.schedule import Schedule
from vendor_emulators.wire import Request, Response

Way = Literal["refuse", "ignore", "late"]
LATE = 60.0  # virtual seconds until what was taken has its effect


class Guess(msgspec.Struct, frozen=True):
    """A refusal of which no source says that the vendor gives it there.

    ``accepted``: the answer of a vendor that takes the request; None where it changes nothing, so that there
    is only one way. ``path`` is a glob.
    """

    code: str
    method: str
    path: str
    accepted: Callable[[Request], Response] | None = None

    def fits(self, request: Request, response: Response) -> bool:
        """Whether this is the answer: its code stands in it, in quotes or as an attribute."""
        return (
            request.method == self.method
            and f'"{self.code}"'.encode() in response.body
            and fnmatch.fnmatchcase(request.path, self.path)
        )


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/guessed``; ``codes``: these only. ``seconds``: of ``late``, virtual."""

    way: Way
    codes: list[str] | None = None
    seconds: float = LATE


class Guessed:
    """The guessed refusals of one emulator, and which way they go."""

    def __init__(self, schedule: Schedule, guesses: Sequence[Guess]) -> None:
        self._schedule = schedule
        self._guesses = guesses
        self._settings = Settings(way="refuse")
        self.happened: Counter[str] = Counter()

    def set(self, settings: Settings) -> None:
        """Go this way from now on. Raises ValueError for a code that is none of the guessed ones."""
        known = {guess.code for guess in self._guesses}
        if unknown := set(settings.codes or ()) - known:
            raise ValueError(
                f"not guessed: {', '.join(sorted(unknown))}; guessed: {', '.join(sorted(known))}"
            )
        self._settings = settings

    def view(self) -> dict[str, object]:
        """The way, what is guessed, and how often another answer was given."""
        guesses = [
            {"code": one.code, "method": one.method, "path": one.path, "ways": 3 if one.accepted else 1}
            for one in self._guesses
        ]
        return {"settings": self._settings, "guesses": guesses, "happened": dict(self.happened)}

    def judged(self, request: Request, response: Response, again: Callable[[], object]) -> Response:
        """The answer, or another where it was a guess. ``again`` carries the request out once more."""
        settings = self._settings
        if settings.way == "refuse":
            return response
        for guess in self._guesses:
            if guess.accepted is None or (settings.codes is not None and guess.code not in settings.codes):
                continue
            if guess.fits(request, response):
                self.happened[guess.code] += 1
                if settings.way == "late":
                    self._schedule.after(settings.seconds, lambda: _discard(again()))
                return guess.accepted(request)
        return response


def _discard(_: object) -> None:
    """A late answer has nobody to go to."""
