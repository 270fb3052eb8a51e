"""API keys, as they are shown, and who holds one."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from hub.flow.history.view import View

KeyScope = Literal["full", "read"]
"""What a key may do: everything of whose it is, or look only (``read``: a dashboard's)."""


class KeyView(View, frozen=True, kw_only=True):
    id: str
    name: str
    prefix: str
    seller: str | None
    warehouse: str | None = None
    """The slug of the only warehouse of the seller's that it opens; None: all of them."""
    scope: KeyScope = "full"
    created_at: datetime
    expires_at: datetime | None = None
    """From then on it opens nothing."""


class Principal(View, frozen=True, kw_only=True):
    """Who holds the key; ``seller`` is None for the operator."""

    key_id: str
    seller: str | None
    read_only: bool = False
    warehouse: str | None = None
    """The only one of the seller's that it opens, by slug; None: all of them."""
