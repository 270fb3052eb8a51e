"""The tutorial, word for word: its files are written and its commands are run."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.repository import ROOT

BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.DOTALL | re.MULTILINE)
NUMBER = "0100-0001-1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def with_ports(text: str, ports: dict[str, str]) -> str:
    """The page's own ports replaced, all at once: one that is free may have another's digits in it."""
    return re.sub(rf"\b({'|'.join(ports)})\b", lambda found: ports[found[0]], text)


class Reader:
    """Somebody who does what the tutorial says, in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.windows: list[subprocess.Popen[str]] = []
        installed = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
        self.environment = {**os.environ, "PATH": installed, "PYTHONUTF8": "1"}
        for name in ("PARCELHUB_CLOCK", "PARCELHUB_HOME", "PARCELHUB_LANG"):
            self.environment.pop(name, None)

    def type(self, line: str) -> str:
        words = shlex.split(line)
        program = shutil.which(words[0], path=self.environment["PATH"])
        if program is None and words[0] == "curl":
            pytest.skip("this machine has no curl")
        assert program is not None, words[0]
        done = subprocess.run(
            [program, *words[1:]],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=150,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def open_window(self, line: str) -> None:
        words = shlex.split(line)
        assert words[0] == "python"
        window = subprocess.Popen(
            [sys.executable, *words[1:]],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        self.windows.append(window)
        assert window.stdout is not None
        assert json.loads(window.stdout.readline())["ready"] is True

    def leave(self) -> None:
        for window in self.windows:
            window.terminate()
            window.communicate(timeout=20)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    somebody = Reader(tmp_path)
    yield somebody
    somebody.leave()


def test_from_an_empty_folder_to_a_printed_label(reader: Reader) -> None:
    text = (ROOT / "docs/tutorial.md").read_text("utf-8")
    ports = {"8101": str(free_port()), "8103": str(free_port())}
    text = with_ports(text, ports)
    for language, argument, body in BLOCK.findall(text):
        if language != "sh":
            (reader.folder / argument).write_text(body, encoding="utf-8")
            continue
        for line in body.splitlines():
            if argument == "window":
                reader.open_window(line)
            else:
                reader.type(line)
    assert (reader.folder / "label.pdf").read_bytes().startswith(b"%PDF-")
    shown = json.loads(reader.type(f"hub show {NUMBER} --json"))
    assert shown["posting"]["stage"] == "labelled"
    assert [operation["state"] for operation in shown["operations"]] == ["confirmed"] * 3
    assert shown["problems"] == []
