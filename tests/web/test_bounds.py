"""What somebody without a key may cost, over real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from uvicorn import Config, Server

from hub.web import bounds
from hub.web.bounds import Bounds, bounded_by

PATIENCE = 20.0  # real seconds until a test gives up waiting for what must come
OK = b"HTTP/1.1 200 OK"
Open = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class Application:
    """Says how many bytes of a body came; ``large`` answers with as many."""

    def __init__(self) -> None:
        self.large = 2
        self.asked = 0
        self.gone = asyncio.Event()
        self.reads = True

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        self.asked += 1
        size, more = 0, self.reads
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.gone.set()
                return
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
        body = b"x" * self.large
        headers = [(b"content-length", str(len(body)).encode()), (b"x-size", str(size).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def served(app: Application, most: int = 10, of_one: int = 10) -> AsyncIterator[Open]:
    config = Config(
        app, http=bounded_by(Bounds(most, of_one)), ws="none", lifespan="off", port=0, log_config=None,
        timeout_keep_alive=PATIENCE, access_log=False,  # type: ignore[arg-type]
    )  # fmt: skip
    server = Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    [listener] = server.servers[0].sockets
    port = listener.getsockname()[1]
    writers: list[asyncio.StreamWriter] = []

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writers.append(writer)
        return reader, writer

    try:
        yield connect
    finally:
        for writer in writers:
            writer.close()
        server.should_exit = True
        await server.shutdown()


async def rest(reader: asyncio.StreamReader) -> bytes:
    """Everything until the server closes."""
    async with asyncio.timeout(PATIENCE):
        try:
            return await reader.read()
        except ConnectionError:
            return b""


def refused(answer: bytes, status: int, code: str) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode()), head
    assert b"application/problem+json" in head
    assert b"Connection: close" in head
    told = json.loads(body)
    assert (told["status"], told["code"], told["type"]) == (status, code, f"urn:parcelhub:problem:{code}")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds of time in tenths of seconds: what is waited for is that the server closes."""
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "WRITE_SECONDS"):
        monkeypatch.setattr(bounds, name, 0.2)


async def test_a_silent_connection_is_closed(impatient: None) -> None:
    app = Application()
    async with served(app) as connect:
        reader, _ = await connect()
        assert await rest(reader) == b""
    assert app.asked == 0


@pytest.mark.parametrize("begin", [b"G", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"\r\n\r\n"])
async def test_half_a_head_is_given_up(impatient: None, begin: bytes) -> None:
    async with served(Application()) as connect:
        reader, writer = await connect()
        writer.write(begin)
        answer = await rest(reader)
        if begin.strip():
            refused(answer, 408, "too_slow")


async def test_a_head_that_drips_is_given_up(impatient: None) -> None:
    async with served(Application()) as connect:
        reader, writer = await connect()
        writer.write(b"GET / HTTP/1.1\r\nX-Slow: ")

        async def drip() -> None:
            while True:
                writer.write(b"x")
                await asyncio.sleep(0.01)

        dripping = asyncio.create_task(drip())
        refused(await rest(reader), 408, "too_slow")
        dripping.cancel()


async def test_the_second_head_of_a_connection_is_bounded_too(impatient: None) -> None:
    async with served(Application()) as connect:
        reader, writer = await connect()
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readuntil(b"xx")).startswith(OK)
        writer.write(b"GET / HT")
        refused(await rest(reader), 408, "too_slow")


async def test_a_body_that_does_not_come_is_given_up(impatient: None) -> None:
    app = Application()
    async with served(app) as connect:
        reader, writer = await connect()
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx")
        refused(await rest(reader), 408, "too_slow")
        async with asyncio.timeout(PATIENCE):
            await app.gone.wait()


async def test_a_body_after_the_answer_is_bounded_too(impatient: None) -> None:
    """Refused before it was read, as for want of a key: the connection does not live on its body."""
    app = Application()
    app.reads = False
    async with served(app) as connect:
        reader, writer = await connect()
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx")
        assert (await rest(reader)).startswith(OK)


async def test_a_slow_but_steady_body_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time grows with what came: 4 pieces of 3 kB, each in the time that those before have earned."""
    monkeypatch.setattr(bounds, "BODY_SECONDS", 1.0)
    monkeypatch.setattr(bounds, "SLOWEST", 300)
    async with served(Application()) as connect:
        reader, writer = await connect()
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 12000\r\n\r\n")
        for _ in range(4):
            writer.write(b"x" * 3000)
            await asyncio.sleep(0.4)
        async with asyncio.timeout(PATIENCE):
            assert b"x-size: 12000" in await reader.readuntil(b"\r\n\r\n")


async def test_an_answer_that_nobody_takes_is_given_up(impatient: None) -> None:
    app = Application()
    app.large = 64 * 1024 * 1024
    async with served(app) as connect:
        reader, writer = await connect()
        transport: Any = writer.transport
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(PATIENCE):
            await reader.readuntil(b"\r\n\r\n")
            transport.pause_reading()
            await asyncio.sleep(1.5)
            transport.resume_reading()
            taken = await rest(reader)
        assert len(taken) < app.large


@pytest.mark.parametrize("whole", [True, False])
async def test_a_head_has_a_size(whole: bool) -> None:
    app = Application()
    async with served(app) as connect:
        reader, writer = await connect()
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * bounds.HEAD_MAX)
        if whole:
            writer.write(b"\r\n\r\n")
        else:
            for _ in range(16):  # a head without an end
                writer.write(b"x" * 65536)
                await asyncio.sleep(0)
        refused(await rest(reader), 431, "head_too_large")
    assert app.asked == 0


async def test_many_headers_and_long_targets_count_alike() -> None:
    app = Application()
    many = b"".join(b"X-%d: y\r\n" % number for number in range(9000))
    async with served(app) as connect:
        for head in (many, b""):
            reader, writer = await connect()
            target = b"/" if head else b"/" + b"x" * bounds.HEAD_MAX
            writer.write(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n")
            refused(await rest(reader), 431, "head_too_large")
        reader, writer = await connect()
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * (bounds.HEAD_MAX - 200) + b"\r\n\r\n")
        assert (await reader.readuntil(b"\r\n")).startswith(OK)
    assert app.asked == 1


async def test_requests_in_one_piece_are_bounded() -> None:
    """Each of them costs an object before the first is answered."""
    app = Application()
    async with served(app) as connect:
        reader, writer = await connect()
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 5000)
        await rest(reader)
    assert app.asked <= 2 * bounds._PIPELINED
    async with served(app) as connect:
        reader, writer = await connect()
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 5)
        async with asyncio.timeout(PATIENCE):
            for _ in range(5):
                assert (await reader.readuntil(b"xx")).startswith(OK)


async def test_what_is_no_http_is_refused() -> None:
    async with served(Application()) as connect:
        reader, writer = await connect()
        writer.write(b"\x16\x03\x01 hello\r\n\r\n")
        refused(await rest(reader), 400, "bad_request")


async def test_connections_are_counted_and_places_come_back() -> None:
    async with served(Application(), most=3) as connect:
        held = [await connect() for _ in range(3)]
        reader, writer = await connect()
        refused(await rest(reader), 503, "too_many_connections")
        held[0][1].close()
        await held[0][1].wait_closed()
        async with asyncio.timeout(PATIENCE):
            while True:
                reader, writer = await connect()
                writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                if (await reader.readline()).startswith(OK):
                    break


def test_one_address_has_its_share() -> None:
    known = Bounds(10, 2, ["10.0.0.0/24", "2001:db8::1"])
    assert [known.enter("192.0.2.1", 0.0) for _ in range(3)] == [True, True, False]
    assert known.enter("192.0.2.2", 0.0)
    known.leave("192.0.2.1")
    assert known.enter("192.0.2.1", 0.0)
    for many in ("127.0.0.1", "::1", "::ffff:10.0.0.7", "2001:db8::1", ""):
        assert known.enter(many, 0.0), many
    assert known.enter("127.0.0.1", 0.0)
    assert known.enter("127.0.0.1", 0.0)
    assert not known.enter("127.0.0.1", 0.0), "ten altogether"


async def test_the_bounds_of_a_hub_are_those_of_its_file(tmp_path: Any) -> None:
    from hub.plugin_api.errors import ConfigError
    from hub.plugins.config_reading import load_config

    file = tmp_path / "plugins.toml"
    text = (
        '[plugins]\nallow = []\n[server]\nconnections = 7\nconnections_of_one = 3\nproxies = ["10.0.0.2"]\n'
    )
    file.write_text(text, encoding="utf-8")
    server = load_config(file).server
    assert (server.connections, server.connections_of_one, server.proxies) == (7, 3, ("10.0.0.2",))
    for wrong in ('proxies = ["proxy.example"]', "connections = 0"):
        file.write_text(f"[plugins]\nallow = []\n[server]\n{wrong}\n", encoding="utf-8")
        with pytest.raises(ConfigError, match="server"):
            load_config(file)


async def test_what_is_usual_goes_on_as_before() -> None:
    """Upgrades that are not offered, a body that waits to be asked for, pieces without a length, HTTP/1.0."""
    async with served(Application()) as connect:
        async with asyncio.timeout(PATIENCE):
            for head, more, size in (
                (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", b"", 0),
                (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", b"", 0),
                (
                    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                    b"3\r\nabc\r\n0\r\n\r\n",
                    3,
                ),
                (b"GET / HTTP/1.0\r\n\r\n", b"", 0),
            ):
                reader, writer = await connect()
                writer.write(head)
                writer.write(more)
                answer = await reader.readuntil(b"\r\n\r\n")
                assert answer.startswith(OK), head
                assert b"x-size: %d" % size in answer
            reader, writer = await connect()
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
            writer.write(b"abc")
            assert b"x-size: 3" in await reader.readuntil(b"\r\n\r\n")
