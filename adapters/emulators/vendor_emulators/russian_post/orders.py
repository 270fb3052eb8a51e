"""The backlog ("New") and every order there ever was."""

from random import Random

from vendor_emulators.russian_post import barcodes, checks, quoting
from vendor_emulators.russian_post.account import Account
from vendor_emulators.russian_post.errors import Json, Malformed, not_found, order_error, position_error
from vendor_emulators.russian_post.fields import order_body
from vendor_emulators.russian_post.model import Order
from vendor_emulators.russian_post.parcels import Parcels
from vendor_emulators.russian_post.places import City
from vendor_emulators.russian_post.products import S10_PREFIXES
from vendor_emulators.russian_post.rates import Rate
from vendor_emulators.schedule import Schedule
from vendor_emulators.wire import Refusal

_POOL = "800925"  # a pool index, not the office's own
_FIRST_ID = 2_319_421_000


class Orders:
    """Creates, changes and finds. ``order-num`` is not unique: every create makes an order."""

    def __init__(self, schedule: Schedule, random: Random, account: Account, parcels: Parcels) -> None:
        self._schedule = schedule
        self._random = random
        self._account = account
        self._parcels = parcels
        self._id = _FIRST_ID
        self._serial = random.randrange(1000, 60_000)
        self._export = random.randrange(10_000_000, 60_000_000)
        self.all: dict[int, Order] = {}
        self.by_barcode: dict[str, Order] = {}
        self.created = 0

    def create(self, asked: list[Json], barcode_fails: bool = False) -> tuple[list[Order], list[Json]]:
        """Each element for itself: orders that were made, and ``errors[]`` of the others."""
        bodies = [order_body(one) for one in asked]  # all are read before any is made
        made: list[Order] = []
        errors: list[Json] = []
        for position, body in enumerate(bodies):
            found = checks.check(body, self._account.points, self._account.cod_allowed)
            if barcode_fails:
                found = [*found, order_error("BARCODE_ERROR")]
            order = None if found else self._priced(body, found)
            if order is None:
                errors.append({"error-codes": found, "position": position})
                continue
            made.append(order)
            self.created += 1
        return made, errors

    def edit(self, id_text: str, asked: Json) -> list[Json]:
        """Puts the whole order anew. Raises Refusal (1001)."""
        order = self.in_backlog(id_text)
        body = order_body(asked)
        found = checks.check(body, self._account.points, self._account.cod_allowed)
        if found:
            return [{"error-codes": found, "position": 0}]
        rate, recipient = quoting.price(body, self._sender(body), self._account.discount_percent)
        body["recipient-name"] = checks.recipient_name(body)
        order.asked, order.rate, order.recipient = body, rate, recipient
        order.version += 1
        return []

    def delete(self, ids: list[int]) -> tuple[list[int], list[Json]]:
        done: list[int] = []
        errors: list[Json] = []
        for position, id_ in enumerate(ids):
            order = self.all.get(id_)
            if order is None or order.deleted or order.batch is not None:
                errors.append(position_error("NOT_FOUND", position))
                continue
            order.deleted = True
            self._parcels.add(order, 46, 0, order.postoffice, order.sender)
            done.append(id_)
        return done, errors

    def in_backlog(self, id_text: str) -> Order:
        """Raises Refusal (1001) for what is not there, or is in a batch already."""
        order = self._find(id_text)
        if order is None or order.batch is not None:
            raise not_found("ComplexOrderV2", id_text)
        return order

    def in_batch(self, id_text: str) -> Order:
        """Raises Refusal (1001)."""
        order = self._find(id_text)
        if order is None or order.batch is None:
            raise not_found("ShipmentTuple", id_text)
        return order

    def search(self, query: str, in_batch: bool) -> list[Order]:
        """By own number (backlog) or by number and barcode (batches); [] where there is none."""
        return [
            order
            for order in self.all.values()
            if not order.deleted
            and (order.batch is not None) is in_batch
            and query in (order.number, order.barcode)
        ]

    def group(self, name: str, in_batch: bool) -> list[Order]:
        return [
            order
            for order in self.all.values()
            if not order.deleted
            and (order.batch is not None) is in_batch
            and order.asked.get("group-name") == name
        ]

    def any(self, id_text: str) -> Order | None:
        """By id, wherever it is."""
        return self._find(id_text)

    def find_parcel(self, key: str) -> Order | None:
        """For control endpoints: barcode, id, or the shop's number (the newest of its bearers)."""
        if order := self.by_barcode.get(key) or self._find(key):
            return order
        named = [order for order in self.all.values() if order.number == key and not order.deleted]
        return named[-1] if named else None

    def returning(self, direct: Order | None, body: Json, sender: City, recipient: City, rate: Rate) -> Order:
        """A return shipment: an order that nobody sees in the backlog."""
        order = self._add(body, sender, recipient, rate)
        order.batch = ""
        order.direct = direct.barcode if direct else None
        return order

    def _find(self, id_text: str) -> Order | None:
        if not (id_text.isascii() and id_text.isdecimal() and len(id_text) < 18):
            return None
        order = self.all.get(int(id_text))
        return None if order is None or order.deleted else order

    def _priced(self, body: Json, found: list[Json]) -> Order | None:
        sender = self._sender(body)
        try:
            rate, recipient = quoting.price(body, sender, self._account.discount_percent)
        except Refusal:
            found.append(
                order_error("TARIFF_ERROR", "1372: Доставка по указанному маршруту не осуществляется")
            )
            return None
        body["recipient-name"] = checks.recipient_name(body)
        return self._add(body, sender, recipient, rate)

    def _add(self, body: Json, sender: City, recipient: City | None, rate: Rate) -> Order:
        self._id += self._random.randrange(1, 9)
        order = Order(
            id=self._id,
            asked=body,
            created=self._schedule.now(),
            barcode=self._barcode(body),
            rate=rate,
            sender=sender,
            recipient=recipient,
        )
        self.all[order.id] = order
        self.by_barcode[order.barcode] = order
        self._parcels.number_assigned(order)
        return order

    def _sender(self, body: Json) -> City:
        city = self._account.points.get(str(body.get("postoffice-code")))
        if city is None:
            raise Malformed
        return city

    def _barcode(self, body: Json) -> str:
        if int(body.get("mail-direct") or 643) != 643:
            self._export += self._random.randrange(1, 9)
            return barcodes.s10(S10_PREFIXES.get(str(body["mail-type"]), "RA"), self._export % 100_000_000)
        self._serial += 1
        month, serial = divmod(self._serial, 100_000)
        return barcodes.domestic(_POOL, (self._id // 1_000_000 + month) % 99 + 1, serial)
