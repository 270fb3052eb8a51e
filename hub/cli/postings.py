"""Postings as a person names them, and waiting for what was ordered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hub.cli.session import Session
from hub.cli.texts import text

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.history.views import PostingView
    from hub.flow.reading.naming import Strange


def find(app: App, keys: Sequence[str]) -> list[PostingView]:
    """The postings of these ids or numbers, each once.

    Raises NotFound, or Conflict with the candidates where a number is not unique.
    """
    views, strange = find_some(app, keys)
    if strange:
        from hub.flow.reading.naming import nobody

        raise nobody(strange)
    return views


def find_some(app: App, keys: Sequence[str], *, more: bool = False) -> tuple[list[PostingView], Strange]:
    """The postings of these ids or numbers, each once, and why others are none: they cost themselves only.

    Raises NotFound or Conflict where none of them is a posting, unless there is ``more`` than them.
    """
    from hub.flow.reading.naming import named, nobody

    found, strange = named(app, keys)
    if strange and not found and not more:
        raise nobody(strange)
    return list({view.id: view for view in found.values()}.values()), strange


def tell_strange(session: Session, strange: Strange) -> None:
    """On stderr, each with its name: the answer itself has no place for it."""
    from hub.cli.show import say_refused
    from hub.flow.reading.naming import why

    for key, error in strange.items():
        say_refused(session, why(key, error), error.code)


def all_open(
    app: App, seller: str, stages: tuple[str, ...] = (), warehouse: str | None = None
) -> list[PostingView]:
    """Every posting of a seller, or of one warehouse, that is open, or that is in one of ``stages``."""
    from hub.flow import reading
    from hub.flow.sellers import sellers
    from hub.plugin_api.models import Stage

    sellers.seller(app, seller)
    found: list[PostingView] = []
    cursor = ""
    while True:
        page = reading.postings(
            app,
            seller=seller,
            warehouse=warehouse,
            stages=tuple(Stage(stage) for stage in stages),
            open_only=not stages,
            cursor=cursor,
            limit=200,
        )
        found += page.items
        if not page.next:
            return found
        cursor = page.next


@contextmanager
def watched(
    session: Session, title: str, total: int, count: Callable[[], int]
) -> Iterator[Callable[[], bool]]:
    """A predicate that is true when ``count`` has reached ``total``, and draws how far it is."""
    if not session.progress or not total:
        yield lambda: count() >= total
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from hub.cli.show import console

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console(stderr=True),
        transient=True,
    ) as progress:
        task = progress.add_task(text(title, session.language), total=total)

        def finished() -> bool:
            done = count()
            progress.update(task, completed=done)
            return done >= total

        yield finished
