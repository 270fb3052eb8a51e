"""Tries are the posting's own: what fails for one, in whatever way, takes nothing from the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.flow import answering, orders, reading
from hub.flow.documents import labelling
from hub.flow.documents.label_tries import TOLD_AFTER
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import AuthFailed, ConfigError, Failure, HubError, Rejected, Unavailable
from hub.plugin_api.models import Document, Fulfilment, Pending, Ready, Shipment, Ticket
from hub.plugins.addresses import AddressRefused
from hub.store import Transaction, rows
from tests.faults.machine_vendors import Labels
from tests.flow.desk import Desk, Lookup, desk

EXTRA = {"labels": Labels()}


def text(content: str) -> Document:
    return Document(content=content.encode(), media_type="text/plain")


class AtOnce(Lookup):
    """A label for each order; ``does`` says what is met instead, by tracking number."""

    request_labels = Carrier.request_labels
    fetch_labels = Carrier.fetch_labels
    does: dict[str, Callable[[], Any]] = {}  # noqa: RUF012
    calls: Counter[str] = Counter()  # noqa: RUF012

    async def label(self, shipment: Shipment) -> Document:
        self.calls[shipment.tracking_number] += 1
        if shipment.tracking_number in self.does:
            return text(str(self.does[shipment.tracking_number]()))
        return text(shipment.tracking_number)


class Together(Lookup):
    """One ticket for several; ``request`` and ``fetch`` say what is met instead."""

    request: Callable[[list[str]], Any] | None = None
    fetch: Callable[[list[str]], Any] | None = None
    calls: list[list[str]] = []  # noqa: RUF012

    async def request_labels(self, shipments: Sequence[Shipment]) -> Sequence[Ticket | Failure]:
        numbers = [one.tracking_number for one in shipments]
        self.calls.append(numbers)
        met = None if Together.request is None else Together.request(numbers)
        return [Ticket(",".join(numbers))] * len(numbers) if met is None else met  # type: ignore[no-any-return]

    async def fetch_labels(self, ticket: Ticket) -> Pending | Ready | Failure:
        numbers = ticket.value.split(",")
        met = None if Together.fetch is None else Together.fetch(numbers)
        return Ready(document=text("\n".join(numbers))) if met is None else met  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def nothing_planned() -> None:
    AtOnce.does, AtOnce.calls = {}, Counter()
    Together.request, Together.fetch, Together.calls = None, None, []


def raises(error: Exception) -> Callable[[], Any]:
    def work() -> Any:
        raise error

    return work


async def ordered(at: Desk, count: int) -> list[str]:
    postings = [await at.order(f"100{number}-1") for number in range(1, count + 1)]
    for posting in postings:
        await at.ship(posting)
    return postings


def history(at: Desk, posting: str) -> list[rows.HistoryRow]:
    return rows.history.all(at.app.store.reader, "WHERE posting_id = ? ORDER BY sequence", (posting,))


def status(code: int) -> Exception:
    request = httpx.Request("GET", "http://courier/label")
    return httpx.HTTPStatusError("no", request=request, response=httpx.Response(code, request=request))


@pytest.mark.parametrize("error", [Rejected("no such order"), status(404), status(410)], ids=repr)
async def test_a_refusal_for_good_is_that_postings_at_once(tmp_path: Path, error: Exception) -> None:
    AtOnce.does = {"TRK1": raises(error)}
    async with desk(tmp_path, AtOnce, extra=EXTRA) as at:
        first, second = await ordered(at, 2)
        await at.pass_time(120)
        assert at.view(second).stage == "labelled"
        assert at.problems()["label_failed"].posting_id == first
        assert AtOnce.calls["TRK1"] == 1
        third = await at.order("1003-1")
        await at.ship(third)
        await at.pass_time(6 * 3600, news=False)
        assert at.view(third).stage == "labelled"
        assert AtOnce.calls["TRK1"] == 1  # a person has to answer first
        AtOnce.does = {}
        await at.answer("label_failed", "retry")
        await at.pass_time(120)
        assert at.view(first).stage == "labelled"
        assert not at.problems()


@pytest.mark.parametrize(
    "error", [status(503), KeyError("x"), httpx.ReadTimeout("slow"), Unavailable("later")], ids=repr
)
async def test_one_that_never_comes_takes_no_try_from_the_next(tmp_path: Path, error: Exception) -> None:
    AtOnce.does = {"TRK1": raises(error)}
    async with desk(tmp_path, AtOnce, extra=EXTRA) as at:
        (first,) = await ordered(at, 1)
        await at.pass_time(12 * 3600, news=False)
        assert at.problems()["label_failed"].posting_id == first
        assert AtOnce.calls["TRK1"] >= TOLD_AFTER
        tries = AtOnce.calls["TRK1"]

        fails = iter([True, True])

        def once_down() -> str:
            if next(fails, False):
                raise status(503)
            return "TRK2"

        AtOnce.does["TRK2"] = once_down
        second = await at.order("1002-1")
        await at.ship(second)
        await at.pass_time(600, news=False)
        assert at.view(second).stage == "labelled"
        assert "work_stopped" not in at.problems()
        # It is tried on, a few times an hour, and once it comes nobody need answer.
        await at.pass_time(2 * 3600, news=False)
        assert tries < AtOnce.calls["TRK1"] <= tries + 8
        AtOnce.does = {}
        await at.pass_time(3600, news=False)
        assert at.view(first).stage == "labelled"
        assert not at.problems()


@pytest.mark.parametrize(
    "refused",
    [
        Unavailable("courier may not connect to http://x", code=AddressRefused.code),
        ConfigError("may not connect: the file lies at http://x, which is not named"),
    ],
    ids=["operator", "settings"],
)
async def test_a_place_that_is_not_named_is_one_question_of_the_account_and_tried_on(
    tmp_path: Path, refused: HubError
) -> None:
    AtOnce.does = {number: raises(refused) for number in ("TRK1", "TRK2", "TRK3")}
    async with desk(tmp_path, AtOnce, extra=EXTRA) as at:
        first, *others = await ordered(at, 3)
        last = others[-1]
        await at.pass_time(15, news=False)
        assert set(at.problems()) == {"label_place_closed"}
        told = at.problems()["label_place_closed"]
        assert "may not connect" in told.text
        assert all(number in told.text for number in ("1001-1", "1002-1", "1003-1"))
        assert orders.settled(at.app, [first, *others])
        asked = await orders.labels(at.app, [first], actor="test")
        assert [one.code for one in asked.results] == ["problem"]
        await at.pass_time(6 * 3600, news=False)
        assert AtOnce.calls["TRK1"] > 2
        assert set(at.problems()) == {"label_place_closed"}, "later tries ask nothing more"
        assert at.problems()["label_place_closed"].id == told.id
        await at.answer("label_place_closed", "retry")
        await at.pass_time(60, news=False)
        assert at.problems()["label_place_closed"].id != told.id, "told again, for it was asked for again"
        await orders.cancel(at.app, last, "gone", "test")
        del AtOnce.does["TRK1"]
        await at.pass_time(3600, news=False)
        assert at.view(first).stage == "labelled"
        assert at.view(first).problems == 0
        left = at.problems()["label_place_closed"].text
        assert "1002-1" in left
        assert "1001-1" not in left
        assert "1003-1" not in left, "it is booked no more"
        AtOnce.does = {}
        await at.pass_time(3600, news=False)
        assert at.view(others[0]).stage == "labelled"
        assert not at.problems()


async def test_wrong_credentials_are_nobodys_try(tmp_path: Path) -> None:
    AtOnce.does = {"TRK1": raises(AuthFailed("the key was refused"))}
    async with desk(tmp_path, AtOnce, extra=EXTRA) as at:
        first, second = await ordered(at, 2)
        await at.pass_time(1200, news=False)
        assert at.view(second).stage == "labelled"
        row = at.app.store.reader.execute("SELECT attempts FROM jobs WHERE kind = 'labels'").fetchone()
        assert row["attempts"] >= 1
        assert at.app.store.reader.execute("SELECT max(attempts) FROM documents").fetchone()[0] == 0
        AtOnce.does = {}
        await at.pass_time(3600, news=False)
        assert at.view(first).stage == "labelled"


def _refuses_two(numbers: list[str]) -> Any:
    if "TRK2" in numbers:
        raise Rejected("one of these orders is unknown")


def _lacks_two(numbers: list[str]) -> Any:
    return [Ticket(number) for number in numbers if number != "TRK2"] if "TRK2" in numbers else None


def _no_pdf_with_two(numbers: list[str]) -> Any:
    raise_it = Rejected("the document cannot be made")
    return Failure(kind="rejected", message=raise_it.message) if "TRK2" in numbers else None


def _unreadable_with_two(numbers: list[str]) -> Any:
    return Ready(document=Document(content=b"\xff", media_type="text/plain")) if "TRK2" in numbers else None


def _page_lacks(numbers: list[str]) -> Any:
    return Ready(document=text("\n".join(one for one in numbers if one != "TRK2") or "nothing"))


@pytest.mark.parametrize(
    ("request_", "fetch"),
    [
        (_refuses_two, None),
        (_lacks_two, None),
        (None, _no_pdf_with_two),
        (None, _unreadable_with_two),
        (None, _page_lacks),
    ],
    ids=["refused together", "an answer is missing", "ticket refused", "file unreadable", "page missing"],
)
async def test_a_batch_with_a_bad_one_costs_itself_only(
    tmp_path: Path, request_: Callable[[list[str]], Any] | None, fetch: Callable[[list[str]], Any] | None
) -> None:
    Together.request, Together.fetch = request_, fetch
    async with desk(tmp_path, Together, extra=EXTRA) as at:
        postings = await ordered(at, 3)
        await at.pass_time(8 * 3600, news=False)
        assert sorted(Together.calls[0]) == ["TRK1", "TRK2", "TRK3"]
        bad = {number for number, in at.app.store.reader.execute(
            "SELECT posting_id FROM shipments WHERE tracking_number = 'TRK2'"
        )}  # fmt: skip
        stages = {posting: at.view(posting).stage for posting in postings}
        assert {posting for posting, stage in stages.items() if stage != "labelled"} == bad
        assert {one.posting_id for one in at.problems().values()} == bad
        assert set(at.problems()) <= {"label_failed", "label_mismatch"}
        Together.request = Together.fetch = None
        for kind in at.problems():
            await at.answer(kind, "retry")
        await at.pass_time(3600, news=False)
        assert {at.view(posting).stage for posting in postings} == {"labelled"}


async def test_who_waits_for_a_label_is_told_what_it_waits_for(tmp_path: Path) -> None:
    blocked = "courier may not connect to http://files.example: the operator has to name it"
    AtOnce.does = {"TRK1": raises(Unavailable(blocked))}
    async with desk(tmp_path, AtOnce, extra=EXTRA) as at:
        (first,) = await ordered(at, 1)
        await at.pass_time(60, news=False)
        (result,) = (await orders.labels(at.app, [first], actor="test")).results
        assert (result.state, result.code) == ("waiting", "not_ready")
        assert blocked in result.reason


async def test_where_the_marketplace_fixes_the_carrier_no_other_one_is_offered(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        fixed = Fulfilment(
            books="marketplace", label="marketplace", tracking="marketplace", statuses="marketplace"
        )
        posting, own = await at.order("1", fulfilment=fixed), await at.order("2")

        def withdraw(tx: Transaction) -> None:
            labelling.withdraw(tx, {posting: "cannot be opened", own: "cannot be opened"}, at.clock.now())

        at.app.store.write_now(withdraw)
        found = {one.posting_id: one for one in reading.problems(at.app, seller="shop").items}
        assert [one.code for one in found[posting].answers] == ["retry", "dismiss"]
        assert "other_carrier" in [one.code for one in found[own].answers]
        at.app.store.write_now(  # as an older version wrote it
            lambda tx: (
                tx.execute("UPDATE problems SET data = '{}' WHERE id = ?", (found[posting].id,)).rowcount
            )
        )
        with pytest.raises(Rejected, match="fixed by the marketplace"):
            await answering.answer(at.app, found[posting].id, "other_carrier", {"carrier": "courier"}, "test")
        assert reading.problem(at.app, found[posting].id).state == "open"
