"""Subscriptions and the events that are sent to them.

CDEK's notes on webhooks (OpenAPI, July 2026): who does not answer in time is tried again, at most 12 times
within 75 minutes, then all subscriptions of that address are switched off; who answers anything but 200
loses the subscription 24 hours later.
"""

from random import Random

import msgspec

from vendor_emulators.cdek.errors import Json, error, refuse
from vendor_emulators.cdek.identity import new_uuid
from vendor_emulators.cdek.model import STATUSES, Asked, Order, Status, stamp
from vendor_emulators.outbox import Outbox
from vendor_emulators.schedule import Schedule
from vendor_emulators.wire import Refusal, json_response

SLOTS = 2
TRIES = 12
TRY_SECONDS = 75 * 60 / (TRIES - 1)
REMOVAL_SECONDS = 24 * 3600.0
TYPES = frozenset(
    {
        "ORDER_STATUS",
        "ORDER_MODIFIED",
        "PRINT_FORM",
        "RECEIPT",
        "DOWNLOAD_PHOTO",
        "PREALERT_CLOSED",
        "ACCOMPANYING_WAYBILL",
        "OFFICE_AVAILABILITY",
        "DELIV_PROBLEM",
        "DELIV_AGREEMENT",
        "COURIER_INFO",
    }
)


class Subscription(msgspec.Struct):
    uuid: str
    url: str
    kind: str
    request: Asked
    condemned: bool = False

    def view(self) -> Json:
        return {"uuid": self.uuid, "url": self.url, "type": self.kind}


class Webhooks:
    """At most two subscriptions; no signature, as with the real CDEK."""

    def __init__(self, schedule: Schedule, random: Random, outbox: Outbox) -> None:
        self._schedule = schedule
        self._random = random
        self._outbox = outbox
        self.all: dict[str, Subscription] = {}
        self.resent = 0

    def create(self, body: Json) -> Subscription:
        now = self._schedule.now()
        url, kind = str(body.get("url") or ""), str(body.get("type") or "")
        if not url:
            raise refuse("v2_field_is_empty", message="url is empty")
        problem = None
        if kind not in TYPES:
            problem = error("v2_webhook_type_incorrect", message="Webhook type is incorrect")
        elif len(self.all) >= SLOTS:
            problem = error("v2_too_many_webhooks")
        if problem:
            raise self._invalid("CREATE", problem, 400)
        asked = Asked(new_uuid(self._random), "CREATE", now, "SUCCESSFUL")
        subscription = Subscription(new_uuid(self._random), url, kind, asked)
        self.all[subscription.uuid] = subscription
        return subscription

    def find(self, uuid: str) -> Subscription:
        """Raises v2_entity_not_found."""
        if uuid not in self.all:
            raise refuse("v2_entity_not_found", uuid)
        return self.all[uuid]

    def delete(self, uuid: str) -> Asked:
        """Raises v2_entity_not_found with HTTP 404 and form (b), as recorded on 2026-08-01."""
        if self.all.pop(uuid, None) is None:
            raise self._invalid("DELETE", error("v2_entity_not_found", uuid), 404)
        return Asked(new_uuid(self._random), "DELETE", self._schedule.now(), "SUCCESSFUL")

    def _invalid(self, kind: str, problem: Json, status: int) -> Refusal:
        """Form (b) without a ``request_uuid``, as recorded on 2026-08-01."""
        at = stamp(self._schedule.now())
        request = {"type": kind, "date_time": at, "state": "INVALID", "errors": [problem]}
        return Refusal(json_response({"requests": [request]}, status))

    def order_status(self, order: Order, status: Status) -> None:
        """ORDER_STATUS; nothing is sent about an order that has no number yet."""
        if order.cdek_number is None:
            return
        attributes: Json = {
            "is_return": order.is_return,
            "is_reverse": False,
            "is_client_return": False,
            "cdek_number": order.cdek_number,
            "number": order.number,
            "related_entities": order.related,
            "code": status.code,
            "status_code": STATUSES[status.code][0],
            "status_date_time": stamp(status.at),
            "city_name": status.city.name if status.city else "Офис СДЭК",
            "deleted": status.deleted,
        }
        if status.city:
            attributes["city_code"] = str(status.city.code)
        if status.reason_code:
            attributes["status_reason_code"] = status.reason_code
        self._send("ORDER_STATUS", order.uuid, attributes)

    def print_form(self, uuid: str, kind: str, url: str) -> None:
        self._send("PRINT_FORM", uuid, {"type": kind, "url": url})

    def _send(self, kind: str, uuid: str, attributes: Json) -> None:
        event = {
            "type": kind,
            "date_time": stamp(self._schedule.now()),
            "uuid": uuid,
            "attributes": attributes,
        }
        for subscription in list(self.all.values()):
            if subscription.kind == kind:
                self._try(subscription, event, 1)

    def _try(self, subscription: Subscription, event: Json, attempt: int) -> None:
        def answered(status: int | None, _: bytes) -> None:
            if status is None:
                self._unheard(subscription, event, attempt)
            elif status != 200 and not subscription.condemned:
                subscription.condemned = True
                self._schedule.after(REMOVAL_SECONDS, lambda: self._remove(subscription))

        self._outbox.send(subscription.url, event, answered)

    def _unheard(self, subscription: Subscription, event: Json, attempt: int) -> None:
        if attempt >= TRIES:
            for other in list(self.all.values()):
                if other.url == subscription.url:
                    self._remove(other)
            return

        def again() -> None:
            if subscription.uuid in self.all:
                self.resent += 1
                self._try(subscription, event, attempt + 1)

        self._schedule.after(TRY_SECONDS, again)

    def _remove(self, subscription: Subscription) -> None:
        self.all.pop(subscription.uuid, None)
