"""What a problem is, declared once, in the room where it arises; everything else reads the declaration.

A room declares its kinds in its `problems` module: which answers a kind takes, which steps wait for one, and
what makes it over without a person. What an answer does is declared by the room that acts
(`hub.flow.problems.answers`); the sentences stand in the catalogues, under the same codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal

import msgspec

from hub.plugin_api.models import Stage

Step = Literal["assemble", "book", "tell", "label", "undo"]
Event = Literal[
    "assembled", "booked", "cancelled", "told", "labelled", "carrier_chosen", "ordered", "read", "left"
]
SubjectType = Literal["posting", "shipment", "operation", "account", "handover", "number", "job"]
"""What a problem may be about; ``number``: a posting's number at an account, of which nothing could be read;
``job``: work of no posting."""
Subject = tuple[SubjectType, str]
"""What a problem is about: the type and the id."""
ANY_END = tuple(stage for stage in Stage if stage.final)
"""Every stage at which a posting is over: nothing has to be done for it any more."""


class ProblemKind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of question to a person."""

    code: str
    answers: tuple[str, ...]
    """The codes of the answers that it takes, the likeliest first."""
    over_at: tuple[Stage, ...]
    """The ends of its posting at which nobody has to answer any more: what was asked for is not wanted, or
    has come about. None for what outlives the posting, as money and papers on the pile. Each kind says so."""
    about: tuple[SubjectType, ...] = ("posting",)
    """What it may be about: there is one open problem of a kind about one thing."""
    blocks: tuple[Step, ...] = ()
    """The steps of its posting's day that wait until it is answered."""
    ends_with: tuple[Event, ...] = ()
    """What makes it over without a person."""
    money: bool = False
    """Money is at stake, or a penalty: it is told among the first, and not forgotten with its buyer."""
    only_with: Mapping[str, str] = {}
    """Answers that it takes only where its data have the field that is named: nothing else can be used."""
    not_with: Mapping[str, str] = {}
    """Answers that it does not take where its data have the field that is named."""

    def offered(self, data: Mapping[str, Any]) -> tuple[str, ...]:
        """The codes of the answers that a problem with these data takes."""
        lacking = {answer for answer, field in self.only_with.items() if not data.get(field)}
        barred = {answer for answer, field in self.not_with.items() if data.get(field)}
        return tuple(code for code in self.answers if code not in lacking | barred)


_KINDS: dict[str, ProblemKind] = {}


def declare(*kinds: ProblemKind) -> None:
    """Make kinds known. Raises TypeError for a code that is taken."""
    for kind in kinds:
        if kind.code in _KINDS:
            raise TypeError(f"the kind of problem {kind.code!r} is declared twice")
        _KINDS[kind.code] = kind
    for known in (blocking, ended_by, over_at, about_money):
        known.cache_clear()


def kind_of(code: str) -> ProblemKind:
    """The declaration; one that another version has written can only be closed."""
    return _KINDS.get(code) or ProblemKind(code=code, answers=("dismiss",), over_at=())


def all_kinds() -> tuple[ProblemKind, ...]:
    """Every kind that is declared, by code."""
    return tuple(_KINDS[code] for code in sorted(_KINDS))


# Decided on at each look at each posting, and the same until another kind is declared.
@cache
def blocking(*steps: Step) -> tuple[str, ...]:
    """The kinds that one of the steps waits for."""
    return _codes(kind for kind in all_kinds() if not set(steps).isdisjoint(kind.blocks))


@cache
def ended_by(event: Event) -> tuple[str, ...]:
    """The kinds that are over once this has happened."""
    return _codes(kind for kind in all_kinds() if event in kind.ends_with)


@cache
def over_at(stage: Stage) -> tuple[str, ...]:
    """The kinds that are over once their posting is at this stage."""
    return _codes(kind for kind in all_kinds() if stage in kind.over_at)


@cache
def about_money() -> tuple[str, ...]:
    """The kinds in which money is at stake."""
    return _codes(kind for kind in all_kinds() if kind.money)


def _codes(kinds: Iterable[ProblemKind]) -> tuple[str, ...]:
    return tuple(kind.code for kind in kinds)


__all__ = [
    "ANY_END",
    "Event",
    "ProblemKind",
    "Step",
    "Subject",
    "SubjectType",
    "about_money",
    "all_kinds",
    "blocking",
    "declare",
    "ended_by",
    "kind_of",
    "over_at",
]
