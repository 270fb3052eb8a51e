"""Accounts with marketplaces and carriers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hub.cli import settings_given
from hub.cli.help_words import SpokenGroup
from hub.cli.next_steps import setting_up
from hub.cli.session import HubCommand, Session, actor, pass_session
from hub.cli.show import Code, cell, emit, next_step, say
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.history.views import AccountView


@click.group(cls=SpokenGroup)
def account() -> None:
    """Accounts with marketplaces and carriers."""


@account.command("add", cls=HubCommand)
@click.argument("seller")
@click.argument("plugin")
@click.option("--name", help="What you call it. Default: the plugin's name.")
@click.option(
    "--set",
    "pairs",
    multiple=True,
    metavar="KEY=VALUE",
    help="A setting; repeat it. VALUE may be env:NAME or @FILE: keep secrets out of the shell's history. "
    "A list is written with commas, or its setting repeated.",
)
@click.option("--keep", is_flag=True, help="Store it even when the check fails, marked bad.")
@pass_session
def add_account(
    session: Session, seller: str, plugin: str, name: str | None, pairs: tuple[str, ...], keep: bool
) -> None:
    """Connect an account. Its credentials are tried first; what does not work is not stored.

    Secrets that no --set gives are asked for.
    """
    from hub.flow.history.forms import NewAccount
    from hub.flow.sellers import sellers

    given = settings_given.read(pairs)
    known: set[str] = set()

    async def work(app: App) -> tuple[AccountView, str]:
        new = NewAccount(
            seller=seller,
            plugin=plugin,
            name=name or plugin,
            settings=settings_given.typed(sellers.settings_form(app, seller, plugin), plugin, given),
            keep=keep,
        )
        known.update(view.name for view in sellers.list_accounts(app, seller))
        return await sellers.add_account(app, new, actor()), setting_up(app, seller)

    view, following = session.run(work)
    _emit_accounts(session, view)
    if view.name in known:
        say(
            session,
            "The account '{name}' was there already: it has these settings now.",
            name=view.name,
        )
    if view.status != "bad":
        next_step(session, following)


@account.command("check", cls=HubCommand)
@click.argument("account_key", metavar="[ACCOUNT]", required=False)
@pass_session
def check_account(session: Session, account_key: str | None) -> None:
    """Try the credentials of an account (its id or name), or of all.

    The exit code is 1 when one does not work.
    """
    from hub.flow.sellers import sellers

    async def work(app: App) -> list[AccountView]:
        views = [view for s in sellers.list_sellers(app) for view in sellers.list_accounts(app, s.slug)]
        chosen = [v for v in views if account_key is None or account_key in (v.id, v.name)]
        if account_key is not None and not chosen:
            raise click.ClickException(
                said(
                    "there is no account '{account_key}'; 'hub account list' shows them all",
                    code="usage.no_account_shows_them_all",
                    values={"account_key": account_key},
                )
            )
        session.speak_to_owners(view.seller for view in chosen)
        return [await sellers.check_account(app, view.id, actor()) for view in chosen]

    views = session.run(work)
    _emit_accounts(session, views)
    if any(view.status == "bad" for view in views):
        click.get_current_context().exit(1)


@account.command("list", cls=HubCommand)
@click.argument("seller", required=False)
@pass_session
def list_accounts(session: Session, seller: str | None) -> None:
    """The accounts of a seller, or of all."""
    from hub.flow.sellers import sellers

    async def work(app: App) -> list[AccountView]:
        slugs = [sellers.seller(app, seller).slug] if seller else [s.slug for s in sellers.list_sellers(app)]
        return [view for slug in slugs for view in sellers.list_accounts(app, slug)]

    _emit_accounts(session, session.run(work))


def _said(session: Session, detail: str) -> str:
    return cell(session, detail) if detail else ""


def _emit_accounts(session: Session, value: AccountView | list[AccountView]) -> None:
    views = value if isinstance(value, list) else [value]
    headings = ("id", "seller", "plugin", "name", "status", "expires", "checked", "detail")
    rows = [
        (
            v.id,
            v.seller,
            v.plugin,
            v.name,
            Code(v.status),
            cell(session.of(v.seller), v.expires_at),
            cell(session.of(v.seller), v.checked_at),
            "; ".join(part for part in (_said(session, v.detail), *v.notes) if part),
        )
        for v in views
    ]
    emit(session, value, headings, rows)
