"""A field of the buyer is personal data everywhere: one that is added cannot be forgotten in either place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.flow.history.echoes import without_echo
from hub.flow.intake.buyers import keep_recipient
from hub.plugin_api.models import Address, Fulfilment, IdentityDocument, Posting, Recipient, Stage
from hub.store import open_store, rows

ADDRESS = Address(
    country="RU",
    postal_code="630099",
    region="Новосибирская обл.",
    city="Новосибирск",
    street="ул. Каштановая 17",
    delivery_point="NSK23",
    comment="домофон сломан",
    latitude=55.12345,
    longitude=82.54321,
)
IDENTITY = IdentityDocument(
    holder="Кузьмич",
    series="4512",
    number="778899",
    issued_on=date(2015, 3, 21),
    issued_by="ОВД Ленинского района",
    date_of_birth=date(1990, 4, 22),
    tax_number="500100732259",
)
_GIVEN: dict[str, Any] = {
    "name": "Фёдоров",
    "phone": "+79123456789",
    "phone_extension": "40417",
    "email": "petr@mail.example",
    "address": ADDRESS,
    "identity": IDENTITY,
}
_ADDED: dict[str, Any] = {
    field.name: f"Кедрач {field.name}" if field.default == "" else date(1987, 6, 5)
    for field in msgspec.structs.fields(Recipient)
    if field.name not in _GIVEN
}
"""What the fields hold that were added since: a day, or words."""
BUYER = Recipient(**_GIVEN, **_ADDED)
PLACES = {"country", "postal_code", "region", "city", "delivery_point"}
"""A refusal that names a town is worth reading, and says of nobody where he lives."""
ROW = rows.RecipientRow("pst_1", BUYER, datetime(2026, 1, 1, tzinfo=UTC), None)


@pytest.mark.parametrize("person", [BUYER, ADDRESS, IDENTITY], ids=lambda one: type(one).__name__)
def test_every_field_is_taken_out_of_what_vendors_repeat(person: msgspec.Struct) -> None:
    for field in msgspec.structs.fields(person):
        value = getattr(person, field.name)
        assert value, f"give {field.name} a value in this test"
        if isinstance(value, msgspec.Struct) or field.name in PLACES:
            continue
        said = value.isoformat() if isinstance(value, date) else str(value)
        assert said not in without_echo(f"not accepted: {said} ({field.name})", ROW), field.name


def test_what_a_list_leaves_out_of_a_buyer_is_kept(tmp_path: Path) -> None:
    """A marketplace's list has less of the buyer than the single read: the rest stays as it was read."""
    store = open_store(tmp_path / "hub.sqlite")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    posting = Posting(
        number="1",
        scheme="rfbs",
        flow="non_integrated",
        fulfilment=Fulfilment(books="seller", label="carrier", tracking="seller", statuses="seller"),
        status="awaiting_packaging",
        stage=Stage.NEW,
        items=(),
        recipient=BUYER,
    )
    listed = msgspec.structs.replace(
        posting, recipient=Recipient(name=BUYER.name, address=ADDRESS), recipient_complete=False
    )
    store.write_now(lambda tx: keep_recipient(tx, "pst_1", posting, now))
    store.write_now(lambda tx: keep_recipient(tx, "pst_1", listed, now))
    kept = rows.recipients.get(store.reader, "pst_1")
    store.close()
    assert kept is not None
    assert kept.document == BUYER
