"""Every wire fault, through real HTTP."""

import json
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest
from adapters.emulators.tests.counter import Counter, counted, fault, happened
from vendor_emulators.app import Running, serve
from vendor_emulators.cdek import CdekEmulator
from vendor_emulators.clock import ManualClock
from vendor_emulators.courier import CourierEmulator
from vendor_emulators.ozon import OzonEmulator
from vendor_emulators.rules import WIRE_FAULTS


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 23, 6, tzinfo=UTC))


@pytest.fixture
def served(clock: ManualClock) -> Iterator[Running]:
    with serve(Counter(clock=clock)) as running:
        yield running


@pytest.fixture
def http(served: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, trust_env=False, timeout=5) as client:
        yield client


@pytest.mark.parametrize(
    ("kind", "committed"), [("timeout_before", 0), ("timeout_after", 1), ("reset", 0), ("truncate", 1)]
)
def test_cut_connections(http: httpx.Client, kind: str, committed: int) -> None:
    fault(http, kind=kind, path="/count", times=1, seconds=0.05)
    with pytest.raises(httpx.TransportError):
        http.post("/count")
    assert counted(http) == committed
    assert http.post("/count").status_code == 200


def test_truncated_without_length_looks_whole_until_it_is_parsed(http: httpx.Client) -> None:
    fault(http, kind="truncate", length=False)
    reply = http.post("/count")
    assert reply.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        reply.json()


def test_late_commit_may_hold_the_connection_first(http: httpx.Client, clock: ManualClock) -> None:
    fault(http, kind="late_commit", seconds=120, hold=600, times=1)
    with pytest.raises(httpx.ReadTimeout):
        http.post("/count", timeout=0.1)
    clock.advance(121)
    assert counted(http) == 1


def test_late_commit_happens_after_the_connection_is_gone(http: httpx.Client, clock: ManualClock) -> None:
    fault(http, kind="late_commit", seconds=120, times=1)
    with pytest.raises(httpx.TransportError):
        http.post("/count")
    assert counted(http) == 0
    clock.advance(121)
    assert http.get("/_emulator/state").json()["counted"] == ["2026-11-23T06:02:00Z"]


def test_drip_and_slow_headers_outlast_a_read_timeout_between_bytes(http: httpx.Client) -> None:
    for kind in ("drip", "slow_headers"):
        fault(http, kind=kind, seconds=0.002, times=1)
        started = time.monotonic()
        assert http.post("/count").json() == {"text": "x" * 400}
        assert time.monotonic() - started > 0.1


def test_status_html_and_retry_after(http: httpx.Client) -> None:
    fault(http, kind="status", status=503, body="{}", headers={"x-a": "b"})
    reply = http.post("/count")
    assert (reply.status_code, reply.text, reply.headers["x-a"]) == (503, "{}", "b")
    fault(http, kind="html", status=502)
    assert http.post("/count").headers["content-type"] == "text/html"
    fault(http, kind="retry_after", retry_after="soon")
    reply = http.post("/count")
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "soon")
    assert counted(http) == 0


def test_bomb_is_small_on_the_wire_and_large_unpacked(http: httpx.Client) -> None:
    fault(http, kind="bomb", bytes=3_000_000)
    with http.stream("POST", "/count") as reply:
        assert reply.headers["content-encoding"] == "gzip"
        assert len(reply.read()) == 3_000_000
        assert reply.num_bytes_downloaded < 10_000
    fault(http, kind="flood", bytes=3_000_000)
    assert len(http.post("/count").content) == 3_000_000


def test_skip_times_glob_method_and_match(http: httpx.Client) -> None:
    fault(http, kind="status", path="/co*", method="post", skip=1, times=2, match="wanted")
    seen = [http.post("/count", content=body).status_code for body in (b"other", *[b"wanted"] * 4)]
    assert seen == [200, 200, 500, 500, 200]
    (view,) = http.get("/_emulator/faults").json()["rules"]
    assert (view["seen"], view["hits"]) == (3, 2)


def test_vendor_kind_is_asked_for_by_the_emulator(http: httpx.Client) -> None:
    fault(http, kind="refuse", times=1)
    assert [http.post("/count").status_code for _ in range(2)] == [409, 200]


def test_misspelt_rules_are_refused(http: httpx.Client) -> None:
    for rule in ({"kind": "latence"}, {"kind": "latency", "second": 1}):
        assert http.post("/_emulator/faults", json={"rules": [rule]}).status_code == 400


@pytest.mark.parametrize("value", ["3", "999999999", "-1", "soon", None])
def test_retry_after_as_given(http: httpx.Client, value: str | None) -> None:
    fault(http, kind="retry_after", retry_after=value, times=1)
    reply = http.post("/count")
    assert (reply.status_code, reply.headers.get("retry-after")) == (429, value)
    assert (counted(http), happened(http)) == (0, {"retry_after": 1})


def test_retry_after_as_a_date_follows_the_virtual_clock(http: httpx.Client, clock: ManualClock) -> None:
    clock.advance(3600)
    fault(http, kind="retry_after", retry_date=90, times=1)
    value = http.post("/count").headers["retry-after"]
    assert parsedate_to_datetime(value) == clock.now() + timedelta(seconds=90)


def test_error_burst_goes_on_once_it_began(http: httpx.Client) -> None:
    fault(http, kind="error_burst", path="/count", skip=1, times=3, burst=3)
    seen = [http.post("/count").status_code for _ in range(6)]
    assert [status >= 500 for status in seen] == [False, True, True, True, False, False]
    assert (counted(http), happened(http)) == (3, {"error_burst": 3})


def test_burst_keeps_together_what_the_dice_began(http: httpx.Client) -> None:
    fault(http, kind="status", status=503, path="/count", probability=0.2, burst=4, seed=7)
    seen = "".join("x" if http.post("/count").status_code == 503 else "." for _ in range(60))
    runs = [len(run) for run in seen.rstrip("x").split(".") if run]
    assert runs
    assert all(run % 4 == 0 for run in runs)


def test_a_rule_with_a_seed_hits_the_same_requests_again(http: httpx.Client) -> None:
    rounds = []
    for _ in range(2):
        fault(http, kind="status", path="/count", probability=0.5, seed=3)
        rounds.append([http.post("/count").status_code for _ in range(20)])
    assert rounds[0] == rounds[1]
    assert set(rounds[0]) == {200, 500}


def test_error_in_200(http: httpx.Client) -> None:
    fault(http, kind="error_in_200", times=2, message="sold_out")
    reply = http.post("/count")
    assert (reply.status_code, reply.json()["error"]["code"]) == (200, "sold_out")
    assert counted(http) == 0
    fault(http, kind="error_in_200", times=1, execute=True, body='{"wrong": 1}')
    assert http.post("/count").json() == {"wrong": 1}
    assert (counted(http), happened(http)) == (1, {"error_in_200": 2})


def test_duplicate_request_is_carried_out_twice(http: httpx.Client) -> None:
    fault(http, kind="duplicate_request", path="/count", times=1)
    assert http.post("/count").status_code == 200
    assert (counted(http), happened(http)) == (2, {"duplicate_request": 1})


def test_duplicate_answer_comes_twice_on_the_wire(served: Running) -> None:
    with httpx.Client(base_url=served.url, trust_env=False) as http:
        fault(http, kind="duplicate_answer", path="/things/1", times=1)
    host, port = served.url.removeprefix("http://").split(":")
    request = f"GET /things/1 HTTP/1.1\r\nhost: {host}\r\n\r\n".encode()
    data = b""
    with socket.create_connection((host, int(port)), timeout=5) as raw:
        raw.sendall(request)
        while data.count(b'"counted":0') < 2:
            data += raw.recv(65536)
    assert data.count(b"HTTP/1.1 200") == 2
    assert len({part.partition(b"\r\n\r\n")[2] for part in data.split(b"HTTP/1.1 200")[1:]}) == 1


def test_duplicate_answer_is_taken_for_that_of_the_next_request(http: httpx.Client) -> None:
    fault(http, kind="duplicate_answer", path="/things/1", times=1)
    assert http.get("/things/1").json()["number"] == "1"
    assert http.get("/things/2").json()["number"] == "1"  # h11 reads what is there
    time.sleep(0.05)
    assert http.get("/things/3").json()["number"] == "3"
    assert [e["path"] for e in http.get("/_emulator/log").json()["requests"]] == [
        "/things/1",
        "/things/2",
        "/things/3",
    ]
    assert happened(http) == {"duplicate_answer": 1}


def test_foreign_answer_is_that_of_another_request(http: httpx.Client) -> None:
    http.get("/things/1")
    fault(http, kind="foreign_answer", path="/things/*", times=1)
    assert http.get("/things/2").json()["number"] == "1"
    assert http.get("/things/2").json()["number"] == "2"
    assert happened(http) == {"foreign_answer": 1}


def test_foreign_answer_waits_until_there_is_another_and_still_commits(http: httpx.Client) -> None:
    fault(http, kind="foreign_answer", path="/count", times=1)
    assert happened(http) == {}
    http.post("/count", content=b"first")
    assert happened(http) == {}
    # The same text for all: only a different answer is worth giving.
    http.post("/count", content=b"second")
    assert (counted(http), happened(http)) == (2, {"foreign_answer": 1})


def test_stale_read_answers_as_it_was(http: httpx.Client, clock: ManualClock) -> None:
    fault(http, kind="stale_read", path="/things/*", seconds=60)
    assert http.get("/things/1").json()["counted"] == 0
    http.post("/count")
    assert http.get("/things/1").json()["counted"] == 1  # the older answer is not a minute old
    http.post("/count")
    clock.advance(60)
    assert http.get("/things/1").json()["counted"] == 1
    http.delete("/_emulator/faults")
    assert http.get("/things/1").json()["counted"] == 2
    assert happened(http) == {"stale_read": 1}


def test_number_as_string_keeps_every_digit(http: httpx.Client) -> None:
    fault(http, kind="number_as_string", path="/things/*", times=1)
    assert http.get("/things/1").json() == {"number": "1", "counted": "0", "price": "12.3"}
    fault(http, kind="number_as_string", path="/things/*", field="price", times=1)
    assert http.get("/things/1").json() == {"number": "1", "counted": 0, "price": "12.3"}
    fault(http, kind="number_as_string", path="/count", times=1)
    http.post("/count")  # no number in this answer
    assert happened(http) == {"number_as_string": 2}


def test_date_header_is_the_virtual_time_and_may_be_skewed(http: httpx.Client, clock: ManualClock) -> None:
    clock.advance(5)
    assert parsedate_to_datetime(http.get("/things/1").headers["date"]) == clock.now()
    fault(http, kind="clock_skew", seconds=-7200, times=2)
    for _ in range(2):
        told = parsedate_to_datetime(http.get("/things/1").headers["date"])
        assert told == clock.now() - timedelta(hours=2)
    assert happened(http) == {"clock_skew": 2}


def test_modifiers_go_with_another_fault(http: httpx.Client, clock: ManualClock) -> None:
    rules = [{"kind": "clock_skew", "seconds": 60}, {"kind": "latency"}, {"kind": "status", "status": 502}]
    http.post("/_emulator/faults", json={"rules": rules})
    reply = http.get("/things/1")
    assert reply.status_code == 502
    assert parsedate_to_datetime(reply.headers["date"]) > clock.now()
    assert happened(http) == {"clock_skew": 1, "latency": 1, "status": 1}


def test_what_happened_is_counted_beyond_the_rules(http: httpx.Client) -> None:
    """Every wire kind, provoked once."""
    extra: dict[str, dict[str, object]] = {
        "bomb": {"bytes": 1000},
        "flood": {"bytes": 1000},
        "drip": {"seconds": 0},
        "slow_headers": {"seconds": 0},
        "timeout_before": {"seconds": 0.01},
        "timeout_after": {"seconds": 0.01},
    }
    for number in range(2):
        http.get(f"/things/{number}")
    for kind in sorted(WIRE_FAULTS):
        fault(http, kind=kind, path="/things/*", times=1, **extra.get(kind, {}))
        try:
            httpx.get(http.base_url.join("/things/1"), trust_env=False)
        except httpx.TransportError:
            assert kind in {"late_commit", "reset", "timeout_after", "timeout_before", "truncate"}
    assert happened(http) == dict.fromkeys(WIRE_FAULTS, 1)


def test_the_readme_has_every_kind() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    rows = [row.split("|")[1] for row in readme.splitlines() if row.startswith("| `")]
    told = {name for cell in rows for name in cell.replace("`", "").replace(",", "").split()}
    kinds = (
        WIRE_FAULTS | OzonEmulator.vendor_faults | CdekEmulator.vendor_faults | CourierEmulator.vendor_faults
    )
    assert sorted(kinds - told) == []
