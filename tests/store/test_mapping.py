"""Rows as structs: what goes in comes out, for every table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal, get_type_hints

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.plugin_api.models import (
    Address,
    CleanedAddress,
    Fulfilment,
    Item,
    Money,
    Parcel,
    Posting,
    Quote,
    Recipient,
    Sender,
    Service,
)
from hub.store import Store, Transaction, open_store, rows
from hub.store.mapping import Rows, from_micros, micros
from hub.store.schema import TABLES

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
TIME = st.integers(0, 7_258_118_400_000_000).map(from_micros)  # until 2200
NUMBER = st.integers(-(2**63), 2**63 - 9)
JSON = st.dictionaries(
    TEXT, st.one_of(TEXT, st.integers(-(2**53), 2**53), st.booleans(), st.none()), max_size=3
)
MONEY = st.builds(Money.from_minor, st.integers(0, 10**9), st.sampled_from(["RUB", "CNY"]))
ITEM = st.builds(
    Item, sku=TEXT, offer_id=TEXT, name=TEXT, quantity=st.integers(1, 99), price=st.none() | MONEY, place=TEXT
)
PARCEL = st.builds(
    Parcel,
    number=st.integers(1, 9),
    weight_g=st.integers(1, 99999),
    length_mm=st.just(1),
    width_mm=st.just(2),
    height_mm=st.just(3),
    items=st.lists(ITEM, max_size=2).map(tuple),
)
QUOTE = st.builds(
    Quote,
    service=st.builds(Service, code=TEXT, name=TEXT),
    price=MONEY,
    days_max=st.none() | st.integers(1, 99),
)
ADDRESS = st.builds(Address, country=st.just("RU"), city=TEXT, street=TEXT)
RECIPIENT = st.builds(Recipient, name=TEXT, phone=TEXT, address=st.none() | ADDRESS)
POSTING = st.builds(
    Posting,
    number=TEXT,
    scheme=st.just("rfbs"),
    flow=TEXT,
    fulfilment=st.just(
        Fulfilment(books="seller", label="carrier", tracking="seller", statuses="marketplace", handover=True)
    ),
    status=TEXT,
    stage=st.none(),
    items=st.lists(ITEM, max_size=3).map(tuple),
    ship_by=st.none() | TIME,
    recipient=st.none() | RECIPIENT,
)
PROFILE = st.builds(
    rows.SellerProfile,
    sender=st.none() | st.builds(Sender, name=TEXT, address=ADDRESS),
    defaults=st.none() | st.just((1, 2, 3, 4)),
)
WAREHOUSE = st.builds(
    rows.WarehouseProfile, sender=st.none() | st.builds(Sender, name=TEXT, address=ADDRESS), paper=TEXT
)
CHECKS = st.builds(
    rows.AddressChecks,
    by_account=st.dictionaries(
        TEXT,
        st.builds(
            rows.AddressCheck,
            st.builds(CleanedAddress, address=st.none() | ADDRESS, clear=st.booleans(), parts=TEXT),
            st.sampled_from(["", "suggestion", "as_written"]),
        ),
        max_size=2,
    ),
    given=st.none() | ADDRESS,
)
STRATEGIES: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    str | None: st.none() | TEXT,
    int: NUMBER,
    int | None: st.none() | NUMBER,
    bytes: st.binary(max_size=30),
    bytes | None: st.none() | st.binary(max_size=30),
    bool: st.booleans(),
    datetime: TIME,
    datetime | None: st.none() | TIME,
    tuple[str, ...]: st.lists(TEXT, max_size=3).map(tuple),
    tuple[str, ...] | None: st.none() | st.lists(TEXT, max_size=3).map(tuple),
    tuple[rows.TotalEntry, ...]: st.lists(
        st.builds(rows.TotalEntry, posting_id=TEXT, agreed=st.none() | MONEY, problem=TEXT, data=JSON),
        max_size=2,
    ).map(tuple),
    tuple[Parcel, ...]: st.lists(PARCEL, max_size=2).map(tuple),
    dict[str, Any]: JSON,
    list[dict[str, Any]]: st.lists(JSON, max_size=2),
    Posting: POSTING,
    Quote: QUOTE,
    Recipient: RECIPIENT,
    rows.AddressChecks | None: st.none() | CHECKS,
    rows.SellerProfile: PROFILE,
    rows.WarehouseProfile: WAREHOUSE,
    dict[str, tuple[str, ...]]: st.dictionaries(TEXT, st.lists(TEXT, max_size=2).map(tuple), max_size=2),
    rows.AttemptEvent: st.sampled_from(["began", "ended"]),
    rows.Verdict: st.sampled_from(["", "not_sent", "refused", "answered", "unclear"]),
    rows.Outcome: st.builds(rows.Outcome, lost=NUMBER, scan_minutes=NUMBER),
    tuple[rows.OpinionWeek, ...]: st.lists(
        st.builds(rows.OpinionWeek, TEXT, TEXT, TEXT, NUMBER, NUMBER, NUMBER, NUMBER), max_size=2
    ).map(tuple),
    rows.ChosenBy: st.sampled_from(["rule", "recalled"]),
    rows.OperationState: st.sampled_from(["planned", "sending", "unknown"]),
}
MAPPINGS = {name: value for name, value in vars(rows).items() if isinstance(value, Rows)}


def test_every_table_has_a_struct() -> None:
    assert {mapping.table for mapping in MAPPINGS.values()} == {table.name for table in TABLES}


def _rows_of(mapping: Rows[Any]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(mapping.row)
    return st.builds(mapping.row, *(STRATEGIES[hints[name]] for name in mapping.row.__struct_fields__))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(tmp_path_factory.mktemp("rows") / "hub.sqlite")
    yield opened
    opened.close()


@pytest.mark.parametrize("name", sorted(MAPPINGS))
def test_a_row_comes_back_as_it_went_in(store: Store, name: str) -> None:
    mapping = MAPPINGS[name]
    key = mapping.declared.key

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(_rows_of(mapping), _rows_of(mapping))
    def check(row: Any, other: Any) -> None:
        def work(writer: Transaction) -> None:
            nonlocal row
            writer.execute(f'DELETE FROM "{mapping.table}"')  # a new database has counters
            mapping.insert(writer, row)
            of_key = [mapping.values(row)[mapping.row.__struct_fields__.index(part)] for part in key]
            assert mapping.get(writer, *of_key) == row
            same_key = {part: getattr(row, part) for part in key}
            changed = msgspec.structs.replace(other, **same_key)
            if name == "postings":  # its version is raised, whatever is written
                changed = msgspec.structs.replace(changed, version=row.version + 1)
            mapping.save(writer, changed)
            assert mapping.get(writer, *of_key) == changed
            mapping.put(writer, row)
            if name == "postings":
                row = msgspec.structs.replace(row, version=row.version + 2)
            assert mapping.all(writer, "") == [row]
            raise _TakenBack

        with pytest.raises(_TakenBack):
            store.write_now(work)

    check()


class _TakenBack(Exception):
    """Raised where all is as it should be."""


def test_saving_a_row_that_is_not_there_is_an_error(store: Store) -> None:
    row = rows.FileRow("fil_1", "application/pdf", b"", datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(LookupError, match="files"):
        store.write_now(lambda tx: rows.files.save(tx, row))


def test_only_what_differs_is_written(store: Store) -> None:
    time = datetime(2026, 1, 1, tzinfo=UTC)
    was = rows.FileRow("fil_1", "application/pdf", b"old", time)

    def check(tx: Transaction) -> rows.FileRow | None:
        rows.files.insert(tx, was)
        rows.files.save(tx, msgspec.structs.replace(was, media_type="image/png"))
        rows.files.save(tx, msgspec.structs.replace(was, content=b"new"), was=was)
        rows.files.save(tx, was, was=was)
        return rows.files.get(tx, "fil_1")

    assert store.write_now(check) == rows.FileRow("fil_1", "image/png", b"new", time)
    gone = msgspec.structs.replace(was, id="fil_2")
    with pytest.raises(LookupError, match="files"):
        store.write_now(lambda tx: rows.files.save(tx, msgspec.structs.replace(gone, content=b""), was=gone))


class _Kinds(msgspec.Struct, frozen=True):
    name: str
    word: Literal["one", "two"]
    number: int | None
    blob: bytes
    parts: tuple[str, ...]
    time: datetime
    until: datetime | None = None
    words: dict[str, str] | None = None
    yes: bool = True
    state: str = "new"
    more: tuple[str, ...] = ("a",)


def test_a_table_is_derived_from_its_struct() -> None:
    table = Rows("kinds", _Kinds, key=("name",), indexes=(("word", "time"),)).declared
    assert table.columns == {
        "name": "text",
        "word": "text",
        "number": "bigint?",
        "blob": "bytes",
        "parts": "json",
        "time": "bigint",
        "until": "bigint?",
        "words": "json?",
        "yes": "boolean",
        "state": "text",
        "more": "json",
    }
    assert list(table.columns) == list(_Kinds.__struct_fields__)
    assert table.defaults == {"until": None, "words": None, "yes": True, "state": "new", "more": '["a"]'}
    assert (table.key, table.unique, table.indexes) == (("name",), (), (("word", "time"),))


@pytest.mark.parametrize("what", [{"key": ("id",)}, {"key": ("name",), "indexes": (("name", "id"),)}])
def test_a_key_or_an_index_of_no_field_is_refused(what: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="_Kinds has no id"):
        Rows("kinds", _Kinds, **what)


@given(st.integers(-(10**15), 10**16))
def test_microseconds_keep_a_time_whole(value: int) -> None:
    time = from_micros(value)
    assert time.tzinfo is UTC
    since = time - datetime(1970, 1, 1, tzinfo=UTC)
    assert (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds == value
    assert micros(time) == value
