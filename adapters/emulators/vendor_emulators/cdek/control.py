"""CDEK's own control endpoints: the shop's feet, the office's scales, the account."""

from typing import TYPE_CHECKING

import msgspec

from vendor_emulators.cdek.borders import papers_wanted
from vendor_emulators.cdek.errors import Json
from vendor_emulators.cdek.model import Order
from vendor_emulators.cdek.tariffs import money
from vendor_emulators.wire import Request, Response, Router, json_response

if TYPE_CHECKING:
    from vendor_emulators.cdek.emulator import CdekEmulator


class DropOff(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/dropoff``: CDEK's numbers, uuids or the shop's numbers."""

    cdek_numbers: list[str]


class Reweigh(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/reweigh``: grams that CDEK's scales show."""

    cdek_number: str
    weight: int


class Parcel(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/undo-status`` and ``/_emulator/passport``."""

    cdek_number: str


class FailedDelivery(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/fail-delivery``: the code of CDEK's additional status (11 is a refusal)."""

    cdek_number: str
    reason: str = "11"


class Account(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/account``; what is absent stays."""

    client_id: str | None = None
    client_secret: str | None = None
    active: bool | None = None


class Control:
    """The handlers; see README.md for a table of them."""

    def __init__(self, emulator: "CdekEmulator") -> None:
        self._book = emulator.book
        self._journey = emulator.journey
        self._access = emulator.access

    def routes(self, router: Router) -> None:
        router.add("POST", "/_emulator/dropoff", self._drop_off)
        router.add("POST", "/_emulator/reweigh", self._reweigh)
        router.add("POST", "/_emulator/undo-status", self._undo_status)
        router.add("POST", "/_emulator/fail-delivery", self._fail_delivery)
        router.add("POST", "/_emulator/passport", self._passport)
        router.add("POST", "/_emulator/account", self._account)
        router.add("POST", "/_emulator/tokens/expire", self._expire)

    def _drop_off(self, request: Request) -> Response:
        wanted = msgspec.json.decode(request.body, type=DropOff)
        moving, refused = self._journey.drop_off(wanted.cdek_numbers)
        return json_response({"accepted": moving, "refused": refused})

    def _reweigh(self, request: Request) -> Response:
        wanted = msgspec.json.decode(request.body, type=Reweigh)
        order = self._book.by_cdek_number(wanted.cdek_number)
        self._journey.reweigh(order, wanted.weight)
        return json_response(truth(order))

    def _undo_status(self, request: Request) -> Response:
        order = self._book.by_cdek_number(msgspec.json.decode(request.body, type=Parcel).cdek_number)
        self._journey.undo_status(order)
        return json_response(truth(order))

    def _fail_delivery(self, request: Request) -> Response:
        wanted = msgspec.json.decode(request.body, type=FailedDelivery)
        order = self._book.by_cdek_number(wanted.cdek_number)
        self._journey.fail_delivery(order, wanted.reason)
        return json_response(truth(order))

    def _passport(self, request: Request) -> Response:
        order = self._book.by_cdek_number(msgspec.json.decode(request.body, type=Parcel).cdek_number)
        order.papers_given = True
        if order.before_customs:
            self._journey.to_customs(order)
        return json_response(truth(order))

    def _account(self, request: Request) -> Response:
        wanted = msgspec.json.decode(request.body, type=Account)
        access = self._access
        access.client_id = wanted.client_id or access.client_id
        access.client_secret = wanted.client_secret or access.client_secret
        access.active = access.active if wanted.active is None else wanted.active
        return json_response({"client_id": access.client_id, "active": access.active})

    def _expire(self, _: Request) -> Response:
        return json_response({"expired": self._access.expire_all()})


def truth(order: Order) -> Json:
    """An order in ``GET /_emulator/state``."""
    return {
        "uuid": order.uuid,
        "number": order.number,
        "cdek_number": order.cdek_number,
        "created_at": order.statuses[0].at,
        "tariff_code": order.asked.get("tariff_code"),
        "state": order.state,
        "live": order.live,
        "removed": order.state == "REMOVED",
        "is_return": order.is_return,
        "statuses": [{"code": s.code, "at": s.at, "deleted": s.deleted} for s in order.statuses],
        "delivery_sum": money(order.price.delivery_sum) if order.price else None,
        "total_sum": money(order.price.total_sum) if order.price else None,
        "weight_g": order.weight,
        "recipient_city": order.recipient.name if order.recipient else None,
        "delivery_point": order.delivery_point.code if order.delivery_point else None,
        "passport_requirements_satisfied": not papers_wanted(order),
        "errors": [problem["code"] for asked in order.requests for problem in asked.errors],
    }
