"""Where a buyer's data lie, table by table, and how they go; `hub.flow.recipients` says when and for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec

from hub.store import counter, rows
from hub.store.connection import Transaction
from hub.store.mapping import micros
from hub.store.schema import TABLES
from hub.store.versions import raise_of

Change = Callable[[Any], Any]
"""What becomes of a text or of a JSON value."""

KEPT = {
    "sellers": "the seller's own data",
    "accounts": "the seller's own data; keys are sealed",
    "products": "goods, not buyers",
    "units": "codes of goods and numbers of papers",
    "attempts": "status, times and the hash of an answer",
    "shipments": "numbers and money; the choice's figures",
    "asked_operations": "ids",
    "problem_postings": "ids",
    "label_codes": "numbers of parcels, which stay with their shipments",
    "refused_files": "hashes, and the hub's own words",
    "calls": "counts",
    "leases": "the hub's own",
    "cursors": "the hub's own",
    "api_keys": "the hub's own",
    "carrier_parcels": "how the parcel went, in figures, with the region at most",
    "carrier_weeks": "sums",
    "carrier_opinions": "sums",
    "contract_prices": "the seller's own data",
    "warehouses": "the seller's own data",
    "counters": "sums",
    "told": "ids and times",
    "messengers": "the hub's own words about an address",
    "messages": "counts and kinds; what is of a buyer is taken out before it is told",
}
"""Tables that erasing leaves as they are, and why. Every other one is dealt with below."""

_KEYS = {table.name: table.key for table in TABLES}
_FINAL = ("delivered", "cancelled", "returned", "lost")
_PENDING = "file_id <> '' AND (state = 'erased' OR leaving = TRUE)"
_FINAL_MARKS = ", ".join("?" * len(_FINAL))


@contextmanager
def overwritten(tx: Transaction) -> Iterator[None]:
    """What is deleted inside is overwritten with zeros in the file, not only let go. Not in PostgreSQL: what
    is deleted there is gone when the server has cleaned up after it (VACUUM)."""
    if not isinstance(tx, counter.Writer):
        yield
        return
    tx.execute("PRAGMA secure_delete = ON")
    try:
        yield
    finally:
        tx.execute("PRAGMA secure_delete = OFF")


def erase_rows(
    tx: Transaction, posting: rows.PostingRow, *, words: Change, told: Change, document: Change
) -> None:
    """The buyer, what came from outside, and what was said of this posting. ``words`` is for free text,
    ``told`` for JSON, ``document`` for the posting's own (which has no recipient)."""
    mine = (posting.id,)
    raise_of(tx, posting.id)
    shipments = [row[0] for row in tx.execute("SELECT id FROM shipments WHERE posting_id = ?", mine)]
    tx.execute("DELETE FROM recipients WHERE posting_id = ?", mine)
    tx.execute("DELETE FROM choices WHERE posting_id = ?", mine)  # the hash is also of the address
    tx.execute(
        "DELETE FROM raw_payloads WHERE account = ? AND external_id = ?", (posting.account, posting.number)
    )
    rewrite(tx, "postings", "WHERE id = ?", mine, document=document)
    rewrite(tx, "history", "WHERE posting_id = ?", mine, data=told)
    rewrite(tx, "operations", "WHERE posting_id = ?", mine, request=told, result=told, reason=words)
    rewrite(tx, "quotes", "WHERE posting_id = ?", mine, document=told)
    rewrite(tx, "problems", "WHERE posting_id = ?", mine, data=told)
    rewrite(tx, "outbox", f"WHERE {_holds('data')}", mine, data=told)
    rewrite(
        tx, "handovers", f"WHERE seller = ? AND {_holds('postings')}", (posting.seller, *mine), reason=words
    )
    rewrite(tx, "documents", "WHERE posting_id = ?", mine, reason=words)
    # Why it had no price may be in the vendor's words about the address. One that waits is asked for again.
    tx.execute(f"DELETE FROM totals WHERE seller = ? AND {_holds('entries')}", (posting.seller, *mine))
    named = (posting.id.encode(), posting.number.encode())
    rewrite(tx, "idempotency", "WHERE answer IS NOT NULL", (), holding=named, answer=told)
    for subject in (posting.id, *shipments):
        rewrite(tx, "jobs", "WHERE subject = ?", (subject,), reason=words)
    for shipment in shipments:
        rewrite(tx, "tracking_events", "WHERE shipment_id = ?", (shipment,), text=words, place=words)
        rewrite(tx, "carrier_feedback", "WHERE shipment_id = ?", (shipment,), reason=words)


def _holds(column: str) -> str:
    """The text of the column has the parameter in it: both engines know no other name for that."""
    return f"{column} <> replace({column}, ?, '')"


def rewrite(
    tx: Transaction,
    table: str,
    tail: str,
    parameters: Sequence[object],
    *,
    holding: tuple[bytes, ...] = (),
    **changes: Change,
) -> None:
    """Change columns of the rows of ``tail``: JSON where the table says so (bytes are JSON too), else text.
    What stays as it was is not written, nor are bytes that hold nothing of ``holding``."""
    kinds = next(one.columns for one in TABLES if one.name == table)
    key = _KEYS[table]
    names = ", ".join((*key, *changes))
    for record in tx.execute(f"SELECT {names} FROM {table} {tail}", parameters).fetchall():
        for column, change in changes.items():
            old = record[column]
            if old is None or old in ("", b"") or (holding and not any(one in old for one in holding)):
                continue
            as_json = kinds[column].startswith(("json", "bytes"))
            new = _json(old, change) if as_json else change(old)
            if new != old:
                where = " AND ".join(f"{name} = ?" for name in key)
                tx.execute(
                    f"UPDATE {table} SET {column} = ? WHERE {where}", (new, *(record[name] for name in key))
                )


def _json(old: str | bytes, change: Change) -> str | bytes:
    try:
        new = msgspec.json.encode(change(msgspec.json.decode(old)))
    except msgspec.DecodeError:
        return old
    return new if isinstance(old, bytes) else new.decode()


# --- files ------------------------------------------------------------------------------------------------


def drawn_of(tx: Transaction, posting_id: str) -> list[str]:
    """The ids of files of labels and packing slips that the hub put together with this posting in them, and
    of vendors' files that are kept for a person and show its label beside others'."""
    found = tx.execute(
        "SELECT data FROM history WHERE posting_id = ? AND kind IN ('label.printed', 'slip.printed')",
        (posting_id,),
    )
    said = [msgspec.json.decode(row[0]).get("document") for row in found]
    covering = tx.execute(
        f"SELECT id FROM documents WHERE kind IN ('labels', 'packing_slips', 'label_file') "
        f"AND {_holds('covers')}",
        (posting_id,),
    )
    return sorted({one for one in said if isinstance(one, str)} | {row[0] for row in covering})


def documents_of(tx: Transaction, posting_id: str) -> set[str]:
    """The ids of the posting's own documents."""
    return {row[0] for row in tx.execute("SELECT id FROM documents WHERE posting_id = ?", (posting_id,))}


def let_go(
    tx: Transaction, posting_id: str, now: datetime, *, drawn: Iterable[str], sheets: Iterable[str]
) -> None:
    """The posting's own documents and those that the hub drew of it are given out no more. Its hand-over
    sheets speak for other parcels too, and stay while those are under way. `sweep_files` takes the files."""
    at = micros(now)
    raise_of(tx, posting_id)
    tx.execute(
        "UPDATE documents SET state = 'erased', updated_at = ? WHERE posting_id = ? AND state <> 'erased'",
        (at, posting_id),
    )
    tx.executemany(
        "UPDATE documents SET state = 'erased', updated_at = ? WHERE id = ? AND state <> 'erased'",
        [(at, one) for one in drawn],
    )
    tx.executemany(
        "UPDATE documents SET leaving = TRUE WHERE id = ? AND file_id <> ''", [(one,) for one in sheets]
    )


def sheets_of(tx: Transaction, seller: str, posting_id: str) -> list[str]:
    """The ids of the hand-over sheets with this posting on them."""
    found = tx.execute(
        f"SELECT document_id FROM handovers WHERE seller = ? AND document_id <> '' AND {_holds('postings')}",
        (seller, posting_id),
    )
    covering = tx.execute(
        f"SELECT id FROM documents WHERE kind = 'handover' AND {_holds('covers')}", (posting_id,)
    )
    return sorted({row[0] for row in found} | {row[0] for row in covering})


def sweep_files(tx: Transaction, now: datetime) -> tuple[int, dict[str, list[str]]]:
    """Delete the files that are to go and that no posting under way needs. Returns how many went, and of each
    document whose file is still here the numbers of the postings under way in it."""
    gone = 0
    waiting: dict[str, list[str]] = {}
    for (file_id,) in tx.execute(f"SELECT DISTINCT file_id FROM documents WHERE {_PENDING}").fetchall():
        holds = _under_way(tx, file_id)
        if holds:
            for (one,) in tx.execute("SELECT id FROM documents WHERE file_id = ?", (file_id,)):
                waiting[one] = holds
            continue
        tx.execute(
            "UPDATE postings SET version = version + 1 WHERE id IN "
            "(SELECT posting_id FROM documents WHERE file_id = ?)",
            (file_id,),
        )
        tx.execute(
            "UPDATE documents SET state = 'erased', leaving = FALSE, file_id = '', updated_at = ? "
            "WHERE file_id = ?",
            (micros(now), file_id),
        )
        gone += tx.execute("DELETE FROM files WHERE id = ?", (file_id,)).rowcount
    return gone, waiting


def _under_way(tx: Transaction, file_id: str) -> list[str]:
    """The numbers of the postings that are not over and have a page in this file that is still given out."""
    ids: set[str] = set()
    for one in tx.execute(
        "SELECT id, posting_id, covers FROM documents WHERE file_id = ? AND state <> 'erased'", (file_id,)
    ).fetchall():
        if one["posting_id"]:
            ids.add(one["posting_id"])
        elif one["covers"]:
            ids |= set(msgspec.json.decode(one["covers"]))
        else:
            for (postings,) in tx.execute(
                "SELECT postings FROM handovers WHERE document_id = ?", (one["id"],)
            ):
                ids |= set(msgspec.json.decode(postings))
    numbers = []
    for posting_id in sorted(ids):
        row = tx.execute(
            f"SELECT number FROM postings WHERE id = ? AND stage NOT IN ({_FINAL_MARKS})",
            (posting_id, *_FINAL),
        ).fetchone()
        if row is not None:
            numbers.append(row[0])
    return numbers


# --- whose time has come ----------------------------------------------------------------------------------


def over_since(tx: Transaction, before: int, *, seller: str | None, after: str, limit: int) -> list[str]:
    """Postings that ended before this time (microseconds) and are not erased: those that follow ``after``."""
    whose, parameters = ("AND seller = ? ", [seller]) if seller else ("", [])
    found = tx.execute(
        f"SELECT id FROM postings p WHERE erased_at IS NULL AND stage IN ({_FINAL_MARKS}) {whose}"
        "AND id > ? AND created_at < ? AND NOT EXISTS (SELECT 1 FROM history h "
        "WHERE h.posting_id = p.id AND h.time >= ? AND h.kind IN ('posting.stage', 'posting.corrected')) "
        "ORDER BY id LIMIT ?",
        (*_FINAL, *parameters, after, before, before, limit),
    )
    return [row[0] for row in found]


def forget_unreadable(tx: Transaction, before: int) -> int:
    """What came in so long ago and could never be read: nobody knows whose it is."""
    done = tx.execute("DELETE FROM raw_payloads WHERE kind = 'unreadable' AND time < ?", (before,))
    return int(done.rowcount)


def files_wait(connection: Transaction) -> bool:
    """Whether a file of an erased posting is still here for its neighbours' sake."""
    found = connection.execute(f"SELECT 1 FROM documents WHERE {_PENDING} LIMIT 1").fetchone()
    return found is not None
