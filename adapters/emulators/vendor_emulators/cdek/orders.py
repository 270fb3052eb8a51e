"""Orders: accepted at once, checked later, changed and cancelled by request."""

import itertools
from collections.abc import Callable

import msgspec

from vendor_emulators.cdek import services
from vendor_emulators.cdek.book import OrderBook
from vendor_emulators.cdek.borders import international, missing
from vendor_emulators.cdek.checks import (
    check_at_once,
    integer,
    is_phone,
    place_of,
    served,
    size_of,
)
from vendor_emulators.cdek.errors import Json, error, refuse
from vendor_emulators.cdek.journey import Journey
from vendor_emulators.cdek.model import Asked, Order, Package
from vendor_emulators.cdek.places import offices
from vendor_emulators.cdek.tariffs import BY_CODE

WEIGHT_LIMIT_G = 30_000


class Orders:
    """What the API does with orders."""

    def __init__(self, book: OrderBook, journey: Journey) -> None:
        self._book = book
        self._journey = journey
        self.posted = 0
        self.duplicates_refused = 0

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
        number = str(body.get("number") or "") or self._book.uuid()
        order = Order(
            uuid=self._book.uuid(),
            asked=body,
            number=number,
            tariff=BY_CODE.get(integer(body.get("tariff_code"))),
            packages=[Package(package, size_of(package), self._book.uuid()) for package in body["packages"]],
            requests=[self._book.asked("CREATE")],
        )
        self._book.enter(order, "ACCEPTED")
        wait = 0.2 + min(59.8, self._book.random.expovariate(0.5)) if seconds is None else seconds
        self._book.schedule.after(wait, lambda: self._settle(order, invalid, swap))
        return order

    def delete(self, uuid: str) -> tuple[Order, Asked]:
        """``DELETE /v2/orders/{uuid}``: accepted, then done where the order is still CREATED."""
        return self._later(uuid, "DELETE", self._deleted)

    def refuse_parcel(self, uuid: str) -> tuple[Order, Asked]:
        """``POST /v2/orders/{uuid}/refusal``: NOT_DELIVERED with reason 11."""
        return self._later(uuid, "UPDATE", self._refused)

    def client_return(self, uuid: str, tariff_code: int) -> tuple[Order, Asked]:
        """``POST /v2/orders/{uuid}/clientReturn``: a new order back, of a delivered one.

        Raises v2_entity_invalid, err_result_service_empty.
        """
        order = self._book.find(uuid)
        tariff = BY_CODE.get(tariff_code)
        if tariff is None:
            raise refuse("err_result_service_empty")
        if order.state != "DELIVERED":
            raise refuse("v2_entity_invalid", message=f"Entity is invalid {uuid}")
        back = self._journey.send_back(order, "client_return_order", "client_direct_order", moves=False)
        back.tariff = tariff
        return back, self._book.asked("CREATE_CLIENT_RETURN")

    def update(self, body: Json) -> tuple[Order, Asked]:
        """``PATCH /v2/orders``: recipient, comment, packages, tariff of an order that is still CREATED.

        Raises v2_update_forbidden, v2_package_id_is_empty.
        """
        if body.get("uuid"):
            order = self._book.find(str(body["uuid"]))
        elif body.get("cdek_number"):
            order = self._book.by_cdek_number(str(body["cdek_number"]))
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
        changes = {k: v for k, v in body.items() if v is not None and k not in ("uuid", "cdek_number")}
        wanted = {**order.asked, **changes}
        packages = order.packages
        if body.get("packages"):
            packages = [
                Package(package, size_of(package), str(package["package_id"])) for package in body["packages"]
            ]
        if errors := services.faults(wanted):
            asked.state, asked.errors = "INVALID", errors
            return
        tariff = BY_CODE.get(integer(wanted.get("tariff_code")))
        draft = msgspec.structs.replace(order, asked=wanted, packages=packages, tariff=tariff)
        self._book.reprice(draft)
        if draft.price is None:
            asked.state, asked.errors = "INVALID", [error("err_result_service_empty")]
            return
        if order.price and order.price.total_sum != draft.price.total_sum:
            message = "New parameters (weight, dimensions, items cost) can trigger change order cost"
            asked.warnings = [error("v2_cost_change_by_parameters", message=message)]
        order.asked, order.packages, order.tariff, order.price = wanted, packages, tariff, draft.price
        order.insured, order.cash_on_delivery = draft.insured, draft.cash_on_delivery
        asked.state = "SUCCESSFUL"

    def _later(self, uuid: str, kind: str, effect: Callable[[Order, Asked], None]) -> tuple[Order, Asked]:
        order = self._book.find(uuid)
        if any(asked.state == "ACCEPTED" for asked in order.requests):
            raise refuse("v2_similar_request_still_processed", uuid)
        asked = self._book.asked(kind)
        order.requests.append(asked)
        self._book.schedule.after(0.2 + self._book.random.random() * 2, lambda: effect(order, asked))
        return order, asked

    def _deleted(self, order: Order, asked: Asked) -> None:
        if order.state != "CREATED":
            asked.state, asked.errors = "INVALID", [error("error_validate_order_delete_status")]
            return
        asked.state = "SUCCESSFUL"
        self._book.add(order, "REMOVED")

    def _refused(self, order: Order, asked: Asked) -> None:
        if not order.live:
            asked.state, asked.errors = "INVALID", [error("v2_entity_has_final_status", order.state)]
            return
        asked.state = "SUCCESSFUL"
        self._book.add(order, "NOT_DELIVERED", order.sender, reason="11")
        if order.weighed:
            self._journey.send_back(order, "return_order", "direct_order")

    def _settle(self, order: Order, invalid: Json | None, swap: bool) -> None:
        order.settled = True
        asked = order.requests[0]
        errors = [invalid] if invalid else self._faults_of(order)
        if errors:
            asked.state, asked.errors = "INVALID", errors
            self._book.add(order, "INVALID")
            return
        if swap and order.delivery_point is not None:
            self._swap_office(order, asked)
        order.cdek_number = self._book.next_number()
        asked.state = "SUCCESSFUL"
        self._book.add(order, "CREATED")

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
        if order.sender and order.recipient and international(order.sender, order.recipient):
            errors += missing(body)
        if any(package.size.weight > WEIGHT_LIMIT_G for package in order.packages):
            errors.append(error("ve_package_weight_too_large"))
        errors += services.faults(body)
        # Whoever asked first keeps the number, also where its own check takes longer.
        earlier = itertools.takewhile(lambda other: other is not order, self._book.all.values())
        twin = any(o.number == order.number and o.live and o.requests for o in earlier)
        if twin:
            self.duplicates_refused += 1
            errors.append(error("error_validate_im_dep_number_has_already_had_integration"))
        if not errors:
            self._book.reprice(order)
            if order.price is None or served(body.get("to_location") or {}) is False:
                errors.append(error("err_result_service_empty"))
        return errors
