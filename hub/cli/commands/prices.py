"""The seller's contract prices with carriers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.help_words import SpokenGroup
from hub.cli.session import HubCommand, Session, actor, pass_session
from hub.cli.show import console, emit, emit_json, money, table
from hub.cli.tables import TABLE, XLSX, say_sheet, table_bytes, write_xlsx

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.choice.prices.contract_prices import ContractPriceView, PriceImport


@click.group(cls=SpokenGroup)
def prices() -> None:
    """Contract prices: what the seller really pays each carrier."""


@prices.command("import", cls=HubCommand)
@click.argument("seller")
@click.argument("carrier")
@click.argument("file", type=TABLE)
@pass_session
def import_prices(session: Session, seller: str, carrier: str, file: str) -> None:
    """Make FILE (Excel or CSV, - is stdin) the whole price table of SELLER with CARRIER.

    The header names the columns: service, percent, price, currency, over_g, up_to_g, valid_from, valid_to.
    A line has a percent (off the list price) or a price. If a line cannot be read, or two lines apply to one
    parcel, they are told, nothing is changed, and the exit code is 1.
    """
    import msgspec

    from hub.flow.choice.prices import contract_prices, price_csv

    lines, problems, sheet = price_csv.read_table(table_bytes(file))
    if problems:
        if session.as_json:
            emit_json({"problems": problems})
        else:
            rows = [(problem.line, problem.reason) for problem in problems]
            console(stderr=True).print(table(session, ("line", "reason"), rows, title="nothing was changed"))
        click.get_current_context().exit(1)

    async def work(app: App) -> PriceImport:
        done = await contract_prices.import_prices(app, seller, carrier, lines, actor())
        return msgspec.structs.replace(done, sheet=sheet)

    done = session.run(work)
    say_sheet(session, sheet)
    emit(
        session,
        done,
        ("carrier", "lines", "added", "removed", "unchanged"),
        [(done.carrier, done.lines, done.added, done.removed, done.unchanged)],
    )


@prices.command("list", cls=HubCommand)
@click.argument("seller")
@click.option("--carrier", default="", help="Only this carrier's.")
@XLSX
@pass_session
def list_prices(session: Session, seller: str, carrier: str, xlsx: Path | None) -> None:
    """The contract prices of SELLER, as the files have them.

    With --carrier the Excel file is one that can be imported again.
    """
    if xlsx is not None:
        write_xlsx(session, xlsx, "prices", seller, carrier=carrier)
        return
    from hub.flow.choice.prices import contract_prices
    from hub.flow.history.view import Listing
    from hub.flow.sellers import sellers

    async def work(app: App) -> list[ContractPriceView]:
        session.speak_to(sellers.seller(app, seller))
        return contract_prices.list_prices(app, seller, carrier)

    found = session.run(work)
    rows = [
        (
            view.carrier,
            view.line,
            view.service or "*",
            "" if view.percent is None else f"-{view.percent}%",
            money(view.price),
            f"{view.over_g} g" if view.over_g else "",
            "" if view.up_to_g is None else f"{view.up_to_g} g",
            view.valid_from,
            view.valid_to,
        )
        for view in found
    ]
    headings = ("carrier", "line", "service", "discount", "price", "over", "up to", "from", "until")
    emit(session, Listing(items=found), headings, rows)


@prices.command("remove", cls=HubCommand)
@click.argument("seller")
@click.argument("carrier")
@pass_session
def remove_prices(session: Session, seller: str, carrier: str) -> None:
    """Forget the contract prices of SELLER with CARRIER: list prices count again."""
    from hub.flow.choice.prices import contract_prices

    async def work(app: App) -> int:
        return await contract_prices.remove_prices(app, seller, carrier, actor())

    removed = session.run(work)
    emit(session, {"removed": removed}, ("removed",), [(removed,)])
