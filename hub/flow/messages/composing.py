"""A message in words: the nearest deadline first, one line for many of one kind, numbers that can be pasted
into ``hub show``, and nothing of a buyer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hub.flow.history.echoes import heard
from hub.flow.runtime.vendors_keys import GONE
from hub.plugin_api.messengers import Message
from hub.store import Transaction, queries, rows
from hub.store.messages import Waiting
from hub.words import render, said
from hub.words.deadlines import Moment, deadline_text
from hub.words.plain import one_line
from hub.words.texts import problem_text

_NAMED = 5  # numbers in a line of many
_LINES = 12
_LONGEST = 300  # characters of what a problem says
# Whatever a vendor writes: what looks like a phone or an e-mail address is nobody's business in a chat.
_PRIVATE = re.compile(r"\+\d[\d\s().-]{8,}\d|[^\s@,;:<>()]+@[^\s@,;:<>()]+\.\w+")


def compose(
    reader: Transaction,
    seller: rows.SellerRow,
    found: Sequence[Waiting],
    *,
    total: int,
    longest: int,
    now: datetime,
) -> Message:
    """The message, at most ``longest`` bytes of UTF-8. ``total``: how many problems nobody has seen."""
    language, moment = seller.profile.language, Moment(now, ZoneInfo(seller.time_zone))
    problems = [one.problem for one in found]
    numbers = queries.posting_numbers(reader, (one.posting_id for one in problems))
    groups = _groups(reader, problems, moment, language)
    first = min((one.deadline for one in problems if one.deadline is not None), default=None)
    title = render(
        said(
            "{seller}: {count:problem} for you[, {first}]",
            code="messages.title",
            values={
                "seller": one_line(seller.title)[:60],
                "count": len(problems),
                "first": "" if first is None else deadline_text(first, moment, language),
            },
        ),
        language,
    )
    foot = _foot(seller, total - len(problems), language)
    room = longest - _size(title) - _size(foot) - 40
    lines: list[str] = []
    for at, group in enumerate(groups):
        line = _line(group, numbers, moment, language)
        left = sum(len(one.members) for one in groups[at:])
        if at >= _LINES or room < _size(line) + 1:
            more = {"count": left}
            lines.append(
                render(said("... and {count:problem} more", code="messages.more", values=more), language)
            )
            break
        room -= _size(line) + 1
        lines.append(line)
    return Message(title=title, text="\n".join([*lines, foot]))


def test_message(seller: rows.SellerRow, address: str) -> Message:
    """What `hub messages test` sends."""
    language = seller.profile.language
    whose = {"seller": one_line(seller.title)[:60]}
    title = said("{seller}: a test message", code="messages.test_title", values=whose)
    text = said(
        "Messages of parcelhub arrive here, by the address {address}. Nothing is to be done.",
        code="messages.test_text",
        values={"address": one_line(address)},
    )
    return Message(title=render(title, language), text=render(text, language))


class _Group(NamedTuple):
    """Problems of one kind: what the first one says, whether the others say the same, and all of them."""

    text: str
    alike: bool
    members: list[rows.ProblemRow]


def _groups(
    reader: Transaction, problems: Sequence[rows.ProblemRow], moment: Moment, language: str
) -> list[_Group]:
    """Problems of one kind, in the order of their first."""
    found: dict[str, _Group] = {}
    for one in problems:
        text, known = _said(reader, one, moment, language), found.get(one.kind)
        if known is not None and one.posting_id:
            known.members.append(one)
            found[one.kind] = known._replace(alike=known.alike and text == known.text)
        else:  # one about no posting is about another account
            found[one.kind if known is None else one.id] = _Group(text, True, [one])
    return list(found.values())


def _said(reader: Transaction, problem: rows.ProblemRow, moment: Moment, language: str) -> str:
    """What it says, without anything of its buyer."""
    data = dict(problem.data)
    if problem.deadline is not None and problem.deadline > moment.now:
        data.pop("ship_by", None)  # the line begins with it
    said_so = problem_text(problem.kind, heard(reader, problem.posting_id, data), language, moment)
    text = one_line(said_so)
    text = _PRIVATE.sub(GONE, text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _line(group: _Group, numbers: Mapping[str, str], moment: Moment, language: str) -> str:
    text, alike, members = group
    first = min((one.deadline for one in members if one.deadline is not None), default=None)
    when = "" if first is None else deadline_text(first, moment, language)
    names = [numbers.get(one.posting_id) or one.id for one in members]
    if len(names) == 1:
        return ": ".join(part for part in (when, names[0], text) if part)
    values = {
        "count": len(names),
        "text": text,
        "numbers": names[:_NAMED],
        "more": len(names) - _NAMED if len(names) > _NAMED else None,
    }
    many = (
        said("{count:posting}: {text} ({numbers}[ and {more} more])", code="messages.many", values=values)
        if alike
        else said(
            "{count:posting} ({numbers}[ and {more} more]), each in a way of its own. The first: {text}",
            code="messages.many_unlike",
            values=values,
        )
    )
    return ": ".join(part for part in (when, render(many, language)) if part)


def _foot(seller: rows.SellerRow, others: int, language: str) -> str:
    values = {"others": others or None, "zone": seller.time_zone}
    if not seller.slug:
        foot = said(
            "[Told before and not seen yet: {others}. ]Of the hub itself. What to do: hub problems. Seen, "
            "not to be told again: hub messages seen -. Times: {zone}.",
            code="messages.foot_operator",
            values=values,
        )
        return render(foot, language)
    foot = said(
        "[Told before and not seen yet: {others}. ]What to do: hub problems --seller {slug}. Seen, not to "
        "be told again: hub messages seen {slug}. Times: {zone}.",
        code="messages.foot",
        values=values | {"slug": seller.slug},
    )
    return render(foot, language)


def _size(text: str) -> int:
    return len(text.encode())


__all__ = ["compose", "test_message"]
