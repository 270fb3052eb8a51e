"""The queue at a desk: work that fails until it is given up, and is taken up again."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.flow.health import incidents, worklist
from hub.plugin_api.errors import Unavailable
from hub.plugin_api.sources import Page

from .desk import Market, desk


async def test_intake_that_fails_for_long_is_told_and_can_be_tried_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(tmp_path) as at:
        await at.pass_time(60)
        key = f"sync:{at.app.source_accounts(at.app.seller('shop'))[0].id}"
        alive = worklist.job(at.app, key)
        assert (alive.state, alive.account_name, alive.reason) == ("waiting", "m", "")
        assert alive.started_at is not None
        assert alive.started_at <= at.clock.now()

        async def down(self: Market, stream: str, cursor: str) -> Page:
            raise Unavailable("the market is down")

        with monkeypatch.context() as broken:
            broken.setattr(Market, "postings", down)
            await at.pass_time(600)
            tired = worklist.job(at.app, key)
            assert tired.state == "waiting"
            assert tired.tries > 1
            assert "the market is down" in tired.reason
            await at.pass_time(40 * 3600)
            assert not worklist.jobs(at.app, state="dead").items, "a schedule goes on"
            assert worklist.job(at.app, key).tries > 40
            (told,) = incidents.incidents(at.app, language="en").items
            assert told.job == key
            assert "the market is down" in told.text
        back = await worklist.retry(at.app, key, "anna")
        assert (back.state, back.tries) == ("due", 0)
        await at.pass_time(60)
        assert worklist.job(at.app, key).reason == ""
        assert incidents.incidents(at.app).items == []
