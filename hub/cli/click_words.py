"""click's own messages with their words: it says each through ``_``, and here that is a sentence of ours.

The English is click's; the other languages are in the catalogues of ``hub/words``, under ``click``. Pages of
help: `hub.cli.help_words`.
"""

from __future__ import annotations

import re
from typing import Any

import click.core
import click.exceptions
import click.parser
import click.types

from hub.words import Sentence, Words, said

CODE = "click"
_MISSING = {f"Missing {one}": f"Missing {one} {{rest}}" for one in ("argument", "option", "parameter")}
_FIELD = re.compile(r"\{(\w+)((?:![rs])?(?::[^{}]*)?)\}")


class _Spoken(Sentence):
    """A message of click's; filling it in keeps its words."""

    __slots__ = ()

    def format(self, *args: object, **values: Any) -> str:
        filled = dict(values)
        for name, how in _FIELD.findall(self):
            if how and name in values:
                filled[name] = f"{{{name}{how}}}".format(**{name: values[name]})
        return said(plain(self), code=CODE, values=filled)


def plain(message: str) -> str:
    """A message of click's as the catalogues have it: ``{name!r}`` is ``{name}``."""
    return _FIELD.sub(r"{\1}", message)


def install() -> None:
    """Have click speak so. Doing it again changes nothing."""
    for module in (click.core, click.exceptions, click.parser, click.types):
        vars(module).update(_=_one, ngettext=_one_or_many)


def _one(message: str) -> str:
    return _Spoken(Words(message, CODE))


def _one_or_many(one: str, many: str, number: int) -> str:
    return _one(one if number == 1 else many)


def message_of(error: click.ClickException) -> str:
    """What click says of an error. Where it puts sentences together as text, with the words of each."""
    message = error.format_message()
    if isinstance(message, Sentence):
        return message
    if isinstance(error, click.MissingParameter):
        for begin, whole in _MISSING.items():
            if message.startswith(begin):
                return said(whole, code=CODE, values={"rest": message.removeprefix(begin).strip()})
    names = getattr(error, "possibilities", None)
    if names and isinstance(error.message, Sentence):
        values = {"said": error.message, "names": ", ".join(map(repr, sorted(names)))}
        one = "{said} Did you mean {names}?"
        return said(
            one if len(names) == 1 else "{said} (Did you mean one of: {names}?)", code=CODE, values=values
        )
    return message
