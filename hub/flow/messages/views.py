"""What the doors show of messages."""

from __future__ import annotations

from datetime import datetime

from hub.flow.history.view import View


class AddressView(View, frozen=True, kw_only=True):
    account: str
    name: str
    service: str
    """Such as Telegram; never the address itself."""
    failures: int
    """In a row, by the last tries; 0 where it works."""
    again_at: datetime | None
    reason: str


class MessageView(View, frozen=True, kw_only=True):
    id: str
    account: str
    name: str
    kind: str
    """``problems`` or ``test``."""
    state: str
    """``sent`` or ``failed``."""
    reason: str
    problems: int
    title: str
    created_at: datetime


class MessagesView(View, frozen=True, kw_only=True):
    seller: str
    waiting: int
    """Open problems that nobody has seen."""
    addresses: tuple[AddressView, ...]
    """In the order in which they are tried."""
    messages: tuple[MessageView, ...]
    """The last tries, the newest first."""


class SeenView(View, frozen=True, kw_only=True):
    seller: str
    seen: int
    """How many problems are not told again."""
