"""A seller's day at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hub.cli.session import HubCommand, Session, pass_session
from hub.cli.show import Code, Until, console, emit_json, say, table

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.history.today_views import TodayView

_LINES = (
    "when", "deadline", "warehouse", "postings", "to answer", "to order", "under way", "to hand over",
)  # fmt: skip


@click.command(cls=HubCommand)
@click.argument("seller")
@click.option("--warehouse", help="Only what leaves from this warehouse.")
@pass_session
def today(session: Session, seller: str, warehouse: str | None) -> None:
    """What SELLER has to do: what must leave by when, and what waits for an answer, the most urgent first."""

    async def work(app: App) -> TodayView:
        from hub.flow.reading.today import today_of
        from hub.flow.sellers import sellers, warehouses

        session.speak_to(sellers.seller(app, seller))
        if warehouse is not None:
            warehouses.named(app, seller, warehouse)
        return today_of(app, seller, warehouse, None if session.as_json else session.language)

    day = session.run(work)
    if session.as_json:
        emit_json(day)
        return
    if day.leaving:
        console().print(
            table(
                session,
                _LINES,
                [
                    (
                        Code(one.part), Until(one.first), one.warehouse, one.postings, one.to_answer,
                        one.to_order, one.under_way, one.to_hand_over,
                    )
                    for one in day.leaving
                ],
            )
        )  # fmt: skip
    if day.questions:
        rows = [(one.count, Until(one.deadline), one.text, one.problem_id) for one in day.questions]
        console().print(table(session, ("count", "answer by", "what", "id"), rows))
        say(session, "Their answers: hub problems --seller {seller}", seller=seller)
    if day.units_missing:
        say(
            session,
            "{count:posting} cannot be packed before every piece is scanned: hub pack {seller}",
            count=day.units_missing,
            seller=seller,
        )
    if not (day.leaving or day.questions):
        say(session, "Nothing is to be done.")


__all__ = ["today"]
