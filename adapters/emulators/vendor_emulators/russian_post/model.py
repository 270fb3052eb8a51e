"""What the Post knows of orders, batches and parcels."""

from datetime import date, datetime, timedelta, timezone

import msgspec

from vendor_emulators.russian_post.errors import Json
from vendor_emulators.russian_post.places import City
from vendor_emulators.russian_post.rates import Rate

CREATED, FROZEN, ACCEPTED, SENT, ARCHIVED = "CREATED", "FROZEN", "ACCEPTED", "SENT", "ARCHIVED"


class Operation(msgspec.Struct, frozen=True):
    """One line of a parcel's history: RTM02 type and attribute, where and when (aware UTC)."""

    kind: int
    attribute: int
    at: datetime
    index: str
    city: City | None
    country: int = 643

    @property
    def local(self) -> datetime:
        """In the time of the place."""
        hours = self.city.offset if self.city else 3
        return self.at.astimezone(timezone(timedelta(hours=hours)))


class Order(msgspec.Struct, kw_only=True):
    """One parcel: the order, and after hand-in its way. ``outcome`` is what becomes of it."""

    id: int
    asked: Json
    created: datetime
    barcode: str
    rate: Rate
    sender: City
    recipient: City | None
    batch: str | None = None
    version: int = 1
    deleted: bool = False
    outcome: str = "delivered"
    handed_in: bool = False
    history: list[Operation] = []
    generation: int = 0
    direct: str | None = None
    """The barcode of the parcel that this one brings back."""

    @property
    def number(self) -> str:
        return str(self.asked.get("order-num") or "")

    @property
    def mail_type(self) -> str:
        return str(self.asked["mail-type"])

    @property
    def category(self) -> str:
        return str(self.asked["mail-category"])

    @property
    def mass(self) -> int:
        return int(self.asked["mass"])

    @property
    def abroad(self) -> bool:
        return int(self.asked.get("mail-direct") or 643) != 643

    @property
    def postoffice(self) -> str:
        return str(self.asked["postoffice-code"])

    @property
    def destination(self) -> str:
        """The index it goes to; of an ECOM parcel its delivery point's."""
        ecom = self.asked.get("ecom-data") or {}
        index = ecom.get("delivery-point-index") or self.asked.get("index-to")
        return str(index or self.asked.get("str-index-to") or "")


class Batch(msgspec.Struct, kw_only=True):
    """Orders that are handed in together; ``key`` is what they have in common."""

    name: str
    key: tuple[str, ...]
    status: str
    changed: datetime
    list_date: date
    mail_type: str
    category: str
    postoffice: str
    orders: list[Order]
    electronic_f103: bool = False
    use_online_balance: bool = False
    before_archive: str = SENT
