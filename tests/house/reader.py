"""Somebody who does by hand what a page says, in an empty folder."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import pytest

from hub.cli import root


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

    def live_at(self, start: str, speed: float) -> None:
        """Time begins there, and goes so fast."""
        clock = self.folder / "clock.json"
        clock.write_text(json.dumps({"epoch": time.time(), "start": start, "speed": speed}), encoding="utf-8")
        self.environment["PARCELHUB_CLOCK"] = str(clock)

    def type(self, line: str) -> str:
        """What it answers. The line has to work."""
        done = self.typed(line)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def typed(self, line: str) -> subprocess.CompletedProcess[str]:
        """Whatever becomes of it."""
        words = shlex.split(line)
        program = shutil.which(words[0], path=self.environment["PATH"])
        if program is None and words[0] == "curl":
            pytest.skip("this machine has no curl")
        assert program is not None, words[0]
        return subprocess.run(
            [program, *words[1:]],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=150,
            check=False,
        )

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


class Inside(Reader):
    """The same, with ``hub`` in this process, by the function that the installed script calls: where some
    forty commands are typed, starting Python forty times is all of a test's time."""

    def typed(self, line: str) -> subprocess.CompletedProcess[str]:
        words = shlex.split(line)
        if words[0] != "hub":
            return super().typed(line)
        out, err = io.StringIO(), io.StringIO()
        with (
            chdir(self.folder),
            mock.patch.dict(os.environ, self.environment | {"COLUMNS": "80"}, clear=True),
            mock.patch.object(sys, "stdin", io.StringIO()),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = root.run(words[1:])
        return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())
