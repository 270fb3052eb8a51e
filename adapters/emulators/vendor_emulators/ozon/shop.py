"""One seller's cabinet: key, roles, warehouses, postings in list order."""

import bisect
import random
from datetime import datetime, timedelta

import msgspec

from vendor_emulators.ozon.model import (
    MOVERS,
    TPL_TYPES,
    DeliveryMethod,
    Posting,
    PostingSpec,
    Product,
    Recipient,
)

CutoffKey = tuple[datetime, datetime, int]
TimeKey = tuple[datetime, int]


class Role(msgspec.Struct, frozen=True):
    """A role of an API key; ``methods`` are path prefixes, as ``/v1/roles`` shows them."""

    name: str
    methods: tuple[str, ...]


ROLES = {
    role.name: role
    for role in (
        Role("Admin", ("/",)),
        Role(
            "Admin read only",
            (
                "/v4/posting/fbs/list",
                "/v4/posting/fbs/unfulfilled/list",
                "/v3/posting/fbs/get",
                "/v2/warehouse/list",
                "/v2/delivery-method/list",
                "/v2/carriage/delivery/list",
                "/v1/carriage/get",
                "/v2/posting/fbs/cancel-reason/list",
                "/v1/posting/fbs/cancel-reason",
                "/v2/conditional-cancellation/list",
                "/v5/fbs/posting/product/exemplar/status",
                "/v2/posting/fbs/product/country/list",
            ),
        ),
        Role(
            "Posting FBS",
            (
                "/v1/posting",
                "/v2/posting",
                "/v3/posting",
                "/v4/posting",
                "/v2/fbs",
                "/v1/fbs",
                "/v5/fbs",
                "/v6/fbs",
                "/v2/conditional-cancellation",
                "/v1/carriage",
                "/v2/carriage",
            ),
        ),
        Role("Warehouse", ("/v1/warehouse", "/v2/warehouse", "/v1/delivery-method", "/v2/delivery-method")),
        Role("Product", ("/v2/products", "/v2/product/info", "/v3/product", "/v4/product")),
        Role("Product read-only", ("/v2/product/info", "/v3/product", "/v4/product")),
    )
}


class Warehouse(msgspec.Struct):
    id: int
    name: str
    is_rfbs: bool
    label_type: str
    address: str
    city: str


class Company(msgspec.Struct):
    """A seller's account and its key, as ``POST /_emulator/companies`` sets them."""

    client_id: str
    api_key: str
    roles: list[str] = msgspec.field(default_factory=lambda: ["Admin"])
    blocked: bool = False
    deactivated: bool = False
    offer_unsigned: bool = False
    restricted_ip: bool = False
    expires_at: datetime | None = None


_PROVIDERS = {
    "ozon": (24, "Ozon Delivery"),
    "seller": (0, "Доставка силами продавца"),
    "carrier": (51, "СДЭК"),
    "registered": (42, "Почта России"),
}


class Shop:
    """The world of one company."""

    def __init__(self, company: Company, rng: random.Random) -> None:
        self.company = company
        self._random = rng
        self.postings: dict[str, Posting] = {}
        self.by_id: dict[int, Posting] = {}
        self.by_barcode: dict[str, Posting] = {}
        self.by_cutoff: list[CutoffKey] = []  # everything that is neither delivered nor cancelled
        self.by_time: list[TimeKey] = []
        self.warehouses: dict[int, Warehouse] = {}
        self.methods: dict[int, DeliveryMethod] = {}
        self._methods_of: dict[tuple[str, bool, str], DeliveryMethod] = {}
        self._last_id = 1_208_970_000
        self._suffixes: dict[str, int] = {}
        for warehouse in (
            Warehouse(20605650762000, "Софьино", False, "BIG", "Московская область, Софьино", "Софьино"),
            Warehouse(22142605386000, "Химки rFBS", True, "BIG", "Московская область, Химки", "Химки"),
            Warehouse(1020002098342000, "Shenzhen rFBS", True, "SMALL", "Guangdong, Shenzhen", "Shenzhen"),
        ):
            self.warehouses[warehouse.id] = warehouse

    def create(self, spec: PostingSpec, now: datetime) -> Posting:
        """A posting as ordered; raises ValueError for a flow or number that cannot be."""
        mover = MOVERS.get(spec.integration_type_flow)
        if mover is None:
            raise ValueError(f"integration_type_flow {spec.integration_type_flow!r}: one of {sorted(MOVERS)}")
        if not spec.products:
            raise ValueError("a posting has products")
        scheme = spec.scheme or ("fbs" if mover == "ozon" else "rfbs")
        order_number, number = self._number(spec.posting_number)
        in_process = whole_second(now - timedelta(hours=spec.in_process_hours_ago))
        late_in = spec.ship_in_hours + 24 if spec.late_in_hours is None else spec.late_in_hours
        posting = Posting(
            id=self._next_id(),
            number=number,
            order_id=self._random.randrange(10**10, 10**11),
            order_number=order_number,
            flow=spec.integration_type_flow,
            mover=mover,
            scheme=scheme,
            products=spec.products,
            method=self._method(spec, scheme),
            in_process_at=in_process,
            shipment_date=whole_second(now + timedelta(hours=spec.ship_in_hours)),
            late_after=whole_second(now + timedelta(hours=late_in)),
            recipient=(spec.recipient or Recipient()) if scheme == "rfbs" else None,
            cross_border=spec.cross_border,
            label_size=spec.label.size,
            behaviour=spec.behaviour,
            customer_id=self._random.randrange(10**7, 10**8),
            upper_barcode=self._upper(),
            lower_barcode=self._digits(15),
            scanit=self._digits(16),
        )
        self._enter(posting)
        return posting

    def split(self, parent: Posting, number: str, products: list[Product]) -> Posting:
        """A further parcel of the parent's order, packed in the same moment."""
        child = msgspec.structs.replace(
            parent,
            id=self._next_id(),
            number=number,
            products=products,
            parent=parent.number,
            related=[],
            history=[],
            tracking_number="",
            label_downloads=0,
            label_asked=0,
            tracking_uploads=0,
            units=None,
            upper_barcode=self._upper(),
            lower_barcode=self._digits(15),
            scanit=self._digits(16),
        )
        self._enter(child)
        return child

    def next_number(self, posting: Posting) -> str:
        self._suffixes[posting.order_number] += 1
        return f"{posting.order_number}-{self._suffixes[posting.order_number]}"

    def new_tracking_number(self, posting: Posting) -> str:
        """What Ozon's partner gives: a UPU S10 number abroad, fourteen digits at home."""
        if posting.cross_border:
            digits = f"{self._random.randrange(10**8):08d}"
            weights = (8, 6, 4, 2, 3, 5, 9, 7)
            rest = 11 - sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
            return f"LZ{digits}{ {10: 0, 11: 5}.get(rest, rest) }CN"
        return f"80{self._random.randrange(10**12):012d}"

    def close(self, posting: Posting) -> None:
        """Take a delivered or cancelled posting off the work queue."""
        key = cutoff_key(posting)
        at = bisect.bisect_left(self.by_cutoff, key)
        if at < len(self.by_cutoff) and self.by_cutoff[at] == key:
            del self.by_cutoff[at]

    def move_dates(self, posting: Posting, shipment_date: datetime, late_after: datetime) -> None:
        """The shipping date changes after the order: the posting takes another place in the queue."""
        queued = not posting.closed
        if queued:
            self.close(posting)
        posting.shipment_date, posting.late_after = whole_second(shipment_date), whole_second(late_after)
        if queued:
            bisect.insort(self.by_cutoff, cutoff_key(posting))

    def _enter(self, posting: Posting) -> None:
        self.postings[posting.number] = posting
        self.by_id[posting.id] = posting
        for barcode in (posting.upper_barcode, posting.lower_barcode, posting.scanit):
            self.by_barcode[barcode] = posting
        bisect.insort(self.by_cutoff, cutoff_key(posting))
        bisect.insort(self.by_time, (posting.in_process_at, posting.id))

    def _number(self, wanted: str | None) -> tuple[str, str]:
        if wanted is None:
            while True:
                order = f"{self._random.randrange(10**7, 10**8)}-{self._random.randrange(1, 10**4):04d}"
                if order not in self._suffixes:
                    break
            self._suffixes[order] = 1
            return order, f"{order}-1"
        order, _, suffix = wanted.rpartition("-")
        if not order or not suffix.isdecimal():
            raise ValueError(f"posting_number {wanted!r}: an order number and a count, as 12345678-0001-1")
        if wanted in self.postings:
            raise ValueError(f"posting_number {wanted!r} exists already")
        self._suffixes[order] = max(self._suffixes.get(order, 0), int(suffix))
        return order, wanted

    def _next_id(self) -> int:
        """Grows with time, as cursors suggest (``osp.id``)."""
        self._last_id += self._random.randrange(1, 50)
        return self._last_id

    def _upper(self) -> str:
        return f"%101%{self._digits(10)}"

    def _digits(self, count: int) -> str:
        return str(self._random.randrange(10 ** (count - 1), 10**count))

    def _method(self, spec: PostingSpec, scheme: str) -> DeliveryMethod:
        if spec.delivery_method_id is not None and spec.delivery_method_id in self.methods:
            return self.methods[spec.delivery_method_id]
        mover = MOVERS[spec.integration_type_flow]
        rfbs = scheme == "rfbs"
        warehouse = self._warehouse(spec.warehouse_id, rfbs, spec.cross_border)
        provider_id, provider = _PROVIDERS[mover]
        if spec.provider is not None and spec.provider != provider:
            provider_id, provider = 100 + sum(spec.provider.encode()) % 900, spec.provider
        key = (f"{spec.integration_type_flow}/{provider}", spec.cross_border, str(warehouse.id))
        known = self._methods_of.get(key)
        if known is not None and spec.delivery_method_id is None:
            return known
        # On plain FBS the delivery method is the warehouse (Ozon swagger, carriage methods).
        own_id = warehouse.id if mover == "ozon" else warehouse.id + 1000 * (len(self.methods) + 1)
        method = DeliveryMethod(
            id=spec.delivery_method_id or own_id,
            name=f"{provider}, {warehouse.city}",
            warehouse_id=warehouse.id,
            provider_id=provider_id,
            provider=provider,
            tpl_integration_type=TPL_TYPES[spec.integration_type_flow],
        )
        self.methods[method.id] = self._methods_of[key] = method
        return method

    def _warehouse(self, wanted: int | None, rfbs: bool, cross_border: bool) -> Warehouse:
        if wanted is None:
            candidates = [w for w in self.warehouses.values() if w.is_rfbs == rfbs]
            abroad = cross_border and rfbs
            return candidates[-1] if abroad else candidates[0]
        if wanted not in self.warehouses:
            name = f"Склад {wanted}"
            self.warehouses[wanted] = Warehouse(wanted, name, rfbs, "BIG", f"Россия, {name}", name)
        return self.warehouses[wanted]


def whole_second(when: datetime) -> datetime:
    """The wire shows whole seconds, and cursors compare what the wire shows."""
    return when.replace(microsecond=0)


def cutoff_key(posting: Posting) -> CutoffKey:
    return posting.shipment_date, posting.in_process_at, posting.id
