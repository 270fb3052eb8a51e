"""Postings by the thousand, written as intake writes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

import msgspec

from hub.plugin_api.models import Fulfilment, Item, Money, Posting, Stage
from hub.store import Store, rows

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def posting_row(
    index: int,
    *,
    seller: str = "alpha",
    account: str = "acc_1",
    stage: Stage = Stage.WAITING,
    is_open: bool = True,
    ship_by: datetime | None = NOON,
) -> rows.PostingRow:
    """A posting; ``index`` makes its id and its number."""
    number = f"{index:08d}-0001-1"
    document = Posting(
        number=number,
        scheme="rfbs",
        flow="non_integrated",
        fulfilment=Fulfilment(books="seller", label="carrier", tracking="seller", statuses="seller"),
        status="awaiting_deliver",
        stage=stage,
        items=(Item(sku="1001", offer_id="TEA-1", name="Чай улун 乌龙茶", quantity=2),),
        ship_by=ship_by,
    )
    return rows.PostingRow(
        id=f"pst_{seller}_{index:08d}",
        seller=seller,
        account=account,
        number=number,
        order_number=number[:-2],
        scheme=document.scheme,
        flow=document.flow,
        books="seller",
        status=document.status,
        substatus="",
        status_known=True,
        stage=stage,
        is_open=is_open,
        wanted=False,
        ship_by=ship_by,
        late_after=None,
        provider="",
        carrier="",
        service="",
        price_minor=None,
        currency="",
        reference="",
        tracking_number="",
        reported="",
        problems=0,
        pieces=2,
        sequence=1,
        document=document,
        raw_hash=hashlib.sha256(number.encode()).digest(),
        created_at=NOON,
        updated_at=NOON,
    )


def mixed(count: int, seller: str = "alpha") -> Iterator[rows.PostingRow]:
    """Every stage, some open, some without a deadline, many with the same one."""
    stages = tuple(Stage)
    for index in range(count):
        stage = stages[index % len(stages)]
        yield posting_row(
            index,
            seller=seller,
            account=f"acc_{seller}",
            stage=stage,
            is_open=stage.rank < Stage.HANDED_OVER.rank,
            ship_by=None if index % 7 == 0 else NOON + timedelta(hours=index * 37 % 50),
        )


def priced(row: rows.PostingRow, amount: str) -> rows.PostingRow:
    """The posting with a price."""
    money = Money.of(amount, "RUB")
    return msgspec.structs.replace(row, price_minor=money.minor, currency=money.currency)


def fill(store: Store, found: Iterable[rows.PostingRow], batch: int = 5000) -> None:
    """Write them, ``batch`` in each transaction."""
    waiting = iter(found)
    while some := list(islice(waiting, batch)):
        store.write_now(partial(rows.postings.insert_many, rows=some))
