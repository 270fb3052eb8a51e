"""Vendors repeat what they were sent: their words are kept without the buyer, the papers and the keys."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.flow.history.echoes import GONE, mapped, without_echo
from hub.flow.runtime import vendors_keys
from hub.flow.runtime.vendors_keys import know_keys, without_keys
from hub.plugin_api.models import Address, CleanedAddress, IdentityDocument, Recipient
from hub.plugin_api.settings import Secret, Settings
from hub.store import rows
from hub.words import Sentence, as_data, in_english, said

ROW = rows.RecipientRow(
    "pst_1",
    Recipient(
        name="Фёдоров Пётр Кузьмич",
        phone="+7 (912) 345-67-89",
        phone_extension="40417",
        email="petr@mail.example",
        address=Address(
            country="RU", postal_code="630099", city="Новосибирск", street="ул. Каштановая, д. 17, кв. 93",
            comment="домофон не работает", latitude=55.12345, longitude=82.54321,
        ),
        identity=IdentityDocument(
            holder="Фёдоров Пётр Кузьмич", series="4512", number="778899", issued_on=date(2015, 3, 21),
            issued_by="ОВД Ленинского района", date_of_birth=date(1990, 3, 21), tax_number="500100732259",
        ),
    ),
    datetime(2026, 1, 1, tzinfo=UTC),
    rows.AddressChecks(
        by_account={
            "acc": rows.AddressCheck(CleanedAddress(address=Address(country="RU", street="Рябиновая 5")))
        }
    ),
)  # fmt: skip


class _Account(Settings, frozen=True, kw_only=True):
    client_id: str
    api_key: Secret


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("The name ФЁДОРОВ is no name", f"The name {GONE} is no name"),
        ("phone 89123456789 is wrong", f"phone {GONE} is wrong"),
        ("phone +7 912 345 67 89 is wrong", f"phone {GONE} is wrong"),
        ("phone +79123456789,40417", f"phone {GONE}"),
        ("send to PETR@MAIL.EXAMPLE failed", f"send to {GONE} failed"),
        ("no house 'ул. Каштановая, д. 17, кв. 93' in 630099 Новосибирск",
         f"no house '{GONE}' in 630099 Новосибирск"),
        ("улица Каштановая 17 not found", f"улица {GONE} not found"),
        ("passport 4512 778899 of 21.03.1990, INN 500100732259", f"passport {GONE} of {GONE}, INN {GONE}"),
        ("corrected to Рябиновая 5", f"corrected to {GONE}"),
        ("at 55.12345, 82.54321", f"at {GONE}"),
        ("no tariff for 1200 g to Новосибирск", "no tariff for 1200 g to Новосибирск"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_was_told_is_taken_out_and_the_rest_is_kept(said: str, kept: str) -> None:
    assert without_echo(said, ROW) == kept


def test_keys_of_open_accounts_are_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendors_keys, "_KEYS", set())
    know_keys(_Account(client_id="100001", api_key=Secret("very-secret-key")))
    assert without_keys("client 100001: the key very-secret-key is unknown") == (
        f"client 100001: the key {GONE} is unknown"
    )


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_words_around_bring_it_back(before: str, after: str) -> None:
    """Separated from other letters and digits, a name or a phone never stays."""
    kept = without_echo(f"{before} Кузьмич +79123456789 {after}", ROW)
    assert "Кузьмич" not in kept.removeprefix(before)[:20]
    assert "9123456789" not in kept or "9123456789" in before + after


def test_codes_and_ids_are_never_touched() -> None:
    data = {
        "codes": ["40417", "4512778899"], "external_id": "40417-0001-1", "carrier": "Фёдоров Экспресс",
        "nested": {"reason": "40417", "n": 1, "words": "to 40417"},
    }  # fmt: skip
    assert mapped(data, lambda text: without_echo(text, ROW)) == data | {
        "nested": {"reason": GONE, "n": 1, "words": f"to {GONE}"}
    }


@pytest.mark.parametrize("stored", [False, True])
def test_of_a_sentence_the_values_are_cleaned_however_deep(stored: bool) -> None:
    """Also where a value is one word, or stands in a sentence within the sentence; our own words stay."""
    inner = said("{who} is away", code="rejected.away", values={"who": "Фёдоров"})
    outer = said(
        "CDEK: {said}, {phone}: {why}",
        code="rejected.cdek",
        values={"said": ["Кузьмич", 4512778899], "phone": "89123456789", "why": inner},
    )
    data = {"reason": as_data(outer) if stored else outer, "code": "CDEK", "n": [outer]}
    cleaned = mapped(data, lambda text: without_echo(text, ROW))
    assert in_english(cleaned)["reason"] == f"CDEK: {GONE}, {GONE}, {GONE}: {GONE} is away"
    assert cleaned["reason"]["text"] == outer.words.text
    assert cleaned["reason"]["code"] == "rejected.cdek"
    assert cleaned["code"] == "CDEK"
    assert "Фёдоров" not in str(cleaned)
    assert isinstance(without_echo(outer, ROW), Sentence)


def test_a_sentence_without_values_is_somebodys_words_too() -> None:
    told = said("Фёдоров has moved", code="rejected")
    assert without_echo(told, ROW) == f"{GONE} has moved"
