"""``--help`` in the reader's language: click lays it out, each text of it is looked up in the catalogues.

The English is what stands in the code: a command's docstring, paragraph by paragraph, and ``help=`` of its
options. In the catalogues each has the code ``help``; plugins' commands have theirs in their own. What is not
there is shown in English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from unicodedata import east_asian_width

import click

from hub.words import render, said
from hub.words.catalogue import found
from hub.words.help_texts import HELP, paragraphs

_EXTRA = re.compile(r"  \[(.*)\]$", re.DOTALL)
_FIRST_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[\u3002\uff01\uff1f])")
_DEFAULT = "default: "
_PARTS = re.compile(r"[\u2e80-\uffef]\s*|[^\s\u2e80-\uffef]+\s*|\s+")
_CLOSING = re.compile(
    r"[\u3001\u3002\uff09\uff0c\uff1a\uff1b\uff01\uff1f\u2026]"
)  # never at the start of a line

_asked: list[Callable[[], str]] = []


def install(language: Callable[[], str]) -> None:
    """Have click write help so, in the language that this says when help is wanted."""
    changed: Any = click.Context
    changed.formatter_class = SpokenHelp
    _asked[:] = [language]


def _language() -> str:
    return _asked[-1]() if _asked else "en"


def spoken(text: str) -> str:
    """A text of help in the reader's language; as it is where there are no words for it."""
    plain = " ".join(text.split())
    language = _language()
    return text if language == "en" or not plain else found(HELP, plain, language) or text


def from_plugins(owners: Sequence[str]) -> str:
    """Whose a plugin's command is: it is not imported for a line of help."""
    return render(
        said("From {owners}.", code="usage.from_plugins", values={"owners": ", ".join(owners)}), _language()
    )


class SpokenGroup(click.Group):
    """A group that lists each of its commands with the first sentence of its help, whole and in the reader's
    language. click cuts the English one."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """A line for each command."""
        rows = [(name, _line(command)) for name, command in self.commands.items() if not command.hidden]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(sorted(rows))


def _line(command: click.Command) -> str:
    text = command.short_help or next(iter(paragraphs(command.help or "")), "")
    return _FIRST_SENTENCE.split(spoken(text), maxsplit=1)[0].strip()


class SpokenHelp(click.HelpFormatter):
    """click's layout; the texts in the reader's language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """``Usage: hub ship [OPTIONS] [POSTINGS]...``"""
        super().write_usage(prog, args, prefix or f"{spoken('Usage:').rstrip()} ")

    def write_heading(self, heading: str) -> None:
        """``Options:``"""
        super().write_heading(spoken(str(heading)))

    def write_text(self, text: str) -> None:
        """A docstring."""
        told = [self._lines(spoken(one), self.current_indent) for one in paragraphs(text)]
        super().write_text("\n\n".join(told))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Options or commands, each with what it is."""
        listed = list(rows)
        left = min(max((len(first) for first, _ in listed), default=0), col_max) + col_spacing
        left += self.current_indent
        super().write_dl(
            [(first, self._lines(_option(text), left)) for first, text in rows], col_max, col_spacing
        )

    def _lines(self, text: str, left: int) -> str:
        """Text for the columns to the right of ``left``. click breaks lines at blanks and counts letters;
        Chinese has no blanks, and a letter of it takes two columns."""
        if not any(map(_columns, text)):
            return text
        return "\b\n" + "\n".join(_broken(text, max(self.width - left, 20)))


def _columns(letter: str) -> bool:
    return east_asian_width(letter) in "WF"


def _broken(text: str, width: int) -> Iterator[str]:
    line, used = "", 0
    for part in _PARTS.findall(text):
        columns = sum(2 if _columns(letter) else 1 for letter in part.rstrip())
        if used and used + columns > width and not _CLOSING.match(part):
            yield line.rstrip()
            line, used, part = "", 0, part.lstrip()
        line += part
        used += sum(2 if _columns(letter) else 1 for letter in part)
    yield line.rstrip()


def _option(text: str) -> str:
    """An option's help, with what click adds to it: ``[default: 180.0; required]``."""
    extra = _EXTRA.search(text)
    if extra is None:
        return spoken(text)
    said = "; ".join(map(_added, extra[1].split("; ")))
    return f"{spoken(text[: extra.start()])}  [{said}]".strip()


def _added(text: str) -> str:
    if not text.startswith(_DEFAULT):
        return spoken(text)
    value = text.removeprefix(_DEFAULT)
    if value.startswith("(") and value.endswith(")"):
        value = f"({spoken(value[1:-1])})"
    return spoken("default:") + " " + value


__all__ = ["SpokenGroup", "from_plugins", "install", "spoken"]
