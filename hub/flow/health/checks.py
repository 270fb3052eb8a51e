"""How the hub is, one check each: what the doctor and ``GET /v1/health`` say of the machine and the database.

A check reads and changes nothing. What it finds is a code with its parameters; the words are made at the
edge (`hub.words.texts.finding_texts`). Each is asked by itself (`hub.flow.health.doctor`), so that one
which cannot be made hides no other.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

from hub.flow.problems.kinds import about_money
from hub.flow.runtime import credentials
from hub.flow.runtime.credentials import KeyRing
from hub.flow.runtime.places import addresses_of
from hub.flow.runtime.stored_accounts import account_facts, declared_settings, unsealed
from hub.plugin_api.clock import Clock
from hub.plugin_api.errors import ConfigError, StoreError
from hub.plugin_api.settings import load_settings
from hub.plugins.addresses import AddressRefused
from hub.plugins.config import Config
from hub.plugins.registry import Registry
from hub.store import Safety, Transaction, call_rows, condition, counter, health, jobs, keys, queue, rows
from hub.store import accounts as stored_accounts
from hub.store.trouble import NotThere
from hub.words import revived

Level = Literal["ok", "warning", "problem"]

_MB = 1024 * 1024
_DISK_FULL = 200 * _MB
_DISK_LOW = 1024 * _MB
_STALLED = 300.0  # real seconds that due work may wait
_SILENT = 20.0  # real seconds after a lease ran out: twice its length
_SLOW = timedelta(hours=1)
_EXPIRES = timedelta(days=14)
_BACKUP_OLD = timedelta(days=2)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What one check found. ``code`` says it, ``data`` has its parameters: never a secret."""

    check: str
    level: Level
    code: str
    data: dict[str, Any] = {}


Findings = Iterable[Finding]


# --- the machine ------------------------------------------------------------------------------------------


def disk(home: Path) -> Findings:
    """Whether there is room to write, and for a backup beside the database."""
    database = home / condition.FILE
    size = database.stat().st_size if database.exists() else 0
    free = shutil.disk_usage(home).free
    data = {"free": free // _MB, "database": size // _MB}
    if free < _DISK_FULL:
        yield Finding(check="disk", level="problem", code="disk_full", data=data)
    elif free < max(_DISK_LOW, 2 * size):
        yield Finding(check="disk", level="warning", code="disk_low", data=data)
    else:
        yield Finding(check="disk", level="ok", code="disk_ok", data=data)


def engine(name: str) -> Findings:
    """Which engine the database has, and whether it has a known bug."""
    if not name.startswith("SQLite"):
        yield Finding(check="engine", level="ok", code="engine_server", data={"engine": name})
        return
    bug = condition.has_wal_reset_bug()
    yield Finding(
        check="engine",
        level="warning" if bug else "ok",
        code="engine_wal_bug" if bug else "engine_ok",
        data={"version": name.removeprefix("SQLite ")},
    )


def key(home: Path) -> Findings:
    """Whether the key is there, is one, and is nobody else's to read."""
    path = home / credentials.FILE
    if os.name == "posix" and path.exists() and (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077:
        data = {"path": str(path), "mode": f"{mode:04o}"}
        yield Finding(check="key", level="problem", code="key_open_to_others", data=data)
        if credentials.VARIABLE not in os.environ:
            return
    if (
        os.name == "posix"
        and path.exists()
        and not os.access(path, os.R_OK)
        and not os.environ.get(credentials.VARIABLE)
    ):
        owner, user = credentials.owner_and_user(path)
        data = {"path": str(path), "owner": owner, "user": user, "home": str(home)}
        yield Finding(check="key", level="problem", code="key_forbidden", data=data)
        return
    try:
        KeyRing.open(home)
    except ConfigError as error:
        yield Finding(check="key", level="problem", code="key_unusable", data={"reason": error.said})
        return
    place = credentials.VARIABLE if os.environ.get(credentials.VARIABLE) else str(path)
    yield Finding(check="key", level="ok", code="key_ok", data={"place": place})


def notices(registry: Registry) -> Findings:
    """What a plugin says against itself."""
    for name in registry.names:
        info = registry.describe(name)
        if info.notice:
            data = {"plugin": name, "notice": info.notice}
            yield Finding(check="plugins", level="warning", code="plugin_notice", data=data)


# --- the database -----------------------------------------------------------------------------------------


def safety(found: Safety) -> Findings:
    """Whether the connection that writes is set so that a commit outlives a power cut."""
    unsafe = "writing_unsafe" if "journal_mode" in found.settings else "writing_unsafe_server"
    shown = ", ".join(f"{name}={value}" for name, value in found.settings.items())
    yield Finding(
        check="writing",
        level="ok" if found.holds else "problem",
        code="writing_ok" if found.holds else unsafe,
        data={"pragmas": shown},
    )


def unwritable(why: StoreError, seconds: float) -> Finding:
    """Why nothing can be written."""
    if why.kind == "locked":
        return Finding(check="writing", level="problem", code="writing_locked", data={"seconds": seconds})
    data = {"reason": why.said}
    return Finding(check="writing", level="problem", code="writing_refused", data=data)


def backup(reader: Transaction, now: datetime) -> Findings:
    """How old the last backup is; none is needed before anything was booked."""
    last = condition.backed_up_at(reader)
    if last is None:
        needed = health.any_operation(reader)
        yield Finding(
            check="backup",
            level="warning" if needed else "ok",
            code="backup_none" if needed else "backup_needless",
        )
        return
    old = now - last > _BACKUP_OLD
    yield Finding(
        check="backup",
        level="warning" if old else "ok",
        code="backup_old" if old else "backup_ok",
        data={"age": max((now - last).total_seconds(), 0.0), "time": _said(last)},
    )


# --- the work ---------------------------------------------------------------------------------------------


def work(reader: Transaction, clock: Clock) -> Findings:
    """Whether somebody works, how long due work waits, and what was given up."""
    now = clock.now()
    owner = queue.holder(reader, "worker", now=now, lease=clock.stretch(queue.LEASE))
    queued = health.queued(reader)
    if owner:
        yield Finding(check="worker", level="ok", code="worker_alive", data=queue.process_of(owner))
    elif queued:
        yield Finding(check="worker", level="warning", code="worker_none", data={"queued": queued})
    else:
        yield Finding(check="worker", level="ok", code="worker_idle")
    oldest = health.oldest_due(reader, now)
    late = timedelta(0) if oldest is None else max(now - oldest, timedelta(0))
    data = {"queued": queued, "due": health.due(reader, now)}
    if late > clock.stretch(_STALLED):
        data["late"] = int(late.total_seconds())
        yield Finding(check="queue", level="problem", code="queue_late", data=data)
    else:
        yield Finding(check="queue", level="ok", code="queue_ok", data=data)
    yield from _stuck(reader, now - clock.stretch(_SILENT))


def _stuck(reader: Transaction, silent_since: datetime) -> Findings:
    dead = Counter(jobs.dead_kinds(reader))
    if dead:
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(dead.items()))
        data: dict[str, Any] = {"count": dead.total(), "kinds": kinds}
        yield Finding(check="queue", level="problem", code="work_dead", data=data)
    abandoned = health.abandoned(reader, silent_since=silent_since)
    if abandoned:
        data = {"count": abandoned}
        yield Finding(check="queue", level="warning", code="work_abandoned", data=data)


def operations(reader: Transaction, now: datetime) -> Findings:
    """Operations that are open for longer than any vendor should take."""
    under_way = slow = 0
    oldest: datetime | None = None
    for state in rows.OPEN_STATES:
        for since in health.since_when(reader, state):
            under_way += 1
            if now - since > _SLOW:
                slow += 1
                oldest = min(since, oldest or since)
    if oldest is None:
        yield Finding(check="operations", level="ok", code="operations_ok", data={"open": under_way})
        return
    data = {"count": slow, "age": int((now - oldest).total_seconds())}
    yield Finding(check="operations", level="warning", code="operations_slow", data=data)


def problems(reader: Transaction) -> Findings:
    """How much waits for a person: what is about money is a problem of the hub's too."""
    money, others, about = 0, 0, about_money()
    deadlines: list[datetime] = []
    for one in health.open_problem_kinds(reader):
        if one.kind not in about:
            others += one.number
            continue
        money += one.number
        if one.deadline is not None:
            deadlines.append(one.deadline)
    if not money:
        yield Finding(check="problems", level="ok", code="problems_none", data={"others": others})
        return
    data: dict[str, Any] = {"count": money, "others": others}
    if deadlines:
        data["deadline"] = _said(min(deadlines))
    yield Finding(check="problems", level="problem", code="incidents", data=data)


# --- accounts ---------------------------------------------------------------------------------------------


def accounts(reader: Transaction, now: datetime) -> Findings:
    """Accounts that do not work, and keys that expire."""
    found = stored_accounts.by_name(reader)
    troubled = [finding for row in found for finding in _of_account(row, now)]
    troubled += _of_keys(reader, now)
    troubled += [finding for row in found for finding in _of_calls(reader, row, now)]
    yield from troubled
    if not troubled:
        yield Finding(check="accounts", level="ok", code="accounts_ok", data={"count": len(found)})


def _of_keys(reader: Transaction, now: datetime) -> Findings:
    """API keys that end soon: after that, whoever uses them is refused."""
    for row in keys.that_end(reader):
        if row.expires_at is not None and now < row.expires_at <= now + _EXPIRES:
            data = {"name": row.name, "id": row.id, "date": row.expires_at.date().isoformat()}
            yield Finding(check="accounts", level="warning", code="api_key_expires", data=data)


def _of_calls(reader: Transaction, account: rows.AccountRow, now: datetime) -> Findings:
    """Calls of the vendor's day that are used up, or nearly: bookings and hand-overs wait until tomorrow."""
    try:
        counts = call_rows.of_today(reader, account.id, now)
    except NotThere:  # a database of an older hub that nothing has opened yet
        return
    for counted in counts:
        if counted.allowed is not None and counted.used * 20 >= counted.allowed * 19:
            who: dict[str, Any] = {"account": account.name, "seller": account.seller, "id": account.id}
            data = who | {"used": min(counted.used, counted.allowed), "allowed": counted.allowed}
            yield Finding(check="accounts", level="warning", code="account_calls", data=data)


def _of_account(row: rows.AccountRow, now: datetime) -> Findings:
    facts = account_facts(row)
    who: dict[str, Any] = {"account": row.name, "seller": row.seller, "id": row.id}
    if row.status == "bad":
        data = who | {"reason": revived(facts.detail)}
        yield Finding(check="accounts", level="problem", code="account_bad", data=data)
    if facts.expires_at is None:
        return
    left = facts.expires_at - now
    data = who | {"date": facts.expires_at.date().isoformat()}
    if left <= timedelta(0):
        yield Finding(check="accounts", level="problem", code="account_expired", data=data)
    elif left <= _EXPIRES:
        yield Finding(check="accounts", level="warning", code="account_expires", data=data)


def restored(reader: Transaction) -> Findings:
    """Whether this database may have forgotten bookings, why, and how many that it knows are still
    unproved."""
    doubted = counter.doubt(reader)
    if doubted is None or doubted.reason == "new":
        return
    checking = health.checking(reader)
    data: dict[str, Any] = {"time": _said(doubted.time), "count": checking}
    if checking:
        yield Finding(check="restore", level="warning", code=f"{doubted.reason}_checking", data=data)
    else:
        yield Finding(check="restore", level="ok", code=doubted.reason, data=data)


def stored_credentials(
    reader: Transaction, keyring: KeyRing, config: Config | None, registry: Registry | None
) -> Findings:
    """Whether the credentials of every account open, and are what its plugin wants; as far as plugins.toml
    and the plugin can be read."""
    found = stored_accounts.by_name(reader)
    broken = False
    for row in found:
        try:
            values = unsealed(keyring, row)
            if registry is None or row.plugin not in registry.names:
                continue
            kind = registry.settings_type(row.plugin)
            if row.credentials is not None:
                settings = load_settings(kind, values)
                if config is not None:
                    where = addresses_of(config, registry, row.plugin, row.seller, row.name)
                    where.check_settings(settings)
            elif config is not None:
                declared_settings(config, kind, row)
        except AddressRefused as error:
            broken = True
            if row.status != "bad":  # else the check of the accounts tells it
                data = {"account": row.name, "seller": row.seller, "id": row.id, "reason": error.said}
                yield Finding(check="credentials", level="problem", code="account_bad", data=data)
        except ConfigError as error:
            broken = True
            yield _unusable(row, config, error)
    if not broken:
        yield Finding(check="credentials", level="ok", code="credentials_ok", data={"count": len(found)})


def _unusable(row: rows.AccountRow, config: Config | None, error: ConfigError) -> Finding:
    data = {"account": row.name, "seller": row.seller, "id": row.id, "reason": error.said}
    if row.credentials is not None:
        return Finding(check="credentials", level="problem", code="credential_broken", data=data)
    seller = None if config is None else config.sellers.get(row.seller)
    if seller is None or row.name not in seller.accounts:
        # it stays in the database, for postings refer to it
        return Finding(check="credentials", level="warning", code="credential_undeclared", data=data)
    return Finding(check="credentials", level="problem", code="credential_unset", data=data)


def _said(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
