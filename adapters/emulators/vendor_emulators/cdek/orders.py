"""Orders: accepted at once, checked later, then moved through the country."""

import itertools
from collections.abc import Callable
from random import Random

from vendor_emulators.cdek.checks import (
    check_at_once,
    integer,
    is_phone,
    place_of,
    served,
    size_of,
    values_of,
)
from vendor_emulators.cdek.errors import Json, error, refuse
from vendor_emulators.cdek.identity import new_uuid
from vendor_emulators.cdek.model import Asked, Order, Package, Status, stamp
from vendor_emulators.cdek.places import City, offices
from vendor_emulators.cdek.tariffs import BY_CODE, price
from vendor_emulators.schedule import Schedule

WEIGHT_LIMIT_G = 30_000

# Hours from the drop-off, then a share of the way that is left to the city of the recipient.
_DEPARTURE = (
    ("RECEIVED_AT_SHIPMENT_WAREHOUSE", 0.5),
    ("READY_FOR_SHIPMENT_IN_SENDER_CITY", 4),
    ("TAKEN_BY_TRANSPORTER_FROM_SENDER_CITY", 7),
)

OnStatus = Callable[[Order, Status], None]


class Orders:
    """All orders of the contract, newest last."""

    def __init__(self, schedule: Schedule, random: Random, on_status: OnStatus) -> None:
        self._schedule = schedule
        self._random = random
        self._on_status = on_status
        self.all: dict[str, Order] = {}
        self.posted = 0
        self.duplicates_refused = 0
        self._number = 1_100_000_000 + random.randrange(1_000_000)

    def create(
        self,
        body: Json,
        *,
        seconds: float | None = None,
        invalid: Json | None = None,
        swap: bool = False,
    ) -> Order:
        """Accept the body of ``POST /v2/orders``; what it becomes is known ``seconds`` later (0.2 to 60).

        ``invalid``: the error that it ends with, whatever it says; ``swap``: its office is replaced.
        """
        self.posted += 1
        check_at_once(body)
        now = self._schedule.now()
        number = str(body.get("number") or "") or new_uuid(self._random)
        order = Order(
            uuid=new_uuid(self._random),
            asked=body,
            number=number,
            tariff=BY_CODE.get(integer(body.get("tariff_code"))),
            packages=[
                Package(package, size_of(package), new_uuid(self._random)) for package in body["packages"]
            ],
            requests=[Asked(new_uuid(self._random), "CREATE", now)],
        )
        self._add(order, "ACCEPTED")
        self.all[order.uuid] = order
        wait = 0.2 + min(59.8, self._random.expovariate(0.5)) if seconds is None else seconds
        self._schedule.after(wait, lambda: self._settle(order, invalid, swap))
        return order

    def find(self, uuid: str) -> Order:
        """Raises v2_entity_not_found."""
        order = self.all.get(uuid)
        if order is None:
            raise refuse("v2_entity_not_found", uuid)
        return order

    def by_cdek_number(self, number: str) -> Order:
        """Raises v2_entity_not_found."""
        for order in self.all.values():
            if order.cdek_number == number:
                return order
        raise refuse("v2_entity_not_found", number)

    def by_im_number(self, number: str) -> Order:
        """The live order of this number, else the newest that had it.

        Raises v2_entity_not_found_im_number.
        """
        had = [order for order in self.all.values() if order.number == number and order.requests]
        if not had:
            raise refuse("v2_entity_not_found_im_number", number)
        holder = next((order for order in had if order.live), None)
        return holder or next((order for order in reversed(had) if order.cdek_number), had[-1])

    def delete(self, uuid: str) -> tuple[Order, Asked]:
        """``DELETE /v2/orders/{uuid}``: accepted, then done where the order is still CREATED."""
        return self._later(uuid, "DELETE", self._deleted)

    def refuse_parcel(self, uuid: str) -> tuple[Order, Asked]:
        """``POST /v2/orders/{uuid}/refusal``: NOT_DELIVERED with reason 11."""
        return self._later(uuid, "UPDATE", self._refused)

    def drop_off(self, numbers: list[str]) -> tuple[list[str], list[str]]:
        """The seller brings parcels: those that start moving, and those that the office does not take."""
        moving, refused = [], []
        for number in numbers:
            order = next((o for o in self.all.values() if number in (o.cdek_number, o.uuid, o.number)), None)
            if order is None or order.state != "CREATED" or order.dropped_off:
                refused.append(number)
                continue
            order.dropped_off = True
            self._travel(order)
            moving.append(number)
        return moving, refused

    def reweigh(self, order: Order, weight: int) -> None:
        """CDEK's scales show this many grams for the first package, at once or when it is handed in."""
        if order.weighed:
            order.packages[0].size.weight = weight
            self._price(order)
        else:
            order.scales = weight

    def undo_status(self, order: Order) -> None:
        """CDEK takes its last status back: it stays in the list, marked deleted."""
        last = next((status for status in reversed(order.statuses) if not status.deleted), None)
        if last is not None and last.code not in ("ACCEPTED", "CREATED"):
            last.deleted = True
            self._on_status(order, last)

    def fail_delivery(self, order: Order, reason: str) -> None:
        """The parcel cannot be delivered: NOT_DELIVERED with this reason, and it travels back."""
        if order.live and order.weighed:
            self._add(order, "NOT_DELIVERED", order.recipient, reason=reason)
            self._send_back(order, "return_order", "direct_order")

    def client_return(self, uuid: str, tariff_code: int) -> tuple[Order, Asked]:
        """``POST /v2/orders/{uuid}/clientReturn``: a new order back, of a delivered one."""
        order = self.find(uuid)
        if order.state != "DELIVERED":
            raise refuse("v2_entity_invalid", message=f"Entity is invalid {uuid}")
        back = self._send_back(order, "client_return_order", "client_direct_order", moves=False)
        back.tariff = BY_CODE.get(tariff_code)
        return back, Asked(new_uuid(self._random), "CREATE_CLIENT_RETURN", self._schedule.now())

    def update(self, body: Json) -> tuple[Order, Asked]:
        """``PATCH /v2/orders``: recipient, comment, packages, tariff of an order that is still CREATED.

        Raises v2_update_forbidden, v2_package_id_is_empty.
        """
        if body.get("uuid"):
            order = self.find(str(body["uuid"]))
        elif body.get("cdek_number"):
            order = self.by_cdek_number(str(body["cdek_number"]))
        else:
            raise refuse("v2_order_number_empty", message="Order number and order uuid are empty")
        if order.state not in ("CREATED", "ACCEPTED"):
            message = 'Operation is forbidden. Orders can only be updated in "CREATED" or "ACCEPTED" statuses'
            raise refuse("v2_update_forbidden", message=message)
        for package in body.get("packages") or []:
            if not package.get("package_id"):
                number = package.get("number")
                message = f"Package_id for {number} package is empty"
                raise refuse("v2_package_id_is_empty", message=message)
        return self._later(order.uuid, "UPDATE", lambda it, asked: self._updated(it, asked, body))

    def _updated(self, order: Order, asked: Asked, body: Json) -> None:
        if order.state != "CREATED":
            asked.state, asked.errors = "INVALID", [error("v2_update_forbidden")]
            return
        order.asked = {**order.asked, **{k: v for k, v in body.items() if k not in ("uuid", "cdek_number")}}
        if body.get("packages"):
            order.packages = [
                Package(package, size_of(package), str(package["package_id"])) for package in body["packages"]
            ]
        order.tariff = BY_CODE.get(integer(order.asked.get("tariff_code")))
        before = order.price
        self._price(order)
        if before and order.price and before.total_sum != order.price.total_sum:
            message = "New parameters (weight, dimensions, items cost) can trigger change order cost"
            asked.warnings = [error("v2_cost_change_by_parameters", message=message)]
        asked.state = "SUCCESSFUL"

    def _send_back(self, order: Order, there: str, here: str, *, moves: bool = True) -> Order:
        """The return is an order of its own, linked both ways."""
        now = self._schedule.now()
        back = Order(
            uuid=new_uuid(self._random),
            asked=order.asked,
            number=order.number,
            tariff=order.tariff,
            packages=order.packages,
            # Nobody asked for it through the API.
            requests=[],
            sender=order.recipient,
            recipient=order.sender,
            delivery_point=order.shipment_point,
            shipment_point=order.delivery_point,
            price=order.price,
            settled=True,
            dropped_off=moves,
            is_return=moves,
            related=[{"type": here, "uuid": order.uuid, "cdek_number": order.cdek_number}],
            cdek_number=self._next_number(),
        )
        self.all[back.uuid] = back
        order.related = [
            *order.related,
            {"type": there, "uuid": back.uuid, "cdek_number": back.cdek_number, "create_time": stamp(now)},
        ]
        self._add(back, "CREATED")
        if moves:
            self._travel(back)
        return back

    def _next_number(self) -> str:
        self._number += self._random.randrange(1, 9)
        return str(self._number)

    def _later(self, uuid: str, kind: str, effect: Callable[[Order, Asked], None]) -> tuple[Order, Asked]:
        order = self.find(uuid)
        if any(asked.state == "ACCEPTED" for asked in order.requests):
            raise refuse("v2_similar_request_still_processed", uuid)
        asked = Asked(new_uuid(self._random), kind, self._schedule.now())
        order.requests.append(asked)
        self._schedule.after(0.2 + self._random.random() * 2, lambda: effect(order, asked))
        return order, asked

    def _deleted(self, order: Order, asked: Asked) -> None:
        if order.state != "CREATED":
            asked.state, asked.errors = "INVALID", [error("error_validate_order_delete_status")]
            return
        asked.state = "SUCCESSFUL"
        self._add(order, "REMOVED")

    def _refused(self, order: Order, asked: Asked) -> None:
        if not order.live:
            asked.state, asked.errors = "INVALID", [error("v2_entity_has_final_status", order.state)]
            return
        asked.state = "SUCCESSFUL"
        self._add(order, "NOT_DELIVERED", order.sender, reason="11")
        if order.weighed:
            self._send_back(order, "return_order", "direct_order")

    def _settle(self, order: Order, invalid: Json | None, swap: bool) -> None:
        order.settled = True
        asked = order.requests[0]
        errors = [invalid] if invalid else self._faults_of(order)
        if errors:
            asked.state, asked.errors = "INVALID", errors
            self._add(order, "INVALID")
            return
        if swap and order.delivery_point is not None:
            self._swap_office(order, asked)
        order.cdek_number = self._next_number()
        asked.state = "SUCCESSFUL"
        self._add(order, "CREATED")

    def _swap_office(self, order: Order, asked: Asked) -> None:
        old = order.delivery_point
        assert old is not None
        others = [o for o in offices().values() if o.city is old.city and o.kind == "PVZ" and o is not old]
        order.delivery_point = others[0]
        asked.warnings = [error("v2_delivery_point_changed", old.code)]

    def _faults_of(self, order: Order) -> list[Json]:
        """What only the second, slow check finds."""
        body = order.asked
        errors: list[Json] = []
        phones = (body.get("recipient") or {}).get("phones") or []
        if not phones or any(not is_phone(phone) for phone in phones):
            errors.append(error("error_validate_receiver_phone_number_incorrect"))
        order.sender, order.shipment_point = place_of(body, "shipment_point", "from_location")
        order.recipient, order.delivery_point = place_of(body, "delivery_point", "to_location")
        if order.sender is None:
            errors.append(error("v2_sender_location_not_recognized"))
        if order.recipient is None:
            errors.append(error("v2_recipient_location_not_recognized"))
        if any(package.size.weight > WEIGHT_LIMIT_G for package in order.packages):
            errors.append(error("ve_package_weight_too_large"))
        # Whoever asked first keeps the number, also where its own check takes longer.
        earlier = itertools.takewhile(lambda other: other is not order, self.all.values())
        twin = any(o.number == order.number and o.live and o.requests for o in earlier)
        if twin:
            self.duplicates_refused += 1
            errors.append(error("error_validate_im_dep_number_has_already_had_integration"))
        if not errors:
            self._price(order)
            if order.price is None or served(body.get("to_location") or {}) is False:
                errors.append(error("err_result_service_empty"))
        return errors

    def _price(self, order: Order) -> None:
        order.insured, order.cash_on_delivery = values_of(order.asked)
        if order.tariff is None or order.sender is None or order.recipient is None:
            return
        sizes = [package.size for package in order.packages]
        order.price = price(order.tariff, order.sender, order.recipient, sizes, order.insured)

    def _travel(self, order: Order) -> None:
        assert order.tariff is not None
        assert order.sender is not None
        assert order.recipient is not None
        days = 2 + self._random.random()
        legs: list[tuple[str, float, City]] = [(code, at, order.sender) for code, at in _DEPARTURE]
        arrival = days * 24 - 14
        legs.append(("SENT_TO_RECIPIENT_CITY", 9, order.sender))
        legs.append(("ACCEPTED_IN_RECIPIENT_CITY", arrival, order.recipient))
        if order.tariff.to_office:
            legs.append(("ACCEPTED_AT_PICK_UP_POINT", arrival + 5, order.recipient))
        else:
            legs.append(("ACCEPTED_AT_RECIPIENT_CITY_WAREHOUSE", arrival + 2, order.recipient))
            legs.append(("TAKEN_BY_COURIER", arrival + 8, order.recipient))
        legs.append(("DELIVERED", days * 24, order.recipient))
        for code, hours, city in legs:
            jitter = self._random.uniform(-0.2, 0.2)
            self._schedule.after((hours + jitter) * 3600, lambda c=code, t=city: self._move(order, c, t))  # type: ignore[misc]

    def _move(self, order: Order, code: str, city: City) -> None:
        if not order.live:
            return  # refused or removed on the way
        if code == "RECEIVED_AT_SHIPMENT_WAREHOUSE":
            order.weighed = True
            if order.scales is not None:
                self.reweigh(order, order.scales)
        self._add(order, code, city)

    def _add(self, order: Order, code: str, city: City | None = None, reason: str | None = None) -> None:
        status = Status(code, self._schedule.now(), city, reason)
        order.statuses = [*order.statuses, status]
        self._on_status(order, status)
