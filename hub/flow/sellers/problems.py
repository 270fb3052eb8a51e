"""What a person says of goods: their weight and size go into the catalogue. And bookings that have the sender
of another warehouse than their postings'."""

from __future__ import annotations

import msgspec

from hub.flow.problems.answers import Answer, Given, goes_on, offer
from hub.flow.problems.kinds import ProblemKind, declare
from hub.flow.sellers.catalogue import import_products
from hub.flow.sellers.leaving import MOVED
from hub.flow.sellers.product_csv import ProductLine
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Product
from hub.words import said_of

declare(ProblemKind(code=MOVED, answers=("dismiss",), about=("shipment",), ends_with=("cancelled",)))


async def _correct(given: Given) -> None:
    """Write what a person says of a product into the catalogue; what they leave out stays as it is."""
    items = given.problem.data.get("items") or []
    said = ({"offer_id": items[0]} if len(items) == 1 else {}) | given.parameters
    if unknown := sorted(said.keys() - set(Product.__struct_fields__)):
        raise Rejected(
            "parameters: a product has no {unknown}",
            code="parameters.product_fields",
            values={"unknown": ", ".join(map(repr, unknown))},
        )
    try:  # numbers may come as texts: the command line has nothing else
        product = msgspec.convert({**said, "columns": list(said)}, ProductLine, strict=False)
    except msgspec.ValidationError as error:
        raise Rejected(
            "parameters: {said_of}", code="parameters.wrong", values={"said_of": said_of(error)}
        ) from None
    if len(said) == 1:
        raise Rejected(
            "parameters: say what is to be corrected, such as weight_g",
            code="parameters.say_what_corrected_weight",
        )
    if refused := (await import_products(given.app, given.problem.seller, [product], given.actor)).problems:
        raise Rejected(
            "parameters: {said_of}", code="parameters.wrong", values={"said_of": refused[0].reason}
        )


offer(
    Answer(
        code="correct_product",
        parameters=("offer_id", "weight_g", "length_mm", "width_mm", "height_mm"),
        prepare=_correct,
        apply=goes_on,
    )
)
