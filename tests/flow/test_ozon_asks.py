"""What Ozon asks before it is packed, and what a buyer asks: over real HTTP, to the end."""

from __future__ import annotations

from hub.flow import answering, orders, reading
from hub.flow.units.entering import Fact, enter
from hub.flow.units.scanning import scan
from hub.flow.units.worklist import worklist
from tests.flow.world import LINE, World, spec, world
from tests.web.units_seed import code

__all__ = ["world"]


async def test_marked_goods_are_packed_once_every_piece_is_known(world: World) -> None:
    marked = LINE | {"requires": ["marking", "gtd"]}
    (posting,) = await world.order(spec("ozon", "fbs") | {"products": [marked]})
    await orders.ship(world.app, "shop", [posting], actor="test")
    await world.until(lambda: orders.settled(world.app, [posting]) or bool(worklist(world.app, "shop")))
    (work,) = worklist(world.app, "shop")
    assert [(one.unit, one.fact) for one in work.missing] == [
        (1, "marking"), (1, "customs_number"), (2, "marking"), (2, "customs_number"),
    ]  # fmt: skip
    for serial in ("1", "2"):
        taken = await scan(world.app, "shop", code(serial), "test", posting_id=posting)
        assert taken.state == "taken", taken
    none = Fact(sku=str(LINE["sku"]), number=0, fact="customs_number", value="none")
    await enter(world.app, posting, [none], "test")
    await world.until(lambda: world.now(posting).stage == "labelled")
    (truth,) = (await world.truth(world.ozon))["postings"]
    assert (truth["unit_sets"], truth["ship_attempts"]) == (1, 1)
    assert [unit["marks"]["mandatory_mark"] for unit in truth["units"]] == [code("1"), code("2")]
    assert all(unit["no_gtd"] for unit in truth["units"])
    assert reading.problems(world.app, seller="shop").items == []


async def test_a_buyer_who_asks_is_answered_before_money_is_spent(world: World) -> None:
    kept, dropped = await world.order(*(spec("non_integrated", "rfbs") for _ in range(2)))
    for one in (kept, dropped):
        at = f"{world.ozon}/_emulator/postings/{world.now(one).number}/cancel-request"
        await world.tell(at, {"message": "Ошибся размером", "approves_in_hours": 480})

    def asked() -> dict[str, str]:
        problems = reading.problems(world.app, seller="shop").items
        return {one.posting_id: one.id for one in problems if one.kind == "cancel_asked"}

    await world.until(lambda: asked().keys() == {kept, dropped})
    await orders.ship(world.app, "shop", [kept, dropped], actor="test")
    await world.until(lambda: orders.settled(world.app, [kept, dropped]))
    assert (await world.truth(world.courier))["shipments"] == []
    ids = asked()
    await answering.answer(world.app, ids[kept], "refuse_to_cancel", {"comment": "Уже упаковано"}, "test")
    await answering.answer(world.app, ids[dropped], "agree_to_cancel", {}, "test")
    await world.until(lambda: world.now(kept).stage == "labelled")
    await world.until(lambda: world.now(dropped).stage == "cancelled")
    truth = await world.truth(world.ozon)
    states = {one["posting"]: (one["state"], one["decided_by"]) for one in truth["cancel_requests"]}
    assert states == {
        world.now(kept).number: ("REJECTED", "seller"),
        world.now(dropped).number: ("APPROVED", "seller"),
    }
    assert len((await world.truth(world.courier))["shipments"]) == 1
