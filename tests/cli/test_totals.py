"""Before several are ordered a person sees what they cost, and says yes; a script says --yes."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from hub.flow.choice import pricing
from hub.flow.choice.pricing import Lacking
from hub.flow.opening import open_app
from hub.store import rows
from tests.cli.conftest import Run
from tests.web.seed import Seeded


@pytest.fixture
def numbers(home: Path, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two postings that the marketplace books, and one that no carrier takes."""

    async def nobody(*_: object) -> None:
        raise Lacking("no_quotes", {"missing": {"cdek": {"code": "not_served"}}})

    async def there(of: Sequence[rows.PostingRow]) -> None:
        app = open_app(home)
        for row in of:
            theirs = msgspec.structs.replace(row, books="marketplace", provider="Ozon")
            await app.store.write(lambda tx, row=row, theirs=theirs: rows.postings.save(tx, theirs, row))  # type: ignore[misc]
        await app.aclose()

    monkeypatch.setattr(pricing, "ask", nobody)
    known = seeded["alpha"].postings
    asyncio.run(there(known[1:3]))
    return [row.number for row in known[1:4]]


class _Person(io.StringIO):
    """Somebody who sits at a terminal, and what they type."""

    def isatty(self) -> bool:
        return True


def _states(run: Run, numbers: Sequence[str]) -> list[bool]:
    """Whether each was ordered."""
    ordered = []
    for number in numbers:
        kinds = [one["kind"] for one in run("show", number, "--json").json["history"]]
        ordered.append("ship.ordered" in kinds)
    return ordered


def test_without_a_terminal_several_need_a_yes(run: Run, numbers: list[str]) -> None:
    for more in ((), ("--json",)):
        ended = run("--lang", "en", "ship", *numbers, "--no-wait", *more)
        assert ended.code == 2
        assert "--yes" in ended.err
        assert "--total" in ended.err
    assert _states(run, numbers) == [False] * 3
    ended = run("--lang", "en", "ship", *numbers, "--no-wait", "--yes", "--json")
    assert ended.code == 1, "one is not shipped"
    assert [one["state"] for one in ended.json["results"]] == ["queued", "queued", "refused"]
    assert ended.json["totals"][0]["orders"] == 2
    assert _states(run, numbers) == [True, True, False]
    # What is under way costs nothing more: nobody is asked.
    again = run("--lang", "en", "ship", *numbers[:2], "--no-wait", "--json")
    assert [one["state"] for one in again.json["results"]] == ["already"] * 2


@pytest.mark.parametrize(("typed", "ordered"), [("y\n", True), ("n\n", False), ("", False)])
def test_a_person_is_asked_once_with_the_total(
    run: Run, numbers: list[str], monkeypatch: pytest.MonkeyPatch, typed: str, ordered: bool
) -> None:
    monkeypatch.setattr("sys.stdin", _Person(typed))
    ended = run("--lang", "en", "ship", *numbers, "--no-wait")
    assert "No carrier made an offer" in ended.out
    assert numbers[2] in ended.out
    assert ended.err.count("Order this?") == 1
    assert ("Nothing was ordered" in ended.err) is not ordered
    monkeypatch.undo()
    assert _states(run, numbers) == [ordered, ordered, False]


def test_all_open_asks_and_one_alone_does_not(run: Run, numbers: list[str]) -> None:
    ended = run("--lang", "en", "ship", "--all-open", "alpha", "--no-wait")
    assert ended.code == 2
    assert run("--lang", "en", "ship", numbers[0], "--no-wait").code == 0
    assert _states(run, numbers) == [True, False, False]


def test_the_total_alone_orders_nothing(run: Run, numbers: list[str]) -> None:
    (total,) = run("ship", *numbers, "--total", "--json").json
    assert [line["state"] for line in total["lines"]] == ["marketplace", "marketplace", "unpriced"]
    shown = run("--lang", "ru", "ship", *numbers, "--total")
    assert shown.code == 0
    assert "не отправляется, потому что" in shown.out
    assert _states(run, numbers) == [False] * 3
