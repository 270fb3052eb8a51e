"""A hub with two sellers and a little of everything, written straight into a real store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hub.flow.app import App, init_home
from hub.plugin_api.ids import new_id
from hub.plugin_api.models import (
    Fulfilment,
    Item,
    Money,
    Parcel,
    Posting,
    Quote,
    Recipient,
    Service,
    Stage,
)
from hub.store import Transaction, rows

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PDF = b"%PDF-1.4\n% four lines that stand for a label\n%%EOF\n"
PLUGINS_TOML = """\
[plugins]
allow = ["ozon", "cdek", "sample", "labels"]

[sellers.alpha]
title = "Alpha"
time_zone = "Europe/Moscow"
plugins = ["ozon", "cdek", "labels"]

[sellers.beta]
title = "Beta"
time_zone = "Asia/Shanghai"
plugins = ["ozon", "sample", "labels"]
"""


def make_home(home: Path) -> Path:
    """A home whose plugins.toml declares the sellers alpha and beta."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "plugins.toml").write_text(PLUGINS_TOML, encoding="utf-8")
    init_home(home)
    return home


def posting_row(
    seller: str, number: str, *, account: str, index: int = 0, stage: Stage = Stage.WAITING
) -> rows.PostingRow:
    """A posting as intake writes it; ``index`` moves its deadline, an hour each."""
    money = Money.of("1490.00", "RUB")
    document = Posting(
        number=number,
        order_number=number.rpartition("-")[0],
        scheme="rfbs",
        flow="non_integrated",
        fulfilment=Fulfilment(books="seller", label="carrier", tracking="seller", statuses="seller"),
        status="awaiting_packaging",
        stage=stage,
        items=(
            Item(
                sku="1001",
                offer_id="TEA-1",
                name="Чай улун [red] 乌龙茶",
                quantity=2,
                price=money,
                weight_g=250,
            ),
        ),
        ship_by=NOON + timedelta(hours=index),
    )
    return rows.PostingRow(
        id=new_id("pst"),
        seller=seller,
        account=account,
        number=number,
        order_number=document.order_number,
        scheme=document.scheme,
        flow=document.flow,
        books="seller",
        status=document.status,
        substatus="",
        status_known=True,
        stage=stage,
        is_open=True,
        wanted=False,
        ship_by=document.ship_by,
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


class Seeded:
    """What was written, by seller: ids of everything that the doors show."""

    def __init__(self, seller: str) -> None:
        self.seller = seller
        self.account = new_id("acc")
        self.shipment = new_id("shp")
        self.operation = new_id("op")
        self.document = new_id("doc")
        self.problem = new_id("prb")
        self.postings = [
            posting_row(seller, f"{seller}-00{i}-1", account=self.account, index=i) for i in range(1, 6)
        ]

    @property
    def posting(self) -> rows.PostingRow:
        return self.postings[0]

    def write(self, tx: Transaction) -> None:
        first = self.posting
        rows.accounts.insert(
            tx,
            rows.AccountRow(
                self.account, self.seller, "ozon", "shop", f"{self.seller}-1", None, "good", {}, NOON, NOON
            ),
        )
        for posting in self.postings:
            rows.postings.insert(tx, posting)
            rows.history.insert(
                tx,
                rows.HistoryRow(
                    posting.id, 1, new_id("evt"), NOON, "posting.imported", 1, "schedule", "", {"status": "x"}
                ),
            )
        recipient = Recipient(name="Тестов Тест", phone="+70000000000")
        rows.recipients.insert(tx, rows.RecipientRow(first.id, recipient, NOON))
        rows.shipments.insert(tx, self._shipment(first))
        rows.choices.put(tx, self._choice(first))
        rows.operations.insert(tx, self._operation(first))
        file = new_id("fil")
        rows.files.insert(tx, rows.FileRow(file, "application/pdf", PDF, NOON))
        rows.documents.insert(tx, self._document(first, file))
        rows.problems.insert(
            tx,
            rows.ProblemRow(
                id=self.problem,
                seller=self.seller,
                posting_id=first.id,
                account=self.account,
                operation_id="",
                kind="no_weight",
                data={"offer_id": "TEA-1"},
                deadline=NOON,
                state="open",
                answer="",
                created_at=NOON,
                closed_at=None,
                subject_type="posting",
                subject_id=first.id,
            ),
        )

    def _shipment(self, posting: rows.PostingRow) -> rows.ShipmentRow:
        parcel = Parcel(number=1, weight_g=500, length_mm=200, width_mm=150, height_mm=50)
        return rows.ShipmentRow(
            id=self.shipment,
            seller=self.seller,
            account=self.account,
            posting_id=posting.id,
            ordinal=1,
            state="booked",
            carrier="cdek",
            service_code="136",
            service_name="Parcel point to point",
            reference=f"{self.seller.upper()}REFERENCE",
            carrier_id="uuid-of-the-carrier",
            tracking_number="1000000001",
            quoted_minor=70800,
            committed_minor=70800,
            charged_minor=None,
            currency="RUB",
            stage="booked",
            parcels=(parcel,),
            why={"code": "cheapest_in_time"},
            created_at=NOON,
            updated_at=NOON,
        )

    def _choice(self, posting: rows.PostingRow) -> rows.ChoiceRow:
        booked = self._shipment(posting)
        service = Service(code=booked.service_code, name=booked.service_name)
        return rows.ChoiceRow(
            posting_id=posting.id,
            seller=self.seller,
            account=self.account,
            carrier=booked.carrier,
            service_code=service.code,
            service_name=service.name,
            offer=Quote(service=service, price=Money.of("708.00", "RUB")),
            price_minor=70800,
            currency="RUB",
            cap_minor=77880,
            parcels=booked.parcels,
            inputs_hash="",
            chosen_by="rule",
            why={"reason": "only", "carrier": "cdek", "price": "708.00", "currency": "RUB"},
            chosen_at=NOON,
            valid_until=NOON + timedelta(hours=1),
        )

    def _operation(self, posting: rows.PostingRow) -> rows.OperationRow:
        return rows.OperationRow(
            id=self.operation,
            seller=self.seller,
            account=self.account,
            kind="book",
            subject_type="shipment",
            subject_id=self.shipment,
            posting_id=posting.id,
            epoch=1,
            state="confirmed",
            reference=f"{self.seller.upper()}REFERENCE",
            fingerprint="f",
            request={},
            quoted_minor=70800,
            cap_minor=80000,
            price_minor=70800,
            currency="RUB",
            external_id="uuid-of-the-carrier",
            result={},
            reason="",
            reason_code="",
            sends=1,
            looks=0,
            sent_at=NOON,
            look_after=None,
            created_at=NOON,
            updated_at=NOON,
        )

    def _document(self, posting: rows.PostingRow, file: str) -> rows.DocumentRow:
        return rows.DocumentRow(
            id=self.document,
            seller=self.seller,
            account=self.account,
            kind="label",
            posting_id=posting.id,
            shipment_id=self.shipment,
            state="ready",
            ticket="",
            file_id=file,
            media_type="application/pdf",
            page=0,
            codes=("1000000001",),
            reason="",
            printed=0,
            retry_at=None,
            created_at=NOON,
            updated_at=NOON,
        )


def seed(app: App) -> dict[str, Seeded]:
    """Both sellers' things."""
    seeded = {slug: Seeded(slug) for slug in ("alpha", "beta")}

    def write(tx: Transaction) -> None:
        for one in seeded.values():
            one.write(tx)

    app.store.write_now(write)
    return seeded


def many_postings(app: App, seller: str, account: str, count: int) -> Iterable[str]:
    """``count`` more postings of a seller, a thousand in each transaction; gives their ids."""
    done = 0
    while done < count:
        batch = [
            posting_row(seller, f"{done + i:09d}-0001-1", account=account, index=(done + i) % 2000)
            for i in range(min(1000, count - done))
        ]
        app.store.write_now(lambda tx, batch=batch: rows.postings.insert_many(tx, batch))
        yield from (row.id for row in batch)
        done += len(batch)
