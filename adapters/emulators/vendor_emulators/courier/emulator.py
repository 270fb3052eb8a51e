"""The courier: its methods, the way of its parcels, its control endpoint."""

import argparse
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import ClassVar, Self, TypeVar

import msgspec

from vendor_emulators.app import Emulator
from vendor_emulators.clock import Clock
from vendor_emulators.courier.ledger import MODES, Ledger, Mode
from vendor_emulators.courier.model import Booking, Event, QuoteQuery, Shipment, ShipmentView, State
from vendor_emulators.courier.refusals import GUESSED
from vendor_emulators.courier.tariffs import MAX_GRAMS, TARIFFS, is_served
from vendor_emulators.refusals import Guess
from vendor_emulators.rules import Rule
from vendor_emulators.wire import Refusal, Request, Response, Router, json_response

T = TypeVar("T")

# Virtual hours after the state before, earliest and latest: 41 to 55 from accepted to delivered.
_WAY: tuple[tuple[State, float, float], ...] = (
    ("in_transit", 5, 8),
    ("out_for_delivery", 32, 40),
    ("delivered", 4, 7),
)
_TEXTS: dict[State, str] = {
    "booked": "The shipment is booked",
    "accepted": "Accepted at the counter",
    "in_transit": "On the way to the city of delivery",
    "out_for_delivery": "With the courier",
    "delivered": "Handed to the recipient",
    "cancelled": "Cancelled by the sender",
}
_COUNTER = "Moscow"
_LOOKUP = ("GET", "/shipments")
_LATE = 60.0


class Dropoff(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/dropoff``."""

    numbers: list[str]


class CourierEmulator(Emulator):
    """The API of the package's docstring.

    Vendor faults: ``item_late`` (a look-up sees nothing younger than ``seconds``, default 60),
    ``label_of_another`` (the label of another shipment; needs a second one).
    """

    name = "courier"
    guesses: ClassVar[tuple[Guess, ...]] = GUESSED
    vendor_faults = frozenset({"item_late", "label_of_another"})

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int = 1,
        key: str = "demo-key",
        mode: Mode = "unique_ref",
    ) -> None:
        super().__init__(clock=clock, seed=seed)
        self._key = key
        self._ledger = Ledger(mode, self.random)
        self._requests = 0
        self._api = Router()
        self._api.add("GET", "/quotes", self._quotes)
        self._api.add("POST", "/shipments", self._book)
        if mode != "none":
            self._api.add("GET", "/shipments", self._find)
        self._api.add("GET", "/shipments/{number}", lambda r: _show(self._shipment(r)))
        self._api.add("GET", "/shipments/{number}/label", self._label)
        self._api.add("GET", "/shipments/{number}/events", self._events)
        self._api.add("POST", "/shipments/{number}/cancel", self._cancel)
        self.control.add("POST", "/_emulator/dropoff", self._dropoff)

    @classmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--key", default="demo-key", help="the X-Key of the only customer")
        parser.add_argument(
            "--mode", choices=MODES, default="unique_ref", help="what a repeated booking makes"
        )

    @classmethod
    def from_options(cls, options: argparse.Namespace, *, clock: Clock) -> Self:
        return cls(clock=clock, seed=options.seed, key=options.key, mode=options.mode)

    def answer(self, request: Request) -> Response:
        self._requests += 1
        # Taken out, not read: the log keeps this request, and a key has no business there.
        if request.headers.pop("x-key", None) != self._key:
            raise _refuse(401, "unauthorized", "X-Key is missing or wrong")
        handler = self._api.find(request)
        if handler is None:
            # Without a look-up the address is as good as not there, for GET.
            if self._api.methods_of(request.path) and (request.method, request.path) != _LOOKUP:
                raise _refuse(405, "method_not_allowed", f"{request.method} is not for this address")
            raise _refuse(404, "not_found", "no such address")
        return handler(request)

    def state(self) -> object:
        ledger = self._ledger
        return {
            "now": self.now(),
            "mode": ledger.mode,
            "shipments": ledger.truth(),
            "counts": {
                "requests": self._requests,
                "shipments_posted": ledger.posted,
                "duplicates_refused": ledger.duplicates_refused,
                "replayed": ledger.replayed,
                "shipments": len(ledger.all),
                "live": sum(shipment.live for shipment in ledger.all.values()),
            },
        }

    def _quotes(self, request: Request) -> Response:
        query = _valid(lambda: msgspec.convert(dict(request.query), QuoteQuery, strict=False))
        _check_weight(query.weight_g)
        served = is_served(query.to_country, query.to_postal_code)
        offers = [
            {
                "service": tariff.service,
                "name": tariff.name,
                "price": tariff.price(query.weight_g),
                "days_min": tariff.days_min,
                "days_max": tariff.days_max,
            }
            for tariff in TARIFFS
            if served
        ]
        return json_response({"offers": offers})

    def _book(self, request: Request) -> Response:
        self._ledger.posted += 1
        booking = _valid(lambda: msgspec.json.decode(request.body, type=Booking))
        key = request.headers.get("idempotency-key")
        if (repeated := self._ledger.repeated(booking, key)) is not None:
            return repeated
        _check_weight(booking.parcel.weight_g)
        if not is_served(booking.recipient.country, booking.recipient.postal_code):
            raise _refuse(422, "not_served", "no delivery to this postal code")
        tariff = next(tariff for tariff in TARIFFS if tariff.service == booking.service)
        shipment = self._ledger.new(booking, tariff.price(booking.parcel.weight_g), key)
        self._begin(shipment, "booked")
        self._ledger.enter(shipment)
        return json_response(ShipmentView.of(shipment), 201)

    def _find(self, request: Request) -> Response:
        reference = request.query_value("reference")
        ledger = self._ledger
        found = list(ledger.all.values()) if reference is None else ledger.of_reference(reference)
        late = self._late(request, found)
        return json_response({"shipments": [ShipmentView.of(s) for s in found if s not in late]})

    def _late(self, request: Request, found: list[Shipment]) -> list[Shipment]:
        """Those that the fault ``item_late`` hides from this look-up."""

        def young(rule: Rule) -> list[Shipment]:
            since = self.now() - timedelta(seconds=_LATE if rule.seconds is None else rule.seconds)
            return [shipment for shipment in found if shipment.events[0].time > since]

        rule = self.faults.vendor("item_late", request, lambda rule: bool(young(rule)))
        return young(rule) if rule else []

    def _label(self, request: Request) -> Response:
        from vendor_emulators.courier import label_face
        from vendor_emulators.documents import LabelPage, Mark, label_pdf

        shipment = self._shipment(request)
        if not shipment.live:
            raise _refuse(409, "cancelled", "the shipment is cancelled")
        others = [other for other in self._ledger.all.values() if other is not shipment]
        if others and self.faults.vendor("label_of_another", request):
            shipment = others[-1]
        booking = shipment.booking
        lines = [
            f"Skvorets {booking.service}",
            f"Reference {booking.reference}",
            f"{booking.recipient.country} {booking.recipient.postal_code} {booking.recipient.city}",
            booking.recipient.street,
            booking.recipient.name,
            f"{booking.parcel.weight_g} g",
        ]
        face = partial(label_face.label, shipment=shipment)
        page = LabelPage(100, 150, [Mark(shipment.number)], lines, face)
        return Response(200, label_pdf([page], shipment.number), "application/pdf")

    def _events(self, request: Request) -> Response:
        shipment = self._shipment(request)
        return json_response({"events": shipment.events, "charged": shipment.charged})

    def _cancel(self, request: Request) -> Response:
        shipment = self._shipment(request)
        if shipment.state == "booked":
            self._begin(shipment, "cancelled")
        elif shipment.state != "cancelled":
            raise _refuse(409, "already_accepted", f"the shipment is {shipment.state}")
        return _show(shipment)

    def _dropoff(self, request: Request) -> Response:
        numbers = msgspec.json.decode(request.body, type=Dropoff).numbers
        if unknown := [number for number in numbers if number not in self._ledger.all]:
            return json_response({"error": f"no such shipments: {', '.join(unknown)}"}, 404)
        accepted, refused = [], []
        for number in numbers:
            shipment = self._ledger.all[number]
            if shipment.state == "booked":
                self._begin(shipment, "accepted")
                shipment.charged = shipment.price
                self._move_later(shipment, 0)
                accepted.append(number)
            else:
                refused.append({"number": number, "state": shipment.state})
        return json_response({"accepted": accepted, "refused": refused})

    def _move_later(self, shipment: Shipment, step: int) -> None:
        if step == len(_WAY):
            return
        state, earliest, latest = _WAY[step]

        def move() -> None:
            self._begin(shipment, state)
            self._move_later(shipment, step + 1)

        self.schedule.after(self.random.uniform(earliest, latest) * 3600, move)

    def _begin(self, shipment: Shipment, state: State) -> None:
        away = state in ("out_for_delivery", "delivered")
        place = shipment.booking.recipient.city if away else _COUNTER
        shipment.events.append(Event(self.now(), state, _TEXTS[state], place))

    def _shipment(self, request: Request) -> Shipment:
        shipment = self._ledger.all.get(request.params["number"])
        if shipment is None or (request.method == "GET" and self._late(request, [shipment])):
            raise _refuse(404, "not_found", "no such shipment")
        return shipment


def _show(shipment: Shipment) -> Response:
    return json_response(ShipmentView.of(shipment))


def _refuse(status: int, code: str, message: str) -> Refusal:
    return Refusal(json_response({"error": {"code": code, "message": message}}, status))


def _check_weight(weight_g: int) -> None:
    if weight_g > MAX_GRAMS:
        raise _refuse(422, "too_heavy", f"at most {MAX_GRAMS} g")


def _valid(decode: Callable[[], T]) -> T:
    """What was sent, or 422 with the field that is wrong."""
    try:
        return decode()
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _refuse(422, "invalid", str(error)) from None
