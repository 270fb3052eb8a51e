"""The seller's product catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.help_words import SpokenGroup
from hub.cli.next_steps import after_the_catalogue
from hub.cli.session import HubCommand, Session, actor, pass_session
from hub.cli.show import console, emit, emit_json, next_step, say, table
from hub.cli.tables import TABLE, XLSX, say_sheet, table_bytes, write_xlsx

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.history.results import ImportResult
    from hub.flow.history.view import Listing
    from hub.flow.history.views import ProductView


@click.group(cls=SpokenGroup)
def products() -> None:
    """The product catalogue: weights, sizes, names, places."""


@products.command("import", cls=HubCommand)
@click.argument("seller")
@click.argument("file", type=TABLE)
@pass_session
def import_products(session: Session, seller: str, file: str) -> None:
    """Read FILE (Excel or CSV, - is stdin) into the catalogue of SELLER.

    The header names the fields in English, Russian or Chinese, or as they are called here: offer_id (needed),
    sku, barcodes, weight_g, length_mm, width_mm, height_mm, fragile, place, customs_code, brand,
    material, gross_weight_g, origin_country, radio, url, name_ru, name_en, name_zh. Lines that cannot be
    read are told and the others go on; then the exit code is 1.
    """
    import msgspec

    from hub.flow.sellers import catalogue

    found, unread, sheet = catalogue.read_table(table_bytes(file))

    async def work(app: App) -> tuple[ImportResult, str]:
        result = await catalogue.import_products(app, seller, found, actor())
        result = msgspec.structs.replace(result, problems=(*unread, *result.problems), sheet=sheet)
        return result, after_the_catalogue(app, seller)

    result, following = session.run(work)
    if session.as_json:
        emit_json(result)
    else:
        say_sheet(session, sheet)
        shown = table(
            session, ("added", "changed", "unchanged"), [(result.added, result.changed, result.unchanged)]
        )
        console().print(shown)
        if not found and not unread:
            say(session, "The file has no line below its header.")
        if result.problems:
            rows = [(problem.line, problem.reason) for problem in result.problems]
            console(stderr=True).print(table(session, ("line", "reason"), rows, title="problems"))
    if result.problems:
        click.get_current_context().exit(1)
    if found:
        next_step(session, following)


@products.command("list", cls=HubCommand)
@click.argument("seller")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200))
@click.option("--cursor", default="", help="Where the last page ended.")
@XLSX
@pass_session
def list_products(session: Session, seller: str, limit: int, cursor: str, xlsx: Path | None) -> None:
    """The catalogue of SELLER."""
    if xlsx is not None:
        write_xlsx(session, xlsx, "products", seller)
        return
    from hub.flow.sellers import catalogue, sellers

    async def work(app: App) -> Listing[ProductView]:
        session.speak_to(sellers.seller(app, seller))
        return catalogue.list_products(app, seller, cursor, limit)

    page = session.run(work)
    rows = [
        (
            v.offer_id,
            v.sku,
            _name(v, session.language),
            f"{v.weight_g} g" if v.weight_g is not None else "",
            "x".join(str(side) for side in (v.length_mm, v.width_mm, v.height_mm)) if v.length_mm else "",
            v.place,
        )
        for v in page.items
    ]
    emit(session, page, ("offer id", "sku", "name", "weight", "mm", "place"), rows)
    if page.next and not session.as_json:
        say(session, "More: add --cursor {cursor}", cursor=page.next)


def _name(product: ProductView, language: str) -> str:
    """In the reader's language, else in one that there is."""
    names = {"ru": product.name_ru, "en": product.name_en, "zh": product.name_zh}
    return names[language] or next(filter(None, names.values()), "")
