"""What the end of a posting makes over: each kind of problem says so, and just that is closed."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from hub.flow import questions as questions
from hub.flow.history.recording import posting_row
from hub.flow.problems import many
from hub.flow.problems.kinds import ANY_END, ProblemKind, all_kinds
from hub.flow.problems.opening import open_problem
from hub.plugin_api.models import Action, EventKind, Stage
from hub.store import Transaction, rows

from .desk import Desk, Lookup, desk
from .test_quiet import EXTRA, Scanning, labelled

OUTLIVE_A_CANCEL = {
    "booked_elsewhere": "a booking that is paid for, of an account",
    "booked_twice": "money",
    "booking_unverified": "money",
    "buyer_cancelled_after_booking": "it is asked because of the cancel",
    "calls_short": "of an account",
    "cancel_taken_back": "it is asked because of the cancel",
    "cancel_refused": "the booking's; the posting's own is over",
    "cancelled_after_handover": "it is asked because of the cancel",
    "charge_differs": "money",
    "decode_failed": "over once it can be read",
    "label_of_two_sellers": "a file that nobody may print",
    "lost": "the carrier pays for it",
    "messages_failed": "of an account",
    "operation_unknown": "money",
    "outage_unknown": "money, of an account",
    "price_above_cap": "money; over with its booking",
    "printed_label_void": "a label lies on the pile",
    "returning": "a parcel comes",
    "second_look_missed": "of an account",
    "tracked_elsewhere": "a booking that may be paid for; over where there is none",
    "unknown_status": "over once the status is known",
    "work_stopped": "the cancel itself may be what stands still",
}
"""And why. A kind that is not here is over when the marketplace cancels its posting."""


def test_each_kind_says_what_it_outlives() -> None:
    outlive = {kind.code for kind in all_kinds() if Stage.CANCELLED not in kind.over_at}
    assert outlive == OUTLIVE_A_CANCEL.keys()
    with pytest.raises(TypeError, match="over_at"):
        ProblemKind(code="on_fire", answers=("dismiss",))  # type: ignore[call-arg]


async def _with_every_kind(at: Desk) -> dict[str, str]:
    """A posting for each kind, with an open problem of it: by kind."""
    found = {kind.code: await at.order(f"{number}-1") for number, kind in enumerate(all_kinds(), 1)}

    def write(tx: Transaction) -> None:
        now = at.clock.now()
        for kind in all_kinds():
            row = posting_row(tx, found[kind.code])
            account = rows.accounts.get(tx, row.account)
            assert account is not None
            if set(kind.about) & {"posting", "shipment", "operation"}:
                open_problem(tx, row, kind.code, now=now, about=("shipment", f"shp_{kind.code}"))
            else:
                many.tell(tx, account, kind.code, [row], now=now, about=(kind.about[0], kind.code))

    await at.app.store.write(write)
    assert {at.view(one).problems for one in found.values()} == {1}
    return found


@pytest.mark.parametrize("end", ANY_END)
async def test_the_marketplaces_end_closes_what_is_over_and_nothing_else(tmp_path: Path, end: Stage) -> None:
    async with desk(tmp_path, Lookup) as at:
        found = await _with_every_kind(at)
        for number, one in at.books.postings.items():
            at.books.postings[number] = msgspec.structs.replace(
                one, status=str(end), stage=end, actions=frozenset()
            )
        await at.pass_time(60)
        assert {at.view(one).stage for one in found.values()} == {end}
        left = {code for code, one in found.items() if at.view(one).problems}
        over_by_themselves = {"unknown_status", "decode_failed"}  # for it was read
        assert left == {kind.code for kind in all_kinds() if end not in kind.over_at} - over_by_themselves
        # Nothing of what is over is asked afterwards.
        await _asked_again(at, found)
        assert {code for code, one in found.items() if at.view(one).problems} == left | over_by_themselves


async def _asked_again(at: Desk, found: dict[str, str]) -> None:
    def write(tx: Transaction) -> None:
        for kind in all_kinds():
            if set(kind.about) & {"posting", "shipment", "operation"}:
                row, now = posting_row(tx, found[kind.code]), at.clock.now()
                open_problem(tx, row, kind.code, now=now, about=("shipment", f"shp_{kind.code}"))

    await at.app.store.write(write)


async def test_a_carriers_word_of_the_delivery_ends_it_too(tmp_path: Path) -> None:
    Scanning.scanned, Scanning.kind = set(), EventKind.HANDED_OVER
    async with desk(tmp_path, Scanning, extra=EXTRA) as at:
        (posting,) = await labelled(at, "1-1")
        await at.app.store.write(
            lambda tx: open_problem(tx, posting_row(tx, posting), "label_failed", {}, now=at.clock.now())
        )
        Scanning.scanned.add(at.view(posting).tracking_number)
        await at.pass_time(12 * 3600, news=False)
        assert (at.view(posting).stage, at.view(posting).problems) == ("delivered", 0)
    Scanning.kind = EventKind.ACCEPTED


async def test_what_an_older_version_left_open_is_closed(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order(actions=frozenset({Action.CANCEL}))
        await at.app.store.write(
            lambda tx: open_problem(tx, posting_row(tx, posting), "no_quotes", {}, now=at.clock.now())
        )
        assert at.view(posting).problems == 1

        def cancelled(tx: Transaction) -> None:
            row = posting_row(tx, posting)
            rows.postings.save(tx, msgspec.structs.replace(row, stage="cancelled", is_open=False), was=row)

        await at.app.store.write(cancelled)
        await at.pass_time(700)
        assert at.view(posting).problems == 0
        assert not at.problems()
