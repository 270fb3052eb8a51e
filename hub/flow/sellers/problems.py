"""What a person says of goods: their weight and size go into the catalogue. And bookings that have the sender
of another warehouse than their postings'."""

from __future__ import annotations

from hub.flow.history.recording import posting_row
from hub.flow.problems.answers import Answer, Given, goes_on, offer
from hub.flow.problems.kinds import ANY_END, ProblemKind, declare
from hub.flow.sellers import forecast
from hub.flow.sellers.catalogue import complete_items, import_products
from hub.flow.sellers.leaving import MOVED
from hub.flow.sellers.product_csv import ProductLine, corrected
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Item, Product
from hub.words import said_of

declare(ProblemKind(code=forecast.KIND, answers=("dismiss",), over_at=(), about=("account",)))
declare(
    ProblemKind(
        code=MOVED, answers=("dismiss",), over_at=ANY_END, about=("shipment",), ends_with=("cancelled",)
    )
)


_MEASURES = ("weight_g", "length_mm", "width_mm", "height_mm")


async def _correct(given: Given) -> None:
    """Write what a person says of a product into the catalogue; what they leave out stays as it is."""
    items = _items(given)
    said = ({"offer_id": next(iter(items))} if len(items) == 1 else {}) | given.parameters
    if unknown := sorted(said.keys() - set(Product.__struct_fields__)):
        raise Rejected(
            "parameters: a product has no {unknown}",
            code="parameters.product_fields",
            values={"unknown": ", ".join(map(repr, unknown))},
        )
    item = items.get(str(said.get("offer_id") or ""))
    if item is None:
        raise Rejected(
            "parameters: offer_id is one of {items}",
            code="parameters.offer_id_of_posting",
            values={"items": ", ".join(items)},
        )
    if len(said) == 1:
        raise Rejected(
            "parameters: say what is to be corrected, such as weight_g",
            code="parameters.say_what_corrected_weight",
        )
    if not item.offer_id:
        said |= {"sku": item.sku}  # it is found by nothing else
    try:
        product = corrected(said)
    except ValueError as error:
        raise Rejected(
            "parameters: {said_of}", code="parameters.wrong", values={"said_of": said_of(error)}
        ) from None
    if given.problem.kind == "no_weight" and (missing := _missing(given, item, product)):
        raise Rejected(
            "parameters: {offer_id} still lacks {missing}: give them with this answer",
            code="parameters.still_missing",
            values={"offer_id": said["offer_id"], "missing": ", ".join(missing)},
        )
    if refused := (await import_products(given.app, given.problem.seller, [product], given.actor)).problems:
        raise Rejected(
            "parameters: {said_of}", code="parameters.wrong", values={"said_of": refused[0].reason}
        )


def _items(given: Given) -> dict[str, Item]:
    """What may be corrected, by the name that a person gives: the problem's products, else all of the
    posting's."""
    posting = posting_row(given.app.store.reader, given.problem.posting_id)
    own = {item.offer_id or item.sku: item for item in posting.document.items}
    asked = given.problem.data.get("items") or own
    return {name: item for name, item in own.items() if name in asked} or own


def _missing(given: Given, item: Item, said: ProductLine) -> list[str]:
    """The measures that nobody would know of this item after the answer."""
    (known,) = complete_items(given.app.store.reader, given.problem.seller, [item])
    after = {name: getattr(said if name in said.columns else known, name) for name in _MEASURES}
    return [name for name, value in after.items() if value is None]


offer(
    Answer(
        code="correct_product",
        parameters=("offer_id", "weight_g", "length_mm", "width_mm", "height_mm"),
        prepare=_correct,
        apply=goes_on,
    )
)
