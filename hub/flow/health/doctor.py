"""The doctor: every check of the hub at ``home``, each by itself.

It must be able to speak where the hub cannot even start, so nothing here opens an `hub.flow.app.App`."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from hub import __version__
from hub.flow import questions as questions  # which kinds are about money is known where all are
from hub.flow.health import checks, machine, vendor_clock
from hub.flow.health.checks import Finding, Findings, Level
from hub.flow.health.views import CheckView, DoctorView
from hub.flow.runtime.credentials import KeyRing
from hub.flow.runtime.places import addresses_of
from hub.flow.runtime.stored_accounts import declared_settings, unsealed
from hub.plugin_api.clock import VARIABLE, Clock, RealClock, clock_from_environment
from hub.plugin_api.errors import ConfigError, HubError, StoreError
from hub.plugin_api.settings import load_settings
from hub.plugins.config import Config
from hub.plugins.config_reading import load_config
from hub.plugins.loader import Registry, load_plugins
from hub.store import Place, Server, Transaction, accounts, condition, open_store, place_of, sellers
from hub.store.migrations.making import lets_older_code_write
from hub.store.schema import VERSION
from hub.store.trouble import BadDatabase, EngineError, kind_of, trouble
from hub.words import in_english
from hub.words.texts import check_title, finding_texts

_LOCK_SECONDS = 3.0
_DAMAGED = "database_damaged"


class Doctor:
    """One visit. ``findings`` are in the order in which a person should read them."""

    def __init__(self, home: Path, database: str = "") -> None:
        self.home = home
        self._asked_for = database
        self.clock: Clock = RealClock()
        self.findings: list[Finding] = []
        self._config: Config | None = None
        self._registry: Registry | None = None
        self._keyring: KeyRing | None = None

    async def examine(self, *, offline: bool) -> list[Finding]:
        """Ask everything; ``offline`` leaves the vendors out."""
        if not self.home.is_dir():
            data = {"path": str(self.home)}
            return [Finding(check="home", level="problem", code="home_missing", data=data)]
        self._ask("clock", self._read_clock)
        self._ask("zones", machine.zones)
        self._ask("disk", lambda: checks.disk(self.home))
        self._ask("config", self._read_config)
        self._ask("plugins", self._load_plugins)
        self._ask("key", lambda: checks.key(self.home))
        self._open_keyring()
        place = self._place()
        if place is None:
            return self.findings
        if isinstance(place, Server):
            await self._examine_server(place, offline=offline)
            return self.findings
        path = place
        self._ask("engine", lambda: checks.engine(condition.engine()))
        if not path.exists() or not path.stat().st_size:
            # Beside the lock of one, no database is not a new hub: somebody has lost it.
            lost = path.exists() or condition.lock_of(path).exists()
            data = {"path": str(path), "lock": str(condition.lock_of(path))}
            self._ask("writing", lambda: machine.writable(self.home))
            self.findings.append(
                Finding(check="database", level="problem", code="database_lost", data=data)
                if lost
                else Finding(check="database", level="ok", code="database_none")
            )
            return self.findings
        with condition.looked_at(path) as reader:
            if self._look_into(reader):
                await self._write_to(path)
                self._ask_of_work(reader)
                self._ask("backup", lambda: checks.backup(reader, self.clock.now()))
                await self._ask_vendors(reader, offline=offline)
        return self.findings

    # --- before the database ------------------------------------------------------------------------------

    def _read_clock(self) -> Findings:
        """The hub's own clock, where it is not the machine's."""
        path = os.environ.get(VARIABLE)
        if not path:
            return
        try:
            self.clock = clock_from_environment()
        except Exception as error:
            data = {"path": path, "reason": f"{type(error).__name__}: {error}"}
            yield Finding(check="clock", level="problem", code="clock_broken", data=data)
            return
        data = {"path": path, "time": f"{self.clock.now():%Y-%m-%dT%H:%M:%SZ}"}
        yield Finding(check="clock", level="warning", code="clock_virtual", data=data)

    def _read_config(self) -> Findings:
        try:
            config = self._config = load_config(self.home / "plugins.toml")
        except ConfigError as error:
            data = {"reason": error.said}
            yield Finding(check="config", level="problem", code="config_broken", data=data)
            return
        found = {"plugins": len(config.allow), "sellers": len(config.sellers)}
        yield Finding(check="config", level="ok", code="config_ok", data=found)

    def _load_plugins(self) -> Findings:
        """Each by itself, so that one which fails hides no other; then those that load, together."""
        if self._config is None:
            yield Finding(check="plugins", level="warning", code="plugins_unknown")
            return
        good = []
        for name in self._config.allow:
            try:
                load_plugins([name])
            except ConfigError as error:
                yield _broken(name, error)
            else:
                good.append(name)
        try:
            registry = self._registry = load_plugins(good)
        except ConfigError as error:
            yield _broken(", ".join(good), error)
            return
        shown = ", ".join(f"{name} {registry.version(name)}" for name in registry.names)
        if shown:
            yield Finding(check="plugins", level="ok", code="plugins_ok", data={"plugins": shown})
        yield from checks.notices(registry)

    def _open_keyring(self) -> None:
        try:
            self._keyring = KeyRing.open(self.home)
        except ConfigError:
            self._keyring = None  # the check of the key has said why

    def _place(self) -> Place | None:
        """Where the database is; None where that cannot be said."""
        try:
            return place_of(self.home, self._asked_for)
        except ConfigError as error:
            self.findings.append(failed("database", error))
            return None

    # --- the database -------------------------------------------------------------------------------------

    async def _examine_server(self, server: Server, *, offline: bool) -> None:
        try:
            store = open_store(server)
        except (StoreError, ConfigError) as error:
            data = {"reason": error.said}
            self.findings.append(
                Finding(check="database", level="problem", code="database_unread", data=data)
            )
            return
        try:
            self._ask("engine", lambda: checks.engine(store.engine))
            schema: dict[str, object] = {"schema": VERSION, "known": VERSION}
            self.findings.append(Finding(check="database", level="ok", code="database_ok", data=schema))
            try:
                safety = await store.safety()
            except Exception as error:
                why = store.what_is_wrong(error)
                refused = failed("writing", error) if why is None else checks.unwritable(why, _LOCK_SECONDS)
                self.findings.append(refused)
            else:
                self._ask("writing", lambda: checks.safety(safety))
            self._ask_of_work(store.reader)  # its backups are known to whoever runs the server
            await self._ask_vendors(store.reader, offline=offline)
        finally:
            store.close()

    def _look_into(self, reader: Transaction) -> bool:
        """Whether its tables can be asked."""
        path, whole = self.home / condition.FILE, True
        try:
            version = condition.schema_version(reader)
            whole = path.stat().st_size <= condition.WHOLLY_CHECKED
            reason = condition.damage(reader, whole=whole)
        except BadDatabase as error:
            if (why := trouble(error, path)) is not None and why.kind != "damaged":
                # A lock, rights, a disk that does not answer: no backup is to be put back for that.
                said = {"reason": why.said}
                self.findings.append(
                    Finding(check="database", level="problem", code="database_unread", data=said)
                )
                return False
            version, reason = 0, str(error)
        data: dict[str, object] = {"schema": version, "known": VERSION}
        if reason:
            damaged = Finding(check="database", level="problem", code=_DAMAGED, data={"reason": reason})
            self.findings.append(damaged)
            return version == VERSION  # what can still be read is told
        fits = version == VERSION or (version > VERSION and lets_older_code_write(reader))
        level: Level = "ok" if fits else "warning" if version < VERSION else "problem"
        code = {"ok": "database_ok", "warning": "database_older", "problem": "database_newer"}[level]
        self.findings.append(Finding(check="database", level=level, code=code, data=data))
        if not whole:
            data = {"megabytes": condition.WHOLLY_CHECKED // 2**20}
            self.findings.append(Finding(check="database", level="ok", code="database_quickly", data=data))
        return fits

    async def _write_to(self, path: Path) -> None:
        try:
            if not condition.can_be_written(path, _LOCK_SECONDS):
                data = {"seconds": _LOCK_SECONDS}
                self.findings.append(
                    Finding(check="writing", level="problem", code="writing_locked", data=data)
                )
                return
            store = open_store(path)
            try:
                safety = await store.safety()
            finally:
                store.close()
        except Exception as error:
            why = trouble(error, path)
            self.findings.append(
                failed("writing", error) if why is None else checks.unwritable(why, _LOCK_SECONDS)
            )
            return
        self._ask("writing", lambda: checks.safety(safety))

    def _ask_of_work(self, reader: Transaction) -> None:
        now = self.clock.now()
        self._ask("clock", lambda: machine.clock(reader, self.clock))
        self._ask("zones", lambda: machine.seller_zones(reader))
        self._ask("sellers", lambda: machine.sender_phones(reader))
        self._ask("queue", lambda: checks.work(reader, self.clock))
        self._ask("queue", lambda: machine.troubled_work(reader))
        self._ask("plugins", lambda: machine.ends_at_start(reader))
        self._ask("messages", lambda: machine.silent_messengers(reader))
        registry = self._registry
        if registry is not None:
            self._ask("accounts", lambda: machine.without_plugin(reader, registry))
        self._ask("operations", lambda: checks.operations(reader, now))
        self._ask("problems", lambda: checks.problems(reader))
        self._ask("accounts", lambda: checks.accounts(reader, now))
        keyring = self._keyring
        if keyring is None:
            self.findings.append(Finding(check="credentials", level="warning", code="credentials_unread"))
        else:
            self._ask(
                "credentials",
                lambda: checks.stored_credentials(reader, keyring, self._config, self._registry),
            )
        self._ask("restore", lambda: checks.restored(reader))

    # --- the vendors --------------------------------------------------------------------------------------

    async def _ask_vendors(self, reader: Transaction, *, offline: bool) -> None:
        registry = self._registry
        if offline or registry is None or self._keyring is None or self._config is None:
            reason = "--offline" if offline else ""
            left_out = Finding(check="clock", level="ok", code="clock_left_out", data={"reason": reason})
            self.findings.append(left_out)
            return
        try:
            asked = self._to_ask(reader, self._config, registry, self._keyring)
            self.findings += await vendor_clock.ask(asked, self.clock)
        except Exception as error:
            self.findings.append(failed("clock", error))

    def _to_ask(
        self, reader: Transaction, config: Config, registry: Registry, keyring: KeyRing
    ) -> list[vendor_clock.Asked]:
        on = {row.slug: row.plugins for row in sellers.every(reader)}
        asked = []
        for row in accounts.by_name(reader):
            vendor = registry.carriers.get(row.plugin) or registry.sources.get(row.plugin)
            if vendor is None or row.plugin not in on.get(row.seller, ()):
                continue
            try:
                kind = registry.settings_type(row.plugin)
                if row.credentials is None:
                    settings = declared_settings(config, kind, row)
                else:
                    settings = load_settings(kind, unsealed(keyring, row))
                addresses = addresses_of(config, registry, row.plugin, row.seller, row.name)
                addresses.check_settings(settings)
            except ConfigError:
                continue  # the check of the credentials has said why
            asked.append(vendor_clock.Asked(row, vendor, settings, addresses))
        return asked

    def _ask(self, check: str, work: Callable[[], Findings]) -> None:
        known = {finding.code for finding in self.findings}
        self.findings += [
            finding
            for finding in made(check, work)
            if finding.code != _DAMAGED or finding.code not in known  # many checks may meet the same page
        ]


def made(check: str, work: Callable[[], Findings]) -> list[Finding]:
    """What a check finds, up to where it fails; that it failed is a finding too."""
    findings: list[Finding] = []
    try:
        for finding in work():
            findings.append(finding)
    except Exception as error:
        findings.append(failed(check, error))
    return findings


def report(findings: Sequence[Finding], language: str) -> DoctorView:
    """What was found, in words."""
    return DoctorView(
        status=worst(findings),
        version=__version__,
        checks=tuple(check_view(finding, language) for finding in findings),
    )


def check_view(finding: Finding, language: str) -> CheckView:
    """A finding in words."""
    what, advice = finding_texts(finding.code, finding.data, language)
    return CheckView(
        check=finding.check,
        title=check_title(finding.check, language),
        level=finding.level,
        code=finding.code,
        text=what,
        advice=advice,
        data=in_english(finding.data),
    )


def worst(findings: Iterable[Finding]) -> Level:
    """The worst level."""
    levels = {finding.level for finding in findings}
    return "problem" if "problem" in levels else "warning" if "warning" in levels else "ok"


def _broken(name: str, error: ConfigError) -> Finding:
    data = {"plugin": name, "reason": error.said}
    return Finding(check="plugins", level="problem", code="plugin_broken", data=data)


def failed(check: str, error: Exception) -> Finding:
    """A check that could not be made. A database's own words are told; another error's text may hold data."""
    if kind_of(error) == "damaged":
        return Finding(check="database", level="problem", code=_DAMAGED, data={"reason": str(error)})
    if isinstance(error, HubError):
        return Finding(check=check, level="problem", code="check_refused", data={"reason": error.said})
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    said = f": {error}" if isinstance(error, (*EngineError, OSError)) else ""
    data = {"error": f"{type(error).__name__}{place}{said}"}
    return Finding(check=check, level="problem", code="check_failed", data=data)
