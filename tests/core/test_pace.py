"""A vendor is asked as often as it allows, not inside a pause that it asked for, and not while it is down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.calls.call import Terms, read, send
from hub.calls.pace import LONGEST_PAUSE, Pace
from hub.calls.transport import make_client
from hub.plugin_api.clock import ManualClock
from hub.plugin_api.errors import Unavailable, Unconfirmed
from hub.plugin_api.limits import Limit

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
Answer = Callable[[httpx.Request], httpx.Response]


class Vendor:
    """Answers as told, and remembers when it was asked."""

    def __init__(self, clock: ManualClock, answer: Answer) -> None:
        self.clock = clock
        self.answer = answer
        self.asked: list[datetime] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(self.clock.now())
        return self.answer(request)


def client(answer: Answer, *limits: Limit) -> tuple[httpx.AsyncClient, Vendor, ManualClock]:
    clock = ManualClock(NOON)
    vendor = Vendor(clock, answer)
    pace = Pace(clock, "Vendor", limits)
    return make_client(inner=httpx.MockTransport(vendor), pace=pace), vendor, clock


def fine(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={})


async def ask(http: httpx.AsyncClient, path: str = "/a") -> None:
    async def work() -> None:
        (await http.get(f"http://vendor.test{path}")).raise_for_status()

    await read("Vendor", work, explain=lambda error: None)


async def test_never_more_than_the_limit_in_any_second() -> None:
    http, vendor, _ = client(fine, Limit(requests=5))
    for _ in range(23):
        await ask(http)
    for first, sixth in zip(vendor.asked, vendor.asked[5:], strict=False):
        assert sixth - first >= timedelta(seconds=1)


async def test_a_limit_of_some_paths_leaves_the_others_alone() -> None:
    http, vendor, _ = client(fine, Limit(requests=1, seconds=60, path="/slow"))
    await ask(http, "/slow")
    with pytest.raises(Unavailable) as caught:
        await ask(http, "/slow")
    assert caught.value.retry_after == timedelta(seconds=60)
    for _ in range(10):
        await ask(http, "/fast")
    assert len(vendor.asked) == 11


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("7", timedelta(seconds=7)),
        ("Mon, 23 Nov 2026 12:00:30 GMT", timedelta(seconds=30)),
        ("999999999999", LONGEST_PAUSE),
    ],
)
async def test_nothing_leaves_inside_a_pause(header: str, pause: timedelta) -> None:
    http, vendor, clock = client(lambda _: httpx.Response(429, headers={"Retry-After": header}))
    with pytest.raises(Unavailable):
        await ask(http)
    vendor.answer = fine
    clock.advance(pause.total_seconds() - 3)
    with pytest.raises(Unavailable):
        await ask(http)
    assert len(vendor.asked) == 1
    clock.advance(1)
    await ask(http)  # two seconds are waited for
    assert vendor.asked[1] - vendor.asked[0] >= pause


@pytest.mark.parametrize("header", ["soon", "-5", "nan", "0", "", "Mon, 99 Foo 2026"])
async def test_an_absurd_pause_is_none(header: str) -> None:
    http, vendor, _ = client(lambda _: httpx.Response(429, headers={"Retry-After": header}))
    with pytest.raises(Unavailable):
        await ask(http)
    vendor.answer = fine
    await ask(http)


async def test_the_last_request_of_a_second_is_known_from_the_vendors_header() -> None:
    http, vendor, _ = client(lambda _: httpx.Response(200, headers={"Ratelimit-Remaining": "0"}))
    await ask(http)
    await ask(http)
    assert vendor.asked[1] - vendor.asked[0] >= timedelta(seconds=1)


async def test_a_dead_vendor_is_asked_little_and_found_again() -> None:
    http, vendor, clock = client(lambda _: httpx.Response(502))
    refused = 0
    for _ in range(600):  # ten minutes, somebody asks every second
        with pytest.raises(Unavailable) as caught:
            await ask(http)
        refused += "did not answer" in str(caught.value)
        clock.advance(1)
    assert len(vendor.asked) <= 12
    assert refused >= 580
    vendor.answer = fine
    clock.advance(300)
    await ask(http)
    await ask(http)


async def test_only_one_request_tries_after_the_pause() -> None:
    http, vendor, clock = client(lambda _: httpx.Response(502))
    for _ in range(5):
        with pytest.raises(Unavailable):
            await ask(http)
    clock.advance(16)
    with pytest.raises(Unavailable):
        await ask(http)
    with pytest.raises(Unavailable, match="did not answer"):
        await ask(http)
    assert len(vendor.asked) == 6


async def test_a_trial_that_is_called_off_lets_another_one_try(monkeypatch: pytest.MonkeyPatch) -> None:
    http, vendor, clock = client(lambda _: httpx.Response(502))
    for _ in range(5):
        with pytest.raises(Unavailable):
            await ask(http)
    clock.advance(16)
    uptime = [1000.0]
    monkeypatch.setattr("hub.calls.sending.uptime", lambda: uptime[0])

    async def book() -> None:
        uptime[0] += 31  # held up for so long that it may not be sent any more
        await http.post("http://vendor.test/orders")

    with pytest.raises(Unavailable, match="held up"):
        await send("Vendor", book, operation_id="op_1", terms=Terms(explain=lambda error: None))
    vendor.answer = fine
    await ask(http)
    assert len(vendor.asked) == 6


async def test_what_was_held_back_was_surely_not_sent() -> None:
    http, vendor, _ = client(fine, Limit(requests=1, seconds=60))

    async def book() -> None:
        await http.post("http://vendor.test/orders")

    await send("Vendor", book, operation_id="op_1", terms=Terms(explain=lambda error: None))
    with pytest.raises(Unavailable) as caught:
        await send("Vendor", book, operation_id="op_2", terms=Terms(explain=lambda error: None))
    assert not isinstance(caught.value, Unconfirmed)
    assert len(vendor.asked) == 1


async def test_a_process_that_was_held_up_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    http, vendor, _ = client(fine)
    uptime = [1000.0]
    monkeypatch.setattr("hub.calls.sending.uptime", lambda: uptime[0])

    async def book() -> None:
        uptime[0] += 31  # stopped, and woken up after its time
        await http.post("http://vendor.test/orders")

    with pytest.raises(Unavailable, match="nothing was sent"):
        await send("Vendor", book, operation_id="op_1", terms=Terms(explain=lambda error: None))
    assert not vendor.asked


@given(st.lists(st.floats(0, 3), max_size=60), st.integers(1, 8))
async def test_the_limit_holds_at_any_rhythm(pauses: list[float], most: int) -> None:
    http, vendor, clock = client(fine, Limit(requests=most))
    for pause in pauses:
        clock.advance(pause)
        await ask(http)
    for first, later in zip(vendor.asked, vendor.asked[most:], strict=False):
        assert later - first >= timedelta(seconds=1)


async def test_a_plugin_cannot_say_that_nothing_was_done_once_the_request_has_left() -> None:
    http, vendor, _ = client(lambda _: httpx.Response(503))

    async def book() -> None:
        answer = await http.post("http://vendor.test/orders")
        if answer.status_code == 503:
            raise Unavailable("come again")

    with pytest.raises(Unconfirmed):
        await send("Vendor", book, operation_id="op_1", terms=Terms(explain=lambda error: None))
    assert len(vendor.asked) == 1


async def test_a_host_that_is_down_holds_up_no_other() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503 if request.url.host == "list.test" else 200, json={})

    http, vendor, _ = client(answer)

    async def of(host: str) -> None:
        (await http.get(f"http://{host}/a")).raise_for_status()

    for _ in range(20):
        with pytest.raises(Unavailable):
            await read("Vendor", lambda: of("list.test"), explain=lambda error: None)
    assert len(vendor.asked) == 5
    for _ in range(20):
        await read("Vendor", lambda: of("contract.test"), explain=lambda error: None)
    assert len(vendor.asked) == 25


async def test_a_clock_that_goes_back_makes_no_pause_longer() -> None:
    """A pause of a minute lasts a minute, not the two days that the clock was ahead; and not less."""
    answers = [httpx.Response(429, headers={"Retry-After": "60"}), httpx.Response(200, json={})]
    http, vendor, clock = client(lambda _: answers.pop(0))
    with pytest.raises(Unavailable):
        await ask(http)
    clock.advance(-2 * 86_400)
    with pytest.raises(Unavailable) as told:
        await ask(http)
    assert told.value.retry_after == timedelta(minutes=1)
    clock.advance(60)
    await ask(http)
    assert len(vendor.asked) == 2
