"""The invariants of money after every step of the state machine: the vendors' books against the hub's tables.

Plain SQL; nothing is shared with the journal.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from tests.faults.machine import House, Words
from tests.faults.machine_vendors import SETTLE, Arrival
from tests.flow.desk import Order

_OPEN = ("planned", "sending", "accepted", "unknown")


class MachineAudit:
    """Looks at a house from outside. Keeps what the hub knew once, for a restore forgets it."""

    def __init__(self, house: House, words: Words) -> None:
        self.house = house
        self.words = words
        self.posting_of: dict[str, str] = {}
        """Number of the posting by the reference of a booking, as the hub once said."""
        self.seen_twice: set[str] = set()

    def check(self, *, over: bool = False) -> list[str]:
        """What is wrong now. ``over``: enough time has passed for everything to have ended."""
        tables = sqlite3.connect(f"file:{self.house.home / 'hub.sqlite'}?mode=ro", uri=True)
        tables.row_factory = sqlite3.Row
        try:
            found = [*self._orders(tables), *self._sends(), *self._money(tables), *self._labels(tables)]
            found += [*self._work(tables), *self._people(tables)]
            if over:
                found += [*self._ends(tables), *self._market(tables)]
            return found
        finally:
            tables.close()

    # --- orders ---------------------------------------------------------------------------------------

    def _orders(self, tables: sqlite3.Connection) -> Iterator[str]:
        vendors = self.house.vendors
        intents = {row["reference"]: row for row in _bookings(tables)}
        for reference, row in intents.items():
            self.posting_of[reference] = row["number"]
        live: dict[str, list[Order]] = defaultdict(list)
        for order in vendors.orders:
            if order.reference not in intents and not self._forgotten(order):
                yield f"{order.number}: no intent of {order.reference} is here"
            if order.live and order.at <= self.house.now:
                live[self.posting_of.get(order.reference, order.reference)].append(order)
        here = set(intents) | {row["reference"] for row in tables.execute("SELECT reference FROM shipments")}
        for number, orders in live.items():
            if len(orders) > 1 and here & {order.reference for order in orders}:
                yield from self._twice(tables, number, orders)
        visible = {order.reference for order in vendors.live()}
        for reference, row in intents.items():
            unknown = not self._watched(row) and not _told(tables, row["id"], "booked_twice")
            if row["state"] == "rejected" and reference in visible and unknown:
                yield f"{reference}: rejected here and live there"

    def _twice(self, tables: sqlite3.Connection, number: str, orders: list[Order]) -> Iterator[str]:
        told = tables.execute(
            "SELECT 1 FROM problems p JOIN operations o ON o.id = p.operation_id JOIN postings t "
            "ON t.id = p.posting_id WHERE t.number = ? AND p.kind IN ('booked_twice', 'operation_unknown')",
            (number,),
        ).fetchone()
        late = any(order.number in self.house.vendors.late for order in orders)
        watched = [row for row in _bookings(tables) if row["number"] == number and self._watched(row)]
        if told is not None:
            self.seen_twice.add(number)
        elif not (late and watched) and not self._past_keys(orders):
            yield f"{number} is live {len(orders)} times: {', '.join(one.number for one in orders)}"

    def _past_keys(self, orders: list[Order]) -> bool:
        """Nobody can be asked for the key of a later booking that a restored backup has forgotten: the
        documentation says so."""
        forgotten = any(self._forgotten(order) for order in orders)
        return self.house.carrier == "key" and forgotten and len({one.reference for one in orders}) > 1

    def _watched(self, row: Any) -> bool:
        """It is looked at again by itself."""
        return row["state"] in _OPEN or row["look_after"] is not None

    def _sends(self) -> Iterator[str]:
        by_reference: dict[str, list[Arrival]] = defaultdict(list)
        for arrival in self.house.vendors.arrivals:
            by_reference[arrival.reference].append(arrival)
        none = self.house.carrier == "none"
        for reference, arrivals in by_reference.items():
            # A restored hub has forgotten its sends; without protection one too many costs money.
            lives = 1 + len(self.house.restores)
            allowed = (1 if none else 2 * lives) + self.words.absent[reference]
            if len(arrivals) > allowed:
                yield f"{reference} was sent {len(arrivals)} times, {allowed} are allowed"
            for first, second in pairwise(arrivals):
                word = any(first.at <= time <= second.at for time in self.words.times.get(reference, ()))
                if first.refused != "taken" and second.at - first.at < SETTLE and not word:
                    yield f"{reference} was sent again after {second.at - first.at}"

    def _forgotten(self, order: Order) -> bool:
        arrived = [one.at for one in self.house.vendors.arrivals if one.reference == order.reference]
        return any(self.house.forgotten(time) for time in arrived)

    # --- money ----------------------------------------------------------------------------------------

    def _money(self, tables: sqlite3.Connection) -> Iterator[str]:
        orders = {order.number: order for order in self.house.vendors.orders}
        committed = asked = 0
        for row in tables.execute(
            "SELECT s.*, o.result, o.price_minor FROM shipments s JOIN operations o ON o.subject_id = s.id "
            "AND o.kind = 'book' WHERE s.state IN ('booked', 'cancelling')"
        ):
            order = orders.get(row["carrier_id"])
            if order is None:
                yield f"{row['reference']}: booked here, unknown there"
                continue
            committed += row["committed_minor"]
            # A person who found the order did not say its price: what was quoted counts.
            by_word = "word_of_a_person" in json.loads(row["result"]) and row["price_minor"] is None
            asked += row["quoted_minor"] if by_word else order.price.minor
            ended = self.house.vendors.ended.get(order.number)
            known = ended is None or not self.house.forgotten(ended)
            if not order.live and row["state"] == "booked" and known:
                yield f"{row['reference']}: booked here and dead there"
        if committed != asked:
            yield f"committed {committed}, the carrier asks {asked}"
        for row in tables.execute("SELECT * FROM shipments WHERE state = 'cancelled'"):
            order = orders.get(row["carrier_id"])
            if order is not None and order.live:
                yield f"{row['reference']}: cancelled here and live there"
        over = tables.execute(
            "SELECT reference FROM operations WHERE kind = 'book' AND state = 'confirmed' AND "
            "price_minor > cap_minor AND posting_id NOT IN "
            "(SELECT posting_id FROM problems WHERE kind = 'price_above_cap')"
        )
        for row in over:
            yield f"{row['reference']}: above its cap, and nobody heard"

    # --- labels ---------------------------------------------------------------------------------------

    def _labels(self, tables: sqlite3.Connection) -> Iterator[str]:
        waiting = {row["key"] for row in tables.execute("SELECT key FROM jobs WHERE state <> 'dead'")}
        for row in tables.execute(
            "SELECT d.codes, p.id, p.number, p.stage, s.tracking_number, s.state FROM documents d "
            "JOIN postings p ON p.id = d.posting_id JOIN shipments s ON s.id = d.shipment_id "
            "WHERE d.kind = 'label' AND d.state = 'ready'"
        ):
            soon = row["stage"] == "cancelled" and f"advance:{row['id']}" in waiting
            if row["state"] != "booked" or (row["stage"] == "cancelled" and not soon):
                yield f"{row['number']} ({row['stage']}): a printable label of a booking {row['state']}"
            if row["tracking_number"] not in json.loads(row["codes"]):
                yield f"{row['number']}: a label of another parcel"

    # --- nothing hangs --------------------------------------------------------------------------------

    def _work(self, tables: sqlite3.Connection) -> Iterator[str]:
        jobs = {row["key"]: row["state"] for row in tables.execute("SELECT key, state FROM jobs")}
        for row in tables.execute(
            "SELECT o.kind, o.state, o.posting_id, p.number FROM operations o JOIN postings p "
            f"ON p.id = o.posting_id WHERE o.state IN {_OPEN} OR o.look_after IS NOT NULL"
        ):
            state = jobs.get(f"advance:{row['posting_id']}")
            if state is None or (state == "dead" and not _problem(tables, row["posting_id"], "work_stopped")):
                yield f"{row['number']}: {row['kind']} is {row['state']}, and its work is {state}"
        for row in tables.execute(
            "SELECT p.id, p.number, p.stage FROM postings p WHERE p.wanted = 1 AND p.is_open = 1 "
            "AND p.stage IN ('new', 'assembled', 'booked')"
        ):
            work = {key for key in jobs if key == f"advance:{row['id']}" or key.startswith("labels:")}
            if not work and not _problem(tables, row["id"]):
                yield f"{row['number']} is {row['stage']} and wanted, and nobody works on it"

    def _people(self, tables: sqlite3.Connection) -> Iterator[str]:
        for row in tables.execute(
            "SELECT o.id, o.kind, p.number FROM operations o JOIN postings p ON p.id = o.posting_id "
            "WHERE o.state = 'human' AND p.stage <> 'cancelled' AND NOT EXISTS "
            "(SELECT 1 FROM problems q WHERE q.operation_id = o.id OR (q.posting_id = o.posting_id AND "
            "q.kind IN ('operation_unknown', 'report_refused', 'cancel_refused'))) "
            f"AND o.id NOT IN (SELECT a.operation_id FROM {_ASKED})"
        ):
            yield f"{row['number']}: {row['kind']} waits for a person who has not heard of it"
        for row in tables.execute(
            "SELECT p.number, p.problems, (SELECT count(*) FROM problems q WHERE q.posting_id = p.id "
            "AND q.state = 'open') + (SELECT count(DISTINCT q.id) "
            f"FROM {_ASKED} WHERE a.posting_id = p.id) AS found FROM postings p"
        ):
            if row["problems"] != row["found"]:
                yield f"{row['number']} says {row['problems']} problems, and has {row['found']}"

    # --- the end --------------------------------------------------------------------------------------

    def _ends(self, tables: sqlite3.Connection) -> Iterator[str]:
        for row in tables.execute(f"SELECT kind, reference, state FROM operations WHERE state IN {_OPEN}"):
            yield f"{row['kind']} {row['reference']}: still {row['state']}"
        for row in tables.execute(
            "SELECT p.id, p.number, s.state FROM postings p JOIN shipments s ON s.posting_id = p.id "
            "WHERE p.stage = 'cancelled' AND s.state IN ('booking', 'booked', 'cancelling', 'unknown')"
        ):
            if not _problem(tables, row["id"], *_ABOUT_A_BOOKING):
                yield f"{row['number']} is cancelled, and its booking is {row['state']}"
        live: dict[str, list[Order]] = defaultdict(list)
        for order in self.house.vendors.live():
            live[self.posting_of.get(order.reference, order.reference)].append(order)
        # A restored hub may never have heard of them.
        here = {row["reference"] for row in tables.execute("SELECT reference FROM shipments")}
        for number, orders in live.items():
            heard = number in self.seen_twice or self._past_keys(orders)
            if len(orders) > 1 and here & {order.reference for order in orders} and not heard:
                yield f"{number} is live {len(orders)} times, and nobody heard"

    def _market(self, tables: sqlite3.Connection) -> Iterator[str]:
        """Every posting is here once, and the marketplace knows what it was to be told."""
        here = {row["number"]: row for row in tables.execute("SELECT * FROM postings")}
        for number, posting in self.house.vendors.postings.items():
            if number not in here:
                yield f"{number} is not here"
                continue
            row = here[number]
            if row["stage"] != "labelled" or not row["wanted"]:
                continue
            known = posting.tracking_number == row["tracking_number"]
            if not known and not _problem(
                tables, row["id"], "report_refused", "number_not_taken", "work_stopped"
            ):
                yield f"{number}: the market knows {posting.tracking_number}, not {row['tracking_number']}"
        again = tables.execute("SELECT number FROM postings GROUP BY number HAVING count(*) > 1")
        yield from (f"{row['number']} is here more than once" for row in again)


def _bookings(tables: sqlite3.Connection) -> list[sqlite3.Row]:
    return tables.execute(
        "SELECT o.*, p.number FROM operations o JOIN postings p ON p.id = o.posting_id WHERE o.kind = 'book'"
    ).fetchall()


def _told(tables: sqlite3.Connection, operation_id: str, kind: str) -> bool:
    found = tables.execute("SELECT 1 FROM problems WHERE operation_id = ? AND kind = ?", (operation_id, kind))
    return found.fetchone() is not None


_ALARMS = ("late_risk", "sent_without_handover", "not_scanned", "courier_missed")
"""Problems that hold nothing up."""
_ABOUT_A_BOOKING = (
    *("cancel_refused", "operation_unknown", "outage_unknown", "booked_elsewhere"),
    "work_stopped",
)
"""Problems that tell a person that a booking is not over."""
_ASKED = "problem_postings a JOIN problems q ON q.id = a.problem_id AND q.state = 'open'"
"""What waits for the answer to a question about its account."""


def _problem(tables: sqlite3.Connection, posting_id: str, *kinds: str) -> bool:
    """An open problem of one of these kinds, or of any but an alarm."""
    found = tables.execute(
        "SELECT kind FROM problems WHERE posting_id = ? AND state = 'open' UNION "
        f"SELECT q.kind FROM {_ASKED} WHERE a.posting_id = ?",
        (posting_id, posting_id),
    ).fetchall()
    return any(row["kind"] in kinds if kinds else row["kind"] not in _ALARMS for row in found)


__all__ = ["MachineAudit"]
