"""How Ozon's check of the units of a posting stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec
import ozon_api
from hub import BadReply, Posting, UnitFact, UnitFault, UnitsCheck

MARKS: Mapping[UnitFact, str] = {"marking": "mandatory_mark", "imei": "imei", "uin": "jw_uin"}
"""Facts that Ozon calls marks, with their types."""

_FACTS: Mapping[str, UnitFact] = {kind: fact for fact, kind in MARKS.items()}
_OF_PACKING = ("ship_available", "ship_not_available", "validation_in_process")
_OF_EDITING = ("update_available", "update_not_available")


class _Part(msgspec.Struct, frozen=True):
    """One thing of one unit. ``there``: it was told, or that there is none."""

    sku: str
    unit_id: str
    fact: UnitFact | Literal[""]
    there: bool
    status: str
    codes: tuple[str, ...]


async def check(client: ozon_api.Client, posting: Posting) -> UnitsCheck:
    return judged(await client.fbs_posting_product_exemplar_status(posting.number), posting)


def judged(answer: ozon_api.ExemplarChecks, posting: Posting) -> UnitsCheck:
    """By the parts first, since ``status`` mixes how the check stands with what may be edited. Pure.

    Raises BadReply for a status that nobody published.
    """
    if answer.status not in (*_OF_PACKING, *_OF_EDITING):
        raise BadReply(
            "Ozon shows the check of the pieces in a state that is not known: {state}",
            code="bad_reply.units_check_state",
            values={"state": answer.status},
        )
    parts = [part for product in answer.products for part in _parts(product)]
    if faults := tuple(_fault(part) for part in parts if part.codes or part.status == "failed"):
        return UnitsCheck(state="failed", faults=faults)
    if any(part.status == "processing" for part in parts) or answer.status == "validation_in_process":
        return UnitsCheck(state="checking")
    if answer.status == "ship_available":
        return UnitsCheck(state="passed")
    if not parts:
        return UnitsCheck(state="checking")
    if _lacks(parts, posting):
        return UnitsCheck(state="wanted")
    if answer.status == "ship_not_available":
        skus = [one.sku for one in posting.unit_needs] or [parts[0].sku]
        faults = tuple(UnitFault(sku=sku, reason=answer.status) for sku in skus)
        return UnitsCheck(state="failed", faults=faults)
    # What may be edited is no word of the check: every mark has to have passed.
    marks = [part for part in parts if part.there and part.fact in ("", *MARKS)]
    return UnitsCheck(state="passed" if all(one.status == "passed" for one in marks) else "checking")


def wrong(answer: ozon_api.ExemplarChecks) -> frozenset[tuple[int, str]]:
    """Units and their values that Ozon found wrong; a check that ran out of time has found nothing."""
    units = [one for product in answer.products for one in product.exemplars]
    return frozenset(
        (one.exemplar_id, text)
        for one in units
        for text, codes in (
            (one.gtd, one.gtd_error_codes),
            (one.rnpt, one.rnpt_error_codes),
            *((mark.mark, mark.error_codes) for mark in one.marks),
        )
        if codes and text
    )


def _parts(product: ozon_api.ProductCheck) -> Iterator[_Part]:
    sku = str(product.product_id)
    for one in product.exemplars:
        unit = str(one.exemplar_id)
        gtd, rnpt = bool(one.gtd) or one.is_gtd_absent, bool(one.rnpt) or one.is_rnpt_absent
        yield _Part(sku, unit, "customs_number", gtd, one.gtd_check_status, one.gtd_error_codes)
        yield _Part(sku, unit, "rnpt", rnpt, one.rnpt_check_status, one.rnpt_error_codes)
        yield _Part(sku, unit, "weight", bool(one.weight), one.weight_check_status, one.weight_error_codes)
        for mark in one.marks:
            fact: UnitFact | Literal[""] = _FACTS.get(mark.mark_type, "")
            yield _Part(sku, unit, fact, bool(mark.mark), mark.check_status, mark.error_codes)


def _fault(part: _Part) -> UnitFault:
    reason = ", ".join(part.codes) or part.status
    return UnitFault(sku=part.sku, unit_id=part.unit_id, fact=part.fact, reason=reason)


def _lacks(parts: Sequence[_Part], posting: Posting) -> bool:
    """Whether something that is wanted was not told."""
    told = {(part.unit_id, part.fact) for part in parts if part.there}
    for wanted in posting.unit_needs:
        units = {part.unit_id for part in parts if part.sku == wanted.sku}
        if any((unit, fact) not in told for unit in units for fact in wanted.facts):
            return True
    return False
