"""API keys, and the keys that stored credentials are sealed with."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

import click

from hub.cli.help_words import SpokenGroup
from hub.cli.plainly import echo
from hub.cli.session import HubCommand, Session, actor, pass_session
from hub.cli.show import Code, emit, emit_json, say
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.history.key_views import KeyView

_TOLD = ("id", "name", "seller", "warehouse", "scope", "expires_at")


@click.group(cls=SpokenGroup)
def key() -> None:
    """API keys."""


@key.command("add", cls=HubCommand)
@click.argument("name")
@click.option("--seller", help="The seller that the key is bound to.")
@click.option("--warehouse", help="With --seller: it opens this warehouse only.")
@click.option("--operator", is_flag=True, help="A key that opens everything.")
@click.option("--read-only", is_flag=True, help="It looks only: for a dashboard.")
@click.option("--expires", help="When it ends: in so long (90d, 12h), or on a day (2027-03-31).")
@pass_session
def add_key(
    session: Session,
    name: str,
    seller: str | None,
    warehouse: str | None,
    operator: bool,
    read_only: bool,
    expires: str | None,
) -> None:
    """Make a key. It is shown this once: only its hash is stored."""
    from hub.flow.sellers import keys

    if (seller is None) != operator:
        raise click.UsageError(
            said(
                "say whose key it is: --seller SLUG, or --operator for one that opens all",
                code="usage.say_whose_key_seller",
            )
        )

    async def work(app: App) -> tuple[KeyView, str]:
        ends = None if expires is None else _end(expires, app.clock.now(), session.zone)
        return await keys.add_key(
            app, seller, name, actor(), warehouse=warehouse, read_only=read_only, expires_at=ends
        )

    view, token = session.run(work)
    if session.as_json:
        emit_json({name: getattr(view, name) for name in _TOLD} | {"token": token})
        return
    echo(token)
    say(session, "This is the only time that the key is shown. Send it as 'Authorization: Bearer <key>'.")


@key.command("list", cls=HubCommand)
@pass_session
def list_keys(session: Session) -> None:
    """The keys that are in use."""
    from hub.flow.sellers import keys

    async def work(app: App) -> list[KeyView]:
        return list(keys.list_keys(app))

    views = session.run(work)
    rows = [
        (
            v.id,
            v.name,
            v.prefix + "…",
            v.seller or Code("operator"),
            v.warehouse or "",
            Code(v.scope),
            v.created_at,
            v.expires_at,
        )
        for v in views
    ]
    emit(session, views, ("id", "name", "key", "seller", "warehouse", "scope", "time", "expires"), rows)


def _end(text: str, now: datetime, zone: tzinfo) -> datetime:
    if match := re.fullmatch(r"([1-9][0-9]{0,4})([dh])", text):
        return now + (timedelta(days=int(match[1])) if match[2] == "d" else timedelta(hours=int(match[1])))
    try:
        return datetime.combine(date.fromisoformat(text), time(), zone)
    except ValueError:
        raise click.UsageError(
            said(
                "--expires '{text}': write 90d, 12h or a day such as 2027-03-31",
                code="usage.expires_write_90d_12h",
                values={"text": text},
            )
        ) from None


@key.command("rotate", cls=HubCommand)
@click.option("--forget-old", is_flag=True, help="Take the old keys out of the file instead of making one.")
@pass_session
def rotate_keys(session: Session, forget_old: bool) -> None:
    """Make a new key for the stored credentials, and seal them with it. These are not the API keys.

    The old key stays in hub.key, for backups, until --forget-old.
    """
    from hub.flow.sellers import rotation

    async def work(app: App) -> rotation.Rotated:
        return await rotation.rotate(app, actor(), forget=forget_old)

    done = session.run(work)
    if session.as_json:
        emit_json(done)
        return
    say(
        session,
        "Stored credentials sealed anew: {anew} of {values}; all of them open with the newest key.",
        anew=str(done.sealed_anew),
        values=str(done.values),
    )
    if done.old_keys:
        say(
            session,
            "Older keys, for backups from before: {old}; 'hub key rotate --forget-old' removes what "
            "is older.",
            old=str(done.old_keys),
        )


@key.command("revoke", cls=HubCommand)
@click.argument("key_id")
@pass_session
def revoke_key(session: Session, key_id: str) -> None:
    """Revoke a key, at once."""
    from hub.flow.sellers import keys

    async def work(app: App) -> None:
        await keys.revoke(app, key_id, actor())

    session.run(work)
    if session.as_json:
        emit_json({"revoked": key_id})
    else:
        say(session, "Revoked: {id}", id=key_id)
