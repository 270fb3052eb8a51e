"""The carriers' records: what the hub has seen of them, what buyers say, what the seller thinks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.help_words import SpokenGroup
from hub.cli.session import HubCommand, Session, actor, pass_session
from hub.cli.show import Code, console, emit_json, say, table
from hub.cli.tables import TABLE, XLSX, say_sheet, table_bytes, write_xlsx

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.choice.records.carrier_record import CarrierRecord, Figure
    from hub.flow.history.results import ImportResult

Row = tuple[object, ...]

_HEADINGS = (
    "carrier",
    "direction",
    "parcels",
    "on time",
    "days late",
    "lost",
    "damaged",
    "returned",
    "price kept",
    "surcharge",
    "first scan",
)


class ShowingGroup(SpokenGroup):
    """``hub records SELLER`` shows: what is no command of the group is the seller."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = [argument for argument in args if not argument.startswith("-")]
        if words and words[0] not in self.commands:
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group(cls=ShowingGroup, subcommand_metavar="SELLER | COMMAND [ARGS]...")
def records() -> None:
    """The carriers' records: on time, lost, damaged, price kept; with the parcels behind each figure."""


@records.command("show", cls=HubCommand)
@click.argument("seller")
@click.option("--carrier", default="", help="Only this carrier's.")
@click.option(
    "--direction", default="", help="As a choice reads it: RU, RU/63 (postal code) or RU/ and a region."
)
@XLSX
@pass_session
def show(session: Session, seller: str, carrier: str, direction: str, xlsx: Path | None) -> None:
    """The record of every carrier of SELLER, everywhere and in each direction with enough parcels.

    In brackets the number of parcels behind a figure, and the wider direction that it was taken from.
    """
    if xlsx is not None:
        write_xlsx(session, xlsx, "records", seller, carrier=carrier, direction=direction)
        return
    from hub.flow.choice.records import carrier_record
    from hub.flow.history.view import Listing
    from hub.flow.sellers import sellers

    async def work(app: App) -> list[CarrierRecord]:
        session.speak_to(sellers.seller(app, seller))
        return carrier_record.records(app, seller, carrier=carrier, direction=direction)

    found = session.run(work)
    if session.as_json:
        emit_json(Listing(items=found))
        return
    if not found:
        say(session, "Nothing here.")
        return
    console().print(table(session, _HEADINGS, [_row(record) for record in found]))
    said = [row for record in found for row in _said(record)]
    if said:
        headings = ("carrier", "kind", "reason", "source", "number", "share", "rating")
        console().print(table(session, headings, said, title="what buyers say"))


def _row(record: CarrierRecord) -> Row:
    return (
        record.carrier,
        record.direction or "*",
        record.parcels,
        _percent(record.on_time, record),
        _number(record.days_late, record),
        _percent(record.lost, record),
        _percent(record.damaged, record),
        _percent(record.returned, record),
        _percent(record.price_kept, record),
        _percent(record.surcharge, record),
        _number(record.first_scan_hours, record, " h"),
    )


def _percent(figure: Figure, record: CarrierRecord) -> str:
    return _figure("–" if figure.value is None else f"{figure.value * 100:.1f}%", figure, record)


def _number(figure: Figure, record: CarrierRecord, unit: str = "") -> str:
    return _figure("–" if figure.value is None else f"{figure.value:.1f}{unit}", figure, record)


def _figure(words: str, figure: Figure, record: CarrierRecord) -> str:
    wider = "" if figure.direction == record.direction else f", {figure.direction or '*'}"
    return f"{words} ({figure.parcels}{wider if figure.value is not None else ''})"


def _said(record: CarrierRecord) -> list[Row]:
    told: list[Row] = [
        (
            record.carrier,
            Code(one.kind),
            Code(one.reason),
            "",
            one.pieces,
            "–" if one.share is None else f"{one.share * 100:.1f}%",
            "",
        )
        for one in record.feedback
    ]
    told += [
        (record.carrier, Code("rating"), "", one.source, one.ratings, "", f"{one.value:.2f}")
        for one in record.ratings
    ]
    if record.own_rating is not None:
        told.append((record.carrier, Code("rating"), "", Code("seller"), 1, "", f"{record.own_rating:.2f}"))
    return told


@records.command("import", cls=HubCommand)
@click.argument("seller")
@click.argument("file", type=TABLE)
@pass_session
def import_records(session: Session, seller: str, file: str) -> None:
    """Read what buyers say out of FILE (Excel or CSV, - is stdin): claims, returns and ratings, a line each.

    The header names the columns: kind, date, source, posting, carrier, reason, rating, count. A line that is
    known already changes nothing. Lines that cannot be read are told and the others go on; then the exit
    code is 1.
    """
    from hub.flow.choice.records import carrier_feedback

    data = table_bytes(file)

    async def work(app: App) -> ImportResult:
        return await carrier_feedback.import_csv(app, seller, data, actor())

    result = session.run(work)
    if session.as_json:
        emit_json(result)
    else:
        say_sheet(session, result.sheet)
        counts = (result.added, result.changed, result.unchanged)
        console().print(table(session, ("added", "changed", "unchanged"), [counts]))
        if result.problems:
            rows = [(problem.line, problem.reason) for problem in result.problems]
            console(stderr=True).print(table(session, ("line", "reason"), rows, title="problems"))
    if result.problems:
        click.get_current_context().exit(1)


@records.command("rate", cls=HubCommand)
@click.argument("seller")
@click.argument("carrier")
@click.argument("rating")
@pass_session
def rate(session: Session, seller: str, carrier: str, rating: str) -> None:
    """Say what you think of CARRIER: RATING is 1 to 5, or 'none' to say nothing any more."""
    from hub.flow.choice.records import carrier_feedback
    from hub.flow.choice.records.feedback_csv import read_rating

    try:
        value = None if rating == "none" else read_rating(rating)
    except ValueError as error:
        raise click.UsageError(str(error)) from None

    async def work(app: App) -> None:
        await carrier_feedback.rate(app, seller, carrier, value, actor())

    session.run(work)
    if session.as_json:
        emit_json({"carrier": carrier, "rating": value})


@records.command("rebuild", cls=HubCommand)
@click.argument("seller")
@pass_session
def rebuild(session: Session, seller: str) -> None:
    """Work the records of SELLER out anew from the history: for a hub that is older than its records."""
    from hub.flow.choice.records import carrier_outcomes

    async def work(app: App) -> int:
        return await carrier_outcomes.rebuild(app, seller)

    looked = session.run(work)
    if session.as_json:
        emit_json({"shipments": looked})
    else:
        say(session, "Shipments looked at: {count}", count=str(looked))
