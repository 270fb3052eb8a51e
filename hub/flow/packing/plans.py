"""A plugin's plan of boxes, checked where it comes in: what carriers, customs and the marketplace are told is
made of it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from hub.plugin_api.answers import Fault, fault
from hub.plugin_api.errors import BadReply
from hub.plugin_api.models import Item, Parcel
from hub.words import said

MOST_BOXES = 100
"""Of one posting: far more than is ever packed, and few enough to be shown, kept and labelled."""
_MEASURES = ("weight_g", "length_mm", "width_mm", "height_mm")


class BadPlan(BadReply):
    """A plugin's plan of boxes that cannot be used. ``plugins``: those of the seller that plan."""

    code = "bad_plan"

    def __init__(self, plugins: Sequence[str], wrong: Fault) -> None:
        self.facts = {"plugins": ", ".join(plugins), "reason": msgspec.to_builtins(wrong)}
        """For the problem that a person reads."""
        super().__init__(
            said(
                "the plan of boxes of the plugin {plugins} cannot be used: {found}",
                code="bad_plan.of_plugin",
                values={"plugins": ", ".join(plugins), "found": wrong.said},
            )
        )


def plan_fault(planned: object, items: Iterable[Item]) -> Fault | None:
    """What is wrong with a plan for a posting of these lines; None where nothing is.

    A plan is a list of `Parcel`, numbered from 1, with weights and sizes above 0. Every piece lies in one
    box. A box may be empty, for one thing may take several.
    """
    found = fault(planned, list[Parcel])
    if found is not None:
        return found.under("plan")
    assert isinstance(planned, Sequence), "it has the shape of one"
    boxes: Sequence[Parcel] = planned
    if len(boxes) > MOST_BOXES:
        return Fault(code="too_many_boxes", found=str(len(boxes)))
    for index, box in enumerate(boxes):
        for name in _MEASURES:
            if getattr(box, name) < 1:
                return Fault(code="out_of_range", place=f"plan[{index}].{name}")
    if sorted(box.number for box in boxes) != list(range(1, len(boxes) + 1)):
        return Fault(code="box_numbers")
    ordered, packed = _pieces(items), _pieces(item for box in boxes for item in box.items)
    for one in (*ordered, *packed):
        if ordered[one] != packed[one]:
            return Fault(code="not_packed_once", place=one[1] or one[0])
    return None


def _pieces(items: Iterable[Item]) -> Counter[tuple[str, str]]:
    """How many of each product, by its numbers at the marketplace and at the seller."""
    count: Counter[tuple[str, str]] = Counter()
    for item in items:
        count[item.sku, item.offer_id] += item.quantity
    return count


__all__ = ["MOST_BOXES", "BadPlan", "plan_fault"]
