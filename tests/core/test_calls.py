"""Reads: the deadline, pauses, several at once, and what every error becomes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import msgspec
import pytest

from hub.calls.call import Read, Terms, gather_reads, read, send
from hub.calls.pace import LONGEST_PAUSE, retry_after
from hub.calls.transport import UnsafeRequest, make_client
from hub.plugin_api.errors import (
    AuthFailed,
    BadReply,
    Failure,
    HubError,
    Rejected,
    Unavailable,
    Unconfirmed,
    Unsupported,
)
from hub.plugins.addresses import Addresses
from tests.core.calling import URL, Answer, VendorError, ask, failing, silent, status
from tests.core.conftest import Serve, Talk, request_head

# --- reads ----------------------------------------------------------------------------------------------


async def test_a_read_gives_its_result() -> None:
    assert (await ask(status(200))).status_code == 200


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (status(401), AuthFailed),
        (status(403), AuthFailed),
        (status(404), Rejected),
        (status(422), Rejected),
        (status(429), Unavailable),
        (status(500), Unavailable),
        (status(503), Unavailable),
        (status(302), BadReply),
        (failing(httpx.ConnectError), Unavailable),
        (failing(httpx.ReadTimeout), Unavailable),
        (failing(httpx.PoolTimeout), Unavailable),
        (failing(httpx.ReadError), Unavailable),
        (failing(httpx.RemoteProtocolError, "Server disconnected without sending a response."), Unavailable),
        (failing(httpx.RemoteProtocolError, "peer closed connection without complete body"), BadReply),
        (failing(httpx.UnsupportedProtocol), Rejected),
        (failing(httpx.LocalProtocolError), Rejected),
        (failing(httpx.DecodingError), BadReply),
        (failing(ConnectionResetError), Unavailable),
    ],
)
async def test_a_failed_read_says_what_to_do_next(answer: Answer, kind: type[HubError]) -> None:
    with pytest.raises(HubError) as caught:
        await ask(answer)
    assert type(caught.value) is kind
    assert caught.value.message.startswith("Vendor, orders: ")
    assert "hidden" not in caught.value.message
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (msgspec.DecodeError("hidden"), BadReply),
        (msgspec.ValidationError("Expected `int`, got `str` - at `$.items[...].price`"), BadReply),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "hidden"), BadReply),
        (UnicodeEncodeError("ascii", "ключ", 0, 1, "hidden"), Rejected),
        (KeyError("hidden"), BadReply),
        (VendorError(200), Rejected),
        (VendorError(404), Rejected),
        (VendorError(401), AuthFailed),
        (VendorError(502), Unavailable),
        (ExceptionGroup("several", [VendorError(401), KeyError("x")]), AuthFailed),
    ],
)
async def test_errors_of_the_clients_own(error: Exception, kind: type[HubError]) -> None:
    async def work() -> None:
        raise error

    with pytest.raises(HubError) as caught:
        await read("Vendor", work, explain=silent)
    assert type(caught.value) is kind
    assert caught.value.__cause__ is error
    assert "hidden" not in caught.value.message
    assert "buyer" not in caught.value.message


async def test_the_place_of_a_wrong_field_is_named() -> None:
    async def work() -> Any:
        return msgspec.json.decode(b'{"price": "x"}', type=msgspec.defstruct("Order", [("price", int)]))

    with pytest.raises(BadReply, match=r"at \$\.price"):
        await read("Vendor", work, explain=silent)


async def test_a_plugin_explains_first() -> None:
    def explain(error: Exception) -> Failure | None:
        assert isinstance(error, httpx.HTTPStatusError)
        return Failure(kind="auth_failed", message="the key has expired: make another", vendor_code="5")

    with pytest.raises(AuthFailed, match="make another"):
        await ask(status(404), explain=explain)


async def test_an_explanation_that_fails_does_not_hide_the_error() -> None:
    def explain(error: Exception) -> Failure | None:
        raise KeyError("oops")

    with pytest.raises(Rejected):
        await ask(status(404), explain=explain)


async def test_the_hubs_own_errors_pass_as_they_are() -> None:
    mine = Unsupported("no quotes")

    async def work() -> None:
        raise mine

    with pytest.raises(Unsupported) as caught:
        await read("Vendor", work, explain=silent)
    assert caught.value is mine


async def test_a_read_never_sends() -> None:
    async with make_client(inner=httpx.MockTransport(status(200))) as client:

        async def work() -> None:
            await read("Vendor", lambda: client.post(URL), explain=silent)

        with pytest.raises(UnsafeRequest):
            await work()
        with pytest.raises(UnsafeRequest):
            await send("Vendor", work, operation_id="op_1", terms=Terms(explain=silent))


# --- the deadline ---------------------------------------------------------------------------------------


async def drip_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def drip_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_head(reader)
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 1000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.02)


async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1\r\n \r\n")
        await writer.drain()
        await asyncio.sleep(0.001)


@pytest.mark.parametrize("talk", [drip_body, drip_head, say_nothing, endless])
async def test_the_deadline_holds_whatever_the_server_does(serve: Serve, talk: Talk) -> None:
    url = await serve(talk)
    async with make_client(addresses=Addresses.everywhere()) as client:
        began = time.monotonic()
        with pytest.raises(Unavailable, match="in time"):
            await read("Vendor", lambda: client.get(url), explain=silent, deadline=0.2)
        with pytest.raises(Unconfirmed):
            await send(
                "V", lambda: client.post(url), operation_id="op_1", terms=Terms(explain=silent), deadline=0.2
            )
        assert time.monotonic() - began < 2


async def test_a_reset_and_a_cut_body(serve: Serve) -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_head(reader)
        writer.transport.abort()

    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1, 2\r\n")
        await writer.drain()

    async with make_client(addresses=Addresses.everywhere()) as client:
        for talk, kind in ((reset, Unavailable), (cut, BadReply)):
            url = await serve(talk)
            with pytest.raises(kind):
                await read("Vendor", lambda url=url: client.get(url), explain=silent)  # type: ignore[misc]
            with pytest.raises(Unconfirmed):
                await send(
                    "Vendor",
                    lambda url=url: client.post(url),  # type: ignore[misc]
                    operation_id="op_1",
                    terms=Terms(explain=silent),
                )


async def test_cancelling_passes_through() -> None:
    started = asyncio.Event()

    async def work() -> None:
        started.set()
        await asyncio.sleep(60)

    runs: tuple[Callable[[], Awaitable[None]], ...] = (
        lambda: read("Vendor", work, explain=silent),
        lambda: send("Vendor", work, operation_id="op_1", terms=Terms(explain=silent)),
    )
    for run in runs:
        started.clear()
        task = asyncio.ensure_future(run())
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


# --- pauses, and several reads at once -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("7", 7, 7),
        ("0", 1, 1),
        ("-5", 1, 1),
        ("1.5", 1.5, 1.5),
        ("999999999999", LONGEST_PAUSE.total_seconds(), LONGEST_PAUSE.total_seconds()),
        ("in 90 seconds", 60, 91),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 1, 1),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_PAUSE.total_seconds(), LONGEST_PAUSE.total_seconds()),
    ],
)
def test_the_pause_that_a_vendor_asks_for(text: str, low: float, high: float) -> None:
    if text == "in 90 seconds":
        text = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    pause = retry_after(httpx.Response(429, headers={"Retry-After": text}), datetime.now(UTC))
    assert pause is not None
    assert low <= pause.total_seconds() <= high


@pytest.mark.parametrize("text", ["", "soon", "nan", "٧"])
def test_a_pause_that_is_none(text: str) -> None:
    assert (
        retry_after(httpx.Response(429, headers=[(b"Retry-After", text.encode())]), datetime.now(UTC)) is None
    )


async def test_the_pause_reaches_the_caller() -> None:
    with pytest.raises(Unavailable) as caught:
        await ask(status(429, Retry_After="7"))
    assert caught.value.retry_after == timedelta(seconds=7)

    async def work() -> None:
        raise VendorError(429, retry_after=9)

    with pytest.raises(Unavailable) as caught:
        await read("Vendor", work, explain=silent)
    assert caught.value.retry_after == timedelta(seconds=9)

    explained = Failure(kind="unavailable", message="x", retry_after=timedelta(days=900))
    with pytest.raises(Unavailable) as caught:
        await read("Vendor", work, explain=lambda error: explained)
    assert caught.value.retry_after == LONGEST_PAUSE


async def test_several_reads_do_not_wait_for_the_slowest() -> None:
    async def quick() -> int:
        return 1

    async def hangs() -> int:
        await asyncio.sleep(60)
        return 2

    async def broken() -> int:
        raise KeyError("x")

    async with make_client(inner=httpx.MockTransport(status(200))) as client:

        async def oversteps() -> int:
            await client.post(URL)
            return 3

        began = time.monotonic()
        results = await gather_reads(
            [Read(work.__name__, work, silent, 0.1) for work in (quick, hangs, broken, oversteps)]
        )
    assert time.monotonic() - began < 1
    assert results[0] == 1
    assert [type(result) for result in results[1:]] == [Unavailable, BadReply, Unsupported]


async def test_cancelling_several_reads_leaves_nothing_running() -> None:
    ended = 0

    async def work() -> None:
        nonlocal ended
        try:
            await asyncio.sleep(60)
        finally:
            ended += 1

    reads = [Read("Vendor", work, silent) for _ in range(3)]
    task = asyncio.create_task(gather_reads(reads))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == 3
