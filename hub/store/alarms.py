"""Whether a person has to know: postings whose time runs out, parcels that nobody has scanned, and what was
answered to such alarms before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from hub.store import rows
from hub.store.connection import Transaction
from hub.store.mapping import from_micros, micros

# --- deadlines --------------------------------------------------------------------------------------------


def late_soon(
    connection: Transaction,
    *,
    seller: str,
    now: datetime,
    ahead: Sequence[timedelta],
    stages: Sequence[str],
) -> list[str]:
    """The ids of the seller's open postings in these stages that are to be shipped within the first time of
    ``ahead`` and of which nobody is told now, the most urgent first: 500 at most. What a person answered
    covers what was so then: the same deadline or an earlier one, and no nearer step of ``ahead``."""
    marks = ", ".join("?" * len(stages))
    begun = " ".join("WHEN ship_by <= ? THEN ship_by - ?" for _ in ahead)
    steps = [value for one in reversed(ahead) for value in (micros(now + one), _long(one))]
    found = connection.execute(
        "SELECT id FROM postings WHERE seller = ? AND is_open = TRUE AND ship_by < ? "
        f"AND stage IN ({marks}) AND NOT EXISTS (SELECT 1 FROM problems p "
        "WHERE p.posting_id = postings.id AND p.kind = 'late_risk' AND (p.state = 'open' OR "
        "(p.state = 'answered' AND p.deadline <= postings.ship_by "
        f"AND p.closed_at >= CASE {begun} ELSE ship_by END))) ORDER BY ship_by LIMIT 500",
        (seller, micros(now + ahead[0]), *stages, *steps),
    )
    return [row["id"] for row in found]


def with_another_deadline(connection: Transaction, kind: str) -> list[str]:
    """The ids of the open problems of this kind whose postings have another deadline now."""
    found = connection.execute(
        "SELECT p.id FROM problems p JOIN postings ON postings.id = p.posting_id WHERE p.kind = ? "
        "AND p.state = 'open' AND COALESCE(p.deadline, 0) <> COALESCE(postings.ship_by, 0)",
        (kind,),
    )
    return [row["id"] for row in found]


def open_at(connection: Transaction, seller: str, *, stages: Collection[str]) -> list[tuple[str, str, str]]:
    """The seller's open problems of postings at these stages: the posting's id, the kind, the stage."""
    marks = ", ".join("?" * len(stages))
    found = connection.execute(
        "SELECT p.posting_id, p.kind, t.stage FROM problems p JOIN postings t ON t.id = p.posting_id "
        f"WHERE p.seller = ? AND p.state = 'open' AND t.stage IN ({marks})",
        (seller, *stages),
    )
    return [(row["posting_id"], row["kind"], row["stage"]) for row in found]


def _long(time: timedelta) -> int:
    return time // timedelta(microseconds=1)


# --- one question about many postings ---------------------------------------------------------------------


def listed(connection: Transaction, problem_id: str) -> list[str]:
    """The ids of the postings that a question about many is about."""
    found = connection.execute(
        "SELECT posting_id FROM problem_postings WHERE problem_id = ? AND operation_id = '' "
        "ORDER BY posting_id",
        (problem_id,),
    )
    return [row["posting_id"] for row in found]


class Listed(NamedTuple):
    """What a question about many says of one of its postings."""

    number: str
    stage: str


def listed_so(connection: Transaction, problem_id: str) -> list[Listed]:
    """The postings that a question about many is about, as they stand, the most urgent first."""
    found = connection.execute(
        "SELECT p.number, p.stage FROM problem_postings w JOIN postings p ON p.id = w.posting_id "
        "WHERE w.problem_id = ? AND w.operation_id = '' ORDER BY p.ship_by, p.id",
        (problem_id,),
    )
    return [Listed(row["number"], row["stage"]) for row in found]


def put_on(tx: Transaction, problem_id: str, postings: Iterable[str]) -> None:
    """The question is about these postings too."""
    tx.executemany(
        "INSERT INTO problem_postings (problem_id, posting_id, operation_id) VALUES (?, ?, '')",
        [(problem_id, one) for one in postings],
    )


def take_off(tx: Transaction, problem_id: str, postings: Iterable[str]) -> None:
    """The question is not about these postings any more."""
    tx.executemany(
        "DELETE FROM problem_postings WHERE problem_id = ? AND posting_id = ? AND operation_id = ''",
        [(problem_id, one) for one in postings],
    )


def hand_on(tx: Transaction, old: str, new: str, postings: Iterable[str]) -> None:
    """These postings stand on the list of another question now."""
    tx.executemany(
        "UPDATE problem_postings SET problem_id = ? "
        "WHERE problem_id = ? AND posting_id = ? AND operation_id = ''",
        [(new, old, one) for one in postings],
    )


def answered_last(
    connection: Transaction, seller: str, kinds: Collection[str], *, since: datetime
) -> dict[str, datetime]:
    """When a person answered last, at this time or later, to a question about many of these kinds, by the id
    of each posting that was on its list."""
    marks = ", ".join("?" * len(kinds))
    found = connection.execute(
        "SELECT w.posting_id, max(p.closed_at) AS time FROM problems p JOIN problem_postings w "
        "ON w.problem_id = p.id AND w.operation_id = '' "
        f"WHERE p.seller = ? AND p.state = 'answered' AND p.kind IN ({marks}) AND p.closed_at >= ? "
        "GROUP BY w.posting_id",
        (seller, *kinds, micros(since)),
    )
    return {row["posting_id"]: from_micros(row["time"]) for row in found}


def open_lists(connection: Transaction, seller: str, kinds: Collection[str]) -> list[rows.ProblemRow]:
    """The seller's open questions about many of these kinds."""
    marks = ", ".join("?" * len(kinds))
    return rows.problems.all(
        connection, f"WHERE seller = ? AND state = 'open' AND kind IN ({marks})", (seller, *kinds)
    )


def under_way_at(connection: Transaction, account: rows.AccountRow, *, most: int) -> list[str]:
    """The ids of the postings whose work at this account is not over, the most urgent first: those of the
    account or booked with it that are open, and those that are on their way with it."""
    found = connection.execute(
        "SELECT id FROM postings p WHERE p.seller = ? AND ((p.is_open = TRUE AND (p.account = ? OR EXISTS "
        "(SELECT 1 FROM shipments s WHERE s.posting_id = p.id AND s.account = ? "
        "AND s.state NOT IN ('failed', 'cancelled')))) OR (p.is_open = FALSE AND p.id IN "
        "(SELECT posting_id FROM shipments WHERE account = ? AND state = 'booked' AND stage NOT IN "
        "('delivered', 'returned', 'lost', 'cancelled')))) ORDER BY p.ship_by, p.id LIMIT ?",
        (account.seller, account.id, account.id, account.id, most),
    )
    return [row["id"] for row in found]


def answered_of_account(connection: Transaction, account: str, kind: str) -> list[rows.ProblemRow]:
    """The questions of this kind about the account that a person answered last, the newest first."""
    return rows.problems.all(
        connection,
        "WHERE subject_type = 'account' AND account = ? AND kind = ? AND state = 'answered' "
        "ORDER BY closed_at DESC LIMIT 10",
        (account, kind),
    )


# --- calls of the day -------------------------------------------------------------------------------------


def to_book(connection: Transaction, seller: str, *, until: datetime) -> int:
    """How many of the seller's postings will be booked today: ordered, or to be shipped by then, and without
    a live booking."""
    (found,) = connection.execute(
        "SELECT COUNT(*) FROM postings p WHERE p.seller = ? AND p.is_open = TRUE AND p.books = 'seller' "
        "AND p.stage IN ('new', 'waiting', 'planned', 'packed', 'registering', 'assembled') "
        "AND (p.wanted = TRUE OR p.ship_by < ?) AND NOT EXISTS (SELECT 1 FROM shipments s "
        "WHERE s.posting_id = p.id AND s.state NOT IN ('failed', 'cancelled'))",
        (seller, micros(until)),
    ).fetchone()
    return int(found)


def share_of(connection: Transaction, seller: str, account: str, *, latest: int) -> float:
    """Which share of the seller's latest bookings went to the account; of one who has none, all of them."""
    found = connection.execute(
        "SELECT account FROM shipments WHERE seller = ? ORDER BY id DESC LIMIT ?", (seller, latest)
    ).fetchall()
    return sum(row["account"] == account for row in found) / len(found) if found else 1.0
