"""Work that stopped is one question for an account and a cause, with the postings that it was for."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from hub.flow import answering, reading
from hub.flow.health import worklist
from hub.plugin_api.errors import Rejected, Unsupported
from hub.plugin_api.models import Shipment, Tracking
from hub.store import rows

from .desk import Lookup, Market, desk
from .test_quiet import EXTRA, Scanning, handed_over


async def test_follow_ups_that_stop_for_one_cause_are_one_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {"1-1", "2-1", "3-1"}
    well = Market.posting

    async def posting(self: Market, number: str) -> bytes:
        if number == "4-1":
            raise Rejected("no such posting here", vendor_code="not_found")
        if number in broken:
            raise Unsupported(f"{number}: this market reads no single posting")
        return await well(self, number)

    async with desk(tmp_path, Lookup) as at:
        numbers = [*sorted(broken), "4-1"]
        ids = [await at.order(number, recipient_complete=False) for number in numbers]
        monkeypatch.setattr(Market, "posting", posting)
        for one in ids:
            await at.ship(one)
        await at.pass_time(20 * 3600, news=False)
        told = {tuple(one.data["numbers"]): one for one in reading.problems(at.app, seller="shop").items}
        assert {one.kind for one in told.values()} == {"work_stopped"}
        assert sorted(sorted(one) for one in told) == [["1-1", "2-1", "3-1"], ["4-1"]]
        (many,) = [one for one in told.values() if one.data["count"] == 3]
        assert all(number in many.text for number in broken)
        assert [at.view(one).problems for one in ids] == [1, 1, 1, 1]
        broken.clear()
        job = rows.jobs.get(at.app.store.reader, f"advance:{ids[0]}")
        assert job is not None
        await worklist.retry(at.app, job.key, "test")  # one of them alone
        await at.pass_time(600, news=False)
        assert (at.view(ids[0]).stage, at.view(ids[0]).problems) == ("labelled", 0)
        left = reading.problem(at.app, many.id)
        assert (left.data["count"], left.data["numbers"]) == (2, ["2-1", "3-1"])
        await answering.answer(at.app, many.id, "retry", {}, "test")
        await at.pass_time(600, news=False)
        assert [at.view(one).stage for one in ids[:3]] == ["labelled"] * 3
        assert [at.view(one).problems for one in ids] == [0, 0, 0, 1]


async def test_tracking_that_fails_is_one_question_and_over_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scanning, "scanned", set())
    down = [True]
    track = Scanning.track

    async def fails(self: Scanning, shipment: Shipment) -> Tracking:
        if down[0]:
            raise httpx.ConnectError("refused")
        return await track(self, shipment)

    async with desk(tmp_path, Scanning, extra=EXTRA) as at:
        first, _ = await handed_over(at, "1-1", "2-1")
        Scanning.scanned.add(at.view(first).tracking_number)
        monkeypatch.setattr(Scanning, "track", fails)
        await at.pass_time(30 * 3600, news=False)
        told = at.problems()["work_stopped"]
        assert (sorted(told.data["numbers"]), told.data["count"]) == (["1-1", "2-1"], 2)
        assert "Courier" in told.text
        down[0] = False
        await at.pass_time(3 * 3600, news=False)
        assert "work_stopped" not in at.problems()
        assert at.view(first).problems == 0, [(p.kind, p.data) for p in at.problems().values()]
