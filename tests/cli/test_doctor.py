"""``hub doctor``: it finds what is wrong, says what to do, and speaks where the hub does not start."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from filelock import FileLock

from hub.flow.health import doctor as doctors
from hub.plugin_api.ids import new_id
from hub.store import Transaction, condition, rows
from hub.store.mapping import micros
from tests.cli.conftest import Run
from tests.cli.doctoring import OFFLINE, codes, job, write_into
from tests.web.seed import PLUGINS_TOML, Seeded


def test_a_sound_hub_has_no_problem(run: Run) -> None:
    assert run("seller", "list").code == 0  # makes the database
    ended = run(*OFFLINE)
    found = codes(ended)
    assert ended.json["status"] in ("ok", "warning")  # an old SQLite is a warning
    assert ended.code == 0
    assert {"config_ok", "plugins_ok", "key_ok", "database_ok", "writing_ok", "queue_ok"} <= set(found)
    assert "synchronous=2" in found["writing_ok"]["text"]
    assert {"clock_left_out", "backup_needless"} <= set(found)


def test_something_was_booked_and_there_is_no_backup(run: Run, seeded: dict[str, Seeded]) -> None:
    assert codes(run(*OFFLINE))["backup_none"]["level"] == "warning"
    assert "hub backup" in run("doctor", "--offline").out


def test_the_words_are_those_of_the_language(run: Run) -> None:
    assert "диск" in run("--lang", "ru", "doctor", "--offline").out
    assert "磁盘" in run("--lang", "zh", "doctor", "--offline").out


def test_without_a_key_the_rest_is_looked_at(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    (home / "hub.key").unlink()
    ended = run(*OFFLINE)
    found = codes(ended)
    assert ended.code == 1
    assert found["key_unusable"]["level"] == "problem"
    assert found["key_unusable"]["advice"]
    assert {"credentials_unread", "database_ok", "writing_ok", "plugins_ok"} <= set(found)


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX's")
def test_a_key_that_others_may_read(run: Run, home: Path) -> None:
    (home / "hub.key").chmod(0o644)
    ended = run(*OFFLINE)
    assert ended.code == 1
    assert "chmod 600" in codes(ended)["key_open_to_others"]["advice"]
    assert "0644" in codes(ended)["key_open_to_others"]["text"]


def test_a_file_that_is_no_database(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    for ending in ("", "-wal", "-shm"):
        (home / f"hub.sqlite{ending}").unlink(missing_ok=True)
    (home / "hub.sqlite").write_bytes(b"this is a letter to the carrier" * 200)
    ended = run(*OFFLINE)
    found = codes(ended)
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
    assert "hub restore" in codes(ended)["database_lost"]["advice"]
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
    assert codes(ended)["database_damaged"]["level"] == "problem"


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
    found = codes(ended)
    assert ended.code == 1
    assert name in found["database_damaged"]["text"]
    assert "database_ok" not in found


def test_a_large_database_is_looked_at_quickly_and_it_is_said(
    run: Run, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(condition, "WHOLLY_CHECKED", 0)
    found = codes(run(*OFFLINE))
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
    found = codes(run(*OFFLINE))["sender_no_phone"]
    assert found["level"] == "warning"
    assert "gamma" in found["text"]


def test_a_broken_plugins_toml(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    (home / "plugins.toml").write_text("[plugins\n", encoding="utf-8")
    ended = run(*OFFLINE)
    found = codes(ended)
    assert ended.code == 1
    assert found["config_broken"]["level"] == "problem"
    assert {"plugins_unknown", "key_ok", "database_ok", "credentials_ok"} <= set(found)


def test_a_plugin_that_is_not_there_hides_no_other(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    text = PLUGINS_TOML.replace('"labels"]', '"labels", "fedexx"]', 1)
    (home / "plugins.toml").write_text(text, encoding="utf-8")
    ended = run(*OFFLINE)
    found = codes(ended)
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
    write_into(home, lambda tx: rows.accounts.insert(tx, row))
    broken = [one for one in run(*OFFLINE).json["checks"] if one["code"] == "credential_broken"]
    assert [one["data"]["account"] for one in broken] == ["sealed"]
    monkeypatch.delenv("OZON_KEY")
    ended = run(*OFFLINE)
    found = codes(ended)
    assert found["credential_broken"]["data"]["account"] == "sealed"
    assert found["credential_unset"]["data"]["account"] == "env"
    assert "OZON_KEY" in found["credential_unset"]["text"]
    assert "very-secret" not in ended.out


def test_an_account_that_plugins_toml_names_no_more(run: Run, seeded: dict[str, Seeded]) -> None:
    found = codes(run(*OFFLINE))
    assert found["credential_undeclared"]["level"] == "warning"


def test_a_restored_backup(run: Run, home: Path, seeded: dict[str, Seeded], tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "copy.sqlite")).code == 0
    assert run("restore", str(tmp_path / "copy.sqlite")).code == 0
    found = codes(run(*OFFLINE))
    assert found["restored_checking"]["data"]["count"] == 2, "each seller's booking is unproved"
    write_into(home, lambda tx: tx.execute("UPDATE shipments SET state = 'booked'").rowcount)
    assert "restored" in codes(run(*OFFLINE))


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
    write_into(home, lambda tx: rows.accounts.insert_many(tx, made))
    write_into(home, lambda tx: rows.calls.insert_many(tx, counted))
    found = codes(run(*OFFLINE))
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
        job("advance:late", state="waiting", run_at=now - timedelta(hours=3)),
        job("labels:dead", state="dead", run_at=now),
        job("sync:lost", state="running", run_at=now, lease_until=now - timedelta(minutes=2)),
    ]
    write_into(home, lambda tx: rows.jobs.insert_many(tx, jobs))
    ended = run(*OFFLINE)
    found = codes(ended)
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

    write_into(home, write)
    ended = run(*OFFLINE)
    found = codes(ended)
    assert ended.code == 1
    assert "5 h" in found["operations_slow"]["text"]
    assert found["incidents"]["data"]["count"] == 1
    assert found["incidents"]["data"]["others"] == 1
    assert "hub problems --money" in found["incidents"]["advice"]


def test_the_age_of_the_backup(run: Run, home: Path, seeded: dict[str, Seeded], tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "copy.sqlite")).code == 0
    assert codes(run(*OFFLINE))["backup_ok"]["data"]["age"] < 60
    assert "backed_up_at" not in run("health", "--json").json["counters"]
    old = micros(datetime.now(UTC) - timedelta(days=9))
    write_into(
        home, lambda tx: tx.execute("UPDATE counters SET value = ? WHERE name = 'backed_up_at'", (old,))
    )
    found = codes(run(*OFFLINE))["backup_old"]
    assert found["level"] == "warning"
    assert "9 d" in found["text"]


def test_somebody_holds_the_database(
    run: Run, home: Path, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctors, "_LOCK_SECONDS", 0.2)
    with FileLock(f"{home / 'hub.sqlite'}.lock"):
        ended = run(*OFFLINE)
    assert ended.code == 1
    found = codes(ended)
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
    assert codes(ended)["clock_broken"]["level"] == "problem"
    assert "key_ok" in codes(ended)
    file.write_text('{"epoch": 0, "start": "2030-01-01T00:00:00Z", "speed": 0.001}', encoding="utf-8")
    assert "2030" in codes(run(*OFFLINE))["clock_virtual"]["text"]
