"""Time goes by what has happened: it is moved on when the hub has nothing left to do, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from hub_demo.children import Children, Failed
from hub_demo.clock import SPEED, Clock
from hub_demo.door import Door
from hub_demo.waiting import Patience

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def job(state: str, run_at: datetime = NOON) -> dict[str, Any]:
    return {"key": "advance:1", "state": state, "run_at": run_at}


class Queue:
    """A door behind which the queue of work is told look by look; the last one stays."""

    def __init__(self, *looks: list[dict[str, Any]]) -> None:
        self._looks = list(looks)

    def get(self, path: str, kind: Any, **query: Any) -> Any:
        look = self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]
        return msgspec.convert({"items": look}, kind)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock.json", NOON)


@pytest.fixture
def children(tmp_path: Path, clock: Clock) -> Iterator[Children]:
    with Children(tmp_path, clock.path) as started:
        yield started


def patience(clock: Clock, children: Children, *looks: list[dict[str, Any]]) -> Patience:
    return Patience(clock, cast(Door, Queue(*looks)), children)


def test_the_file_says_what_the_clock_says(clock: Clock) -> None:
    clock.move_to(NOON + 5 * HOUR)
    said = msgspec.json.decode(clock.path.read_bytes())
    assert datetime.fromisoformat(said["start"]) == NOON + 5 * HOUR
    assert said["speed"] == SPEED


def test_time_never_goes_back(clock: Clock) -> None:
    clock.move_to(NOON + HOUR)
    clock.move_to(NOON)
    assert clock.now() >= NOON + HOUR


def test_nothing_is_asked_and_no_time_passes_while_the_hub_is_at_work(
    clock: Clock, children: Children
) -> None:
    asked: list[datetime] = []

    def found() -> bool:
        asked.append(clock.now())
        return True

    waits = patience(clock, children, [job("due")], [job("running")], [job("waiting", NOON + 9 * HOUR)])
    assert waits.until(found, stride=HOUR, limit=24 * HOUR)
    assert len(asked) == 1
    assert asked[0] < NOON + HOUR


@pytest.mark.parametrize(
    ("due", "moved_to"), [(NOON + 3 * HOUR, NOON + 3 * HOUR), (NOON + HOUR / 60, NOON + HOUR)]
)
def test_then_it_is_the_next_moment_with_work_or_a_stride_later(
    clock: Clock, children: Children, due: datetime, moved_to: datetime
) -> None:
    waits = patience(clock, children, [job("waiting", due)])
    answers = iter((False, True))
    assert waits.until(lambda: next(answers), stride=HOUR, limit=24 * HOUR)
    assert moved_to <= clock.now() < moved_to + HOUR


def test_what_takes_long_is_waited_for_in_longer_strides(clock: Clock, children: Children) -> None:
    asked: list[float] = []

    def found() -> bool:
        asked.append((clock.now() - NOON) / HOUR)
        return len(asked) == 5

    waits = patience(clock, children, [job("waiting", NOON)])
    assert waits.until(found, stride=HOUR, limit=24 * HOUR, longest=2 * HOUR)
    strides = [after - before for before, after in pairwise(asked)]
    assert all(stride >= least for stride, least in zip(strides, (1, 1.5, 2, 2), strict=True)), strides


def test_what_does_not_happen_is_waited_for_in_virtual_time(clock: Clock, children: Children) -> None:
    waits = patience(clock, children, [job("dead"), job("waiting", NOON + 2 * HOUR)])
    assert not waits.until(lambda: False, stride=HOUR, limit=9 * HOUR)
    assert clock.now() >= NOON + 9 * HOUR


def test_a_process_that_ended_ends_the_day(clock: Clock, children: Children) -> None:
    process = children.start("gone", ["-c", "import sys; sys.exit('out of paper')"])
    process.wait()
    with pytest.raises(Failed, match="gone ended with 1: out of paper"):
        patience(clock, children, [job("running")]).until(lambda: True, stride=HOUR, limit=HOUR)


def test_a_command_that_is_done_is_missed_by_nobody(clock: Clock, children: Children) -> None:
    assert children.done(children.start("said", ["-c", "print('done')"])).strip() == b"done"
    children.check()
    children.start("stays", ["-c", "input()"])
    children.check()
