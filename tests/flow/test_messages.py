"""Messages to people outside the hub: what is told, when, in which words, by which address, how long."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.flow import answering, reading
from hub.flow.app import App
from hub.flow.health import machine
from hub.flow.health.readiness import readiness
from hub.flow.history.forms import NewAccount
from hub.flow.history.recording import posting_row
from hub.flow.messages import looking, sending
from hub.flow.problems import many
from hub.flow.problems.opening import close_problems, open_hub_problem, open_problem
from hub.flow.sellers.accounts import add_account
from hub.flow.sellers.declared import refuse_secrets
from hub.plugin_api.errors import ConfigError, NotFound, Rejected
from hub.plugins.config_reading import load_config
from hub.plugins.loader import load_plugins
from hub.store import Transaction, rows
from tests.flow.desk import START, Desk, Lookup, _CourierPlugin, desk
from tests.flow.pager import TOML, Inbox, PagerPlugin, inbox


@pytest.fixture
def got() -> Iterator[Inbox]:
    with inbox() as found:
        yield found


@asynccontextmanager
async def shop(home: Path, got: Inbox, language: str = "en", **settings: Any) -> AsyncIterator[Desk]:
    """A seller with one address, and one posting whose deadline is two days away."""
    toml = TOML.replace("{language}", language)
    async with desk(home, extra={"pager": PagerPlugin()}, toml=toml) as found:
        await address(found.app, got, "phone", **settings)
        yield found


async def address(app: App, got: Inbox, name: str, **settings: Any) -> None:
    values = {"url": f"{got.base}/{name}", **settings}
    await add_account(app, NewAccount(seller="shop", plugin="pager", name=name, settings=values), "test")


async def problem(found: Desk, posting_id: str, kind: str = "late_risk", **data: Any) -> None:
    now = found.clock.now()
    await found.app.store.write(lambda tx: open_problem(tx, posting_row(tx, posting_id), kind, data, now=now))


async def minutes(found: Desk, count: float = 1) -> None:
    """The work of so many minutes, one by one."""
    for _ in range(int(count)):
        found.clock.advance(60)
        await sending.run(found.app, "shop")


async def test_a_near_deadline_is_told_at_once_and_first(tmp_path: Path, got: Inbox) -> None:
    async with shop(tmp_path, got) as found:
        near = await found.order("1001-1", ship_by=START + timedelta(hours=3))
        far = await found.order("2002-1", ship_by=START + timedelta(days=2))
        await problem(found, far, "no_weight", items=["CUP"])
        await minutes(found)
        assert got() == []  # it waits for the digest
        await problem(found, near)
        await minutes(found)
        (told,) = got()
        assert told["title"] == "Shop: 2 problems for you, today 17:00, 2 h left"
        first, second, foot = told["text"].splitlines()
        assert first == "today 17:00, 2 h left: 1001-1: The deadline is near"
        assert second.startswith("2026-11-25 14:00: ")
        assert "2002-1: The catalogue has no weight or size: CUP" in second
        assert "hub messages seen shop" in foot
        assert reading.posting(found.app, "1001-1", "shop").id == near  # `hub show 1001-1`
        await minutes(found, 5)
        assert len(got()) == 1


async def test_a_deadline_that_is_past_says_so(tmp_path: Path, got: Inbox) -> None:
    async with shop(tmp_path, got) as found:
        await problem(found, await found.order(ship_by=START - timedelta(hours=5)))
        await minutes(found)
        assert got()[0]["text"].startswith("past since today 09:00: 1001-1: ")


async def test_what_is_not_urgent_waits_for_the_digest_and_many_are_one_line(
    tmp_path: Path, got: Inbox
) -> None:
    async with shop(tmp_path, got, digest_minutes=30) as found:
        for number in range(37):
            await problem(found, await found.order(f"{1000 + number}-1"), "no_weight", items=["CUP"])
        await minutes(found, 29)
        assert got() == []
        await minutes(found, 2)
        (told,) = got()
        line, _ = told["text"].splitlines()
        assert "37 postings: The catalogue has no weight or size: CUP (1000-1, 1001-1, " in line
        assert "and 32 more" in line
        assert len((told["title"] + told["text"]).encode()) <= 1900


async def test_the_facts_of_one_are_not_told_of_another(tmp_path: Path, got: Inbox) -> None:
    async with shop(tmp_path, got, digest_minutes=30) as found:
        await problem(found, await found.order("1001-1"), "no_weight", items=["CUP"])
        await problem(found, await found.order("1001-2"), "no_weight", items=["VASE"])
        await minutes(found, 31)
        (told,) = got()
        line, _ = told["text"].splitlines()
        assert "2 postings (1001-1, 1001-2), each in a way of its own. The first: " in line


async def test_it_is_repeated_until_somebody_has_seen_it(tmp_path: Path, got: Inbox) -> None:
    async with shop(tmp_path, got, repeat_hours=2) as found:
        await problem(found, await found.order(ship_by=START + timedelta(hours=3)))
        await minutes(found, 119)
        assert len(got()) == 1
        await minutes(found, 3)
        assert len(got()) == 2
        (open_one,) = reading.problems(found.app, seller="shop").items
        seen = await looking.see(found.app, "shop", [open_one.id], "test")
        assert seen.seen == 1
        await minutes(found, 600)
        assert len(got()) == 2
        assert found.problems()["late_risk"].state == "open"  # seen is not answered
        await problem(found, await found.order("2002-1"), "lost")
        await minutes(found, 61)
        assert len(got()) == 3  # what came later is told, alone
        assert "1001-1" not in got()[2]["text"]


async def test_what_is_answered_or_over_is_told_no_more(tmp_path: Path, got: Inbox) -> None:
    async with shop(tmp_path, got, repeat_hours=1) as found:
        posting = await found.order(ship_by=START + timedelta(hours=3))
        await problem(found, posting)
        await minutes(found)
        await found.answer("late_risk", "dismiss")
        await minutes(found, 200)
        assert len(got()) == 1
        assert rows.told.all(found.app.store.reader, "") != []  # until the next message is sent
        await problem(found, posting, "lost")
        now = found.clock.now()
        await found.app.store.write(lambda tx: close_problems(tx, posting_row(tx, posting), "lost", now=now))
        await minutes(found, 100)
        assert len(got()) == 1


async def test_what_becomes_urgent_is_told_once_more(tmp_path: Path, got: Inbox) -> None:
    async with shop(tmp_path, got, soon_hours=2, digest_minutes=10) as found:
        posting = await found.order(ship_by=START + timedelta(hours=5))
        await problem(found, posting, "no_weight", items=["CUP"])
        await minutes(found, 11)
        assert len(got()) == 1
        await minutes(found, 160)  # two hours and some are left
        assert len(got()) == 1
        await minutes(found, 15)
        assert len(got()) == 2


async def test_nothing_is_told_in_quiet_hours_but_what_would_be_late_in_the_morning(
    tmp_path: Path, got: Inbox
) -> None:
    async with shop(tmp_path, got, quiet="13:00-18:00") as found:  # it is 14:00 in Shanghai
        await problem(found, await found.order("1001-1", ship_by=START + timedelta(hours=6)))
        await minutes(found, 3)
        assert got() == []
        await problem(found, await found.order("2002-1", ship_by=START + timedelta(hours=3)))
        await minutes(found)
        assert len(got()) == 1
        assert got()[0]["text"].index("2002-1") < got()[0]["text"].index("1001-1")


async def test_quiet_hours_end(tmp_path: Path, got: Inbox) -> None:
    async with shop(tmp_path, got, quiet="22:00-14:30") as found:  # over midnight; it is 14:00
        await problem(found, await found.order("1001-1", ship_by=START + timedelta(hours=6)))
        await minutes(found, 29)
        assert got() == []
        await minutes(found, 2)
        assert len(got()) == 1


async def test_no_more_than_so_many_in_an_hour_and_nothing_is_lost(tmp_path: Path, got: Inbox) -> None:
    async with shop(tmp_path, got, hourly=2) as found:
        for number in range(5):
            await problem(found, await found.order(f"{number}-1", ship_by=START + timedelta(hours=8)))
            await minutes(found)
        assert len(got()) == 2
        await minutes(found, 61)
        assert len(got()) == 3
        assert "3 postings" in got()[2]["text"]


async def test_an_address_that_fails_is_tried_again_then_the_next_one_is_taken_and_a_person_is_asked(
    tmp_path: Path, got: Inbox
) -> None:
    async with shop(tmp_path, got) as found:
        await address(found.app, got, "mail")
        got.answers["/phone"] = 500
        await problem(found, await found.order(ship_by=START + timedelta(hours=8)))
        await minutes(found, 4)
        assert got("/mail") == []
        assert "messages_failed" not in found.problems()
        await minutes(found)
        assert len(got("/mail")) == 1
        await minutes(found)
        asked = found.problems()["messages_failed"]
        assert "phone" in asked.text
        assert "mail" in asked.text
        assert len(got("/mail")) == 2  # that it fails is told as well, by the other way
        assert "phone" in got("/mail")[1]["text"]
        states = [one.state for one in looking.overview(found.app, "shop").messages]
        assert states.count("failed") == 3
        got.answers.clear()
        await problem(found, await found.order("2002-1", ship_by=START + timedelta(hours=8)))
        await minutes(found, 2)
        assert len(got("/mail")) == 3  # the first one rests
        await minutes(found, 31)
        await problem(found, await found.order("3003-1", ship_by=START + timedelta(hours=8)))
        await minutes(found)
        assert len(got("/phone")) == 1
        assert "messages_failed" not in found.problems()


async def test_the_answer_has_it_tried_again(tmp_path: Path, got: Inbox) -> None:
    async with shop(tmp_path, got) as found:
        got.answers["/phone"] = 404  # not for a while: at once
        await problem(found, await found.order(ship_by=START + timedelta(hours=8)))
        await minutes(found)
        asked = found.problems()["messages_failed"]
        (finding,) = machine.silent_messengers(found.app.store.reader)
        assert (finding.level, finding.data["address"]) == ("warning", "phone")
        assert (await readiness(found.app)).status != "failing"
        got.answers.clear()
        await answering.answer(found.app, asked.id, "retry", {}, "test")
        await minutes(found)
        assert len(got()) == 1
        assert list(machine.silent_messengers(found.app.store.reader)) == []


async def test_messages_survive_a_restart(tmp_path: Path, got: Inbox) -> None:
    async with shop(tmp_path, got, repeat_hours=2) as found:
        await problem(found, await found.order(ship_by=START + timedelta(hours=8)))
        await minutes(found)
        clock = found.clock
    toml = TOML.replace("{language}", "en")
    async with desk(tmp_path, extra={"pager": PagerPlugin()}, toml=toml, clock=clock) as found:
        await minutes(found, 100)
        assert len(got()) == 1
        await minutes(found, 30)
        assert len(got()) == 2


async def test_the_worker_tells_by_itself(tmp_path: Path, got: Inbox) -> None:
    async with shop(tmp_path, got) as found:
        await problem(found, await found.order(ship_by=START + timedelta(hours=8)))
        await found.pass_time(120, news=False)
        assert len(got()) == 1


@pytest.mark.parametrize(("language", "words"), [("ru", "2 проблемы для вас, сегодня"), ("zh", "2 个问题")])
async def test_it_is_in_the_sellers_language(tmp_path: Path, got: Inbox, language: str, words: str) -> None:
    async with shop(tmp_path, got, language) as found:
        for number in ("1001-1", "2002-1"):
            await problem(found, await found.order(number, ship_by=START + timedelta(hours=8)))
        await minutes(found)
        (told,) = got()
        assert words in told["title"]
        assert not any(word in told["text"] for word in ("until", "posting", "deadline", "left"))


async def test_nothing_of_a_buyer_is_told(tmp_path: Path, got: Inbox) -> None:
    """Vendors repeat what they were sent; what looks like a phone or a mail address goes too."""
    async with shop(tmp_path, got) as found:
        posting = await found.order(ship_by=START + timedelta(hours=8))
        reason = (
            "Анна Петрова, ул. Покровка, +7 999 000-00-01, anna@example.com, +7 (495) 123-45-67: нет дома"
        )
        await problem(found, posting, "carrier_refused", reason=reason)
        await minutes(found)
        text = got()[0]["text"]
        for private in ("Анна", "Петрова", "Покровка", "999", "example.com", "123-45"):
            assert private not in text
        assert "нет дома" in text


async def test_a_test_message_says_what_happened(tmp_path: Path, got: Inbox) -> None:
    async with shop(tmp_path, got) as found:
        await address(found.app, got, "mail")
        got.answers["/mail"] = 503
        sent, failed = await looking.send_tests(found.app, "shop")
        assert (sent.name, sent.state) == ("phone", "sent")
        assert (failed.name, failed.state) == ("mail", "failed")
        assert "503" in failed.reason
        assert got.base not in failed.reason
        assert "test message" in got()[0]["title"]
        with pytest.raises(NotFound):
            await looking.send_tests(found.app, "shop", "telephone")
        with pytest.raises(NotFound):
            await looking.see(found.app, "shop", ["prb_0"], "test")


async def test_a_seller_without_an_address_is_told_how_to_get_one(tmp_path: Path) -> None:
    async with desk(tmp_path) as found:
        with pytest.raises(Rejected, match="hub account add shop messages"):
            await looking.send_tests(found.app, "shop")
        assert await sending.run(found.app, "shop") is None


async def test_a_list_that_was_seen_is_told_again_when_it_grows(tmp_path: Path, got: Inbox) -> None:
    async with shop(tmp_path, got) as found:
        first, second = [await found.order(number) for number in ("1001-1", "2002-1")]
        (account,) = found.app.carrier_accounts(found.app.seller("shop"))

        async def silent(*ids: str) -> None:
            def write(tx: Transaction) -> None:
                listed = [posting_row(tx, one) for one in ids]
                many.tell(tx, account, "not_scanned", listed, {"carrier": "C"}, now=found.clock.now())

            await found.app.store.write(write)

        await silent(first)
        await minutes(found)
        assert len(got()) == 1
        await looking.see(found.app, "shop", [], "test")
        await silent(first)  # the same once more
        await minutes(found, 5 * 60)
        assert len(got()) == 1
        await silent(first, second)
        await minutes(found)
        assert len(got()) == 2
        assert "2 parcels: 1001-1, 2002-1" in got()[1]["text"]
        await looking.see(found.app, "shop", [], "test")
        await silent(second)  # one is over
        await minutes(found, 5 * 60)
        assert len(got()) == 2


OPERATOR = """
[operator]
language = "en"
time_zone = "Europe/Moscow"
[operator.accounts.duty]
plugin = "pager"
settings = { url = "env:TEST_DUTY", digest_minutes = 5 }
"""


async def test_what_is_no_sellers_is_told_to_the_operator(
    tmp_path: Path, got: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_DUTY", f"{got.base}/duty")
    toml = TOML.replace("{language}", "ru") + OPERATOR

    def broken(tx: Transaction) -> None:
        about = ("job", "deadlines:all")
        open_hub_problem(tx, "work_stopped", {"kind": "deadlines"}, about=about, account="", now=START)

    async with desk(tmp_path, extra={"pager": PagerPlugin()}, toml=toml) as found:
        await address(found.app, got, "phone", at_once="all")
        await found.app.store.write(broken)
        await problem(found, await found.order(ship_by=START + timedelta(hours=3)))
        await found.pass_time(120, news=False)
        assert len(got("/phone")) == 1
        assert "Работа" not in got("/phone")[0]["text"], "a seller hears nothing of it"
        (told,) = got("/duty")
        assert told["title"] == "parcelhub: 1 problem for you"
        assert "The work stopped after many tries" in told["text"]
        assert "hub messages seen -" in told["text"]
        assert "Europe/Moscow" in told["text"]
        assert looking.overview(found.app, "-").waiting == 1
        assert (await looking.send_tests(found.app, "-"))[0].state == "sent"
        assert (await looking.see(found.app, "-", [], "test")).seen == 1
        assert looking.overview(found.app, "-").waiting == 0
        got.answers["/duty"] = 401
        about = ("job", "erase:all")
        await found.app.store.write(
            lambda tx: open_hub_problem(tx, "work_stopped", {}, about=about, account="", now=START)
        )
        await found.pass_time(600, news=False)
        kinds = {(one.seller, one.kind) for one in reading.problems(found.app, seller=None).items}
        assert ("", "messages_failed") in kinds
        got.answers.clear()
        await found.pass_time(2 * 3600, news=False)
        assert len(got("/duty")) == 3
        assert "messages_failed" not in {one.kind for one in reading.problems(found.app, seller=None).items}


async def test_an_operator_without_an_address_is_told_how_to_get_one(tmp_path: Path) -> None:
    async with desk(tmp_path) as found:
        with pytest.raises(Rejected, match=r"operator[.]accounts"):
            await looking.send_tests(found.app, "-")
        assert await sending.run(found.app, "") is None


def test_the_operators_accounts_are_addresses(tmp_path: Path) -> None:
    toml = TOML.replace("{language}", "ru") + OPERATOR.replace('"pager"', '"courier"')
    with pytest.raises(ConfigError, match="sends no messages"):
        _opened(tmp_path, toml)
    secret = TOML.replace("{language}", "ru") + OPERATOR.replace("env:TEST_DUTY", "http://my.example.com")
    with pytest.raises(ConfigError, match="secret does not belong"):
        _opened(tmp_path, secret)


def _opened(folder: Path, toml: str) -> None:
    (folder / "plugins.toml").write_text(toml, encoding="utf-8")
    config = load_config(folder / "plugins.toml")
    extra = {"pager": PagerPlugin(), "courier": _CourierPlugin(Lookup, 1)}
    refuse_secrets(config, load_plugins([], extra=extra))


async def test_settings_are_checked(tmp_path: Path, got: Inbox) -> None:
    async with shop(tmp_path, got) as found:
        for wrong in ({"quiet": "22-8"}, {"quiet": "25:00-08:00"}, {"hourly": 0}, {"at_once": "never"}):
            with pytest.raises(ConfigError):
                await address(found.app, got, "other", **wrong)
