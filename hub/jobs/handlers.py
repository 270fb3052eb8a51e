"""Who does which kind of work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hub.flow.app import App

Handler = Callable[["App", str], Awaitable[datetime | None]]
"""Does the work about one subject; says when it is to be done again, or None."""


def handlers() -> dict[str, Handler]:
    """By the kind of work that they do."""
    from hub.flow import alarms, steps
    from hub.flow.booking import second_look
    from hub.flow.documents import labelling
    from hub.flow.handover import telling as handover
    from hub.flow.intake import postings as intake
    from hub.flow.marketplace import cancel_requests
    from hub.flow.messages import sending as messages
    from hub.flow.recipients import erasing
    from hub.flow.tracking import events as tracking

    return {
        "sync": intake.run,
        "cancel_requests": cancel_requests.run,
        "advance": steps.run,
        "labels": labelling.run,
        "track": tracking.run,
        "handover": handover.run,
        "deadlines": alarms.run,
        "erase": erasing.run,
        "messages": messages.run,
        "look_again": second_look.run,
    }
