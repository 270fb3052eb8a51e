"""A seller's day over real HTTP against the emulators, through real plugins, into a real database."""

from __future__ import annotations

from hub.flow import orders, reading
from hub.store import rows
from tests.flow.world import BUYER, World, spec, world

__all__ = ["world"]


async def test_a_posting_waits_until_ozon_has_the_buyers_papers(world: World) -> None:
    (one,) = await world.order(spec("ozon", "fbs"))
    at = f"{world.ozon}/_emulator/postings/{world.now(one).number}/move"
    move = {"status": "awaiting_packaging", "by": "ozon"}
    await world.tell(at, move | {"substatus": "posting_awaiting_passport_data"})
    await orders.sync(world.app, "shop", "test")
    await orders.ship(world.app, "shop", [one], actor="test")
    await world.until(lambda: orders.settled(world.app, [one]))
    assert world.now(one).stage == "waiting"
    (problem,) = reading.problems(world.app, seller="shop").items
    assert "passport" in problem.text
    assert rows.operations.all(world.app.store.reader, "") == []
    await world.tell(at, move | {"substatus": "posting_created"})
    await orders.sync(world.app, "shop", "test")
    await world.until(lambda: world.now(one).stage == "labelled")
    assert reading.problems(world.app, seller="shop").items == []


async def test_fbs_is_assembled_labelled_and_handed_over(world: World) -> None:
    ids = await world.order(*(spec("ozon", "fbs") for _ in range(3)))
    results = await orders.ship(world.app, "shop", ids, actor="test")
    assert [r.state for r in results] == ["queued"] * 3
    await world.until(lambda: all(world.now(i).stage == "labelled" for i in ids))
    labels = await orders.labels(world.app, ids, actor="test")
    assert labels.document_id is not None
    assert len(labels.ready) == 3
    done = await orders.handover(world.app, "shop", "test")
    assert done.document_id is not None
    world.gear(60_000)
    await world.until(lambda: all(world.now(i).stage == "delivered" for i in ids), 60)
    truth = {p["number"]: p["status"] for p in (await world.truth(world.ozon))["postings"]}
    assert set(truth.values()) == {"delivered"}


async def test_own_carrier_is_booked_once_told_and_followed(world: World) -> None:
    (posting,) = await world.order(spec("non_integrated", "rfbs"))
    for _ in range(3):  # pressing it again pays once
        await orders.ship(world.app, "shop", [posting], actor="test")
    await world.until(lambda: world.now(posting).stage == "labelled")
    view = world.now(posting)
    assert view.carrier == "sample"
    assert view.price is not None
    await orders.labels(world.app, [posting], actor="test")
    await orders.handover(world.app, "shop", "test")
    await world.tell(f"{world.courier}/_emulator/dropoff", {"numbers": [view.tracking_number]})
    world.gear(60_000)
    await world.until(lambda: world.now(posting).status == "delivered", 60)
    truth = await world.truth(world.courier)
    assert [(s["reference"], s["posted"]) for s in truth["shipments"]] == [(view.reference, 1)]
    (theirs,) = (await world.truth(world.ozon))["postings"]
    assert theirs["tracking_number"] == view.tracking_number
    assert theirs["status"] == "delivered"


async def test_a_buyer_who_cancels_costs_nothing(world: World) -> None:
    (posting,) = await world.order(spec("3pl_tracking", "rfbs"))
    await orders.ship(world.app, "shop", [posting], carrier="sample", actor="test")
    await world.until(lambda: world.now(posting).stage == "labelled")
    number = world.now(posting).number
    url = f"{world.ozon}/_emulator/postings/{number}/cancel"
    await world.tell(url, {"initiator": "client", "reason": "changed my mind"})

    def over() -> bool:
        shipment = rows.shipments.first(world.app.store.reader, "WHERE posting_id = ?", (posting,))
        return shipment is not None and shipment.state == "cancelled" and not shipment.committed_minor

    await world.until(over)
    (theirs,) = (await world.truth(world.courier))["shipments"]
    assert not theirs["live"]
    labels = await orders.labels(world.app, [posting], actor="test")
    assert labels.document_id is None
    assert "cancelled" in labels.refused[number]


async def test_cdek_books_where_the_courier_does_not_go(world: World) -> None:
    buyer = {**BUYER, "city": "Новосибирск", "region": "Новосибирская область", "zip_code": "630032"}
    (posting,) = await world.order(spec("non_integrated", "rfbs", recipient=buyer))
    await orders.ship(world.app, "shop", [posting], actor="test")
    await world.until(lambda: world.now(posting).stage == "labelled")
    view = world.now(posting)
    assert view.carrier == "cdek"
    await orders.labels(world.app, [posting], actor="test")
    await orders.handover(world.app, "shop", "test")
    await world.tell(f"{world.cdek}/_emulator/dropoff", {"cdek_numbers": [view.tracking_number]})
    world.gear(60_000)
    await world.until(lambda: world.now(posting).status == "delivered", 60)
    (theirs,) = (await world.truth(world.cdek))["orders"]
    assert theirs["number"] == view.reference
    assert theirs["cdek_number"] == view.tracking_number
