"""Keys, companies, roles, rates, dead methods."""

import time
from collections.abc import Iterator

import httpx
import pytest
from adapters.emulators.tests.ozon_world import KEYS, Ozon
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.ozon import OzonEmulator

GET = "/v3/posting/fbs/get"


@pytest.fixture
def strict() -> Iterator[httpx.Client]:
    """An Ozon with its ordinary limits."""
    with (
        serve(OzonEmulator(clock=ManualClock())) as running,
        httpx.Client(base_url=running.url, headers=KEYS, trust_env=False, timeout=5) as http,
    ):
        yield http


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (401, 16, "Client-Id and Api-Key headers are required")),
        ({"Client-Id": "1"}, (401, 16, "Client-Id and Api-Key headers are required")),
        (
            {"Client-Id": "shop", "Api-Key": "x"},
            (400, 3, "Client-Id header value should be positive integer"),
        ),
        (
            {"Client-Id": "100001", "Api-Key": "x"},
            (404, 5, "Invalid Api-Key, please check the key and try again"),
        ),
        (
            {"Client-Id": "7", "Api-Key": "demo-api-key"},
            (404, 5, "Invalid Api-Key, please check the key and try again"),
        ),
    ],
)
def test_keys(ozon: Ozon, headers: dict[str, str], expected: tuple[int, int, str]) -> None:
    reply = httpx.post(f"{ozon.url}/v1/roles", headers=headers, trust_env=False)
    assert (reply.status_code, reply.json()["code"], reply.json()["message"]) == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"blocked": True}, "Company is blocked, please contact support"),
        ({"deactivated": True}, "Api-key is deactivated, use another one or generate a new one"),
        ({"offer_unsigned": True}, "Offer not signed"),
        ({"restricted_ip": True}, "Api-Key is restricted to specific IP addresses"),
    ],
)
def test_companies_change_while_they_are_served(ozon: Ozon, change: dict[str, bool], message: str) -> None:
    ozon.call("/v1/roles")
    ozon.control("companies", {"client_id": "100001", **change})
    assert ozon.refused("/v1/roles") == (403, 7, message)
    ozon.control("companies", {"client_id": "100001", **dict.fromkeys(change, False)})
    ozon.call("/v1/roles")


def test_roles_and_expiry(ozon: Ozon) -> None:
    (number,) = ozon.order()
    assert ozon.call("/v1/roles")["roles"] == [{"name": "Admin", "methods": ["/"]}]
    ozon.control("companies", {"client_id": "100001", "roles": ["Warehouse"]})
    answer = ozon.call("/v1/roles")
    assert [role["name"] for role in answer["roles"]] == ["Warehouse"]
    assert answer["expires_at"] == "2027-02-21T06:00:00Z"
    assert ozon.refused(GET, {"posting_number": number}) == (
        403,
        7,
        "Api-Key is missing a required role for a method",
    )
    assert (
        ozon.http.post("/_emulator/companies", json={"client_id": "1", "roles": ["King"]}).status_code == 400
    )


def test_companies_see_nothing_of_each_other(ozon: Ozon) -> None:
    (number,) = ozon.order()
    ozon.control("companies", {"client_id": "200002", "api_key": "other"})
    with httpx.Client(
        base_url=ozon.url, headers={"Client-Id": "200002", "Api-Key": "other"}, trust_env=False
    ) as other:
        assert other.post(GET, json={"posting_number": number}).status_code == 404
        listed = other.post(
            "/v4/posting/fbs/unfulfilled/list",
            json={"limit": 10, "filter": {"statuses": ["awaiting_packaging"]}},
        )
        assert listed.json()["count"] == 0


@pytest.mark.parametrize(
    "path", ["/v3/posting/fbs/list", "/v2/posting/fbs/act/create", "/v2/posting/fbs/package-label"]
)
def test_dead_methods(ozon: Ozon, path: str) -> None:
    assert ozon.refused(path) == (400, 9, "obsolete method cannot be used")


def test_unknown_paths_and_other_verbs(ozon: Ozon) -> None:
    assert ozon.http.post("/v9/posting", json={}).status_code == 404
    reply = ozon.http.get("/v1/roles")
    assert (reply.status_code, reply.content) == (405, b"")


def test_fifty_requests_a_second(strict: httpx.Client) -> None:
    time.sleep(1 - time.monotonic() % 1 + 0.01)  # the window is a second of the monotonic clock
    replies = [strict.post("/v1/roles", json={}) for _ in range(55)]
    assert [reply.status_code for reply in replies] == [200] * 50 + [429] * 5
    assert [reply.headers["ratelimit-remaining"] for reply in replies[:3]] == ["49", "48", "47"]
    refused = replies[-1]
    assert refused.json()["message"] == "You have reached request rate limit per second"
    assert (refused.headers["retry-after"], refused.headers["ratelimit-remaining"]) == ("1", "0")
    assert strict.get("/_emulator/state").json()["counts"]["rate_limited"] == 5


def test_the_circle_opens_for_who_does_not_listen(strict: httpx.Client) -> None:
    """By virtual time here: the clock stands, so the second never ends until it is moved."""
    strict.post("/_emulator/settings", json={"rate_limit": "virtual", "requests_per_second": 1})
    messages = [strict.post("/v1/roles", json={}).json().get("message", "ok") for _ in range(103)]
    assert messages[0] == "ok"
    assert set(messages[1:101]) == {"You have reached request rate limit per second"}
    assert messages[-1] == "Circle is open"
    strict.post("/_emulator/advance", json={"seconds": 60})
    assert strict.post("/v1/roles", json={}).json()["message"] == "Circle is open"
    assert strict.post("/v2/warehouse/list", json={"limit": 1}).status_code == 200
    strict.post("/_emulator/advance", json={"seconds": 61})
    assert strict.post("/v1/roles", json={}).status_code == 200


def test_vendor_faults(ozon: Ozon) -> None:
    rules = [
        {"kind": "circle_open", "times": 1},
        {"kind": "business", "path": "/v2/posting/fbs/cancel", "message": "INTERNAL", "status": 409},
    ]
    ozon.control("faults", {"rules": rules})
    assert ozon.refused("/v1/roles")[2] == "Circle is open"
    assert ozon.refused("/v2/posting/fbs/cancel") == (409, 3, "INTERNAL")
