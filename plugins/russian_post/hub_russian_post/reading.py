"""Orders read back, wherever they are, in few requests: every one counts in the account's daily quota."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

import russian_post_api as post
from hub import Rejected, now

A = TypeVar("A")
T = TypeVar("T")

GONE = frozenset({"1001", "RESOURCE_NOT_FOUND"})
_FRESH = timedelta(hours=1)
_PAGE = 200
_MOST_PAGES = 50


def order_id(carrier_id: str) -> int:
    """The API's own id. Raises Rejected for anything else: it is no number of ours or of the label."""
    if not (carrier_id.isascii() and carrier_id.isdecimal()):
        raise Rejected("this is not an order id of Russian Post", code="no_order")
    return int(carrier_id)


async def orders_in(otpravka: post.Otpravka, name: str) -> list[post.Order]:
    """All orders of a batch, page by page."""
    found: list[post.Order] = []
    for page in range(_MOST_PAGES):
        orders = await otpravka.batch_orders(name, size=_PAGE, page=page)
        found += orders
        if len(orders) < _PAGE:
            break
    return found


class Orders:
    """The orders of one account. Parcels of one batch are followed together: one request tells the last
    operation of two hundred, and is good for an hour."""

    def __init__(self, otpravka: post.Otpravka) -> None:
        self._otpravka = otpravka
        self._batch_of: dict[int, str] = {}
        self._batches: dict[str, tuple[datetime, dict[int, post.Order]]] = {}

    async def read(self, carrier_id: str) -> post.Order | None:
        """As it is now; None where the Post has it no more. New orders are in one place, those in a batch in
        another."""
        id_ = order_id(carrier_id)
        return await _or_none(self._otpravka.backlog_get, id_) or await _or_none(
            self._otpravka.shipment_get, id_
        )

    async def find(self, number: str) -> list[post.Order]:
        """Every order of our number, of which there may be several; those in a batch and those in none."""
        new = await _or_none(self._otpravka.backlog_search, number) or []
        batched = await _or_none(self._otpravka.shipment_search, number) or []
        return list({one.id: one for one in (*new, *batched) if one.order_num == number}.values())

    async def follow(self, carrier_id: str) -> post.Order | None:
        """As it was within the last hour, for tracking."""
        id_ = order_id(carrier_id)
        name = self._batch_of.get(id_)
        if name is not None and (order := (await self._batch(name)).get(id_)) is not None:
            return order
        order = await _or_none(self._otpravka.shipment_get, id_)
        if order is not None:
            self._batch_of[id_] = order.batch_name
            return order
        return await _or_none(self._otpravka.backlog_get, id_)

    async def _batch(self, name: str) -> dict[int, post.Order]:
        time = now()
        kept = self._batches.get(name)
        if kept is None or time - kept[0] >= _FRESH:
            kept = (time, {order.id: order for order in await orders_in(self._otpravka, name)})
            old = [one for one, (at, _) in self._batches.items() if time - at >= _FRESH]
            for one in old:
                del self._batches[one]
            self._batches[name] = kept
        return kept[1]


async def _or_none(read: Callable[[A], Awaitable[T]], key: A) -> T | None:
    try:
        return await read(key)
    except post.OtpravkaError as error:
        if error.codes & GONE:
            return None
        raise
