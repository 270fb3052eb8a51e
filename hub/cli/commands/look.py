"""Looking: the work queue, problems and their answers, everything about one posting."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.session import HubCommand, ListingGroup, Session, actor, pass_session
from hub.cli.show import Code, StageCode, Until, cell, confirmed, console, emit, emit_json, money, say, table
from hub.cli.tables import XLSX, write_xlsx
from hub.cli.texts import text
from hub.words import said

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hub.flow.app import App
    from hub.flow.history.views import AnswerView, Listing, PostingDetails, PostingView, ProblemView
    from hub.plugin_api.models import Address


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


@click.group(cls=ListingGroup, invoke_without_command=True)
@click.option("--seller", help="Only this seller's.")
@click.option("--warehouse", help="With --seller: those of this warehouse's postings.")
@click.option("--all", "everything", is_flag=True, help="The answered ones too.")
@click.option("--money", "money_only", is_flag=True, help="Only where money is at stake.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200))
@click.option("--cursor", default="", help="Where the last page ended.")
@XLSX
@click.pass_context
def problems(
    context: click.Context,
    seller: str | None,
    warehouse: str | None,
    everything: bool,
    money_only: bool,
    limit: int,
    cursor: str,
    xlsx: Path | None,
) -> None:
    """What needs a person: each problem with the answers that it takes, and what each does."""
    if context.invoked_subcommand is not None:
        return
    from hub.flow import reading
    from hub.flow.sellers import sellers, warehouses

    if warehouse is not None and seller is None:
        raise click.UsageError(
            said("--warehouse: say whose, with --seller SLUG", code="usage.whose_warehouse")
        )
    session = context.find_object(Session)
    assert session is not None
    if xlsx is not None:
        if seller is None:
            raise click.UsageError(said("--xlsx: say whose, with --seller SLUG", code="usage.whose_xlsx"))
        what = {"warehouse": warehouse, "everything": everything, "money_only": money_only}
        write_xlsx(session, xlsx, "problems", seller, **what)
        return

    async def work(app: App) -> Listing[ProblemView]:
        if seller is not None:
            sellers.seller(app, seller)
            if warehouse is not None:
                warehouses.named(app, seller, warehouse)
        return reading.problems(
            app,
            seller=seller,
            warehouse=warehouse,
            open_only=not everything,
            money_only=money_only,
            language=None if session.as_json else session.language,
            cursor=cursor,
            limit=limit,
        )

    page = session.run(work)
    if not page.items and not session.as_json:
        say(session, "No open problems.")
        return
    emit(
        session,
        page,
        ("id", "seller", "posting", "problem", "deadline", "answers"),
        [
            (
                v.id,
                v.seller,
                v.posting_number,
                _whole_problem(session, v),
                cell(session.of(v.seller), Until(v.deadline) if v.state == "open" else v.deadline),
                [f"{a.code} ({a.effect})" for a in v.answers],
            )
            for v in page.items
        ],
    )
    if page.next and not session.as_json:
        say(session, "More: add --cursor {cursor}", cursor=page.next)


def _whole_problem(session: Session, problem: ProblemView) -> str:
    """Its text, and the addresses to compare, a line each."""
    lines = [problem.text]
    if problem.amount is not None:
        lines.append(text("at stake: {amount}", session.language, amount=money(problem.amount)))
    if problem.address is not None:
        lines.append(
            text("as it stands: {address}", session.language, address=_line(problem.address.original))
        )
        suggestion = problem.address.suggestion
        words = text("nothing", session.language) if suggestion is None else _line(suggestion)
        lines.append(text("as the carrier writes it: {address}", session.language, address=words))
    return "\n".join(lines)


def _line(address: Address) -> str:
    parts = (
        address.country,
        address.postal_code,
        address.region,
        address.city,
        address.street,
        address.delivery_point,
    )
    return ", ".join(part for part in parts if part)


@problems.command("answer", cls=HubCommand)
@click.argument("problem_id")
@click.argument("answer")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="What the answer needs; repeat it.")
@click.option("--note", default="", help="For the history: where you looked, who said it. No personal data.")
@click.option("--yes", is_flag=True, help="Do not ask, also where it may be paid for twice.")
@click.option("--timeout", default=60.0, show_default=True, help="How many seconds to wait.")
@pass_session
def answer_problem(
    session: Session,
    problem_id: str,
    answer: str,
    pairs: tuple[str, ...],
    note: str,
    yes: bool,
    timeout: float,
) -> None:
    """Give ANSWER (its code) to a problem. It may cost money: 'hub problems' shows what each does.

    Where something may be paid for twice you are asked once more.

    give_document without --set asks for the recipient's papers one by one, so that none of it stays in the
    shell's history; an empty line leaves a field out.
    """
    from hub.flow import answering, reading
    from hub.flow.recipients import identity
    from hub.flow.sellers import sellers
    from hub.jobs.driving import drive

    parameters: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise click.UsageError(said("--set: write KEY=VALUE", code="usage.set_write_key_value_2"))
        parameters[name] = value

    async def choice(app: App) -> AnswerView | None:
        if slug := reading.problem(app, problem_id).seller:
            session.speak_to(sellers.seller(app, slug))
        answers = reading.problem(app, problem_id, session.language).answers
        return next((one for one in answers if one.code == answer), None)

    chosen = session.run(choice)
    if chosen is not None:
        confirmed(session, chosen.effect, twice=chosen.may_pay_twice, yes=yes)

    async def work(app: App) -> ProblemView:
        if answer == identity.GIVEN and not pairs:
            session.speak_to(sellers.seller(app, reading.problem(app, problem_id).seller))
            parameters.update(_papers(session))
        await answering.answer(app, problem_id, answer, parameters, actor(), note=note)
        await drive(app, None, timeout)
        return reading.problem(app, problem_id, None if session.as_json else session.language)

    view = session.run(work)
    emit(
        session,
        view,
        ("id", "posting", "problem", "state", "answer"),
        [(view.id, view.posting_number, view.text, Code(view.state), view.answer)],
    )


def _papers(session: Session) -> dict[str, str]:
    """Asked for one by one: what stands on the command line stays in the shell's history."""
    questions = {
        "series": "passport series (empty for a foreign passport)",
        "number": "passport number",
        "issued_on": "issued on (2015-03-21)",
        "issued_by": "issued by",
        "date_of_birth": "date of birth (1990-03-21)",
        "tax_number": "tax number (INN)",
    }
    return {
        name: click.prompt(text(question, session.language), default="", show_default=False, err=True)
        for name, question in questions.items()
    }


@click.command(cls=HubCommand)
@click.argument("posting")
@pass_session
def show(session: Session, posting: str) -> None:
    """Everything known about POSTING, with its history."""
    from hub.cli.postings import find
    from hub.flow import reading
    from hub.flow.runtime.warehouse import warehouse_of
    from hub.flow.sellers import sellers

    async def work(app: App) -> PostingDetails:
        view = find(app, [posting])[0]
        there = warehouse_of(app.store.reader, app.seller(view.seller), view.warehouse)
        session.speak_to(sellers.seller(app, view.seller), there.time_zone)
        return reading.posting_details(app, view.id)

    details = session.run(work)
    if session.as_json:
        emit_json(details)
        return
    out = console()
    for part in _parts(session, details):
        out.print(part)


def _leaves_from(session: Session, d: PostingDetails) -> str:
    """The warehouse, and the marketplace's word for it."""
    there = d.marketplace_warehouse
    if there is None:
        return d.posting.warehouse
    name = " ".join(part for part in (there.title, there.id) if part)
    if there.known or not there.id:
        return f"{d.posting.warehouse} ({name})"
    return text(
        "{warehouse} (at the marketplace: {name}, which is none of the seller's warehouses yet)",
        session.language,
        warehouse=d.posting.warehouse,
        name=name,
    )


def _parts(session: Session, d: PostingDetails) -> list[RenderableType]:
    from hub.cli.commands.quotes import QUOTE_HEADINGS, quote_rows
    from hub.words.deadlines import Moment
    from hub.words.texts import choice_text, history_text, problem_text

    p = d.posting
    moment = None if session.now is None else Moment(session.now, session.zone)
    by_whom = p.carrier or text("fixed by the marketplace: {provider}", session.language, provider=p.provider)
    facts: list[tuple[str, object]] = [
        ("posting", p.number),
        ("id", p.id),
        ("seller", p.seller),
        ("scheme", f"{p.scheme} ({p.flow})"),
        ("status", f"{p.status} {p.substatus}".strip() + ("" if p.status_known else " (?)")),
        ("stage", StageCode(p.stage)),
        ("warehouse", _leaves_from(session, d)),
        ("ship by", Until.of(p.ship_by, p.stage)),
        ("carrier", by_whom if p.books == "marketplace" or p.carrier else ""),
        ("service", p.service),
        ("price", money(p.price)),
        ("reference", p.reference),
        ("tracking number", p.tracking_number),
    ]
    if d.recipient is not None:
        r = d.recipient
        place = ", ".join(part for part in (r.city, r.country) if part)
        facts.append(("recipient", f"{r.name} {r.phone} {place}".strip()))
        facts += [(n, v) for n, v in (("passport", r.passport), ("tax number", r.tax_number)) if v]
    words = [(text(name, session.language), value) for name, value in facts]
    parts: list[RenderableType] = [table(session, ("what", "state"), words)]

    def add(title: str, headings: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
        if rows:
            parts.append(table(session, headings, rows, title=title))

    add(
        "items",
        ("sku", "name", "quantity", "weight", "place"),
        [
            (i.sku, i.name, i.quantity, f"{i.weight_g} g" if i.weight_g is not None else "", i.place)
            for i in d.items
        ],
    )
    add(
        "problems",
        ("id", "problem", "state", "deadline", "answers"),
        [
            (
                v.id,
                problem_text(v.kind, v.data, session.language, moment),
                Code(v.state),
                Until(v.deadline) if v.state == "open" else v.deadline,
                [a.code for a in v.answers],
            )
            for v in d.problems
        ],
    )
    add("quotes", QUOTE_HEADINGS, quote_rows(session, d.quotes))
    if d.choice is not None:
        c = d.choice
        chosen = (
            c.carrier,
            c.service_name,
            money(c.price),
            money(c.cap),
            Code(c.chosen_by),
            c.chosen_at,
            c.valid_until,
        )
        add(
            "choice",
            ("carrier", "service", "price", "cap", "chosen by", "chosen at", "valid until"),
            [chosen],
        )
    if d.shipment is not None:
        s = d.shipment
        row = (
            s.id,
            s.carrier,
            s.service_name,
            Code(s.state),
            money(s.charged or s.committed or s.quoted),
            s.carrier_id,
            s.tracking_number,
            choice_text(s.why, session.language),
        )
        headings = (
            "id",
            "carrier",
            "service",
            "state",
            "price",
            "carrier's number",
            "tracking number",
            "reason",
        )
        add("shipment", headings, [row])
    add(
        "operations",
        ("time", "kind", "state", "reference", "reason"),
        [(o.updated_at, o.kind, Code(o.state), o.reference, o.reason) for o in d.operations],
    )
    add(
        "documents",
        ("id", "kind", "state", "reason"),
        [(v.id, v.kind, Code(v.state), v.reason) for v in d.documents],
    )
    add(
        "tracking",
        ("time", "what", "place"),
        [(t.time, t.text or t.code if t.known else f"{t.code} (?)", t.place) for t in d.tracking],
    )
    add(
        "history",
        ("time", "who", "what"),
        [(h.time, h.actor, history_text(h.kind, h.data, session.language)) for h in d.history],
    )
    return parts
