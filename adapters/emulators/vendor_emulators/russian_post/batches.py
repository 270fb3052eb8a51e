"""Batches: what is handed in together. One call makes as many as the orders have kinds."""

from collections.abc import Iterable
from datetime import date

from vendor_emulators.russian_post.access import moscow_day
from vendor_emulators.russian_post.account import Account
from vendor_emulators.russian_post.errors import Json, not_found, position_error, refuse
from vendor_emulators.russian_post.model import (
    ACCEPTED,
    ARCHIVED,
    CREATED,
    FROZEN,
    SENT,
    Batch,
    Operation,
    Order,
)
from vendor_emulators.russian_post.orders import Orders
from vendor_emulators.russian_post.products import has_cod
from vendor_emulators.russian_post.views import postmarks, transport
from vendor_emulators.schedule import Schedule

# Types that the Post puts together where nobody has to pay at the counter.
_COMBINED = frozenset(("POSTAL_PARCEL", "ONLINE_PARCEL", "PARCEL_CLASS_1"))


class Batches:
    def __init__(self, schedule: Schedule, account: Account, orders: Orders) -> None:
        self._schedule = schedule
        self._account = account
        self._orders = orders
        self._number = 23
        self.all: dict[str, Batch] = {}

    def create(
        self, ids: list[int], sending: date | None, use_online_balance: bool
    ) -> tuple[list[Batch], list[int], list[Json]]:
        """Batches, ids that went into them, errors by position."""
        today = moscow_day(self._schedule.now())
        taken: list[Order] = []
        errors: list[Json] = []
        for position, id_ in enumerate(ids):
            order = self._orders.all.get(id_)
            if order is None or order.deleted or order.batch is not None or order in taken:
                errors.append(position_error("NOT_FOUND", position, "Отправление не найдено"))
            elif sending is not None and sending < today:
                errors.append(position_error("PAST_DUE_DATE", position, "Дата отправки просрочена"))
            else:
                taken.append(order)
        made: dict[tuple[str, ...], Batch] = {}
        for order in taken:
            key = batch_key(order)
            if key not in made:
                made[key] = self._new(key, order, sending or today, use_online_balance)
            self._put(order, made[key])
        return list(made.values()), [order.id for order in taken], errors

    def move_in(self, name: str, ids: list[int]) -> tuple[list[int], list[Json]]:
        """Orders of the backlog into a batch that is there. Raises Refusal (1001)."""
        batch = self.find(name)
        done: list[int] = []
        errors: list[Json] = []
        for position, id_ in enumerate(ids):
            order = self._orders.all.get(id_)
            if order is None or order.deleted or order.batch is not None:
                errors.append(position_error("NOT_FOUND", position))
            elif code := self._misfit(batch, order):
                errors.append(position_error(code, position))
            else:
                self._put(order, batch)
                done.append(id_)
        return done, errors

    def put_new(self, name: str, asked: list[Json]) -> tuple[list[int], list[Json]]:
        """Order bodies straight into a batch. Raises Refusal (1001), Malformed."""
        batch = self.find(name)
        made, errors = self._orders.create(asked)
        for order in made:
            self._put(order, batch)
        return [order.id for order in made], errors

    def take_out(self, ids: list[int], back: bool) -> tuple[list[int], list[Json]]:
        """Out of their batches: back to "New", or away for good."""
        done: list[int] = []
        errors: list[Json] = []
        for position, id_ in enumerate(ids):
            order = self._orders.all.get(id_)
            batch = self.all.get(order.batch or "") if order and not order.deleted else None
            if order is None or batch is None:
                errors.append(position_error("NOT_FOUND", position))
            elif order.handed_in:
                errors.append(position_error("DELIVERY_IN_PROGRESS", position))
            elif batch.status != CREATED:
                errors.append(position_error("READONLY_STATE", position))
            else:
                batch.orders.remove(order)
                order.batch, order.deleted = None, not back
                order.version += 1
                if not batch.orders:
                    del self.all[batch.name]
                done.append(id_)
        return done, errors

    def checkin(self, name: str, use_online_balance: bool) -> Json:
        """Sends the electronic F103 and freezes the batch. Raises Refusal (1001, 1024)."""
        batch = self.find(name)
        if batch.status != CREATED:
            return {"error-code": "READONLY_STATE", "f103-sent": False}
        if use_online_balance:
            needed = sum(order.rate.total + order.rate.vat for order in batch.orders)
            if needed > self._account.balance:
                text = f"UNDEFINED->UNDEFINED. Requested {needed} but available {self._account.balance}"
                desc = (
                    "Ошибка в сервисе. Код ошибки: EXTERNAL_SYSTEMS, вспомогательный код: UNDEFINED, "
                    f"описание: '{text}'"
                )
                raise refuse("1024", desc)
            self._account.balance -= needed
        self._set(batch, FROZEN)
        batch.electronic_f103, batch.use_online_balance = True, use_online_balance
        return {"f103-sent": True}

    def reschedule(self, name: str, day: date) -> Json:
        """Another day of hand-in. Raises Refusal (1001)."""
        batch = self.find(name)
        if batch.status != CREATED:
            return {"error-code": "READONLY_STATE", "f103-sent": False}
        if day < moscow_day(self._schedule.now()):
            return {"error-code": "PAST_DUE_DATE", "f103-sent": False}
        batch.list_date = day
        return {"f103-sent": False}

    def archive(self, names: list[str]) -> list[Json]:
        answers: list[Json] = []
        for name in names:
            batch = self.all.get(name)
            if batch is None or batch.status == ARCHIVED:
                answers.append({"batch-name": name, "error-code": "NOT_FOUND"})
            elif batch.status in (CREATED, FROZEN):
                answers.append({"batch-name": name, "error-code": "READONLY_STATE"})
            else:
                batch.before_archive = batch.status
                self._set(batch, ARCHIVED)
                answers.append({"batch-name": name})
        return answers

    def revert(self, names: list[str]) -> list[str]:
        """Out of the archive: the names that were there."""
        found = [name for name in names if name in self.all and self.all[name].status == ARCHIVED]
        for name in found:
            self._set(self.all[name], self.all[name].before_archive)
        return found

    def find(self, name: str) -> Batch:
        """Raises Refusal (1001)."""
        if name not in self.all:
            raise not_found("Batch", name)
        return self.all[name]

    def live(self, archived: bool = False) -> Iterable[Batch]:
        return (batch for batch in self.all.values() if (batch.status == ARCHIVED) is archived)

    def moved(self, order: Order, operation: Operation) -> None:
        """Follows its parcels: ACCEPTED with the first at the counter, SENT when one has left."""
        batch = self.all.get(order.batch or "")
        if batch is None:
            return
        if operation.kind == 1 and batch.status in (CREATED, FROZEN):
            self._set(batch, ACCEPTED)
        elif operation.kind == 8 and batch.status == ACCEPTED:
            self._set(batch, SENT)

    def _new(self, key: tuple[str, ...], order: Order, day: date, use_online_balance: bool) -> Batch:
        self._number += 1
        combined = key[0] == "COMBINED"
        batch = Batch(
            name=str(self._number),
            key=key,
            status=CREATED,
            changed=self._schedule.now(),
            list_date=day,
            mail_type="COMBINED" if combined else order.mail_type,
            category="COMBINED" if combined else order.category,
            postoffice=order.postoffice,
            orders=[],
            use_online_balance=use_online_balance,
        )
        self.all[batch.name] = batch
        return batch

    def _put(self, order: Order, batch: Batch) -> None:
        batch.orders.append(order)
        order.batch = batch.name
        order.version += 1

    def _misfit(self, batch: Batch, order: Order) -> str | None:
        """Why an order cannot join, in the words of the error table."""
        key = batch_key(order)
        if batch.status != CREATED:
            return "READONLY_STATE"
        words = (
            "DIFFERENT_MAIL_TYPE",
            "DIFFERENT_MAIL_CATEGORY",
            "ILLEGAL_POSTCODE",
            "DIFFERENT_TRANSPORT_TYPE",
        )
        for mine, theirs, word in zip(key, batch.key, words, strict=False):
            if mine != theirs:
                return word
        return None if key == batch.key else "DIFFERENT_POSTMARK"

    def _set(self, batch: Batch, status: str) -> None:
        batch.status, batch.changed = status, self._schedule.now()


def batch_key(order: Order) -> tuple[str, ...]:
    """What the orders of a batch have in common: type, category, office, transport, country, marks."""
    combined = order.mail_type in _COMBINED and not has_cod(order.category) and not order.abroad
    marks = [mark for mark in postmarks(order) if mark not in ("NONSTANDARD", "WITHOUT_MARK")]
    return (
        "COMBINED" if combined else order.mail_type,
        "COMBINED" if combined else order.category,
        order.postoffice,
        transport(order),
        str(order.asked.get("mail-direct", 643)),
        " ".join(sorted(marks)),
    )
