"""Forgetting buyers, and writing the database anew afterwards."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from hub.cli.session import HubCommand, Session, actor, pass_session
from hub.cli.show import Code, agree, emit, emit_json, say
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.history.results import Erased

_DAYS = re.compile(r"([1-9][0-9]{0,4})d")


@click.command(cls=HubCommand)
@click.argument("postings", nargs=-1)
@click.option("--older-than", metavar="DAYS", help="Those that ended so long ago, like 180d.")
@click.option("--seller", help="With --older-than: of this seller only.")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and erase nothing.")
@click.option("--yes", is_flag=True, help="Do not ask: it cannot be undone. With --json it is needed.")
@pass_session
def erase(
    session: Session,
    postings: tuple[str, ...],
    older_than: str | None,
    seller: str | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Forget the buyers of POSTINGS: name, address, papers, labels, what came from outside.

    History's codes, numbers and money stay. Only what is over can be erased. The exit code is 1 when a
    posting was refused.
    """
    from hub.cli import postings as named
    from hub.flow.reading.naming import not_erased
    from hub.flow.recipients import erasing
    from hub.flow.sellers import sellers

    if bool(postings) == (older_than is not None):
        raise click.UsageError(
            said("name postings, or use --older-than 180d", code="usage.name_postings_use_older")
        )
    if seller is not None and older_than is None:
        raise click.UsageError(said("--seller goes with --older-than", code="usage.seller_goes_older"))
    age = None if older_than is None else _age(older_than)

    async def chosen(app: App) -> tuple[list[str], list[Erased]]:
        if seller is not None:
            session.speak_to(sellers.seller(app, seller))
        found, strange = named.find_some(app, postings, more=not postings)
        if len(owners := {view.seller for view in found}) == 1:
            session.speak_to(sellers.seller(app, owners.pop()))
        nowhere = [not_erased(key, error) for key, error in strange.items()]
        return [view.id for view in found], nowhere

    async def work(app: App) -> list[Erased]:
        if age is None:
            return nowhere + await erasing.erase(app, ids, actor(), dry_run=dry_run)
        done: list[Erased] = []
        while True:
            more = await erasing.erase_older(
                app, age, actor(), seller=seller, dry_run=dry_run, after=done[-1].posting_id if done else ""
            )
            done += more
            if not more:
                return done

    ids, nowhere = session.run(chosen)
    if not dry_run and not yes:
        if session.as_json:
            raise click.UsageError(
                said(
                    "it cannot be undone: add --yes if that is what you want, or --dry-run",
                    code="usage.cannot_undone_add_yes_if",
                )
            )
        agree(
            session,
            "This cannot be undone. Erase?",
            "Nothing was erased. To erase, answer 'y' or run it with --yes.",
        )
    done = session.run(work)
    emit(
        session,
        done,
        ("posting", "state", "files", "shared with", "reason"),
        [(one.number, Code(one.state), one.files, ", ".join(one.shared), one.reason) for one in done],
    )
    if not session.as_json and any(one.state == "erased" for one in done):
        say(
            session,
            "Next, at a quiet hour: 'hub compact'. Until then traces may be in the file, as in old backups.",
        )
    if any(one.state == "refused" for one in done) and age is None:
        click.get_current_context().exit(1)


@click.command(cls=HubCommand)
@pass_session
def compact(session: Session) -> None:
    """Write the database anew, so that nothing that was deleted is left in its file.

    The hub may be at work: its writes wait for as long as it takes. It needs free space of the database's
    size once more.
    """
    from hub.store.compact import compact as write_anew

    before, after = write_anew(session.file())
    if session.as_json:
        emit_json({"before": before, "after": after})
        return
    say(
        session,
        "The database was written anew: {before} bytes before, {after} now.",
        before=str(before),
        after=str(after),
    )


def _age(text: str) -> timedelta:
    found = _DAYS.fullmatch(text)
    if found is None:
        raise click.UsageError(
            said(
                "--older-than {text}: write days, like 180d",
                code="usage.older_write_days_like",
                values={"text": text},
            )
        )
    return timedelta(days=int(found[1]))
