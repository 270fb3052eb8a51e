"""Buyers' texts reach carriers whole: what a carrier does not take that long is said, and nothing is cut in
silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from hub.flow import reading
from hub.flow.choice import lengths
from hub.plugin_api.errors import ConfigError, Rejected
from hub.plugin_api.lengths import TextLimit
from hub.plugin_api.models import Booking, BookRequest, Item, Money, Parcel, Recipient
from hub.plugins.checks import check_class
from hub.words import render
from tests.flow.desk import HOME, Desk, Lookup, desk

LONG_STREET = "ул. " + "Длинная" * 20
BUYER = Recipient(name="Анна Петрова", phone="+79990000001", address=HOME)


class Strict(Lookup):
    """It takes short texts only, and keeps what it was sent."""

    text_limits = (
        TextLimit("recipient.name", 20, "API 1.0"),
        TextLimit("address.street", 60, "API 1.0"),
        TextLimit("address.comment", 30, "API 1.0"),
        TextLimit("item.name", 25, "API 1.0", over="shorten"),
        TextLimit("item.url", 40, "API 1.0", over="leave_out"),
        TextLimit("item.brand", 10, "API 1.0"),
    )
    taken: ClassVar[list[BookRequest]]

    async def book(self, request: BookRequest) -> Booking:
        self.taken.append(request)
        return await super().book(request)


def cup(**changes: Any) -> Item:
    plain = Item(sku="1", offer_id="CUP", name="Кружка", quantity=1, price=Money.of("500.00", "RUB"))
    return msgspec.structs.replace(plain, **changes)


def goes_to(**changes: Any) -> Recipient:
    return msgspec.structs.replace(BUYER, address=msgspec.structs.replace(HOME, **changes))


async def shipped(at: Desk, **changes: Any) -> str:
    Strict.taken = []
    posting = await at.order(**changes)
    await at.ship(posting)
    await at.pass_time(news=False)
    return posting


async def test_a_street_that_is_too_long_is_asked_about_and_goes_out_as_corrected(tmp_path: Path) -> None:
    async with desk(tmp_path, Strict) as at:
        posting = await shipped(at, recipient=goes_to(street=LONG_STREET, comment="домофон " * 5))
        problem = at.problems()["no_quotes"]
        assert f"the street with house and flat: {len(LONG_STREET)} characters, at most 60" in problem.text
        assert "the buyer's words for the courier: 39 characters, at most 30" in problem.text
        assert "Длинная" not in problem.text, "a problem shows nobody's address"
        assert {"correct_address", "other_carrier"} <= {one.code for one in problem.answers}
        assert Strict.taken == []
        await at.answer("no_quotes", "correct_address", street="ул. Длинная, 20", comment="код 12")
        await at.pass_time(news=False)
        (request,) = Strict.taken
        assert request.recipient.address is not None
        assert (request.recipient.address.street, request.recipient.address.comment) == (
            "ул. Длинная, 20",
            "код 12",
        )
        assert at.view(posting).stage == "labelled"
        assert "no_quotes" not in at.problems()


async def test_goods_names_are_shortened_and_the_history_says_so_once(tmp_path: Path) -> None:
    name = "Кружка керамическая с очень длинным названием"
    async with desk(tmp_path, Strict) as at:
        posting = await shipped(at, items=(cup(name=name, url="https://shop.example/" + "x" * 40),))
        (request,) = Strict.taken
        (item,) = request.parcels[0].items
        assert (item.name, item.url) == (name[:25].rstrip(), "")
        told = [one for one in _history(at, posting) if "fitted" in one]
        assert told == [
            f"Texts fitted to what courier takes: the name of CUP is shortened from {len(name)} characters "
            "to 25; the web page of CUP is left out: 61 characters, at most 40"
        ]
        assert at.view(posting).stage == "labelled"


async def test_texts_that_fit_go_out_as_they_are_and_nothing_is_said(tmp_path: Path) -> None:
    street = "у" * 60
    async with desk(tmp_path, Strict) as at:
        posting = await shipped(at, recipient=goes_to(street=street), items=(cup(name="н" * 25),))
        (request,) = Strict.taken
        assert request.recipient.address is not None
        assert request.recipient.address.street == street
        assert request.parcels[0].items[0].name == "н" * 25
        assert not [one for one in _history(at, posting) if "fitted" in one]


def _history(at: Desk, posting: str) -> list[str]:
    return [one.text for one in reading.posting_details(at.app, posting).history]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"recipient": msgspec.structs.replace(BUYER, name="А" * 21)}, "the buyer's name: 21 characters"),
        ({"items": (cup(brand="B" * 11),)}, "the brand of CUP: 11 characters, at most 10"),
    ],
)
async def test_what_only_another_carrier_takes_is_said(
    tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    async with desk(tmp_path, Strict) as at:
        await shipped(at, **changes)
        assert told in at.problems()["no_quotes"].text
        assert Strict.taken == []


def test_it_is_said_in_three_languages_and_once_for_equal_lines() -> None:
    items = (cup(brand="B" * 11), cup(brand="C" * 11))
    parcel = posting_parcel(items)
    with pytest.raises(Rejected) as caught:
        lengths.check(_strict(), None, goes_to(street=LONG_STREET), (parcel,))
    for language, words in (("ru", "улица с домом и квартирой"), ("zh", "街道、门牌和房号")):
        assert words in render(caught.value.said, language)
    assert str(caught.value.said).count("the brand of CUP") == 1


def posting_parcel(items: tuple[Item, ...]) -> Parcel:
    return Parcel(number=1, weight_g=300, length_mm=10, width_mm=10, height_mm=10, items=items)


def _strict() -> Any:
    return Strict.__new__(Strict)


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("Кружка белая", 7, "Кружка"),
        ("и\u0306" * 3, 3, "и\u0306"),  # й of two characters is not torn
        (
            "\U0001f469\u200d\U0001f467 кукла",
            2,
            "\U0001f469\u200d",
        ),  # shorter than its first sign: cut all the same
        ("аб", 2, "аб"),
    ],
)
def test_a_shortened_text_has_no_half_letters(text: str, most: int, cut: str) -> None:
    assert lengths.shortened(text, most) == cut


@pytest.mark.parametrize(
    ("limits", "wrong"),
    [
        ([TextLimit("recipient.name", 20, "x")], "no tuple of hub.TextLimit"),
        ((TextLimit("recipient.nam", 20, "x"),), "did you mean 'recipient.name'"),  # type: ignore[arg-type]
        ((TextLimit("recipient.name", 0, "x"),), "write 1 or more"),
        ((TextLimit("address.street", 9, "x", over="shorten"),), "only texts of goods may be"),
    ],
)
def test_limits_that_cannot_work_are_refused_at_the_start(limits: Any, wrong: str) -> None:
    kind = type("Wrong", (Lookup,), {"text_limits": limits})
    with pytest.raises(ConfigError, match=wrong):
        check_class("courier", "carriers", kind)
