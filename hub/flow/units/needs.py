"""What is wanted of a posting's units, what is known of them, and what is missing. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hub.plugin_api.models import Action, Posting
from hub.plugin_api.units import Unit, UnitFact, UnitFault
from hub.store import rows
from hub.store.units import Code

BY_UNIT: tuple[UnitFact, ...] = ("marking", "imei", "uin", "customs_number", "rnpt", "weight")
"""What is told of each unit, in the order in which it is asked for; the country is told of a line."""

OF_ONE: tuple[Code, ...] = ("marking", "imei", "uin")
"""What only one unit in the world has."""


class Missing(NamedTuple):
    """What is wanted of a unit and not known."""

    sku: str
    number: int
    """From 1 within its line; 0: of the whole line."""
    fact: UnitFact


def are_wanted(document: Posting) -> bool:
    """Whether the posting is to be packed, and the marketplace wants to know of its units before."""
    return bool(document.unit_needs) and Action.ASSEMBLE in document.actions


def missing(document: Posting, known: Sequence[rows.UnitRow]) -> list[Missing]:
    """What has still to be given, line by line."""
    found: list[Missing] = []
    for need in document.unit_needs:
        units = [one for one in known if one.sku == need.sku]
        if "country" in need.facts and not any(one.country for one in units):
            found.append(Missing(need.sku, 0, "country"))
        for one in units:
            lacking = (fact for fact in BY_UNIT if fact in need.facts and not has(one, fact))
            found += [Missing(one.sku, one.number, fact) for fact in lacking]
    return found


def has(unit: rows.UnitRow, fact: UnitFact) -> bool:
    """Whether this is known of the unit, be it that there is none."""
    match fact:
        case "customs_number":
            return bool(unit.customs_number) or unit.no_customs_number
        case "rnpt":
            return bool(unit.rnpt) or unit.no_rnpt
        case "weight":
            return unit.weight_g is not None
        case _:
            return bool(getattr(unit, fact))


def fault_of(fault: UnitFault) -> str:
    """As it is kept at the unit."""
    return f"{fault.fact} {fault.reason}"


def is_faulty(unit: rows.UnitRow, fact: UnitFact) -> bool:
    """Whether the marketplace did not take this of it."""
    return unit.fault.partition(" ")[0] == fact


def told_of(known: Sequence[rows.UnitRow]) -> list[Unit]:
    """The units as the marketplace is told of them."""
    return [
        Unit(
            sku=one.sku,
            marking=one.marking,
            imei=one.imei,
            uin=one.uin,
            customs_number=one.customs_number,
            no_customs_number=one.no_customs_number,
            rnpt=one.rnpt,
            no_rnpt=one.no_rnpt,
            weight_g=one.weight_g,
        )
        for one in known
    ]


__all__ = ["BY_UNIT", "OF_ONE", "Missing", "are_wanted", "fault_of", "has", "is_faulty", "missing", "told_of"]
