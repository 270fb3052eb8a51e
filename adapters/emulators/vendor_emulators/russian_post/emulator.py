"""The Russian Post emulator: four services on one port, told apart by path."""

import argparse
import re
from collections import Counter
from typing import ClassVar, Self

from vendor_emulators.app import Emulator
from vendor_emulators.clock import Clock
from vendor_emulators.refusals import Guess
from vendor_emulators.russian_post.access import Access
from vendor_emulators.russian_post.account import DEFAULT_POINTS, Account
from vendor_emulators.russian_post.batches import Batches
from vendor_emulators.russian_post.calculator import Calculator
from vendor_emulators.russian_post.control import Control, truth
from vendor_emulators.russian_post.model import FROZEN, Operation, Order
from vendor_emulators.russian_post.orders import Orders
from vendor_emulators.russian_post.otpravka import Otpravka
from vendor_emulators.russian_post.parcels import Parcels
from vendor_emulators.russian_post.refusals import GUESSED
from vendor_emulators.russian_post.tracking import Tracking
from vendor_emulators.wire import Request, Response, json_response

_NUMBER = re.compile(r"[0-9]{5,}")  # ids, barcodes, batches: calls are counted by what they are for

TOKEN, LOGIN, PASSWORD = "demo-token", "demo@example.com", "demo-password"
TRACK_LOGIN, TRACK_PASSWORD = "demo-tracking", "demo-tracking-password"


class RussianPostEmulator(Emulator):
    """Otpravka (``/1.0``, ``/2.0``, ``/postoffice``), calculator (``/v2``), tracking (``/rtm34``, ``/fc``).

    Vendor faults: ``spring_404`` (404 page under HTTP 200) and ``internal_error`` (500, 1002) on any path of
    Otpravka, ``barcode_error`` on creating orders, ``item_late`` (``seconds``) on searches,
    ``label_of_another`` on ``GET /1.0/forms/*/forms``, ``ticket_failed`` on ``POST /fc``.
    """

    name: ClassVar[str] = "russian-post"
    guesses: ClassVar[tuple[Guess, ...]] = GUESSED
    vendor_faults: ClassVar[frozenset[str]] = frozenset(
        {
            "spring_404",
            "internal_error",
            "barcode_error",
            "item_late",
            "label_of_another",
            "ticket_failed",
        }
    )

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int = 1,
        token: str = TOKEN,
        login: str = LOGIN,
        password: str = PASSWORD,
        allowed: int = 1000,
        track_login: str = TRACK_LOGIN,
        track_password: str = TRACK_PASSWORD,
        track_allowed: int = 100,
        auto_dropoff_hours: float | None = None,
    ) -> None:
        super().__init__(clock=clock, seed=seed)
        self.access = Access(token, login, password, allowed, self.now)
        self.account = Account(postcodes=list(DEFAULT_POINTS))
        self.parcels = Parcels(self.schedule, self.random, self._operated)
        self.orders = Orders(self.schedule, self.random, self.account, self.parcels)
        self.batches = Batches(self.schedule, self.account, self.orders)
        self.otpravka = Otpravka(
            self.schedule, self.faults, self.access, self.account, self.orders, self.batches
        )
        self.calculator = Calculator(self.schedule)
        self.tracking = Tracking(
            self.schedule, self.faults, self.orders, track_login, track_password, track_allowed
        )
        self.counter = Control(self.access, self.tracking, self.account, self.orders, self.parcels)
        self.counter.routes(self.control)
        self.auto_dropoff_hours = auto_dropoff_hours
        self._requests = 0
        self._paths: Counter[str] = Counter()

    @classmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--token", "--client-id", dest="token", default=TOKEN, help="the application's token"
        )
        parser.add_argument("--login", default=LOGIN)
        parser.add_argument("--password", "--api-key", dest="password", default=PASSWORD)
        parser.add_argument("--allowed", type=int, default=1000, help="Otpravka's calls a day")
        parser.add_argument("--track-login", default=TRACK_LOGIN)
        parser.add_argument("--track-password", default=TRACK_PASSWORD)
        parser.add_argument("--track-allowed", type=int, default=100, help="single tracking's calls a day")
        parser.add_argument(
            "--auto-dropoff", type=float, metavar="HOURS", help="batches are handed in so long after checkin"
        )

    @classmethod
    def from_options(cls, options: argparse.Namespace, *, clock: Clock) -> Self:
        return cls(
            clock=clock,
            seed=options.seed,
            token=options.token,
            login=options.login,
            password=options.password,
            allowed=options.allowed,
            track_login=options.track_login,
            track_password=options.track_password,
            track_allowed=options.track_allowed,
            auto_dropoff_hours=options.auto_dropoff,
        )

    def answer(self, request: Request) -> Response:
        self._requests += 1
        self._paths[f"{request.method} {_NUMBER.sub('{}', request.path)}"] += 1
        if Tracking.serves(request.path):
            return self.tracking.answer(request)
        if request.path.startswith(("/v1/", "/v2/", "/tariff/")):
            return self.calculator.answer(request)
        response = self.otpravka.answer(request)
        self._hand_in_later(request)
        return response

    def error_inside(self, request: Request, code: str | None) -> Response:
        """Of Otpravka ``{"code", "sub-code"}``; the calculator's ``errors``, batch tracking's ``error``."""
        if Tracking.serves(request.path):
            return self.tracking.error_inside(request, code)
        if request.path.startswith(("/v1/", "/v2/", "/tariff/")):
            return self.calculator.error_inside(request, code)
        return json_response({"code": code or "1002", "sub-code": "INTERNAL_ERROR"})

    def state(self) -> object:
        return {
            "now": self.now(),
            "orders": [truth(order) for order in self.orders.all.values()],
            "batches": [
                {"name": b.name, "status": b.status, "orders": [order.id for order in b.orders]}
                for b in self.batches.all.values()
            ],
            "counts": {
                "requests": self._requests,
                "paths": dict(self._paths),
                "orders_created": self.orders.created,
                "otpravka_today": self.access.quota.current,
                "single_tracking_today": self.tracking.single.quota.current,
                "tickets": len(self.tracking.tickets.all),
            },
            "balance": self.account.balance,
        }

    def _operated(self, order: Order, operation: Operation) -> None:
        self.batches.moved(order, operation)

    def _hand_in_later(self, request: Request) -> None:
        """After a checkin, where parcels are to hand themselves in."""
        if self.auto_dropoff_hours is None or not request.path.endswith("/checkin"):
            return
        batch = self.batches.all.get(request.params.get("name", ""))
        if batch is not None and batch.status == FROZEN:
            orders = list(batch.orders)
            self.schedule.after(self.auto_dropoff_hours * 3600, lambda: self.counter.hand_in(orders))
