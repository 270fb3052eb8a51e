"""Batches and checkin, against the emulated Post."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from hub import Rejected, Unconfirmed
from hub.calls.sending import UnsafeRequest
from hub.testing import book_request
from hub.testing.driving import reading, sent, unsafe, watched


async def test_parcels_are_announced_in_as_many_batches_as_they_need(world: Any) -> None:
    handovers = world.carrier.handovers
    parcels = [await world.book() for _ in range(2)] + [await world.book(book_request("EMS:ORDINARY"))]
    parcels = [msgspec.structs.replace(one, posting_number=f"P-{n}") for n, one in enumerate(parcels)]
    gone = msgspec.structs.replace(parcels[0], carrier_id="7", posting_number="P-7")
    with watched(world.carrier.http) as requests:
        opened = await sent(world.carrier, lambda: handovers.open([*parcels, gone], date(2026, 11, 25)))
    assert len(unsafe(requests)) == 1
    refused = [one for one in opened if one.state == "refused"]
    assert [(one.covers, bool(one.reason)) for one in refused] == [(("P-7",), True)]
    batches = [one for one in opened if one.state == "open"]
    assert sorted(number for one in batches for number in one.covers) == ["P-0", "P-1", "P-2"]
    looked_up = await reading(world.carrier, lambda: handovers.find(parcels))
    assert {one.handover_id: one.covers for one in looked_up} == {
        one.handover_id: one.covers for one in batches
    }


async def test_a_batch_is_open_until_checkin_and_has_its_list_then(world: Any) -> None:
    handovers = world.carrier.handovers
    shipment = await world.book()
    (batch,) = await sent(world.carrier, lambda: handovers.open([shipment]))
    name = batch.handover_id
    assert (await reading(world.carrier, lambda: handovers.read(name))).state == "open"
    with pytest.raises(UnsafeRequest):
        await handovers.close(name)  # outside the journal
    assert (await sent(world.carrier, lambda: handovers.close(name))).state == "pending"
    ready = await reading(world.carrier, lambda: handovers.read(name))
    assert ready.state == "ready"
    assert ready.document is not None
    assert ready.document.content.startswith(b"%PDF")


@pytest.mark.parametrize("body", ["{}", "[]", '{"f103-sent":false}', '{"result-ids":[1]}'])
async def test_a_checkin_that_says_nothing_is_looked_up(world: Any, body: str) -> None:
    shipment = await world.book()
    (batch,) = await sent(world.carrier, lambda: world.carrier.handovers.open([shipment]))
    await world.fault("status", "/1.0/batch/*/checkin", status=200, body=body)
    with pytest.raises(Unconfirmed):
        await sent(world.carrier, lambda: world.carrier.handovers.close(batch.handover_id))
    assert (
        await reading(world.carrier, lambda: world.carrier.handovers.read(batch.handover_id))
    ).state == "open"


@pytest.mark.parametrize("body", ["{}", "[]", '{"result-ids":[1]}'])
async def test_batches_of_which_nothing_is_said_are_looked_up(world: Any, body: str) -> None:
    shipment = await world.book()
    await world.fault("status", "/1.0/user/shipment", status=200, body=body, execute=True)
    with pytest.raises(Unconfirmed):
        await sent(world.carrier, lambda: world.carrier.handovers.open([shipment]))
    assert len(await reading(world.carrier, lambda: world.carrier.handovers.find([shipment]))) == 1


async def test_an_unknown_batch_is_refused(world: Any) -> None:
    with pytest.raises(Rejected):
        await reading(world.carrier, lambda: world.carrier.handovers.read("999999"))


async def test_parcels_in_no_batch_are_in_none(world: Any) -> None:
    shipment = await world.book()
    assert await reading(world.carrier, lambda: world.carrier.handovers.find([shipment])) == []
