"""How often each vendor was called today, by account: one row a limit and day of the vendor."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from hub.store.connection import Connection, Transaction
from hub.store.mapping import micros
from hub.store.rows import CallsRow, calls

_KEPT = 14  # days; the last allowance that a vendor named stays

_LIVE = "('booking', 'unknown', 'checking', 'booked')"
_BEFORE_LABEL = ("new", "waiting", "planned", "packed", "registering", "assembled", "booked")


def used(reader: Connection, account: str, meter: str, day: str) -> int:
    """What is counted so far."""
    row = calls.get(reader, account, meter, day)
    return 0 if row is None else row.used


def allowed(reader: Connection, account: str, meter: str) -> int | None:
    """What the vendor said last that it allows."""
    row = calls.first(
        reader,
        "WHERE account = ? AND meter = ? AND allowed IS NOT NULL ORDER BY day DESC LIMIT 1",
        (account, meter),
    )
    return None if row is None else row.allowed


def of_today(reader: Connection, account: str, now: datetime) -> list[CallsRow]:
    """The newest row of each meter that is of today somewhere on earth."""
    earliest = (now - timedelta(hours=12)).date().isoformat()
    found = calls.all(reader, "WHERE account = ? AND day >= ? ORDER BY day", (account, earliest))
    return list({row.meter: row for row in found}.values())


def claim(tx: Transaction, account: str, meter: str, day: str, count: int) -> None:
    """Count so many more, or fewer."""
    known = calls.get(tx, account, meter, day) or CallsRow(account, meter, day, 0, None)
    calls.put(tx, msgspec.structs.replace(known, used=max(0, known.used + count)))


def learn(
    tx: Transaction, account: str, meter: str, day: str, *, used: int, allowed: int, slack: int
) -> None:
    """What the vendor's own meter says. It is right, but for calls that were claimed and not made yet: so
    many (``slack``) may be counted above it."""
    known = calls.get(tx, account, meter, day)
    counted = 0 if known is None else known.used
    calls.put(tx, CallsRow(account, meter, day, max(used, min(counted, used + slack)), allowed))
    oldest = (datetime.fromisoformat(day) - timedelta(days=_KEPT)).date().isoformat()
    tx.execute("DELETE FROM calls WHERE account = ? AND meter = ? AND day < ?", (account, meter, oldest))


class Needs(msgspec.Struct, frozen=True):
    """How many parcels of an account still need calls today: ``booking`` are being booked, ``unlabelled``
    have no label yet, ``labelled`` are to be handed over, ``open`` are not booked yet."""

    booking: int
    unlabelled: int
    labelled: int
    open: int


def needs(reader: Connection, account: str, seller: str, until: datetime) -> Needs:
    """``until``: what has to be shipped by then counts as open today."""
    marks = ", ".join("?" * len(_BEFORE_LABEL))
    live = reader.execute(
        "SELECT SUM(CASE WHEN s.state <> 'booked' THEN 1 ELSE 0 END) AS booking, "
        f"SUM(CASE WHEN s.state = 'booked' AND p.stage IN ({marks}) THEN 1 ELSE 0 END) AS unlabelled, "
        "SUM(CASE WHEN s.state = 'booked' AND p.stage = 'labelled' THEN 1 ELSE 0 END) AS labelled "
        "FROM shipments s JOIN postings p ON p.id = s.posting_id "
        f"WHERE s.account = ? AND p.is_open = TRUE AND s.state IN {_LIVE}",
        (*_BEFORE_LABEL, account),
    ).fetchone()
    waiting = reader.execute(
        "SELECT COUNT(*) FROM postings p WHERE p.seller = ? AND p.is_open = TRUE AND p.books = 'seller' "
        f"AND p.stage IN ({marks}) AND p.ship_by < ? AND NOT EXISTS (SELECT 1 FROM shipments s "
        f"WHERE s.posting_id = p.id AND s.state IN {_LIVE})",
        (seller, *_BEFORE_LABEL, micros(until)),
    ).fetchone()
    return Needs(live["booking"] or 0, live["unlabelled"] or 0, live["labelled"] or 0, waiting[0])
