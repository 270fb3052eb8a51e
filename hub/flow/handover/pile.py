"""What lies here to be handed over, and what a code that somebody scanned or typed means."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from hub.flow.history.results import HandoverCode, HandoverEntry
from hub.flow.history.shipments import has_left, latest_shipment
from hub.flow.problems.kinds import blocking
from hub.flow.problems.opening import is_open
from hub.flow.runtime.warehouse import warehouse_of
from hub.plugin_api.models import Stage
from hub.store import Transaction, documents, handovers, history, rows
from hub.store.postings import to_hand_over
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

LONGEST = 128
"""Characters of a code; no number of a parcel has more."""
_SEVERAL = 20  # parcels that one code may mean, at most, before it says nothing
_CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбю."
_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,./"
_TYPED_SO = str.maketrans(_CYRILLIC + _CYRILLIC.upper(), _LATIN + _LATIN.upper())
"""A scanner types as a keyboard does: with the Russian layout on, these come instead of Latin letters."""


class Pile(NamedTuple):
    """The parcels of a seller, by posting id."""

    here: dict[str, rows.PostingRow]
    """They lie here, and nobody was told of them yet."""
    told: dict[str, rows.HandoverRow]
    """Handed over already, and it goes on by itself: the carrier or the marketplace has not answered."""


def pile(app: App, tx: Transaction, seller: str, among: Sequence[str] | None = None) -> Pile:
    """What can be handed over now, the most urgent first; only what is ``among`` these ids, where they are
    named."""
    told = {posting_id: row for row in handovers.under_way(tx, seller=seller) for posting_id in row.postings}
    here = {
        row.id: row
        for row in to_hand_over(tx, seller=seller, among=among)
        if row.id not in told and not _unwanted(tx, row) and not _mute(app, tx, row)
    }
    return Pile(here, told)


def _unwanted(tx: Transaction, row: rows.PostingRow) -> bool:
    """Its cancel was ordered and refused: a person has to say what becomes of it."""
    return not row.wanted and is_open(tx, row.id, *blocking("undo"))


def _mute(app: App, tx: Transaction, row: rows.PostingRow) -> str:
    """The plugin that would have to tell of it, where that does not run here."""
    if row.document.fulfilment.handover:
        account = rows.accounts.get(tx, row.account)
        plugin = "" if account is None else account.plugin
        return "" if plugin in app.registry.sources else plugin or row.account
    shipment = latest_shipment(tx, row.id)
    return "" if shipment is None or shipment.carrier in app.registry.carriers else shipment.carrier


def forms(code: str) -> list[str]:
    """The code as it may have been meant: as it came, in capitals, and as a keyboard with the other layout
    would have typed it."""
    kept = "".join(one for one in unicodedata.normalize("NFKC", code) if one.isprintable())
    plain = kept.strip()[:LONGEST]
    return list(dict.fromkeys((plain, plain.upper(), plain.translate(_TYPED_SO).upper())))


def named(
    app: App, tx: Transaction, seller: str, codes: Iterable[str], warehouse: str | None, found: Pile
) -> list[HandoverEntry]:
    """What each code means, in their order; of one that names the same parcel once more nothing is said."""
    entries: dict[str, HandoverEntry] = {}
    for code in dict.fromkeys(code for code in codes if code.strip()):
        holders = _holders(tx, seller, code)
        entry = _meant(app, tx, seller, code, holders, warehouse, found)
        entries.setdefault(entry.posting_id or f"?{code}", entry)
    return list(entries.values())


def look(app: App, seller: str, code: str, warehouse: str | None = None) -> HandoverEntry:
    """The parcel that a code means now: ``taken`` where it lies here, ``already`` where it was handed over,
    else why it is none that can be."""
    slug = app.seller(seller).slug

    def read(reader: Transaction) -> HandoverEntry:
        holders = _holders(reader, slug, code)
        found = pile(app, reader, slug, among=list(holders)[:_SEVERAL])
        return _meant(app, reader, slug, code, holders, warehouse, found)

    return app.store.snapshot(read)


def _holders(tx: Transaction, seller: str, code: str) -> dict[str, set[str]]:
    """The postings that a code may mean, with their bookings that it belongs to."""
    found: dict[str, set[str]] = {}
    for posting_id, shipment_id in handovers.holders_of_code(tx, seller=seller, codes=forms(code)):
        found.setdefault(posting_id, set()).add(shipment_id)
    return found


def _meant(
    app: App,
    tx: Transaction,
    seller: str,
    code: str,
    holders: dict[str, set[str]],
    warehouse: str | None,
    found: Pile,
) -> HandoverEntry:
    if len(holders) > 1:  # what is dead says nothing beside what lies here
        holders = {one: of for one, of in holders.items() if one in found.here} or holders
    rows_of = [row for one in holders if (row := rows.postings.get(tx, one)) is not None]
    if not rows_of:
        reason = said(
            "no parcel of {seller} has this code", code="handover.unknown", values={"seller": seller}
        )
        return _refused(code, None, "not_found", reason)
    if len(rows_of) > 1:
        reason = said(
            "several parcels have this code: {numbers}",
            code="handover.ambiguous",
            values={"numbers": ", ".join(sorted(row.number for row in rows_of)[:_SEVERAL])},
        )
        return _refused(code, None, "ambiguous", reason)
    (row,) = rows_of
    return _standing(app, tx, code, row, holders[row.id], warehouse, found)


def _standing(
    app: App,
    tx: Transaction,
    code: str,
    row: rows.PostingRow,
    bookings: set[str],
    warehouse: str | None,
    found: Pile,
) -> HandoverEntry:
    if warehouse is not None and row.warehouse != warehouse:
        there = warehouse_of(tx, app.seller(row.seller), row.warehouse).title
        values = {"warehouse": row.warehouse, "title": there}
        reason = said("of another warehouse, {warehouse} ({title})", code="handover.elsewhere", values=values)
        return _refused(code, row, "elsewhere", reason)
    if Stage(row.stage) is Stage.CANCELLED:
        reason = said("cancelled: take it off the pile", code="handover.cancelled")
        return _refused(code, row, "cancelled", reason)
    live = latest_shipment(tx, row.id)
    dead = live is not None and "" not in bookings and (live.id not in bookings or not live.live)
    if dead:
        reason = said(
            "this label is of a booking that was cancelled: print the label of {number} anew",
            code="handover.void",
            values={"number": row.number},
        )
        return _refused(code, row, "void", reason)
    if row.id in found.told:
        return _already(code, row, found.told[row.id].id)
    if row.id in found.here:
        return HandoverEntry(asked=code, posting_id=row.id, number=row.number, state="taken")
    return _not_here(app, tx, code, row, live)


def _not_here(
    app: App, tx: Transaction, code: str, row: rows.PostingRow, live: rows.ShipmentRow | None
) -> HandoverEntry:
    if has_left(tx, row):
        return _already(code, row, _handover_of(tx, row))
    if plugin := _mute(app, tx, row):
        reason = said(
            "the plugin '{plugin}' does not run here", code="handover.no_plugin", values={"plugin": plugin}
        )
        return _refused(code, row, "held", reason)
    if _unwanted(tx, row) or (live is not None and live.state == "cancelling"):
        reason = said(
            "its cancel was ordered and is not done: 'hub problems'", code="handover.cancel_under_way"
        )
        return _refused(code, row, "held", reason)
    if live is not None and live.state in ("booking", "checking", "unknown"):
        reason = said("its booking is not certain yet: 'hub show'", code="handover.uncertain")
        return _refused(code, row, "held", reason)
    if Stage(row.stage).final or Stage(row.stage).rank >= Stage.HANDED_OVER.rank:
        reason = said(
            "it is {stage:stage}: nothing is to be done", code="handover.over", values={"stage": row.stage}
        )
        return _refused(code, row, "over", reason)
    if not documents.ready_labels(tx, row.id):
        reason = said("it has no label yet: 'hub labels'", code="handover.no_label")
        return _refused(code, row, "not_ready", reason)
    values = {"stage": row.stage}
    return _refused(code, row, "not_ready", said("it is {stage:stage}", code="handover.stage", values=values))


def _handover_of(tx: Transaction, row: rows.PostingRow) -> str:
    """The id of the hand-over that took the posting; empty where an older version did not write it down."""
    declared = history.last_of_kind(tx, row.id, "handover.declared")
    data = {} if declared is None else declared.data
    for name in (data.get("id"), data.get("handover")):
        found = handovers.of_seller(tx, seller=row.seller, name=str(name)) if name else []
        if mine := [one.id for one in found if row.id in one.postings]:
            return mine[-1]
    return ""


def _already(code: str, row: rows.PostingRow, handover: str) -> HandoverEntry:
    values = {"handover": handover}
    reason = said("handed over already[, {handover}]", code="handover.already", values=values)
    return HandoverEntry(
        asked=code,
        posting_id=row.id,
        number=row.number,
        state="already",
        code="handed_over",
        reason=reason,
        handover=handover,
    )


def _refused(code: str, row: rows.PostingRow | None, why: HandoverCode, reason: str) -> HandoverEntry:
    return HandoverEntry(
        asked=code,
        posting_id="" if row is None else row.id,
        number="" if row is None else row.number,
        state="refused",
        code=why,
        reason=reason,
    )


__all__ = ["LONGEST", "Pile", "forms", "look", "named", "pile"]
