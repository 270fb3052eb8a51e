"""How the hub is, while it runs: the checks of the doctor that ask no vendor and read no table through."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from hub.flow import reading
from hub.flow.health import checks
from hub.flow.health.checks import Finding, Findings
from hub.flow.health.doctor import check_view, failed, made, worst
from hub.flow.health.views import HealthView
from hub.store import condition

if TYPE_CHECKING:
    from hub.flow.app import App

LEFT_OUT = ("database", "clock")
"""Every page of the database, and the vendors' clocks."""
_WRITE_SECONDS = 2.0


async def health(app: App, language: str) -> HealthView:
    """The figures, and every check that is quick, in words. A check that cannot be made says so."""
    reader, now = app.store.reader, app.clock.now()
    findings = [
        *made("engine", checks.engine),
        *made("disk", lambda: checks.disk(app.home)),
        *made("plugins", lambda: _plugins(app)),
        *made("key", lambda: checks.key(app.home)),
        *await _writing(app),
        *made("queue", lambda: checks.work(reader, app.clock)),
        *made("operations", lambda: checks.operations(reader, now)),
        *made("problems", lambda: checks.problems(reader)),
        *made("accounts", lambda: checks.accounts(reader, now)),
        *made(
            "credentials",
            lambda: checks.stored_credentials(reader, app.keyring, app.config, app.registry),
        ),
        *made("backup", lambda: checks.backup(reader, now)),
        *made("restore", lambda: checks.restored(reader)),
    ]
    return msgspec.structs.replace(
        reading.health(app),
        level=worst(findings),
        checks=tuple(check_view(finding, language) for finding in findings),
        left_out=LEFT_OUT,
    )


def _plugins(app: App) -> Findings:
    shown = ", ".join(f"{name} {app.registry.version(name)}".strip() for name in app.registry.names)
    yield Finding(check="plugins", level="ok", code="plugins_ok", data={"plugins": shown})
    yield from checks.notices(app.registry)


async def _writing(app: App) -> list[Finding]:
    """Whether the writer answers: it waits while another process holds the lock."""
    try:
        async with asyncio.timeout(_WRITE_SECONDS):
            pragmas = await condition.writer_pragmas(app.store)
    except TimeoutError:
        data = {"seconds": _WRITE_SECONDS}
        return [Finding(check="writing", level="problem", code="writing_locked", data=data)]
    except Exception as error:
        return [failed("writing", error)]
    return made("writing", lambda: checks.pragmas(pragmas))
