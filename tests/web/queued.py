"""A queue with a piece of work in every state, for both doors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.flow.app import App
from hub.plugin_api.ids import new_id
from hub.store import Transaction, rows
from tests.web.seed import Seeded

HOUR = timedelta(hours=1)


def fill_queue(app: App, mine: Seeded) -> dict[str, str]:
    """The keys by state; the dead work has told of its end on the seller's first posting."""
    now = datetime.now(UTC)
    first, second = mine.postings[:2]
    made = {
        "running": _job(mine, f"sync:{mine.account}", "running", now, lease=now + HOUR),
        "silent": _job(mine, f"advance:{second.id}", "running", now - HOUR, lease=now - HOUR),
        "due": _job(mine, "deadlines:all", "ready", now - timedelta(minutes=2)),
        "waiting": _job(mine, f"track:{mine.shipment}", "waiting", now + HOUR),
        "dead": _job(mine, f"advance:{first.id}", "dead", now, reason="unavailable: no answer came in time"),
    }
    problem = rows.ProblemRow(
        id=new_id("prb"),
        seller=mine.seller,
        posting_id=first.id,
        account=mine.account,
        operation_id="",
        kind="work_stopped",
        data={"kind": "advance", "reason": "unavailable"},
        deadline=None,
        state="open",
        answer="",
        created_at=now,
        closed_at=None,
        subject_type="posting",
        subject_id=first.id,
    )

    def write(tx: Transaction) -> None:
        rows.jobs.insert_many(tx, made.values())
        rows.problems.insert(tx, problem)
        tx.execute("UPDATE postings SET problems = problems + 1 WHERE id = ?", (first.id,))

    app.store.write_now(write)
    return {state: job.key for state, job in made.items()}


def _job(
    mine: Seeded, key: str, state: str, run_at: datetime, *, lease: datetime | None = None, reason: str = ""
) -> rows.JobRow:
    kind, _, subject = key.partition(":")
    return rows.JobRow(
        key=key,
        seller=mine.seller,
        account=mine.account,
        kind=kind,
        subject=subject,
        priority=1_790_000_000,
        run_at=run_at,
        state=state,
        again=False,
        lease_owner="wrk-7" if state == "running" else "",
        lease_until=lease or run_at,
        fence=1,
        attempts=3,
        reason=reason,
        created_at=run_at,
        started_at=run_at if state == "running" else None,
    )
