"""What the doors show: flat structs made of rows, the same for HTTP and the command line.

Texts are made at the edge; a view carries codes and parameters, and money as `Money`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec

from hub.flow.history.names import NAME
from hub.plugin_api.labels import Paper
from hub.plugin_api.models import Address, Item, Money, Parcel, Sender
from hub.plugins.config import PackageDefaults as PackageDefaults  # the same words at every door

T = TypeVar("T")


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all views."""


V = TypeVar("V", bound=View)


def view_of(view: type[V], row: object, **others: Any) -> V:
    """The view of a row: a field of both is the row's, and ``others`` are those that the row has not, or not
    so. Raises AttributeError for a field that neither has."""
    names, values = _shared(view, tuple(others))
    return view(**others, **dict(zip(names, values(row), strict=True)))


@lru_cache(maxsize=256)  # a page makes fifty alike
def _shared(view: type[View], others: tuple[str, ...]) -> tuple[tuple[str, ...], Callable[[object], Any]]:
    """The fields that are the row's, and what reads them all at once."""
    names = tuple(name for name in view.__struct_fields__ if name not in others)
    if len(names) < 2:  # of one name it would give the bare value
        return names, lambda row: tuple(getattr(row, name) for name in names)
    return names, attrgetter(*names)


class Listing(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One page; ``next`` is the opaque cursor of the following one, empty at the end."""

    items: list[T]
    next: str = ""


Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Title = Annotated[str, msgspec.Meta(pattern=NAME)]
Language = Annotated[str, msgspec.Meta(pattern=r"^(en|ru|zh)$")]
PaperName = Annotated[str, msgspec.Meta(pattern=f"^({'|'.join(Paper)})$")]


class NewSeller(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A seller that is added through a door; ``slug`` is permanent."""

    slug: Slug
    title: Title
    time_zone: str
    plugins: tuple[str, ...] = ()
    language: Language = "ru"
    paper: PaperName = "100x150"
    reference_prefix: Annotated[str, msgspec.Meta(pattern=r"^[A-Z2-7]{0,8}$")] = ""
    sender: Sender | None = None
    defaults: PackageDefaults | None = None


class SellerChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is to be another of a seller; what is not given, or null, stays. ``slug`` and the prefix of its
    references are for ever."""

    title: Title | None = None
    time_zone: str | None = None
    plugins: tuple[str, ...] | None = None
    """All that are on from now on."""
    language: Language | None = None
    paper: PaperName | None = None
    sender: Sender | None = None
    defaults: PackageDefaults | None = None
    force: bool = False
    """Switch plugins off although parcels are under way at them."""


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account that is added through a door. ``settings`` has the secrets in clear, once."""

    seller: str
    plugin: str
    name: str
    settings: dict[str, Any]
    keep: bool = False
    """Store it even when the check fails, marked bad."""

    def __repr__(self) -> str:
        return f"NewAccount({self.seller!r}, {self.plugin!r}, {self.name!r}, ...)"


class SellerView(View, frozen=True, kw_only=True):
    slug: str
    title: str
    time_zone: str
    plugins: tuple[str, ...]
    language: str
    paper: str
    declared: bool
    """Declared in plugins.toml: read-only at the other doors."""
    accounts: int


class AccountView(View, frozen=True, kw_only=True):
    id: str
    seller: str
    plugin: str
    name: str
    external_id: str
    status: str
    """``good``, ``bad`` or ``unchecked``."""
    detail: str
    notes: tuple[str, ...]
    roles: tuple[str, ...]
    expires_at: datetime | None
    checked_at: datetime | None


class PostingView(View, frozen=True, kw_only=True):
    id: str
    seller: str
    account: str
    number: str
    order_number: str
    scheme: str
    flow: str
    status: str
    substatus: str
    status_known: bool
    stage: str
    ship_by: datetime | None
    late_after: datetime | None
    provider: str
    books: str
    carrier: str
    service: str
    price: Money | None
    reference: str
    tracking_number: str
    problems: int
    items: int
    updated_at: datetime
    warehouse: str = "main"
    """The slug of the seller's warehouse that it leaves from."""


class QuoteView(View, frozen=True, kw_only=True):
    """One offer, or why a carrier has none. Everything that the choice compared."""

    carrier: str
    account: str
    service_code: str = ""
    service_name: str = ""
    price: Money | None = None
    """What the seller pays, in total with VAT, services and insurance: the contract's price, else the
    carrier's."""
    list_price: Money | None = None
    """What the carrier quoted, where a contract's price takes its place."""
    cost: Money | None = None
    """``price`` in the currency of the table, where it was converted with ``rate`` of ``rate_date``."""
    rate: Decimal | None = None
    rate_date: date | None = None
    days_min: int | None = None
    days_max: int | None = None
    arrives: date | None = None
    """The day by which it is there, if it is handed over on the day of the question."""
    deadline: date | None = None
    promised: bool = False
    """The marketplace promised the buyer this deadline; else it is ``ship_by`` and the transit days."""
    in_time: bool | None = None
    to: str = ""
    """``door``, ``point`` or ``locker``."""
    on_time: float | None = None
    """Share on time by the carrier's record in this direction, of ``on_time_parcels``."""
    on_time_parcels: int = 0
    days_late: Decimal | None = None
    """Days late to be expected after the deadline, and what they and loss are expected to cost."""
    late_cost: Money | None = None
    loss_cost: Money | None = None
    estimate: bool = False
    note: str = ""
    chosen: bool = False
    why: dict[str, Any] = {}
    """Of the chosen one: the code of the reason and its figures; ``reason`` says them in words."""
    reason: str = ""
    rule: str = ""
    """The rule that chose, or that leaves this offer out."""
    aside: str = ""
    """Why it cannot be chosen: ``estimate``, ``rule``, ``refused``, ``ordered``, or ``comparison``: a price
    that is only to be looked at."""
    missing: str = ""
    """Why there is no quote, in words."""
    missing_code: str = ""
    missing_data: dict[str, Any] = {}
    asked_at: datetime | None = None


class ChosenView(View, frozen=True, kw_only=True):
    """The offer that was chosen for a posting: it is booked while ``valid_until`` has not passed and nothing
    that it depends on is another. One that was booked, or is out of date, is shown until the next one is."""

    carrier: str
    account: str
    service_code: str
    service_name: str
    price: Money
    """What the carrier asks, in total with VAT and services; ``why`` has what the seller pays by contract."""
    cap: Money
    """The most that is paid without asking a person."""
    boxes: int
    """For so many it was chosen."""
    chosen_by: Literal["rule", "person", "plugin", "recalled"]
    """The seller's rules, an order with a carrier in it, a plugin, or a booking that was forgotten here."""
    why: dict[str, Any]
    """The choice as a code and its figures; ``reason`` has them in words."""
    reason: str
    chosen_at: datetime
    valid_until: datetime


class ShipmentView(View, frozen=True, kw_only=True):
    id: str
    seller: str
    account: str
    posting_id: str
    posting_number: str
    carrier: str
    service_code: str
    service_name: str
    state: str
    reference: str
    carrier_id: str
    tracking_number: str
    quoted: Money | None
    committed: Money | None
    charged: Money | None
    why: dict[str, Any]
    """The choice as a code and its figures."""
    created_at: datetime


class OperationView(View, frozen=True, kw_only=True):
    id: str
    seller: str
    account: str
    kind: str
    subject: str
    posting_id: str
    epoch: int
    state: str
    reference: str
    reason: str
    reason_code: str
    price: Money | None
    sends: int
    created_at: datetime
    updated_at: datetime


class DocumentView(View, frozen=True, kw_only=True):
    id: str
    seller: str
    kind: str
    posting_id: str
    posting_number: str
    state: str
    media_type: str
    page: int
    codes: tuple[str, ...]
    reason: str
    printed: int
    created_at: datetime


class TrackingView(View, frozen=True, kw_only=True):
    time: datetime
    kind: str
    code: str
    text: str
    place: str
    known: bool


class AnswerView(View, frozen=True, kw_only=True):
    """An answer to a problem, with what it does and the command that gives it."""

    code: str
    title: str
    parameters: tuple[str, ...] = ()
    """What may be given with it."""
    effect: str = ""
    """What follows from it, in a sentence."""
    command: str = ""
    may_pay_twice: bool = False
    """Where the person is wrong, something is paid for twice."""


class AddressQuestion(View, frozen=True, kw_only=True):
    """What a person compares: the address as it stands, and the carrier's spelling where it has one."""

    original: Address
    suggestion: Address | None


class ProblemView(View, frozen=True, kw_only=True):
    id: str
    seller: str
    posting_id: str
    posting_number: str
    kind: str
    text: str
    data: dict[str, Any]
    deadline: datetime | None
    answers: tuple[AnswerView, ...]
    state: str
    answer: str
    created_at: datetime
    account: str = ""
    """The id of the account that it is about: of its posting, or, without a posting, of all that wait."""
    subject_type: str = ""
    """What it is about: ``posting``, ``shipment``, ``operation``, ``account``, ``handover``, ``job``, or a
    ``number`` that could not be read. One problem of a kind about one thing is open."""
    subject_id: str = ""
    operation_id: str = ""
    """The operation that it came of."""
    money: bool = False
    """Money is at stake, or a penalty."""
    amount: Money | None = None
    """How much, as far as it is a price that is known."""
    address: AddressQuestion | None = None
    """Of an open ``address_unclear``: in full, for it cannot be decided otherwise. Personal data."""


class HistoryView(View, frozen=True, kw_only=True):
    sequence: int
    time: datetime
    kind: str
    actor: str
    operation_id: str
    data: dict[str, Any]
    text: str


class RecipientView(View, frozen=True, kw_only=True):
    """Masked: enough to recognise, too little to leak."""

    name: str
    phone: str
    city: str
    country: str
    passport: str = ""
    """``45** ****56``; empty where nobody had to give it."""
    tax_number: str = ""


class MarketplaceWarehouse(View, frozen=True, kw_only=True):
    """Where a posting is to leave from, in the marketplace's words."""

    id: str
    title: str
    known: bool
    """Whether one of the seller's warehouses is said to be this one; the posting is in ``main`` otherwise."""


class PostingDetails(View, frozen=True, kw_only=True):
    posting: PostingView
    marketplace_warehouse: MarketplaceWarehouse | None = None
    """None where the marketplace names none."""
    items: tuple[Item, ...]
    recipient: RecipientView | None
    parcels: tuple[Parcel, ...]
    quotes: tuple[QuoteView, ...]
    choice: ChosenView | None = None
    shipment: ShipmentView | None
    operations: tuple[OperationView, ...]
    documents: tuple[DocumentView, ...]
    tracking: tuple[TrackingView, ...]
    problems: tuple[ProblemView, ...]
    history: tuple[HistoryView, ...]


class ProductView(View, frozen=True, kw_only=True):
    offer_id: str
    sku: str
    barcodes: tuple[str, ...]
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    fragile: bool
    place: str
    customs_code: str
    brand: str
    material: str
    gross_weight_g: int | None
    origin_country: str
    radio: bool
    url: str
    name_ru: str
    name_en: str
    name_zh: str


class PluginView(View, frozen=True, kw_only=True):
    name: str
    version: str
    title: str
    kinds: tuple[str, ...]
    capabilities: tuple[str, ...]
    create_safety: str
    notice: str
