"""The transport: the guard, the bounds of a body, connections, and what must not leak."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from hub.calls.sending import only_reading
from hub.calls.transport import HubTransport, UnsafeRequest, make_client, sending
from hub.plugin_api.errors import BadReply
from hub.plugins.addresses import Addresses
from tests.core.conftest import Serve, request_head

URL = "http://vendor.test/orders"
ANYWHERE = Addresses.everywhere()
MEGABYTE = 1024 * 1024


def client_of(answer: Callable[[httpx.Request], httpx.Response], **options: Any) -> httpx.AsyncClient:
    return make_client(inner=httpx.MockTransport(answer), **options)


def ok(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"ok": True})


class Pieces(httpx.AsyncByteStream):
    """A body without a length."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece

    async def aclose(self) -> None:
        self.closed = True


# --- the guard ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_unsafe_request_outside_an_operation_is_refused(method: str) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return ok(request)

    async with client_of(answer) as client:
        with pytest.raises(UnsafeRequest, match="journalled"):
            await client.request(method, URL)
    assert sent == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_reading_needs_no_operation(method: str) -> None:
    async with client_of(ok) as client:
        assert (await client.request(method, URL)).is_success


async def test_a_request_that_is_marked_safe_passes_and_only_true_is_a_mark() -> None:
    async with client_of(ok) as client:
        assert (await client.post(URL, extensions={"safe": True})).is_success
        with pytest.raises(UnsafeRequest):
            await client.post(URL, extensions={"safe": "yes"})


async def test_one_operation_lets_one_unsafe_request_out() -> None:
    async with client_of(ok) as client:
        with sending("op_1") as operation:
            await client.get(URL)
            assert operation.nothing_left
            await client.post(URL)
            assert operation.left
            with pytest.raises(UnsafeRequest, match="second unsafe request of op_1"):
                await client.post(URL)
        with pytest.raises(UnsafeRequest):
            await client.post(URL)


async def test_two_unsafe_requests_at_once_are_one_too_many() -> None:
    async def slow(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.01)
        return ok(request)

    async with make_client(inner=httpx.MockTransport(slow)) as client:
        with sending("op_1"):
            answers = await asyncio.gather(client.post(URL), client.post(URL), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["Response", "UnsafeRequest"]


async def test_an_operation_that_ended_sends_nothing_more() -> None:
    async with client_of(ok) as client:
        go = asyncio.Event()

        async def late() -> None:
            await go.wait()
            await client.post(URL)

        with sending("op_1"):
            task = asyncio.create_task(late())
            await asyncio.sleep(0)
        go.set()
        with pytest.raises(UnsafeRequest, match="ended"):
            await task


async def test_operations_do_not_nest_and_reading_within_one_sends_nothing() -> None:
    async with client_of(ok) as client:
        with sending("op_1"):
            with pytest.raises(RuntimeError, match="one at a time"), sending("op_2"):
                pass
            with only_reading(), pytest.raises(UnsafeRequest):
                await client.post(URL)
            assert (await client.post(URL)).is_success


class Renewing(httpx.Auth):
    """Gets a token first, and once more when it is refused."""

    def auth_flow(self, request: httpx.Request) -> Any:
        token = httpx.Request("POST", "http://vendor.test/token", extensions={"safe": True})
        yield token
        answer = yield request
        if answer.status_code == 401:
            yield token
            yield request


@pytest.mark.parametrize("status", [400, 401, 403, 429, 503])
async def test_whatever_it_was_answered_an_unsafe_request_is_not_sent_again(status: int) -> None:
    """Who refused the token need not be who took the order."""
    answers = iter([200, status, 200, 200])
    async with client_of(lambda _: httpx.Response(next(answers))) as client:
        with sending("op_1") as operation:
            if status == 401:
                with pytest.raises(UnsafeRequest, match="second unsafe"):
                    await client.post(URL, auth=Renewing())
            else:
                assert (await client.post(URL, auth=Renewing())).status_code == status
            with pytest.raises(UnsafeRequest, match="second unsafe"):
                await client.post(URL)
        assert operation.left


async def test_where_no_byte_was_sent_it_may_be_tried_again() -> None:
    tries = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise httpx.ConnectError("refused", request=request)
        return ok(request)

    async with client_of(answer) as client:
        with sending("op_1") as operation:
            with pytest.raises(httpx.ConnectError):
                await client.post(URL)
            assert operation.nothing_left
            assert (await client.post(URL)).is_success


# --- bodies ---------------------------------------------------------------------------------------------


async def test_a_bomb_of_400_megabytes_ends_at_the_limit(serve: Serve) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    begin = packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    bomb = begin + again * 399  # after a full flush the same bytes unpack to the same megabyte
    assert len(bomb) < MEGABYTE

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_head(reader)
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
        writer.write(head.encode() + bomb)
        await writer.drain()

    async with make_client(addresses=ANYWHERE, body_limit=8 * MEGABYTE) as client:
        with pytest.raises(BadReply, match="larger than 8 MB"):
            await client.get(await serve(talk))


async def test_a_body_that_never_ends_stops_at_the_limit(serve: Serve) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + bytes(65536) + b"\r\n")
            await writer.drain()

    async with make_client(addresses=ANYWHERE, body_limit=MEGABYTE) as client:
        with pytest.raises(BadReply, match="larger than 1 MB"):
            await client.get(await serve(talk))


async def test_an_announced_length_beyond_the_limit_is_not_even_read() -> None:
    body = Pieces(b"x")
    headers = {"Content-Length": str(400 * MEGABYTE)}
    async with client_of(lambda _: httpx.Response(200, headers=headers, stream=body)) as client:
        with pytest.raises(BadReply, match="larger than 64 MB"):
            await client.get(URL)
    assert body.closed


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "bare deflate", "members"])
async def test_packed_bodies_come_out_as_they_went_in(encoding: str) -> None:
    text = json.dumps({"items": ["посылка"] * 50_000}).encode()
    bare = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = {
        "gzip": gzip.compress(text),
        "deflate": zlib.compress(text),
        "bare deflate": bare.compress(text) + bare.flush(),
        "members": gzip.compress(text[:100]) + gzip.compress(text[100:]) + b"\0\0",
    }[encoding]
    pieces = [packed[at : at + 777] for at in range(0, len(packed), 777)]
    name = "deflate" if "deflate" in encoding else "gzip"

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Encoding": name}, stream=Pieces(*pieces))

    async with client_of(answer) as client:
        response = await client.get(URL)
    assert response.content == text


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Encoding": "gzip"}, gzip.compress(b'{"ok": true}' * 100)[:-4]),
        ({"Content-Encoding": "gzip"}, gzip.compress(bytes(range(256)) * 400)[:-200]),
        ({"Content-Encoding": "gzip"}, b"no gzip at all"),
        ({"Content-Encoding": "br"}, b"\x8b\x02\x80ok\x03"),
        ({"Content-Encoding": "gzip, gzip"}, gzip.compress(gzip.compress(b"{}"))),
        ({}, b'{"orders": [{"number": "1"}, {"num'),
        ({}, b"[1, 2"),
        ({}, b"%PDF-1.4\n1 0 obj\n"),
    ],
    # packed bytes hold the time of packing: they would name the tests anew in each process
    ids=["cut", "long and cut", "not packed", "unknown", "packed twice", "cut object", "cut list", "cut pdf"],
)
async def test_a_cut_or_foreign_body_is_no_success(headers: dict[str, str], body: bytes) -> None:
    half = len(body) // 2

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=headers, stream=Pieces(body[:half], body[half:]))

    async with client_of(answer) as client:
        with pytest.raises(BadReply):
            await client.get(URL)


@pytest.mark.parametrize("body", [b"", b'{"a": [1]}\n', b" [1]", b"null", b"ok", b"%PDF-1.4\n...\n%%EOF\n"])
async def test_a_whole_body_without_a_length_is_read(body: bytes) -> None:
    async with client_of(lambda _: httpx.Response(200, stream=Pieces(body[:1], body[1:]))) as client:
        assert (await client.get(URL)).content == body


async def test_truncated_json_without_a_length_over_a_socket(serve: Serve) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_head(reader)
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"orders": [{"number": "1"}')
        await writer.drain()

    url = await serve(talk)
    async with httpx.AsyncClient(trust_env=False) as bare:
        assert (await bare.get(url)).status_code == 200  # what happens without the hub's transport
    async with make_client(addresses=ANYWHERE) as client:
        with pytest.raises(BadReply, match="cut short"):
            await client.get(url)


# --- connections ----------------------------------------------------------------------------------------


async def test_reads_share_a_connection_and_an_unsafe_request_gets_its_own(serve: Serve) -> None:
    connections: list[list[bytes]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads: list[bytes] = []
        connections.append(heads)
        while True:
            heads.append(await request_head(reader))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()

    url = await serve(talk)
    async with make_client(addresses=ANYWHERE) as client:
        await client.get(url)
        await client.get(url)
        with sending("op_1"):
            await client.post(url)
        with sending("op_2"):
            await client.post(url)
        await client.get(url)
    assert [[head.split(b" ", 1)[0] for head in heads] for heads in connections] == [
        [b"GET", b"GET", b"GET"],
        [b"POST"],
        [b"POST"],
    ]
    assert b"connection: close" in connections[1][0].lower()


async def test_the_client_keeps_no_cookies_follows_no_redirect_and_says_who_it_is() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(302, headers={"Set-Cookie": "a=1", "Location": "http://elsewhere.test/"})

    async with client_of(answer) as client:
        assert (await client.get(URL)).status_code == 302
        await client.get(URL)
    assert len(seen) == 2
    assert "cookie" not in seen[1].headers
    assert seen[0].headers["User-Agent"].startswith("parcelhub/")


async def test_a_request_made_by_hand_gets_timeouts_too() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return ok(request)

    async with client_of(answer) as client:
        await client.send(httpx.Request("GET", URL))
    assert seen[0].extensions["timeout"]["connect"] == 10.0


async def test_proxies_of_the_environment_are_not_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    async with make_client(addresses=ANYWHERE) as client:
        assert (await client.get(await serve(talk))).text == "ok"


async def test_logs_show_no_address(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with client_of(ok) as client:
            await client.get(f"{URL}?token=hidden")
    assert "hidden" not in caplog.text


def test_certificates_are_loaded_for_https_only() -> None:
    program = """
import asyncio, ssl
loaded = []
plain = ssl.SSLContext.load_verify_locations
ssl.SSLContext.load_verify_locations = lambda *a, **k: (loaded.append(1), plain(*a, **k))[1]
from hub.plugins.addresses import Addresses
from hub.calls.transport import make_client

async def ask(url):
    async with make_client(addresses=Addresses.everywhere()) as client:
        try:
            await client.get(url)
        except OSError as error:
            raise
        except Exception:
            pass

asyncio.run(ask("http://127.0.0.1:9/"))
assert not loaded, "http paid for certificates"
asyncio.run(ask("https://127.0.0.1:9/"))
asyncio.run(ask("https://127.0.0.1:9/"))
assert len(loaded) == 1, loaded
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


async def test_closing_the_client_closes_what_it_opened(serve: Serve) -> None:
    closed = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        await reader.read()
        closed.set()

    transport = HubTransport(addresses=ANYWHERE)
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get(await serve(talk))
        assert not closed.is_set()
    await asyncio.wait_for(closed.wait(), 2)
