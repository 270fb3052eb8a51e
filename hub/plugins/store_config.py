"""``[store]`` of plugins.toml: which database the hub works with."""

from __future__ import annotations

import tomllib
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import msgspec

from hub.plugin_api.errors import ConfigError
from hub.words import Sentence, said


class StoreConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without it the database is a SQLite file in the hub's folder."""

    url: str = ""
    """``env:NAME``, or the URL of a PostgreSQL database without a password."""


def wrong_url(url: str) -> Sentence | None:
    """What is wrong with a URL that stands in the file. It is not repeated: it may hold a password."""
    if not url or url.startswith("env:"):
        return None
    try:
        parts = urlsplit(url)
        secret = parts.password is not None or "password" in dict(parse_qsl(parts.query))
    except ValueError:
        return _NO_URL
    if parts.scheme not in ("postgresql", "postgres"):
        return _NO_URL
    return _SECRET if secret else None


def store_url_of(path: Path) -> str:
    """What the file says, for who asks before the whole of it is read; empty where there is no file, or one
    that cannot be read: whoever needs the rest of it is told why. Raises ConfigError for a URL that is
    wrong."""
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError):
        return ""
    table = document.get("store")
    url = table.get("url") if isinstance(table, dict) else None
    if not isinstance(url, str):
        return ""
    if wrong := wrong_url(url):
        raise ConfigError(
            "{where}: {said}", code="config.place", values={"where": f"{path}: store.url", "said": wrong}
        )
    return url


_NO_URL = said(
    'write url = "env:PARCELHUB_DATABASE", and the URL into that variable; or, without a password, '
    '"postgresql://USER@HOST:5432/NAME"',
    code="config.store_url",
)
_SECRET = said(
    'a password does not belong into this file. Write url = "env:PARCELHUB_DATABASE" and set that variable',
    code="config.store_password",
)

__all__ = ["StoreConfig", "store_url_of", "wrong_url"]
