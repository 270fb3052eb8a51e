"""``hub jobs``: the queue of the hub's own work, and taking up again what was given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hub.cli.plainly import echo
from hub.cli.session import HubCommand, ListingGroup, Session, actor, pass_session
from hub.cli.show import Code, Until, cell, emit, emit_json, say
from hub.cli.texts import text
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.health.views import JobView
    from hub.flow.history.view import Listing


@click.group(cls=ListingGroup, invoke_without_command=True)
@click.option("--kind", default="", help="Only this kind: sync, advance, labels, track ...")
@click.option(
    "--state",
    type=click.Choice(["running", "due", "waiting", "dead", "parked"]),
    help="Only this state; waiting: it has a time, and that has not come yet.",
)
@click.option("--account", default="", help="Only this account's (its id or name).")
@click.option("--seller", default="", help="Only this seller's.")
@click.option("--warehouse", default="", help="With --seller: on this warehouse's postings.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200))
@click.option("--cursor", default="", help="Where the last page ended.")
@click.pass_context
def jobs(
    context: click.Context,
    kind: str,
    state: str | None,
    account: str,
    seller: str,
    warehouse: str,
    limit: int,
    cursor: str,
) -> None:
    """What the hub has to do: what runs, what is due, what comes later, what was given up and why."""
    if context.invoked_subcommand is not None:
        return
    from hub.flow.health import worklist
    from hub.flow.sellers import sellers, warehouses

    if warehouse and not seller:
        raise click.UsageError(
            said("--warehouse: say whose, with --seller SLUG", code="usage.whose_warehouse")
        )
    session = context.find_object(Session)
    assert session is not None
    chosen = next((one for one in worklist.STATES if one == state), None)

    async def work(app: App) -> Listing[JobView]:
        if seller:
            sellers.seller(app, seller)
        if warehouse:
            warehouses.named(app, seller, warehouse)
        return worklist.jobs(
            app,
            kind=kind,
            state=chosen,
            account=account,
            seller=seller,
            warehouse=warehouse,
            cursor=cursor,
            limit=limit,
        )

    page = session.run(work)
    if session.as_json:
        emit_json(page)
        return
    if not page.items:
        say(session, "Nothing waits, and nothing was given up.")
        return
    _emit(session, page.items)
    if page.next:
        say(session, "More: add --cursor {cursor}", cursor=page.next)


@jobs.command("retry", cls=HubCommand)
@click.argument("key")
@pass_session
def retry(session: Session, key: str) -> None:
    """Take dead work up again: KEY as 'hub jobs --state dead' shows it. A worker then does it."""
    from hub.flow.health import worklist

    async def work(app: App) -> JobView:
        return await worklist.retry(app, key, actor())

    view = session.run(work)
    if session.as_json:
        emit_json(view)
    else:
        _emit(session, [view])


def _emit(session: Session, views: list[JobView]) -> None:
    rows = []
    for view in views:
        reason = text("the worker went silent", session.language) if view.silent else view.reason
        what = view.posting_number or view.account_name
        there = session.of(view.seller)
        rows.append(
            (
                Code(view.state),
                Code(view.kind),
                what,
                view.seller,
                cell(there, view.run_at),
                cell(there, view.started_at if view.state == "running" else None),
                cell(there, Until(view.deadline)),
                view.tries,
                view.worker,
                reason,
            )
        )
    headings = ("state", "kind", "what", "seller", "due at", "since", "deadline", "tries", "worker", "reason")
    emit(session, views, headings, rows)
    for view in views:
        if view.state == "dead":
            echo(f"hub jobs retry {view.key}")  # whole, on a line of its own: a table would break it
