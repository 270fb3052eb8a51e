"""Named points around every commit and every request of a worker, where it can be made to die.

The points are laid round the two doors that all of them pass, the store's writes and the hub's transport: the
hub itself knows nothing of them.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from hub.calls.transport import HubTransport
from hub.store import database
from hub.store.database import SqliteStore

Meet = Callable[[str], None]


def arm(order: str) -> None:
    """What the zygote was told: ``go``, ``record FILE`` or ``die N POINT``."""
    word, _, rest = order.partition(" ")
    if word == "record":
        file = Path(rest)

        def note(point: str) -> None:
            with file.open("a", encoding="utf-8") as notes:
                notes.write(point + "\n")

        _lay(note)
    elif word == "die":
        number, _, wanted = rest.partition(" ")
        left = [int(number)]

        def die(point: str) -> None:
            if point == wanted:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        _lay(die)


def _lay(meet: Meet) -> None:
    submit, deliver = SqliteStore._submit, database._deliver

    def submitting(self: SqliteStore, job: database._Job) -> None:
        submit(self, job._replace(work=_Watched(job.work, meet)))

    def delivering(group: list[database._Job], answers: list[database._Answer]) -> None:
        for job in group:
            if isinstance(job.work, _Watched):
                meet(f"after the commit of {job.work.name}")
        deliver(group, answers)

    send = HubTransport.handle_async_request

    async def sending(self: HubTransport, request: httpx.Request) -> httpx.Response:
        name = f"{request.method} {re.sub(r'[A-Z]*[0-9][-0-9A-Za-z]{5,}', '*', request.url.path)}"
        meet(f"before {name}")
        response = await send(self, request)
        meet(f"after {name}")
        return response

    SqliteStore._submit = submitting  # type: ignore[method-assign]
    database._deliver = delivering
    HubTransport.handle_async_request = sending  # type: ignore[method-assign]


class _Watched:
    """A write that tells when it is done and not committed yet."""

    def __init__(self, work: Callable[[Any], Any], meet: Meet) -> None:
        self.name = _name(work)
        self._work = work
        self._meet = meet

    def __call__(self, connection: Any) -> Any:
        result = self._work(connection)
        self._meet(f"before the commit of {self.name}")
        return result


def _name(work: Callable[[Any], Any]) -> str:
    """The function that writes; for a step of the journal, of which operation and to which state."""
    cells = _cells(work)
    while "work" in cells and callable(inner := cells["work"].cell_contents):
        work, cells = inner, _cells(inner)  # of a decision, compared first with what it was made on
    name = f"{work.__module__}.{work.__qualname__}".replace(".<locals>", "")
    if "changes" in cells and "operation" in cells:
        state = cells["changes"].cell_contents.get("state", "-")
        name += f" {cells['operation'].cell_contents.kind} {state}"
    return name


def _cells(work: Callable[[Any], Any]) -> dict[str, Any]:
    code = getattr(work, "__code__", None)
    return dict(zip(code.co_freevars, work.__closure__ or (), strict=True)) if code is not None else {}


__all__ = ["arm"]
