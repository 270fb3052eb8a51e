"""The physical units of a posting (Ozon: exemplars), as they are kept: what is wanted, and what was told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from vendor_emulators.ozon.model import Posting, Product

Requirement = Literal["marking", "gtd", "country", "change_country", "rnpt", "imei", "uin", "weight"]

LISTS: dict[Requirement, str] = {
    "gtd": "gtd",
    "country": "country",
    "marking": "mandatory_mark",
    "rnpt": "rnpt",
    "uin": "jw_uin",
    "change_country": "change_country",
    "imei": "imei",
    "weight": "weight",
}
"""A posting's lists are called ``products_requiring_`` and this."""

MARK_TYPES: dict[Requirement, str] = {"marking": "mandatory_mark", "uin": "jw_uin", "imei": "imei"}
OF_UNITS: frozenset[Requirement] = frozenset(LISTS) - {"country", "change_country"}


class Check(msgspec.Struct):
    """Of one value: empty before it is asked for, then processing, passed or failed."""

    status: str = ""
    codes: list[str] = []


class Mark(msgspec.Struct):
    mark: str
    mark_type: str
    check: Check = msgspec.field(default_factory=Check)


class Exemplar(msgspec.Struct):
    """One unit."""

    id: int
    gtd: str = ""
    is_gtd_absent: bool = False
    rnpt: str = ""
    is_rnpt_absent: bool = False
    weight: float = 0
    marks: list[Mark] = []
    gtd_check: Check = msgspec.field(default_factory=Check)
    rnpt_check: Check = msgspec.field(default_factory=Check)
    weight_check: Check = msgspec.field(default_factory=Check)

    def has(self, wanted: Requirement) -> bool:
        match wanted:
            case "gtd":
                return bool(self.gtd) or self.is_gtd_absent
            case "rnpt":
                return bool(self.rnpt) or self.is_rnpt_absent
            case "weight":
                return self.weight > 0
            case _:
                return any(one.mark and one.mark_type == MARK_TYPES.get(wanted) for one in self.marks)

    @property
    def checks(self) -> list[Check]:
        return [self.gtd_check, self.rnpt_check, self.weight_check, *(one.check for one in self.marks)]


class Units(msgspec.Struct):
    """All units of a posting. ``sets`` counts what was told; ``edited``: after packing, and not final."""

    by_sku: dict[int, list[Exemplar]]
    sets: int = 0
    updates: int = 0
    edited: bool = False

    @property
    def all(self) -> list[Exemplar]:
        return [unit for units in self.by_sku.values() for unit in units]

    @property
    def state(self) -> Literal["new", "checking", "failed", "passed"]:
        checks = {check.status for unit in self.all for check in unit.checks}
        if not self.sets:
            return "new"
        return "checking" if "processing" in checks else "failed" if "failed" in checks else "passed"


def weights(product: Product) -> tuple[float, float]:
    """The least and the most that a unit of goods by weight may weigh, in kilograms."""
    return product.weight_g / 2000, product.weight_g * 3 / 2000


def fit(posting: Posting, new_id: Callable[[], int]) -> Units:
    """The posting's units, one for each piece: made where there are none, gone with cancelled pieces."""
    units = posting.units or Units({})
    for product in posting.products:
        known = units.by_sku.get(product.sku, [])[: product.quantity]
        units.by_sku[product.sku] = known + [Exemplar(new_id()) for _ in range(product.quantity - len(known))]
    have = {product.sku for product in posting.products}
    units.by_sku = {sku: found for sku, found in units.by_sku.items() if sku in have}
    posting.units = units
    return units


def divide(parent: Units, family: list[Posting]) -> None:
    """A split posting's units go with their pieces, in order."""
    left = {sku: list(units) for sku, units in parent.by_sku.items()}
    for member in family:
        mine = {}
        for product in member.products:
            pieces = left.get(product.sku, [])
            mine[product.sku], left[product.sku] = pieces[: product.quantity], pieces[product.quantity :]
        member.units = Units(mine, sets=parent.sets)


def lacks(posting: Posting) -> Requirement | None:
    """What has to be told yet before the posting can be packed."""
    for product in posting.products:
        units = posting.units.by_sku.get(product.sku, []) if posting.units else []
        for wanted in product.requires:
            told = len(units) == product.quantity and all(unit.has(wanted) for unit in units)
            if wanted not in OF_UNITS or not told:
                return wanted
    return None


def marks_of(posting: Posting, product: Product, wanted: Requirement) -> list[str]:
    """The codes of one type that were told of a line."""
    units = posting.units.by_sku.get(product.sku, []) if posting.units else []
    kind = MARK_TYPES[wanted]
    return [one.mark for unit in units for one in unit.marks if one.mark_type == kind]
