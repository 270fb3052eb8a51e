"""The framework with a two-route emulator: clock, schedule, faults, log, documents, command line."""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from vendor_emulators.app import Emulator, Running, serve
from vendor_emulators.clock import Clock, ManualClock
from vendor_emulators.documents import LabelPage, Mark, barcode_png, label_pdf
from vendor_emulators.schedule import Schedule
from vendor_emulators.wire import Refusal, Request, Response, Router, json_response


class Counter(Emulator):
    """Counts; ``/later`` counts an hour later."""

    name = "counter"
    vendor_faults = frozenset({"refuse"})

    def __init__(self, *, clock: Clock | None = None, seed: int = 1) -> None:
        super().__init__(clock=clock, seed=seed)
        self.counted: list[datetime] = []
        self.router = Router()
        self.router.add("POST", "/count", self._count)
        self.router.add("POST", "/later/{hours}", self._later)

    def answer(self, request: Request) -> Response:
        if self.faults.vendor("refuse", request):
            raise Refusal(Response(409))
        handler = self.router.find(request)
        return handler(request) if handler else Response(404)

    def state(self) -> object:
        return {"counted": self.counted}

    def _count(self, request: Request) -> Response:
        self.counted.append(self.now())
        return json_response({"text": "x" * 400})

    def _later(self, request: Request) -> Response:
        seconds = float(request.params["hours"]) * 3600
        self.schedule.after(seconds, lambda: self.counted.append(self.now()))
        return Response(202)


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


def counted(http: httpx.Client) -> int:
    return len(http.get("/_emulator/state").json()["counted"])


def fault(http: httpx.Client, **rule: object) -> None:
    http.delete("/_emulator/faults").raise_for_status()
    http.post("/_emulator/faults", json={"rules": [rule]}).raise_for_status()


def test_effect_carries_its_own_time_however_late_it_is_drained(
    http: httpx.Client, clock: ManualClock
) -> None:
    assert http.post("/later/2", headers={"Api-Key": "secret"}).status_code == 202
    clock.advance(3600)
    assert counted(http) == 0
    assert http.post("/_emulator/advance", json={"seconds": 36000}).status_code == 200
    assert http.get("/_emulator/state").json() == {"counted": ["2026-11-23T08:00:00Z"]}
    assert http.get("/_emulator/clock").json()["now"] == "2026-11-23T17:00:00Z"


def test_effects_run_in_order_and_chain(clock: ManualClock) -> None:
    schedule, seen = Schedule(clock), []

    def first() -> None:
        seen.append(("first", schedule.now()))
        schedule.after(60, lambda: seen.append(("chained", schedule.now())))

    schedule.after(100, lambda: seen.append(("second", schedule.now())))
    schedule.after(10, first)
    clock.advance(1000)
    schedule.drain()
    start = datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert seen == [
        (name, start + timedelta(seconds=s)) for name, s in [("first", 10), ("chained", 70), ("second", 100)]
    ]


def test_effect_keeps_its_time_while_it_drains_others(clock: ManualClock) -> None:
    schedule, seen = Schedule(clock), []

    def outer() -> None:
        schedule.at(schedule.now(), lambda: None)
        schedule.drain()
        seen.append(schedule.now())

    schedule.after(10, outer)
    clock.advance(1000)
    schedule.drain()
    assert seen == [datetime(2026, 11, 23, 6, 0, 10, tzinfo=UTC)]


def test_log_shows_accepted_requests_without_secrets(http: httpx.Client) -> None:
    http.post("/_emulator/log", json={"answers": True})
    http.post("/count?a=1&a=2", headers={"Api-Key": "secret"}, json={"b": None})
    (entry,) = http.get("/_emulator/log").json()["requests"]
    assert entry["path"] == "/count"
    assert entry["query"] == [["a", "1"], ["a", "2"]]
    assert entry["headers"]["api-key"] == "***"
    assert json.loads(entry["body"]) == {"b": None}
    assert json.loads(entry["answer"]) == {"text": "x" * 400}
    assert http.get("/_emulator/log?since=1").json()["requests"] == []


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


def test_late_commit_happens_after_the_connection_is_gone(http: httpx.Client, clock: ManualClock) -> None:
    fault(http, kind="late_commit", seconds=120, times=1)
    with pytest.raises(httpx.TransportError):
        http.post("/count")
    assert counted(http) == 0
    clock.advance(121)
    assert http.get("/_emulator/state").json() == {"counted": ["2026-11-23T06:02:00Z"]}


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


def test_clock_file_changes_gear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "clock.json"
    start = "2026-11-23T06:00:00Z"
    path.write_text(json.dumps({"epoch": time.time(), "start": start, "speed": 0}))
    monkeypatch.setenv("PARCELHUB_CLOCK", str(path))
    clock = Clock.from_env()
    assert clock.now() == datetime(2026, 11, 23, 6, tzinfo=UTC)
    fresh = tmp_path / "fresh"
    fresh.write_text(json.dumps({"epoch": time.time() - 1, "start": start, "speed": 3600.0}))
    fresh.replace(path)
    assert clock.speed == 3600
    assert clock.now() >= datetime(2026, 11, 23, 7, tzinfo=UTC)


async def test_sleep_is_virtual() -> None:
    started = time.monotonic()
    await Clock.fixed_speed(36000).sleep(360)
    assert time.monotonic() - started < 2
    manual = ManualClock()
    sleeper = asyncio.create_task(manual.sleep(3600))
    await asyncio.sleep(0.02)
    assert not sleeper.done()
    manual.advance(3600)
    await sleeper


def decoded(image: object) -> list[str]:
    import zxingcpp

    return [found.text for found in zxingcpp.read_barcodes(image)]


def test_label_barcodes_decode_at_203_dpi() -> None:
    import pypdfium2  # type: ignore[import-untyped]

    values = ["%101%80604451800", "23024930500000"]
    pages = [
        LabelPage(75, 120, [Mark(v) for v in values], ["12345678-0001-1"]),
        LabelPage(58, 40, [Mark(values[1])], ["12345678-0001-1"]),
    ]
    document = pypdfium2.PdfDocument(label_pdf(pages))
    try:
        sizes = [tuple(round(points / 72 * 25.4) for points in page.get_size()) for page in document]
        assert sizes == [(75, 120), (58, 40)]
        images = [page.render(scale=203 / 72, grayscale=True).to_pil() for page in document]
    finally:
        document.close()
    assert sorted(decoded(images[0])) == sorted(values)
    assert decoded(images[1]) == values[1:]


def test_barcode_png_decodes() -> None:
    import io

    from PIL import Image

    assert decoded(Image.open(io.BytesIO(barcode_png("%303%12345")))) == ["%303%12345"]
