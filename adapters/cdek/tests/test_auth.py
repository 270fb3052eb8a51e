"""One token for all requests of an account: renewed when due or refused, and never in a storm."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qs

import httpx
import pytest
from cdek_api import CdekError, CityQuery, Client, OAuth

MakeClient = Callable[..., Client]


class Vendor:
    """A CDEK that gives out numbered tokens and takes only those in ``good``."""

    def __init__(self, good: set[str] | None = None) -> None:
        self.good = good
        self.issued = 0
        self.token_requests: list[httpx.Request] = []
        self.calls: list[str] = []
        self.refusal = httpx.Response(401)
        self.token_answer: httpx.Response | None = None
        self.expires_in = 3599

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        if request.url.path == "/v2/oauth/token":
            self.token_requests.append(request)
            if self.token_answer is not None:
                return _copy(self.token_answer)
            self.issued += 1
            return httpx.Response(
                200, json={"access_token": f"t{self.issued}", "expires_in": self.expires_in}
            )
        token = request.headers["Authorization"].removeprefix("Bearer ")
        self.calls.append(token)
        if self.good is not None and token not in self.good:
            return _copy(self.refusal)
        return httpx.Response(200, json=[])


def _copy(response: httpx.Response) -> httpx.Response:
    return httpx.Response(response.status_code, headers=response.headers, content=response.content)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def _auth(clock: Clock | None = None) -> OAuth:
    return OAuth("the-id", "the-secret", "https://cdek.example/", clock=clock or Clock())


async def test_the_token_is_asked_for_by_form_and_marked_safe(make_client: MakeClient) -> None:
    vendor = Vendor()
    client = make_client(vendor, _auth())
    await client.cities(CityQuery())
    await client.cities(CityQuery())
    [request] = vendor.token_requests
    assert str(request.url) == "https://cdek.example/v2/oauth/token"
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["the-id"],
        "client_secret": ["the-secret"],
    }
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.extensions["safe"] is True
    assert request.extensions["timeout"]["read"] == 5.0
    assert vendor.calls == ["t1", "t1"]


async def test_twenty_first_requests_share_one_token(make_client: MakeClient) -> None:
    vendor = Vendor()
    client = make_client(vendor, _auth())
    await asyncio.gather(*(client.cities(CityQuery()) for _ in range(20)))
    assert len(vendor.token_requests) == 1
    assert vendor.calls == ["t1"] * 20


async def test_the_token_is_renewed_before_it_ends(make_client: MakeClient) -> None:
    vendor, clock = Vendor(), Clock()
    client = make_client(vendor, _auth(clock))
    await client.cities(CityQuery())
    clock.now += 3530
    await client.cities(CityQuery())
    clock.now += 10
    await asyncio.gather(*(client.cities(CityQuery()) for _ in range(20)))
    assert len(vendor.token_requests) == 2
    assert vendor.calls == ["t1", "t1", *["t2"] * 20]


async def test_a_short_token_is_still_used(make_client: MakeClient) -> None:
    vendor, clock = Vendor(), Clock()
    vendor.expires_in = 10
    client = make_client(vendor, _auth(clock))
    await client.cities(CityQuery())
    clock.now += 8.9
    await client.cities(CityQuery())
    clock.now += 0.2
    await client.cities(CityQuery())
    assert vendor.calls == ["t1", "t1", "t2"]


@pytest.mark.parametrize(
    "refusal",
    [
        httpx.Response(401),
        httpx.Response(400, json={"errors": [{"code": "v2_token_expired", "message": "x"}]}),
        httpx.Response(
            403, json={"requests": [{"state": "INVALID", "errors": [{"code": "v2_authorization_incorrect"}]}]}
        ),
        httpx.Response(500, json={"errors": [{"code": "v2_token_expired", "message": "x"}]}),
        httpx.Response(200, json={"errors": [{"code": "v2_authorization_incorrect", "message": "x"}]}),
    ],
    ids=lambda response: str(response.status_code),
)
async def test_twenty_refused_requests_share_one_renewal(
    make_client: MakeClient, refusal: httpx.Response
) -> None:
    vendor = Vendor()
    vendor.refusal = refusal
    client = make_client(vendor, _auth())
    await client.cities(CityQuery())
    vendor.good = {"t2"}
    answers = await asyncio.gather(*(client.cities(CityQuery()) for _ in range(20)))
    assert answers == [[]] * 20
    assert len(vendor.token_requests) == 2


async def test_a_fresh_token_that_is_refused_is_renewed_once(make_client: MakeClient) -> None:
    vendor = Vendor(good={"t2"})
    assert await make_client(vendor, _auth()).cities(CityQuery()) == []
    assert vendor.calls == ["t1", "t2"]


async def test_what_changes_something_is_not_sent_again_after_a_refused_token(
    make_client: MakeClient,
) -> None:
    vendor = Vendor(good={"t2"})
    client = make_client(vendor, _auth())
    with pytest.raises(httpx.HTTPStatusError):
        await client.order_delete("72753031-0000-4000-8000-000000000000")
    assert vendor.calls == ["t1"]
    assert await client.cities(CityQuery()) == []  # the next request renews it
    assert vendor.calls == ["t1", "t2"]


async def test_a_third_refusal_is_returned_and_causes_no_storm(make_client: MakeClient) -> None:
    vendor, clock = Vendor(good=set()), Clock()
    client = make_client(vendor, _auth(clock))

    async def refused() -> bool:
        with pytest.raises(httpx.HTTPStatusError) as caught:
            await client.cities(CityQuery())
        return caught.value.response.status_code == 401

    assert all(await asyncio.gather(*(refused() for _ in range(20))))
    assert len(vendor.token_requests) == 3
    for _ in range(5):  # and later requests do not renew again at once
        assert await refused()
    assert len(vendor.token_requests) == 3
    clock.now += 6
    vendor.good = {"t4"}
    assert await client.cities(CityQuery()) == []
    assert len(vendor.token_requests) == 4


async def test_a_token_that_is_taken_back_as_soon_as_it_is_there_is_renewed_again(
    make_client: MakeClient,
) -> None:
    vendor = Vendor(good={"t3"})
    client = make_client(vendor, _auth())
    assert await asyncio.gather(*(client.cities(CityQuery()) for _ in range(20))) == [[]] * 20
    assert len(vendor.token_requests) == 3


@pytest.mark.parametrize(
    ("error", "description"),
    [("unauthorized", "No such account secure"), ("invalid_client", "Bad client credentials")],
)
async def test_twenty_requests_share_one_refused_key(
    make_client: MakeClient, error: str, description: str
) -> None:
    vendor = Vendor()
    vendor.token_answer = httpx.Response(401, json={"error": error, "error_description": description})
    client = make_client(vendor, _auth())
    outcomes = await asyncio.gather(*(client.cities(CityQuery()) for _ in range(20)), return_exceptions=True)
    assert len(vendor.token_requests) == 1
    for outcome in outcomes:
        assert isinstance(outcome, CdekError)
        assert outcome.codes == {error}
        assert outcome.errors[0].message == description
        assert outcome.http_status == 401
        assert "the-secret" not in str(outcome)
    vendor.token_answer = None  # the key is mended: the next request asks again
    assert await client.cities(CityQuery()) == []


async def test_a_gateway_that_gives_no_token(make_client: MakeClient) -> None:
    vendor = Vendor()
    vendor.token_answer = httpx.Response(502, text="<html>bad gateway</html>")
    client = make_client(vendor, _auth())
    outcomes = await asyncio.gather(*(client.cities(CityQuery()) for _ in range(3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [httpx.HTTPStatusError] * 3
    assert len(vendor.token_requests) == 1


async def test_a_cancelled_renewal_lets_the_others_go_on(make_client: MakeClient) -> None:
    reached, free = asyncio.Event(), asyncio.Event()

    async def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v2/oauth/token":
            reached.set()
            await free.wait()
            return httpx.Response(200, json={"access_token": "t", "expires_in": 3599})
        return httpx.Response(200, json=[])

    client = make_client(handler, _auth())
    first = asyncio.create_task(client.cities(CityQuery()))
    await reached.wait()
    second = asyncio.create_task(client.cities(CityQuery()))
    await asyncio.sleep(0)
    first.cancel()
    free.set()
    assert await asyncio.wait_for(second, 2) == []
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_streamed_answer_is_renewed_on_401(make_client: MakeClient) -> None:
    vendor = Vendor(good={"t2"})
    points = [point async for point in make_client(vendor, _auth()).delivery_points()]
    assert points == []
    assert vendor.calls == ["t1", "t2"]


def test_a_blocking_client_is_refused() -> None:
    with httpx.Client() as http, pytest.raises(RuntimeError, match="AsyncClient"):
        http.get("https://cdek.example", auth=_auth())
