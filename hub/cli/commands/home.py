"""Making a hub, and looking at its own condition."""

from __future__ import annotations

import os

import click

from hub.cli.session import HubCommand, Session, pass_session
from hub.cli.show import Code, cell, console, emit, emit_json, say, table
from hub.cli.texts import text

_FACTS = (
    "status",
    "reasons",
    "version",
    "engine",
    "worker",
    "queue",
    "oldest due seconds",
    "operations unknown",
    "problems open",
    "level",
)
"""Fields of the hub's health that are figures, as its table has them."""


@click.command(cls=HubCommand)
@click.option("--new-key", is_flag=True, help="Make a key although the one of this database is lost.")
@pass_session
def init(session: Session, new_key: bool) -> None:
    """Make a hub here: plugins.toml with comments, and the key that encrypts credentials.

    With a PostgreSQL database (--database URL) its tables are made too: in an empty one, whose owner the
    URL names. What exists already stays as it is.
    """
    from hub.flow.app import init_home

    made = init_home(session.home, database=session.database, new_key=new_key)
    if session.as_json:
        emit_json({"home": str(session.home.resolve()), "made": [str(path) for path in made]})
        return
    for path in made:
        say(session, "Made: {path}", path=str(path))
    if made and hasattr(os, "geteuid") and os.geteuid() == 0:
        home = str(session.home.resolve())
        say(session, "These belong to root: run the hub as root too, or 'chown -R USER {home}'", home=home)
    if not made:
        say(session, "Everything is there already.")
    if session.database:
        said = (
            "The commands after this one need the database too: set PARCELHUB_DATABASE, or write "
            '[store] url = "env:PARCELHUB_DATABASE" into plugins.toml.'
        )
        say(session, said)
    say(session, "Next: choose the plugins in plugins.toml, then 'hub seller add'.")


@click.command(cls=HubCommand)
@pass_session
def plugins(session: Session) -> None:
    """The plugins that may run here, and what they can do."""
    from hub.flow import reading
    from hub.plugins.config_reading import load_config
    from hub.plugins.loader import load_plugins

    config = load_config(session.home / "plugins.toml")
    views = reading.plugins(load_plugins(config.allow))
    emit(
        session,
        views,
        ("plugin", "version", "title", "kind", "capabilities", "create_safety", "notice"),
        [
            (v.name, v.version, v.title, [*map(Code, v.kinds)], v.capabilities, v.create_safety, v.notice)
            for v in views
        ],
    )


def _shown(session: Session, field: str, value: object) -> object:
    """A figure of the hub's health as a table has it: words of ours in the reader's language."""
    if field == "reasons":
        assert isinstance(value, tuple)
        return ", ".join(cell(session, Code(reason)) for reason in value)
    return Code(value) if field in ("status", "level") else value


@click.command(cls=HubCommand)
@pass_session
def health(session: Session) -> None:
    """Whether the hub works: the worker, the queue, what waits for a person. 'hub doctor' looks deeper.

    The exit code is 0 when it works, also where something is wrong that does not stop it.
    """
    from hub.flow.app import App
    from hub.flow.health.health import health as whole
    from hub.flow.health.views import HealthView

    async def work(app: App) -> HealthView:
        return await whole(app, session.language)

    view = session.run(work)
    if session.as_json:
        emit_json(view)
    else:
        rows = [
            (text(fact, session.language), _shown(session, field, getattr(view, field)))
            for fact in _FACTS
            for field in (fact.replace(" ", "_"),)
        ]
        rows += [(name, str(count)) for name, count in sorted(view.counters.items())]
        out = console()
        out.print(table(session, ("what", "state"), rows))
        wrong = [one for one in view.checks if one.level != "ok"]
        if wrong:
            told = [(Code(one.level), one.title, one.text, one.advice) for one in wrong]
            out.print(table(session, ("state", "what", "detail", "what to do"), told))
    click.get_current_context().exit(0 if view.status == "ok" else 1)
