"""The steps, in their order. Add one at the end, raise `hub.store.schema.VERSION`, and declare there what it
adds: the two are compared by a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.plugin_api.ids import new_id
from hub.store.migrations.migration import Migration
from hub.store.migrations.old_papers import name_covers
from hub.store.migrations.old_problems import name_subjects

if TYPE_CHECKING:
    from hub.store.connection import Transaction

FIRST = 5
"""The oldest version that can be migrated: what the first homes were made with."""


def _fill_7(tx: Transaction) -> None:
    name_covers(tx)
    # Nobody wrote down which of the sends could not have been acted on: each may have been.
    tx.execute("UPDATE operations SET doubts = sends")


def _wait_8(tx: Transaction) -> None:
    tx.execute(
        "UPDATE jobs SET state = 'waiting' WHERE state = 'queued'"
    )  # the worker makes ready what is due


def _fill_11(tx: Transaction) -> None:
    """A warehouse for each seller, which has nothing of its own: all is as the seller has it. The columns'
    default puts all postings and hand-overs there."""
    sellers = tx.execute(
        "SELECT slug, created_at FROM sellers WHERE slug NOT IN (SELECT seller FROM warehouses)"
    )
    tx.executemany(
        "INSERT INTO warehouses (id, seller, slug, title, time_zone, profile, marketplace_warehouses, "
        "declared, created_at) VALUES (?, ?, 'main', '', '', '{}', '{}', FALSE, ?)",
        [(new_id("whs"), seller, created_at) for seller, created_at in sellers.fetchall()],
    )


def _read_16(tx: Transaction) -> None:
    """What is to be packed is taken in anew by the next reading: nobody kept what is wanted of its units."""
    tx.execute("UPDATE postings SET raw_hash = ? WHERE stage IN ('new', 'planned', 'packed')", (b"",))


MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        number=6,
        title="addresses that were checked",
        oldest_code=5,
        columns=("recipients.checks",),
    ),
    Migration(
        number=7,
        title="attempts of operations, calls of the day, forgotten buyers, labels by what stands on them",
        oldest_code=7,
        tables=("attempts", "label_codes", "refused_files", "asked_operations", "calls"),
        columns=(
            "postings.erased_at",
            "operations.doubts",
            "shipments.look_at",
            "documents.leaving",
            "documents.covers",
            "documents.attempts",
            "documents.alone",
            "jobs.lost",
            "jobs.lost_at",
            "jobs.stuck",
            "api_keys.read_only",
            "api_keys.expires_at",
        ),
        indexes=(
            ("shipments", "account", "carrier_id"),
            ("shipments", "account", "tracking_number"),
            ("shipments", "account", "look_at"),
            ("documents", "file_id"),
        ),
        data=_fill_7,
    ),
    Migration(
        number=8,
        title="work that is due, apart from work that waits for its time",
        oldest_code=8,  # older code knows neither state: it would do nothing, and ask nobody
        data=_wait_8,
    ),
    Migration(
        number=9,
        title="what each problem is about",
        oldest_code=9,  # older code says of no problem what it is about
        tables=("problem_postings",),
        columns=("problems.subject_type", "problems.subject_id"),
        data=name_subjects,
        unique_while=("problems",),
    ),
    Migration(
        number=10,
        title="the offer that was chosen for a posting, until it is booked",
        oldest_code=10,  # older code would leave the hash of an address when it erases
        tables=("choices",),
    ),
    Migration(
        number=11,
        title="warehouses of a seller",
        oldest_code=11,  # older code would book from the seller's address, whatever the posting's warehouse
        tables=("warehouses",),
        columns=("postings.warehouse", "handovers.warehouse", "api_keys.warehouse"),
        indexes=(("postings", "seller", "warehouse", "stage", "ship_by", "id"),),
        data=_fill_11,
    ),
    Migration(
        number=12,
        title="a version of each posting, raised with every change",
        oldest_code=11,
        columns=("postings.version",),
    ),
    Migration(
        number=13,
        title="totals that are shown before many are ordered",
        oldest_code=11,
        tables=("totals",),
    ),
    Migration(
        number=14,
        title="what was told to people outside the hub",
        oldest_code=11,
        tables=("told", "messengers", "messages"),
    ),
    Migration(
        number=15,
        title="problems by their deadline",
        oldest_code=11,
        indexes=(("problems", "seller", "state", "deadline", "id"),),
    ),
    Migration(
        number=16,
        title="what the marketplace wants to know of each unit",
        oldest_code=16,  # older code would pack without it
        tables=("units",),
        data=_read_16,
    ),
)


def pending(version: int) -> list[Migration]:
    """The steps that a database of this version lacks."""
    return [step for step in MIGRATIONS if step.number > version]


def oldest_code() -> int:
    """The oldest version whose code may write into a database of today."""
    return max(step.oldest_code for step in MIGRATIONS)


__all__ = ["FIRST", "MIGRATIONS", "oldest_code", "pending"]
