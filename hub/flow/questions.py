"""Every kind of problem and every answer: here the rooms' declarations come together, and are held against
each other once, when the hub is loaded."""

from __future__ import annotations

from hub.flow.booking import problems as booking
from hub.flow.choice import problems as choice
from hub.flow.documents import problems as documents
from hub.flow.handover import problems as handover
from hub.flow.intake import problems as intake
from hub.flow.marketplace import problems as marketplace
from hub.flow.messages import problems as messages
from hub.flow.packing import problems as packing
from hub.flow.problems import work
from hub.flow.problems.answers import undeclared, unused
from hub.flow.recipients import problems as recipients
from hub.flow.sellers import problems as sellers
from hub.flow.tracking import problems as tracking
from hub.flow.units import problems as units

ROOMS = (
    intake,
    recipients,
    sellers,
    packing,
    choice,
    documents,
    booking,
    marketplace,
    units,
    handover,
    tracking,
    messages,
    work,
)

if _wrong := [*undeclared(), *unused()]:
    raise TypeError(f"answers that only one side knows: {', '.join(_wrong)}")

__all__ = ["ROOMS"]
