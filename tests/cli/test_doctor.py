"""``hub doctor``: it finds what is wrong, says what to do, and speaks where the hub does not start."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import msgspec
import pytest
from filelock import FileLock

from hub.flow.health import doctor as doctors
from hub.flow.opening import open_app
from hub.plugin_api.ids import new_id
from hub.store import Transaction, condition, jumps, rows
from hub.store.mapping import micros
from tests.cli.conftest import Ended, Run
from tests.web.seed import PLUGINS_TOML, Seeded

OFFLINE = ("doctor", "--offline", "--json")


def _codes(ended: Ended) -> dict[str, dict[str, Any]]:
    """The findings by code; nothing is found twice here, but for accounts and plugins."""
    return {one["code"]: one for one in ended.json["checks"]}


def _write(home: Path, work: Callable[[Transaction], object]) -> None:
    async def write() -> None:
        app = open_app(home)
        app.store.write_now(work)
        await app.aclose()

    asyncio.run(write())


def _job(key: str, *, state: str, run_at: datetime, lease_until: datetime | None = None) -> rows.JobRow:
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


def test_a_sound_hub_has_no_problem(run: Run) -> None:
    assert run("seller", "list").code == 0  # makes the database
    ended = run(*OFFLINE)
    found = _codes(ended)
    assert ended.json["status"] in ("ok", "warning")  # an old SQLite is a warning
    assert ended.code == 0
    assert {"config_ok", "plugins_ok", "key_ok", "database_ok", "writing_ok", "queue_ok"} <= set(found)
    assert "synchronous=2" in found["writing_ok"]["text"]
    assert {"clock_left_out", "backup_needless"} <= set(found)


def test_something_was_booked_and_there_is_no_backup(run: Run, seeded: dict[str, Seeded]) -> None:
    assert _codes(run(*OFFLINE))["backup_none"]["level"] == "warning"
    assert "hub backup" in run("doctor", "--offline").out


def test_the_words_are_those_of_the_language(run: Run) -> None:
    assert "диск" in run("--lang", "ru", "doctor", "--offline").out
    assert "磁盘" in run("--lang", "zh", "doctor", "--offline").out


def test_without_a_key_the_rest_is_looked_at(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    (home / "hub.key").unlink()
    ended = run(*OFFLINE)
    found = _codes(ended)
    assert ended.code == 1
    assert found["key_unusable"]["level"] == "problem"
    assert found["key_unusable"]["advice"]
    assert {"credentials_unread", "database_ok", "writing_ok", "plugins_ok"} <= set(found)


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX's")
def test_a_key_that_others_may_read(run: Run, home: Path) -> None:
    (home / "hub.key").chmod(0o644)
    ended = run(*OFFLINE)
    assert ended.code == 1
    assert "chmod 600" in _codes(ended)["key_open_to_others"]["advice"]
    assert "0644" in _codes(ended)["key_open_to_others"]["text"]


def test_a_file_that_is_no_database(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    for ending in ("", "-wal", "-shm"):
        (home / f"hub.sqlite{ending}").unlink(missing_ok=True)
    (home / "hub.sqlite").write_bytes(b"this is a letter to the carrier" * 200)
    ended = run(*OFFLINE)
    found = _codes(ended)
    assert ended.code == 1
    assert "hub restore" in found["database_damaged"]["advice"]
    assert {"plugins_ok", "key_ok"} <= set(found)


@pytest.mark.parametrize("emptied", [True, False])
def test_a_database_that_is_gone(run: Run, home: Path, seeded: dict[str, Seeded], emptied: bool) -> None:
    for ending in ("", "-wal", "-shm"):
        (home / f"hub.sqlite{ending}").unlink(missing_ok=True)
    if emptied:
        (home / "hub.sqlite").touch()
    ended = run(*OFFLINE)
    assert ended.code == 1
    assert "hub restore" in _codes(ended)["database_lost"]["advice"]
    (home / "hub.sqlite").unlink(missing_ok=True)
    (home / "hub.sqlite.lock").unlink()
    assert run(*OFFLINE).code == 0


def test_a_database_with_a_damaged_page(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    path = home / "hub.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'postings'").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(os.urandom(size))
    ended = run(*OFFLINE)
    assert ended.code == 1
    assert _codes(ended)["database_damaged"]["level"] == "problem"


def test_an_index_that_is_not_what_its_table_says(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    """What reads by it would not find a posting: no page is damaged, and the file is."""
    path = home / "hub.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        name, sql = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'postings' "
            "AND sql IS NOT NULL LIMIT 1"
        ).fetchone()
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (f"{sql} WHERE 0", name))
        connection.execute("PRAGMA writable_schema = RESET")
        connection.execute(f"REINDEX {name}")  # nothing is in it now
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, name))
    ended = run(*OFFLINE)
    found = _codes(ended)
    assert ended.code == 1
    assert name in found["database_damaged"]["text"]
    assert "database_ok" not in found


def test_a_large_database_is_looked_at_quickly_and_it_is_said(
    run: Run, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(condition, "WHOLLY_CHECKED", 0)
    found = _codes(run(*OFFLINE))
    assert {"database_ok", "database_quickly"} <= set(found)
    assert "indexes" in found["database_quickly"]["text"]


def test_damage_that_another_check_meets_is_told_once_as_what_it_is(
    run: Run, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch
) -> None:
    def meets(*_: object) -> object:
        raise sqlite3.DatabaseError("database disk image is malformed")

    monkeypatch.setattr(doctors.checks, "backup", meets)
    monkeypatch.setattr(doctors.checks, "restored", meets)
    ended = run(*OFFLINE)
    damaged = [one for one in ended.json["checks"] if one["code"] == "database_damaged"]
    assert [one["check"] for one in damaged] == ["database"]
    assert "hub restore" in damaged[0]["advice"]
    assert "DatabaseError" not in ended.out


def test_a_sender_whom_nobody_can_call(run: Run, tmp_path: Path) -> None:
    sender = {"name": "Li Wei", "address": {"country": "RU"}}
    (tmp_path / "sender.json").write_text(msgspec.json.encode(sender).decode(), encoding="utf-8")
    given = ("--title", "Gamma", "--time-zone", "Europe/Moscow", "--sender", str(tmp_path / "sender.json"))
    assert run("seller", "add", "gamma", *given).code == 0
    found = _codes(run(*OFFLINE))["sender_no_phone"]
    assert found["level"] == "warning"
    assert "gamma" in found["text"]


def test_a_broken_plugins_toml(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    (home / "plugins.toml").write_text("[plugins\n", encoding="utf-8")
    ended = run(*OFFLINE)
    found = _codes(ended)
    assert ended.code == 1
    assert found["config_broken"]["level"] == "problem"
    assert {"plugins_unknown", "key_ok", "database_ok", "credentials_ok"} <= set(found)


def test_a_plugin_that_is_not_there_hides_no_other(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    text = PLUGINS_TOML.replace('"labels"]', '"labels", "fedexx"]', 1)
    (home / "plugins.toml").write_text(text, encoding="utf-8")
    ended = run(*OFFLINE)
    found = _codes(ended)
    assert ended.code == 1
    assert found["plugin_broken"]["data"]["plugin"] == "fedexx"
    assert "cdek" in found["plugins_ok"]["text"]


def test_credentials_of_another_key(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZON_KEY", "very-secret")
    account = (
        '[sellers.alpha.accounts.env]\nplugin = "ozon"\n'
        'settings = { client_id = "1", api_key = "env:OZON_KEY" }\n'
    )
    toml = PLUGINS_TOML.replace("\n[sellers.beta]", f"\n{account}\n[sellers.beta]")
    (home / "plugins.toml").write_text(toml, encoding="utf-8")
    from hub.flow.runtime.credentials import KeyRing

    settings = msgspec.json.encode({"client_id": "1", "api_key": "very-secret"})
    account_id = new_id("acc")
    sealed = KeyRing((b"k" * 32,)).seal(settings, table="accounts", row_id=account_id, field="credentials")
    now = datetime.now(UTC)
    row = rows.AccountRow(account_id, "alpha", "ozon", "sealed", "1", sealed, "good", {}, now, now)
    _write(home, lambda tx: rows.accounts.insert(tx, row))
    broken = [one for one in run(*OFFLINE).json["checks"] if one["code"] == "credential_broken"]
    assert [one["data"]["account"] for one in broken] == ["sealed"]
    monkeypatch.delenv("OZON_KEY")
    ended = run(*OFFLINE)
    found = _codes(ended)
    assert found["credential_broken"]["data"]["account"] == "sealed"
    assert found["credential_unset"]["data"]["account"] == "env"
    assert "OZON_KEY" in found["credential_unset"]["text"]
    assert "very-secret" not in ended.out


def test_an_account_that_plugins_toml_names_no_more(run: Run, seeded: dict[str, Seeded]) -> None:
    found = _codes(run(*OFFLINE))
    assert found["credential_undeclared"]["level"] == "warning"


def test_a_restored_backup(run: Run, home: Path, seeded: dict[str, Seeded], tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "copy.sqlite")).code == 0
    assert run("restore", str(tmp_path / "copy.sqlite")).code == 0
    found = _codes(run(*OFFLINE))
    assert found["restored_checking"]["data"]["count"] == 2, "each seller's booking is unproved"
    _write(home, lambda tx: tx.execute("UPDATE shipments SET state = 'booked'").rowcount)
    assert "restored" in _codes(run(*OFFLINE))


def test_keys_that_expire_and_accounts_that_do_not_work(run: Run, home: Path) -> None:
    now = datetime.now(UTC)

    def account(name: str, status: str, days: int) -> rows.AccountRow:
        facts = {"detail": "refused", "expires_at": (now + timedelta(days=days)).isoformat()}
        return rows.AccountRow(
            new_id("acc"), "alpha", "ozon", name, name, None, status, facts, now, now
        )  # fmt: skip

    made = [account("bad", "bad", 90), account("soon", "good", 5), account("over", "good", -1)]
    today = now.date().isoformat()
    counted = [
        rows.CallsRow(made[1].id, "/1.0/ /2.0/", today, 960, 1000),
        rows.CallsRow(made[2].id, "/1.0/ /2.0/", today, 900, 1000),
    ]
    _write(home, lambda tx: rows.accounts.insert_many(tx, made))
    _write(home, lambda tx: rows.calls.insert_many(tx, counted))
    found = _codes(run(*OFFLINE))
    calls = found["account_calls"]["data"]
    assert (calls["account"], calls["used"], calls["allowed"]) == ("soon", 960, 1000)
    assert found["account_bad"]["data"]["account"] == "bad"
    assert (found["account_expires"]["level"], found["account_expires"]["data"]["account"]) == (
        "warning",
        "soon",
    )
    assert found["account_expired"]["data"]["account"] == "over"


def test_work_that_waits_is_dead_or_lost_its_worker(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    now = datetime.now(UTC)
    jobs = [
        _job("advance:late", state="waiting", run_at=now - timedelta(hours=3)),
        _job("labels:dead", state="dead", run_at=now),
        _job("sync:lost", state="running", run_at=now, lease_until=now - timedelta(minutes=2)),
    ]
    _write(home, lambda tx: rows.jobs.insert_many(tx, jobs))
    ended = run(*OFFLINE)
    found = _codes(ended)
    assert ended.code == 1
    assert found["worker_none"]["level"] == "warning"
    assert "3 h" in found["queue_late"]["text"]
    assert found["work_dead"]["data"] == {"count": 1, "kinds": "labels 1"}
    assert found["work_abandoned"]["data"] == {"count": 1}


def test_operations_without_an_end_and_what_waits_for_a_person(
    run: Run, home: Path, seeded: dict[str, Seeded]
) -> None:
    mine = seeded["alpha"]
    sent = datetime.now(UTC) - timedelta(hours=5)

    def write(tx: Transaction) -> None:
        tx.execute(
            "UPDATE operations SET state = 'unknown', sent_at = ? WHERE id = ?",
            (micros(sent), mine.operation),
        )
        tx.execute("UPDATE problems SET kind = 'operation_unknown' WHERE id = ?", (mine.problem,))

    _write(home, write)
    ended = run(*OFFLINE)
    found = _codes(ended)
    assert ended.code == 1
    assert "5 h" in found["operations_slow"]["text"]
    assert found["incidents"]["data"]["count"] == 1
    assert found["incidents"]["data"]["others"] == 1
    assert "hub problems --money" in found["incidents"]["advice"]


def test_the_age_of_the_backup(run: Run, home: Path, seeded: dict[str, Seeded], tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "copy.sqlite")).code == 0
    assert _codes(run(*OFFLINE))["backup_ok"]["data"]["age"] < 60
    assert "backed_up_at" not in run("health", "--json").json["counters"]
    old = micros(datetime.now(UTC) - timedelta(days=9))
    _write(home, lambda tx: tx.execute("UPDATE counters SET value = ? WHERE name = 'backed_up_at'", (old,)))
    found = _codes(run(*OFFLINE))["backup_old"]
    assert found["level"] == "warning"
    assert "9 d" in found["text"]


def test_somebody_holds_the_database(
    run: Run, home: Path, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctors, "_LOCK_SECONDS", 0.2)
    with FileLock(f"{home / 'hub.sqlite'}.lock"):
        ended = run(*OFFLINE)
    assert ended.code == 1
    found = _codes(ended)
    assert found["writing_locked"]["level"] == "problem"
    assert "queue_ok" in found, "what can be read is told all the same"


def test_a_home_that_is_not_there_and_one_that_is_new(run: Run, tmp_path: Path) -> None:
    from hub.cli import root

    assert root.run(["--home", str(tmp_path / "nowhere"), *OFFLINE]) == 1
    assert not (tmp_path / "nowhere").exists()
    assert run("doctor", "--offline", "--json").code == 0


@pytest.mark.parametrize(
    ("version", "bug"),
    [
        ((3, 6, 23), False),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
    ],
)
def test_which_versions_have_the_wal_reset_bug(version: tuple[int, ...], bug: bool) -> None:
    assert condition.has_wal_reset_bug(version) is bug


def test_a_clock_of_its_own(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "clock.json"
    monkeypatch.setenv("PARCELHUB_CLOCK", str(file))
    ended = run(*OFFLINE)
    assert ended.code == 1
    assert _codes(ended)["clock_broken"]["level"] == "problem"
    assert "key_ok" in _codes(ended)
    file.write_text('{"epoch": 0, "start": "2030-01-01T00:00:00Z", "speed": 0.001}', encoding="utf-8")
    assert "2030" in _codes(run(*OFFLINE))["clock_virtual"]["text"]


# --- the vendors' clocks ----------------------------------------------------------------------------------


@contextmanager
def _vendor(ahead: timedelta | None, status: int) -> Iterator[tuple[str, list[str]]]:
    """A vendor that answers every request with this status, and with a clock that is so far ahead."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            asked.append(self.path)
            self.send_response_only(status)
            if ahead is not None:
                self.send_header("Date", format_datetime(datetime.now(UTC) + ahead, usegmt=True))
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = _answer

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _connect(home: Path, url: str) -> None:
    account = (
        f'plugin = "ozon"\nsettings = {{ client_id = "1", api_key = "env:OZON_KEY", base_url = "{url}" }}\n'
    )
    toml = PLUGINS_TOML.replace(
        "\n[sellers.beta]", f"\n[sellers.alpha.accounts.shop]\n{account}\n[sellers.beta]"
    )
    (home / "plugins.toml").write_text(toml, encoding="utf-8")
    _write(home, lambda tx: None)


@pytest.mark.parametrize(
    ("ahead", "status", "code", "level"),
    [
        (timedelta(0), 200, "clock_ok", "ok"),
        (timedelta(minutes=-2), 500, "clock_off", "warning"),
        (timedelta(hours=1), 403, "clock_off", "problem"),
        (None, 404, "clock_undated", "ok"),
    ],
)
def test_a_vendors_clock_is_read_from_one_answer_whatever_it_says(
    run: Run,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    ahead: timedelta,
    status: int,
    code: str,
    level: str,
) -> None:
    monkeypatch.setenv("OZON_KEY", "very-secret")
    with _vendor(ahead, status) as (url, asked):
        _connect(home, url)
        ended = run("doctor", "--json")
    found = _codes(ended)[code]
    assert found["level"] == level
    assert len(asked) == 1
    assert "very-secret" not in ended.out
    if ahead:
        assert abs(found["data"]["difference"] - abs(ahead.total_seconds())) < 5


def test_a_vendor_that_does_not_answer(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZON_KEY", "very-secret")
    with _vendor(None, 200) as (url, _):
        pass  # nobody listens there any more
    _connect(home, url)
    found = _codes(run("doctor", "--json"))["clock_silent"]
    assert found["level"] == "warning"
    assert "reached" in found["text"]


# --- the machine ------------------------------------------------------------------------------------------


def test_a_lock_and_a_disk_that_fails_are_no_damage(
    run: Run, home: Path, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch
) -> None:
    for said, word in (
        ("database is locked", "another program"),
        ("disk I/O error", "answers with an error"),
    ):

        def fails(_: sqlite3.Connection, said: str = said) -> int:
            raise sqlite3.OperationalError(said)

        with monkeypatch.context() as patch:
            patch.setattr(condition, "schema_version", fails)
            ended = run(*OFFLINE)
        found = _codes(ended)
        assert ended.code == 1
        assert word in found["database_unread"]["text"]
        assert "hub restore" not in found["database_unread"]["text"] + found["database_unread"]["advice"]


def test_a_clock_that_went_back_is_told_without_a_worker(
    run: Run, home: Path, seeded: dict[str, Seeded]
) -> None:
    ahead = datetime.now(UTC) + timedelta(days=2)
    _write(home, lambda tx: condition.note(tx, jumps.SEEN, ahead))
    ended = run(*OFFLINE)
    assert ended.code == 1
    assert "47 h" in _codes(ended)["clock_behind"]["text"] or "2 d" in _codes(ended)["clock_behind"]["text"]
    for language, word in (("ru", "отстали"), ("zh", "倒退")):
        assert word in run("--lang", language, "doctor", "--offline").out


def test_without_time_zones_it_is_told_in_words(
    run: Run, home: Path, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(name: str) -> None:
        raise ZoneInfoNotFoundError(name)

    monkeypatch.setattr("hub.plugin_api.clock.ZoneInfo", nothing)
    ended = run(*OFFLINE)
    assert ended.code == 1
    assert "tzdata" in _codes(ended)["zones_missing"]["advice"]
    shown = run("postings", "alpha")
    assert shown.code == 1
    assert "tzdata" in shown.err
    assert "made a mistake" not in shown.err


def test_work_that_ends_the_process_and_intake_that_stands_still(
    run: Run, home: Path, seeded: dict[str, Seeded]
) -> None:
    now = datetime.now(UTC)
    jobs = [
        msgspec.structs.replace(_job("advance:bad", state="dead", run_at=now), lost=6),
        msgspec.structs.replace(_job("labels:odd", state="parked", run_at=now), lost=3),
        msgspec.structs.replace(_job("sync:shop", state="waiting", run_at=now), attempts=40, stuck=True),
    ]
    _write(home, lambda tx: rows.jobs.insert_many(tx, jobs))
    _write(home, lambda tx: tx.execute("INSERT INTO counters VALUES ('starting:bad', 3)"))
    ended = run(*OFFLINE)
    found = _codes(ended)
    assert ended.code == 1
    assert "advance:bad" in found["work_set_aside"]["text"]
    assert found["work_ends_process"]["level"] == "warning"
    assert "hub jobs retry sync:shop" in found["intake_stopped"]["advice"]
    assert "bad" in found["plugin_ends_process"]["text"]


def test_a_plugin_that_is_gone_with_postings_under_way(
    run: Run, home: Path, seeded: dict[str, Seeded]
) -> None:
    text = (home / "plugins.toml").read_text("utf-8")
    (home / "plugins.toml").write_text(text.replace('"ozon", ', ""), encoding="utf-8")
    ended = run(*OFFLINE)
    gone = [one for one in ended.json["checks"] if one["code"] == "plugin_gone"]
    assert ended.code == 1
    assert {one["data"]["plugin"] for one in gone} == {"ozon"}


@pytest.mark.skipif(sys.platform != "linux", reason="it mounts the folder read-only, for one process")
def test_a_read_only_folder_is_told_by_every_command(home: Path, seeded: dict[str, Seeded]) -> None:
    script = (
        f"mount --bind {home} {home} && mount -o remount,bind,ro {home} && "
        f"for c in 'doctor --offline' 'show 1-1-1' 'ship 1-1-1' 'backup {home}/b.sqlite'; do "
        f'{sys.executable} -m hub.cli --home {home} $c; echo "code $?"; done'
    )
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", script],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()[:100]}")
    said = done.stdout + done.stderr
    assert said.count("code 1") == 4, said
    assert "Traceback" not in said
    assert "made a mistake" not in said
    assert "hub restore" not in said
    assert said.count("read-only") + said.lower().count("read-only file system") >= 4, said
