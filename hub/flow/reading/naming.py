"""Postings as people and programs name several of them: one name that is none costs itself only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from hub.flow import reading
from hub.flow.history.results import EraseCode, Erased, LabelResult, ShipResult
from hub.flow.history.total_views import TotalLine
from hub.flow.history.views import PostingView
from hub.flow.reading import Ambiguous
from hub.plugin_api.errors import NotFound
from hub.words import Sentence, said

if TYPE_CHECKING:
    from hub.flow.app import App

Strange = Mapping[str, NotFound | Ambiguous]
"""By what was asked for: why it is no posting."""
R = TypeVar("R", ShipResult, LabelResult)


def named(
    app: App, keys: Sequence[str], seller: str | None = None, warehouse: str | None = None
) -> tuple[dict[str, PostingView], dict[str, NotFound | Ambiguous]]:
    """The postings that these ids and numbers name, by what was asked, and why others are none."""
    found: dict[str, PostingView] = {}
    strange: dict[str, NotFound | Ambiguous] = {}
    for key in dict.fromkeys(keys):
        try:
            found[key] = reading.posting(app, key, seller=seller, warehouse=warehouse)
        except (NotFound, Ambiguous) as error:
            strange[key] = error
    return found, strange


def why(key: str, error: NotFound | Ambiguous) -> Sentence:
    """Why nothing is done for this name, with the name in it."""
    if isinstance(error, Ambiguous):
        return error.said
    return said("there is no posting '{number}'", code="posting.none_named", values={"number": key})


def nobody(strange: Strange) -> NotFound | Ambiguous:
    """The error of an order that names no posting at all."""
    for error in strange.values():
        if isinstance(error, Ambiguous):
            return error
    return NotFound(
        "there is no posting '{numbers}'",
        code="not_found.none_named",
        values={"numbers": "', '".join(strange)},
    )


def not_named(kind: type[R], key: str, error: NotFound | Ambiguous) -> R:
    """The answer of an order about many postings for a name that is none of them."""
    if isinstance(error, Ambiguous):
        return kind(
            posting_id="",
            number=key,
            state="refused",
            code="ambiguous",
            reason=why(key, error),
            candidates=error.candidates,
        )
    return kind(posting_id="", number=key, state="refused", code="not_found", reason=why(key, error))


def not_erased(key: str, error: NotFound | Ambiguous) -> Erased:
    """The same of a wish to erase."""
    code: EraseCode = "ambiguous" if isinstance(error, Ambiguous) else "not_found"
    return Erased(posting_id="", number=key, state="refused", code=code, reason=why(key, error))


def total_lines(strange: Strange) -> tuple[TotalLine, ...]:
    """The same in a total, which has them last."""
    answers = [not_named(ShipResult, key, error) for key, error in strange.items()]
    return tuple(
        TotalLine(posting_id="", number=one.number, state="refused", code=one.code, reason=one.reason)
        for one in answers
    )


__all__ = ["Strange", "named", "nobody", "not_erased", "not_named", "total_lines", "why"]
