"""Sends: what is sure, and what is not."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest

from hub.calls.call import Terms, read, send
from hub.calls.transport import make_client
from hub.plugin_api.errors import (
    AuthFailed,
    BadReply,
    Failure,
    HubError,
    Rejected,
    Unavailable,
    Unconfirmed,
)
from tests.core.calling import URL, Answer, VendorError, ask, failing, refusal, silent, status


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
