"""What the tests of ``hub doctor`` share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from hub.flow.opening import open_app
from hub.store import Transaction, rows
from tests.cli.conftest import Ended

OFFLINE = ("doctor", "--offline", "--json")


def codes(ended: Ended) -> dict[str, dict[str, Any]]:
    """The findings by code; nothing is found twice here, but for accounts and plugins."""
    return {one["code"]: one for one in ended.json["checks"]}


def write_into(home: Path, work: Callable[[Transaction], object]) -> None:
    async def write() -> None:
        app = open_app(home)
        app.store.write_now(work)
        await app.aclose()

    asyncio.run(write())


def job(key: str, *, state: str, run_at: datetime, lease_until: datetime | None = None) -> rows.JobRow:
    kind, _, subject = key.partition(":")
    return rows.JobRow(
        key=key,
        seller="alpha",
        account="acc",
        kind=kind,
        subject=subject,
        priority=0,
        run_at=run_at,
        state=state,
        again=False,
        lease_owner="wrk-1",
        lease_until=lease_until or run_at,
        fence=1,
        attempts=3,
        reason="unavailable: no answer came in time",
        created_at=run_at,
    )
