"""The seller's day: fetch, ship, track, cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click
import msgspec

from hub.cli.plainly import echo
from hub.cli.session import HubCommand, Session, actor, pass_session
from hub.cli.show import Code, StageCode, console, emit, emit_json, money, next_step, say, table
from hub.cli.totals import agreed, show_totals
from hub.words import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hub.flow.app import App
    from hub.flow.history.hindrances import Hindrance
    from hub.flow.history.problem_views import ProblemView
    from hub.flow.history.results import CancelState, ShipResult, SyncResult
    from hub.flow.history.total_views import ShipTotal
    from hub.flow.history.views import PostingView
    from hub.flow.reading.naming import Strange


@click.command(cls=HubCommand)
@click.argument("seller", required=False)
@pass_session
def sync(session: Session, seller: str | None) -> None:
    """Fetch the postings of SELLER, or of all, from the marketplaces now.

    The exit code is 1 when an account could not be read; the others are read all the same.
    """
    from hub.flow import orders

    async def work(app: App) -> list[SyncResult]:
        return list(await orders.sync(app, seller, actor()))

    results = session.run(work)
    emit(
        session,
        results,
        ("seller", "account", "seen", "new", "changed", "problems", "error"),
        [(r.seller, r.name or r.account, r.seen, r.new, r.changed, r.problems, r.error) for r in results],
    )
    if new := sorted({result.seller for result in results if result.new}):
        next_step(
            session, f"hub ship --all-open {new[0]} --total" if len(new) == 1 else "hub postings SELLER"
        )
    if any(result.error for result in results):
        click.get_current_context().exit(1)


@click.command(cls=HubCommand)
@click.argument("postings", nargs=-1)
@click.option("--all-open", metavar="SELLER", help="Every open posting of this seller.")
@click.option("--warehouse", help="With --all-open: of this warehouse only.")
@click.option("--carrier", help="Not the hub's choice but this carrier.")
@click.option("--service", help="This service of the carrier (its code).")
@click.option("--total", "only_total", is_flag=True, help="Only say what it would cost: nothing is ordered.")
@click.option("--yes", is_flag=True, help="Order several without asking.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until it is done.")
@click.option("--timeout", default=180.0, show_default=True, help="How many seconds to wait.")
@pass_session
def ship(
    session: Session,
    postings: tuple[str, ...],
    all_open: str | None,
    warehouse: str | None,
    carrier: str | None,
    service: str | None,
    only_total: bool,
    yes: bool,
    wait: bool,
    timeout: float,
) -> None:
    """Ship POSTINGS: choose a carrier, assemble, book, make labels.

    Before several are ordered you see what they cost, and are asked; a script says --yes.

    It may cost money, and it costs it once: stop it, run it again, and it goes on where it was. The exit
    code is 1 when a posting was refused, waits for a person, or is not settled in time; it does not wait
    for what somebody has to fix.
    """
    from hub.cli import postings as named
    from hub.flow import orders, totals
    from hub.flow.history.hindrances import hindrance
    from hub.flow.history.results import ShipResult
    from hub.flow.reading import naming
    from hub.flow.sellers import sellers
    from hub.jobs.driving import drive

    if (not postings or warehouse is not None) and all_open is None:
        raise click.UsageError(
            said("name postings, or use --all-open SELLER", code="usage.name_postings_use_all")
        )

    async def work(app: App) -> _Shipped | list[ShipTotal]:
        began = app.clock.now()
        chosen, strange = named.find_some(app, postings, more=all_open is not None)
        if all_open is not None:
            known = {view.id for view in chosen}
            chosen += [
                view for view in named.all_open(app, all_open, warehouse=warehouse) if view.id not in known
            ]
        results: list[ShipResult] = []
        made: list[ShipTotal] = []
        for slug in dict.fromkeys(view.seller for view in chosen):
            session.speak_to(sellers.seller(app, slug))
            ids = [view.id for view in chosen if view.seller == slug]
            if only_total or all_open is not None or len(chosen) + len(strange) > 1:
                made.append(
                    await totals.total(
                        app, slug, ids, carrier=carrier or "", service=service or "", actor=actor()
                    )
                )
            else:
                results += await orders.ship(app, slug, ids, carrier=carrier, service=service, actor=actor())
        if made:  # a name that is none stands last
            lines = made[-1].lines + naming.total_lines(strange)
            made[-1] = msgspec.structs.replace(made[-1], lines=lines)
        if only_total:
            return made
        agreed(session, made, yes=yes)
        for total in made:
            results += await totals.ship_all(app, total, actor=actor())
        if not made:  # the seller has nothing that is open
            results += [naming.not_named(ShipResult, key, error) for key, error in strange.items()]
        ordered = [result.posting_id for result in results if result.state != "refused"]
        finished = goes_on = True
        if wait and ordered:

            def goes_no_further(posting_id: str) -> bool:
                met = hindrance(app, posting_id, since=began)
                return orders.settled(app, [posting_id]) or (met is not None and met.lasting)

            def over() -> int:
                return sum(map(goes_no_further, ordered))

            with named.watched(session, "Shipping", len(ordered), over) as until:
                goes_on = await drive(app, until, timeout)
                finished = orders.settled(app, ordered)
        views = named.find(app, [r.posting_id for r in results if r.posting_id])
        waiting = [one for id in ordered for one in orders.what_waits(app, id)]
        unsettled = [id for id in ordered if not finished and not orders.settled(app, [id])]
        met = {id: hindrance(app, id, since=began) for id in unsettled}
        return _Shipped(results, views, waiting, met, finished, goes_on, made)

    done = session.run(work)
    if isinstance(done, list):
        show_totals(session, done)
        if any(not line.posting_id for total in done for line in total.lines):
            click.get_current_context().exit(1)
    elif session.as_json:
        emit_json(
            {
                "totals": done.totals,
                "results": done.results,
                "postings": done.views,
                "problems": done.problems,
                "settled": done.finished,
                "waiting": {id: "" if met is None else met.reason for id, met in done.met.items()},
            }
        )
    else:
        by_id = {view.id: view for view in done.views}
        headings = ("posting", "state", "stage", "carrier", "service", "price", "tracking number", "reason")
        rows = [_outcome(result, by_id.get(result.posting_id), done) for result in done.results]
        console().print(table(session, headings, rows))
        _tell(done.problems)
        owners = {view.seller for view in done.views if view.stage == "labelled"}
        if len(owners) == 1:
            next_step(session, f"hub labels --seller {owners.pop()} --out labels.pdf")
        if not done.finished:
            say(session, _left(done), after=f"{timeout:g}")
    if isinstance(done, _Shipped) and (
        done.problems or not done.finished or any(result.state == "refused" for result in done.results)
    ):
        click.get_current_context().exit(1)


class _Shipped(NamedTuple):
    """What became of an order to ship. ``met``: of what is not settled, why its last try failed."""

    results: list[ShipResult]
    views: list[PostingView]
    problems: list[ProblemView]
    met: dict[str, Hindrance | None]
    finished: bool
    goes_on: bool
    totals: list[ShipTotal]


def _left(done: _Shipped) -> str:
    """What is to be done about that which is not settled."""
    if done.met and all(met is not None and met.lasting for met in done.met.values()):
        return "It does not go on before the reason is fixed. Fix it, and run the same command again."
    if done.goes_on:
        return "Not everything is settled after {after} s; the work goes on. Ask again."
    return (
        "Not everything is settled after {after} s, and nobody works on it: start 'hub serve', or run this "
        "command again"
    )


def _outcome(result: ShipResult, view: PostingView | None, done: _Shipped) -> tuple[Any, ...]:
    """A line of the table: what became of an order."""
    waits = {problem.posting_id for problem in done.problems}
    state: str = "problem" if result.posting_id in waits else result.state
    met = done.met.get(result.posting_id)
    reason = result.reason or ("" if met is None else met.reason)
    if view is None:
        return (result.number, Code(state), "", "", "", "", "", reason)
    if state == "queued" and view.stage == "labelled":
        state = "ready"
    return (
        result.number,
        Code(state),
        StageCode(view.stage),
        view.carrier or view.provider,
        view.service,
        money(view.price),
        view.tracking_number,
        reason,
    )


@click.command(cls=HubCommand)
@click.argument("postings", nargs=-1)
@click.option("--seller", help="Everything of this seller that is on its way.")
@click.option("--timeout", default=60.0, show_default=True, help="How many seconds to wait.")
@pass_session
def track(session: Session, postings: tuple[str, ...], seller: str | None, timeout: float) -> None:
    """Ask the carriers now where POSTINGS are, or everything that is on its way."""
    from hub.cli.postings import find, find_some, tell_strange
    from hub.flow import orders
    from hub.jobs.driving import drive

    async def work(app: App) -> tuple[list[PostingView], Strange]:
        chosen, strange = find_some(app, postings)
        session.speak_to_owners(view.seller for view in chosen)
        await orders.track(app, seller=seller, posting_ids=[v.id for v in chosen], actor=actor())
        await drive(app, None, timeout)
        return find(app, [view.id for view in chosen]), strange

    views, strange = session.run(work)
    if session.as_json or views:
        emit(
            session,
            views,
            ("posting", "stage", "status", "carrier", "tracking number"),
            [
                (v.number, StageCode(v.stage), v.status, v.carrier or v.provider, v.tracking_number)
                for v in views
            ],
        )
    else:
        say(
            session,
            "Asked. 'hub postings {seller}' shows where they are.",
            seller=seller or "SELLER",
        )
    tell_strange(session, strange)
    if strange:
        click.get_current_context().exit(1)


@click.command(cls=HubCommand)
@click.argument("posting")
@click.option("--reason", help="Why, in your words; with --marketplace one of those that it takes.")
@click.option("--marketplace", is_flag=True, help="Cancel the posting at the marketplace as well.")
@click.option("--timeout", default=60.0, show_default=True, help="How many seconds to wait.")
@pass_session
def cancel(session: Session, posting: str, reason: str | None, marketplace: bool, timeout: float) -> None:
    """Cancel our booking of POSTING. The reason is kept in the history.

    With --marketplace and no --reason it lists the reasons that the marketplace takes, and changes nothing.
    """
    from hub.cli.postings import find
    from hub.flow import orders
    from hub.jobs.driving import drive

    if not reason and not marketplace:
        raise click.UsageError(
            said(
                "say why with --reason, in your words. To cancel it at the marketplace too, add "
                "--marketplace: 'hub cancel {posting} --marketplace' lists the reasons that it takes",
                code="usage.say_why_reason_words",
                values={"posting": posting},
            )
        )

    async def work(app: App) -> tuple[PostingView, CancelState, list[ProblemView]]:
        view = find(app, [posting])[0]
        session.speak_to_owners([view.seller])
        if not reason:
            raise click.UsageError(await _reasons(app, view))
        await orders.cancel(app, view.id, reason, actor(), marketplace=marketplace)
        await drive(app, None, timeout)
        waits = orders.what_waits(app, view.id)
        return find(app, [view.id])[0], orders.cancel_state(app, view.id), waits

    view, state, waits = session.run(work)
    row = (view.number, Code(state), StageCode(view.stage), view.carrier, view.tracking_number, view.problems)
    emit(
        session,
        msgspec.to_builtins(view) | {"cancel": state},
        ("posting", "cancel", "stage", "carrier", "tracking number", "problems"),
        [row],
    )
    if not session.as_json:
        _tell(waits)
    if state == "refused":
        click.get_current_context().exit(1)


def _tell(waits: Sequence[ProblemView]) -> None:
    """What waits for a person, and the command that answers."""
    for problem in waits:
        answers = ", ".join(answer.code for answer in problem.answers)
        echo(f"{problem.posting_number}: {problem.text}", err=True)
        echo(f"  hub problems answer {problem.id} ({answers})", err=True)


async def _reasons(app: App, view: PostingView) -> str:
    """The marketplace's reasons, a line each."""
    from hub.flow import orders

    found = await orders.cancel_reasons(app, view.id)
    if not found:
        return said(
            "the marketplace gives no reason for which this posting can be cancelled", code="usage.no_reasons"
        )
    reasons = "\n".join(f"  {one.id}  {one.title}" for one in found)
    return said(
        "give one of these with --reason:\n{reasons}", code="usage.reasons", values={"reasons": reasons}
    )
