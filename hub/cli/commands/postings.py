"""A seller's postings."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.session import HubCommand, Session, pass_session
from hub.cli.show import StageCode, Until, emit, money, say
from hub.cli.tables import XLSX, write_xlsx
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.history.view import Listing
    from hub.flow.history.views import PostingView


@click.command(cls=HubCommand)
@click.argument("seller")
@click.option("--warehouse", help="Only what leaves from this warehouse (its slug).")
@click.option("--stage", "stages", multiple=True, help="Only this stage; repeat it.")
@click.option("--open", "open_only", is_flag=True, help="Only what has to be worked on.")
@click.option(
    "--ship-before",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]),
    help="Only what must leave before this time, in the zone of the table: the seller's or the warehouse's.",
)
@click.option("--sort", type=click.Choice(["deadline", "newest"]), default="deadline", show_default=True)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200))
@click.option("--cursor", default="", help="Where the last page ended.")
@XLSX
@pass_session
def postings(
    session: Session,
    seller: str,
    warehouse: str | None,
    stages: tuple[str, ...],
    open_only: bool,
    ship_before: datetime | None,
    sort: str,
    limit: int,
    cursor: str,
    xlsx: Path | None,
) -> None:
    """The postings of SELLER, the most urgent first."""
    from hub.flow import reading
    from hub.flow.sellers import sellers, warehouses
    from hub.plugin_api.models import Stage

    unknown = [stage for stage in stages if stage not in {str(s) for s in Stage}]
    if unknown:
        known = ", ".join(str(stage) for stage in Stage)
        raise click.UsageError(
            said(
                "--stage {unknown}: there is no such stage; there are {known}",
                code="usage.stage_no_stage",
                values={"unknown": unknown[0], "known": known},
            )
        )

    if xlsx is not None:
        write_xlsx(
            session,
            xlsx,
            "postings",
            seller,
            warehouse=warehouse,
            stages=stages,
            open_only=open_only,
            ship_before=ship_before,
        )
        return

    async def work(app: App) -> Listing[PostingView]:
        there = None if warehouse is None else warehouses.named(app, seller, warehouse)
        session.speak_to(sellers.seller(app, seller), "" if there is None else there.time_zone)
        return reading.postings(
            app,
            seller=seller,
            warehouse=warehouse,
            stages=tuple(Stage(stage) for stage in stages),
            ship_before=ship_before.replace(tzinfo=session.zone) if ship_before else None,
            open_only=open_only,
            sort="newest" if sort == "newest" else "deadline",
            cursor=cursor,
            limit=limit,
        )

    page = session.run(work)
    emit(
        session,
        page,
        (
            "posting",
            "scheme",
            "stage",
            "status",
            "ship by",
            "carrier",
            "price",
            "tracking number",
            "problems",
        ),
        [
            (
                v.number,
                v.scheme,
                StageCode(v.stage),
                v.status if v.status_known else f"{v.status} (?)",
                Until.of(v.ship_by, v.stage),
                v.carrier or v.provider,
                money(v.price),
                v.tracking_number,
                v.problems or "",
            )
            for v in page.items
        ],
    )
    if page.next and not session.as_json:
        say(session, "More: add --cursor {cursor}", cursor=page.next)
