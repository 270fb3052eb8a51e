"""A carrier that was written for 0.1.0 loads, books and cancels, as it is; see tests/fixtures."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
import types
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hub.flow import orders
from hub.flow.history.forms import NewAccount
from hub.flow.sellers.accounts import add_account
from hub.plugins.loader import load_plugins
from hub.store import rows

from .desk import TOML, desk

FILE = Path(__file__).parents[1] / "fixtures" / "plugins" / "courier_of_0_1_0.py"


def _plugin() -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(FILE.stem, FILE)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[FILE.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class _Book:
    """The courier's own book, behind a real socket."""

    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self.lose_answers = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, target, _ = head.split("\r\n")[0].split(" ")
            lengths = [
                line.split(":")[1] for line in head.split("\r\n") if line.lower().startswith("content-length")
            ]
            body = await reader.readexactly(int(lengths[0])) if lengths else b""
            answer = self._answer(method, target, body)
            if answer is not None:
                content = json.dumps(answer).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                    b"Content-Length: %d\r\n\r\n" % len(content) + content
                )
            await writer.drain()
        finally:
            writer.close()

    def _answer(self, method: str, target: str, body: bytes) -> object:
        url = urlsplit(target)
        if url.path == "/me":
            return {"id": "c-1"}
        if method == "GET":
            (reference,) = parse_qs(url.query)["reference"]
            return [one for one in self.orders if one["reference"] == reference]
        if method == "DELETE":
            for one in self.orders:
                one["live"] = one["live"] and not url.path.endswith(one["number"])
            return {}
        order = {"number": f"OLD{len(self.orders) + 1}", "live": True, **json.loads(body)}
        self.orders.append(order)
        if self.lose_answers:
            self.lose_answers -= 1
            return None
        return order


@asynccontextmanager
async def _listening(book: _Book) -> AsyncIterator[str]:
    server = await asyncio.start_server(book.talk, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def test_it_loads_without_a_word() -> None:
    registry = load_plugins([], extra={"old_courier": _plugin()})
    info = registry.describe("old_courier")
    assert info.capabilities == ("check", "quote", "book", "find", "cancel", "track")
    assert (info.create_safety, info.notice) == ("lookup", "")


async def test_it_books_once_and_cancels(tmp_path: Path) -> None:
    book = _Book()
    async with _listening(book) as address:
        toml = TOML.replace('"courier",', '"courier", "old_courier",')  # the desk's own packs the parcels
        toml = toml.replace('[sellers.shop.accounts.c]\nplugin = "courier"\n', "")
        toml += f'[addresses]\nold_courier = ["{address}"]\n'
        async with desk(tmp_path, extra={"old_courier": _plugin(), **_labels()}, toml=toml) as at:
            settings = {"token": "made-up", "base_url": address}
            new = NewAccount(seller="shop", plugin="old_courier", name="c", settings=settings)
            assert (await add_account(at.app, new, "test")).status == "good"
            first, second = await at.order("1"), await at.order("2")
            await at.ship(first)
            await at.pass_time()
            book.lose_answers = 1
            await at.ship(second)
            await at.pass_time()
            assert {at.view(number).stage for number in ("1", "2")} == {"labelled"}
            assert [one["live"] for one in book.orders] == [True, True]
            assert {at.view(number).tracking_number for number in ("1", "2")} == {"OLD1", "OLD2"}
            await orders.cancel(at.app, first, "wrong service", "test")
            await at.pass_time()
            assert [one["live"] for one in book.orders] == [False, True]
            states = rows.shipments.all(at.app.store.reader, "ORDER BY id")
            assert sorted(one.state for one in states) == ["booked", "cancelled"]


def _labels() -> dict[str, object]:
    import hub_labels

    return {"labels": hub_labels}
