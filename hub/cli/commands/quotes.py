"""Offers side by side, and the rules that choose among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.help_words import SpokenGroup
from hub.cli.plainly import echo
from hub.cli.session import HubCommand, Session, actor, pass_session
from hub.cli.show import Code, console, days, emit_json, money, next_step, say, table
from hub.cli.texts import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub.flow.app import App
    from hub.flow.choice.rules_trial import Trial
    from hub.flow.choice.seller_rules import RulesView
    from hub.flow.history.quote_views import QuoteView
    from hub.flow.history.views import PostingView
    from hub.plugin_api.rules import CarrierRules, Rule

QUOTE_HEADINGS = (
    "chosen",
    "carrier",
    "service",
    "code",
    "price",
    "list price",
    "days",
    "there by",
    "to",
    "in time",
    "on time",
    "note",
)
_SHOWN = 20  # lines of a trial, in a table


@click.command(cls=HubCommand)
@click.argument("posting")
@pass_session
def quote(session: Session, posting: str) -> None:
    """Ask every carrier that is on for the seller what POSTING would cost. It books nothing.

    Prices are totals with VAT, services and insurance. Below the table stands why the chosen one is chosen.
    """
    from hub.cli.postings import find
    from hub.flow import orders
    from hub.flow.sellers import sellers

    async def work(app: App) -> tuple[PostingView, list[QuoteView]]:
        view = find(app, [posting])[0]
        session.speak_to(sellers.seller(app, view.seller))
        return view, list(await orders.quote(app, view.id, actor()))

    view, quotes = session.run(work)
    if session.as_json:
        emit_json(quotes)
        return
    console().print(table(session, QUOTE_HEADINGS, quote_rows(session, quotes)))
    for sentence in reasons(session, quotes):
        echo(sentence)
    if not view.carrier and any(one.chosen for one in quotes):
        next_step(session, f"hub ship {posting}")


def quote_rows(session: Session, quotes: Sequence[QuoteView]) -> list[tuple[object, ...]]:
    """Quotes as rows; one that is missing says why."""
    from hub.flow.choice.quote_table import spoken

    return [
        (
            "*" if q.chosen else "",
            q.carrier,
            q.service_name or q.service_code,
            q.service_code,
            money(q.price) + ("?" if q.estimate else "") + (f" = {q.cost}" if q.cost is not None else ""),
            money(q.list_price),
            days(q.days_min, q.days_max),
            q.arrives,
            Code(q.to),
            q.in_time,
            "" if q.on_time is None else f"{q.on_time:.0%} ({q.on_time_parcels})",
            q.missing or _note(session, q),
        )
        for q in spoken(quotes, session.language)
    ]


def _note(session: Session, q: QuoteView) -> str:
    """Why it cannot be chosen, what the carrier says of it, and how its price was converted."""
    said = [q.note]
    if q.aside == "rule":
        said.insert(0, text("the rule “{rule}” leaves it out", session.language, rule=q.rule))
    if q.rate is not None:
        said.append(text("rate {rate} of {date}", session.language, rate=str(q.rate), date=str(q.rate_date)))
    return "; ".join(part for part in said if part)


def reasons(session: Session, quotes: Sequence[QuoteView]) -> Iterator[str]:
    """Why, for the chosen one."""
    from hub.flow.choice.quote_table import spoken

    for q in spoken(quotes, session.language):
        if q.chosen and q.reason:
            yield f"* {q.carrier}, {q.service_name or q.service_code}: {q.reason}"


@click.group(cls=SpokenGroup)
def rules() -> None:
    """Which carrier is chosen: a seller's strategy and rules, and what they would have done."""


@rules.command("show", cls=HubCommand)
@click.argument("seller")
@pass_session
def show(session: Session, seller: str) -> None:
    """How the carriers of SELLER are chosen: the first rule whose conditions are all true decides."""
    from hub.flow.choice import seller_rules
    from hub.flow.sellers import sellers

    async def work(app: App) -> RulesView:
        session.speak_to(sellers.seller(app, seller))
        return seller_rules.rules_of(app, seller)

    _show(session, session.run(work))


@rules.command("set", cls=HubCommand)
@click.argument("seller")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_session
def set_rules(session: Session, seller: str, file: Path) -> None:
    """Make FILE (TOML) the whole of the rules of SELLER, whom plugins.toml does not declare.

    It has the keys of [sellers.KEY] about carriers: strategy, margin_days, ..., and [[rules]] blocks.
    """
    from hub.flow.choice import seller_rules
    from hub.flow.sellers import sellers
    from hub.plugins.config_reading import load_rules

    made = load_rules(file)

    async def work(app: App) -> RulesView:
        session.speak_to(sellers.seller(app, seller))
        return await seller_rules.set_rules(app, seller, made, actor())

    _show(session, session.run(work))
    next_step(session, f"hub rules test {seller}")


def _show(session: Session, view: RulesView) -> None:
    if session.as_json:
        emit_json(view)
        return
    known = view.carrier_rules
    facts: list[tuple[str, object]] = [
        ("strategy", known.strategy),
        ("margin_days", known.margin_days),
        ("transit_days", known.transit_days),
        ("choice_minutes", known.choice_minutes),
        ("scan_hours", known.scan_hours),
        ("courier_by", known.courier_by),
        ("cancel_requests", known.cancel_requests),
        ("late_day_cost", known.late_day_cost),
        ("currency", known.currency),
    ]
    facts += [(f"rates.{name}", f"{rate.rate} ({rate.date})") for name, rate in known.rates.items()]
    console().print(table(session, ("key", "value"), facts))
    if known.rules:
        rows = [(number, rule.name, *_rule(rule)) for number, rule in enumerate(known.rules, 1)]
        console().print(table(session, ("no.", "name", "when", "then"), rows))


def _rule(rule: Rule) -> tuple[str, str]:
    """Conditions and outcome, as they are written."""
    import msgspec

    said = msgspec.to_builtins(rule)
    when = said.pop("when", {})
    said.pop("name", None)
    return _written(when), _written(said)


def _written(part: dict[str, object]) -> str:
    return ", ".join(f"{key} = {_value(value)}" for key, value in part.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return " | ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


@rules.command("test", cls=HubCommand)
@click.argument("seller")
@click.option(
    "--last",
    default=1000,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="So many postings, the newest.",
)
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Try the rules of this file (TOML) instead of the seller's.",
)
@pass_session
def test(session: Session, seller: str, last: int, file: Path | None) -> None:
    """What the rules of SELLER would have chosen for the last postings, and what it would have cost.

    They are tried on the offers of then, which the hub has kept: nobody is asked, and nothing changes.
    """
    from hub.flow.choice import rules_trial
    from hub.flow.sellers import sellers
    from hub.plugins.config_reading import load_rules

    other: CarrierRules | None = None if file is None else load_rules(file)

    async def work(app: App) -> Trial:
        session.speak_to(sellers.seller(app, seller))
        with _progress(session, rules_trial.tables(app, seller, last)) as tick:
            return rules_trial.trial(app, seller, last=last, rules=other, tick=tick)

    found = session.run(work)
    if session.as_json:
        emit_json(found)
        return
    if not found.tables:
        say(session, "Nothing here.")
        return
    _show_trial(session, found)


def _show_trial(session: Session, found: Trial) -> None:
    counted: list[tuple[str, object]] = [
        ("postings with offers", found.tables),
        ("the same choice", found.same),
        ("another choice", found.different),
        ("no choice: a person is asked", found.nothing),
        ("never booked", found.not_booked),
        ("left out: too little is known", found.left_out),
        ("late, as booked", found.late_booked),
        ("late, by these rules", found.late_chosen),
    ]
    for one in found.sums:
        name = one.booked.currency
        counted += [
            (f"{text('booked', session.language)}, {name}", f"{one.booked} ({one.postings})"),
            (f"{text('by these rules', session.language)}, {name}", one.chosen),
            (f"{text('difference', session.language)}, {name}", one.difference),
        ]
    rows = [(text(name, session.language), value) for name, value in counted]
    out = console()
    out.print(table(session, ("what", "number"), rows))
    if found.carriers:
        headings = ("carrier", "booked", "by these rules")
        out.print(table(session, headings, [(one.carrier, one.booked, one.chosen) for one in found.carriers]))
    if found.rules:
        decided = sorted(found.rules.items(), key=lambda pair: -pair[1])
        out.print(table(session, ("rule", "postings"), decided))
    if found.lines:
        out.print(
            table(
                session,
                ("posting", "booked", "price", "by these rules", "price", "there by", "in time", "rule"),
                [
                    (
                        line.number,
                        f"{line.booked_carrier}, {line.booked_service}",
                        money(line.booked_cost),
                        ", ".join(part for part in (line.carrier, line.service) if part),
                        money(line.cost),
                        line.arrives,
                        line.in_time,
                        line.rule,
                    )
                    for line in found.lines[:_SHOWN]
                ],
                title="another choice",
            )
        )
        if len(found.lines) > _SHOWN:
            say(session, "{count} more: see --json", count=str(len(found.lines) - _SHOWN))


@contextmanager
def _progress(session: Session, total: int) -> Iterator[Callable[[], None]]:
    """A tick that draws how far it is, where somebody watches."""
    if not session.progress or not total:
        yield lambda: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console(stderr=True),
        transient=True,
    ) as progress:
        task = progress.add_task(text("Trying the rules", session.language), total=total)
        yield lambda: progress.advance(task)
