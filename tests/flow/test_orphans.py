"""A plugin that is taken out while postings wait for it (row 135 of the table of faults): a person is
told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from hub.flow import reading
from hub.flow.health import machine
from hub.flow.health.incidents import incidents
from hub.plugins.loader import load_plugins
from hub.store import rows

from .desk import desk


async def test_a_plugin_that_is_gone_with_bookings_is_told_and_over_when_it_is_back(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        at.books.meets.append("lost")
        at.books.look_fails = True
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(30)
        (operation,) = at.operations()
        assert operation.open, "nobody knows yet what became of it"
        whole = at.app.registry
        at.app.registry = load_plugins(
            [], extra={name: whole._manager.get_plugin(name) for name in whole.names if name != "courier"}
        )
        await at.pass_time(3600)
        (told,) = [one for one in incidents(at.app).items if one.posting_id == ""]
        assert told.kind == "work_stopped"
        assert "'courier' does not run here; postings that wait for it: 1" in told.text
        (found,) = machine.without_plugin(at.app.store.reader, at.app.registry)
        assert (found.level, found.code) == ("problem", "plugin_gone")
        assert found.data["unclear"] == 1
        at.app.registry = whole
        at.books.look_fails = False
        await at.pass_time(2 * 3600)
        assert not [one for one in incidents(at.app).items if one.posting_id == ""]
        assert not list(machine.without_plugin(at.app.store.reader, at.app.registry))
        assert len(at.books.live()) == 1
        assert at.view(posting).tracking_number == "TRK1"


async def test_an_account_without_work_may_lose_its_plugin(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.pass_time(60)
        at.app.registry = load_plugins([], extra={})
        assert not list(machine.without_plugin(at.app.store.reader, at.app.registry))


async def test_every_way_to_switch_off_is_told_with_the_parcels_under_way(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(600)
        (account,) = at.app.carrier_accounts(at.app.seller("shop"))
        seller = at.app.seller("shop")
        config = at.app.config
        others = {name: one for name, one in config.sellers["shop"].accounts.items() if name != "c"}
        shop = msgspec.structs.replace(config.sellers["shop"], accounts=others)

        async def stored(table: Any, row: Any) -> None:
            await at.app.store.write(lambda tx: table.save(tx, row))

        ways: list[tuple[Callable[[], Awaitable[None]], Callable[[], Awaitable[None]], str]] = [
            (
                lambda: stored(rows.sellers, msgspec.structs.replace(seller, plugins=("market", "labels"))),
                lambda: stored(rows.sellers, seller),
                "is off for this seller",
            ),
            (
                lambda: stored(rows.accounts, msgspec.structs.replace(account, status="bad")),
                lambda: stored(rows.accounts, account),
                "its check failed",
            ),
        ]
        for off, on, text in ways:
            await off()
            await at.pass_time(900, news=False)
            told = at.problems()["work_stopped"]
            assert text in told.text
            assert (told.data["count"], told.data["numbers"]) == (1, ["1001-1"])
            assert at.view(posting).problems == 1
            assert [one.kind for one in reading.posting_details(at.app, posting).problems] == ["work_stopped"]
            await on()
            await at.pass_time(900, news=False)
            assert not at.problems()
            assert at.view(posting).problems == 0
        at.app.config = msgspec.structs.replace(config, sellers={"shop": shop})
        await at.pass_time(900, news=False)
        assert "is not in plugins.toml any more" in at.problems()["work_stopped"].text
