"""A buyer's name cannot command the seller's terminal: every command that shows something, with such ones."""

from __future__ import annotations

import ast
import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from hub.cli import plainly
from hub.words.plain import unfit
from tests.cli.conftest import Run
from tests.house.repository import ROOT
from tests.web.seed import Seeded

ATTACK = "\x1b[2J\x1b]0;title\x07\x1b]8;;http://evil.example\x1b\\link\x9b31m\x9d8;;x\x9c\x08\r\u202egnp\u2066\u200f\ufeff"
COLOUR = re.compile("\x1b\\[[0-9;]*m")
TEXTS = {
    "sellers": ("title",),
    "accounts": ("name", "external_id"),
    "postings": (
        "order_number", "scheme", "flow", "status", "substatus", "provider", "carrier", "service",
        "tracking_number",
    ),
    "shipments": ("service_code", "service_name", "carrier_id", "tracking_number", "reference"),
    "operations": ("reason", "reason_code", "external_id", "reference"),
    "documents": ("reason", "ticket"),
    "api_keys": ("name",),
    "jobs": ("reason",),
    "history": ("actor",),
    "products": ("sku",),
}  # fmt: skip
WITHIN = {
    "postings": ("document",),
    "problems": ("data",),
    "history": ("data",),
    "shipments": ("why",),
    "accounts": ("status_data",),
    "products": ("document",),
    "recipients": ("document",),
}
FREE = {
    "name", "offer_id", "detail", "status", "text", "reason", "sku", "phone", "place", "brand", "material",
    "code",
}  # fmt: skip
CSV = "offer_id;sku;weight_g;length_mm;width_mm;height_mm;name_ru\nTEA-1;1001;250;100;80;60;Чай улун\n"


def _planted(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _planted(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_planted(part, key) for part in value]
    return value + ATTACK if isinstance(value, str) and key in FREE else value


@pytest.fixture
def planted(run: Run, home: Path, seeded: dict[str, Seeded], tmp_path: Path) -> dict[str, Seeded]:
    """Everything that is free text, in every table, has an attack at its end."""
    csv = tmp_path / "products.csv"
    csv.write_text(CSV, encoding="utf-8")
    assert run("products", "import", "alpha", str(csv)).code == 0
    assert run("key", "add", "shop", "--seller", "alpha").code == 0
    with closing(sqlite3.connect(home / "hub.sqlite")) as base, base:
        for name, columns in TEXTS.items():
            there = {row[1] for row in base.execute(f"PRAGMA table_info({name})")}
            for column in columns:
                if column in there:
                    base.execute(f"UPDATE {name} SET {column} = {column} || ?", (ATTACK,))
        for name, columns in WITHIN.items():
            for column in columns:
                for rowid, text in base.execute(f"SELECT rowid, {column} FROM {name}").fetchall():
                    changed = json.dumps(_planted(json.loads(text)), ensure_ascii=False)
                    base.execute(f"UPDATE {name} SET {column} = ? WHERE rowid = ?", (changed, rowid))
    return seeded


def _looks(seeded: dict[str, Seeded]) -> Iterator[tuple[str, ...]]:
    number, operation = seeded["alpha"].posting.number, seeded["alpha"].operation
    yield from (
        ("postings", "alpha"), ("postings", "alpha", "--open"), ("show", number), ("problems",),
        ("problems", "--all"), ("incidents",), ("products", "list", "alpha"), ("seller", "list"),
        ("account", "list"), ("account", "check"), ("key", "list"), ("jobs",), ("rules", "show", "alpha"),
        ("rules", "test", "alpha"), ("records", "show", "alpha"), ("prices", "list", "alpha"), ("health",),
        ("doctor", "--offline"), ("plugins",), ("quote", number), ("points", number), ("sync", "alpha"),
        ("track", number), ("labels", number, "--out", "label.pdf", "--wait", "0"),
        ("slips", number, "--out", "slip.pdf"), ("handover", "alpha"),
        ("resolve", operation, "it_exists"), ("cancel", number, "--reason", "x"),
        ("problems", "answer", seeded["alpha"].problem, "nonsense"), ("show", "nothing" + ATTACK),
    )  # fmt: skip


def _fit(text: str) -> None:
    for line in COLOUR.sub("", text).splitlines():
        assert not unfit(line), ascii(line)


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_no_command_shows_what_a_terminal_obeys(
    run: Run, planted: dict[str, Seeded], language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = 0
    for arguments in _looks(planted):
        for more in ((), ("--json",)):
            ended = run("--lang", language, *arguments, *more)
            _fit(ended.out.replace("\t", " "))
            _fit(ended.err)
            shown += "\ufffd" in ended.out + ended.err
            assert "Traceback" not in ended.err, (arguments, ended.err)
            assert "The hub made a mistake" not in ended.err, (arguments, ended.err)
            if more and ended.code == 0 and ended.out:
                assert ended.json is not None
    assert shown >= 8, "the plant is not where the commands look"


def test_json_keeps_the_value(run: Run, planted: dict[str, Seeded]) -> None:
    found = run("products", "list", "alpha", "--json").json
    assert found["items"][0]["name_ru"].startswith("Чай")
    assert found["items"][0]["offer_id"] == "TEA-1" + ATTACK


@pytest.mark.skipif(os.name != "posix", reason="Windows has no pseudo-terminals")
def test_on_a_terminal_only_our_own_colours(home: Path, planted: dict[str, Seeded]) -> None:
    import pty

    main, side = pty.openpty()
    number = planted["alpha"].posting.number
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "200"}
    environment.pop("NO_COLOR", None)
    seen: list[bytes] = []

    def read() -> None:
        with suppress(OSError):  # how Linux says that nobody writes any more
            while piece := os.read(main, 65536):
                seen.append(piece)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for arguments in (("postings", "alpha"), ("show", number), ("show", "nothing" + ATTACK)):
            subprocess.run(
                [sys.executable, "-m", "hub.cli", "--home", str(home), *arguments],
                stdin=subprocess.DEVNULL, stdout=side, stderr=side, env=environment, timeout=120, check=False,
            )  # fmt: skip
    finally:
        os.close(side)
        reader.join(20)
        os.close(main)
    text = b"".join(seen).decode().replace("\r\n", "\n")
    assert COLOUR.search(text), "this terminal got no colours, so the test proves nothing"
    assert "\ufffd" in text
    _fit(text)


def test_sentences_and_errors_are_plain(capsys: pytest.CaptureFixture[str]) -> None:
    plainly.echo(ATTACK)
    plainly.failure(ATTACK)
    plainly.console().print(ATTACK)
    plainly.console(stderr=True).print(ATTACK)
    ended = capsys.readouterr()
    for text in (ended.out, ended.err):
        assert text.count("link") == 2
        _fit(text)


WAYS = {"print", "click.echo", "click.secho", "Console", "sys.stdout.write", "sys.stderr.write"}


def test_there_is_one_way_onto_a_terminal() -> None:
    """`print`, `click.echo` and consoles of one's own would go past the cleaning."""
    ways = []
    for path in sorted((ROOT / "hub/cli").rglob("*.py")):
        if path.name in ("plainly.py", "__init__.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called in (
                    "print",
                    "click.echo",
                    "click.secho",
                    "Console",
                    "sys.stdout.write",
                    "sys.stderr.write",
                ):
                    ways.append(f"{path.relative_to(ROOT)}:{node.lineno}: {called}")
    assert ways == []


Write = Callable[[Path], None]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_files_with_names_and_addresses_are_their_owners(
    run: Run, seeded: dict[str, Seeded], tmp_path: Path
) -> None:
    number = seeded["alpha"].posting.number
    old = tmp_path / "old.pdf"
    old.write_bytes(b"everybody's")
    old.chmod(0o644)
    before = os.umask(0)
    try:
        (tmp_path / "below").mkdir(exist_ok=True)
        for out in (old, tmp_path / "new.pdf", tmp_path / "below" / "new.pdf"):
            assert run("slips", number, "--out", str(out)).code == 0
            assert stat.S_IMODE(out.stat().st_mode) == 0o600, out
            assert out.read_bytes().startswith(b"%PDF")
    finally:
        os.umask(before)
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []
