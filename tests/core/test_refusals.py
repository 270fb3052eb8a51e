"""A refusal is what an answer proves: the declaration, the answer, and what `send` makes of the two."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.calls.call import Attempt, Terms, read, send
from hub.calls.transport import make_client
from hub.plugin_api.errors import AuthFailed, HubError, Rejected, Unavailable, Unconfirmed
from hub.plugin_api.refusals import KEPT, Answer, Refusal, proves_refusal

URL = "http://vendor.test/orders"
PLAIN = Refusal(statuses=(409, 422), at="error.code", source="a test")
LISTED = Refusal(statuses=(200,), at="errors[].code", unclear=("busy",), without=("orders",), source="a test")
XML = Refusal(statuses=(200,), form="xml", at="Result[].@RC", pattern=r"[1-9]\d*", source="a test")


def answer(status: int, body: bytes | Any, *, ended: bool = True) -> Answer:
    made = Answer(status)
    made.add(body if isinstance(body, bytes) else json.dumps(body).encode())
    made.ended = ended
    return made


REFUSED = {"error": {"code": "no_street", "message": "no such street"}}


@pytest.mark.parametrize(
    ("refusal", "given", "matches"),
    [
        (PLAIN, answer(422, REFUSED), True),
        (PLAIN, answer(409, {"error": {"code": 17}}), True),
        (PLAIN, answer(400, REFUSED), False),
        (PLAIN, answer(422, REFUSED, ended=False), False),
        (PLAIN, answer(422, b""), False),
        (PLAIN, answer(422, b"<html>no_street</html>"), False),
        (PLAIN, answer(422, json.dumps(REFUSED).encode()[:-1]), False),
        (PLAIN, answer(422, b'\xff{"error": {"code": "x"}}'), False),
        (PLAIN, answer(422, {"error": {"code": ""}}), False),
        (PLAIN, answer(422, {"error": {"code": None}}), False),
        (PLAIN, answer(422, {"error": {"code": True}}), False),
        (PLAIN, answer(422, {"error": "no_street"}), False),
        (PLAIN, answer(422, [REFUSED]), False),
        (PLAIN, answer(422, b"[" * 100_000), False),
        (PLAIN, answer(422, b'{"error": {"code": "x"}, "more": "' + b"y" * KEPT + b'"}'), False),
        (LISTED, answer(200, {"errors": [{"code": "a"}, {"code": "b"}]}), True),
        (LISTED, answer(200, {"errors": [{"code": "a"}], "orders": []}), True),
        (LISTED, answer(200, {"errors": [{"code": "a"}], "orders": [{"id": 1}]}), False),
        (LISTED, answer(200, {"errors": [{"code": "a"}, {"code": "BUSY"}]}), False),
        (LISTED, answer(200, {"errors": [{"code": "a"}, {"message": "b"}]}), False),
        (LISTED, answer(200, {"errors": [{"code": "a"}, "b"]}), False),
        (LISTED, answer(200, {"errors": []}), False),
        (LISTED, answer(200, {}), False),
        (LISTED, answer(200, []), False),
        (XML, answer(200, b'<root xmlns="x"><Result RC="1034"/></root>'), True),
        (XML, answer(200, b'<root><Result RC="0"/></root>'), False),
        (XML, answer(200, b"<root><Result/></root>"), False),
        (XML, answer(200, b'<root><Result RC="1034"/>'), False),
        (XML, answer(200, b'<!DOCTYPE a [<!ENTITY b "c">]><root><Result RC="1034"/></root>'), False),
    ],
)
def test_only_a_whole_answer_of_the_declared_shape_is_a_refusal(
    refusal: Refusal, given: Answer, matches: bool
) -> None:
    assert refusal.matches(given) is matches


def test_a_declaration_for_one_call_says_nothing_of_another() -> None:
    mine = Refusal(statuses=(422,), at="error.code", calls=("book",), source="a test")
    assert proves_refusal(answer(422, REFUSED), (mine,), "book")
    assert not proves_refusal(answer(422, REFUSED), (mine,), "cancel")
    assert not proves_refusal(None, (mine,), "book")


@pytest.mark.parametrize("status", [401, 403, 407, 408, 425, 429, 302, 100, 500, 502, 599])
def test_what_a_gateway_may_answer_cannot_be_declared(status: int) -> None:
    with pytest.raises(ValueError, match="never proves"):
        Refusal(statuses=(422, status), at="error.code", source="a test")


@pytest.mark.parametrize("lacking", [{"statuses": ()}, {"at": ""}, {"source": " "}])
def test_a_declaration_needs_its_parts(lacking: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="needs statuses"):
        Refusal(**({"statuses": (422,), "at": "code", "source": "a test"} | lacking))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abe"), inner, max_size=3),
    max_leaves=12,
)


@given(_JSON, st.sampled_from(["a", "a.b", "a[].b", "[].e", "a[].b[].e"]), st.binary(max_size=30))
@example([[]], "[].e", b"")
def test_no_answer_breaks_it(body: Any, place: str, rest: bytes) -> None:
    refusal = Refusal(statuses=(200,), at=place, source="a test")
    assert refusal.matches(answer(200, body)) in (True, False)
    refusal.matches(answer(200, json.dumps(body).encode() + rest))
    Refusal(statuses=(200,), form="xml", at=place, source="a test").matches(answer(200, rest))


# --- what a send believes ---------------------------------------------------------------------


def _explains_all(error: Exception) -> None:
    return None


async def _sent(response: httpx.Response, work: str, *, claims: bool = False) -> tuple[Any, Attempt]:
    attempt = Attempt()
    terms = Terms(explain=_explains_all, refusals=(PLAIN,), claims_refusal=lambda result: claims)
    async with make_client(inner=httpx.MockTransport(lambda _: response)) as client:

        async def book() -> str:
            got = await client.post(URL)
            if work == "raises":
                raise Rejected("the plugin takes this for a refusal")
            if work == "waits":
                raise Unavailable("the plugin would come again")
            if work == "asks":
                raise AuthFailed("the plugin takes this for a wrong key")
            return f"booked under {got.status_code}"

        try:
            return await send("V", book, operation_id="op", terms=terms, attempt=attempt), attempt
        except HubError as error:
            return error, attempt


@pytest.mark.parametrize("work", ["raises", "waits", "asks"])
@pytest.mark.parametrize("status", [200, 202, 302, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503])
async def test_a_plugins_word_over_an_unproved_answer_is_no_refusal(status: int, work: str) -> None:
    end, attempt = await _sent(httpx.Response(status, text="<html>"), work)
    assert type(end) is Unconfirmed
    assert "the plugin" in end.message  # what it makes of the answer may help a person all the same
    assert (attempt.left, attempt.status, attempt.refused) == (True, status, False)
    assert attempt.answer


@pytest.mark.parametrize(
    ("work", "kind"), [("raises", Rejected), ("waits", Unavailable), ("asks", AuthFailed)]
)
async def test_a_proved_refusal_is_what_the_plugin_says(work: str, kind: type[HubError]) -> None:
    end, attempt = await _sent(httpx.Response(422, json=REFUSED), work)
    assert type(end) is kind
    assert attempt.refused


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
async def test_a_success_is_not_believed_where_none_was_answered(status: int) -> None:
    end, _ = await _sent(httpx.Response(status, json=REFUSED), "returns")
    assert type(end) is Unconfirmed


async def test_a_success_is_believed_and_a_known_refusal_may_be_one() -> None:
    """A vendor that says "is done already" refuses, and the plugin knows better."""
    assert (await _sent(httpx.Response(201, json={}), "returns"))[0] == "booked under 201"
    assert (await _sent(httpx.Response(409, json=REFUSED), "returns"))[0] == "booked under 409"


async def test_a_result_that_says_refused_needs_the_proof_too() -> None:
    end, _ = await _sent(httpx.Response(200, json={}), "returns", claims=True)
    assert type(end) is Unconfirmed
    end, _ = await _sent(httpx.Response(422, json=REFUSED), "returns", claims=True)
    assert end == "booked under 422"


# --- credentials ------------------------------------------------------------------------------


class Vendor:
    """Answers by path, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers = {"/me": httpx.Response(200, json={}), "/orders": httpx.Response(201, json={})}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        return self.answers[request.url.path]


async def _book(client: httpx.AsyncClient, *, swallow: bool = False) -> None:
    async def check() -> None:
        (await client.get("http://vendor.test/me")).raise_for_status()

    async def work() -> None:
        try:
            (await client.post(URL)).raise_for_status()
        except RuntimeError:
            if not swallow:
                raise

    terms = Terms(explain=lambda error: None, prove=check)
    await send("V", work, operation_id="op", terms=terms)


@pytest.mark.parametrize("swallow", [False, True])
async def test_unproved_credentials_are_tried_before_anything_unsafe_leaves(swallow: bool) -> None:
    vendor = Vendor()
    async with make_client(inner=httpx.MockTransport(vendor)) as client:
        await _book(client, swallow=swallow)
        assert vendor.asked == ["GET /me", "POST /orders"]
        await _book(client)
        assert vendor.asked[2:] == ["POST /orders"]  # the good answer proved them, at no call


async def test_a_read_that_worked_is_a_proof_and_costs_no_call() -> None:
    vendor = Vendor()
    async with make_client(inner=httpx.MockTransport(vendor)) as client:

        async def good() -> None:
            await client.get("http://vendor.test/me")

        await read("V", good, explain=lambda error: None)
        await _book(client)
        assert vendor.asked == ["GET /me", "POST /orders"]


async def test_a_read_that_the_plugin_could_not_use_proves_nothing() -> None:
    vendor = Vendor()
    async with make_client(inner=httpx.MockTransport(vendor)) as client:

        async def bad() -> None:
            await client.get("http://vendor.test/me")
            raise AuthFailed("HTTP 200, and a wrong key inside")

        with pytest.raises(AuthFailed):
            await read("V", bad, explain=lambda error: None)
        await _book(client)
        assert vendor.asked == ["GET /me", "GET /me", "POST /orders"]


@pytest.mark.parametrize(
    ("status", "kind"), [(401, AuthFailed), (404, AuthFailed), (503, Unavailable), (302, Unavailable)]
)
async def test_where_they_cannot_be_proved_nothing_is_sent(status: int, kind: type[HubError]) -> None:
    vendor = Vendor()
    vendor.answers["/me"] = httpx.Response(status)
    async with make_client(inner=httpx.MockTransport(vendor)) as client:
        with pytest.raises(kind):
            await _book(client)
        assert vendor.asked == ["GET /me"]


@pytest.mark.parametrize("status", [401, 403, 429, 500])
async def test_after_an_unclear_answer_they_are_proved_again(status: int) -> None:
    """So that an outage makes one booking unknown, and not all that are waiting."""
    vendor = Vendor()
    async with make_client(inner=httpx.MockTransport(vendor)) as client:
        await _book(client)
        vendor.answers["/orders"] = httpx.Response(status)
        with pytest.raises(Unconfirmed):
            await _book(client)
        vendor.answers["/me"] = httpx.Response(status)
        vendor.asked.clear()
        with pytest.raises(HubError):
            await _book(client)
        assert vendor.asked == ["GET /me"]


async def test_a_proof_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = Vendor()
    time = [1000.0]
    monkeypatch.setattr("hub.calls.proof.uptime", lambda: time[0])
    async with make_client(inner=httpx.MockTransport(vendor)) as client:
        await _book(client)
        time[0] += 299
        await _book(client)
        assert vendor.asked.count("GET /me") == 1
        time[0] += 301
        await _book(client)
        assert vendor.asked.count("GET /me") == 2


@pytest.mark.parametrize(
    ("body", "believed"),
    [
        ('{"number": "1", "number": "2"}', False),
        ('{"order": [{"number": "1", "number": 1}]}', False),
        ('{"order": {"price": {"amount": "1"}, "price": {"amount": "2"}}}', False),
        ('{"number": "1", "number": "1"}', True),
        ('{"number": "1", "other": {"number": "2"}}', True),
        ("<number>1</number>", True),
        ("[" * 100_000, True),  # nobody can read it: the plugin will say so
    ],
)
async def test_an_answer_that_says_two_things_is_not_believed(body: str, believed: bool) -> None:
    end, _ = await _sent(httpx.Response(200, text=body), "returns")
    assert (end == "booked under 200") == believed
    assert believed or type(end) is Unconfirmed


async def test_two_codes_under_one_name_prove_no_refusal() -> None:
    body = '{"error": {"code": "no", "code": "yes", "message": "so or so"}}'
    end, attempt = await _sent(httpx.Response(422, text=body), "raises")
    assert type(end) is Unconfirmed
    assert not attempt.refused
