"""A messenger of these tests: it sends by the hub's own client, to a server that keeps what it got."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import hub

TOML = """\
[plugins]
allow = ["market", "courier", "labels", "pager"]

[addresses]
pager = ["http://127.0.0.1:*"]

[sellers.shop]
title = "Shop"
time_zone = "Asia/Shanghai"
plugins = ["market", "courier", "labels", "pager"]
language = "{language}"
[sellers.shop.accounts.m]
plugin = "market"
[sellers.shop.accounts.c]
plugin = "courier"
"""


class PagerSettings(hub.MessageSettings, frozen=True, kw_only=True):
    url: hub.Secret


class Pager(hub.Messenger[PagerSettings]):
    code, title, settings_type = "pager", "Pager", PagerSettings

    async def check(self) -> hub.AccountStatus:
        return hub.AccountStatus(name="Pager")

    async def send(self, message: hub.Message) -> None:
        body = {"title": message.title, "text": message.text}
        answer = await self.http.post(self.settings.url.reveal(), json=body, extensions={"safe": True})
        answer.raise_for_status()


class PagerPlugin:
    @hub.hookimpl
    def messengers(self) -> Iterable[type[Pager]]:
        return (Pager,)


class Inbox:
    """What the server got, by path, and how it answers: a status by path."""

    def __init__(self) -> None:
        self.got: dict[str, list[dict[str, Any]]] = {}
        self.answers: dict[str, int] = {}
        self.base = ""

    def __call__(self, path: str = "/phone") -> list[dict[str, Any]]:
        return self.got.get(path, [])


@contextmanager
def inbox() -> Iterator[Inbox]:
    """A server of one's own."""
    found = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = found.answers.get(self.path, 200)
            if status == 200:
                found.got.setdefault(self.path, []).append(json.loads(body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
