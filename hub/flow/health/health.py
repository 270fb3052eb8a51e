"""How the hub is, while it runs: the checks of the doctor that ask no vendor and read no table through."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hub import __version__
from hub.flow.health import checks, machine
from hub.flow.health.checks import Finding, Findings
from hub.flow.health.doctor import check_view, failed, made, worst
from hub.flow.health.readiness import Readiness, readiness, write_trouble
from hub.flow.health.views import HealthView
from hub.store import health as stored
from hub.store import queue
from hub.store.trouble import of_kind

if TYPE_CHECKING:
    from hub.flow.app import App

_WRITE_SECONDS = 2.0
_SQLITE = "SQLite "
LEFT_OUT = ("database", "vendor_clock")
"""Every page of the database, and the vendors' clocks."""


async def health(app: App, language: str) -> HealthView:
    """The figures, and every check that is quick, in words. A check that cannot be made says so."""
    reader, now = app.store.reader, app.clock.now()
    findings = [
        *made("engine", lambda: checks.engine(app.store.engine)),
        *made("disk", lambda: checks.disk(app.home)),
        *made("plugins", lambda: _plugins(app)),
        *made("key", lambda: checks.key(app.home)),
        *await _writing(app),
        *made("clock", lambda: machine.clock(reader, app.clock)),
        *made("queue", lambda: checks.work(reader, app.clock)),
        *made("queue", lambda: machine.troubled_work(reader)),
        *made("plugins", lambda: machine.ends_at_start(reader)),
        *made("accounts", lambda: machine.without_plugin(reader, app.registry)),
        *made("messages", lambda: machine.silent_messengers(reader)),
        *made("files", machine.descriptors),
        *made("operations", lambda: checks.operations(reader, now)),
        *made("problems", lambda: checks.problems(reader)),
        *made("accounts", lambda: checks.accounts(reader, now)),
        *made(
            "credentials",
            lambda: checks.stored_credentials(reader, app.keyring, app.config, app.registry),
        ),
        *(made("backup", lambda: checks.backup(reader, now)) if isinstance(app.store.place, Path) else ()),
        *made("restore", lambda: checks.restored(reader)),
    ]
    return msgspec.structs.replace(
        figures(app, await readiness(app)),
        level=worst(findings),
        checks=tuple(check_view(finding, language) for finding in findings),
        left_out=LEFT_OUT,
    )


def figures(app: App, ready: Readiness) -> HealthView:
    """How the hub is, in figures."""
    reader, now = app.store.reader, app.clock.now()
    due = stored.oldest_due(reader, now)
    late = 0.0 if due is None else max((now - due).total_seconds(), 0.0)
    lease = app.clock.stretch(queue.LEASE)
    return HealthView(
        status=ready.status,
        reasons=ready.reasons,
        version=__version__,
        sqlite=app.store.engine.removeprefix(_SQLITE) if app.store.engine.startswith(_SQLITE) else "",
        engine=app.store.engine,
        worker=bool(queue.holder(reader, "worker", now=now, lease=lease)),
        queue=stored.queued(reader),
        oldest_due_seconds=round(late, 3),
        operations_unknown=stored.unknown_operations(reader),
        problems_open=stored.open_problems(reader),
        counters={
            name: value
            for name, value in stored.counters(reader).items()
            # not a time that is kept there, nor the hub's own notes
            if not name.endswith("_at") and ":" not in name
        },
    )


def _plugins(app: App) -> Findings:
    shown = ", ".join(f"{name} {app.registry.version(name)}".strip() for name in app.registry.names)
    yield Finding(check="plugins", level="ok", code="plugins_ok", data={"plugins": shown})
    yield from checks.notices(app.registry)


async def _writing(app: App) -> list[Finding]:
    """Whether a write goes through, and whether it is safe then: it waits while another process holds the
    lock."""
    try:
        if (why := await write_trouble(app)) is not None:
            return [checks.unwritable(why, _WRITE_SECONDS)]
        async with asyncio.timeout(_WRITE_SECONDS):
            safety = await app.store.safety()
    except TimeoutError:
        return [checks.unwritable(of_kind("locked", app.store.place), _WRITE_SECONDS)]
    except Exception as error:
        return [failed("writing", error)]
    return made("writing", lambda: checks.safety(safety))
