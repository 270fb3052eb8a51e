"""The texts of ``--help`` as the catalogues have them: each paragraph is a sentence of the code ``help``."""

from __future__ import annotations

import re
from inspect import cleandoc

HELP = "help"
_BETWEEN = re.compile(r"\n\s*\n")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a docstring that click shows; breaks of lines are blanks."""
    shown = cleandoc(text).partition("\f")[0]
    return [" ".join(one.split()) for one in _BETWEEN.split(shown) if one.strip()]
