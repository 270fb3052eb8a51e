"""Control endpoints of this emulator: the counter, what people do to parcels, the account."""

import msgspec

from vendor_emulators.russian_post.access import Access
from vendor_emulators.russian_post.account import Account
from vendor_emulators.russian_post.model import Order
from vendor_emulators.russian_post.orders import Orders
from vendor_emulators.russian_post.parcels import OUTCOMES, Parcels
from vendor_emulators.russian_post.places import city_of
from vendor_emulators.russian_post.tracking import Tracking
from vendor_emulators.wire import Refusal, Request, Response, Router, json_response


class DropOff(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/dropoff``: barcodes, ids or the shop's numbers."""

    parcels: list[str]


class Outcome(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/outcome``: what becomes of parcels that are not handed in yet."""

    parcels: list[str]
    outcome: str


class AddOperation(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/operation``: any line of RTM02, where the parcel is or elsewhere."""

    parcel: str
    type: int
    attribute: int = 0
    index: str | None = None


class SendBack(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/return``: 3/``reason`` now, home over days, 2/2 at the end."""

    parcel: str
    reason: int = 1


class CancelLast(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/cancel-last``: 26/``attribute``."""

    parcel: str
    attribute: int = 2


class AccountChange(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/account``; what is absent stays.

    Calls a day: ``allowed`` of Otpravka, ``track_allowed`` of single tracking, ``tickets_allowed`` of batch
    tracking (0: no limit). ``balance``: kopecks.
    """

    token: str | None = None
    login: str | None = None
    password: str | None = None
    blocked: bool | None = None
    allowed: int | None = None
    balance: int | None = None
    discount_percent: int | None = None
    cod_allowed: bool | None = None
    easy_return: bool | None = None
    postcodes: list[str] | None = None
    track_login: str | None = None
    track_password: str | None = None
    track_blocked: bool | None = None
    track_allowed: int | None = None
    tickets_allowed: int | None = None


class Control:
    def __init__(
        self, access: Access, tracking: Tracking, account: Account, orders: Orders, parcels: Parcels
    ) -> None:
        self._access = access
        self._tracking = tracking
        self._account = account
        self._orders = orders
        self._parcels = parcels

    def routes(self, router: Router) -> None:
        for path, handler in (
            ("dropoff", self._drop_off),
            ("outcome", self._outcome),
            ("operation", self._operation),
            ("return", self._send_back),
            ("cancel-last", self._cancel_last),
            ("account", self._change_account),
        ):
            router.add("POST", f"/_emulator/{path}", handler)

    def hand_in(self, orders: list[Order]) -> None:
        for order in orders:
            if not order.handed_in and not order.deleted:
                self._parcels.hand_in(order)

    def _drop_off(self, request: Request) -> Response:
        """A parcel that is in no batch is refused: the counter has no list to find it on."""
        accepted, refused = [], []
        for key in msgspec.json.decode(request.body, type=DropOff).parcels:
            order = self._orders.find_parcel(key)
            if order is None or order.deleted or order.handed_in or order.batch is None:
                refused.append(key)
            else:
                self._parcels.hand_in(order)
                accepted.append(order.barcode)
        return json_response({"accepted": accepted, "refused": refused})

    def _outcome(self, request: Request) -> Response:
        wanted = msgspec.json.decode(request.body, type=Outcome)
        if wanted.outcome not in OUTCOMES:
            raise ValueError(f"unknown outcome; known: {', '.join(OUTCOMES)}")
        for order in [self._find(key) for key in wanted.parcels]:
            order.outcome = wanted.outcome
        return json_response({"ok": True})

    def _operation(self, request: Request) -> Response:
        wanted = msgspec.json.decode(request.body, type=AddOperation)
        order = self._find(wanted.parcel)
        last = order.history[-1]
        index = wanted.index or last.index
        city = city_of(index) if wanted.index else last.city
        self._parcels.add(order, wanted.type, wanted.attribute, index, city, last.country)
        return json_response(truth(order))

    def _send_back(self, request: Request) -> Response:
        wanted = msgspec.json.decode(request.body, type=SendBack)
        order = self._find(wanted.parcel)
        self._parcels.send_back(order, wanted.reason)
        return json_response(truth(order))

    def _cancel_last(self, request: Request) -> Response:
        wanted = msgspec.json.decode(request.body, type=CancelLast)
        order = self._find(wanted.parcel)
        self._parcels.cancel_last(order, wanted.attribute)
        return json_response(truth(order))

    def _change_account(self, request: Request) -> Response:
        wanted = msgspec.json.decode(request.body, type=AccountChange)
        if wanted.postcodes is not None and not all(map(city_of, wanted.postcodes)):
            raise ValueError("a postcode that is not served")
        for target, fields in (
            (self._access, ("token", "login", "password", "blocked")),
            (self._account, ("balance", "discount_percent", "cod_allowed", "easy_return", "postcodes")),
        ):
            for field in fields:
                if (value := getattr(wanted, field)) is not None:
                    setattr(target, field, value)
        tracking = self._tracking
        for field in ("login", "password", "blocked"):
            if (value := getattr(wanted, f"track_{field}")) is not None:
                setattr(tracking.access, field, value)
        for quota, allowed in (
            (self._access.quota, wanted.allowed),
            (tracking.single.quota, wanted.track_allowed),
            (tracking.tickets.quota, wanted.tickets_allowed),
        ):
            if allowed is not None:
                quota.allowed = allowed
        return json_response({"login": self._access.login, "blocked": self._access.blocked})

    def _find(self, key: str) -> Order:
        order = self._orders.find_parcel(key)
        if order is None:
            raise Refusal(json_response({"error": f"no parcel {key}"}, 404))
        return order


def truth(order: Order) -> dict[str, object]:
    """A parcel as it is."""
    return {
        "id": order.id,
        "order_num": order.number,
        "barcode": order.barcode,
        "batch": order.batch,
        "mail_type": order.mail_type,
        "mail_category": order.category,
        "mass": order.mass,
        "deleted": order.deleted,
        "handed_in": order.handed_in,
        "outcome": order.outcome,
        "direct": order.direct,
        "total_with_vat": order.rate.total + order.rate.vat,
        "operations": [
            {"type": o.kind, "attribute": o.attribute, "at": o.at, "index": o.index} for o in order.history
        ],
    }
