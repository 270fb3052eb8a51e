"""The queue as a person sees it: what is due, who does it, what comes next, what was given up; and taking up
again what was."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from hub.flow.health.views import JobView
from hub.flow.history import cursors
from hub.flow.history.cursors import Position
from hub.flow.history.recording import posting_row, record
from hub.flow.history.view import Listing
from hub.flow.problems import account_problems
from hub.flow.problems.work import STOPPED, close_job_problem, close_posting_problem
from hub.plugin_api.errors import Conflict, NotFound
from hub.store import Transaction, problems, queries, rows
from hub.store import accounts as stored_accounts
from hub.store import jobs as stored_jobs
from hub.store.mapping import micros
from hub.store.queue import LAST

if TYPE_CHECKING:
    from hub.flow.app import App

log = logging.getLogger("hub.worklist")

JobState = Literal["running", "due", "waiting", "dead", "parked"]
STATES: tuple[JobState, ...] = ("running", "dead", "due", "waiting", "parked")
"""In the order in which they are listed: what needs somebody is not behind thousands that wait. ``due`` and
``waiting``: it is their time, or not yet."""


def jobs(
    app: App,
    *,
    kind: str = "",
    state: JobState | None = None,
    account: str = "",
    seller: str = "",
    warehouse: str = "",
    cursor: str = "",
    limit: int = 50,
) -> Listing[JobView]:
    """One page of the queue, state by state, each by its time. ``account`` is an id or a name; ``warehouse``,
    of the ``seller``, the slug of the one whose postings the work is on.

    Raises Rejected for a cursor of another list.
    """
    limit = cursors.checked_limit(limit)
    position = cursors.decode(cursor, "jobs")
    reader, now = app.store.reader, app.clock.now()
    accounts = {row.id: row for row in stored_accounts.every(reader)}
    ids = [row.id for row in accounts.values() if account in (row.id, row.name)] if account else []
    if account and not ids:
        raise NotFound("no such account", code="not_found.no_account")
    wanted = list(STATES) if state is None else [state]
    seen, after = ("", "") if position is None else _parted(position.id)
    if seen in wanted:
        wanted = wanted[wanted.index(seen) :]
    found: list[tuple[JobState, rows.JobRow]] = []
    for one in wanted:
        last = None if position is None or one != seen else (position.time or 0, after)
        page = stored_jobs.page(
            reader,
            one,
            now,
            kind=kind,
            accounts=ids,
            seller=seller,
            warehouse=warehouse,
            after=last,
            limit=limit + 1 - len(found),
        )
        found += [(one, row) for row in page]
        if len(found) > limit:
            break
    more = ""
    if len(found) > limit:
        ended, row = found[limit - 1]
        more = cursors.encode(Position("jobs", f"{ended} {row.key}", micros(row.run_at)))
    numbers = _numbers(app, [row for _, row in found[:limit]])
    return Listing(
        items=[_view(row, one, numbers, accounts, now) for one, row in found[:limit]],
        next=more,
    )


def job(app: App, key: str) -> JobView:
    """One piece of work. Raises NotFound."""
    row = rows.jobs.get(app.store.reader, key)
    if row is None:
        raise NotFound("no such work", code="not_found.no_work")
    now = app.clock.now()
    account = rows.accounts.get(app.store.reader, row.account)
    accounts = {} if account is None else {account.id: account}
    return _view(row, _state(row, now), _numbers(app, [row]), accounts, now)


async def retry(app: App, key: str, actor: str) -> JobView:
    """Take dead work up again, with all its tries, or have a schedule that goes on failing tried at once; the
    problems that told of it are answered.

    Raises NotFound, and Conflict for work that is not dead.
    """

    def write(tx: Transaction) -> None:
        now = app.clock.now()
        row = rows.jobs.get(tx, key)
        if row is None:
            raise NotFound("no such work", code="not_found.no_work")
        if row.state != "dead" and not (row.state in ("ready", "waiting") and row.stuck):
            raise Conflict(
                "this work is not dead: it is {state}, and goes on by itself",
                code="not_dead",
                values={"state": _state(row, now)},
            )
        fresh = msgspec.structs.replace(row, state="ready", attempts=0, run_at=now, stuck=False)
        rows.jobs.save(tx, fresh)
        for problem in _told_of(tx, row):
            if problem.subject_type == "job":
                close_job_problem(tx, row, now=now, answer="retry")
                continue
            account_problems.close_account_problem(tx, problem.account, problem.kind, now=now, answer="retry")
        for posting_id in stored_jobs.postings_of(tx, row.kind, row.subject):
            posting = rows.postings.get(tx, posting_id)
            if posting is not None and close_posting_problem(tx, row, posting, now=now, answer="retry"):
                data = {"kind": STOPPED, "answer": "retry"}
                record(tx, posting_row(tx, posting_id), "problem.answered", data, actor=actor, now=now)

    await app.store.write(write)
    app.woken.set()
    log.info("%s is taken up again by %s", key, actor)
    return job(app, key)


def _told_of(tx: Transaction, row: rows.JobRow) -> list[rows.ProblemRow]:
    """The open problems that this work's death opened: about itself, or about its account."""
    found = problems.work_stopped(tx, row.seller)
    return [one for one in found if one.data.get("kind") == row.kind and _about(one, row)]


def _about(problem: rows.ProblemRow, row: rows.JobRow) -> bool:
    if problem.subject_type == "job":
        return problem.subject_id == row.key
    return not problem.posting_id and problem.account == row.account


def _view(
    row: rows.JobRow,
    state: JobState,
    numbers: dict[str, str],
    accounts: dict[str, rows.AccountRow],
    now: datetime,
) -> JobView:
    account = accounts.get(row.account)
    urgent = 0 < row.priority < LAST and row.kind == "advance"
    return JobView(
        key=row.key,
        kind=row.kind,
        subject=row.subject,
        seller=row.seller,
        account=row.account,
        account_name="" if account is None else account.name,
        posting_number=numbers.get(row.subject, ""),
        state=state,
        run_at=row.run_at,
        started_at=row.started_at,
        deadline=datetime.fromtimestamp(row.priority, UTC) if urgent else None,
        tries=row.attempts,
        reason=row.reason,
        worker=row.lease_owner if state == "running" else "",
        silent=state == "running" and row.lease_until < now,
        created_at=row.created_at,
    )


def _state(row: rows.JobRow, now: datetime) -> JobState:
    if row.state == "ready" or (row.state == "waiting" and row.run_at <= now):
        return "due"
    return next((state for state in STATES if state == row.state), "parked")


def _numbers(app: App, found: list[rows.JobRow]) -> dict[str, str]:
    """The posting's number by the work's subject: a posting, or a shipment of one."""
    reader = app.store.reader
    known_of = {
        row.subject: shipment.posting_id
        for row in found
        if row.subject.startswith("shp_")
        and (shipment := rows.shipments.get(reader, row.subject)) is not None
    }
    postings = [row.subject for row in found if row.subject.startswith("pst_")]
    known = queries.posting_numbers(reader, [*postings, *known_of.values()])
    return known | {subject: known.get(posting, "") for subject, posting in known_of.items()}


def _parted(text: str) -> tuple[str, str]:
    state, _, key = text.partition(" ")
    return state, key


__all__ = ["STATES", "JobState", "job", "jobs", "retry"]
