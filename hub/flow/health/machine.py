"""What is wrong round the hub: its clock, its limits, work that ends its process, plugins that are gone.

The checks are like those of `hub.flow.health.checks`, which has the rest."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from hub.flow.health.checks import Finding, Findings
from hub.flow.messages.problems import TRIES
from hub.flow.sellers.orphans import orphans
from hub.plugin_api.clock import Clock, zone
from hub.plugin_api.errors import ConfigError
from hub.plugins.registry import Registry
from hub.plugins.senders import has_phone
from hub.store import Transaction, condition, jobs, jumps, messages, rows, sellers, warehouses

_BEHIND = 60.0  # real seconds
_TOLD = timedelta(days=1)
_FEW_FILES = 256
_ANY_ZONE = "Europe/Moscow"


def clock(reader: Transaction, now: Clock) -> Findings:
    """Whether the clock has gone back."""
    time = now.now()
    behind = jumps.behind(reader, time)
    if behind > now.stretch(_BEHIND):
        data = {"age": int(behind.total_seconds()), "time": f"{time + behind:%Y-%m-%dT%H:%M:%SZ}"}
        yield Finding(check="clock", level="problem", code="clock_behind", data=data)
        return
    jump = jumps.last(reader)
    if jump is not None and time - jump.at < _TOLD:
        data = {"age": int(jump.by.total_seconds()), "time": f"{jump.at:%Y-%m-%dT%H:%M:%SZ}"}
        yield Finding(check="clock", level="warning", code="clock_went_back", data=data)


def troubled_work(reader: Transaction) -> Findings:
    """Schedules that fail again and again, and work that ends its process."""
    for job in jobs.stuck(reader):
        account = rows.accounts.get(reader, job.account)
        data = {"kind": job.kind, "key": job.key, "reason": job.reason, "count": job.attempts}
        if account is not None:
            data |= {"account": account.name, "seller": account.seller}
        code = "intake_stopped" if job.kind == "sync" else "schedule_fails"
        yield Finding(check="queue", level="problem", code=code, data=data)
    for job in jobs.ending(reader):
        code = "work_set_aside" if job.state == "dead" else "work_ends_process"
        level: str = "problem" if job.state == "dead" else "warning"
        data = {"key": job.key, "count": job.lost, "seller": job.seller}
        yield Finding(check="queue", level=level, code=code, data=data)  # type: ignore[arg-type]


def ends_at_start(reader: Transaction) -> Findings:
    """Plugins whose start-up hook ends the process."""
    for plugin, deaths in condition.ends_at_start(reader).items():
        data = {"plugin": plugin, "count": deaths}
        yield Finding(check="plugins", level="problem", code="plugin_ends_process", data=data)


def without_plugin(reader: Transaction, registry: Registry) -> Findings:
    """Accounts with work under way whose plugin does not run here."""
    for one in orphans(reader, registry):
        row = one.account
        if one.why == "bad":
            continue  # the check of the accounts tells it
        data: dict[str, Any] = {"account": row.name, "seller": row.seller, "plugin": row.plugin}
        data |= {"count": one.postings, "unclear": one.unclear or None}
        yield Finding(check="accounts", level="problem", code="plugin_gone", data=data)


def zones() -> Findings:
    """Whether this machine knows time zones at all."""
    if not _knows(_ANY_ZONE):
        yield Finding(check="zones", level="problem", code="zones_missing", data={"zones": _ANY_ZONE})


def seller_zones(reader: Transaction) -> Findings:
    """Whether it knows those of the sellers and of their warehouses."""
    found = [row.time_zone for row in sellers.every(reader)]
    found += [row.time_zone for row in warehouses.every(reader) if row.time_zone]
    names = dict.fromkeys(found)
    unknown = [name for name in names if not _knows(name)]
    if unknown and _knows(_ANY_ZONE):
        yield Finding(check="zones", level="problem", code="zones_missing", data={"zones": unknown})


def sender_phones(reader: Transaction) -> Findings:
    """Whether a carrier can call who ships: some refuse an order without a phone of the sender's."""
    whose = {row.slug: row.profile.sender for row in sellers.every(reader)}
    whose |= {f"{row.seller}/{row.slug}": row.profile.sender for row in warehouses.every(reader)}
    silent = sorted(name for name, sender in whose.items() if sender is not None and not has_phone(sender))
    if silent:
        data = {"senders": silent}
        yield Finding(check="sellers", level="warning", code="sender_no_phone", data=data)


def _knows(name: str) -> bool:
    try:
        zone(name)
    except ConfigError:
        return False
    return True


def silent_messengers(reader: Transaction) -> Findings:
    """Addresses at which messages to people do not arrive."""
    for standing, account in messages.failing(reader, at_least=TRIES):
        data = {"seller": account.seller, "address": account.name, "reason": standing.reason}
        yield Finding(check="messages", level="warning", code="messages_failing", data=data)


def descriptors() -> Findings:
    """Whether this process may open as many files as it has connections."""
    if sys.platform == "win32":
        return
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < _FEW_FILES:
        yield Finding(check="files", level="warning", code="files_few", data={"count": soft})


def writable(home: Path) -> Findings:
    """Whether the hub's folder takes new files: asked without making one where the system tells
    beforehand."""
    trouble = condition.folder_trouble(home)
    if trouble is not None:
        data = {"reason": trouble.said}
        yield Finding(check="writing", level="problem", code="writing_refused", data=data)


__all__ = [
    "clock",
    "descriptors",
    "ends_at_start",
    "seller_zones",
    "sender_phones",
    "silent_messengers",
    "troubled_work",
    "without_plugin",
    "writable",
    "zones",
]
