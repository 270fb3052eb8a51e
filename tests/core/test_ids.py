"""Ids and booking references."""

from __future__ import annotations

import time
import uuid
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.plugin_api.carriers import BASE32
from hub.plugin_api.ids import client_reference, new_id

texts = st.text(max_size=20)
prefixes = st.text(BASE32, max_size=8)
counts = st.integers(1, 99)


def reference(
    number: str = "0100-0001-1", *, prefix: str = "", ordinal: int = 1, epoch: int = 1, length: int = 30
) -> str:
    return client_reference(prefix, "ozon", "42", number, ordinal, epoch, max_length=length)


def test_an_id_is_a_prefix_and_a_uuid_of_version_7() -> None:
    before = time.time_ns() // 1_000_000
    prefix, _, text = new_id("pst").partition("_")
    made = uuid.UUID(text)
    assert prefix == "pst"
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_ids_sort_by_the_time_they_were_made(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_700_000_000_000_000_000
    ids = []
    for step in range(200):
        monkeypatch.setattr(time, "time_ns", lambda step=step: now + step * 1_000_000)
        ids.append(new_id("evt"))
    assert all(earlier < later for earlier, later in pairwise(ids))


def test_ids_differ() -> None:
    assert len({new_id("op") for _ in range(10_000)}) == 10_000


@given(prefixes, texts, texts, texts, counts, counts, st.integers(20, 60))
def test_a_reference_fits_every_carrier(
    prefix: str, source: str, account: str, number: str, ordinal: int, epoch: int, length: int
) -> None:
    text = client_reference(prefix, source, account, number, ordinal, epoch, max_length=length)
    assert text.startswith(prefix)
    assert len(prefix) + 12 <= len(text) <= length
    assert set(text) <= set(BASE32)


@given(prefixes, texts, texts, texts, counts, counts)
def test_the_same_facts_give_the_same_reference(
    prefix: str, source: str, account: str, number: str, ordinal: int, epoch: int
) -> None:
    facts = (prefix, source, account, number, ordinal, epoch)
    assert client_reference(*facts, max_length=30) == client_reference(*facts, max_length=30)


def test_a_reference_stays_what_it_is() -> None:
    """Bookings that were made under these texts must be found again: they never change.

    The text is what ``printf 'ozon\\x1f42\\x1f0100-0001-1\\x1f1\\x1f1' | sha256sum`` says, in base32.
    """
    assert reference() == "A46KC5ZMWQQQWNRKCHZW"
    assert reference(prefix="MS", length=16) == "MSA46KC5ZMWQQQWN"


@given(texts, texts, counts, counts, counts, counts)
def test_other_facts_give_another_reference(
    a: str, b: str, ordinal: int, other_ordinal: int, epoch: int, other_epoch: int
) -> None:
    one, two = (a, ordinal, epoch), (b, other_ordinal, other_epoch)
    first = reference(a, ordinal=ordinal, epoch=epoch)
    assert (first == reference(b, ordinal=other_ordinal, epoch=other_epoch)) is (one == two)


def test_facts_do_not_run_into_each_other() -> None:
    assert client_reference("", "ozon", "1", "23", 1, 1, max_length=30) != client_reference(
        "", "ozon", "12", "3", 1, 1, max_length=30
    )


def test_a_prefix_that_leaves_too_little_is_refused() -> None:
    assert len(reference(prefix="ABCDEFGH", length=20)) == 20
    with pytest.raises(ValueError, match="leaves 11 characters"):
        reference(prefix="ABCDEFGH", length=19)
