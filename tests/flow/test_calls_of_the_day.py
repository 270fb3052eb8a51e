"""A day of 130 postings with a vendor that allows 1,000 calls: prices take at most one call a parcel, what is
booked gets its label and its hand-over, and what is left out is told."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import hub_russian_post
import pytest
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.russian_post import RussianPostEmulator

from hub.calls.budget import BLOCK
from hub.flow import orders, reading
from hub.flow.health.incidents import incidents
from hub.flow.sellers import sellers
from hub.flow.sellers.allowance import calls_today
from hub.plugin_api.models import Address, Item, Money, Recipient
from tests.flow.desk import START, Desk, desk, posting_of

CITIES = (
    ("410012", "Саратовская обл.", "Саратов"),
    ("109012", "Москва", "Москва"),
    ("190000", "Санкт-Петербург", "Санкт-Петербург"),
    ("630000", "Новосибирская обл.", "Новосибирск"),
)
TOML = """\
[plugins]
allow = ["market", "russian_post", "labels"]
[addresses]
russian_post = ["http://127.0.0.1:*"]

[sellers.shop]
title = "Shop"
time_zone = "Europe/Moscow"
plugins = ["market", "russian_post", "labels"]
language = "en"
[sellers.shop.sender]
name = "Li Wei"
phone = "+79990000001"
address = { country = "RU", city = "Москва", postal_code = "109012", street = "Lenina 1" }
[sellers.shop.accounts.m]
plugin = "market"
[sellers.shop.accounts.post]
plugin = "russian_post"
[sellers.shop.accounts.post.settings]
login = "demo@example.com"
token = "env:TEST_POST_TOKEN"
password = "env:TEST_POST_PASSWORD"
postoffice = "109012"
base_url = "URL"
tariff_url = "URL"
"""


class Post:
    """The emulated Post's books."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def state(self) -> dict[str, Any]:
        async with httpx.AsyncClient(trust_env=False) as http:
            found: dict[str, Any] = (await http.get(f"{self.url}/_emulator/state")).json()
        return found

    async def paths(self) -> dict[str, int]:
        found: dict[str, int] = (await self.state())["counts"]["paths"]
        return found

    async def tell(self, path: str, **body: Any) -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            (await http.post(f"{self.url}/_emulator/{path}", json=body)).raise_for_status()


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_POST_TOKEN", "demo-token")
    monkeypatch.setenv("TEST_POST_PASSWORD", "demo-password")


@pytest.fixture
def post() -> Iterator[Post]:
    with serve(RussianPostEmulator(clock=ManualClock())) as running:
        yield Post(running.url)


@asynccontextmanager
async def shop(home: Path, post: Post) -> AsyncIterator[Desk]:
    toml = TOML.replace("URL", post.url)
    async with desk(home, toml=toml, extra={"russian_post": hub_russian_post}) as at:
        yield at


async def ordered(at: Desk, count: int, **changes: Any) -> list[str]:
    """So many buyers in four towns, with goods of every weight and value."""
    for number in range(count):
        code, region, city = CITIES[number % len(CITIES)]
        street = f"ул. Мира, д. {number % 9 + 1}, кв. 7"
        home = Address(country="RU", postal_code=code, region=region, city=city, street=street)
        cup = Item(
            sku="1",
            offer_id="CUP",
            name="Кружка",
            quantity=number % 3 + 1,
            price=Money.of(300 + 17 * number, "RUB"),
            weight_g=200 + 37 * (number % 40),
            length_mm=200,
            width_mm=150,
            height_mm=40,
        )
        buyer = Recipient(name="Анна Петрова", phone="+79990000001", address=home)
        one = posting_of(f"{1000 + number}-1", items=(cup,), recipient=buyer, **changes)
        at.books.postings[one.number] = one
    await orders.sync(at.app, "shop", "test")
    return [reading.posting(at.app, f"{1000 + number}-1", "shop").id for number in range(count)]


def counted(at: Desk) -> int:
    """What the hub thinks that it asked today."""
    (account,) = at.app.carrier_accounts(at.app.seller("shop"))
    today = calls_today(at.app, account)
    assert today is not None
    return today.used


def of_otpravka(paths: dict[str, int]) -> int:
    return sum(count for path, count in paths.items() if path.split()[1].startswith(("/1.0/", "/2.0/")))


@pytest.mark.sqlite
async def test_130_postings_within_1000_calls(tmp_path: Path, post: Post) -> None:
    async with shop(tmp_path, post) as at:
        ids = await ordered(at, 130)
        await orders.ship(at.app, "shop", ids, actor="test")
        await at.pass_time(600, news=False)
        result = await orders.handover(at.app, "shop", "test")
        assert [(one.state, len(one.postings)) for one in result.handovers] == [("ready", 130)]
        assert not at.problems()
        paths, state = await post.paths(), await post.state()
        assert len([one for one in state["orders"] if one["batch"]]) == 130
        assert paths["POST /1.0/tariff"] <= 130
        made = state["counts"]["otpravka_today"]
        assert made == of_otpravka(paths) <= 1000, "and none was refused"
        assert made <= counted(at) <= made + BLOCK
        booked = {one["order_num"]: one["total_with_vat"] for one in state["orders"]}
    with closing(sqlite3.connect(tmp_path / "hub.sqlite")) as reader:
        rows_ = reader.execute("SELECT reference, quoted_minor, committed_minor FROM shipments").fetchall()
    assert {reference: paid for reference, _, paid in rows_} == booked
    assert all(abs(quoted - paid) <= 1 + paid // 100 for _, quoted, paid in rows_), "quoted as it cost"


async def test_what_is_booked_gets_its_hand_over_and_the_rest_is_told(tmp_path: Path, post: Post) -> None:
    await post.tell("account", allowed=200)
    async with shop(tmp_path, post) as at:
        ids = await ordered(at, 60)
        await orders.ship(at.app, "shop", ids, actor="test")
        await at.pass_time(600, news=False)
        result = await orders.handover(at.app, "shop", "test")
        assert {one.state for one in result.handovers} == {"ready"}
        done = sum(len(one.postings) for one in result.handovers)
        state = await post.state()
        assert 15 <= done == len(state["orders"]) < 60
        await at.pass_time(3 * 3600, news=False)
        told = reading.problems(at.app, seller="shop", limit=200).items
        (short,) = [one for one in told if one.kind == "calls_short"]
        told = [one for one in told if one is not short]
        assert {one.kind for one in told} == {"no_quotes"}
        assert {one.posting_id for one in told} == {
            one for one in ids if reading.posting(at.app, one).stage == "assembled"
        }
        assert 60 - done - 5 <= len(told) <= 60 - done, "a few had room after the hand-over"
        assert "of its 200 calls of today are used, and the rest is kept" in told[0].text
        paths, state = await post.paths(), await post.state()
        assert state["counts"]["otpravka_today"] == of_otpravka(paths) <= 200, f"none was refused: {paths}"
        table = await orders.quote(at.app, told[0].posting_id, "test")
        assert {one.note for one in table} == {"reckoned from the list and the contract's discount"}


@pytest.mark.parametrize(
    ("allowed", "notes"),
    [
        (120, {"", "reckoned from the list and the contract's discount"}),
        (
            60,
            {
                "",
                "only the list price: the day's calls are kept for booking",
                "reckoned from the list and the contract's discount",
            },
        ),
        (31, {"only the list price: the day's calls are kept for booking"}),
    ],
)
async def test_prices_to_look_at_leave_what_the_open_postings_need(
    tmp_path: Path, post: Post, allowed: int, notes: set[str]
) -> None:
    await post.tell("account", allowed=allowed)
    async with shop(tmp_path, post) as at:
        ids = await ordered(at, 40, ship_by=START + timedelta(hours=12))
        tables = [await orders.quote(at.app, one, "test") for one in ids]
        assert all(len(table) >= 5 for table in tables), "fewer mail types take what is heavy"
        assert (await post.state())["counts"]["otpravka_today"] <= allowed // 10 + BLOCK
        assert {one.note for one in tables[0]} | {one.note for one in tables[-1]} == notes
        assert all(one.estimate for table in tables for one in table if one.note.startswith("only"))


async def test_counts_outlive_a_restart_and_a_crash(tmp_path: Path, post: Post) -> None:
    async with shop(tmp_path, post) as at:
        (one, other) = await ordered(at, 2)
        await orders.ship(at.app, "shop", [one], actor="test")
        await at.pass_time(60, news=False)
        books, clock = at.books, at.clock
    made = (await post.state())["counts"]["otpravka_today"]
    async with desk(tmp_path, toml=TOML.replace("URL", post.url), books=books, clock=clock,
                    extra={"russian_post": hub_russian_post}) as at:  # fmt: skip
        assert counted(at) == made, "what was claimed and not used is given back at the end"
        await orders.ship(at.app, "shop", [other], actor="test")
        await at.pass_time(60, news=False)
        at.app._budgets.clear()  # as if it were killed
    made = (await post.state())["counts"]["otpravka_today"]
    async with desk(tmp_path, toml=TOML.replace("URL", post.url), books=books, clock=clock,
                    extra={"russian_post": hub_russian_post}) as at:  # fmt: skip
        assert made <= counted(at) <= made + BLOCK


async def test_a_hand_over_without_calls_is_told_until_it_is_done(tmp_path: Path, post: Post) -> None:
    async with shop(tmp_path, post) as at:
        ids = await ordered(at, 5)
        await orders.ship(at.app, "shop", ids, actor="test")
        await at.pass_time(60, news=False)
        # Another program uses the contract too.
        made = (await post.state())["counts"]["otpravka_today"]
        await post.tell("account", allowed=made)
        (account,) = at.app.carrier_accounts(at.app.seller("shop"))
        view = await sellers.check_account(at.app, account.id, "test")
        assert f"the calls of today are used up, {made} of {made}" in " ".join(view.notes)
        assert view.status == "good"
        (waits,) = (await orders.handover(at.app, "shop", "test")).handovers
        assert (waits.state, "calls of today are used" in waits.reason) == ("planned", True)
        problem = at.problems()["handover_untold"]
        assert "the carrier has not been told of the hand-over of 5 parcels" in problem.text
        assert "handover_untold" in {one.kind for one in incidents(at.app, seller="shop").items}
        assert "POST /1.0/user/shipment" not in await post.paths(), "nothing is sent to be refused"
        for seconds in (3600,) * 24:
            await post.tell("advance", seconds=seconds)
            await at.pass_time(seconds, news=False)
        assert not at.problems()
        (done,) = reading.handovers(at.app, "shop")
        assert (done.state, done.reason) == ("ready", "")
        assert len([one for one in (await post.state())["orders"] if one["batch"]]) == 5


async def test_calls_that_will_not_last_are_told_before_once_a_day(tmp_path: Path, post: Post) -> None:
    await post.tell("account", allowed=200)
    async with shop(tmp_path, post) as at:
        await ordered(at, 40, ship_by=START + timedelta(hours=20))
        (account,) = at.app.carrier_accounts(at.app.seller("shop"))
        await sellers.check_account(at.app, account.id, "test")
        await at.pass_time(60, news=False)
        told = at.problems()["calls_short"]
        assert "the calls of today will not last" in told.text
        assert "tomorrow 00:00" in told.text, "when the day of the vendor ends"
        assert (told.data["open"], told.data["allowed"]) == (40, 200)
        assert 20 <= told.data["short"] < 40
        await at.answer("calls_short", "dismiss")
        await at.pass_time(3600, news=False)
        assert "calls_short" not in at.problems(), "the same is not told twice on one day"
        await post.tell("account", allowed=1000)
        await sellers.check_account(at.app, account.id, "test")
        await at.pass_time(24 * 3600, news=False)
        assert "calls_short" not in at.problems(), "of another day's calls there are enough"


async def test_a_forecast_that_comes_out_better_is_over(tmp_path: Path, post: Post) -> None:
    await post.tell("account", allowed=200)
    async with shop(tmp_path, post) as at:
        await ordered(at, 40, ship_by=START + timedelta(hours=20))
        (account,) = at.app.carrier_accounts(at.app.seller("shop"))
        await sellers.check_account(at.app, account.id, "test")
        await at.pass_time(60, news=False)
        assert "calls_short" in at.problems()
        await post.tell("account", allowed=1000)
        await sellers.check_account(at.app, account.id, "test")
        await at.pass_time(900, news=False)
        assert "calls_short" not in at.problems()
