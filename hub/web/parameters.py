"""Query parameters that several routes take, with their limits."""

from __future__ import annotations

from typing import Annotated

from litestar.params import QueryParameter

Limit = Annotated[int, QueryParameter(ge=1, le=200, description="The longest page")]
Cursor = Annotated[
    str,
    QueryParameter(
        max_length=1024,
        pattern=r"^[A-Za-z0-9_-]*$",
        description="The `next` of the page before; empty for the first. 409 `bad_cursor` for another's.",
    ),
]
Direction = Annotated[
    str | None,
    QueryParameter(
        pattern=r"^[A-Za-z]{2}(/[^/]*)?$",
        description="RU, RU/63 by the postal code, or RU/ and a region; none for all",
    ),
]
