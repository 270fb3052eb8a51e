"""The processes of the demonstration: emulators and the hub. All of them end with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

_HANGS = 300.0  # real seconds after which a command does not end on any machine


class Failed(Exception):
    """The demonstration cannot go on; the text says why."""


class Children:
    """Starts processes, and stops every one of them at the end, whatever happened."""

    def __init__(self, home: Path, clock: Path, database: str = "") -> None:
        """``database``: the URL of the demonstration's own; never that of the hub that works here."""
        self._home = home
        left_out = ("PARCELHUB_KEY", "PARCELHUB_HOME", "PARCELHUB_LANG", "PARCELHUB_DATABASE")
        self._environment = {k: v for k, v in os.environ.items() if k not in left_out} | {
            "PARCELHUB_CLOCK": str(clock.resolve()),
            "PYTHONUTF8": "1",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }
        if database:
            self._environment["PARCELHUB_DATABASE"] = database
        self._running: list[tuple[subprocess.Popen[bytes], Path]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, name: str, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start ``python ARGUMENTS``; what it says on stderr goes to a log beside the hub."""
        log = self._home / "logs" / f"{name}.log"
        log.parent.mkdir(exist_ok=True)
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=self._environment,
            )
        self._running.append((process, log))
        return process

    def emulator(self, name: str, seed: int) -> subprocess.Popen[bytes]:
        """An emulator on a free port."""
        arguments = ["-m", "vendor_emulators", name, "--port", "0", "--seed", str(seed), "--watch-stdin"]
        return self.start(name, arguments)

    def hub(self, *arguments: str) -> subprocess.Popen[bytes]:
        """``hub --home DIR ARGUMENTS``."""
        return self.start(f"hub-{arguments[0]}", ["-m", "hub.cli", "--home", str(self._home), *arguments])

    def ready(self, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        """The line of JSON with which a server says where it listens."""
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise self._why(process)
        found: dict[str, Any] = msgspec.json.decode(line)
        return found

    def done(self, process: subprocess.Popen[bytes]) -> bytes:
        """What a command printed. Raises Failed with its own words when it failed."""
        try:
            out, _ = process.communicate(timeout=_HANGS)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self._log(process).stem} did not end within {_HANGS:g} s") from None
        self._running = [one for one in self._running if one[0] is not process]
        if process.returncode:
            raise self._why(process)
        return out

    def check(self) -> None:
        """Raises Failed where a process has ended that should be there until the end."""
        for process, _ in self._running:
            if process.poll() is not None:
                raise self._why(process)

    def stop(self) -> None:
        """End all of them: the hub first, so that it does not find its vendors gone."""
        for process, _ in reversed(self._running):
            if process.poll() is None:
                process.terminate()
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(timeout=8)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()
        self._running.clear()

    def _log(self, process: subprocess.Popen[bytes]) -> Path:
        return next(log for one, log in self._running if one is process)

    def _why(self, process: subprocess.Popen[bytes]) -> Failed:
        process.wait(timeout=10)
        log = self._log(process)
        said = log.read_text("utf-8", "replace").strip().splitlines()
        return Failed(f"{log.stem} ended with {process.returncode}: {' | '.join(said[-6:]) or 'no word'}")
