"""CDEK as a carrier. It works asynchronously: an order that was taken in (202) is not an order yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import cdek_api
from hub import (
    AccountStatus,
    Address,
    Booking,
    BookRequest,
    Cancellation,
    Carrier,
    DeliveryPoint,
    Document,
    Failure,
    FoundShipment,
    Pending,
    Quote,
    QuoteRequest,
    Ready,
    Shipment,
    TextLimit,
    Ticket,
    Tracking,
    Unavailable,
    render,
    said,
)

from hub_cdek import abroad
from hub_cdek.events import event
from hub_cdek.failures import BUSY, NOT_KNOWN, REFUSALS, SOON, SOURCE, explain, no_form
from hub_cdek.orders import (
    BEFORE_OFFICE,
    booking_of,
    calculated_weight,
    check_values,
    found,
    order_request,
    packages_of,
    place,
    total,
    waits_for_identity,
)
from hub_cdek.points import Points
from hub_cdek.quoting import NO_OFFER, calculation, quotes_of
from hub_cdek.settings import CdekSettings
from hub_cdek.tariffs import TARIFFS


class CdekCarrier(Carrier[CdekSettings]):
    """CDEK API v2 (OpenAPI of July 2026)."""

    code = "cdek"
    title = "CDEK"
    settings_type = CdekSettings
    addresses = (cdek_api.EDUCATIONAL,)
    # There is no idempotency key. `number` is unique among the contract's active orders, GET ?im_number=
    # finds an order by it, and a second one turns INVALID after its 202 (CDEK documentation, July 2026).
    create_safety = "lookup"
    refuses_duplicates = "late"
    settle = timedelta(seconds=60)  # "up to 30-60 s under load"
    refusals = REFUSALS
    text_limits = (
        TextLimit("recipient.name", 255, SOURCE),
        TextLimit("recipient.phone", 24, SOURCE),
        TextLimit("recipient.email", 255, SOURCE),
        TextLimit("address.region", 255, SOURCE),
        TextLimit("address.city", 255, SOURCE),
        TextLimit("address.street", 255, SOURCE),
        TextLimit("address.postal_code", 255, SOURCE),
        TextLimit("address.comment", 255, SOURCE),
        TextLimit("identity.series", 4, SOURCE),
        TextLimit("identity.number", 30, SOURCE),
        TextLimit("identity.issued_by", 255, SOURCE),
        TextLimit("identity.tax_number", 12, SOURCE),
        TextLimit("sender.name", 255, SOURCE),
        TextLimit("sender.company", 255, SOURCE),
        TextLimit("sender.phone", 24, SOURCE),
        TextLimit("sender_address.region", 255, SOURCE),
        TextLimit("sender_address.city", 255, SOURCE),
        TextLimit("sender_address.street", 255, SOURCE),
        TextLimit("item.name", 255, SOURCE, over="shorten"),
        TextLimit("item.offer_id", 50, SOURCE, over="shorten"),
        TextLimit("item.brand", 255, SOURCE),
        TextLimit("item.url", 255, SOURCE, over="leave_out"),
    )
    reference_max = 30
    multi_parcel = True
    max_batch = 100

    @property
    def client(self) -> cdek_api.Client:
        """The wire client; its token is shared by all calls of the account."""
        auth = getattr(self, "_auth", None)
        if auth is None:
            s = self.settings
            auth = cdek_api.OAuth(s.client_id, s.client_secret.reveal(), s.base_url)
            self._auth = auth
        return cdek_api.Client(self.http, auth, self.settings.base_url)

    @property
    def collects(self) -> bool:
        return not self.settings.shipment_point

    async def check(self) -> AccountStatus:
        await self.client.cities(cdek_api.CityQuery(size=1, page=0))
        return AccountStatus(external_id=self.settings.client_id, notes=self._settings_notes())

    def _settings_notes(self) -> tuple[str, ...]:
        settings = self.settings
        from_office = [code for code in settings.tariffs if code in TARIFFS and TARIFFS[code].from_office]
        if settings.shipment_point or not from_office:
            return ()
        numbers = ", ".join(str(code) for code in from_office)
        return (
            said(
                "no shipment_point: tariffs {numbers} begin at an office and are not offered",
                code="cdek.no_shipment_point_tariffs_begin",
                values={"numbers": numbers},
            ),
        )

    def value_currency(self, sender: Address, recipient: Address) -> str:
        return self.settings.currency

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        check_values(request.parcels, self.settings.currency)
        customs = abroad.international(request.sender, request.recipient)
        conditions = await self._conditions(request) if customs else ""
        asked = calculation(request, self.settings, customs=customs)
        try:
            offers = (await self.client.calculator_tariff_and_service(asked)).tariff_codes
        except cdek_api.CdekError as error:
            if error.codes <= NO_OFFER:
                return []
            raise
        to_point = bool(request.recipient.delivery_point)
        return quotes_of(offers, self.settings, delivery_point=to_point, conditions=conditions)

    async def _conditions(self, request: QuoteRequest) -> str:
        """What CDEK asks for these goods on this route, in words. Raises Rejected where customs would miss a
        fact, the invoice has no room for the sender's address, or CDEK forbids the goods: the hub asks for
        quotes right before it books."""
        abroad.check_items(request.parcels)
        abroad.invoice_address(request.sender)
        asked = abroad.restriction_request(
            place(request.sender), place(request.recipient), packages_of(request.parcels, customs=True)
        )
        return render(abroad.verdict(await self.client.package_restrictions(asked)), request.language)

    async def points(self, near: Address) -> Sequence[DeliveryPoint]:
        """All that hand out parcels in the town, by its postcode and name."""
        points: Points | None = getattr(self, "_points", None)
        if points is None:
            points = self._points = Points()
        return await points.near(self.client, near)

    def needs_identity(self, sender: Address, recipient: Address) -> bool:
        return self.settings.ask_identity and abroad.wants_identity(sender, recipient)

    async def book(self, request: BookRequest) -> Booking:
        taken = await self.client.order_create(
            order_request(request, self.settings.shipment_point, currency=self.settings.currency)
        )
        return Booking(state="accepted", carrier_id=taken.uuid or "")

    async def booking(self, carrier_id: str) -> Booking:
        return booking_of(await self.client.order_get(carrier_id))

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        try:
            order = await self.client.order_get_by_im_number(reference)
        except cdek_api.CdekError as error:
            if error.codes & NOT_KNOWN:
                return []
            raise
        return [found(order, reference)]

    async def cancel(self, shipment: Shipment) -> Cancellation:
        """The state decides the way: a created order is deleted for nothing, a later one is refused.

        A refusal of an order that is only created would be billed. Raises Unavailable while CDEK is still
        taking the order in.
        """
        try:
            order = await self.client.order_get(shipment.carrier_id)
        except cdek_api.CdekError as error:
            if error.codes & NOT_KNOWN:
                return Cancellation(state="cancelled")
            raise
        if (ended := _ended(order)) is not None:
            return ended
        if any(one.state in ("ACCEPTED", "WAITING") for one in order.requests if one.type != "CREATE"):
            return Cancellation(state="pending")
        if not order.cdek_number:
            raise Unavailable(
                "CDEK is still taking this order in",
                retry_after=SOON,
                code="unavailable.still_taking_order",
            )
        if {status.code for status in order.statuses} <= BEFORE_OFFICE:
            await self.client.order_delete(shipment.carrier_id)
        else:
            await self.client.order_refusal(shipment.carrier_id)
        return Cancellation(state="pending")

    async def cancellation(self, shipment: Shipment) -> Cancellation:
        try:
            order = await self.client.order_get(shipment.carrier_id)
        except cdek_api.CdekError as error:
            if error.codes & NOT_KNOWN:
                return Cancellation(state="cancelled")
            raise
        if (ended := _ended(order)) is not None:
            return ended
        asked = order.request("DELETE")
        if asked is not None and asked.state == "INVALID":
            reason = (
                asked.errors[0].message
                if asked.errors
                else said("CDEK did not delete the order", code="cdek.not_delete_order")
            )
            return Cancellation(state="refused", reason=reason)
        if all(request.type in ("CREATE", "UPDATE") for request in order.requests):
            return Cancellation(state="live")
        return Cancellation(state="pending")

    async def request_labels(self, shipments: Sequence[Shipment]) -> Sequence[Ticket | Failure]:
        """One form for the whole batch; where CDEK refuses it, one each: it does not say which is wrong."""
        try:
            ticket = await self._print(shipments)
        except cdek_api.CdekError as error:
            failure = self.explain(error)
            if failure is None or failure.kind == "auth_failed":
                raise
            if len(shipments) == 1:
                return [failure]
            return [one for each in shipments for one in await self.request_labels([each])]
        return [ticket] * len(shipments)

    async def _print(self, shipments: Sequence[Shipment]) -> Ticket:
        orders = tuple(cdek_api.PrintOrder(order_uuid=one.carrier_id) for one in shipments)
        asked = await self.client.barcode_create(
            cdek_api.BarcodeRequest(orders=orders, copy_count=1, format="A6")
        )
        return Ticket(asked.uuid or "")

    async def fetch_labels(self, ticket: Ticket) -> Pending | Ready | Failure:
        try:
            form = await self.client.barcode_get(ticket.value)
            if form.status in ("INVALID", "REMOVED"):
                return no_form(form)
            if form.status != "READY":
                return Pending(retry_after=SOON)
            content = await self.client.barcode_pdf(ticket.value)
        except cdek_api.CdekError as error:
            if error.codes & BUSY:
                return Pending(retry_after=SOON)
            raise
        return Ready(document=Document(content=content, media_type="application/pdf"))

    async def track(self, shipment: Shipment) -> Tracking:
        order = await self.client.order_get(shipment.carrier_id)
        returning = bool(order.entity and order.entity.is_return)
        told = [(status.code, event(status, is_return=returning)) for status in order.statuses]
        weighed = any(status.code not in BEFORE_OFFICE for status in order.statuses)
        return Tracking(
            events=tuple(one for _, one in told if one is not None),
            unread=tuple(code for code, one in told if one is None),
            charged=total(order) if weighed else None,
            charged_weight_g=calculated_weight(order) if weighed else None,
            waits_for_identity=await self._waits_for_identity(order),
        )

    async def _waits_for_identity(self, order: cdek_api.Order) -> bool:
        waits = waits_for_identity(order)
        if waits is None:
            waits = (await self.client.order_passports(order.uuid or "")).missing("RECEIVER")
        return waits

    def explain(self, error: Exception) -> Failure | None:
        return explain(error)


def _ended(order: cdek_api.Order) -> Cancellation | None:
    """The end that an order has come to; None while a cancel could still change it."""
    booking = booking_of(order)
    if booking.state in ("rejected", "cancelled"):
        return Cancellation(state="cancelled")
    codes = {status.code for status in order.statuses}
    if "DELIVERED" in codes:
        return Cancellation(
            state="refused", reason=said("the parcel is delivered", code="cdek.parcel_delivered")
        )
    if "NOT_DELIVERED" in codes:
        return Cancellation(state="cancelled", cost=total(order))
    return None
