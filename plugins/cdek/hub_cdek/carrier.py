"""CDEK as a carrier. It works asynchronously: an order that was taken in (202) is not an order yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

import cdek_api
import msgspec
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
    Money,
    Parcel,
    Pending,
    Quote,
    QuoteRequest,
    Ready,
    Refusal,
    Rejected,
    Secret,
    Service,
    Settings,
    Shipment,
    TextLimit,
    Ticket,
    Tracking,
    Unavailable,
    read_currency,
    render,
    said,
)

from hub_cdek import abroad
from hub_cdek.events import event
from hub_cdek.orders import (
    BEFORE_OFFICE,
    DUPLICATE,
    booking_of,
    calculated_weight,
    centimetres,
    check_values,
    found,
    order_request,
    packages_of,
    place,
    total,
    waits_for_identity,
)
from hub_cdek.points import Points
from hub_cdek.tariffs import TARIFFS, bookable

_NO_OFFER = {"err_result_service_empty", "err_result_servicelist_empty", "v2_outdated_tariff"}
_NOT_KNOWN = {"v2_entity_not_found", "v2_entity_not_found_im_number"}
_BUSY = {"v2_entity_not_ready", "v2_similar_request_still_processed"}
_UNCLEAR = {"v2_internal_error"}
_SOON = timedelta(seconds=3)
_NOT_SURE = (*_UNCLEAR, *_BUSY, *cdek_api.TOKEN_ERRORS)
_SOURCE = "CDEK OpenAPI, July 2026; recorded answers up to August 2026"
_SHOWN = 8  # tariffs that a refusal names


class CdekSettings(Settings, frozen=True, kw_only=True):
    """One contract. ``tariffs``: the contract's tariff codes that may be offered."""

    client_id: str
    client_secret: Secret
    base_url: str = "https://api.cdek.ru"
    shipment_point: str = ""
    """The code of the office where parcels are brought; needed for tariffs that begin at a warehouse."""
    tariffs: tuple[int, ...] = tuple(TARIFFS)
    currency: str = "RUB"
    """The contract's currency (CNY for contracts made in China): what goods are worth is declared in it."""
    ask_identity: bool = True
    """Before a parcel for Russia is booked abroad, the seller is asked for the recipient's passport and tax
    number. CDEK's documents do not say that it refuses an order without: false leaves it to CDEK, which asks
    the buyer itself, and the parcel waits before customs."""

    def __post_init__(self) -> None:
        """A currency that is none would leave CDEK without a single offer. Raises BadValue."""
        msgspec.structs.force_setattr(self, "currency", read_currency(self.currency))


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
    refusals = (
        Refusal(statuses=(400, 404), at="errors[].code", unclear=_NOT_SURE, source=_SOURCE),
        Refusal(
            statuses=(200, 202, 400, 404), at="requests[].errors[].code", unclear=_NOT_SURE, source=_SOURCE
        ),
    )
    text_limits = (
        TextLimit("recipient.name", 255, _SOURCE),
        TextLimit("recipient.phone", 24, _SOURCE),
        TextLimit("recipient.email", 255, _SOURCE),
        TextLimit("address.region", 255, _SOURCE),
        TextLimit("address.city", 255, _SOURCE),
        TextLimit("address.street", 255, _SOURCE),
        TextLimit("address.postal_code", 255, _SOURCE),
        TextLimit("sender.name", 255, _SOURCE),
        TextLimit("sender.company", 255, _SOURCE),
        TextLimit("sender.phone", 24, _SOURCE),
        TextLimit("sender_address.region", 255, _SOURCE),
        TextLimit("sender_address.city", 255, _SOURCE),
        TextLimit("sender_address.street", 255, _SOURCE),
        TextLimit("item.name", 255, _SOURCE, over="shorten"),
        TextLimit("item.offer_id", 50, _SOURCE, over="shorten"),
        TextLimit("item.brand", 255, _SOURCE),
        TextLimit("item.url", 255, _SOURCE, over="leave_out"),
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
        point = self.settings.shipment_point
        check_values(request.parcels, self.settings.currency)
        insured = _worth(request.parcels)
        customs = abroad.international(request.sender, request.recipient)
        conditions = await self._conditions(request) if customs else ""
        asked = cdek_api.TariffAndServiceRequest(
            from_location=_calculator_place(request.sender),
            to_location=_calculator_place(request.recipient),
            packages=tuple(
                cdek_api.CalculatorPackage(
                    weight=box.weight_g,
                    length=centimetres(box.length_mm),
                    width=centimetres(box.width_mm),
                    height=centimetres(box.height_mm),
                )
                for box in request.parcels
            ),
            # CDEK insures every shop order for its declared value: without it the order costs more than this.
            services=(cdek_api.Service(code="INSURANCE", parameter=str(insured)),) if insured else (),
            type=1,
            currency=abroad.CURRENCIES.get(self.settings.currency) if customs else None,
            shipment_point=point or None,
            delivery_point=request.recipient.delivery_point or None,
        )
        try:
            offers = (await self.client.calculator_tariff_and_service(asked)).tariff_codes
        except cdek_api.CdekError as error:
            if error.codes <= _NO_OFFER:
                return []
            raise
        to_point = bool(request.recipient.delivery_point)
        allowed = [
            one
            for one in offers
            if one.tariff_code in self.settings.tariffs
            and bookable(one.tariff_code, shipment_point=bool(point), delivery_point=to_point)
        ]
        if offers and not allowed:
            numbers = ", ".join(str(one.tariff_code) for one in offers[:_SHOWN])
            raise Rejected(
                "CDEK would take it by tariff {numbers}, and the account allows none of these here: see its "
                "settings 'tariffs' and 'shipment_point'",
                code="no_tariff",
                values={"numbers": numbers},
            )
        quotes = (_quote(one, conditions) for one in allowed)
        return [one for one in quotes if one is not None]

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
            if error.codes & _NOT_KNOWN:
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
            if error.codes & _NOT_KNOWN:
                return Cancellation(state="cancelled")
            raise
        if (ended := _ended(order)) is not None:
            return ended
        if any(one.state in ("ACCEPTED", "WAITING") for one in order.requests if one.type != "CREATE"):
            return Cancellation(state="pending")
        if not order.cdek_number:
            raise Unavailable(
                "CDEK is still taking this order in",
                retry_after=_SOON,
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
            if error.codes & _NOT_KNOWN:
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
                return _no_form(form)
            if form.status != "READY":
                return Pending(retry_after=_SOON)
            content = await self.client.barcode_pdf(ticket.value)
        except cdek_api.CdekError as error:
            if error.codes & _BUSY:
                return Pending(retry_after=_SOON)
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
        if not isinstance(error, cdek_api.CdekError):
            return None
        first = error.errors[0] if error.errors else None
        code = first.code if first else ""
        text = "; ".join(one.message or one.code for one in error.errors)
        if error.codes & cdek_api.TOKEN_ERRORS or error.http_status in (401, 403):
            return Failure(
                kind="auth_failed",
                message="CDEK does not accept this account and password: check client_id and client_secret",
                vendor_code=code,
                code="auth_failed.not_accept_account_password_check",
            )
        if error.http_status >= 500 or error.http_status == 429 or error.codes & _UNCLEAR:
            return None
        if error.codes & _BUSY:
            return Failure(
                kind="unavailable",
                message="CDEK: {text}",
                vendor_code=code,
                retry_after=_SOON,
                code="unavailable.vendor",
                values={"text": text},
            )
        return Failure(
            kind="rejected",
            message="CDEK: {text}",
            vendor_code=code,
            duplicate=DUPLICATE in error.codes,
            code="rejected.vendor",
            values={"text": text or said("refused", code="cdek.refused")},
        )


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


def _no_form(form: cdek_api.PrintForm) -> Failure:
    errors = [error for request in form.requests for error in request.errors]
    why = "; ".join(one.message or one.code for one in errors) or (form.status or "")
    code = errors[0].code if errors else ""
    return Failure(
        kind="rejected",
        message="CDEK made no labels: {why}",
        vendor_code=code,
        code="rejected.made_no_labels",
        values={"why": why},
    )


def _worth(parcels: Iterable[Parcel]) -> Decimal:
    """What the order will declare, piece by piece: the quote is for the same sum."""
    items = (item for box in parcels for item in box.items)
    return sum((item.price.amount * item.quantity for item in items if item.price), Decimal(0))


def _quote(offer: cdek_api.TariffAndService, conditions: str) -> Quote | None:
    """None where CDEK names no price for this tariff."""
    result, tariff = offer.result, TARIFFS.get(offer.tariff_code)
    if result is None or result.total_sum is None or not result.currency:
        return None
    return Quote(
        service=Service(code=str(offer.tariff_code), name=tariff.name if tariff else f"{offer.tariff_code}"),
        price=Money.of(result.total_sum, result.currency),
        days_min=result.calendar_min,
        days_max=result.calendar_max,
        to=tariff.to if tariff else "door",
        note=conditions,
    )


def _calculator_place(address: Address) -> cdek_api.CalculatorLocation:
    return cdek_api.CalculatorLocation(
        country_code=address.country,
        postal_code=address.postal_code or None,
        city=address.city or None,
        address=address.street or None,
    )
