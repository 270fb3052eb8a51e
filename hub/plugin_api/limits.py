"""How often a vendor may be asked, as its plugin declares it."""

from __future__ import annotations

import msgspec


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A vendor's documented limit: at most ``requests`` in any ``seconds``, of the paths that begin so.

    With a ``time_zone`` it is one of calls a day, from midnight to midnight there (``seconds`` is then not
    looked at). It is counted in the database, and calls are kept back for bookings (`hub.calls.budget`).
    """

    requests: int
    """How many at most."""
    seconds: float = 1.0
    """In any so many seconds."""
    path: str | tuple[str, ...] = ""
    """Which requests count, by the beginnings of their paths; empty: all."""
    time_zone: str = ""
    """Where the vendor's day turns, an IANA name. ``AccountStatus.calls_allowed`` says more than ``requests``
    for the first such limit of a class."""
    per_parcel: int = 0
    """Of a limit with a time zone: how many calls a parcel takes from its booking to its label."""


__all__ = ["Limit"]
