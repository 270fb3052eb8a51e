"""SPSR Express as a carrier, over its old XML API. Never verified against a live service."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import httpx
import spsr_api
from hub import (
    Account,
    AccountStatus,
    Address,
    Booking,
    BookRequest,
    Carrier,
    DeliveryPoint,
    Failure,
    FoundShipment,
    Money,
    Quote,
    QuoteRequest,
    Refusal,
    Secret,
    Service,
    Settings,
    Shipment,
    TextLimit,
    Tracking,
    Unsupported,
    render,
    said,
)

from hub_spsr.events import events
from hub_spsr.invoices import Insurance, PickUp, booked, found, invoice, kilograms, known, roubles

NOTICE = said("never verified against a live service", code="spsr.never_verified_against_live")
_NO_ADDRESS = said(
    "SPSR Express has no known address: no public evidence of its XML API exists after January 2018. Old "
    "shipments are still read; for more, set base_url in the account",
    code="spsr.express_no_known_address_no_public",
)
_RETRY = timedelta(seconds=5)
_UNCLEAR = tuple(str(code) for code in sorted(spsr_api.UNCLEAR))
_SOURCE = "table of codes of the CS-Cart add-on rus_spsr, about 2017; clients of 2015-2017"
_SCHEMA = "XmlConverter_13.xsd, 2015"
_VOLUME_DIVISOR = 5_000_000  # cubic millimetres to kg: 5 000 cm3 a kg, the trade's usual one
_MOST_CITIES = 1_000


class SpsrSettings(Settings, frozen=True, kw_only=True):
    """One contract. There is no default address: whoever sets one knows a service that answers."""

    login: str
    password: Secret
    contract: str
    """ИКН (ICN), 10 digits."""
    base_url: str = ""
    """Where the XML API takes requests, whole (it ended in ``/waExec/WAExec``)."""
    tariff_url: str = ""
    """The calculator up to and with its function (``…?TARIFFCOMPUTE_2``); without it there are no quotes."""
    quotes: bool = False
    """Take part in quotes, and so in the choice of a carrier."""
    contract_prices: bool = True
    """Ask the calculator with the session and the contract, else for public prices."""
    insurance: Insurance = "VAL"
    """``INS`` insured, ``VAL`` declared value."""
    pick_up: PickUp = "W"
    """``C``: a courier comes, ``W``: the parcels are brought."""
    nature: int = 16
    """The kind of goods, 15 to 24; 16 are consumer goods without electronics."""


class SpsrCarrier(Carrier[SpsrSettings]):
    """SPSR's XML API as public clients of 2015-2017 used it."""

    code = "spsr"
    title = "SPSR Express"
    settings_type = SpsrSettings
    notice = NOTICE
    label_note = "Формат не проверен / format unverified"
    # There is no idempotency key. WAGetInvoiceInfo finds an invoice by our number (GCInvoiceNumber), and a
    # second one of the same number is rejected with DUP (clients of 2015-2016).
    create_safety = "lookup"
    refuses_duplicates = "at_once"
    settle = timedelta(minutes=5)  # no source: longer than any other carrier's
    refusals = (
        Refusal(
            statuses=(200,),
            form="xml",
            at="Result[].@RC",
            pattern=r"[1-9][0-9]*",
            unclear=_UNCLEAR,
            source=_SOURCE,
        ),
        # A rejected invoice stands inside a good answer.
        Refusal(statuses=(200,), form="xml", at="Invoice[].@Status", codes=("Rejected",), source=_SOURCE),
    )
    text_limits = (
        TextLimit("recipient.name", 60, _SCHEMA),
        TextLimit("recipient.email", 255, _SCHEMA),
        TextLimit("address.street", 100, _SCHEMA),
        TextLimit("address.comment", 100, _SCHEMA),
        TextLimit("sender.name", 60, _SCHEMA),
        TextLimit("sender.company", 100, _SCHEMA),
        TextLimit("sender.phone", 20, _SCHEMA),
        TextLimit("sender.email", 255, _SCHEMA),
        TextLimit("sender_address.street", 100, _SCHEMA),
        TextLimit("item.name", 255, _SCHEMA, over="shorten"),
        TextLimit("item.offer_id", 255, _SCHEMA, over="shorten"),
    )
    reference_max = 50  # ShipRefNum of XmlConverter_13.xsd

    def __init__(self, settings: SpsrSettings, http: httpx.AsyncClient, account: Account) -> None:
        super().__init__(settings, http, account)
        self._session = spsr_api.Session(settings.login, settings.password.reveal(), settings.contract)
        self._cities: dict[tuple[str, str], spsr_api.City | None] = {}

    @property
    def client(self) -> spsr_api.Client:
        """The wire client; its session is shared by all calls of the account. Raises Unsupported."""
        settings = self.settings
        if not settings.base_url:
            raise Unsupported(_NO_ADDRESS)
        return spsr_api.Client(self.http, self._session, settings.base_url, settings.tariff_url)

    async def check(self) -> AccountStatus:
        await self.client.courier_orders_active()  # the cheapest read that names the contract
        return AccountStatus(external_id=self.settings.contract, notes=(NOTICE, *self._missing()))

    def _missing(self) -> tuple[str, ...]:
        if not self.settings.quotes:
            return (said("takes no part in quotes: set quotes", code="spsr.takes_no_part_quotes_set"),)
        return (
            ()
            if self.settings.tariff_url
            else (said("no tariff_url: there are no quotes", code="spsr.no_tariff_url_no_quotes"),)
        )

    def value_currency(self, sender: Address, recipient: Address) -> str:
        return "RUB"  # it knows no other

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        """Estimates within Russia, to the door. Raises Unsupported where the account did not ask to quote."""
        settings = self.settings
        if not settings.quotes:
            raise Unsupported(
                "SPSR Express takes no part in quotes ({notice}): set quotes in the account",
                code="unsupported.express_takes_no_part_quotes",
                values={"notice": NOTICE},
            )
        client = self.client
        if not settings.tariff_url:
            raise Unsupported(
                "SPSR Express has no address of its tariff calculator: set tariff_url",
                code="unsupported.express_no_address_tariff_calculator",
            )
        amount = roubles(request.declared_value)
        if request.recipient.delivery_point:
            return []
        start = await self._city(client, request.sender)
        end = await self._city(client, request.recipient)
        if start is None or end is None:
            return []
        query = spsr_api.TariffQuery(
            from_city=start.key,
            to_city=end.key,
            weight=_charged(request),
            nature=settings.nature,
            amount=amount,
            insured=settings.insurance == "INS",
        )
        try:
            offers = await client.tariffs(query, contract=settings.contract_prices)
        except spsr_api.SpsrError as error:
            if error.code is None:  # the calculator's own way to say that there is no tariff
                return []
            raise
        # Only what an invoice can name; of two offers of one product, the cheaper.
        best: dict[str, spsr_api.Tariff] = {}
        for offer in sorted(offers, key=lambda one: one.total):
            if offer.product and offer.total > 0:
                best.setdefault(offer.product, offer)
        return [_quote(offer, request.language) for offer in best.values()]

    async def book(self, request: BookRequest) -> Booking:
        settings = self.settings
        wanted = invoice(
            request, insurance=settings.insurance, pick_up=settings.pick_up, nature=settings.nature
        )
        return booked(await self.client.invoices_create([wanted]), request.reference)

    async def booking(self, carrier_id: str) -> Booking:
        (info,) = await self._infos(spsr_api.InvoiceKey(number=carrier_id)) or (None,)
        if info is None:
            raise spsr_api.SpsrError(1059)
        return known(info)

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        """By our number. Only "no invoice has this number" is absent; any other refusal raises."""
        infos = await self._infos(spsr_api.InvoiceKey(reference=reference))
        return [found(info) for info in infos if info.reference == reference]

    async def track(self, shipment: Shipment) -> Tracking:
        told = await self.client.monitor([spsr_api.InvoiceKey(number=shipment.tracking_number)])
        mine = (one for one in told.invoices if one.number == shipment.tracking_number)
        known = tuple(event for one in mine for event in one.events)
        unread = tuple(one.number_code or one.letter_code for one in known if one.time is None)
        return Tracking(events=events(known), unread=unread)

    async def points(self, near: Address) -> Sequence[DeliveryPoint]:
        """SPSR's offices in the city: to look at, for an invoice has no place to name one."""
        client = self.client
        city = await self._city(client, near)
        if city is None:
            return []
        return [
            DeliveryPoint(
                code=str(office.key),
                address=Address(
                    country="RU",
                    region=office.region,
                    city=office.city,
                    street=office.address,
                    comment="; ".join(filter(None, (*office.phones, office.comment))),
                    latitude=None if office.latitude is None else float(office.latitude),
                    longitude=None if office.longitude is None else float(office.longitude),
                ),
                hours=office.work_time,
            )
            for office in await client.offices(city.key)
        ]

    def explain(self, error: Exception) -> Failure | None:
        if not isinstance(error, spsr_api.SpsrError):
            return None
        code = "" if error.code is None else str(error.code)
        if error.code == spsr_api.SESSION_GONE:
            # Nothing was done; the next call logs in.
            return Failure(
                kind="unavailable",
                message="SPSR has forgotten the session",
                vendor_code=code,
                retry_after=_RETRY,
                code="unavailable.forgotten_session",
            )
        if error.code in spsr_api.LOGIN_ERRORS:
            return Failure(
                kind="auth_failed",
                message="SPSR: {meaning}. Check login, password and contract",
                vendor_code=code,
                code="auth_failed.check_login_password_contract",
                values={"meaning": error.meaning},
            )
        if error.code is None or error.code in spsr_api.UNCLEAR:
            return Failure(
                kind="unconfirmed",
                message="SPSR: {meaning}",
                vendor_code=code,
                code="unconfirmed.vendor",
                values={"meaning": error.meaning},
            )
        return Failure(
            kind="rejected",
            message="SPSR: {meaning}[ ({text})]",
            code="rejected.vendor",
            values={"meaning": error.meaning, "text": error.text[:200]},
            vendor_code=code,
            duplicate=error.code == 1051,
        )

    async def _infos(self, key: spsr_api.InvoiceKey) -> tuple[spsr_api.InvoiceInfo, ...]:
        try:
            return await self.client.invoice_info(key)
        except spsr_api.SpsrError as error:
            if error.code in spsr_api.NOT_FOUND:
                return ()
            raise

    async def _city(self, client: spsr_api.Client, place: Address) -> spsr_api.City | None:
        """The one city that is meant; None where there is none, or several and none of the region."""
        if place.country != "RU" or not place.city:
            return None
        cities = self._cities
        if len(cities) >= _MOST_CITIES:
            cities.clear()
        wanted = (_plain(place.city), _plain(place.region))
        if wanted not in cities:
            named = [one for one in await client.cities(_bare(place.city)) if _plain(one.name) == wanted[0]]
            near = [one for one in named if _plain(one.region) == wanted[1]]
            cities[wanted] = near[0] if near else named[0] if len(named) == 1 else None
        return cities[wanted]


def _bare(city: str) -> str:
    """Without "г." before it, which SPSR's look-up does not know (OpenCart module of 2016)."""
    return re.sub(r"^(г|город)(\.\s*|\s+)", "", city.strip(), flags=re.IGNORECASE)


def _plain(name: str) -> str:
    """A name to compare: without "г." and "обл.", ё as е."""
    text = name.casefold().replace("ё", "е")
    return " ".join(re.sub(r"\b(г|город|обл|область|край|респ|республика)\b\.?", " ", text).split())


def _charged(request: QuoteRequest) -> Decimal:
    """kg: the larger of weight and volume weight, to the gram."""
    weight = sum(box.weight_g for box in request.parcels)
    volume = sum(box.length_mm * box.width_mm * box.height_mm for box in request.parcels)
    return max(kilograms(weight), (Decimal(volume) / _VOLUME_DIVISOR).quantize(Decimal("0.001")))


def _quote(offer: spsr_api.Tariff, language: str) -> Quote:
    return Quote(
        service=Service(code=offer.product, name=spsr_api.PRODUCTS[offer.product]),
        price=Money.of(offer.total, "RUB"),
        days_min=offer.days_min,
        days_max=offer.days_max,
        estimate=True,
        note=render(
            said(
                "{notice}; the sum of all parts, whether with VAT is not known",
                code="spsr.sum_all_parts_whether",
                values={"notice": NOTICE},
            ),
            language,
        ),
    )
