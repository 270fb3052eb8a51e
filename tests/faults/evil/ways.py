"""What the evil vendor says of parcels on their way, of what they cost in the end, and to a cancel."""

from __future__ import annotations

from tests.faults.evil.scene import Case, Scene
from tests.faults.evil.vendor import Twist

ACCEPTED = {"time": "2026-11-23T09:00:00+00:00", "code": "accepted", "text": "taken in"}
MOVED = {"time": "2026-11-23T10:00:00+00:00", "code": "moved", "text": "on its way"}
DELIVERED = {"time": "2026-11-23T11:00:00+00:00", "code": "delivered", "text": "handed over"}


def _at(event: dict[str, str], time: str) -> dict[str, str]:
    return event | {"time": time}


async def _backwards(at: Scene) -> None:
    """Delivered first; then it is on its way again."""
    await at.at.pass_time(2 * 3600, news=False)
    at.vendor.events.append(_at(MOVED, "2026-11-23T12:00:00+00:00"))


async def _other_words(at: Scene) -> None:
    await at.at.pass_time(3 * 3600, news=False)
    at.vendor.events[0] = ACCEPTED | {"text": "taken in at another counter"}


async def _a_month_later(at: Scene) -> None:
    """The parcel has arrived long ago; its number comes again for the next order."""
    await at.at.pass_time(3 * 24 * 3600, news=False)
    at.at.clock.advance(28 * 24 * 3600)
    await at.at.pass_time(3600, news=False)
    at.vendor.events.clear()
    at.vendor.next["book"].append(Twist(number=at.vendor.orders[0].number))
    await at.ship()


async def _again(at: Scene) -> None:
    await at.ship_again()


_FORGOTTEN = {"cancel": (Twist(does=False),)}
WAYS: list[Case] = [
    Case(rows="69", name="tracking goes backwards", events=(DELIVERED,), then=_backwards, hours=24),
    Case(rows="70", name="the words of an event change", events=(ACCEPTED,), then=_other_words, hours=24),
    Case(rows="71", name="an event without a zone", events=(_at(MOVED, "2026-11-23T10:00:00"), DELIVERED),
         hours=12),
    Case(rows="72", name="an event three hours ahead", events=(_at(DELIVERED, "2026-11-23T14:00:00+00:00"),)),
    Case(rows="73", name="an event a thousand hours old",
         events=(_at(DELIVERED, "2026-10-12T10:00:00+00:00"),)),
    Case(rows="74", name="half more is charged", charged=("390.00", "RUB")),
    Case(rows="75", name="another currency is charged", charged=("390.00", "USD"), hours=24),
    Case(rows="75a", name="less than nothing is charged", charged=("-260.00", "RUB"), hours=24),
    Case(rows="76", name="an unknown code", events=(MOVED | {"code": "X7"},)),
    Case(rows="77", name="a cancel says yes and does nothing, once", then=_again, meets=_FORGOTTEN),
    Case(rows="77a", name="a cancel says yes and never does anything", then=_again,
         always={"cancel": Twist(does=False)}),
    Case(rows="77b", name="a cancel says yes and never does anything (none)", then=_again, carrier="none",
         always={"cancel": Twist(does=False)}, twice_documented=True),
    Case(rows="78", name="a cancel that has a state says yes and never does anything", carrier="telling",
         then=_again, always={"cancel": Twist(does=False)}),
    Case(rows="79", name="a number comes again after a month", events=(DELIVERED,), then=_a_month_later,
         told="late_risk"),
]  # fmt: skip
