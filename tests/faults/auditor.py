"""Checks the invariants of a fault run on the couriers' and Ozon's own books and on the hub's tables.

It reads the tables with plain SQL and shares no code with the journal.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

Truth = dict[str, Any]


class Audit:
    """What a run has come to. ``findings`` is empty when every invariant holds."""

    def __init__(self, database: Path, couriers: dict[str, Truth], ozon: Truth) -> None:
        self._tables = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        self._tables.row_factory = sqlite3.Row
        self._couriers = couriers
        self._ozon = {one["number"]: one for one in ozon["postings"]}
        self.findings: list[str] = []
        self.known_twice: list[str] = []
        """References that are live twice, and shown to a person: late commits after the settle window."""
        try:
            self._check()
        finally:
            self._tables.close()

    def _check(self) -> None:
        (integrity,) = self._tables.execute("PRAGMA integrity_check").fetchone()
        if integrity != "ok":
            self.findings.append(f"integrity_check: {integrity}")
        for name, truth in self._couriers.items():
            self._courier(name, truth["shipments"])
        self._money()
        self._told()
        self._labels()
        self._open_ends()
        self._doubt()

    def _courier(self, name: str, shipments: list[Truth]) -> None:
        """At most one live order per reference; each has an older intent; a confirmed one is the live one."""
        intents = {
            row["reference"]: row
            for row in self._tables.execute(
                "SELECT o.*, s.state AS standing FROM operations o JOIN shipments s ON s.id = o.subject_id "
                "WHERE o.kind = 'book' AND s.carrier = ?",
                (name,),
            )
        }
        live: dict[str, list[Truth]] = defaultdict(list)
        for one in shipments:
            if one["live"]:
                live[one["reference"]].append(one)
            intent = intents.get(one["reference"])
            if intent is None:
                self.findings.append(f"{name}: {one['number']} has no intent here")
            elif intent["created_at"] > _micros(one["created_at"]):
                self.findings.append(f"{name}: {one['number']} is older than its intent")
        for reference, found in live.items():
            if len(found) > 1:
                self._twice(name, reference, found)
        for reference, intent in intents.items():
            cancelled = intent["standing"] in ("cancelling", "cancelled")
            if intent["state"] == "confirmed" and not live[reference] and not cancelled:
                self.findings.append(f"{name}: {reference} is confirmed here and not live there")
            if intent["standing"] == "cancelled" and live[reference]:
                self.findings.append(f"{name}: {reference} is cancelled here and live there")
            if intent["state"] == "rejected" and live[reference]:
                self.findings.append(f"{name}: {reference} is rejected here and live there")

    def _twice(self, name: str, reference: str, found: list[Truth]) -> None:
        problem = self._tables.execute(
            "SELECT 1 FROM problems p JOIN operations o ON o.id = p.operation_id "
            "WHERE p.kind = 'booked_twice' AND o.reference = ?",
            (reference,),
        ).fetchone()
        numbers = ", ".join(one["number"] for one in found)
        if problem is None or len(found) > 2:
            self.findings.append(f"{name}: {reference} is live {len(found)} times: {numbers}")
        else:
            self.known_twice.append(reference)

    def _money(self) -> None:
        """Committed is the sum of the prices that the couriers ask for the bookings that are confirmed."""
        orders = {
            (name, one["number"]): one for name, truth in self._couriers.items() for one in truth["shipments"]
        }
        for row in self._tables.execute("SELECT * FROM shipments WHERE state = 'booked'"):
            order = orders.get((row["carrier"], row["carrier_id"]))
            if order is None:
                self.findings.append(f"{row['reference']}: booked here, unknown there")
                continue
            if order["reference"] != row["reference"]:
                self.findings.append(f"{row['reference']}: has the order of {order['reference']}")
            elif Decimal(order["price"]["amount"]) * 100 != row["committed_minor"]:
                asked = order["price"]
                self.findings.append(f"{row['reference']}: committed {row['committed_minor']}, asked {asked}")
        over = self._tables.execute(
            "SELECT reference FROM operations WHERE state = 'confirmed' AND price_minor > cap_minor "
            "AND posting_id NOT IN (SELECT posting_id FROM problems WHERE kind = 'price_above_cap')"
        )
        self.findings += [f"{row['reference']}: above its cap, and nobody heard" for row in over]

    def _told(self) -> None:
        """Ozon knows each tracking number that we booked, or an alarm is up."""
        for row in self._tables.execute(
            "SELECT p.number, p.id, s.tracking_number FROM postings p "
            "JOIN shipments s ON s.posting_id = p.id WHERE s.state = 'booked'"
        ):
            known, ours = self._ozon[row["number"]]["tracking_number"], row["tracking_number"]
            alarm = self._tables.execute(
                "SELECT 1 FROM problems WHERE posting_id = ? AND kind = 'report_refused'", (row["id"],)
            ).fetchone()
            if known != ours and alarm is None:
                self.findings.append(f"{row['number']}: Ozon knows {known!r}, booked is {ours!r}")
        local = Counter(row["number"] for row in self._tables.execute("SELECT number FROM postings"))
        for number in self._ozon:
            if local[number] != 1:
                self.findings.append(f"{number} is here {local[number]} times")

    def _labels(self) -> None:
        """A printable label shows the number of its own, live booking."""
        for row in self._tables.execute(
            "SELECT d.codes, p.number, p.stage, s.tracking_number, s.state FROM documents d "
            "JOIN postings p ON p.id = d.posting_id LEFT JOIN shipments s ON s.id = d.shipment_id "
            "WHERE d.kind = 'label' AND d.state = 'ready'"
        ):
            if row["stage"] == "cancelled" or row["state"] not in ("booked", None):
                self.findings.append(f"{row['number']}: a printable label of a dead booking")
            if row["tracking_number"] and row["tracking_number"] not in json.loads(row["codes"]):
                self.findings.append(f"{row['number']}: a label of another parcel")

    def _open_ends(self) -> None:
        """Every outcome is definite, or a person has it; no work hangs."""
        for row in self._tables.execute(
            "SELECT o.reference, o.state FROM operations o WHERE o.kind = 'book' AND o.state NOT IN "
            "('confirmed', 'rejected', 'human')"
        ):
            self.findings.append(f"{row['reference']}: still {row['state']}")
        for row in self._tables.execute(
            "SELECT o.reference FROM operations o WHERE o.state = 'human' AND NOT EXISTS "
            "(SELECT 1 FROM problems p WHERE p.operation_id = o.id) AND o.id NOT IN "
            "(SELECT a.operation_id FROM problem_postings a JOIN problems q ON q.id = a.problem_id "
            "AND q.state = 'open')"
        ):
            self.findings.append(f"{row['reference']}: waits for a person who has not heard of it")

    def _doubt(self) -> None:
        """Nobody put a copy back, so the hub has no reason to stop and ask whether it has forgotten
        something."""
        for row in self._tables.execute(
            "SELECT name FROM counters WHERE name IN ('copied_at', 'lost_at', 'restored_at')"
        ):
            self.findings.append(f"the hub takes its database for one that was put back: {row['name']}")


def _micros(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1_000_000)
