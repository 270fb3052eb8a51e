"""CDEK as a carrier. It works asynchronously: an order that was taken in (202) is not an order yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import cdek_api
from hub import (
    AccountStatus,
    Address,
    Booking,
    BookRequest,
    Cancellation,
    Carrier,
    Document,
    Failure,
    FoundShipment,
    Money,
    Parcel,
    Pending,
    Quote,
    QuoteRequest,
    Ready,
    Secret,
    Service,
    Settings,
    Shipment,
    Ticket,
    Tracking,
)

from hub_cdek.events import event

_DUPLICATE = "error_validate_im_dep_number_has_already_had_integration"
_NO_OFFER = {"err_result_service_empty", "err_result_servicelist_empty", "v2_outdated_tariff"}
_FINAL_UNSHIPPED = {"REMOVED", "INVALID"}
_BEFORE_OFFICE = {"ACCEPTED", "CREATED"}
_MODES = {1: "door", 2: "point", 3: "door", 4: "point", 6: "locker", 7: "locker"}


class CdekSettings(Settings, frozen=True, kw_only=True):
    """One contract. ``tariffs``: the contract's tariff codes that are offered."""

    client_id: str
    client_secret: Secret
    base_url: str = "https://api.cdek.ru"
    shipment_point: str = ""
    """The office where parcels are brought; needed for tariffs that begin at a warehouse."""
    tariffs: tuple[int, ...] = (137, 139)


class CdekCarrier(Carrier[CdekSettings]):
    """CDEK API v2."""

    code = "cdek"
    title = "CDEK"
    settings_type = CdekSettings
    # `number` must be unique among the contract's active orders, and orders are found by it
    # (CDEK documentation, July 2026); a repeated one is refused late, as INVALID.
    create_safety = "lookup"
    refuses_duplicates = "late"
    settle = timedelta(seconds=60)
    reference_max = 30
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

    async def check(self) -> AccountStatus:
        await self.client.cities(cdek_api.CityQuery(size=1, page=0))
        return AccountStatus(external_id=self.settings.client_id)

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        point = self.settings.shipment_point or None
        asked = cdek_api.TariffAndServiceRequest(
            from_location=_calculator_place(request.sender),
            to_location=_calculator_place(request.recipient),
            packages=tuple(
                cdek_api.CalculatorPackage(
                    weight=box.weight_g,
                    length=_cm(box.length_mm),
                    width=_cm(box.width_mm),
                    height=_cm(box.height_mm),
                )
                for box in request.parcels
            ),
            type=1,
            shipment_point=point,
        )
        try:
            found = await self.client.calculator_tariff_and_service(asked)
        except cdek_api.CdekError as error:
            if _NO_OFFER & set(error.codes):
                return []
            raise
        offered = [one for one in found.tariff_codes if one.tariff_code in self.settings.tariffs]
        return [
            Quote(
                service=Service(code=str(one.tariff_code), name=f"CDEK {one.tariff_code}"),
                price=Money.of(result.total_sum, result.currency),
                days_min=result.calendar_min,
                days_max=result.calendar_max,
            )
            for one in offered
            if (result := one.result) is not None and result.total_sum is not None and result.currency
        ]

    async def book(self, request: BookRequest) -> Booking:
        order = self._order(request)
        taken = await self.client.order_create(order)
        return Booking(state="accepted", carrier_id=taken.uuid or "")

    def _order(self, request: BookRequest) -> cdek_api.OrderRequest:
        to, sender = request.recipient, request.sender
        home = to.address
        assert home is not None, "the hub books only with an address"
        point = self.settings.shipment_point
        phone = cdek_api.Phone(number=to.phone, additional=to.phone_extension or None)
        return cdek_api.OrderRequest(
            type=1,
            number=request.reference,
            tariff_code=int(request.service.code),
            recipient=cdek_api.Contact(name=to.name, phones=(phone,)),
            sender=cdek_api.Contact(
                name=sender.name,
                company=sender.company or None,
                phones=(cdek_api.Phone(number=sender.phone),) if sender.phone else (),
            ),
            shipment_point=point or None,
            from_location=None if point else _place(sender.address),
            delivery_point=home.delivery_point or None,
            to_location=None if home.delivery_point else _place(home),
            packages=tuple(_package(box) for box in request.parcels),
        )

    async def booking(self, carrier_id: str) -> Booking:
        return self._read(await self.client.order_get(carrier_id))

    def _read(self, order: cdek_api.Order) -> Booking:
        uuid, state = order.uuid or "", order.state("CREATE")
        errors = order.create_errors
        if state == "INVALID" or errors:
            first = errors[0] if errors else None
            return Booking(
                state="rejected",
                carrier_id=uuid,
                reason=first.message if first else "CDEK refused the order",
                reason_code=first.code if first else "",
                duplicate=any(one.code.lower() == _DUPLICATE for one in errors),
            )
        codes = {status.code for status in order.statuses}
        if codes & _FINAL_UNSHIPPED:
            return Booking(state="cancelled", carrier_id=uuid)
        if not order.cdek_number:
            return Booking(state="accepted", carrier_id=uuid)
        return Booking(
            state="confirmed",
            carrier_id=uuid,
            tracking_number=order.cdek_number,
            price=_total(order),
        )

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        try:
            order = await self.client.order_get_by_im_number(reference)
        except cdek_api.CdekError as error:
            if any("not_found" in code for code in error.codes):
                return []
            raise
        booking = self._read(order)
        live = booking.state in ("accepted", "confirmed")
        return [FoundShipment(booking=booking, reference=reference, live=live)]

    async def cancel(self, shipment: Shipment) -> Cancellation:
        """The state decides the way: a created order is deleted for nothing, a later one is refused."""
        ended = await self.cancellation(shipment)
        if ended.state != "pending":
            return ended
        order = await self.client.order_get(shipment.carrier_id)
        if {status.code for status in order.statuses} <= _BEFORE_OFFICE:
            await self.client.order_delete(shipment.carrier_id)
        else:
            await self.client.order_refusal(shipment.carrier_id)
        return Cancellation(state="pending")

    async def cancellation(self, shipment: Shipment) -> Cancellation:
        try:
            order = await self.client.order_get(shipment.carrier_id)
        except cdek_api.CdekError as error:
            if any("not_found" in code for code in error.codes):
                return Cancellation(state="cancelled")
            raise
        codes = {status.code for status in order.statuses}
        if codes & (_FINAL_UNSHIPPED | {"NOT_DELIVERED"}):
            return Cancellation(state="cancelled")
        if "DELIVERED" in codes:
            return Cancellation(state="refused", reason="the parcel is delivered")
        return Cancellation(state="pending")

    async def request_labels(self, shipments: Sequence[Shipment]) -> Sequence[Ticket | Failure]:
        orders = tuple(cdek_api.PrintOrder(order_uuid=one.carrier_id) for one in shipments)
        asked = await self.client.barcode_create(
            cdek_api.BarcodeRequest(orders=orders, copy_count=1, format="A6")
        )
        return [Ticket(asked.uuid or "") for _ in shipments]

    async def fetch_labels(self, ticket: Ticket) -> Pending | Ready | Failure:
        form = await self.client.barcode_get(ticket.value)
        status = form.status or ""
        if status in ("INVALID", "REMOVED"):
            return Failure(kind="rejected", message=f"CDEK could not make the labels ({status})")
        if status != "READY":
            return Pending(retry_after=timedelta(seconds=3))
        content = await self.client.barcode_pdf(ticket.value)
        return Ready(document=Document(content=content, media_type="application/pdf"))

    async def track(self, shipment: Shipment) -> Tracking:
        order = await self.client.order_get(shipment.carrier_id)
        returning = bool(order.entity and order.entity.is_return)
        events = (event(status, is_return=returning) for status in order.statuses)
        told = tuple(one for one in events if one is not None)
        weighed = any(one.code not in _BEFORE_OFFICE for one in told)
        return Tracking(events=told, charged=_total(order) if weighed else None)

    def explain(self, error: Exception) -> Failure | None:
        if not isinstance(error, cdek_api.CdekError):
            return None
        text = "; ".join(one.message or one.code for one in error.errors) or "CDEK refuses"
        code = error.errors[0].code if error.errors else ""
        status = error.http_status
        if code.lower() in cdek_api.TOKEN_ERRORS or status in (401, 403):
            return Failure(kind="auth_failed", message="CDEK does not take this account and password.")
        if _DUPLICATE in error.codes:
            return Failure(kind="rejected", message=text, vendor_code=code, duplicate=True)
        if error.errors and status < 500:
            return Failure(kind="rejected", message=f"CDEK: {text}", vendor_code=code)
        return None


def _total(order: cdek_api.Order) -> Money | None:
    """What the order costs with VAT and services, in the contract's currency where CDEK names it."""
    entity = order.entity
    detail = None if entity is None else entity.delivery_detail
    if entity is None or detail is None or detail.total_sum is None:
        return None
    return Money.of(detail.total_sum, entity.items_cost_currency or "RUB")


def _cm(millimetres: int) -> int:
    return max(1, -(-millimetres // 10))


def _calculator_place(address: Address) -> cdek_api.CalculatorLocation:
    return cdek_api.CalculatorLocation(
        country_code=address.country,
        postal_code=address.postal_code or None,
        city=address.city or None,
        address=address.street or None,
    )


def _place(address: Address) -> cdek_api.Location:
    return cdek_api.Location(
        address=address.street or address.city,
        country_code=address.country,
        postal_code=address.postal_code or None,
        city=address.city or None,
        region=address.region or None,
    )


def _package(box: Parcel) -> cdek_api.Package:
    pieces = sum(item.quantity for item in box.items) or 1
    return cdek_api.Package(
        number=str(box.number),
        weight=box.weight_g,
        length=_cm(box.length_mm),
        width=_cm(box.width_mm),
        height=_cm(box.height_mm),
        items=tuple(
            cdek_api.Item(
                name=item.name[:255],
                ware_key=item.offer_id[:50] or item.sku,
                payment=cdek_api.Payment(value=Decimal(0)),  # prepaid at the marketplace
                cost=item.price.amount if item.price else Decimal(0),
                weight=item.weight_g or max(1, box.weight_g // pieces),
                amount=item.quantity,
            )
            for item in box.items
        ),
    )
