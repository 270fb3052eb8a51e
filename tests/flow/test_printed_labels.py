"""A label that was printed and is void lies in the store room until somebody says that it does not."""

from __future__ import annotations

from pathlib import Path

import msgspec

from hub.flow import orders, reading
from hub.plugin_api.labels import last_digits
from hub.plugin_api.models import Stage

from .desk import Desk, Lookup, desk

KIND = "printed_label_void"


async def printed(at: Desk) -> str:
    posting = await at.order()
    await at.ship(posting)
    await at.pass_time(3600)
    assert (await orders.labels(at.app, [posting], actor="test")).ready
    return posting


async def test_the_buyer_cancels_after_it_was_printed(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await printed(at)
        number = at.view(posting).tracking_number
        (known,) = at.books.postings.values()
        gone = {"status": "cancelled", "stage": Stage.CANCELLED, "actions": frozenset()}
        at.books.postings[known.number] = msgspec.structs.replace(known, **gone)
        await at.pass_time(3600)
        told = at.problems()[KIND]
        assert [one.code for one in told.answers] == ["taken_off"]
        assert number in told.text
        assert told.data["digits"] == last_digits(number) != ""
        for language in ("en", "ru", "zh"):
            text = reading.problem(at.app, told.id, language).text
            assert known.number in text
            assert told.data["digits"] in text
            assert told.data["place"] in text
        await at.pass_time(7200)
        await at.answer(KIND, "taken_off")
        await at.pass_time(7200)
        assert KIND not in at.problems()  # once is enough


async def test_another_booking_makes_it_void_too(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await printed(at)
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time(3600)
        assert KIND in at.problems()


async def test_what_was_never_printed_lies_nowhere(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(3600)
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time(3600)
        assert KIND not in at.problems()
