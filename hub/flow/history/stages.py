"""Where a posting is: a pure function of what the marketplace says, our booking, the label and tracking."""

from __future__ import annotations

from hub.plugin_api.models import EventKind, Stage

_OF_EVENT = {
    EventKind.ACCEPTED: Stage.IN_TRANSIT,
    EventKind.MOVED: Stage.IN_TRANSIT,
    EventKind.CUSTOMS: Stage.IN_TRANSIT,
    EventKind.OUT_FOR_DELIVERY: Stage.IN_TRANSIT,
    EventKind.ATTEMPT_FAILED: Stage.IN_TRANSIT,
    EventKind.READY: Stage.READY_FOR_PICKUP,
    EventKind.HANDED_OVER: Stage.DELIVERED,
    EventKind.RETURNING: Stage.RETURNING,
    EventKind.RETURNED: Stage.RETURNED,
    EventKind.LOST: Stage.LOST,
}
_OTHER_ENDS = (Stage.LOST, Stage.RETURNED, Stage.RETURNING)


def stage_of_event(kind: EventKind) -> Stage | None:
    """What a tracking event says of the stage; None for the many that leave it as it is."""
    return _OF_EVENT.get(kind)


def stage_of(*, marketplace: Stage | None, tracked: Stage | None, previous: Stage) -> Stage:
    """The stage that all the facts together give; never behind ``previous``.

    A cancel counts until the parcel has reached the buyer. What tracking says of a return or a loss goes
    before what the marketplace still believes. ``marketplace`` is None for a status that nobody knows.
    """
    if previous in (Stage.DELIVERED, Stage.RETURNED, Stage.LOST, Stage.CANCELLED):
        return previous
    if marketplace is Stage.CANCELLED:
        return Stage.CANCELLED
    if tracked in _OTHER_ENDS:
        return tracked
    candidates = [stage for stage in (marketplace, tracked) if stage is not None]
    return max([previous, *candidates], key=lambda stage: stage.rank)
