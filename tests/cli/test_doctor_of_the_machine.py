"""``hub doctor`` where the machine is in trouble: a lock, a disk, a clock, a process that ends."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import msgspec
import pytest

from hub.store import condition, jumps, rows
from tests.cli.conftest import Run
from tests.cli.doctoring import OFFLINE, codes, job, write_into
from tests.web.seed import Seeded


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
        found = codes(ended)
        assert ended.code == 1
        assert word in found["database_unread"]["text"]
        assert "hub restore" not in found["database_unread"]["text"] + found["database_unread"]["advice"]


def test_a_clock_that_went_back_is_told_without_a_worker(
    run: Run, home: Path, seeded: dict[str, Seeded]
) -> None:
    ahead = datetime.now(UTC) + timedelta(days=2)
    write_into(home, lambda tx: condition.note(tx, jumps.SEEN, ahead))
    ended = run(*OFFLINE)
    assert ended.code == 1
    assert "47 h" in codes(ended)["clock_behind"]["text"] or "2 d" in codes(ended)["clock_behind"]["text"]
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
    assert "tzdata" in codes(ended)["zones_missing"]["advice"]
    shown = run("postings", "alpha")
    assert shown.code == 1
    assert "tzdata" in shown.err
    assert "made a mistake" not in shown.err


def test_work_that_ends_the_process_and_intake_that_stands_still(
    run: Run, home: Path, seeded: dict[str, Seeded]
) -> None:
    now = datetime.now(UTC)
    jobs = [
        msgspec.structs.replace(job("advance:bad", state="dead", run_at=now), lost=6),
        msgspec.structs.replace(job("labels:odd", state="parked", run_at=now), lost=3),
        msgspec.structs.replace(job("sync:shop", state="waiting", run_at=now), attempts=40, stuck=True),
    ]
    write_into(home, lambda tx: rows.jobs.insert_many(tx, jobs))
    write_into(home, lambda tx: tx.execute("INSERT INTO counters VALUES ('starting:bad', 3)"))
    ended = run(*OFFLINE)
    found = codes(ended)
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
        f'{sys.executable} -m hub.cli --lang en --home {home} $c; echo "code $?"; done'
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
