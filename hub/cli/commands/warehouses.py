"""Where a seller's parcels leave from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.session import HubCommand, Session, actor, pass_session
from hub.cli.show import emit
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.history.view import Listing
    from hub.flow.history.warehouse_views import WarehouseView

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_ids = click.option(
    "--marketplace-warehouse",
    "pairs",
    multiple=True,
    metavar="ACCOUNT=ID",
    help="A warehouse of the marketplace whose postings leave from here; repeat it.",
)


@click.group()
def warehouse() -> None:
    """Warehouses of a seller."""


@warehouse.command("list", cls=HubCommand)
@click.argument("seller")
@pass_session
def list_warehouses(session: Session, seller: str) -> None:
    """The warehouses of SELLER. Everybody has main: what no other is for leaves from there."""
    from hub.flow.history.view import Listing
    from hub.flow.sellers import warehouses

    async def work(app: App) -> Listing[WarehouseView]:
        return Listing(items=warehouses.list_warehouses(app, seller))

    page = session.run(work)
    _emit(session, page, page.items)


@warehouse.command("add", cls=HubCommand)
@click.argument("seller")
@click.argument("slug")
@click.option("--title", required=True, help="Its name, as people say it.")
@click.option("--time-zone", default="", help="An IANA name. Default: the seller's.")
@click.option("--sender", "sender_file", type=_FILE, help="A JSON file, as for 'hub seller add'.")
@click.option("--paper", default="", help="100x150, 75x120, 58x40 or a4. Default: the seller's.")
@click.option("--cut-off", default="", metavar="HH:MM", help="What is quoted later leaves on the next day.")
@_ids
@pass_session
def add_warehouse(
    session: Session,
    seller: str,
    slug: str,
    title: str,
    time_zone: str,
    sender_file: Path | None,
    paper: str,
    cut_off: str,
    pairs: tuple[str, ...],
) -> None:
    """Add a warehouse to SELLER. SLUG is its key for ever: lower-case letters, digits, hyphens.

    Open postings that the marketplace has there move to it.
    """
    from hub.cli.commands.sellers import sender_in
    from hub.flow.history.warehouse_views import NewWarehouse
    from hub.flow.sellers import warehouses

    new = NewWarehouse(
        slug=slug,
        title=title,
        time_zone=time_zone,
        sender=sender_in(sender_file) if sender_file else None,
        paper=paper,
        cut_off=cut_off,
        marketplace_warehouses=_by_account(pairs),
    )

    async def work(app: App) -> WarehouseView:
        return await warehouses.add_warehouse(app, seller, new, actor())

    view = session.run(work)
    _emit(session, view, [view])


@warehouse.command("change", cls=HubCommand)
@click.argument("seller")
@click.argument("slug")
@click.option("--title", help="Its name, as people say it.")
@click.option("--time-zone", help="An IANA name; empty: the seller's.")
@click.option("--sender", "sender_file", type=_FILE, help="A JSON file, as for 'hub seller add'.")
@click.option("--paper", help="100x150, 75x120, 58x40 or a4; empty: the seller's.")
@click.option("--cut-off", metavar="HH:MM", help="What is quoted later leaves on the next day; empty: none.")
@_ids
@pass_session
def change_warehouse(
    session: Session,
    seller: str,
    slug: str,
    title: str | None,
    time_zone: str | None,
    sender_file: Path | None,
    paper: str | None,
    cut_off: str | None,
    pairs: tuple[str, ...],
) -> None:
    """Correct a warehouse: what is given changes, the rest stays.

    With --marketplace-warehouse all of them are given anew, and open postings move. What is booked stays as
    it was booked.
    """
    from hub.cli.commands.sellers import sender_in
    from hub.flow.history.warehouse_views import WarehouseChange
    from hub.flow.sellers import warehouses

    change = WarehouseChange(
        title=title,
        time_zone=time_zone,
        sender=sender_in(sender_file) if sender_file else None,
        paper=paper,
        cut_off=cut_off,
        marketplace_warehouses=_by_account(pairs) if pairs else None,
    )

    async def work(app: App) -> WarehouseView:
        known = warehouses.named(app, seller, slug)
        return await warehouses.change_warehouse(app, known.id, change, actor())

    view = session.run(work)
    _emit(session, view, [view])


def _by_account(pairs: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        name, sign, one = pair.partition("=")
        if not (name and sign and one):
            raise click.UsageError(
                said("--marketplace-warehouse: write ACCOUNT=ID", code="usage.marketplace_warehouse")
            )
        found[name] = (*found.get(name, ()), one)
    return found


def _emit(
    session: Session, value: WarehouseView | Listing[WarehouseView], views: list[WarehouseView]
) -> None:
    headings = ("warehouse", "title", "time zone", "paper", "cut-off", "city", "at marketplaces")
    rows: list[tuple[Any, ...]] = [
        (
            v.slug,
            v.title,
            v.time_zone,
            v.paper,
            v.cut_off,
            "" if v.sender is None else v.sender.address.city,
            [f"{account} {one}" for account, ids in v.marketplace_warehouses.items() for one in ids],
        )
        for v in views
    ]
    emit(session, value, headings, rows)
