"""The secrets of the accounts that this process has opened: in nobody's words are they stored, or shown."""

from __future__ import annotations

from hub.plugin_api.settings import Secret, Settings, secret_fields
from hub.words import changed

GONE = "•••"
_KEYS: set[str] = set()
_SHORTEST_KEY = 6


def know_keys(settings: Settings) -> None:
    """An account is opened: its secrets are never to be stored in anybody's words."""
    for name in secret_fields(type(settings)):
        value = getattr(settings, name)
        text = value.reveal() if isinstance(value, Secret) else ""
        if len(text) >= _SHORTEST_KEY:
            _KEYS.add(text)


def bare(text: str) -> str:
    """A plain text without them."""
    for key in _KEYS:
        if key in text:
            text = text.replace(key, GONE)
    return text


def without_keys(text: str) -> str:
    """The same of a text that may be a sentence of the hub."""
    return changed(text, bare)
