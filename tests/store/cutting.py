"""A wire to a server that can be cut at a COMMIT: before it arrives there, or before its answer comes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

Moment = Literal["never", "before", "after"]


class Wire:
    """Listens, and passes on what it hears."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = parts.hostname or "127.0.0.1", parts.port or 5432
        self._listener = socket.create_server(("127.0.0.1", 0))
        user = f"{parts.username}@" if parts.username else ""
        netloc = f"{user}127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = urlunsplit((parts.scheme, netloc, parts.path, "sslmode=disable&gssencmode=disable", ""))
        self.cut: Moment = "never"
        """At the next COMMIT, once."""
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            self._open += [client, server]
            for one, other, commits in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pass_on, args=(one, other, commits), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket, commits: bool) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                moment = self.cut if commits and b"COMMIT" in data else "never"
                if moment != "never":
                    self.cut = "never"
                if moment == "after":
                    one.shutdown(socket.SHUT_RDWR)  # so that no answer gets through
                if moment != "before":
                    other.sendall(data)
                if moment != "never":
                    break
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def wire(url: str) -> Iterator[Wire]:
    """A wire to the server of this URL."""
    made = Wire(url)
    try:
        yield made
    finally:
        made.close()
