"""The seller's own catalogue: what a posting does not say about the goods in it.

Postings carry sku, offer_id, name, quantity and price. Weight, size, barcodes, place in the store room,
fragility, customs code and names in three languages come from here.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from hub.flow.history import cursors
from hub.flow.history.cursors import Position
from hub.flow.history.results import ImportResult, LineProblem
from hub.flow.history.view import Listing
from hub.flow.history.views import ProductView
from hub.flow.runtime.unknown import no_such_seller
from hub.flow.sellers.product_csv import ProductLine, checked, read_table
from hub.plugin_api.models import Item, Product
from hub.store import Transaction, products, rows
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

__all__ = ["complete_items", "completed", "import_products", "list_products", "products_of", "read_table"]

log = logging.getLogger("hub.catalogue")

_FIELDS = Product.__struct_fields__
_FACTS = tuple(name for name in _FIELDS if name not in ("sku", "offer_id"))


async def import_products(app: App, seller: str, products: Iterable[Product], actor: str) -> ImportResult:
    """Add and change products, all in one transaction.

    A product of a file (`read_table`) changes the columns that the file has; any other replaces the stored
    one whole. What cannot be stored is told by its position, counted from 1, and the others go on.
    Raises NotFound for an unknown seller.
    """
    good: dict[str, Product] = {}
    problems: list[LineProblem] = []
    for position, given in enumerate(products, 1):
        product, reason = checked(given)
        if not reason and product.offer_id in good:
            reason = said(
                "offer_id: '{offer_id}' stands there twice",
                code="product.offer_id_stands_twice",
                values={"offer_id": product.offer_id},
            )
        if reason:
            problems.append(LineProblem(line=position, reason=reason))
        else:
            good[product.offer_id] = product
    now = app.clock.now()

    def write(tx: Transaction) -> tuple[int, int]:
        if rows.sellers.get(tx, seller) is None:
            raise no_such_seller(tx, seller)
        return _upsert(tx, seller, good, now)

    added, changed = await app.store.write(write)
    log.info("%d products added and %d changed for %s by %s", added, changed, seller, actor)
    return ImportResult(
        added=added, changed=changed, unchanged=len(good) - added - changed, problems=tuple(problems)
    )


def list_products(app: App, seller: str, cursor: str = "", limit: int = 50) -> Listing[ProductView]:
    """One page of a seller's catalogue, by offer_id."""
    limit = cursors.checked_limit(limit)
    position = cursors.decode(cursor, "products")
    after = "" if position is None else position.id
    found = products.page(app.store.reader, seller, after=after, limit=limit + 1)
    return Listing(
        items=[_view(row.product) for row in found[:limit]],
        next=cursors.encode(Position("products", found[limit - 1].offer_id)) if len(found) > limit else "",
    )


def complete_items(connection: Transaction, seller: str, items: Sequence[Item]) -> tuple[Item, ...]:
    """The items with what the catalogue knows about them; what it does not know stays as the marketplace
    said it."""
    return completed(items, products_of(connection, seller, items))


def completed(items: Sequence[Item], entries: Sequence[Product | None]) -> tuple[Item, ...]:
    """The items with what the catalogue's entries of them say."""
    return tuple(_completed(item, product) for item, product in zip(items, entries, strict=True))


def products_of(connection: Transaction, seller: str, items: Sequence[Item]) -> tuple[Product | None, ...]:
    """The catalogue's entry of each item, found by ``sku``, then by ``offer_id``: two look-ups for all."""
    by_sku: dict[str, dict[str, Product]] = {}
    for row in products.of_skus(connection, seller, (item.sku for item in items)):
        by_sku.setdefault(row.sku, {})[row.offer_id] = row.product
    left = [item.offer_id for item in items if item.sku not in by_sku]
    by_offer = {row.offer_id: row.product for row in products.of_offers(connection, seller, left)}
    return tuple(_match(item, by_sku, by_offer) for item in items)


def _match(item: Item, by_sku: dict[str, dict[str, Product]], by_offer: dict[str, Product]) -> Product | None:
    """A sku that stands at several products is told apart by the offer_id; else the first of them."""
    if same_sku := by_sku.get(item.sku):
        return same_sku.get(item.offer_id) or next(iter(same_sku.values()))
    return by_offer.get(item.offer_id)


def _completed(item: Item, product: Product | None) -> Item:
    if product is None:
        return item
    known = {name: value for name in _FACTS if (value := getattr(product, name)) not in (None, "", (), False)}
    return msgspec.structs.replace(item, **known) if known else item


def _upsert(tx: Transaction, seller: str, given: dict[str, Product], now: datetime) -> tuple[int, int]:
    stored = {row.offer_id: row.product for row in products.of_offers(tx, seller, given)}
    added = changed = 0
    written: list[rows.ProductRow] = []
    for offer_id, product in given.items():
        old = stored.get(offer_id)
        new = _merged(product, old)
        if new == old:
            continue
        added, changed = (added + 1, changed) if old is None else (added, changed + 1)
        written.append(rows.ProductRow(seller, offer_id, new.sku, msgspec.to_builtins(new), now))
    rows.products.put_many(tx, written)
    return added, changed


def _merged(product: Product, old: Product | None) -> Product:
    given = product.columns if isinstance(product, ProductLine) else frozenset(_FIELDS)
    base = old or Product(offer_id=product.offer_id)
    values = {name: getattr(product if name in given else base, name) for name in _FIELDS}
    return Product(**values)


def _view(product: Product) -> ProductView:
    return ProductView(**{name: getattr(product, name) for name in _FIELDS})
