"""What a name may be that a person gives: the same rule where it is checked and where it is described."""

from __future__ import annotations

import re

_NEVER = r"\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff"
"""Controls, marks that are not seen or that turn the line round, and spaces that are none."""


def name_pattern(most: int) -> str:
    """1 to ``most`` characters that can be seen, the first and the last no space."""
    return rf"^[^ {_NEVER}]([^{_NEVER}]{{0,{most - 2}}}[^ {_NEVER}])?$"


NAME = name_pattern(100)


def is_name(text: str, most: int = 100) -> bool:
    """Whether the text is such a name."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return re.fullmatch(name_pattern(most), text) is not None
