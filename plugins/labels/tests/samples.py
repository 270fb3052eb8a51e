"""Contents that the tests draw: invented people, as real sellers have them."""

from __future__ import annotations

from datetime import UTC, datetime

from hub import Address, HandoverLine, HandoverSheet, Item, LabelContent, Recipient, Sender, SlipContent

SENDER = Sender(
    name="Li Wei",
    company="深圳市星河贸易有限公司",
    phone="+86 755 8123 4567",
    address=Address(country="CN", postal_code="518057", city="Shenzhen", street="南山区科技园科苑路15号"),
)
ADDRESS = Address(
    country="RU",
    postal_code="101000",
    region="Москва",
    city="Москва",
    street="ул. Мясницкая, д. 26, корп. 1, кв. 45",
)
RECIPIENT = Recipient(
    name="Константинопольская Александра Владимировна",
    phone="+7 912 345-67-89",
    phone_extension="4821",
    address=ADDRESS,
)
ITEMS = (
    Item(
        sku="1",
        offer_id="KETTLE-1",
        name="Чайник электрический «Самовар» 1,7 л",
        name_zh="不锈钢电热水壶 1.7升",
        name_en="Electric kettle 1.7 l",
        quantity=1,
        barcodes=("4601234567893",),
        place="A-03-2",
    ),
    Item(
        sku="2",
        offer_id="CUP-6",
        name="Набор кружек",
        name_zh="马克杯套装",
        quantity=12,
        barcodes=("2000000000015",),
        place="B-11-4",
        fragile=True,
    ),
)
TRACKING, POSTING = "1012345678", "71234567-0042-1"


def label(
    posting: str = POSTING,
    tracking: str = TRACKING,
    *,
    recipient: Recipient = RECIPIENT,
    sender: Sender = SENDER,
    items: tuple[Item, ...] = ITEMS,
    service: str = "Посылка склад-дверь",
    note: str = "",
) -> LabelContent:
    """A label of the second of two parcels."""
    return LabelContent(
        posting_number=posting,
        tracking_number=tracking,
        carrier="СДЭК",
        service=service,
        sender=sender,
        recipient=recipient,
        items=items,
        weight_g=1540,
        parcel=2,
        parcels=2,
        note=note,
    )


def slip(
    posting: str = POSTING,
    *,
    items: tuple[Item, ...] = ITEMS,
    time_zone: str = "Asia/Shanghai",
    note: str = "Положите открытку",
    tracking: str = TRACKING,
    service: str = "Посылка склад-дверь",
) -> SlipContent:
    """A slip to be shipped by 24 November 2026, 15:00 UTC."""
    return SlipContent(
        posting_number=posting,
        seller="深圳市星河贸易有限公司",
        carrier="СДЭК",
        service=service,
        tracking_number=tracking,
        ship_by=datetime(2026, 11, 24, 15, tzinfo=UTC),
        time_zone=time_zone,
        items=items,
        note=note,
    )


def sheet(count: int, code: str = "") -> HandoverSheet:
    """A hand-over of ``count`` postings; the first was not weighed."""
    return HandoverSheet(
        title="Отгрузка, склад Химки",
        seller="深圳市星河贸易有限公司",
        carrier="СДЭК",
        time=datetime(2026, 11, 24, 9, tzinfo=UTC),
        time_zone="Europe/Moscow",
        lines=tuple(
            HandoverLine(
                posting_number=f"7{number:07d}-0001-1",
                tracking_number=f"10{number:08d}",
                weight_g=500 if number else None,
                boxes=2,
            )
            for number in range(count)
        ),
        code=code,
    )
