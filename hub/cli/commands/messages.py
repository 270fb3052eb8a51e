"""``hub messages``: what tells people outside the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hub.cli.help_words import SpokenGroup
from hub.cli.session import HubCommand, Session, actor, pass_session
from hub.cli.show import Code, emit, emit_json, say

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.messages.views import MessagesView, MessageView, SeenView


@click.group(cls=SpokenGroup)
def messages() -> None:
    """Messages to people outside the hub: try an address, see what was sent, say what you have seen. In the
    place of SELLER, - is the operator, who is told of what is no seller's."""


@messages.command("test", cls=HubCommand)
@click.argument("seller")
@click.option("--address", default="", help="Only this one (its name). Without it: each of the seller's.")
@pass_session
def test(session: Session, seller: str, address: str) -> None:
    """Send a test message to each address of SELLER, and say what became of it.

    The exit code is 1 when one did not arrive.
    """
    from hub.flow.messages import looking

    async def work(app: App) -> tuple[MessageView, ...]:
        _speak_to(session, app, seller)
        return await looking.send_tests(app, seller, address)

    views = session.run(work)
    headings = ("address", "state", "reason")
    emit(session, list(views), headings, [(one.name, Code(one.state), one.reason) for one in views])
    if any(one.state == "failed" for one in views):
        click.get_current_context().exit(1)


@messages.command("list", cls=HubCommand)
@click.argument("seller")
@pass_session
def list_messages(session: Session, seller: str) -> None:
    """The addresses of SELLER, how they do, and the last messages."""
    from hub.flow.messages import looking

    async def work(app: App) -> MessagesView:
        _speak_to(session, app, seller)
        return looking.overview(app, seller)

    view = session.run(work)
    if session.as_json:
        emit_json(view)
        return
    if not view.addresses:
        say(session, "{seller} has no address for messages: see docs/how-to/get-told.md", seller=seller)
        return
    _emit_addresses(session, view)
    if view.messages:
        _emit_messages(session, view)
    say(session, "Open problems that nobody has seen: {count}", count=view.waiting)


@messages.command("seen", cls=HubCommand)
@click.argument("seller")
@click.argument("problem_ids", metavar="[PROBLEM]...", nargs=-1)
@pass_session
def seen(session: Session, seller: str, problem_ids: tuple[str, ...]) -> None:
    """Say that you have seen problems of SELLER: all that are open, or these. They stay open, and are told no
    more."""
    from hub.flow.messages import looking

    async def work(app: App) -> SeenView:
        _speak_to(session, app, seller)
        return await looking.see(app, seller, problem_ids, actor())

    view = session.run(work)
    if session.as_json:
        emit_json(view)
        return
    if not view.seller:
        say(session, "Seen, and told no more: {count}. They stay open: 'hub problems'", count=view.seen)
        return
    say(
        session,
        "Seen, and told no more: {count}. They stay open: 'hub problems --seller {seller}'",
        count=view.seen,
        seller=seller,
    )


def _speak_to(session: Session, app: App, seller: str) -> None:
    from hub.flow.messages.operator import SPOKEN
    from hub.flow.sellers import sellers

    if seller != SPOKEN:  # the operator is who types
        session.speak_to(sellers.seller(app, seller))


def _emit_addresses(session: Session, view: MessagesView) -> None:
    headings = ("address", "service", "failures", "tried again", "reason")
    rows = [(one.name, one.service, one.failures, one.again_at, one.reason) for one in view.addresses]
    emit(session, view, headings, rows)


def _emit_messages(session: Session, view: MessagesView) -> None:
    headings = ("time", "address", "state", "problems", "title", "reason")
    rows = [
        (one.created_at, one.name, Code(one.state), one.problems, one.title, one.reason)
        for one in view.messages
    ]
    emit(session, view, headings, rows)
