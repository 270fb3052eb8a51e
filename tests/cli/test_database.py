"""``--database``, PARCELHUB_DATABASE and ``[store] url``: which database the commands work with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hub.cli.root import run
from hub.plugin_api.errors import ConfigError
from hub.store.place import VARIABLE, Server, place_of
from hub.store.schema import VERSION

URL = "postgresql://h/{}"


def test_the_flag_comes_before_the_variable_and_that_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "plugins.toml"
    assert place_of(tmp_path) == tmp_path / "hub.sqlite"
    file.write_text('[plugins]\nallow = []\n[store]\nurl = "postgresql://h/file"\n')
    assert place_of(tmp_path) == Server(URL.format("file"))
    file.write_text('[plugins]\nallow = []\n[store]\nurl = "env:OTHER"\n')
    with pytest.raises(ConfigError, match="OTHER is not set"):
        place_of(tmp_path)
    monkeypatch.setenv("OTHER", URL.format("other"))
    assert place_of(tmp_path) == Server(URL.format("other"))
    monkeypatch.setenv(VARIABLE, URL.format("variable"))
    assert place_of(tmp_path) == Server(URL.format("variable"))
    assert place_of(tmp_path, URL.format("flag")) == Server(URL.format("flag"))


def _hub(home: Path, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
    command = [sys.executable, "-m", "hub.cli", "--home", str(home), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in codes, done.stderr
    return done.stdout + done.stderr


def test_a_hub_is_made_and_used_on_a_server(postgres_empty: str, tmp_path: Path) -> None:
    home = tmp_path / "hub"
    made = _hub(home, "init", "--database", postgres_empty)
    assert "PARCELHUB_DATABASE" in made, "the next command needs it too"
    assert "Everything is there" in _hub(home, "--database", postgres_empty, "init")
    seller = ("seller", "add", "shop", "--title", "Shop", "--time-zone", "UTC", "--plugin", "sample")
    _hub(home, "--database", postgres_empty, *seller)
    assert "shop" in _hub(home, "seller", "list", "--database", postgres_empty)
    assert "PostgreSQL 1" in _hub(home, "health", "--database", postgres_empty)
    # a server for tests may be one that forgets at a power cut: that is told, too
    told = _hub(home, "doctor", "--offline", "--database", postgres_empty, codes=(0, 1))
    assert "PostgreSQL 1" in told
    assert f"schema {VERSION}" in _hub(home, "migrate", "--database", postgres_empty)
    assert not (home / "hub.sqlite").exists()


def test_beside_a_database_of_a_hub_no_other_key_is_made(
    postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(tmp_path / "second"), "init", "--database", postgres]) == 1
    assert "bring back the one that belongs to this database" in capsys.readouterr().err
    assert not (tmp_path / "second/hub.key").exists()
    assert run(["--home", str(tmp_path / "second"), "init", "--new-key", "--database", postgres]) == 0


@pytest.mark.parametrize("command", [["backup", "copy"], ["restore", "copy"], ["compact"]])
def test_what_is_done_with_a_file_says_what_does_it_on_a_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "copy").write_bytes(b"")
    url = "postgresql://u:p4ssw0rd@h/x"
    assert run(["--database", url, *command]) == 1
    said = capsys.readouterr().err
    assert "pg_dump" in said
    assert "p4ssw0rd" not in said
    assert [one.name for one in tmp_path.iterdir()] == ["copy"]


def test_a_server_that_is_gone_is_told_in_plain_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("psycopg")
    assert run(["--home", str(tmp_path), "init"]) == 0
    monkeypatch.setenv(VARIABLE, "postgresql://u:p4ssw0rd@127.0.0.1:1/x")
    for command in (["seller", "list"], ["serve"], ["worker"], ["health"], ["migrate"]):
        assert run(["--home", str(tmp_path), *command]) == 1, command
        said = capsys.readouterr().err
        assert "postgresql://u@127.0.0.1:1/x" in said, command
        assert "p4ssw0rd" not in said
    assert run(["--home", str(tmp_path), "doctor", "--offline"]) == 1
    assert "cannot be reached" in " ".join(capsys.readouterr().out.split())


def test_nothing_of_the_driver_is_imported_without_a_url(tmp_path: Path) -> None:
    assert run(["--home", str(tmp_path), "init"]) == 0
    code = (
        "import sys; from hub.cli.root import run; "
        f"run(['--home', {str(tmp_path)!r}, 'seller', 'list']); "
        "print([name for name in sys.modules if name.startswith('psycopg')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
