"""FBS hand-over: carriages."""

import random
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from vendor_emulators.ozon.body import Body
from vendor_emulators.ozon.charges import stamp
from vendor_emulators.ozon.errors import NOT_FOUND, business, refuse
from vendor_emulators.ozon.flows import Flows
from vendor_emulators.ozon.model import DeliveryMethod, Posting
from vendor_emulators.ozon.shop import Shop
from vendor_emulators.schedule import Schedule

Json = dict[str, Any]

ACT_TYPE = "ozon_digital"


class Carriage(msgspec.Struct):
    """A hand-over of one delivery method on one day: new, formed, received, closed or cancelled."""

    id: int
    shop: Shop
    method: DeliveryMethod
    departure_date: date
    created_at: datetime
    updated_at: datetime
    postings: list[Posting]
    status: str = "new"
    containers_count: int = 0
    removed: list[str] = []
    approved_at: datetime | None = None
    number_of_day: int = 1


class Carriages:
    """Carriages of all shops."""

    def __init__(self, schedule: Schedule, flows: Flows, rng: random.Random) -> None:
        self._schedule = schedule
        self._flows = flows
        self._random = rng
        self.all: dict[int, Carriage] = {}

    def now(self) -> datetime:
        return self._flows.now()

    def delivery_list(self, shop: Shop, body: Body) -> Json:
        """``/v2/carriage/delivery/list``: methods that have postings, with what may be created (id 0)."""
        limit = body.integer("limit", low=1, high=1000)
        filters = body.part("filter")
        wanted = filters.integer("delivery_method_id")
        day = day_of(filters, "departure_date") or self._flows.now().date()
        after = body.last_id()
        groups: dict[int, list[Posting]] = {}
        for _, _, identity in shop.by_cutoff:
            posting = shop.by_id[identity]
            if posting.mover == "ozon" and posting.status in ("awaiting_packaging", "awaiting_deliver"):
                groups.setdefault(posting.method.id, []).append(posting)
        known = sorted(i for i in groups if i > after and (not wanted or i == wanted))
        page = known[:limit]
        return {
            "cursor": str(page[-1]) if page else body.text("cursor"),
            "has_next": len(known) > len(page),
            "methods": [self._method(shop, shop.methods[i], groups[i], day) for i in page],
        }

    def create(self, shop: Shop, body: Body) -> Json:
        method_id = body.integer("delivery_method_id", required=True)
        day = day_of(body, "departure_date") or self._flows.now().date()
        loose = loose_postings(shop, method_id)
        if not loose:
            raise refuse(404, NOT_FOUND, "POSTING_NOT_FOUND")
        now = self._flows.now()
        same_day = [c for c in self._of(shop, method_id) if c.departure_date == day]
        carriage = Carriage(
            id=self._random.randrange(10**8, 10**9),
            shop=shop,
            method=shop.methods[method_id],
            departure_date=day,
            created_at=now,
            updated_at=now,
            postings=loose,
            number_of_day=len(same_day) + 1,
        )
        self.all[carriage.id] = carriage
        for posting in loose:
            posting.carriage_id = carriage.id
        return {"carriage_id": carriage.id}

    def set_postings(self, shop: Shop, body: Body) -> Json:
        """Overwrite the content of a new carriage; one result per number."""
        carriage = self.require(shop, body, "carriage_id")
        numbers = body.texts("posting_numbers", low=1, high=1000)
        if carriage.status != "new":
            raise business("HAS_INCORRECT_STATUS")
        for posting in carriage.postings:
            posting.carriage_id = None
        carriage.postings, results = [], []
        for number in dict.fromkeys(numbers):
            posting_or_none = shop.postings.get(number)
            refusal = _not_for(posting_or_none, carriage)
            if posting_or_none is not None and not refusal:
                posting_or_none.carriage_id = carriage.id
                carriage.postings.append(posting_or_none)
            results.append({"error": refusal, "posting_number": number, "result": not refusal})
        carriage.updated_at = self._flows.now()
        return {"result": results}

    def approve(self, shop: Shop, body: Body) -> Json:
        """new becomes formed; what was cancelled meanwhile is left out."""
        carriage = self.require(shop, body, "carriage_id")
        containers = body.integer("containers_count", low=0, high=10**5)
        if carriage.status != "new":
            raise business("HAS_INCORRECT_STATUS")
        here = [posting for posting in carriage.postings if posting.status == "awaiting_deliver"]
        carriage.removed = [posting.number for posting in carriage.postings if posting not in here]
        if not here:
            raise business("no_postings")
        carriage.postings = here
        carriage.status, carriage.containers_count = "formed", containers
        carriage.approved_at = carriage.updated_at = self._flows.now()
        for posting in here:
            self._flows.in_carriage(shop, posting)
        hours = min(posting.behaviour.handover_hours for posting in here)
        self._later(carriage, hours * 3600, "received")
        self._later(carriage, hours * 3600 + 6 * 3600, "closed")
        return {}

    def cancel(self, shop: Shop, body: Body) -> Json:
        carriage = self.require(shop, body, "carriage_id")
        if carriage.status not in ("new", "formed"):
            return {"error": "CARRIAGE_CANNOT_BE_CANCELLED", "carriage_status": carriage.status}
        was = carriage.status
        carriage.status, carriage.updated_at = "cancelled", self._flows.now()
        for posting in carriage.postings:
            posting.carriage_id = None
            if was == "formed" and posting.status == "awaiting_deliver":
                self._flows.out_of_carriage(shop, posting, "seller")
        return {"error": "", "carriage_status": "cancelled"}

    def get(self, shop: Shop, body: Body) -> Json:
        carriage = self.require(shop, body, "carriage_id")
        cancellable = carriage.status in ("new", "formed")
        return {
            "act_type": ACT_TYPE,
            "all_blr_traceable": False,
            "is_waybill_enabled": True,
            "is_econom": False,
            "arrival_pass_ids": [],
            "available_actions": [] if carriage.status == "new" else ["get_shipping_list", "get_waybill"],
            "cancel_availability": {
                "is_cancel_available": cancellable,
                "reason": "" if cancellable else carriage.status,
            },
            "carriage_id": carriage.id,
            "company_id": int(shop.company.client_id),
            "containers_count": carriage.containers_count,
            "created_at": stamp(carriage.created_at),
            "delivery_method_id": carriage.method.id,
            "departure_date": carriage.departure_date.isoformat(),
            "first_mile_type": "DROP_OFF",
            "has_postings_for_next_carriage": bool(loose_postings(shop, carriage.method.id)),
            "integration_type": "ozon",
            "is_container_label_printed": False,
            "is_partial": carriage.number_of_day > 1,
            "partial_num": carriage.number_of_day,
            "retry_count": 0,
            "status": carriage.status,
            "tpl_provider_id": carriage.method.provider_id,
            "updated_at": stamp(carriage.updated_at),
            "warehouse_id": carriage.method.warehouse_id,
        }

    def _method(self, shop: Shop, method: DeliveryMethod, postings: list[Posting], day: date) -> Json:
        warehouse = shop.warehouses[method.warehouse_id]
        mandatory = [posting for posting in postings if posting.shipment_date.date() <= day]
        optional = [posting for posting in postings if posting.shipment_date.date() > day]
        carriages = [
            self._carriage_line(carriage.id, carriage.status, len(carriage.postings), actions)
            for carriage in self._of(shop, method.id)
            if carriage.departure_date == day and carriage.status != "cancelled"
            for actions in [["approve", "cancel", "set_postings"] if carriage.status == "new" else []]
        ]
        in_carriages = sum(line["postings_count"] for line in carriages)
        if loose := loose_postings(shop, method.id):
            carriages.append(self._carriage_line(0, "", len(loose), ["create"]))
        cutoff = min((posting.shipment_date for posting in mandatory or postings), default=None)
        return {
            "carriage_postings_count": in_carriages,
            "carriages": carriages,
            "cut_in": "09:00 UTC+3",
            "cutoff_at": stamp(cutoff),
            "delivery_method_id": method.id,
            "delivery_method_name": method.name,
            "delivery_method_status": method.status,
            "departure_date": day.isoformat(),
            "dropoff_address": warehouse.address,
            "dropoff_change_availability": "",
            "dropoff_point_id": 1020002075314000,
            "dropoff_point_type": "DROP_OFF",
            "errors": [],
            "first_mile_changing": False,
            "first_mile_type": "DROP_OFF",
            "has_entrusted_acceptance": False,
            "integration_type": "ozon",
            "is_optional_carriage": not mandatory,
            "is_presort": False,
            "is_rfbs": False,
            "mandatory_packaged_count": sum(posting.shipped for posting in mandatory),
            "mandatory_postings_count": len(mandatory),
            "optional_packaged_count": sum(posting.shipped for posting in optional),
            "recommended_time_local": "12:00",
            "recommended_time_utc_offset_in_minutes": 180,
            "timeslot_from": "09:00",
            "timeslot_to": "21:00",
            "tpl_provider_icon_url": "",
            "tpl_provider_name": method.provider,
            "warehouse_city": warehouse.city,
            "warehouse_id": warehouse.id,
            "warehouse_name": warehouse.name,
        }

    def _carriage_line(self, identity: int, status: str, count: int, actions: list[str]) -> Json:
        return {
            "all_blr_traceable": False,
            "available_actions": actions,
            "carriage_volume": 0,
            "id": identity,
            "pickup_fee": {"currency_code": "RUB", "value": 0},
            "postings_count": count,
            "quantum_count": 0,
            "status": status,
        }

    def _of(self, shop: Shop, method_id: int) -> list[Carriage]:
        return [c for c in self.all.values() if c.shop is shop and c.method.id == method_id]

    def require(self, shop: Shop, body: Body, key: str) -> Carriage:
        carriage = self.all.get(body.integer(key, required=True))
        if carriage is None or carriage.shop is not shop:
            raise refuse(404, NOT_FOUND, "CARRIAGE_NOT_FOUND")
        return carriage

    def _later(self, carriage: Carriage, seconds: float, status: str) -> None:
        def effect() -> None:
            if carriage.status != "cancelled":
                carriage.status, carriage.updated_at = status, self._flows.now()

        self._schedule.after(seconds, effect)


def loose_postings(shop: Shop, method_id: int) -> list[Posting]:
    """Packed postings of this method that are in no carriage yet, in order of their deadline."""
    loose = []
    for _, _, identity in shop.by_cutoff:
        posting = shop.by_id[identity]
        if (
            posting.method.id == method_id
            and posting.mover == "ozon"
            and posting.status == "awaiting_deliver"
            and posting.carriage_id is None
        ):
            loose.append(posting)
    return loose


def _not_for(posting: Posting | None, carriage: Carriage) -> str:
    if posting is None:
        return "POSTING_NOT_FOUND"
    if posting.status != "awaiting_deliver" or posting.method is not carriage.method:
        return "HAS_INCORRECT_STATUS"
    return "" if posting.carriage_id is None else "POSTING_IN_ANOTHER_CARRIAGE"


def day_of(body: Body, key: str) -> date | None:
    """A date, or a date-time of which the UTC date counts."""
    text = body.text(key)
    if not text:
        return None
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        return datetime.fromisoformat(text).astimezone(UTC).date()
    except (ValueError, OverflowError):
        raise body.wrong(key, "value must be a date, YYYY-MM-DD") from None
