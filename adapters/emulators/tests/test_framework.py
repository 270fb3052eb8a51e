"""The framework with a two-route emulator: clock, schedule, faults, log, documents, command line."""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from adapters.emulators.tests.counter import Counter, counted
from vendor_emulators.app import Running, serve
from vendor_emulators.clock import Clock, ManualClock
from vendor_emulators.documents import LabelPage, Mark, barcode_png, label_pdf
from vendor_emulators.schedule import Schedule


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


def test_effect_carries_its_own_time_however_late_it_is_drained(
    http: httpx.Client, clock: ManualClock
) -> None:
    assert http.post("/later/2", headers={"Api-Key": "secret"}).status_code == 202
    clock.advance(3600)
    assert counted(http) == 0
    assert http.post("/_emulator/advance", json={"seconds": 36000}).status_code == 200
    assert http.get("/_emulator/state").json()["counted"] == ["2026-11-23T08:00:00Z"]
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
