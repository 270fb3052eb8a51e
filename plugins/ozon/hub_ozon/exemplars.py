"""What Ozon wants to know of the units of a posting before it is packed (Ozon: exemplars)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

import ozon_api
from hub import (
    Posting,
    Rejected,
    ReportResult,
    Unavailable,
    Unit,
    UnitFact,
    UnitNeeds,
)

from hub_ozon import exemplar_checks
from hub_ozon.exemplar_checks import MARKS

_REQUIRING: tuple[tuple[str, UnitFact], ...] = (
    ("products_requiring_mandatory_mark", "marking"),
    ("products_requiring_imei", "imei"),
    ("products_requiring_jw_uin", "uin"),
    ("products_requiring_gtd", "customs_number"),
    ("products_requiring_rnpt", "rnpt"),
    ("products_requiring_weight", "weight"),
    ("products_requiring_country", "country"),
    ("products_requiring_change_country", "country"),
)
_MADE_PAUSE = timedelta(minutes=1)


def needs(wire: ozon_api.Posting) -> tuple[UnitNeeds, ...]:
    """What is wanted, by line. The lists hold SKUs, and stand there after packing as well; one that is no
    line of the posting is left out."""
    facts: dict[int, set[UnitFact]] = {}
    for name, fact in _REQUIRING if wire.requirements is not None else ():
        for sku in getattr(wire.requirements, name):
            facts.setdefault(sku, set()).add(fact)
    may = set(wire.optional.products_with_possible_mandatory_mark) if wire.optional is not None else set()
    lines = dict.fromkeys(product.sku for product in wire.products)
    return tuple(
        UnitNeeds(
            sku=str(sku),
            facts=frozenset(facts.get(sku, ())),
            may=frozenset({"marking"} if sku in may and "marking" not in facts.get(sku, ()) else ()),
        )
        for sku in lines
        if sku in facts or sku in may
    )


async def listed(client: ozon_api.Client, posting: Posting) -> Sequence[Unit]:
    """The posting's units, with what Ozon has of them."""
    stored = await _stored(client, posting)
    return [_unit(product, one) for product in stored.products for one in product.exemplars]


async def _stored(client: ozon_api.Client, posting: Posting) -> ozon_api.StoredExemplars:
    """All of them: Ozon may give fewer than there are for a while."""
    stored = await client.fbs_posting_product_exemplar_create_or_get(posting.number)
    made: dict[str, int] = {}
    for product in stored.products:
        made[str(product.product_id)] = made.get(str(product.product_id), 0) + len(product.exemplars)
    wanted: dict[str, int] = {}
    for item in posting.items:
        wanted[item.sku] = wanted.get(item.sku, 0) + item.quantity
    if any(made.get(one.sku, 0) < wanted.get(one.sku, 0) for one in posting.unit_needs):
        raise Unavailable(
            "Ozon has not given every piece of this posting its number yet.",
            code="unavailable.ozon_units_not_made",
            retry_after=_MADE_PAUSE,
        )
    return stored


def _unit(product: ozon_api.StoredProduct, one: ozon_api.StoredExemplar) -> Unit:
    marks = {mark.mark_type: mark.mark for mark in reversed(one.marks)}
    return Unit(
        sku=str(product.product_id),
        unit_id=str(one.exemplar_id),
        marking=marks.get(MARKS["marking"], ""),
        imei=marks.get(MARKS["imei"], ""),
        uin=marks.get(MARKS["uin"], ""),
        customs_number=one.gtd,
        no_customs_number=one.is_gtd_absent,
        rnpt=one.rnpt,
        no_rnpt=one.is_rnpt_absent,
        weight_g=round(one.weight * 1000) if one.weight else None,
    )


async def tell(client: ozon_api.Client, posting: Posting, units: Sequence[Unit]) -> ReportResult:
    """Tell the full set. What is not given of a unit, and marks of types that the hub does not know, stay as
    Ozon has them, but for what Ozon found wrong.

    A set begins the check anew, so one that Ozon has already is sent again only where its check failed. After
    packing that second call makes it final, since one call is one request that changes something. Raises
    Rejected for a unit that Ozon does not know.
    """
    stored = await _stored(client, posting)
    given = {unit.unit_id: unit for unit in units}
    known = {str(one.exemplar_id) for product in stored.products for one in product.exemplars}
    if strange := sorted(given.keys() - known):
        raise Rejected(
            "Ozon does not know the piece {unit}: read the posting again.",
            code="rejected.ozon_unit_unknown",
            values={"unit": strange[0] or "-"},
        )
    answer = await client.fbs_posting_product_exemplar_status(posting.number)
    sheet = _sheet(stored, given, exemplar_checks.wrong(answer))
    failed = exemplar_checks.judged(answer, posting).state == "failed"
    if sheet == _sheet(stored, {}, frozenset()) and not failed:
        if "update_cis" not in posting.raw_actions:
            return ReportResult(number=posting.number, state="done")
        await client.fbs_posting_product_exemplar_update(posting.number)
    else:
        boxes = max(stored.multi_box_qty, 1)
        await client.fbs_posting_product_exemplar_set(posting.number, sheet, multi_box_qty=boxes)
    return ReportResult(number=posting.number, state="accepted")


def _sheet(
    stored: ozon_api.StoredExemplars, given: Mapping[str, Unit], wrong: frozenset[tuple[int, str]]
) -> tuple[ozon_api.ProductToSet, ...]:
    return tuple(
        ozon_api.ProductToSet(
            product_id=product.product_id,
            exemplars=tuple(_told(one, given.get(str(one.exemplar_id)), wrong) for one in product.exemplars),
        )
        for product in stored.products
        if product.exemplars
    )


def _told(
    one: ozon_api.StoredExemplar, unit: Unit | None, wrong: frozenset[tuple[int, str]]
) -> ozon_api.ExemplarToSet:
    """One unit as it is told: what is given, and else what Ozon has and has not found wrong."""

    def kept(text: str) -> str:
        return "" if (one.exemplar_id, text) in wrong else text

    unit = unit or Unit(sku="")
    given = {MARKS["marking"]: unit.marking, MARKS["imei"]: unit.imei, MARKS["uin"]: unit.uin}
    left = {kind: text for kind, text in given.items() if text}
    marks = []
    for mark in one.marks:
        # A new code takes the place of the old one, so that the same set is the same bytes.
        text = left.pop(mark.mark_type, "") if given.get(mark.mark_type) else kept(mark.mark)
        if text:
            marks.append(ozon_api.MarkToSet(mark=text, mark_type=mark.mark_type))
    marks += [ozon_api.MarkToSet(mark=text, mark_type=kind) for kind, text in left.items()]
    customs, batch = bool(unit.customs_number or unit.no_customs_number), bool(unit.rnpt or unit.no_rnpt)
    weight = Decimal(unit.weight_g) / 1000 if unit.weight_g else one.weight
    return ozon_api.ExemplarToSet(
        exemplar_id=one.exemplar_id,
        gtd=unit.customs_number if customs else kept(one.gtd),
        is_gtd_absent=not unit.customs_number if customs else one.is_gtd_absent,
        rnpt=unit.rnpt if batch else kept(one.rnpt),
        is_rnpt_absent=not unit.rnpt if batch else one.is_rnpt_absent,
        weight=float(weight) if weight else None,
        marks=tuple(marks),
    )
