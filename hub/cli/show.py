"""Answers: JSON for programs, tables for people. Both go to stdout, everything else to stderr."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import msgspec

from hub.cli.plainly import console as console
from hub.cli.plainly import echo
from hub.cli.session import Session
from hub.cli.texts import code_text, text
from hub.words import Sentence, for_json, render, said
from hub.words.plain import escaped, one_line

if TYPE_CHECKING:
    from rich.table import Table

    from hub.plugin_api.models import Money

_COLOURS = {
    "ok": "green",
    "good": "green",
    "ready": "green",
    "delivered": "green",
    "queued": "cyan",
    "warning": "yellow",
    "waiting": "yellow",
    "unchecked": "yellow",
    "problem": "red",
    "dead": "red",
    "bad": "red",
    "refused": "red",
    "cancelled": "dim",
}


_COPIED = frozenset({"code"})  # read to be typed again: in one piece where there is room
_WIDE = 160


class Code(str):
    """A code of ours in a table: shown in the reader's language. Everything else is shown as it came."""


class Until(NamedTuple):
    """A deadline that is still to be met, said in words: "tomorrow 14:00"."""

    at: datetime | None

    @classmethod
    def of(cls, at: datetime | None, stage: str) -> datetime | Until | None:
        """The deadline of a posting: only a time again once it has left."""
        from hub.plugin_api.models import Stage

        return cls(at) if Stage(stage).rank < Stage.HANDED_OVER.rank else at


class StageCode(Code):
    """A stage: the flow has the words. In English it stays the code, which ``--stage`` takes."""


def emit_json(value: Any) -> None:
    """One JSON document on stdout."""
    echo(escaped(msgspec.json.format(msgspec.json.encode(value, enc_hook=for_json), indent=2).decode()))


def table(session: Session, headings: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "") -> Table:
    """A table whose headings and codes are in the session's language, and whose times are in its zone."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(
        box=box.SIMPLE_HEAD, title=text(title, session.language) if title else None, title_justify="left"
    )
    wide = console().width >= _WIDE
    for heading in headings:
        whole = wide and heading in _COPIED
        made.add_column(text(heading, session.language), overflow="fold", no_wrap=whole)
    for row in rows:
        # Text, never markup: a product may be called "[red]"
        made.add_row(*(Text(one_line(cell(session, value)), style=_style(value)) for value in row))
    return made


def emit(session: Session, value: Any, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """``value`` as JSON, or its rows as a table."""
    if session.as_json:
        emit_json(value)
    elif rows:
        console().print(table(session, headings, rows))
    else:
        say(session, "Nothing here.")


def say(session: Session, key: str, **values: str | int) -> None:
    """A sentence for the reader; on stderr, so that stdout stays what was asked for."""
    echo(text(key, session.language, **values), err=True)


def next_step(session: Session, command: str) -> None:
    """What most people type next; on stderr, and not to a program."""
    if not session.as_json:
        say(session, "Next: {command}", command=command)


def say_refused(session: Session, reason: str, code: str) -> None:
    """One of several that could not be done; with ``--json`` as every error is said."""
    if session.as_json:
        error = {"error": {"code": code, "message": str(reason)}}
        echo(escaped(msgspec.json.encode(error).decode()), err=True)
    else:
        echo(render(reason, session.language), err=True)


def agree(session: Session, question: str, otherwise: str) -> None:
    """Go on only where a person says yes. Everything else, also nobody to ask, ends the command with
    ``otherwise``: what was not done, and how to have it done."""
    try:
        if click.confirm(text(question, session.language), err=True):
            return
    except click.Abort:
        echo("", err=True)
    raise click.ClickException(text(otherwise, session.language))


def confirmed(session: Session, effect: str, *, twice: bool, yes: bool) -> None:
    """Say what an answer does, and go on; where something may be paid for ``twice`` only with ``--yes`` or a
    person's yes."""
    if not session.as_json:
        echo(render(effect, session.language), err=True)
    if not twice or yes:
        return
    if session.as_json:
        raise click.UsageError(
            said(
                "{effect}. Add --yes if that is what you want",
                code="usage.add_yes_if_what",
                values={"effect": effect},
            )
        )
    agree(session, "Do it?", "Nothing was done. To do it, answer 'y' or run it with --yes.")


_FOR_EVER = 9999  # the last moments of this year are in none, in some zones


def cell(session: Session, value: Any) -> str:
    """One value in words."""
    if value is None or value == "":
        return "–"
    if isinstance(value, Until):
        return _until(session, value.at)
    if isinstance(value, bool):
        return text("yes" if value else "no", session.language)
    if isinstance(value, datetime):
        here = value if value.year >= _FOR_EVER else value.astimezone(session.zone)
        return here.strftime("%Y-%m-%d %H:%M %Z")
    if isinstance(value, (tuple, list, frozenset)):
        return ", ".join(cell(session, one) if isinstance(one, Code) else str(one) for one in value) or "–"
    if isinstance(value, StageCode) and session.language != "en":
        from hub.words.texts import stage_title

        return stage_title(value, session.language)
    if isinstance(value, Sentence):
        return render(value, session.language)
    return code_text(value, session.language) if isinstance(value, Code) else str(value)


def _until(session: Session, at: datetime | None) -> str:
    if at is None or session.now is None:
        return cell(session, at)
    from hub.words.deadlines import Moment, deadline_text

    return deadline_text(at, Moment(session.now, session.zone), session.language)


def money(value: Money | None) -> str:
    """An amount, or nothing."""
    return str(value) if value is not None else ""


def days(low: int | None, high: int | None) -> str:
    """A span of days."""
    if low is None and high is None:
        return ""
    return str(low) if low == high else f"{'' if low is None else low}–{'' if high is None else high}"


def _style(value: Any) -> str:
    return _COLOURS.get(value, "") if isinstance(value, Code) else ""
