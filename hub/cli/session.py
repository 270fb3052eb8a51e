"""What every command shares: where the hub lives, how it answers, how it fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Iterable
from copy import copy
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hub.cli.help_words import SpokenGroup

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.history.views import SellerView
    from hub.store import Place

T = TypeVar("T")
LANGUAGES = ("en", "ru", "zh")
_EVERYWHERE = ("as_json", "database")
_NAMES_A_SELLER = ("seller", "all_open", "slug")
"""What commands call the argument that names a seller; ``slug`` last: beside a seller it is a warehouse's."""


class Session:
    """One call of the command line."""

    def __init__(self, home: Path, *, as_json: bool, language: str | None, database: str = "") -> None:
        self.home = home
        self.database = database
        """The URL that was given; empty where nobody gave one."""
        self.as_json = as_json
        self._asked_for = language is not None
        self.language = language or "en"
        self.asked_for = language or ""
        """The language that was asked for; empty where nobody did."""
        self.zone: tzinfo = UTC
        """The zone that tables show times in; the seller's, once it is known. JSON is always UTC."""
        self.now: datetime | None = None
        """By the hub's clock, once it was opened: deadlines are said as of then."""
        self._sellers: dict[str, SellerView] = {}
        self._guessed = False

    def place(self) -> Place:
        """Where the hub's database is. Raises ConfigError."""
        from hub.store import place_of

        return place_of(self.home, self.database)

    def file(self) -> Path:
        """The database's file, for what is done with a file only. Raises Unsupported on a server."""
        place = self.place()
        if isinstance(place, Path):
            return place
        from hub.plugin_api.errors import Unsupported

        raise Unsupported(
            "this is done with a SQLite file only, and the database of this hub is on a server ({database}): "
            "there pg_dump makes a copy, pg_restore puts one back, and VACUUM clears away what was deleted "
            "(docs/how-to/postgresql.md)",
            code="unsupported.on_a_server",
            values={"database": place.shown},
        )

    def speak_to(self, seller: SellerView, time_zone: str = "") -> None:
        """Show times in the seller's zone, or in that of a warehouse, and in the seller's language unless
        another was asked for."""
        from hub.plugin_api.clock import zone

        self.zone = zone(time_zone or seller.time_zone)
        if not self._asked_for:
            self.language = seller.language

    def speak_to_owners(self, slugs: Iterable[str]) -> None:
        """Speak to the seller of what is shown, where it is one's; else nobody's language is taken."""
        owners = {self._sellers[slug].slug for slug in slugs if slug in self._sellers}
        if len(owners) == 1:
            self.speak_to(self._sellers[owners.pop()])

    def speak_unopened(self) -> None:
        """Speak the language that all sellers here read, where the hub was not opened: before a command
        begins, and for what is wrong with it. Programs are answered in English."""
        if self._asked_for or self._guessed or self.as_json or self.now is not None:
            return
        self._guessed = True
        file = self.home / "hub.sqlite"  # hub.store.condition.FILE, without what it imports
        if file.exists():
            from hub.store.sellers import languages

            found = languages(file)
            self.language = found.pop() if len(found) == 1 else self.language

    def of(self, slug: str) -> Session:
        """The same, with the times of one line of a table in its seller's zone."""
        from hub.plugin_api.clock import zone

        one = copy(self)
        if slug in self._sellers and len(self._sellers) > 1:
            one.zone = zone(self._sellers[slug].time_zone)
        return one

    def run(self, work: Callable[[App], Awaitable[T]]) -> T:
        """Open the hub at ``home``, do ``work`` with it, close it."""
        import asyncio

        from hub.flow.opening import open_app

        async def whole() -> T:
            app = open_app(self.home, database=self.database)
            try:
                self._know(app)
                return await work(app)
            finally:
                await app.aclose()

        return asyncio.run(whole())

    def _know(self, app: App) -> None:
        """What all sellers here share, their language or their zone, holds for every command; so does what
        the seller has that the command names."""
        from hub.flow.sellers import sellers
        from hub.plugin_api.clock import zone

        self.now = app.clock.now()
        views = sellers.list_sellers(app)
        if len(zones := {view.time_zone for view in views}) == 1:
            self.zone = zone(zones.pop())
        if not self._asked_for and len(languages := {view.language for view in views}) == 1:
            self.language = languages.pop()
        self._sellers = {view.slug: view for view in views}
        context = click.get_current_context(silent=True)
        given = {} if context is None else context.params
        for one in (given.get(name) for name in _NAMES_A_SELLER):
            if isinstance(one, str) and one in self._sellers:
                self.speak_to(self._sellers[one])
                break

    @property
    def progress(self) -> bool:
        """Whether somebody watches: progress is drawn on stderr, and only on a terminal."""
        return not self.as_json and sys.stderr.isatty()


pass_session = click.make_pass_decorator(Session)


def actor() -> str:
    """Who types, for the history."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if user := os.environ.get(name):
            return f"cli:{user}"
    return "cli"


class HubCommand(click.Command):
    """A command with ``--json`` beside its table."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.params.append(
            click.Option(
                ["--json", "as_json"],
                is_flag=True,
                expose_value=False,
                is_eager=True,
                callback=_answer_in_json,
                help="Answer in JSON.",
            )
        )
        self.params.append(
            click.Option(
                ["--database", "database"],
                metavar="URL",
                expose_value=False,
                is_eager=True,
                callback=_work_with,
                hidden=True,  # said once, where the hub's own options are
            )
        )


class ListingGroup(SpokenGroup):
    """A group that lists by itself, with ``--json`` beside its table; its commands act on what it lists."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.params += [option for option in HubCommand("json").params if option.name in _EVERYWHERE]


def _work_with(context: click.Context, _: click.Parameter, value: str | None) -> str | None:
    if value and isinstance(context.obj, Session):
        context.obj.database = value
    return value


def _answer_in_json(context: click.Context, _: click.Parameter, value: bool) -> bool:
    if value and isinstance(context.obj, Session):
        context.obj.as_json = True
    return value
