"""The cabinet's side: roles, warehouses, delivery methods, stocks."""

from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from vendor_emulators.ozon.body import Body
from vendor_emulators.ozon.charges import stamp
from vendor_emulators.ozon.errors import EXHAUSTED, refuse
from vendor_emulators.ozon.shop import ROLES, Shop, Warehouse

Json = dict[str, Any]

_PAIR_PAUSE = timedelta(seconds=30)
_STOCK_LIMIT = 1_000_000
_KEY_LIFE = timedelta(days=90)  # keys made since 2026-09-03 live three months
_CREATED = "2026-01-12T08:00:00Z"


class Item(msgspec.Struct, forbid_unknown_fields=True):
    """A product of the shop's catalogue, for ``POST /_emulator/products``."""

    offer_id: str
    product_id: int
    sku: int = 0
    archived: bool = False


class Stocks:
    """Stock levels of one shop, with Ozon's limits: 30 s a pair, 80 requests a minute."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._requests: deque[float] = deque()
        self._updated_at: dict[tuple[str, int], datetime] = {}
        self.items: dict[str, Item] = {}
        self.by_product_id: dict[int, Item] = {}
        self.levels: dict[tuple[str, int], int] = {}

    def add(self, item: Item) -> None:
        self.items[item.offer_id] = item
        self.by_product_id[item.product_id] = item

    def learn(self, offer_id: str, sku: int) -> None:
        """A product that is sold is in the catalogue."""
        if offer_id not in self.items:
            self.add(Item(offer_id, product_id=sku + 7, sku=sku))

    def update(self, shop: Shop, body: Body, now: datetime) -> Json:
        second = self._seconds()
        while self._requests and self._requests[0] <= second - 60:
            self._requests.popleft()
        if len(self._requests) >= 80:
            raise refuse(429, EXHAUSTED, "You have reached request rate limit per minute")
        self._requests.append(second)
        pairs = body.parts("stocks", low=1, high=100)
        return {"result": [self._set(shop, pair, now) for pair in pairs]}

    def by_warehouse(self, shop: Shop, body: Body) -> Json:
        """What each warehouse holds of some products, or of all; the first one stands for none."""
        limit, after = body.integer("limit", required=True, low=1, high=1000), body.last_id()
        skus, offers = set(body.texts("sku")), set(body.texts("offer_id"))
        reserved = Counter(
            (product.offer_id, posting.method.warehouse_id)
            for posting in shop.postings.values()
            if posting.status.startswith("awaiting_")
            for product in posting.products
            for _ in range(product.quantity)
        )
        first = next(iter(shop.warehouses))
        found = []
        for item in self.items.values():
            if str(item.sku) in skus or item.offer_id in offers or not (skus or offers):
                places = {place for offer, place in [*self.levels, *reserved] if offer == item.offer_id}
                found += [(item, place) for place in sorted(places or {first})]
        rows = []
        for item, place in found[after : after + limit]:
            free, held = self.levels.get((item.offer_id, place), 0), reserved[item.offer_id, place]
            rows.append(
                {
                    "warehouse_id": place,
                    "warehouse_name": shop.warehouses[place].name,
                    "product_id": item.product_id,
                    "sku": item.sku,
                    "offer_id": item.offer_id,
                    "present": free + held,
                    "reserved": held,
                    "free_stock": free,
                }
            )
        more = after + limit < len(found)
        return {"cursor": str(after + limit) if more else "", "has_next": more, "products": rows}

    def _set(self, shop: Shop, pair: Body, now: datetime) -> Json:
        offer_id, product_id = pair.text("offer_id"), pair.integer("product_id")
        stock = pair.integer("stock", low=0)
        warehouse_id = pair.integer("warehouse_id", required=True)
        # If both ids are given, offer_id wins.
        item = self.items.get(offer_id) if offer_id else self.by_product_id.get(product_id)
        error = self._refusal(shop, item, offer_id, warehouse_id, stock, now)
        if item is not None and error is None:
            key = (item.offer_id, warehouse_id)
            self.levels[key], self._updated_at[key] = stock, now
        return {
            "warehouse_id": warehouse_id,
            "product_id": item.product_id if item else product_id,
            "offer_id": item.offer_id if item else offer_id,
            "updated": error is None,
            "errors": [] if error is None else [{"code": error[0], "message": error[1]}],
        }

    def _refusal(
        self, shop: Shop, item: Item | None, offer_id: str, warehouse_id: int, stock: int, now: datetime
    ) -> tuple[str, str] | None:
        if item is None:
            return ("offer_id_not_found" if offer_id else "NOT_FOUND_ERROR"), "Product is not found"
        if item.archived:
            return "PRODUCT_IS_ARCHIVED", "Product is archived"
        if warehouse_id not in shop.warehouses:
            return "WAREHOUSE_NOT_FOUND", "Warehouse is not found"
        if stock >= _STOCK_LIMIT:
            return "STOCK_TOO_BIG", "Stock is too big"
        updated = self._updated_at.get((item.offer_id, warehouse_id))
        if updated is not None and now - updated < _PAIR_PAUSE:
            return "TOO_MANY_REQUESTS", "Stock is updated too frequently"
        return None


def roles(shop: Shop, now: datetime) -> Json:
    expires_at = shop.company.expires_at or now + _KEY_LIFE
    known = [ROLES[name] for name in shop.company.roles if name in ROLES]
    return {
        "expires_at": stamp(expires_at),
        "roles": [{"name": role.name, "methods": list(role.methods)} for role in known],
    }


def warehouses(shop: Shop, body: Body) -> Json:
    limit = body.integer("limit", low=1, high=200)
    wanted = set(body.integers("warehouse_ids"))
    after = body.last_id()
    found = [
        warehouse
        for warehouse in sorted(shop.warehouses.values(), key=lambda w: w.id)
        if warehouse.id > after and (not wanted or warehouse.id in wanted)
    ]
    page = found[:limit]
    return {
        "cursor": str(page[-1].id) if page else body.text("cursor"),
        "warehouses": [_warehouse(warehouse) for warehouse in page],
        "has_next": len(found) > limit,
    }


def _warehouse(warehouse: Warehouse) -> Json:
    return {
        "address_info": {
            "address": warehouse.address,
            "latitude": 55.495093,
            "longitude": 38.172731,
            "utc": "UTC+03:00",
        },
        "carriage_label_type": warehouse.label_type,
        "courier_comment": "",
        "courier_phones": [],
        "created_at": _CREATED,
        "first_mile": {
            "type": "DROP_OFF",
            "dropoff_point_id": "1020002075314000",
            "timeslot_from": "09:00",
            "timeslot_id": 287231,
            "timeslot_to": "21:00",
            "first_mile_is_changing": False,
        },
        "has_entrusted_acceptance": False,
        "has_postings_limit": False,
        "is_auto_assembly": False,
        "is_kgt": False,
        "is_rfbs": warehouse.is_rfbs,
        "is_waybill_enabled": True,
        "min_postings_limit": 10,
        "is_comfort": False,
        "is_express": False,
        "warehouse_type": "",
        "cut_in_time": 0,
        "name": warehouse.name,
        "pause_at": None,
        "phone": "",
        "postings_limit": -1,
        "sla_cut_in": 1440,
        "status": "created",
        "timetable": {
            "timetable_from": _CREATED,
            "timetable_to": "2026-12-31T21:00:00Z",
            "working_hours": [{"time_from": "2026-01-12T06:00:00Z", "time_to": "2026-01-12T18:00:00Z"}],
        },
        "updated_at": _CREATED,
        "warehouse_id": warehouse.id,
        "with_item_list": False,
        "working_days": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"],
    }


def delivery_methods(shop: Shop, body: Body) -> Json:
    """realFBS methods only, by the text of the swagger."""
    limit = body.integer("limit", low=1, high=100)
    filters = body.part("filter")
    statuses = set(filters.texts("status"))
    if not statuses:
        raise filters.wrong("status", "value is required")
    ids = set(filters.integers("delivery_method_ids", high=100))
    providers = set(filters.integers("provider_ids", high=100))
    places = set(filters.integers("warehouse_ids", high=100))
    descending = body.text("sort_dir").upper() == "DESC"
    after = body.last_id()
    found = [
        method
        for method in sorted(shop.methods.values(), key=lambda m: m.id, reverse=descending)
        if method.tpl_integration_type != "ozon"
        and method.status in statuses
        and (not after or (method.id < after if descending else method.id > after))
        and (not ids or method.id in ids)
        and (not providers or method.provider_id in providers)
        and (not places or method.warehouse_id in places)
    ]
    page = found[:limit]
    return {
        "cursor": str(page[-1].id) if page else body.text("cursor"),
        "has_next": len(found) > limit,
        "delivery_methods": [
            {
                "created_at": _CREATED,
                "cutoff": "13:00",
                "id": method.id,
                "is_express": False,
                "name": method.name,
                "provider_id": method.provider_id,
                "sla_cut_in": 1440,
                "status": method.status,
                "template_id": 0,
                "tpl_dropoff_point": {
                    "address": "",
                    "address_coordinates": {"latitude": 0, "longitude": 0},
                    "code": "",
                    "name": "",
                },
                "tpl_integration_type": method.tpl_integration_type,
                "updated_at": _CREATED,
                "warehouse_id": method.warehouse_id,
            }
            for method in page
        ],
    }
