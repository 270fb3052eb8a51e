"""What many orders cost, shown before they are given, and a person's yes to it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from hub.cli.session import Session
from hub.cli.show import agree, cell, console, emit_json, money, say, table
from hub.cli.texts import text
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.history.total_views import ShipTotal, TotalLine
    from hub.plugin_api.models import Money

_NAMED = 5  # postings of a group that are named in a table


def show_totals(session: Session, found: Sequence[ShipTotal]) -> None:
    """By carrier, together, and what has no price and why."""
    if session.as_json:
        emit_json(found)
        return
    for total in found:
        _show(session, total)


def agreed(session: Session, found: Sequence[ShipTotal], *, yes: bool) -> None:
    """Show what it costs, and go on only with ``--yes`` or a person's yes; without asking where nothing is
    left to be ordered. With ``--json`` the answer has it, and nobody is asked."""
    if not session.as_json:
        show_totals(session, found)
    if yes or not any(total.orders for total in found):
        return
    if session.as_json or not sys.stdin.isatty():
        raise click.UsageError(
            said(
                "this spends money for several postings, and nobody is here to ask: nothing was ordered. Add "
                "--yes to order it, or --total to see only what it costs",
                code="usage.add_yes_or_total",
            )
        )
    agree(session, "Order this?", "Nothing was ordered. To order it, answer 'y' or run it with --yes.")


def _show(session: Session, total: ShipTotal) -> None:
    rows: list[tuple[object, ...]] = [
        (one.title, one.postings, one.parcels, one.sum, one.at_most, one.dearest, one.dearest_posting)
        for one in total.carriers
    ]
    there = Counter(line.carrier for line in total.lines if line.state == "marketplace")
    rows += [(carrier, count, "", "", "", "", "") for carrier, count in sorted(there.items())]
    if rows:
        headings = ("carrier", "postings", "parcels", "sum", "at most", "dearest", "posting")
        console().print(table(session, headings, rows))
    if there:
        say(session, "Where no sum stands the marketplace books: nothing is paid here.")
    left = [line for line in total.lines if line.state in ("unpriced", "refused")]
    if left:
        console().print(
            table(session, ("not shipped, because", "postings", "posting"), _grouped(session, left))
        )
    if total.sums:
        say(
            session,
            "Together: {sum} for {count} postings; at most {most}, more is asked before it is paid.",
            sum=_listed(total.sums),
            count=sum(one.postings for one in total.carriers),
            most=_listed(total.at_most),
        )


def _grouped(session: Session, lines: Sequence[TotalLine]) -> list[tuple[object, ...]]:
    """Three hundred for one reason are one row."""
    groups: dict[str, list[str]] = {}
    for line in lines:
        groups.setdefault(cell(session, line.reason), []).append(line.number)
    return [(reason, len(numbers), _few(session, numbers)) for reason, numbers in groups.items()]


def _few(session: Session, numbers: Sequence[str]) -> str:
    more = len(numbers) - _NAMED
    named = ", ".join(numbers[:_NAMED])
    return named if more <= 0 else text("{named} and {more} more", session.language, named=named, more=more)


def _listed(sums: Sequence[Money]) -> str:
    return " + ".join(money(one) for one in sums)


__all__ = ["agreed", "show_totals"]
