"""Waiting for queued work from the command line: by the worker that is alive, or by one right here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from hub.jobs.worker import Worker, worker_alive
from hub.store import jobs, queue

if TYPE_CHECKING:
    from hub.flow.app import App

_LOOK = 0.1  # real seconds


async def drive(app: App, until: Callable[[], bool] | None, timeout: float) -> bool:
    """Return when ``until`` says so (None: when nothing is due), or after ``timeout`` real seconds. Whether
    somebody works on when this returns: what is not done then goes on by itself, or does not.

    A worker that dies meanwhile is noticed when its lease is over: this process takes over from it.
    """
    stop = asyncio.Event()
    inline: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(timeout):
            while not (_idle(app) if until is None else until()):
                if inline is None and not worker_alive(app):
                    inline = asyncio.create_task(Worker(app).run(stop))
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
    return worker_alive(app)


def _idle(app: App) -> bool:
    reader = app.store.reader
    due = queue.next_due(reader)
    return not jobs.any_running(reader) and (due is None or due > app.clock.now() + app.clock.stretch(0.5))
