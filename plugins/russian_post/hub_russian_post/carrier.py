"""Russian Post as a carrier: Otpravka for contract clients, the public calculator for everybody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import httpx
import russian_post_api as post
from hub import (
    Account,
    AccountStatus,
    Address,
    Booking,
    BookRequest,
    BoxLimit,
    Cancellation,
    Carrier,
    CleanedAddress,
    DeliveryPoint,
    Document,
    Failure,
    FoundShipment,
    Handover,
    Limit,
    Quote,
    QuoteRequest,
    Recipient,
    Rejected,
    Shipment,
    Tracking,
    Unsupported,
    said,
)

from hub_russian_post.addresses import (
    as_written,
    checked,
    cleaned_of,
    name_of,
    parts_of,
    parts_sent,
    text_of,
)
from hub_russian_post.events import history_events, last_event
from hub_russian_post.failures import explain
from hub_russian_post.handover import Handovers
from hub_russian_post.orders import (
    booking_of,
    export_order,
    found,
    inland_order,
    point_order,
    refusal_of,
    roubles,
)
from hub_russian_post.points import Points
from hub_russian_post.quoting import Quoting
from hub_russian_post.reading import GONE, Orders, order_id
from hub_russian_post.refusals import REFUSALS
from hub_russian_post.services import product_of
from hub_russian_post.settings import RussianPostSettings
from hub_russian_post.tickets import TicketDesk

_NO_ACCOUNT = said(
    "without Otpravka's token, login and password only public list prices are shown",
    code="post.without_otpravka_token_login",
)


class RussianPostCarrier(Carrier[RussianPostSettings]):
    """Otpravka (documentation and live answers up to August 2026)."""

    code = "russian_post"
    title = "Russian Post"
    settings_type = RussianPostSettings
    # No idempotency key, and order-num is not stated to be unique: a repetition makes a second order. It can
    # be looked up, in the backlog and in batches (GET /1.0/backlog/search, /1.0/shipment/search).
    create_safety = "lookup"
    refuses_duplicates = "no"
    refusals = REFUSALS
    settle = timedelta(minutes=2)  # no source: orders were found at once in all recordings
    reference_max = 30
    # Otpravka: over all methods, of a day in Moscow; the allowance is the account's own, and `check` reads it
    # (GET /1.0/settings/limit, 1,000 in an answer of August 2026). The public calculator does not count. A
    # parcel: its address and name are cleaned, the order is made and read again, its label is read twice.
    # Single tracking: 100 a day without a contract (tracking.pochta.ru).
    box_limits = (
        BoxLimit(
            services=("ONLINE_PARCEL", "ECOM"),
            longest_mm=600,
            sides_mm=1400,
            # 1,200 mm together since February 2026, 1,400 before: nothing is kept back that may be taken.
            source="dimension-type OVERSIZED of Otpravka's documentation",
        ),
    )
    limits = (
        Limit(
            requests=1000, time_zone="Europe/Moscow", path=("/1.0/", "/2.0/", "/postoffice/"), per_parcel=7
        ),
        Limit(requests=100, time_zone="Europe/Moscow", path="/rtm34"),
    )

    def __init__(self, settings: RussianPostSettings, http: httpx.AsyncClient, account: Account) -> None:
        super().__init__(settings, http, account)
        auth = post.OtpravkaAuth(settings.token.reveal(), settings.login, settings.password.reveal())
        self.client = post.Otpravka(http, auth, settings.base_url)
        self._quoting = Quoting(self.client, post.Calculator(http, settings.tariff_url), settings.postoffice)
        self._orders = Orders(self.client)
        self._points = Points(self.client)
        self.handovers = Handovers(self.client)
        tracker = (settings.tracking_login, settings.tracking_password.reveal())
        self._single = post.Tracking(http, *tracker, settings.single_url)
        self._tickets = TicketDesk(post.BatchTracking(http, *tracker, settings.batch_url))

    @property
    def _keyless(self) -> bool:
        s = self.settings
        return not (s.token or s.login or s.password)

    async def check(self) -> AccountStatus:
        if self._keyless:
            return AccountStatus(name="public tariff", external_id="public", notes=(_NO_ACCOUNT,))
        limit = await self.client.settings_limit()
        used, allowed = limit.current_count, limit.allowed_count
        if used >= allowed:
            # The meter alone can be read today, and that the credentials work is thereby known.
            known = self.account.external_id
            return AccountStatus(external_id=known, calls_used=used, calls_allowed=allowed)
        settings = await self.client.settings()
        home = await self._quoting.home()
        return AccountStatus(
            name=settings.org_name,
            external_id=settings.hid or settings.legal_hid or self.settings.login,
            notes=(
                said(
                    "parcels are handed in at {operator_postcode}",
                    code="post.parcels_handed",
                    values={"operator_postcode": home.operator_postcode},
                ),
            ),
            calls_used=used,
            calls_allowed=allowed,
        )

    def value_currency(self, sender: Address, recipient: Address) -> str:
        return "RUB"  # insr-value and declared-value are kopecks (Otpravka documentation)

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        """Nothing for senders abroad, and for what is more than one parcel."""
        if request.sender.country != "RU" or len(request.parcels) != 1:
            return []
        if self._keyless:
            return await self._quoting.public(request)
        return await self._quoting.under_contract(request)

    async def book(self, request: BookRequest) -> Booking:
        """To the address that ``clean`` gave, or a person; one that comes without is cleaned here."""
        self._needs_account()
        product = product_of(request.service.code)
        if product is None:
            raise Rejected(
                "Russian Post has no service {the_code}",
                code="no_service",
                values={"the_code": request.service.code},
            )
        if len(request.parcels) != 1:
            raise Rejected("Russian Post takes one parcel an order here", code="one_parcel")
        to = request.recipient.address
        if to is None:
            raise Rejected("Russian Post needs the buyer's address", code="no_address.needs_buyer")
        home = (await self._quoting.home()).operator_postcode
        if to.country != "RU":
            order = export_order(request, product, home)
        elif product.ecom:
            order = point_order(request, product, home)
        else:
            name_of(request.recipient.name)  # before anything is asked
            address = await self._address(request, to)
            name = parts_of(request.recipient.name, await self._clean_name(request.recipient))
            order = inland_order(request, product, home, address, name)
        made = await self.client.backlog_create([order])
        if not made.orders:
            return refusal_of(made.errors)
        one = made.orders[0]
        return Booking(state="accepted", carrier_id=str(one.result_id), tracking_number=one.barcode)

    async def booking(self, carrier_id: str) -> Booking:
        order = await self._orders.read(carrier_id)
        return Booking(state="cancelled", carrier_id=carrier_id) if order is None else booking_of(order)

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        """Among new orders and among those in batches: an order is in one of the two."""
        return [found(order) for order in await self._orders.find(reference)]

    async def cancel(self, shipment: Shipment) -> Cancellation:
        """A new order is deleted, one in an open batch is taken out for good; later it is too late."""
        self._needs_account()
        order = await self._orders.read(shipment.carrier_id)
        if order is None or order.is_deleted:
            return Cancellation(state="cancelled")
        if not order.batch_name:
            done = await self.client.backlog_delete([order.id])
        elif order.batch_status == "CREATED":
            done = await self.client.shipment_delete([order.id])
        else:
            return Cancellation(state="refused", reason=_too_late(order))
        if order.id in done.result_ids:
            return Cancellation(state="cancelled")
        return Cancellation(state="pending")

    async def cancellation(self, shipment: Shipment) -> Cancellation:
        order = await self._orders.read(shipment.carrier_id)
        return Cancellation(state="cancelled" if order is None or order.is_deleted else "live")

    async def label(self, shipment: Shipment) -> Document:
        """An order in a batch and one that is in none yet have their forms in two places."""
        id_ = order_id(shipment.carrier_id)
        try:
            content = await self.client.forms_backlog(id_)
        except post.OtpravkaError as error:
            if not error.codes & GONE:
                raise
            content = await self.client.forms(id_, print_type=self.settings.print_type)
        return Document(content=content, media_type="application/pdf")

    async def track(self, shipment: Shipment) -> Tracking:
        if self.settings.tracking == "tickets":
            return Tracking(events=await self._tickets.events(shipment.tracking_number))
        if self.settings.tracking == "single":
            records = await self._single.operation_history(shipment.tracking_number)
            return Tracking(
                events=history_events(records),
                unread=tuple(str(one.type.id or "") for one in records if one.time is None),
            )
        order = await self._orders.follow(shipment.carrier_id)
        if order is None:
            return Tracking(events=())
        event = last_event(order)
        accepted = order.batch_status in ("ACCEPTED", "SENT", "ARCHIVED")
        total = order.total_with_vat if accepted else None
        return Tracking(
            events=() if event is None else (event,),
            charged=roubles(total) if total else None,
            charged_weight_g=order.weight_pay if accepted else None,
        )

    async def open_handovers(self, shipments: Sequence[Shipment], day: date) -> Sequence[Handover]:
        """Batches: as many as the kinds of parcels need."""
        self._needs_account()
        return await self.handovers.open(shipments, day)

    async def find_handovers(self, shipments: Sequence[Shipment]) -> Sequence[Handover]:
        return await self.handovers.find(shipments)

    async def close_handover(self, handover_id: str) -> Handover:
        """Checkin: the office has the electronic F103."""
        return await self.handovers.close(handover_id)

    async def handover(self, handover_id: str) -> Handover:
        """With the F103 that the office signs, after checkin."""
        return await self.handovers.read(handover_id)

    async def points(self, near: Address) -> Sequence[DeliveryPoint]:
        """Pick-up points and lockers for ECOM services in the same town."""
        self._needs_account()
        return await self._points.near(near)

    async def clean(self, recipient: Recipient) -> CleanedAddress:
        """Only what the Post vouches for is clear. An address abroad and a delivery point's are not its to
        clean; without an account nothing can be cleaned, nor booked."""
        to = recipient.address
        if to is None:
            raise Rejected("Russian Post needs the buyer's address", code="no_address.needs_buyer")
        if to.country != "RU" or to.delivery_point or self._keyless:
            return CleanedAddress(address=to, clear=True)
        return cleaned_of(await self._clean(to), to)

    async def _address(self, request: BookRequest, to: Address) -> post.CleanAddress:
        """The parts of the address that the order goes to."""
        if request.as_written:
            return as_written(to)
        if request.cleaned is not None and request.cleaned.parts:
            return parts_sent(request.cleaned)
        return checked(await self._clean(to))

    async def _clean(self, address: Address) -> post.CleanAddress:
        asked = post.AddressToClean(id="1", original_address=text_of(address))
        answers = await self.client.clean_address([asked])
        return next((one for one in answers if one.id == asked.id), post.CleanAddress(id="1"))

    async def _clean_name(self, recipient: Recipient) -> post.CleanName | None:
        asked = post.NameToClean(id="1", original_fio=recipient.name)
        answers = await self.client.clean_physical([asked])
        return next((one for one in answers if one.id == asked.id), None)

    def _needs_account(self) -> None:
        if self._keyless:
            raise Unsupported(
                "Russian Post: {no_account}",
                code="unsupported.no_account",
                values={"no_account": _NO_ACCOUNT},
            )

    def explain(self, error: Exception) -> Failure | None:
        return explain(error)


def _too_late(order: post.Order) -> str:
    return said(
        "the batch {batch_name} is {lower}: the parcel goes its way",
        code="post.batch_parcel_goes_way",
        values={"batch_name": order.batch_name, "lower": order.batch_status.lower()},
    )
