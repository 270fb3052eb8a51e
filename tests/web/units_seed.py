"""A seeded posting whose goods are marked."""

from __future__ import annotations

import msgspec

from hub.flow.app import App
from hub.flow.intake.units import expect
from hub.plugin_api.models import Action, Stage
from hub.plugin_api.units import UnitNeeds
from hub.store import Transaction, rows
from tests.web.seed import Seeded

GTIN = "04607026432004"
GS = "\x1d"


def code(serial: str) -> str:
    """A marking code with this serial number."""
    return f"01{GTIN}21{serial:0>13}{GS}91EE06{GS}92{'a' * 43}="


def mark(hub: App, seeded: Seeded) -> rows.PostingRow:
    """The first posting is to be packed, and the marketplace wants the marking of its first line."""
    row = seeded.postings[0]
    line = msgspec.structs.replace(row.document.items[0], quantity=2)
    document = msgspec.structs.replace(
        row.document,
        items=(line, *row.document.items[1:]),
        actions=frozenset({Action.ASSEMBLE, Action.CANCEL}),
        unit_needs=(UnitNeeds(sku=line.sku, facts=frozenset({"marking", "customs_number"})),),
    )
    marked = msgspec.structs.replace(row, document=document, stage=str(Stage.NEW), is_open=True)

    def write(tx: Transaction) -> None:
        rows.postings.save(tx, marked)
        expect(tx, marked, now=hub.clock.now())

    hub.store.write_now(write)
    return marked
