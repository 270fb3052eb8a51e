"""What people say of units, checked before it is kept: typed, scanned, from a file or over HTTP alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from hub.flow.history.recording import advance_soon, posting_row, record
from hub.flow.problems.opening import close_problems
from hub.flow.units import codes, needs, telling
from hub.plugin_api.errors import Conflict, Rejected
from hub.plugin_api.units import UnitFact
from hub.store import Transaction, rows, units

if TYPE_CHECKING:
    from hub.flow.app import App

NONE = "none"
"""The word for "there is none", of a customs number or a batch: only a person says it."""
_NONES = frozenset({NONE, "нет", "无", "没有"})
_HEAVIEST = 1_000_000
_COLUMNS: Mapping[UnitFact, str] = {"weight": "weight_g"}


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is known of a unit."""

    sku: str
    number: int
    """From 1 within its line; 0: of every unit of the line."""
    fact: UnitFact
    value: str
    """As it was typed or scanned."""


async def enter(app: App, posting_id: str, facts: Sequence[Fact], actor: str) -> rows.PostingRow:
    """Keep what is known of a posting's units, all of it or nothing.

    Raises Conflict where nothing is wanted of its units now, Rejected for the first that cannot be kept.
    """

    def write(tx: Transaction) -> rows.PostingRow:
        return keep(app, tx, posting_row(tx, posting_id), facts, actor)

    row = await app.store.write(write)
    app.woken.set()
    return row


def keep(
    app: App, tx: Transaction, row: rows.PostingRow, facts: Sequence[Fact], actor: str
) -> rows.PostingRow:
    """The same within a transaction."""
    if not needs.are_wanted(row.document):
        raise Conflict(
            "nothing is wanted of the units of {number} now",
            code="units_not_wanted",
            values={"number": row.number},
        )
    now = app.clock.now()
    for fact in facts:
        for unit in _meant(tx, row, fact):
            _keep_one(tx, row, unit, fact, actor, now)
    told = {"count": len(facts), "facts": sorted({one.fact for one in facts})}
    row = record(tx, row, "units.entered", told, actor=actor, now=now)
    row = close_problems(tx, row, telling.REFUSED, now=now, answer="corrected")
    advance_soon(tx, row, now=now)
    return row


def _meant(tx: Transaction, row: rows.PostingRow, fact: Fact) -> list[rows.UnitRow]:
    known = units.of_posting(tx, row.id)
    found = [one for one in known if one.sku == fact.sku and fact.number in (0, one.number)]
    if not found:
        raise Rejected(
            "{number} has no unit {unit} of {sku} of which anything is wanted",
            code="no_such_unit",
            values={"number": row.number, "unit": fact.number, "sku": fact.sku},
        )
    if fact.number == 0 and len(found) > 1 and fact.fact in needs.OF_ONE:
        raise Rejected("each unit has a code of its own: say which one", code="say_which_unit")
    return found


def _keep_one(
    tx: Transaction, row: rows.PostingRow, unit: rows.UnitRow, fact: Fact, actor: str, now: datetime
) -> None:
    changes = read(fact.fact, fact.value)
    if fact.fact in needs.OF_ONE and (code := changes[fact.fact]):
        _once(tx, row, unit, fact.fact, code)
    rows.units.save(
        tx, msgspec.structs.replace(unit, **changes, fault="", updated_by=actor, updated_at=now), was=unit
    )


def _once(tx: Transaction, row: rows.PostingRow, unit: rows.UnitRow, fact: units.Code, code: str) -> None:
    """Such a code is on one thing in the world."""
    for one in units.of_posting(tx, row.id):
        if getattr(one, fact) == code and (one.sku, one.number) != (unit.sku, unit.number):
            raise Rejected("this code was scanned for another unit of the posting", code="marking_twice")
    other = units.holder_of(tx, fact, code, but=row.id)
    if other is not None:
        here = (other.seller, other.warehouse) == (row.seller, row.warehouse)
        number = other.number if here else ""  # who scans may see no other warehouse
        raise Rejected(
            "this code belongs to another posting[: {number}]",
            code="marking_taken",
            values={"number": number},
        )


def read(fact: UnitFact, value: str) -> dict[str, Any]:
    """The columns of a unit that this changes. An empty value takes back what was known. Raises Rejected."""
    text = value.strip(" \t\r\n")
    if not text:
        return _nothing(fact)
    if fact in ("customs_number", "rnpt"):
        none = text.casefold() in _NONES
        reader: Callable[[str], str] = codes.customs_number if fact == "customs_number" else codes.rnpt
        return {fact: "" if none else reader(text), f"no_{fact}": none}
    match fact:
        case "marking":
            return {"marking": codes.marking(value).code}
        case "imei":
            return {"imei": codes.imei(text)}
        case "uin":
            return {"uin": codes.uin(text)}
        case "weight":
            return {"weight_g": _grams(text)}
        case _:
            return {"country": _country(text)}


def _nothing(fact: UnitFact) -> dict[str, Any]:
    if fact in ("customs_number", "rnpt"):
        return {fact: "", f"no_{fact}": False}
    return {_COLUMNS.get(fact, fact): None if fact == "weight" else ""}


def _grams(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _HEAVIEST):
        raise Rejected("a weight is a whole number of grams, above 0", code="weight_wrong")
    return int(text)


def _country(text: str) -> str:
    if len(text) != 2 or not text.isascii() or not text.isalpha():
        raise Rejected("a country is two letters: RU, CN", code="country_wrong")
    return text.upper()


__all__ = ["NONE", "Fact", "enter", "keep", "read"]
