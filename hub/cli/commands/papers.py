"""Paper: labels and packing slips."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from hub.cli.files import check_folder, write_whole
from hub.cli.plainly import echo
from hub.cli.session import HubCommand, Session, actor, pass_session
from hub.cli.show import Code, console, emit_json, next_step, say, table
from hub.words import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hub.flow.app import App
    from hub.flow.history.results import LabelsResult
    from hub.flow.history.views import PostingView
    from hub.flow.reading.naming import Strange

OUT = click.Path(dir_okay=False, path_type=Path)
_LABELLED = ("assembled", "booked", "labelled")


@click.command(cls=HubCommand)
@click.argument("postings", nargs=-1)
@click.option("--seller", help="Everything of this seller that is booked or assembled and not handed over.")
@click.option("--warehouse", help="With --seller: of this warehouse only.")
@click.option("--out", required=True, type=OUT, help="The PDF to write.")
@click.option("--paper", type=click.Choice(["100x150", "75x120", "58x40", "a4"]), help="Not the warehouse's.")
@click.option(
    "--dpi",
    type=click.IntRange(100, 1200),
    help="Dots an inch of the printer, where it is not a label printer's 203 or an office printer's 300. "
    "Barcodes are checked against it: at 300 a label may fit on 58x40 that no scanner would read at 203. "
    "The file is the same.",
)
@click.option("--with-slips", is_flag=True, help="Behind each label its packing slip.")
@click.option(
    "--start",
    type=click.IntRange(1, 4),
    default=1,
    help="On a4: the first free place of the first sheet, row by row.",
)
@click.option("--wait", default=60.0, show_default=True, help="How many seconds to wait for labels to come.")
@pass_session
def labels(
    session: Session,
    postings: tuple[str, ...],
    seller: str | None,
    warehouse: str | None,
    out: Path,
    paper: str | None,
    dpi: int | None,
    with_slips: bool,
    start: int,
    wait: float,
) -> None:
    """The labels of POSTINGS as one file, in pick-list order, on one paper size; on a4 two or four a sheet.

    A label of a cancelled posting, or one that shows another parcel, is refused; so is one whose barcode no
    scanner would read on that paper, with the papers that work. The exit code is 1 when one was refused or is
    not there yet; the file has the others. Where no 'hub serve' runs, this command fetches the labels itself.
    """
    from hub.cli.postings import watched
    from hub.flow import orders
    from hub.flow.reading.naming import why
    from hub.jobs.driving import drive

    check_folder(out)

    owners: list[str] = []

    async def work(app: App) -> tuple[LabelsResult, bytes | None]:
        chosen, strange = _chosen(session, app, postings, seller, warehouse, _LABELLED)
        ids = [view.id for view in chosen]
        owners.extend(view.seller for view in chosen)
        if wait > 0:  # a worker would make its first turn even then
            with watched(
                session, "Fetching labels", len(ids), lambda: len(ids) - orders.to_come(app, ids)
            ) as until:
                await drive(app, until, wait)
        result = await orders.labels(
            app, ids, paper=paper, dpi=dpi, slips=with_slips, start=start, actor=actor()
        )
        nowhere = {key: why(key, error) for key, error in strange.items()}
        result = msgspec.structs.replace(result, refused=result.refused | nowhere)
        return result, _content(app, result.document_id)

    result, content = session.run(work)
    if content is not None:
        write_whole(out, content)
    if session.as_json:
        emit_json(
            {
                "out": str(out) if content is not None else None,
                "document": result.document_id,
                "ready": result.ready,
                "waiting": result.waiting,
                "refused": result.refused,
            }
        )
    else:
        told = {one.number: one.reason for one in result.results}
        rows = [(number, Code("ready"), told[number]) for number in result.ready if told.get(number)]
        rows += [(number, Code("waiting"), reason) for number, reason in result.waiting.items()]
        rows += [(number, Code("refused"), reason) for number, reason in result.refused.items()]
        if rows:
            console().print(table(session, ("posting", "state", "reason"), rows))
        if content is not None:
            say(session, "Labels ready: {count}.", count=len(result.ready))
            echo(f"{out}")
            next_step(session, f"hub handover {owners[0]} --out sheet.pdf")
        elif any(one.code == "not_ready" for one in result.results):
            say(session, "No label is ready yet; run the same command again in a minute.")
    if content is None or result.waiting or result.refused:
        click.get_current_context().exit(1)


@click.command(cls=HubCommand)
@click.argument("postings", nargs=-1)
@click.option("--seller", help="Everything of this seller that is open.")
@click.option("--warehouse", help="With --seller: of this warehouse only.")
@click.option("--out", required=True, type=OUT, help="The PDF to write.")
@pass_session
def slips(
    session: Session, postings: tuple[str, ...], seller: str | None, warehouse: str | None, out: Path
) -> None:
    """Packing slips of POSTINGS as one file: what goes into each box.

    The exit code is 1 when one was left out: it was cancelled, or there is no such posting.
    """
    from hub.cli.postings import tell_strange
    from hub.flow import orders

    check_folder(out)

    async def work(app: App) -> tuple[str, bytes | None, list[PostingView], Strange]:
        chosen, strange = _chosen(session, app, postings, seller, warehouse, ())
        document = await orders.packing_slips(app, [view.id for view in chosen], actor())
        return document, _content(app, document), chosen, strange

    document, content, views, strange = session.run(work)
    cancelled = [view.number for view in views if view.stage == "cancelled"]
    numbers = [view.number for view in views if view.stage != "cancelled"]
    if content is not None:
        write_whole(out, content)
    if session.as_json:
        emit_json({"out": str(out), "document": document, "postings": numbers, "cancelled": cancelled})
    else:
        if cancelled:
            say(session, "Cancelled, so not packed: {numbers}", numbers=", ".join(cancelled))
        echo(f"{out}")
    tell_strange(session, strange)
    if cancelled or strange:
        click.get_current_context().exit(1)


def _chosen(
    session: Session,
    app: App,
    postings: Sequence[str],
    seller: str | None,
    warehouse: str | None,
    stages: tuple[str, ...],
) -> tuple[list[PostingView], Strange]:
    from hub.cli import postings as named
    from hub.flow.reading.naming import nobody

    if (not postings or warehouse is not None) and seller is None:
        raise click.UsageError(
            said("name postings, or use --seller SLUG", code="usage.name_postings_use_seller")
        )
    chosen, strange = named.find_some(app, postings, more=seller is not None)
    if seller is not None:
        known = {view.id for view in chosen}
        chosen += [view for view in named.all_open(app, seller, stages, warehouse) if view.id not in known]
    session.speak_to_owners(view.seller for view in chosen)
    if not chosen:
        if strange:
            raise nobody(strange)
        raise click.ClickException(
            said(
                "nothing of '{seller}' is at that point; 'hub postings {seller}' shows it all",
                code="usage.nothing_point_shows_all",
                values={"seller": seller},
            )
        )
    return chosen, strange


def _content(app: App, document_id: str | None) -> bytes | None:
    from hub.flow import reading

    return reading.document_content(app, document_id).content if document_id else None
