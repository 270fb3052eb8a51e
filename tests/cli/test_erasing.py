"""Erasing and compacting as a person does it."""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.web.seed import Seeded


def _deliver(home: Path, posting: str) -> None:
    with sqlite3.connect(home / "hub.sqlite") as connection:
        connection.execute(
            "UPDATE postings SET stage = 'delivered', is_open = 0, created_at = 1 WHERE id = ?", (posting,)
        )
    connection.close()


def test_a_posting_is_erased_and_the_file_compacted(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    mine = seeded["alpha"].posting
    refused = run("erase", mine.number, "--yes", "--json")
    assert refused.code == 1
    assert [(one["state"], one["code"]) for one in refused.json] == [("refused", "under_way")]
    _deliver(home, mine.id)
    dry = run("erase", mine.number, "--dry-run", "--json")
    assert (dry.code, dry.json[0]["state"]) == (0, "would_erase")
    files = [path for path in home.iterdir() if path.name in ("hub.sqlite", "hub.sqlite-wal")]
    assert any("Тестов".encode() in path.read_bytes() for path in files)
    done = run("--lang", "ru", "erase", mine.number, "--yes")
    assert done.code == 0, done.err
    assert "стёрто" in done.out
    assert "hub compact" in done.out + done.err
    written = run("compact", "--json")
    assert written.code == 0, written.err
    assert set(written.json) == {"before", "after"}
    beta = seeded["beta"].posting
    _deliver(home, beta.id)
    assert run("erase", beta.number, "--yes").code == 0
    assert run("compact").code == 0
    left = [path for path in home.iterdir() if path.name.startswith("hub.sqlite")]
    assert not any("Тестов".encode() in path.read_bytes() for path in left)


def test_by_age(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    mine = seeded["alpha"].posting
    _deliver(home, mine.id)
    dry = run("erase", "--older-than", "30d", "--dry-run", "--json")
    assert [one["number"] for one in dry.json] == [mine.number], "those that are over, of every seller"
    assert run("erase", "--older-than", "30d", "--seller", "beta", "--yes", "--json").json == []
    done = run("erase", "--older-than", "30d", "--yes", "--json")
    assert [(one["number"], one["state"]) for one in done.json] == [(mine.number, "erased")]
    assert run("erase", "--older-than", "30d", "--yes", "--json").json == []
    for wrong in (("erase",), ("erase", "x", "--older-than", "30d"), ("erase", "--older-than", "1m")):
        assert run(*wrong, "--yes").code == 2
    assert run("erase", "--older-than", "30d", "--seller", "alhpa", "--yes").code != 0


def test_it_asks_before_it_does(
    run: Run, home: Path, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = seeded["alpha"].posting
    _deliver(home, mine.id)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    ended = run("--lang", "en", "erase", mine.number)
    assert ended.code == 1, "nobody answered"
    assert "Nothing was erased" in ended.err
    assert "--yes" in ended.err
    assert "goes on" not in ended.err
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    ended = run("erase", mine.number)
    assert ended.code == 1
    assert "Ничего не стёрто" in ended.err
    assert run("erase", mine.number, "--json").code == 2, "a program says what it wants"
    assert run("erase", mine.number, "--dry-run", "--json").json[0]["state"] == "would_erase"
