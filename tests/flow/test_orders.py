"""What a person orders and answers: what cannot be done is said at once, and nothing is left half done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.flow import orders
from hub.flow.sellers import catalogue
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Action, Assembly, Item, Money, Parcel, Posting, Product, Stage

from .desk import Desk, Market, desk


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path) as made:
        yield made


async def test_a_carrier_that_is_off_is_told_before_anything_is_done(at: Desk) -> None:
    posting = await at.order()
    await at.app.store.write(lambda tx: tx.execute("UPDATE accounts SET status = 'bad' WHERE name = 'c'"))
    with pytest.raises(Rejected, match="'courier' has no account that works for shop: there are none"):
        await at.ship(posting, carrier="courier")
    assert at.view(posting).stage == "assembled"
    assert not at.books.sends


async def test_another_carrier_for_what_is_booked_is_refused_in_words(at: Desk) -> None:
    posting = await at.order()
    await at.ship(posting)
    await at.pass_time()
    (again,) = await orders.ship(at.app, "shop", [posting], carrier="courier", actor="test")
    assert again.state == "already"
    await at.app.store.write(lambda tx: tx.execute("UPDATE shipments SET carrier = 'another'"))
    (other,) = await orders.ship(at.app, "shop", [posting], carrier="courier", actor="test")
    assert (other.state, other.reason) == (
        "refused",
        "it is booked with another: cancel that first, 'hub cancel'",
    )


async def test_what_a_booking_lacks_is_asked_before_the_marketplace_hears_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    async def assemble(self: Market, posting: Posting, parcels: tuple[Parcel, ...]) -> Assembly:
        told.append(posting.number)
        return Assembly(numbers=(posting.number,))

    monkeypatch.setattr(Market, "assemble", assemble)
    async with desk(tmp_path, boxes=0) as at:
        posting = await at.order(stage=Stage.WAITING, actions=frozenset({Action.ASSEMBLE}))
        await at.ship(posting)
        await at.pass_time()
        assert set(at.problems()) == {"no_weight"}
        assert not told
        # as the command line gives it: texts, and the only product is meant
        await at.answer(
            "no_weight", "correct_product", weight_g="300", length_mm="100", width_mm="90", height_mm="80"
        )
        await at.pass_time(5)
        assert told == ["1001-1"]


async def test_a_correction_changes_only_what_it_says(tmp_path: Path) -> None:
    async with desk(tmp_path, boxes=0) as at:
        known = Product(offer_id="CUP", place="A-1", length_mm=100, width_mm=90, height_mm=80)
        await catalogue.import_products(at.app, "shop", [known], "test")
        await at.ship(await at.order())
        await at.pass_time(1)
        for wrong, words in (
            ({"weight": "300"}, "has no 'weight'"),
            ({"weight_g": "0"}, "weight_g"),
            ({"weight_g": "light"}, "weight_g: 'light' is no whole number of grams"),
            ({"weight_g": True}, "weight_g: 'True' is no whole number of grams"),
            ({"barcodes": 5}, "barcodes"),
            ({}, "say what is to be corrected"),
            ({"offer_id": "NOPE", "weight_g": 300}, "offer_id is one of CUP"),
        ):
            with pytest.raises(Rejected, match=words):
                await at.answer("no_weight", "correct_product", **wrong)
        assert "no_weight" in at.problems()
        await at.answer("no_weight", "correct_product", weight_g="300")
        (product,) = catalogue.list_products(at.app, "shop").items
        assert (product.weight_g, product.place, product.length_mm) == (300, "A-1", 100)
        await at.pass_time()
        assert at.view(at.view_id()).stage == "labelled"


async def test_a_correction_that_leaves_measures_out_is_no_answer(tmp_path: Path) -> None:
    async with desk(tmp_path, boxes=0) as at:
        items = tuple(
            Item(sku=sku, offer_id=offer, name=offer, quantity=1, price=Money.of("1.00", "RUB"))
            for sku, offer in (("1", "CUP"), ("2", "TEA"), ("3", ""))
        )
        posting = await at.order(items=items)
        await at.ship(posting)
        await at.pass_time(1)
        lacking = "CUP still lacks length_mm, width_mm, height_mm"
        with pytest.raises(Rejected, match=lacking):
            await at.answer("no_weight", "correct_product", offer_id="CUP", weight_g="300")
        with pytest.raises(Rejected, match="offer_id is one of CUP, TEA, 3"):
            await at.answer("no_weight", "correct_product", weight_g="300")
        assert not catalogue.list_products(at.app, "shop").items
        size = {"length_mm": 100, "width_mm": 90, "height_mm": 80}
        for offer, left in (("CUP", ["TEA", "3"]), ("TEA", ["3"]), ("3", None)):
            await at.answer("no_weight", "correct_product", offer_id=offer, weight_g=300.0, **size)
            await at.pass_time(60)
            assert at.problems().get("no_weight") is None if left is None else (
                at.problems()["no_weight"].data["items"] == left
            )  # fmt: skip
        assert at.view(posting).stage in ("booked", "labelled")


@pytest.mark.parametrize("way", ["dismiss", "ship"])
async def test_a_booking_whose_cancel_was_refused_goes_on(at: Desk, way: str) -> None:
    posting = await at.order()
    await at.ship(posting)
    await at.pass_time()
    at.books.cancels.append("refused")
    await orders.cancel(at.app, posting, "a mistake", "test")
    await at.pass_time(60)
    waiting = (await orders.labels(at.app, [posting], actor="test")).waiting
    assert "its cancel was refused" in waiting["1001-1"]
    if way == "dismiss":
        await at.answer("cancel_refused", "dismiss")
    else:
        (again,) = await orders.ship(at.app, "shop", [posting], actor="test")
        assert again.state == "already"
    await at.pass_time()
    assert not at.problems()
    assert (await orders.labels(at.app, [posting], actor="test")).ready == ("1001-1",)
    assert len(at.books.sends) == 1
