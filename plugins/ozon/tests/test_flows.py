"""Every flow against the emulator: list, assemble, label, hand over or report, delivered."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from hub import (
    Action,
    CancelReason,
    ConfigError,
    Failure,
    Parcel,
    Pending,
    Posting,
    Ready,
    Rejected,
    Stage,
    Ticket,
)
from ozon_api import NoOutcome
from plugins.ozon.tests.conftest import account

if TYPE_CHECKING:
    from plugins.ozon.tests.conftest import World


async def _labels(world: World, postings: list[Posting]) -> Ready:
    tickets = await world.source.request_labels(postings)
    assert all(isinstance(ticket, Ticket) for ticket in tickets), tickets
    (ticket,) = set(tickets)
    assert isinstance(ticket, Ticket)
    assert isinstance(await world.source.fetch_labels(ticket), Pending)
    world.clock.advance(5)
    found = await world.source.fetch_labels(ticket)
    assert isinstance(found, Ready)
    assert found.document.content.startswith(b"%PDF")
    return found


async def test_fbs_goes_through_label_and_carriage(world: World) -> None:
    source = world.source
    first, second = await world.assembled("ozon", 2)
    assert first.stage is Stage.ASSEMBLED
    assert set((await _labels(world, [first, second])).document.covers) == {first.number, second.number}
    day = world.clock.now().date()
    assert await source.handovers(first.handover_group, day) == []
    opened = await source.open_handover(first.handover_group, day)
    assert [one.state for one in await source.handovers(first.handover_group, day)] == ["open"]
    assert (await source.handover(opened.handover_id)).state == "open"
    assert (await source.close_handover(opened.handover_id)).state == "pending"
    assert (await source.close_handover(opened.handover_id)).state == "pending"  # as good as new
    assert (await source.handover(opened.handover_id)).state == "pending"
    world.clock.advance(60)
    closed = await source.handover(opened.handover_id)
    assert closed.state == "ready"
    assert set(closed.covers) == {first.number, second.number}
    assert closed.document is not None
    assert closed.document.content.startswith(b"%PDF")
    assert opened.handover_id in closed.code
    assert (await world.read(first.number)).stage is Stage.HANDED_OVER
    world.clock.advance(5 * 86400)
    assert (await world.read(first.number)).stage is Stage.DELIVERED
    with pytest.raises(Rejected, match="Nothing to hand over"):
        await source.open_handover(first.handover_group, day)


async def test_own_delivery_is_reported_step_by_step(world: World) -> None:
    source = world.source
    (posting,) = await world.assembled("non_integrated", recipient={"name": "Анна", "phone": "+70000000001"})
    assert posting.fulfilment.books == "seller"
    early = await source.report(posting, Stage.DELIVERED)
    assert (early.state, early.reason_code) == ("refused", "TRANSITION_IS_NOT_POSSIBLE")
    assert "cannot follow" in early.reason
    assert (await source.set_tracking(posting, "TRACK-1")).state == "accepted"
    for stage, offered in (
        (Stage.IN_TRANSIT, Action.REPORT_IN_TRANSIT),
        (Stage.READY_FOR_PICKUP, Action.REPORT_LAST_MILE),
        (Stage.DELIVERED, Action.REPORT_DELIVERED),
    ):
        assert offered in (await world.read(posting.number)).actions
        assert (await source.report(posting, stage)).state == "accepted"
        world.clock.advance(10)
    done = await world.read(posting.number)
    assert (done.stage, done.tracking_number) == (Stage.DELIVERED, "TRACK-1")


@pytest.mark.parametrize("flow", ["3pl_tracking", "hybrid", "hybrid_3pl_tracking"])
async def test_an_integrated_carrier_moves_it_after_the_tracking_number(world: World, flow: str) -> None:
    (posting,) = await world.assembled(flow, recipient={"name": "Анна", "phone": "+70000000001"})
    assert (posting.fulfilment.books, posting.fulfilment.statuses) == ("seller", "marketplace")
    refused = await world.source.report(posting, Stage.IN_TRANSIT)
    assert refused.reason_code == "HAS_INCORRECT_TPL_INTEGRATION_TYPE"
    assert (await world.source.set_tracking(posting, "TRACK-2")).state == "accepted"
    world.clock.advance(5 * 86400)
    assert (await world.read(posting.number)).stage is Stage.DELIVERED


@pytest.mark.parametrize("flow", ["aggregator", "hybrid_aggregator"])
async def test_an_aggregator_is_registered_labelled_and_moved_by_ozon(world: World, flow: str) -> None:
    (number,) = await world.order(flow)
    posting = await world.read(number)
    await world.source.assemble(posting, ())
    world.clock.advance(10)
    assert (await world.read(number)).stage is Stage.REGISTERING
    world.clock.advance(300)
    posting = await world.read(number)
    assert posting.tracking_number in posting.barcodes
    assert not posting.handover_group
    await _labels(world, [posting])
    world.clock.advance(5 * 86400)
    assert (await world.read(number)).stage is Stage.DELIVERED


async def test_a_label_file_at_a_host_that_nobody_named_says_so(world: World) -> None:
    (posting,) = await world.assembled("ozon", 1)
    named = msgspec.structs.replace(world.source.settings, file_hosts=("ozone.ru",))
    source = account(named, world.source.http)
    (ticket,) = await source.request_labels([posting])
    assert isinstance(ticket, Ticket)
    assert isinstance(await source.fetch_labels(ticket), Pending)
    world.clock.advance(5)
    with pytest.raises(ConfigError, match=r"file_hosts.*\[addresses\]") as caught:
        await source.fetch_labels(ticket)
    assert re.search(r"lies at http://127\.0\.0\.1:\d+, ", caught.value.message), "not the whole link"


async def test_labels_that_are_not_ready_are_a_wait_and_one_bad_posting_stops_nobody(world: World) -> None:
    ready = await world.assembled("ozon", 5)
    stranger = msgspec.structs.replace(ready[0], number="1-0001-1")
    answers = await world.source.request_labels([*ready[:2], stranger, *ready[2:]])
    bad = answers[2]
    assert isinstance(bad, Failure)
    assert bad.kind == "rejected"
    assert sum(isinstance(answer, Ticket) for answer in answers) == 5
    (number,) = await world.order("ozon")
    await world.source.assemble(await world.read(number), ())
    world.clock.advance(10)
    (early,) = await world.source.request_labels([await world.read(number)])
    assert isinstance(early, Failure)
    assert (early.kind, early.retry_after) == ("unavailable", timedelta(seconds=20))


async def test_assembling_twice_is_done_and_parcels_become_postings(world: World) -> None:
    (number,) = await world.order("ozon")
    posting = await world.read(number)
    half = (msgspec.structs.replace(posting.items[0], quantity=1),)
    box = Parcel(number=1, weight_g=100, length_mm=100, width_mm=100, height_mm=100, items=half)
    done = await world.source.assemble(posting, [box, msgspec.structs.replace(box, number=2)])
    assert len(done.numbers) == 2
    world.clock.advance(10)
    assert [(await world.read(one)).items[0].quantity for one in done.numbers] == [1, 1]
    assert (await world.source.assemble(posting, ())).numbers == (number,)
    assert (await world.truth(number))["ship_attempts"] == 1
    empty = msgspec.structs.replace(box, items=())
    with pytest.raises(Rejected, match="Several parcels"):
        await world.source.assemble(posting, [empty, empty])


async def test_an_assembly_that_ozon_drops_shows(world: World) -> None:
    (number,) = await world.order("ozon", behaviour={"ship_failed_times": 1})
    await world.source.assemble(await world.read(number), ())
    world.clock.advance(10)
    dropped = await world.read(number)
    assert dropped.assembly_failed
    assert Action.ASSEMBLE in dropped.actions


async def test_the_list_lacks_the_phone_and_the_single_read_has_it(world: World) -> None:
    buyer = {"name": "Анна Тестова", "phone": "+70000000001", "pin": "4711", "city": "Казань"}
    (number,) = await world.order("non_integrated", recipient=buyer)
    (listed,), _ = await world.walk("open")
    assert not listed.recipient_complete
    whole = await world.read(number)
    assert whole.recipient_complete
    assert whole.recipient is not None
    assert whole.recipient.phone_extension == "4711"
    assert whole.recipient.address is not None
    assert (whole.recipient.address.country, whole.recipient.address.city) == ("RU", "Казань")


async def test_streams_page_and_only_what_changed_comes_again(world: World) -> None:
    numbers = await world.order("ozon", 230)
    found, cursor = await world.walk("open")
    assert sorted(one.number for one in found) == sorted(numbers)
    assert cursor == ""
    world.clock.advance(3600)
    found, cursor = await world.walk("changed")
    assert len({one.number for one in found}) == 230
    world.clock.advance(3600)
    found, cursor = await world.walk("changed", cursor)
    assert found == []
    world.clock.advance(3600)
    await world.tell(f"postings/{numbers[7]}/cancel", {"initiator": "client", "reason": ""})
    found, cursor = await world.walk("changed", cursor)
    assert [(one.number, one.stage) for one in found] == [(numbers[7], Stage.CANCELLED)]
    assert found[0].cancel_reason
    again, _ = await world.walk("changed", cursor)
    assert [one.number for one in again] == [numbers[7]]  # the overlap


async def test_a_cursor_that_ozon_forgot_begins_again(world: World) -> None:
    numbers = await world.order("ozon", 101)
    page = await world.source.postings("changed", "")
    assert not page.complete
    spoilt = page.next.replace('"cursor":"', '"cursor":"!')
    found, _ = await world.walk("changed", spoilt)
    assert sorted(one.number for one in found) == sorted(numbers)
    assert (await world.source.postings("changed", "not one of ours")).items


async def test_a_cancel_needs_a_reason_that_ozon_takes(world: World) -> None:
    (number,) = await world.order("ozon")
    posting = await world.read(number)
    reasons = await world.source.cancel_reasons(posting)
    assert {one.id: one.needs_message for one in reasons}["402"]
    chosen: CancelReason = next(one for one in reasons if one.id == "352")
    assert (await world.source.cancel(posting, chosen, "")).state == "accepted"
    assert (await world.read(number)).stage is Stage.CANCELLED
    assert (await world.source.cancel(posting, chosen, "")).state == "done"


async def test_an_answer_about_another_posting_is_no_refusal(world: World) -> None:
    first, second = await world.assembled(
        "non_integrated", 2, recipient={"name": "Анна", "phone": "+70000000001"}
    )
    assert (await world.source.set_tracking(first, "TRACK-1")).state == "accepted"
    await world.tell(
        "faults", {"rules": [{"kind": "foreign_answer", "path": "/v2/fbs/posting/tracking-number/set"}]}
    )
    with pytest.raises(NoOutcome):
        await world.source.set_tracking(second, "TRACK-2")
