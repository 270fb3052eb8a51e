"""Reads and sends: the deadline, and what every error becomes."""

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
from hub.plugin_api.refusals import Refusal
from hub.plugins.addresses import Addresses
from tests.core.conftest import Serve, Talk, request_head

URL = "http://vendor.test/orders?key=hidden"
REFUSALS = (Refusal(statuses=(400, 409), at="error.code", unclear=("internal",), source="a test"),)
Answer = Callable[[httpx.Request], httpx.Response]


def silent(error: Exception) -> Failure | None:
    return None


class VendorError(Exception):
    """An adapter's own error: it knows the status that it came under."""

    def __init__(self, http_status: int = 200, *, retry_after: float | None = None) -> None:
        super().__init__("the vendor's text, with a buyer's name")
        self.http_status = http_status
        self.retry_after = retry_after


async def ask(
    answer: Answer, method: str = "GET", *, explain: Any = silent, **options: Any
) -> httpx.Response:
    """One request through the whole way out; unsafe methods are sent, the others read."""

    async def work() -> httpx.Response:
        response = await client.request(method, URL)
        response.raise_for_status()
        return response

    async with make_client(inner=httpx.MockTransport(answer)) as client:
        if method == "GET":
            return await read("Vendor, orders", work, explain=explain)
        return await send(
            "Vendor, order", work, operation_id="op_1", terms=Terms(explain=explain, refusals=REFUSALS)
        )


def status(code: int, **headers: str) -> Answer:
    return lambda request: httpx.Response(code, headers={n.replace("_", "-"): v for n, v in headers.items()})


def refusal(code_of_http: int = 400, code: str = "no_city") -> Answer:
    return lambda request: httpx.Response(code_of_http, json={"error": {"code": code, "message": "Kazan?"}})


def failing(error: type[Exception], text: str = "with hidden things") -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error(text)

    return answer


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


# --- sends ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (failing(httpx.ConnectError), Unavailable),
        (failing(httpx.ConnectTimeout), Unavailable),
        (failing(httpx.PoolTimeout), Unavailable),
        (status(401), Unconfirmed),
        (status(403), Unconfirmed),
        (status(429, Retry_After="7"), Unconfirmed),
        (status(302), Unconfirmed),
        (status(400), Unconfirmed),
        (status(404), Unconfirmed),
        (status(408), Unconfirmed),
        (status(409), Unconfirmed),
        (status(500), Unconfirmed),
        (status(503), Unconfirmed),
        (failing(httpx.ReadTimeout), Unconfirmed),
        (failing(httpx.WriteError), Unconfirmed),
        (failing(httpx.ReadError), Unconfirmed),
        (failing(httpx.RemoteProtocolError), Unconfirmed),
        (failing(ConnectionResetError), Unconfirmed),
        (failing(KeyError), Unconfirmed),
    ],
)
async def test_a_send_is_unknown_unless_it_is_sure(answer: Answer, kind: type[HubError]) -> None:
    with pytest.raises(HubError) as caught:
        await ask(answer, "POST")
    assert type(caught.value) is kind
    assert "hidden" not in caught.value.message
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    ("answer", "failure", "kind"),
    [
        (refusal(), Failure(kind="rejected", message="no such city", duplicate=True), Rejected),
        (refusal(409), Failure(kind="auth_failed", message="wrong key"), AuthFailed),
        (refusal(), Failure(kind="unavailable", message="later"), Unavailable),
        (refusal(), Failure(kind="bad_reply", message="?"), Rejected),
        (refusal(), None, Rejected),
        (refusal(code="internal"), Failure(kind="rejected", message="no"), Unconfirmed),
        (refusal(404), Failure(kind="rejected", message="no"), Unconfirmed),
        (refusal(500), Failure(kind="rejected", message="no"), Unconfirmed),
        (status(400), Failure(kind="rejected", message="no"), Unconfirmed),
        (status(500), Failure(kind="rejected", message="no such city"), Unconfirmed),
        (status(502), Failure(kind="unavailable", message="down"), Unconfirmed),
        (status(401), Failure(kind="auth_failed", message="wrong key"), Unconfirmed),
        (status(429), Failure(kind="unavailable", message="later"), Unconfirmed),
        (failing(httpx.ReadTimeout), Failure(kind="unavailable", message="down"), Unconfirmed),
        (failing(httpx.ReadError), Failure(kind="rejected", message="no"), Unconfirmed),
    ],
)
async def test_what_an_explanation_may_claim_about_a_send(
    answer: Answer, failure: Failure | None, kind: type[HubError]
) -> None:
    with pytest.raises(HubError) as caught:
        await ask(answer, "POST", explain=lambda error: failure)
    assert type(caught.value) is kind
    if isinstance(caught.value, Rejected) and failure is not None and failure.kind == "rejected":
        assert caught.value.duplicate is failure.duplicate


async def test_an_unreadable_success_of_a_send_is_unknown() -> None:
    async with make_client(inner=httpx.MockTransport(lambda _: httpx.Response(200, text="<html>"))) as client:

        async def work() -> Any:
            return msgspec.json.decode((await client.post(URL)).content)

        with pytest.raises(Unconfirmed, match="cannot be read"):
            await send("Vendor", work, operation_id="op_1", terms=Terms(explain=silent))


async def test_a_success_that_is_too_large_is_unknown() -> None:
    big = httpx.MockTransport(lambda _: httpx.Response(200, content=b"x" * 2_000_000))
    async with make_client(inner=big, body_limit=1_000_000) as client:
        with pytest.raises(Unconfirmed, match="larger"):
            await send("Vendor", lambda: client.post(URL), operation_id="op_1", terms=Terms(explain=silent))
        with pytest.raises(BadReply, match=r"Vendor: .*larger"):
            await read("Vendor", lambda: client.get(URL), explain=silent)


def two_steps(first: int, second: int, *, unsafe_first: bool) -> tuple[httpx.MockTransport, list[str]]:
    methods = ["POST", "GET"] if unsafe_first else ["GET", "POST"]
    answers = dict(zip(methods, (first, second), strict=True))
    return httpx.MockTransport(lambda request: httpx.Response(answers[request.method])), methods


@pytest.mark.parametrize("second", [401, 404, 429, 500])
async def test_a_read_that_fails_after_the_send_makes_the_send_unknown(second: int) -> None:
    """The order exists by then: "refused" or "again later" would pay for it twice."""
    transport, methods = two_steps(202, second, unsafe_first=True)
    explained = Failure(kind="rejected", message="no such order")
    async with make_client(inner=transport) as client:

        async def work() -> None:
            for method in methods:
                (await client.request(method, URL)).raise_for_status()

        async def own_error() -> None:
            for method in methods:
                response = await client.request(method, URL)
                if response.is_error:
                    raise VendorError(response.status_code)

        for steps in (work, own_error):
            with pytest.raises(Unconfirmed):
                await send("Vendor", steps, operation_id="op_1", terms=Terms(explain=lambda error: explained))


@pytest.mark.parametrize("answer", [status(401), status(404), failing(httpx.ConnectError)])
async def test_a_failed_read_beside_a_send_over_another_transport_is_unknown(answer: Answer) -> None:
    """Only the hub's own transport knows what went out; without it nothing is sure."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:

        async def work() -> None:
            (await client.get(URL)).raise_for_status()

        with pytest.raises(Unconfirmed):
            await send("Vendor", work, operation_id="op_1", terms=Terms(explain=silent))


@pytest.mark.parametrize("second", [401, 503])
async def test_a_read_of_the_hubs_after_the_send_makes_it_unknown_too(second: int) -> None:
    transport, _ = two_steps(202, second, unsafe_first=True)
    async with make_client(inner=transport) as client:

        async def look() -> None:
            (await client.get(URL)).raise_for_status()

        async def work() -> None:
            await client.post(URL)
            await read("Vendor", look, explain=silent)

        with pytest.raises(Unconfirmed):
            await send("Vendor", work, operation_id="op_1", terms=Terms(explain=silent))


@pytest.mark.parametrize(
    ("first", "kind"), [(500, Unavailable), (404, Rejected), (401, AuthFailed), (503, Unavailable)]
)
async def test_a_read_that_fails_before_the_send_means_that_nothing_was_done(
    first: int, kind: type[HubError]
) -> None:
    transport, methods = two_steps(first, 200, unsafe_first=False)
    async with make_client(inner=transport) as client:

        async def work() -> None:
            for method in methods:
                (await client.request(method, URL)).raise_for_status()

        with pytest.raises(kind):
            await send("Vendor", work, operation_id="op_1", terms=Terms(explain=silent))


async def test_several_errors_at_once_in_a_send_are_unknown() -> None:
    async def work() -> None:
        raise ExceptionGroup("both", [VendorError(429), VendorError(500)])

    with pytest.raises(Unconfirmed):
        await send("Vendor", work, operation_id="op_1", terms=Terms(explain=silent))


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
