"""What needs a person, and the answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.session import HubCommand, ListingGroup, Session, actor, pass_session
from hub.cli.show import Code, Until, cell, confirmed, emit, money, say
from hub.cli.tables import XLSX, write_xlsx
from hub.cli.texts import text
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.history.problem_views import AnswerView, ProblemView
    from hub.flow.history.view import Listing
    from hub.plugin_api.models import Address


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
    """What needs a person, the nearest deadline first: each problem with the answers that it takes, and what
    each does."""
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
