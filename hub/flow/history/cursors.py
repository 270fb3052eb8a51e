"""Opaque cursors: where a page ended, as text that only the hub reads.

A cursor holds the sort key of the last thing that was seen, so that the next page is found by index
however far it is (keyset paging); nothing is kept between two pages.
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

import msgspec

from hub.plugin_api.errors import Rejected

MOST = 200
"""The longest page."""

_LONGEST = 1024
_Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class Position(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The sort key of the last item of a page. ``time`` is in microseconds, where the list sorts by it."""

    kind: str
    id: str
    time: _Int64 | None = None


_decoder = msgspec.json.Decoder(Position)


def encode(position: Position) -> str:
    """The position as URL-safe text."""
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def decode(cursor: str, kind: str) -> Position | None:
    """Where to go on; None for the empty cursor, which begins.

    Raises Rejected for anything that a list of this ``kind`` did not give.
    """
    if not cursor:
        return None
    try:
        if len(cursor) > _LONGEST:
            raise ValueError
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        position = _decoder.decode(raw)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise _broken() from None
    if position.kind != kind:
        raise _broken()
    return position


def checked_limit(limit: int) -> int:
    """The limit, if a page may be that long. Raises Rejected."""
    if not 1 <= limit <= MOST:
        raise Rejected(
            "a page has 1 to {most} items, not {limit}",
            code="bad_limit",
            values={"most": MOST, "limit": limit},
        )
    return limit


def _broken() -> Rejected:
    return Rejected(
        "this cursor is not one that this list gave (perhaps it was cut, or the sort order changed): begin "
        "again without a cursor",
        code="bad_cursor",
    )
