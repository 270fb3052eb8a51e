"""``hub migrate``, and what every other command says of an older database."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from hub.cli import texts
from hub.store import open_store, queue
from hub.store.migrations import MIGRATIONS
from hub.store.schema import VERSION
from tests.cli.conftest import Run

HOME = Path(__file__).parents[1] / "fixtures" / "homes" / "0.1.0.zip"


@pytest.fixture
def older(home: Path) -> Path:
    """The database of a home of 0.1.0, with what plugins.toml says here."""
    with zipfile.ZipFile(HOME) as file:
        file.extract("hub.sqlite", home)
    return home / "hub.sqlite"


def _version(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_it_says_from_where_to_where_and_where_the_copy_is(run: Run, older: Path) -> None:
    ended = run("migrate", "--json")
    assert (ended.code, ended.err) == (0, "")
    said = ended.json
    assert (said["before"], said["after"]) == (6, VERSION)
    assert [step["number"] for step in said["steps"]] == list(range(7, VERSION + 1))
    assert _version(Path(said["copy"])) == 6
    assert _version(older) == VERSION
    again = run("migrate", "--json")
    assert (again.code, again.json["steps"], again.json["copy"]) == (0, [], None)
    assert run("migrate").err == f"Nothing to do: the database has schema {VERSION}\n"
    assert run("postings", "alpha", "--json").code == 0


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_in_the_languages_of_the_hub(run: Run, older: Path, language: str) -> None:
    ended = run("--lang", language, "migrate")
    assert ended.code == 0
    lines = (ended.out + ended.err).splitlines()
    assert len(lines) == VERSION - 6 + 2
    assert str(older) in lines[-1]
    titles = [step.title for step in MIGRATIONS]
    shown = " ".join(lines)
    assert (language == "en") == (titles[-1] in shown)
    assert all(texts.text(title, language) != title for title in titles) or language == "en"


def test_to_check_changes_nothing(run: Run, older: Path) -> None:
    before = older.read_bytes()
    ended = run("migrate", "--check")
    assert ended.code == 1
    assert f"from schema 6 to {VERSION}" in ended.err
    checked = run("migrate", "--check", "--json")
    assert (checked.code, checked.json["copy"]) == (1, None)
    assert older.read_bytes() == before
    assert not list(older.parent.glob("hub.sqlite.schema-*"))
    assert run("migrate").code == 0
    assert run("migrate", "--check").code == 0


def test_every_other_command_says_what_to_do(run: Run, older: Path) -> None:
    before = older.read_bytes()
    for arguments in (("postings", "alpha"), ("seller", "list"), ("jobs",), ("health",), ("worker",)):
        ended = run(*arguments, "--json")
        assert (ended.code, ended.out) == (1, ""), arguments
        error = msgspec.json.decode(ended.err)["error"]
        assert error["code"] == "database_older"
        assert "stop the hub, then run 'hub migrate'" in error["message"]
    assert "остановите хаб и выполните 'hub migrate'" in run("--lang", "ru", "jobs").err
    assert "请停止 hub，然后运行 'hub migrate'" in run("--lang", "zh", "jobs").err
    assert older.read_bytes() == before


def test_a_backup_and_the_doctor_work_on_an_older_one(run: Run, older: Path, tmp_path: Path) -> None:
    ended = run("backup", str(tmp_path / "copy.sqlite"), "--json")
    assert (ended.code, ended.json["postings"]) == (0, 16)
    assert "cannot note" in ended.err
    found = {one["code"]: one for one in run("doctor", "--offline", "--json").json["checks"]}
    assert "hub migrate" in found["database_older"]["advice"]
    for language, word in (("ru", "остановите хаб"), ("zh", "停止 hub")):
        said = run("--lang", language, "doctor", "--offline", "--json").json["checks"]
        (advice,) = (one["advice"] for one in said if one["code"] == "database_older")
        assert word in advice.lower()
    assert run("restore", str(tmp_path / "copy.sqlite")).code == 0
    assert (_version(older), _version(tmp_path / "copy.sqlite")) == (VERSION, 6)


def test_bad_input(run: Run, home: Path, tmp_path: Path) -> None:
    ended = run("migrate", "--json")
    assert (ended.code, msgspec.json.decode(ended.err)["error"]["code"]) == (1, "not_found")
    assert str(home / "hub.sqlite") in run("--lang", "ru", "migrate").err
    assert run("migrate", "7").code == 2
    assert run("migrate", "--back").code == 2
    (home / "hub.sqlite").write_bytes(b"nonsense " * 1000)
    ended = run("migrate")
    assert ended.code == 1
    assert "is damaged" in ended.err


def test_not_while_a_hub_is_at_work(run: Run, older: Path) -> None:
    now = datetime.now(UTC)
    with closing(sqlite3.connect(older)) as database, database:
        queue.hold_lease(database, "worker", "wrk-1", now=now, until=now + timedelta(minutes=5))
    ended = run("migrate", "--json")
    assert (ended.code, msgspec.json.decode(ended.err)["error"]["code"]) == (1, "running")
    assert _version(older) == 6


def test_the_server_migrates_when_it_starts(home: Path, older: Path) -> None:
    command = [sys.executable, "-m", "hub.cli", "--home", str(home), "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        ready = server.stdout.readline()
        server.terminate()
        _, said = server.communicate(timeout=60)
    assert '"ready": true' in ready, said
    assert f"was migrated from schema 6 to {VERSION}" in said
    assert _version(older) == VERSION
    (copy,) = older.parent.glob("hub.sqlite.schema-6-*")
    assert _version(copy) == 6
    open_store(older).close()
