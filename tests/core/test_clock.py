"""The one clock: real, fast, or standing still."""

from __future__ import annotations

import asyncio
import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.plugin_api.clock import (
    VARIABLE,
    Clock,
    FileClock,
    ManualClock,
    RealClock,
    clock_from_environment,
    now,
)

START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def gear(path: Path, speed: float, *, epoch: float | None = None) -> Path:
    body = {"epoch": time.time() if epoch is None else epoch, "start": "2026-11-20T08:00:00Z", "speed": speed}
    new = path.with_suffix(".new")
    new.write_text(json.dumps(body))
    os.replace(new, path)
    return path


def test_without_the_variable_time_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    clock = clock_from_environment()
    assert isinstance(clock, RealClock)
    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 1
    assert clock.now().tzinfo is UTC
    assert clock.stretch(2) == timedelta(seconds=2)


def test_the_variable_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(gear(tmp_path / "clock", 3600)))
    clock = clock_from_environment()
    assert isinstance(clock, FileClock)
    assert START <= clock.now() < START + timedelta(hours=2)


def test_an_hour_a_second(tmp_path: Path) -> None:
    clock = FileClock(gear(tmp_path / "clock", 3600, epoch=time.time() - 10))
    assert abs(clock.now() - (START + timedelta(hours=10))) < timedelta(minutes=30)
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.stretch(1) == timedelta(hours=1)


async def test_sleeping_costs_what_the_gear_says(tmp_path: Path) -> None:
    clock = FileClock(gear(tmp_path / "clock", 3600))
    before, began = clock.now(), time.monotonic()
    await clock.sleep(360)
    assert clock.now() - before >= timedelta(seconds=360)
    assert 0.09 < time.monotonic() - began < 1
    await asyncio.wait_for(clock.sleep(-5), 0.1)


async def test_a_change_of_gear_wakes_the_sleeper(tmp_path: Path) -> None:
    path = gear(tmp_path / "clock", 1)
    clock = FileClock(path)
    sleeper = asyncio.create_task(clock.sleep(3600))
    await asyncio.sleep(0.05)
    gear(path, 36_000)
    await asyncio.wait_for(sleeper, 2)


@pytest.mark.parametrize("wrong", [{"speed": 0.0}, {"speed": -1.0}, {"start": "2026-11-20T08:00:00"}])
def test_a_gear_that_cannot_be_is_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    path = tmp_path / "clock"
    path.write_text(json.dumps({"epoch": 0.0, "start": "2026-11-20T08:00:00Z", "speed": 1.0} | wrong))
    with pytest.raises(ValueError, match="speed must be above 0 and start needs a time zone"):
        FileClock(path)


async def test_a_manual_clock_stands_until_it_is_moved() -> None:
    clock = ManualClock(START)
    await asyncio.sleep(0.01)
    assert clock.now() == START
    clock.advance(90)
    await clock.sleep(30)
    await clock.sleep(-30)
    assert clock.now() == START + timedelta(minutes=2)


def test_all_of_them_are_clocks(tmp_path: Path) -> None:
    clocks: list[Clock] = [RealClock(), ManualClock(START), FileClock(gear(tmp_path / "clock", 1))]
    assert all(clock.now().tzinfo for clock in clocks)


def test_plugins_read_the_clock_that_is_named_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(gear(tmp_path / "one.json", 1.0)))
    assert abs(now() - START) < timedelta(minutes=1)
    monkeypatch.setenv(VARIABLE, str(gear(tmp_path / "two.json", 1.0, epoch=time.time() - 86_400)))
    assert abs(now() - START - timedelta(days=1)) < timedelta(minutes=1)
    monkeypatch.delenv(VARIABLE)
    assert abs(now() - datetime.now(UTC)) < timedelta(minutes=1)
