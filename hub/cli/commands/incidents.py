"""``hub incidents`` and ``hub resolve``: the old names, until 0.3, of ``hub problems --money`` and of ``hub
problems answer``."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from hub.cli.plainly import echo
from hub.cli.session import HubCommand, Session, actor, pass_session
from hub.cli.show import Code, Until, cell, confirmed, emit, emit_json, money, say
from hub.cli.texts import text

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.health.incidents import Answer
    from hub.flow.health.views import ChoiceView, IncidentView
    from hub.flow.history.view import Listing
    from hub.flow.history.views import OperationView


@click.command(cls=HubCommand)
@click.option("--seller", help="Only this seller's.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200))
@click.option("--cursor", default="", help="Where the last page ended.")
@pass_session
def incidents(session: Session, seller: str | None, limit: int, cursor: str) -> None:
    """Until 0.3, use 'hub problems --money': what went wrong with money at stake.

    Operations that nobody knows the end of, orders that are there twice, refused cancels and uploads, work
    that was given up.
    """
    from hub.flow.health import incidents as flow
    from hub.flow.sellers import sellers

    async def work(app: App) -> Listing[IncidentView]:
        if seller is not None:
            session.speak_to(sellers.seller(app, seller))
        return flow.incidents(app, seller=seller, language=session.language, cursor=cursor, limit=limit)

    page = session.run(work)
    _deprecated(session, "hub incidents", "hub problems --money")
    if session.as_json:
        emit_json(page)
        return
    if not page.items:
        say(session, "No incidents.")
        return
    for one in page.items:
        echo("\n".join(_told(session.of(one.seller), one)) + "\n")
    if page.next:
        say(session, "More: add --cursor {cursor}", cursor=page.next)


@click.command(cls=HubCommand)
@click.argument("operation")
@click.argument("answer", type=click.Choice(["it_exists", "it_does_not_exist"]))
@click.option("--carrier-id", default="", help="With it_exists: the carrier's own number of the order.")
@click.option("--tracking-number", default="", help="With it_exists: where it is another number.")
@click.option("--note", default="", help="For the history: where you looked, who said it. No personal data.")
@click.option("--yes", is_flag=True, help="Do not ask, also where it may be paid for twice.")
@click.option("--timeout", default=60.0, show_default=True, help="How many seconds to wait for what follows.")
@pass_session
def resolve(
    session: Session,
    operation: str,
    answer: str,
    carrier_id: str,
    tracking_number: str,
    note: str,
    yes: bool,
    timeout: float,
) -> None:
    """Until 0.3, use 'hub problems answer': say what became of OPERATION, after you looked at the vendor.

    it_exists: the order is there. The hub adopts it, and nothing more is sent.

    it_does_not_exist: it is not there. The hub sends it once more; if it is there after all, it may be paid
    for twice, so you are asked once more.
    """
    from hub.flow.health import incidents as flow
    from hub.flow.sellers import sellers
    from hub.jobs.driving import drive

    given = cast("Answer", answer)

    async def choice(app: App) -> ChoiceView | None:
        found = flow.incident(app, operation)
        session.speak_to(sellers.seller(app, found.seller))
        found = flow.incident(app, operation, session.language)
        return next((one for one in found.choices if one.answer == answer), None)

    chosen = session.run(choice)
    _deprecated(session, "hub resolve", "hub problems answer")
    if chosen is not None:
        confirmed(session, chosen.effect, twice=chosen.may_pay_twice, yes=yes)

    async def work(app: App) -> OperationView:
        from hub.flow import reading

        await flow.resolve(
            app,
            operation,
            given,
            carrier_id=carrier_id,
            tracking_number=tracking_number,
            note=note,
            actor=actor(),
        )
        await drive(app, None, timeout)
        return reading.operation(app, operation)

    view = session.run(work)
    emit(
        session,
        view,
        ("id", "kind", "state", "reference", "price", "reason"),
        [(view.id, Code(view.kind), Code(view.state), view.reference, money(view.price), view.reason)],
    )


def _deprecated(session: Session, old: str, new: str) -> None:
    """One line on stderr, in the person's language; nothing where a program reads."""
    if not session.as_json:
        say(session, "'{old}' goes with 0.3: use '{new}'", old=old, new=new)


def _told(session: Session, one: IncidentView) -> list[str]:
    """An incident as a person reads it: what, until when, what is known, and each answer with its command."""
    language = session.language
    head = [one.posting_number or one.id, one.seller]
    if one.deadline is not None:
        head.append(f"{text('deadline', language)}: {cell(session, Until(one.deadline))}")
    if one.amount is not None:
        head.append(text("at stake: {amount}", language, amount=money(one.amount)))
    lines = [click.style("  ".join(part for part in head if part), bold=True), f"  {one.text}"]
    if one.operation is not None:
        o = one.operation
        sent = text(
            "sent {sends:time}, last change {time}",
            language,
            sends=o.sends,
            time=cell(session, o.updated_at),
        )
        lines.append("  " + ", ".join(part for part in (o.kind, o.id, o.reference, sent) if part))
    if one.reason:
        lines.append(f"  {text('reason', language)}: {one.reason}")
    for choice in one.choices:
        warning = f" ({text('it may be paid for twice', language)})" if choice.may_pay_twice else ""
        lines.append(f"  - {choice.effect}{click.style(warning, fg='red')}")
        lines.append(f"    {choice.command}")
    return lines
