"""A plugin's plan of boxes is checked where it comes in: a bad one costs its posting, and is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

import hub
from hub.flow import orders, reading
from hub.flow.sellers.catalogue import import_products
from hub.plugin_api.models import Action, Item, Money, Parcel, Posting, Product, Stage

from .desk import TOML, Lookup, desk

DECIDES = TOML.replace('"labels"]', '"labels", "packer"]')
CUP = Product(offer_id="CUP", sku="1", weight_g=300, length_mm=100, width_mm=90, height_mm=80)
CUPS = (Item(sku="1", offer_id="CUP", name="Кружка", quantity=3, price=Money.of("500", "RUB")),)
PAN = Item(sku="2", offer_id="PAN", name="Pan", quantity=1)
Plan = Callable[[Posting], Any]


def box(number: int, items: Sequence[Item] = (), **changes: Any) -> Parcel:
    plain = Parcel(
        number=number, weight_g=400, length_mm=120, width_mm=110, height_mm=100, items=tuple(items)
    )
    return msgspec.structs.replace(plain, **changes)


def cups(posting: Posting, count: int) -> tuple[Item, ...]:
    return (msgspec.structs.replace(posting.items[0], quantity=count),)


class Courier:
    """The desk's courier, without the plan of boxes that the desk's own plugin has."""

    @hub.hookimpl
    def carriers(self) -> Iterable[type[hub.Carrier[Any]]]:
        return (Lookup,)


class Packer:
    """It plans as it is told, and only for the first posting."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    @hub.hookimpl
    def plan_parcels(self, request: hub.PackingRequest) -> Any:
        return self.plan(request.posting) if request.posting.number == "1001-1" else None


LIES: dict[str, tuple[Plan, str]] = {
    "no list": (lambda posting: {1: box(1, posting.items)}, "plan is of another type: dict"),
    "no box": (lambda posting: ["box"], "plan[0] is of another type: str"),
    "no number": (
        lambda posting: [box(1, posting.items, weight_g="400")],
        "plan[0].weight_g is of another type: str",
    ),
    "no weight": (
        lambda posting: [box(1, posting.items, weight_g=0)],
        "plan[0].weight_g is out of range",
    ),
    "a negative size": (
        lambda posting: [box(1, posting.items), box(2, width_mm=-1)],
        "plan[1].width_mm is out of range",
    ),
    "numbers from 0": (
        lambda posting: [box(0, posting.items), box(1)],
        "the boxes are not numbered from 1 on",
    ),
    "one number twice": (
        lambda posting: [box(1, posting.items), box(1)],
        "the boxes are not numbered from 1 on",
    ),
    "too many boxes": (
        lambda posting: [box(1, posting.items), *(box(number) for number in range(2, 102))],
        "there are too many boxes: 101",
    ),
    "everything twice": (
        lambda posting: [box(1, posting.items), box(2, posting.items)],
        "CUP is not in the boxes as often as it was ordered",
    ),
    "one cup left out": (
        lambda posting: [box(1, cups(posting, 1)), box(2, cups(posting, 1))],
        "CUP is not in the boxes as often as it was ordered",
    ),
    "nothing in it": (lambda posting: [box(1)], "CUP is not in the boxes as often as it was ordered"),
    "goods of another posting": (
        lambda posting: [box(1, (*posting.items, PAN))],
        "PAN is not in the boxes as often as it was ordered",
    ),
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_bad_plan_costs_its_posting_and_is_named(tmp_path: Path, lie: str) -> None:
    plan, wrong = LIES[lie]
    packer = Packer(plan)
    extra = {"courier": Courier(), "packer": packer}
    async with desk(tmp_path, Lookup, extra=extra, toml=DECIDES) as at:
        await import_products(at.app, "shop", [CUP], "test")
        bad = await at.order("1001-1", items=CUPS)
        good = await at.order("1002-1", items=CUPS)
        for posting in (bad, good):
            await at.ship(posting)
        await at.pass_time(600)
        assert at.view(good).stage == "labelled"
        assert at.view(bad).stage == "assembled"
        problem = at.problems()["bad_plan"]
        assert problem.text == f"The plan of boxes of the plugin packer cannot be used: {wrong}"
        with pytest.raises(hub.BadReply, match="packer"):
            await orders.quote(at.app, bad, "test")
        packer.plan = lambda posting: [box(1, cups(posting, 1)), box(2, cups(posting, 2)), box(3)]
        await at.answer("bad_plan", "retry")
        await at.pass_time(600)
        assert at.view(bad).stage == "labelled"
        assert [order.parcels for order in at.books.orders] == [1, 3]
        assert not at.problems()


@pytest.mark.parametrize("books", ["seller", "marketplace"])
async def test_nothing_is_assembled_by_a_bad_plan(tmp_path: Path, books: str) -> None:
    packer = Packer(LIES["everything twice"][0])
    extra = {"courier": Courier(), "packer": packer}
    async with desk(tmp_path, Lookup, extra=extra, toml=DECIDES) as at:
        await import_products(at.app, "shop", [CUP], "test")
        posting = await at.order("1001-1", items=CUPS, stage=Stage.NEW, actions=frozenset({Action.ASSEMBLE}))
        known = at.books.postings["1001-1"]
        fulfilment = msgspec.structs.replace(known.fulfilment, books=books)
        at.books.postings["1001-1"] = msgspec.structs.replace(known, fulfilment=fulfilment)
        await orders.sync(at.app, "shop", "test")
        await at.ship(posting)
        await at.pass_time(60)
        assert "bad_plan" in at.problems()
        assert not at.operations("assemble")
        packer.plan = lambda posting: None
        await at.answer("bad_plan", "retry")
        await at.pass_time(60)
        assert [one.request["parcels"][0]["items"][0]["quantity"] for one in at.operations("assemble")] == [3]


async def test_a_bad_plan_is_told_in_the_readers_language(tmp_path: Path) -> None:
    extra = {"courier": Courier(), "packer": Packer(LIES["no weight"][0])}
    toml = DECIDES.replace('language = "en"', 'language = "zh"')
    async with desk(tmp_path, Lookup, extra=extra, toml=toml) as at:
        await import_products(at.app, "shop", [CUP], "test")
        posting = await at.order("1001-1", items=CUPS)
        await at.ship(posting)
        await at.pass_time(60)
        (problem,) = reading.problems(at.app, seller="shop").items
        assert "packer" in problem.text
        assert problem.text.startswith("插件")
