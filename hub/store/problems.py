"""Problems: what waits for a person's answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hub.store import queries, rows
from hub.store.connection import Transaction
from hub.store.mapping import micros
from hub.store.versions import change, change_one


def dismissed_since(
    connection: Transaction, posting_id: str, kind: str, *, since: datetime
) -> rows.ProblemRow | None:
    """A problem of this kind about the posting, opened at this time or later, that a person dismissed."""
    return rows.problems.first(
        connection,
        "WHERE posting_id = ? AND kind = ? AND answer = 'dismiss' AND created_at >= ?",
        (posting_id, kind, micros(since)),
    )


def late_but_past(connection: Transaction, *, stages: Sequence[str]) -> list[str]:
    """The ids of the postings that are past all of these stages and still have an open warning that they may
    be late."""
    marks = ", ".join("?" * len(stages))
    found = connection.execute(
        "SELECT posting_id FROM problems WHERE kind = 'late_risk' AND state = 'open' AND posting_id IN "
        f"(SELECT id FROM postings WHERE stage NOT IN ({marks}))",
        tuple(stages),
    )
    return [row["posting_id"] for row in found]


# --- of what came in and could not be read: a number of an account's ---------------------------------------


def open_unread(connection: Transaction, *, account: str, number: str) -> rows.ProblemRow | None:
    """The open problem that this number of the account's cannot be read."""
    return rows.problems.first(
        connection,
        "WHERE account = ? AND kind = 'decode_failed' AND subject_type = 'number' AND subject_id = ? "
        "AND state = 'open'",
        (account, number),
    )


def unread_numbers(connection: Transaction, *, account: str) -> set[str]:
    """The numbers of the account's that cannot be read, and of which no posting is here."""
    return {
        str(row[0])
        for row in connection.execute(
            "SELECT subject_id FROM problems WHERE account = ? AND kind = 'decode_failed' "
            "AND subject_type = 'number' AND state = 'open'",
            (account,),
        )
    }


def close_unread(tx: Transaction, *, account: str, number: str, now: datetime) -> None:
    """This number of the account's, of which no posting was here, can be read."""
    tx.execute(
        "UPDATE problems SET state = 'closed', closed_at = ? WHERE account = ? AND subject_id = ? "
        "AND kind = 'decode_failed' AND subject_type = 'number' AND state = 'open'",
        (micros(now), account, number),
    )


# --- of a posting -----------------------------------------------------------------------------------------


def open_about(
    connection: Transaction, kind: str, subject_type: str, subject_id: str, *, account: str
) -> rows.ProblemRow | None:
    """The open problem of this kind about this; ``account`` is the row's, as it stands there."""
    return rows.problems.first(
        connection,
        "WHERE kind = ? AND subject_type = ? AND subject_id = ? AND account = ? AND state = 'open'",
        (kind, subject_type, subject_id, account),
    )


def any_about(connection: Transaction, seller: str, kind: str, subject_type: str, subject_id: str) -> bool:
    """Whether the seller has a problem of this kind about this, however it stands."""
    found = connection.execute(
        "SELECT 1 FROM problems WHERE seller = ? AND kind = ? AND subject_type = ? AND subject_id = ? "
        "LIMIT 1",
        (seller, kind, subject_type, subject_id),
    ).fetchone()
    return found is not None


def answered_about(
    connection: Transaction, seller: str, kind: str, subject_type: str, subject_id: str, *, since: datetime
) -> set[str]:
    """What people answered to problems of this kind about this at this time or later."""
    found = connection.execute(
        "SELECT answer FROM problems WHERE seller = ? AND state = 'answered' AND kind = ? "
        "AND subject_type = ? AND subject_id = ? AND closed_at >= ?",
        (seller, kind, subject_type, subject_id, micros(since)),
    )
    return {str(row["answer"]) for row in found}


def open_of_posting(connection: Transaction, posting_id: str, kind: str) -> rows.ProblemRow | None:
    """An open problem of the posting's of this kind: the first one, where several things are asked about."""
    return rows.problems.first(
        connection, "WHERE posting_id = ? AND kind = ? AND state = 'open' ORDER BY id", (posting_id, kind)
    )


def any_open(
    connection: Transaction, posting_id: str, *, kinds: Sequence[str], about: tuple[str, str] | None = None
) -> bool:
    """Whether the posting has an open problem of one of these kinds; ``about`` this type and id, where it is
    named."""
    marks = ", ".join("?" * len(kinds))
    one = "" if about is None else "AND subject_type = ? AND subject_id = ? "
    found = connection.execute(
        f"SELECT 1 FROM problems WHERE posting_id = ? AND state = 'open' {one}AND kind IN ({marks}) LIMIT 1",
        (posting_id, *(about or ()), *kinds),
    ).fetchone()
    return found is not None


def close_of_posting(
    tx: Transaction,
    posting_id: str,
    *,
    kinds: Sequence[str],
    about: tuple[str, str] | None = None,
    answer: str,
    now: datetime,
) -> int:
    """Close the posting's open problems of these kinds, or of those only what is ``about`` this type and id;
    returns how many there were."""
    marks = ", ".join("?" * len(kinds))
    one = "" if about is None else "AND subject_type = ? AND subject_id = ? "
    return change(
        tx,
        posting_id,
        "UPDATE problems SET state = 'closed', answer = ?, closed_at = ? "
        f"WHERE posting_id = ? AND state = 'open' {one}AND kind IN ({marks})",
        (answer, micros(now), posting_id, *(about or ()), *kinds),
    )


def end(tx: Transaction, problem_id: str, *, state: str, answer: str, now: datetime) -> None:
    """The problem is over, as this state says."""
    sql = "UPDATE problems SET state = ?, answer = ?, closed_at = ? WHERE id = ?"
    change_one(tx, "problems", problem_id, sql, (state, answer, micros(now), problem_id))


# --- of several postings: what waits for the answer is linked to the problem -------------------------------


def open_of_account(connection: Transaction, account: str, kind: str) -> rows.ProblemRow | None:
    """The open question of this kind about the account."""
    return open_about(connection, kind, "account", account, account=account)


def open_linked(
    connection: Transaction, posting_id: str, *, kinds: Sequence[str] = ()
) -> list[rows.ProblemRow]:
    """The open problems of several postings that this one waits for, the oldest first; of these kinds, or of
    all."""
    marks = ", ".join("?" * len(kinds))
    only = f"AND kind IN ({marks}) " if kinds else ""
    return rows.problems.all(
        connection,
        "WHERE id IN (SELECT problem_id FROM problem_postings WHERE posting_id = ?) "
        f"AND state = 'open' {only}ORDER BY id",
        (posting_id, *kinds),
    )


def latest_answer(connection: Transaction, account: str, kind: str, *, since: datetime) -> str:
    """What was last answered, at this time or later, to a question of this kind about the account; empty
    where nothing was."""
    found = rows.problems.first(
        connection,
        "WHERE posting_id = '' AND state = 'answered' AND account = ? AND kind = ? AND closed_at >= ? "
        "ORDER BY closed_at DESC LIMIT 1",
        (account, kind, micros(since)),
    )
    return "" if found is None else found.answer


def link(tx: Transaction, problem_id: str, operations: Sequence[rows.OperationRow]) -> None:
    """These operations wait for the answer to the problem, and their postings with them."""
    tx.executemany(
        "INSERT INTO problem_postings (problem_id, posting_id, operation_id) VALUES (?, ?, ?)",
        [(problem_id, one.posting_id, one.id) for one in operations],
    )


def link_anew(tx: Transaction, old: str, new: str) -> None:
    """What waits for one problem waits for another one now, which took its place."""
    tx.execute("UPDATE problem_postings SET problem_id = ? WHERE problem_id = ?", (new, old))


def unlink(tx: Transaction, problem_id: str) -> None:
    """No operation waits for the answer to the problem any more."""
    tx.execute("DELETE FROM problem_postings WHERE problem_id = ? AND operation_id <> ''", (problem_id,))


def unlink_posting(tx: Transaction, problem_id: str, posting_id: str) -> int:
    """The posting waits for it no more. Returns how many of its operations did."""
    done = tx.execute(
        "DELETE FROM problem_postings WHERE problem_id = ? AND posting_id = ?", (problem_id, posting_id)
    )
    return int(done.rowcount)


def is_linked(connection: Transaction, problem_id: str, operation_id: str) -> bool:
    """Whether the operation waits for the answer to the problem."""
    found = connection.execute(
        "SELECT 1 FROM problem_postings WHERE problem_id = ? AND operation_id = ?", (problem_id, operation_id)
    ).fetchone()
    return found is not None


def is_posting_linked(connection: Transaction, problem_id: str, posting_id: str) -> bool:
    """Whether the posting waits for the answer to the problem."""
    found = connection.execute(
        "SELECT 1 FROM problem_postings WHERE posting_id = ? AND problem_id = ?", (posting_id, problem_id)
    ).fetchone()
    return found is not None


def of_account_since(
    connection: Transaction, account: str, kind: str, *, since: datetime
) -> rows.ProblemRow | None:
    """A question of this kind about the account that was put at this time or later, however it stands."""
    return rows.problems.first(
        connection, "WHERE account = ? AND kind = ? AND created_at >= ?", (account, kind, micros(since))
    )


def of_kind(connection: Transaction, posting_id: str, kind: str) -> list[rows.ProblemRow]:
    """The posting's problems of this kind, however they stand."""
    return rows.problems.all(connection, "WHERE posting_id = ? AND kind = ?", (posting_id, kind))


def answered_so(connection: Transaction, posting_id: str, kind: str, answer: str) -> list[rows.ProblemRow]:
    """The posting's problems of this kind to which this was answered."""
    return rows.problems.all(
        connection,
        "WHERE posting_id = ? AND state = 'answered' AND kind = ? AND answer = ?",
        (posting_id, kind, answer),
    )


def hindering(connection: Transaction, posting_id: str) -> list[rows.ProblemRow]:
    """The posting's open problems but for the alarm that its deadline comes near, the oldest first."""
    return rows.problems.all(
        connection,
        "WHERE posting_id = ? AND state = 'open' AND kind <> 'late_risk' ORDER BY id",
        (posting_id,),
    )


def answer(tx: Transaction, problem_id: str, *, answer: str, now: datetime) -> bool:
    """A person's answer; False where the problem is not open any more."""
    sql = "UPDATE problems SET state = 'answered', answer = ?, closed_at = ? WHERE id = ? AND state = 'open'"
    return change_one(tx, "problems", problem_id, sql, (answer, micros(now), problem_id)) > 0


def of_posting(connection: Transaction, posting_id: str) -> list[rows.ProblemRow]:
    """The posting's own problems, however they stand, the oldest first."""
    return rows.problems.all(connection, "WHERE posting_id = ? ORDER BY id", (posting_id,))


def page(
    connection: Transaction,
    *,
    sellers: Sequence[str],
    states: Sequence[str] | None,
    kinds: Sequence[str] = (),
    after: str | None,
    limit: int,
    warehouse: str | None = None,
) -> list[rows.ProblemRow]:
    """The problems of these sellers in these states, or in all, and of these kinds, or of all, that follow
    ``after``: the newest first, up to ``limit`` of each seller and state. The seller "" has the hub's own. Of
    a ``warehouse``, those of its postings."""
    tail = queries.problems_tail(after=after is not None, warehouse=warehouse is not None, kinds=len(kinds))
    last = tuple(one for one in (warehouse, after) if one is not None)
    found = [
        row
        for seller in sellers
        for state in (queries.problem_states(connection, seller) if states is None else states)
        for row in rows.problems.all(connection, tail, (seller, state, *last, *kinds, limit))
    ]
    return sorted(found, key=lambda row: row.id, reverse=True)


def page_by_deadline(
    connection: Transaction,
    *,
    sellers: Sequence[str],
    kinds: Sequence[str] = (),
    after: tuple[int | None, str] | None,
    limit: int,
    warehouse: str | None = None,
) -> list[rows.ProblemRow]:
    """The open problems of these sellers that follow ``after``, a deadline in microseconds and an id: the
    nearest deadline first, then what has none, the newest first; up to ``limit`` of each seller and sort.
    Otherwise as `page`."""
    found: list[rows.ProblemRow] = []
    for dated in (True, False):
        if dated and after is not None and after[0] is None:
            continue  # the last page ended behind the dated ones
        last = None if after is None or (after[0] is not None) is not dated else after
        key = () if last is None else last if last[0] is not None else last[1:]
        there = () if warehouse is None else (warehouse,)
        tail = queries.problems_tail(
            after=last is not None, warehouse=warehouse is not None, kinds=len(kinds), dated=dated
        )
        some = [
            row
            for seller in sellers
            for row in rows.problems.all(connection, tail, (seller, "open", *there, *key, *kinds, limit))
        ]
        some.sort(key=lambda row: row.id, reverse=not dated)
        if dated:
            some.sort(key=lambda row: row.deadline)  # type: ignore[arg-type,return-value]
        found += some
    return found


def open_of_seller(connection: Transaction, seller: str, *, kinds: Sequence[str]) -> list[rows.ProblemRow]:
    """A seller's open problems of these kinds, the oldest first."""
    marks = ", ".join("?" * len(kinds))
    return rows.problems.all(
        connection,
        f"WHERE seller = ? AND state = 'open' AND kind IN ({marks}) ORDER BY id",
        (seller, *kinds),
    )


def of_operation(connection: Transaction, operation: rows.OperationRow) -> rows.ProblemRow | None:
    """A problem about an operation of a posting, open or not."""
    return rows.problems.first(
        connection, "WHERE posting_id = ? AND operation_id = ?", (operation.posting_id, operation.id)
    )


def open_of_operation(connection: Transaction, operation: rows.OperationRow) -> rows.ProblemRow | None:
    """The open problem about an operation of a posting."""
    return rows.problems.first(
        connection,
        "WHERE posting_id = ? AND state = 'open' AND operation_id = ?",
        (operation.posting_id, operation.id),
    )


def work_stopped(connection: Transaction, seller: str) -> list[rows.ProblemRow]:
    """The open problems that a seller's work was given up."""
    return rows.problems.all(
        connection, "WHERE seller = ? AND state = 'open' AND kind = 'work_stopped'", (seller,)
    )


def work_stopped_of_accounts(connection: Transaction) -> list[rows.ProblemRow]:
    """The open problems that the work of an account, and of no one posting, stands still."""
    return rows.problems.all(
        connection, "WHERE subject_type = 'account' AND state = 'open' AND kind = 'work_stopped'"
    )


def told_of_work(connection: Transaction, job: rows.JobRow, *, posting_id: str) -> bool:
    """Whether a problem of the posting, of the account that is synced, or of the work itself tells that it
    stopped, or told so."""
    found = rows.problems.first(
        connection,
        "WHERE posting_id IN (?, '') AND kind = 'work_stopped' AND (posting_id <> '' "
        "OR (subject_type = 'job' AND (subject_id = ? OR (subject_id LIKE ? AND id IN "
        "(SELECT problem_id FROM problem_postings WHERE posting_id = ?)))) "
        "OR (subject_type = 'account' AND account = ? AND ? IN ('sync', 'cancel_requests')))",
        (posting_id, job.key, f"{job.kind}:%", posting_id, job.account, job.kind),
    )
    return found is not None


def told_of_operation(connection: Transaction, operation_id: str) -> bool:
    """Whether a problem of the operation's posting came of it, or an open one of several postings waits with
    it."""
    found = connection.execute(
        "SELECT 1 FROM operations o JOIN problems p ON p.posting_id = o.posting_id AND p.operation_id = o.id "
        "WHERE o.id = ? UNION ALL "
        "SELECT 1 FROM operations o JOIN problem_postings w ON w.posting_id = o.posting_id "
        "AND w.operation_id = o.id WHERE o.id = ? LIMIT 1",
        (operation_id, operation_id),
    ).fetchone()
    return found is not None
