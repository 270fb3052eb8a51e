"""What a source gives, as it comes in: each posting by itself, kept raw and named where it cannot be used."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any

import msgspec

from hub.plugin_api.answers import WORD_MAX, Fault, fault
from hub.plugin_api.errors import BadReply
from hub.plugin_api.models import Posting
from hub.plugin_api.sources import OrderSource, Page
from hub.words.plain import taken, tidied, unfit

_TIMES = ("ship_by", "late_after", "deliver_by", "created_at")
_FIRST, _LAST = 1970, 9000


class Item(msgspec.Struct, frozen=True):
    """One raw posting: what was made of it, or what is wrong with it."""

    raw: bytes
    number: str
    posting: Posting | None
    fault: Fault | None
    digest: bytes


def decoded(source: OrderSource[Any], raw: object, number: str = "") -> Item:
    """One raw posting, decoded and looked at: whatever a vendor sends and a plugin makes of it costs itself
    only. ``number``: of the posting that was asked for."""
    kept = raw if isinstance(raw, bytes) else b""
    digest = hashlib.sha256(kept).digest()
    if kept is not raw:
        return Item(kept, number, None, Fault(code="wrong_type", found=type(raw).__name__[:40]), digest)
    said = number or _number(source, kept)
    posting: object = None
    try:
        posting = _with_real_times(source.decode(kept))
        found = fault(posting, Posting)
    except Exception as error:  # it is kept raw, and shown
        place = re.search(r" - at `\$\.?([^`]*)`$", str(error))
        found = Fault(code="raised", place=place[1] if place else "", found=type(error).__name__)
    if found is None and isinstance(posting, Posting):
        if not posting.number.strip() or unfit(posting.number):
            found = Fault(code="out_of_range", place="number")
        elif said and said != posting.number:
            found = Fault(code="another_number", place="number")
        else:
            posting = _read(posting)
            return Item(kept, posting.number, posting, None, digest)
    if not said and isinstance(posting, Posting) and fault(posting.number, str) is None:
        said = posting.number[:WORD_MAX]
    return Item(kept, said, None, found, digest)


def _read(posting: Posting) -> Posting:
    """The posting with the texts of people as one reads them: nobody's name commands a terminal. Numbers and
    codes of the marketplace stay as they are."""
    return msgspec.structs.replace(
        taken(posting),
        items=tidied(posting.items),
        provider=tidied(posting.provider),
        delivery_method=tidied(posting.delivery_method),
        warehouse=tidied(posting.warehouse),
        cancel_reason=tidied(posting.cancel_reason),
    )


def _with_real_times(posting: object) -> object:
    """The posting without times that stand for none: "for ever" is written as the year 9999, and no time at
    all as the year 1. No calendar of the seller's zone has either."""
    if not isinstance(posting, Posting):
        return posting
    none = {
        name: None
        for name in _TIMES
        if isinstance(time := getattr(posting, name), datetime) and real_time(time) is None
    }
    return msgspec.structs.replace(posting, **none) if none else posting


def real_time(time: datetime) -> datetime | None:
    """None where it stands for no time."""
    return time if _FIRST < time.year < _LAST else None


def _number(source: OrderSource[Any], raw: bytes) -> str:
    """What the source calls it, even where it cannot be decoded; empty where it cannot say."""
    try:
        number = source.number(raw)
    except Exception:
        return ""
    return number if fault(number, str) is None and len(number) <= WORD_MAX else ""


def checked_page(page: object, title: str) -> Page:
    """A page whose list, cursor and end can be used. Its items are looked at one by one."""
    if not isinstance(page, Page) or not isinstance(page.items, list | tuple):
        raise BadReply(
            "{title}: the plugin's answer is no page of postings",
            code="bad_reply.plugin_answer_no_page_postings",
            values={"title": title},
        )
    if fault(page.next, str) is not None or not isinstance(page.complete, bool):
        raise BadReply(
            "{title}: the plugin's page does not say where it goes on",
            code="bad_reply.plugin_page_not_say_where",
            values={"title": title},
        )
    return page
