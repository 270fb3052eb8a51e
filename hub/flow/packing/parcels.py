"""Step 3: which boxes a posting is packed into."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.flow.packing.one_box import around
from hub.flow.packing.plans import BadPlan, plan_fault
from hub.flow.sellers.catalogue import complete_items, completed, products_of
from hub.plugin_api.decisions import PackingRequest
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Item, Parcel
from hub.store import rows
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App


class NoWeight(Rejected):
    """The catalogue does not know weight or size of these products: a problem, never a silent guess."""

    code = "no_weight"

    def __init__(self, offers: list[str]) -> None:
        super().__init__(
            said(
                "weight and size are not in the catalogue: {offers}",
                code="no_weight.not_in_catalogue",
                values={"offers": ", ".join(offers)},
            )
        )
        self.offers = offers


def items_of(app: App, row: rows.PostingRow) -> tuple[Item, ...]:
    """The posting's lines, completed from the seller's catalogue."""
    return complete_items(app.store.reader, row.seller, row.document.items)


class Packed(NamedTuple):
    """A posting's lines, completed from the catalogue, and the boxes that they go into."""

    items: tuple[Item, ...]
    parcels: tuple[Parcel, ...]


def plan(app: App, row: rows.PostingRow) -> tuple[Parcel, ...]:
    """The boxes: a plugin's plan, or everything in one box. Raises NoWeight, and BadPlan."""
    return packed(app, app.seller(row.seller), row).parcels


def packed(app: App, seller: rows.SellerRow, row: rows.PostingRow) -> Packed:
    """The same, with the lines beside it, so that nobody has to look them up again. Raises NoWeight, and
    BadPlan."""
    products = products_of(app.store.reader, row.seller, row.document.items)
    items = completed(row.document.items, products)
    unknown = [item.offer_id or item.sku for item in items if None in _measures(item)]
    defaults = seller.profile.defaults
    built_in = () if unknown and defaults is None else (_one_box(items, defaults),)
    request = PackingRequest(
        seller=row.seller,
        posting=row.document,
        items=items,
        products=products,
        built_in=built_in,
        unknown=tuple(unknown),
    )
    hooks = app.registry.hooks_for(seller.plugins)
    planned, by_plugin = hooks.decide(
        "plan_parcels", request=request, seller=row.seller, posting=row.document
    )
    if by_plugin and planned not in ([], ()) and (wrong := plan_fault(planned, items)) is not None:
        raise BadPlan(hooks.deciders("plan_parcels"), wrong)
    boxes = tuple(planned) or built_in
    if not boxes:
        raise NoWeight(unknown)
    return Packed(items, boxes)


def _measures(item: Item) -> tuple[int | None, ...]:
    """Grams and millimetres of one piece, as far as they are known."""
    return (item.weight_g, item.length_mm, item.width_mm, item.height_mm)


def _one_box(items: tuple[Item, ...], defaults: tuple[int, int, int, int] | None) -> Parcel:
    """One box: weights add up, the sides are those of `hub.flow.packing.one_box`. What is not known of a
    piece is as in ``defaults``."""
    weight = 0
    goods: list[tuple[int, tuple[int, int, int]]] = []
    for item in items:
        known = _measures(item)
        if None in known and defaults is not None:
            known = tuple(
                have if have is not None else default for have, default in zip(known, defaults, strict=True)
            )
        grams, length, width, height = (side or 0 for side in known)
        weight += grams * item.quantity
        goods.append((item.quantity, (length, width, height)))
    box = around(goods)
    return Parcel(
        number=1,
        weight_g=weight,
        length_mm=box.length,
        width_mm=box.width,
        height_mm=box.height,
        items=items,
    )


def plan_or_all(app: App, row: rows.PostingRow) -> tuple[Parcel, ...]:
    """The boxes for the marketplace's assembly, where weights do not matter: without them, all in one. Raises
    BadPlan."""
    try:
        return plan(app, row)
    except NoWeight:
        items = items_of(app, row)
        return (Parcel(number=1, weight_g=0, length_mm=0, width_mm=0, height_mm=0, items=items),)
