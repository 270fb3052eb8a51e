"""What Ozon finds wrong with the pieces of a posting, over real HTTP: corrected, and then packed."""

from __future__ import annotations

from hub.flow import orders, reading
from hub.flow.units.entering import Fact, enter
from hub.flow.units.worklist import worklist
from tests.flow.world import LINE, World, spec, world
from tests.web.units_seed import code

__all__ = ["world"]

SKU = str(LINE["sku"])
GTD = "10702030/120926/0001234"


def wanted(world: World) -> set[str]:
    return {one.fact for work in worklist(world.app, "shop") for one in work.missing}


def entered(fact: str, value: str, number: int = 0) -> Fact:
    return Fact(sku=SKU, number=number, fact=fact, value=value)  # type: ignore[arg-type]


async def test_a_country_is_told_by_the_number_that_ozon_knows_and_a_customs_number_after_it(
    world: World,
) -> None:
    line = LINE | {"requires": ["country"]}
    (posting,) = await world.order(
        spec("ozon", "fbs") | {"products": [line], "behaviour": {"country_by": "sku"}}
    )
    await orders.ship(world.app, "shop", [posting], actor="test")
    await enter(world.app, posting, [entered("country", "CN")], "test")
    await world.until(lambda: wanted(world) == {"customs_number"})
    assert reading.problems(world.app, seller="shop").items == []
    await enter(world.app, posting, [entered("customs_number", GTD)], "test")
    await world.until(lambda: world.now(posting).stage == "labelled")
    (truth,) = (await world.truth(world.ozon))["postings"]
    assert (truth["countries"], truth["unit_sets"], truth["ship_attempts"]) == ({SKU: "CN"}, 1, 1)
    assert [unit["gtd"] for unit in truth["units"]] == [GTD, GTD]


async def test_a_code_that_ozon_finds_wrong_is_a_problem_until_another_is_entered(world: World) -> None:
    line = LINE | {"requires": ["marking"]}
    fails = {code("2"): "CIS_NOT_FOUND"}
    (posting,) = await world.order(
        spec("ozon", "fbs") | {"products": [line], "behaviour": {"check_fails": fails}}
    )
    await orders.ship(world.app, "shop", [posting], actor="test")
    await enter(world.app, posting, [entered("marking", code(n), int(n)) for n in ("1", "2")], "test")
    await world.until(lambda: bool(world.now(posting).problems))
    (problem,) = reading.problems(world.app, seller="shop").items
    assert problem.kind == "units_refused"
    assert "CIS_NOT_FOUND" in str(problem)
    await enter(world.app, posting, [entered("marking", code("3"), 2)], "test")
    await world.until(lambda: world.now(posting).stage == "labelled")
    (truth,) = (await world.truth(world.ozon))["postings"]
    assert (truth["unit_sets"], truth["ship_attempts"]) == (2, 1)
    assert [unit["marks"]["mandatory_mark"] for unit in truth["units"]] == [code("1"), code("3")]
    assert reading.problems(world.app, seller="shop").items == []
