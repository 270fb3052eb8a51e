"""Waiting for queued work from the command line: by the worker that is alive, or by one right here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from hub.jobs.worker import Worker, worker_alive
from hub.store import queue

if TYPE_CHECKING:
    from hub.flow.app import App

_LOOK = 0.1  # real seconds


async def drive(app: App, until: Callable[[], bool] | None, timeout: float) -> None:
    """Return when ``until`` says so (None: when nothing is due), or after ``timeout`` real seconds."""
    stop = asyncio.Event()
    inline = None if worker_alive(app) else asyncio.create_task(Worker(app).run(stop))
    try:
        async with asyncio.timeout(timeout):
            while not (_idle(app) if until is None else until()):
                if inline is not None and inline.done():
                    break
                await asyncio.sleep(_LOOK)
    except TimeoutError:
        pass
    finally:
        stop.set()
        app.woken.set()
        if inline is not None:
            await inline


def _idle(app: App) -> bool:
    reader = app.store.reader
    due = queue.next_due(reader)
    busy = reader.execute("SELECT 1 FROM jobs WHERE state = 'running' LIMIT 1").fetchone()
    return busy is None and (due is None or due > app.clock.now() + app.clock.stretch(0.5))
