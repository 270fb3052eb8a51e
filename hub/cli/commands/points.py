"""Delivery points near a buyer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hub.cli.session import HubCommand, Session, pass_session
from hub.cli.show import Code, console, emit_json, say, table
from hub.cli.texts import text

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.choice.near_points import PointsView, PointView


@click.command(cls=HubCommand)
@click.argument("posting")
@click.option("--carrier", default="", help="Of this carrier alone.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200), help="How many.")
@pass_session
def points(session: Session, posting: str, carrier: str, limit: int) -> None:
    """Delivery points near the buyer of POSTING, of every carrier that is on: the nearest first.

    Those that do not take the parcel come last, and say why. It books nothing.
    """
    from hub.cli.postings import find
    from hub.flow.choice import near_points
    from hub.flow.sellers import sellers

    async def work(app: App) -> PointsView:
        view = find(app, [posting])[0]
        session.speak_to(sellers.seller(app, view.seller))
        return await near_points.near(app, view.id, carrier=carrier, limit=limit)

    found = session.run(work)
    if session.as_json:
        emit_json(found)
        return
    rows: list[tuple[object, ...]] = [
        (
            one.carrier,
            one.code,
            Code(one.kind),
            "" if one.distance_m is None else f"{one.distance_m / 1000:.1f}",
            ", ".join(filter(None, (one.postal_code, one.city, one.street))),
            one.hours,
            _limit(session, one),
        )
        for one in found.items
    ]
    rows += [(name, "", "", "", "", "", why) for name, why in found.missing.items()]
    console().print(table(session, ("carrier", "code", "kind", "km", "address", "hours", "note"), rows))
    if not found.measured and found.items:
        say(session, "The marketplace does not say where the buyer's address lies: distances are not known.")


def _limit(session: Session, one: PointView) -> str:
    """Why it does not take the parcel."""
    if one.refuses == "weight" and one.max_weight_g is not None:
        return text("takes up to {kg} kg", session.language, kg=f"{one.max_weight_g / 1000:g}")
    if one.refuses == "size" and one.max_sides_mm is not None:
        sides = " x ".join(str(side) for side in one.max_sides_mm)
        return text("takes up to {sides} mm", session.language, sides=sides)
    return ""
