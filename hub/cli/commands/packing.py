"""Packing goods of which the marketplace wants to know each piece: the work list, and the scanner."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, get_args

import click
import msgspec

from hub.cli.plainly import echo
from hub.cli.session import HubCommand, Session, actor, pass_session
from hub.cli.show import emit, say
from hub.cli.texts import code_text
from hub.plugin_api.units import UnitFact
from hub.words import render
from hub.words.plain import escaped

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.history.unit_views import Scan, UnitWork

_LINE_MAX = 4096
_FACTS: dict[str, UnitFact] = {fact: fact for fact in get_args(UnitFact)}
_END = frozenset({"end", "конец", "结束"})


@click.command(cls=HubCommand)
@click.argument("seller")
@click.option("--warehouse", help="Only what leaves from this warehouse.")
@pass_session
def units(session: Session, seller: str, warehouse: str | None) -> None:
    """What the marketplace wants to know of the goods of SELLER before they are packed: marking codes,
    customs numbers, serial numbers. The most urgent posting first; 'hub pack SELLER' takes them from a
    scanner."""

    async def work(app: App) -> list[UnitWork]:
        from hub.flow.sellers import sellers, warehouses
        from hub.flow.units.worklist import worklist

        session.speak_to(sellers.seller(app, seller))
        if warehouse is not None:
            warehouses.named(app, seller, warehouse)
        return worklist(app, seller, warehouse)

    found = session.run(work)
    headings = ("posting", "ship by", "ordered", "units", "missing", "refused")
    emit(session, found, headings, [_row(session, one) for one in found])


def _row(session: Session, one: UnitWork) -> tuple[object, ...]:
    return (one.number, one.ship_by, one.ordered, one.units, _missing(session, one), one.refused)


def _missing(session: Session, one: UnitWork) -> str:
    """The facts that are missing, each with how many units lack it."""
    return ", ".join(f"{code_text(fact, session.language)} {count}" for fact, count in one.lacks.items())


@click.command(cls=HubCommand)
@click.argument("seller")
@click.option("--warehouse", help="Only what leaves from this warehouse.")
@pass_session
def pack(session: Session, seller: str, warehouse: str | None) -> None:
    """Scan the goods of SELLER into the postings that want them: each code finds its posting and its piece,
    and the next missing one is shown. A posting's number or label takes that posting in hand.

    'SKU UNIT FACT VALUE' types what no scanner reads, for the posting in hand: '827098843 0 customs_number
    10702070/010126/0012345', or 'none' where there is none; unit 0 is every unit. 'end' or an empty line
    ends. With --json each code is answered in a line of JSON; the exit code is 1 when one was refused.
    """

    async def work(app: App) -> int:
        from hub.flow.sellers import sellers, warehouses

        session.speak_to(sellers.seller(app, seller))
        if warehouse is not None:
            warehouses.named(app, seller, warehouse)
        return await _scanned(session, app, seller, warehouse)

    refused = session.run(work)
    if refused:
        click.get_current_context().exit(1)


async def _scanned(session: Session, app: App, seller: str, warehouse: str | None) -> int:
    """Codes until the end. Returns how many were refused."""
    if not session.as_json:
        say(session, "Scan a posting, or a code on the goods. 'end' or an empty line ends.")
    in_hand, refused = "", 0
    while True:
        line = await asyncio.to_thread(sys.stdin.readline, _LINE_MAX)
        code = line.rstrip("\r\n")
        if not code.strip() or code.strip().casefold() in _END:
            return refused
        found = await _taken(app, seller, code, in_hand, warehouse)
        in_hand = found.posting_id
        refused += found.state == "refused"
        if session.as_json:
            echo(escaped(msgspec.json.encode(found).decode()))
        else:
            _tell(session, found)


async def _taken(app: App, seller: str, line: str, in_hand: str, warehouse: str | None) -> Scan:
    """What a scanner typed, or what a person typed for the posting in hand."""
    from hub.flow.units.scanning import scan, typed

    parts = line.split(None, 3)
    if in_hand and len(parts) == 4 and parts[1].isdigit() and parts[2] in _FACTS:
        sku, unit, fact, value = parts
        return await typed(app, in_hand, sku, int(unit), _FACTS[fact], value, actor())
    return await scan(app, seller, line, actor(), posting_id=in_hand, warehouse=warehouse)


def _tell(session: Session, found: Scan) -> None:
    if found.state == "refused":
        echo(f"  ! {render(found.reason, session.language)}", err=True)
    elif found.state == "taken":
        fact = code_text(found.fact, session.language)
        echo(f"  + {found.number}  {found.name}  {found.unit}: {fact}", err=True)
    else:
        echo(f"  > {found.number}", err=True)
    if found.missing:
        one = found.missing[0]
        say(
            session,
            "next: {fact} of {name}, piece {unit}; {count} to go",
            fact=code_text(one.fact, session.language),
            name=one.name or one.sku,
            unit=one.unit,
            count=sum(found.lacks.values()),
        )
    elif found.posting_id:
        say(session, "{number} has all that is wanted", number=found.number)


__all__ = ["pack", "units"]
