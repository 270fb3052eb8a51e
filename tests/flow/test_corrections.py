"""What a person corrects of the buyer: every text of it, and for as long as the marketplace says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from hub.flow import orders
from hub.flow.history.echoes import without_echo
from hub.flow.recipients.address_checks import PARTS
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Address, Booking, BookRequest, Recipient
from hub.store import rows
from tests.flow.desk import HOME, Desk, Lookup, desk

BUYER = Recipient(name="Анна Петрова", phone="+79990000001", phone_extension="12", address=HOME)
NEW: dict[str, Any] = {
    "name": "Анна Петрова-Ли",
    "phone": "+7 900 123-45-67",
    "phone_extension": "77",
    "email": "anna@mail.example",
    "country": "BY",
    "postal_code": "220030",
    "region": "Минская область",
    "city": "Минск",
    "street": "ул. Лесная, 2",
    "delivery_point": "MSQ1",
    "comment": "код 12",
}


class Keeps(Lookup):
    """It keeps the buyers that it was sent."""

    booked: ClassVar[list[Recipient]]

    async def book(self, request: BookRequest) -> Booking:
        self.booked.append(request.recipient)
        return await super().book(request)


async def _refused(at: Desk) -> str:
    Keeps.booked = []
    at.books.meets.append("refused")
    posting = await at.order(recipient=BUYER)
    await at.ship(posting)
    await at.pass_time(news=False)
    assert "carrier_refused" in at.problems()
    return posting


def _texts(kind: type[msgspec.Struct]) -> set[str]:
    return {one.name for one in msgspec.structs.fields(kind) if one.type is str}


def test_every_text_of_the_buyer_can_be_corrected() -> None:
    assert set(PARTS) == _texts(Recipient) | _texts(Address) == NEW.keys()


async def test_all_of_it_is_booked_as_corrected(tmp_path: Path) -> None:
    async with desk(tmp_path, Keeps) as at:
        posting = await _refused(at)
        await at.answer("carrier_refused", "correct_address", **NEW)
        await at.pass_time(news=False)
        sent = Keeps.booked[-1]
        address = sent.address
        assert address is not None
        for name, value in NEW.items():
            assert getattr(sent if name in _texts(Recipient) else address, name) == value, name
        assert at.view(posting).stage == "labelled"


async def test_a_corrected_phone_brings_its_own_extension_or_none(tmp_path: Path) -> None:
    async with desk(tmp_path, Keeps) as at:
        await _refused(at)
        at.books.meets.append("refused")
        await at.answer("carrier_refused", "correct_address", phone="+7 900 123-45-67")
        await at.pass_time(news=False)
        await at.answer("carrier_refused", "correct_address", phone="8 900 123-45-67 доб. 5")
        await at.pass_time(news=False)
        phones = [(one.phone, one.phone_extension) for one in Keeps.booked]
        assert phones == [("+79990000001", "12"), ("+7 900 123-45-67", ""), ("8 900 123-45-67", "5")]


@pytest.mark.parametrize("phone", ["none", "987", "+7 900 123-45-67 and more"])
async def test_a_phone_that_is_none_is_refused_and_not_repeated(tmp_path: Path, phone: str) -> None:
    async with desk(tmp_path, Keeps) as at:
        await _refused(at)
        with pytest.raises(Rejected) as caught:
            await at.answer("carrier_refused", "correct_address", phone=phone)
        assert caught.value.code == "parameters"
        assert phone not in caught.value.message
        assert "carrier_refused" in at.problems()


async def test_it_stands_until_the_marketplace_says_something_else(tmp_path: Path) -> None:
    async with desk(tmp_path, Keeps) as at:
        posting = await _refused(at)
        at.books.meets.extend(["refused"] * 3)
        await at.answer("carrier_refused", "correct_address", name=NEW["name"], phone=NEW["phone"])
        await at.pass_time(news=False)

        async def told(**changes: Any) -> Recipient:
            at.books.postings["1001-1"] = msgspec.structs.replace(
                at.books.postings["1001-1"], recipient=msgspec.structs.replace(BUYER, **changes)
            )
            await orders.sync(at.app, "shop", "test")
            row = rows.recipients.get(at.app.store.reader, posting)
            assert row is not None
            return row.document

        corrected = (NEW["name"], NEW["phone"], "")
        elsewhere = await told(address=msgspec.structs.replace(HOME, street="ул. Лесная, 9"))
        assert (elsewhere.name, elsewhere.phone, elsewhere.phone_extension) == corrected
        assert elsewhere.address is not None
        assert elsewhere.address.street == "ул. Лесная, 9"
        other_phone = await told(phone="+79990000002", phone_extension="13")
        assert (other_phone.name, other_phone.phone, other_phone.phone_extension) == (
            NEW["name"],
            "+79990000002",
            "13",
        )
        again = await told(name="Пётр Иванов")
        assert (again.name, again.phone, again.phone_extension) == ("Пётр Иванов", "+79990000001", "12")


async def test_what_a_list_leaves_out_does_not_undo_a_correction(tmp_path: Path) -> None:
    async with desk(tmp_path, Keeps) as at:
        posting = await _refused(at)
        await at.answer("carrier_refused", "correct_address", phone=NEW["phone"])
        full = at.books.postings["1001-1"]
        short = msgspec.structs.replace(BUYER, phone="", phone_extension="")
        for some in (
            msgspec.structs.replace(full, recipient=short, recipient_complete=False, substatus="a"),
            msgspec.structs.replace(full, substatus="b"),
        ):
            at.books.postings["1001-1"] = some
            await orders.sync(at.app, "shop", "test")
            row = rows.recipients.get(at.app.store.reader, posting)
            assert row is not None
            assert row.document.phone == NEW["phone"]
            told = without_echo("unknown: +79990000001, +79001234567", row)
            assert "0000001" not in told
            assert "1234567" not in told
