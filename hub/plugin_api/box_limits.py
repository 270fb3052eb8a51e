"""How large a box may be that a vendor takes, as its plugin declares it."""

from __future__ import annotations

import msgspec


class BoxLimit(msgspec.Struct, frozen=True, kw_only=True):
    """The largest box of a vendor, or of some of its services. The hub holds every box against it when prices
    are asked, so before the marketplace hears that anything is packed: what nobody takes is a question to a
    person, with what would fit."""

    source: str
    """Where the vendor documents it, and when that was read."""
    services: tuple[str, ...] = ()
    """The codes of the services, or what they begin with; empty: all of them."""
    longest_mm: int | None = None
    """The longest side; None: not limited."""
    sides_mm: int | None = None
    """Length, width and height, added."""
    girth_mm: int | None = None
    """The longest side and twice the sum of both others."""

    def of(self, service: str) -> bool:
        """Whether it holds for the service of this code."""
        return not self.services or service.startswith(self.services)


__all__ = ["BoxLimit"]
