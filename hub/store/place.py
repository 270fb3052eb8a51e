"""Where a hub's database is: a SQLite file in its folder, or a PostgreSQL database by its URL."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from hub.plugin_api.errors import ConfigError
from hub.plugins.environment import resolve_env
from hub.plugins.store_config import store_url_of

FILE = "hub.sqlite"
VARIABLE = "PARCELHUB_DATABASE"
_SCHEMES = ("postgresql", "postgres")


class Server:
    """A PostgreSQL database. Its URL may hold a password, and is shown nowhere: ``shown`` is."""

    __slots__ = ("shown", "url")

    def __init__(self, url: str) -> None:
        """Raises ConfigError for what is no such URL; what is wrong with it is said without the URL."""
        try:
            parts = urlsplit(url)
            port = "" if parts.port is None else f":{parts.port}"
        except ValueError:
            raise not_a_url() from None
        if parts.scheme not in _SCHEMES:
            raise not_a_url()
        user = "" if parts.username is None else f"{parts.username}@"
        self.url = url
        self.shown = f"postgresql://{user}{parts.hostname or ''}{port}{parts.path}"

    @property
    def parameters(self) -> dict[str, str]:
        """What stands behind the question mark: settings of the connection (libpq, 34.1.2)."""
        return dict(parse_qsl(urlsplit(self.url).query))

    @property
    def secret(self) -> str:
        """The password in the URL; empty where there is none."""
        return unquote(urlsplit(self.url).password or "") or self.parameters.get("password", "")

    def __repr__(self) -> str:
        return f"Server({self.shown!r})"

    def __str__(self) -> str:
        return self.shown

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Server) and other.url == self.url

    def __hash__(self) -> int:
        return hash(self.url)


Place = Path | Server


def place_of(home: Path, asked: str = "") -> Place:
    """The database of the hub at ``home``: what was ``asked`` for with ``--database``, else the variable
    PARCELHUB_DATABASE, else ``[store] url`` of plugins.toml, else the SQLite file there. Raises ConfigError.
    """
    url = asked or os.environ.get(VARIABLE, "") or _in_file(home)
    return Server(url) if url else home / FILE


def _in_file(home: Path) -> str:
    written = store_url_of(home / "plugins.toml")
    return str(resolve_env({"url": written}, where="store")["url"]) if written else ""


def not_a_url() -> ConfigError:
    """The sentence for what is no URL of a database."""
    return ConfigError(
        "this is no URL of a PostgreSQL database: write postgresql://USER@HOST:5432/NAME (a password with "
        "signs such as @, / and : in it has them as %40, %2F, %3A)",
        code="config.database_url",
    )


__all__ = ["FILE", "VARIABLE", "Place", "Server", "not_a_url", "place_of"]
