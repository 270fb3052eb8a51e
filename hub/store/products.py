"""The sellers' catalogues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple

import msgspec

from hub.plugin_api.models import Product
from hub.store.connection import Transaction

PAGE = (
    "SELECT offer_id, sku, document FROM products WHERE seller = ? AND offer_id > ? ORDER BY offer_id LIMIT ?"
)
_IN = 400  # values of one IN (...): SQLite before 3.32 takes 999 parameters a statement
_product = msgspec.json.Decoder(Product)


class Stored(NamedTuple):
    """A product with its keys."""

    offer_id: str
    sku: str
    product: Product


def page(connection: Transaction, seller: str, *, after: str, limit: int) -> list[Stored]:
    """A seller's products by ``offer_id``, those that follow ``after``."""
    return [_stored(record) for record in connection.execute(PAGE, (seller, after, limit))]


def of_skus(connection: Transaction, seller: str, skus: Iterable[str]) -> Iterator[Stored]:
    """A seller's products with these ``sku``\\ s; one may stand at several."""
    return _where(connection, seller, "sku", skus)


def of_offers(connection: Transaction, seller: str, offer_ids: Iterable[str]) -> Iterator[Stored]:
    """A seller's products with these ``offer_id``\\ s."""
    return _where(connection, seller, "offer_id", offer_ids)


def _where(connection: Transaction, seller: str, column: str, values: Iterable[str]) -> Iterator[Stored]:
    wanted = [value for value in dict.fromkeys(values) if value]
    for start in range(0, len(wanted), _IN):
        some = wanted[start : start + _IN]
        marks = ", ".join("?" * len(some))
        found = connection.execute(
            f"SELECT offer_id, sku, document FROM products WHERE seller = ? AND {column} IN ({marks})",
            (seller, *some),
        )
        # In order here: asked for it, SQLite walks all of the seller's products, which have it.
        yield from sorted(map(_stored, found), key=attrgetter("offer_id"))


def _stored(record: tuple[str, str, str]) -> Stored:
    offer_id, sku, document = record
    return Stored(offer_id, sku, _product.decode(document))
