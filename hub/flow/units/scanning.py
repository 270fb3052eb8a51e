"""Working units off by scanner: each code finds its posting and its unit, and the answer says what is missing
next. A code on the goods that has no number of its own (EAN) shows which posting wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from hub.flow.history.unit_views import Scan
from hub.flow.units import codes, entering, known, needs
from hub.flow.units.keyboard import as_meant
from hub.flow.units.worklist import NOTHING, missing_of
from hub.plugin_api.errors import HubError, Rejected
from hub.plugin_api.models import Item, Stage
from hub.plugin_api.units import UnitFact
from hub.store import Transaction, rows, units

if TYPE_CHECKING:
    from hub.flow.app import App

_NUMBERS: tuple[tuple[units.Code, Callable[[str], str]], ...] = (("imei", codes.imei), ("uin", codes.uin))
"""Numbers of one thing that do not say of which goods it is."""


class _Place(msgspec.Struct, frozen=True):
    """Where a code belongs."""

    row: rows.PostingRow
    item: Item
    unit: rows.UnitRow


async def scan(
    app: App,
    seller: str,
    code: str,
    actor: str,
    *,
    posting_id: str = "",
    warehouse: str | None = None,
) -> Scan:
    """Take a code of the seller's goods in. ``posting_id``: the posting in hand."""
    slug = app.seller(seller).slug

    def write(tx: Transaction) -> Scan:
        waiting = [
            row for row in units.waiting(tx, slug, warehouse=warehouse) if needs.are_wanted(row.document)
        ]
        waiting.sort(key=lambda row: row.id != posting_id)  # what is in hand comes first
        try:
            if (shown := _named(tx, code, waiting)) is not None:
                return shown
            _not_cancelled(rows.postings.get(tx, posting_id), slug, warehouse)
            return _scanned(app, tx, code, waiting, posting_id, actor)
        except HubError as error:
            in_hand = next((row for row in waiting if row.id == posting_id), None)
            return _refused(tx, code, error, in_hand)

    found = await app.store.write(write)
    app.woken.set()
    return found


async def typed(
    app: App, posting_id: str, sku: str, unit: int, fact: UnitFact, value: str, actor: str
) -> Scan:
    """Take in what a person typed of a unit of the posting in hand; ``unit`` 0 is every unit of the line."""
    given = entering.Fact(sku=sku, number=unit, fact=fact, value=value)
    reader = app.store.reader
    try:
        row = await entering.enter(app, posting_id, [given], actor)
    except HubError as error:
        return _refused(reader, value, error, rows.postings.get(reader, posting_id))
    names = {item.sku: item.name for item in row.document.items}
    return Scan(
        asked=value,
        state="taken",
        posting_id=row.id,
        number=row.number,
        sku=sku,
        name=names.get(sku, ""),
        unit=unit,
        fact=fact,
        **missing_of(reader, row),
    )


def _named(tx: Transaction, code: str, waiting: list[rows.PostingRow]) -> Scan | None:
    """The posting whose number, id or label it is."""
    text, _ = as_meant(code[: codes.MOST])
    for row in waiting:
        if text in (row.number, row.id) or text in row.document.barcodes:
            return _shown(tx, code, row)
    return None


def _not_cancelled(in_hand: rows.PostingRow | None, seller: str, warehouse: str | None) -> None:
    """The goods of a posting that was cancelled go into no other by themselves. Raises Rejected."""
    if in_hand is None or in_hand.seller != seller or warehouse not in (None, in_hand.warehouse):
        return
    if Stage(in_hand.stage) is Stage.CANCELLED:
        raise Rejected(
            "{number} was cancelled: put its goods aside, and scan the next posting",
            code="scan_cancelled",
            values={"number": in_hand.number},
        )


def _scanned(
    app: App, tx: Transaction, code: str, waiting: list[rows.PostingRow], posting_id: str, actor: str
) -> Scan:
    text, _ = as_meant(code[: codes.MOST])
    if codes.is_marking(code):
        read = codes.marking(code)
        if (before := _had(tx, waiting, posting_id, "marking", read.code)) is not None:
            return _answer(tx, code, before, "marking")
        place = _place(tx, waiting, "marking", posting_id, gtin=read.gtin)
        return _kept(app, tx, code, place, "marking", read.code, actor)
    for fact, reader in _NUMBERS:
        try:
            value = reader(text)
        except Rejected:
            continue
        if (before := _had(tx, waiting, posting_id, fact, value)) is not None:
            return _answer(tx, code, before, fact)
        if posting_id and any(_free(tx, row, fact) for row in waiting if row.id == posting_id):
            place = _place(tx, waiting, fact, posting_id)
            return _kept(app, tx, code, place, fact, value, actor)
    for row in waiting:
        if any(_is_of(item, text) for item in known.items_of(tx, row)) and missing_of(tx, row)["missing"]:
            return _shown(tx, code, row)
    raise Rejected("no posting that waits for its units has this code", code="scan_unknown")


def _place(
    tx: Transaction,
    waiting: Iterable[rows.PostingRow],
    fact: UnitFact,
    posting_id: str,
    *,
    gtin: str = "",
) -> _Place:
    """Where a code of this kind goes: into the posting in hand, else into the most urgent one that wants one
    for these goods. Raises Rejected."""
    wrong_goods = False
    for row in waiting:
        items = {item.sku: item for item in known.items_of(tx, row)}
        for unit in _free(tx, row, fact):
            item = items[unit.sku]
            if gtin and item.barcodes:
                if not _is_of(item, gtin):
                    wrong_goods = wrong_goods or row.id == posting_id
                    continue
            elif gtin and row.id != posting_id:
                continue  # nobody knows whose it is: only into the posting that somebody has in hand
            return _Place(row, item, unit)
    if wrong_goods:
        raise Rejected(
            "this code is of other goods than the posting in hand: {gtin}",
            code="scan_other_goods",
            values={"gtin": gtin},
        )
    raise Rejected(
        "no posting wants this code. Where the catalogue lacks the goods' barcodes, scan the posting first",
        code="scan_nobody_wants",
    )


def _free(tx: Transaction, row: rows.PostingRow, fact: UnitFact) -> list[rows.UnitRow]:
    """The units of the posting that want this, or may have it, and have it not, or not one that is taken."""
    wants = {one.sku for one in row.document.unit_needs if fact in one.facts | one.may}
    return [
        one
        for one in known.of_posting(tx, row)
        if one.sku in wants and (not needs.has(one, fact) or needs.is_faulty(one, fact))
    ]


def _is_of(item: Item, code: str) -> bool:
    """Whether a GTIN, or a shorter code that it is of, stands on the goods."""
    return code.lstrip("0") in {one.lstrip("0") for one in item.barcodes if one}


def _kept(
    app: App, tx: Transaction, code: str, place: _Place, fact: UnitFact, value: str, actor: str
) -> Scan:
    unit = place.unit
    given = entering.Fact(sku=unit.sku, number=unit.number, fact=fact, value=value)
    row = entering.keep(app, tx, place.row, [given], actor)
    return _answer(tx, code, _Place(row, place.item, unit), fact)


def _had(
    tx: Transaction, waiting: Iterable[rows.PostingRow], posting_id: str, fact: units.Code, code: str
) -> _Place | None:
    """The unit that has this code already: scanned once more, it is the same."""
    for row in waiting:
        for unit in units.of_posting(tx, row.id):
            if getattr(unit, fact) == code and posting_id in ("", row.id):
                items = {item.sku: item for item in row.document.items}
                return _Place(row, items[unit.sku], unit)
    return None


def _answer(tx: Transaction, code: str, place: _Place, fact: UnitFact) -> Scan:
    return Scan(
        asked=code,
        state="taken",
        posting_id=place.row.id,
        number=place.row.number,
        sku=place.unit.sku,
        name=place.item.name,
        unit=place.unit.number,
        fact=fact,
        **missing_of(tx, place.row),
    )


def _shown(tx: Transaction, code: str, row: rows.PostingRow) -> Scan:
    return Scan(asked=code, state="shown", posting_id=row.id, number=row.number, **missing_of(tx, row))


def _refused(tx: Transaction, code: str, error: HubError, in_hand: rows.PostingRow | None) -> Scan:
    return Scan(
        asked=code,
        state="refused",
        posting_id="" if in_hand is None else in_hand.id,
        number="" if in_hand is None else in_hand.number,
        code=error.code,
        reason=error.said,
        **(NOTHING if in_hand is None else missing_of(tx, in_hand)),
    )


__all__ = ["scan", "typed"]
