"""One child: started, given a job, read, killed when its time on the clock is over."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import msgspec

from hub.calls.children import opener
from hub.plugin_api.labels import LabelRenderer

_READY = 60.0  # seconds on the clock until it has imported the renderer
_PASSED_ON = ("SYSTEMROOT", "WINDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")
_SIGNALS = {6: "broken", 7: "broken", 8: "broken", 4: "broken", 11: "broken", 24: "time"}
"""ABRT, BUS, FPE, ILL and SEGV: the file broke the parser; XCPU."""

Over = Literal["time", "memory", "broken", "output"]


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What a child is to do, and what that may take."""

    head: dict[str, Any]
    body: bytes
    step: float
    """CPU seconds of one page, where the renderer gives its pages one by one."""
    whole: float
    """CPU seconds of everything."""
    memory: int
    """Bytes in use."""
    output: int
    """Bytes of the result."""

    def __repr__(self) -> str:
        return f"Job({self.head.get('call')}, {len(self.body)} bytes)"


class Overrun(Exception):
    """The file took more than a file may, or broke the parser: it is to blame, and would do it again."""

    def __init__(self, over: Over) -> None:
        super().__init__(over)
        self.over: Over = over


class Gone(Exception):
    """The child is gone, and the file is not proved guilty of that."""


class CannotStart(Exception):
    """The renderer cannot be imported in a child. The text says why."""


class Child:
    """A process with one renderer. Not for two threads at once; ``kill`` may come from any."""

    def __init__(self, kind: type[LabelRenderer], most_input: int) -> None:
        self.kind = kind
        self.jobs = 0
        self.spent = False
        """It has served its time: too much memory in use, or its priority is gone."""
        self.idle_since = time.monotonic()
        self.deadline = time.monotonic() + _READY
        self._ended_by_us = False
        self._dying = threading.Lock()
        self._most_input = most_input
        self.process = _start()
        self.missing: tuple[str, ...] = ()
        """What this system cannot limit; known when it is ready."""

    def begin(self) -> None:
        """Have it import the renderer. Raises CannotStart; Gone where it was killed meanwhile."""
        kind = self.kind
        module = sys.modules.get(kind.__module__)
        first = {
            "path": [os.getcwd() if entry == "" else entry for entry in sys.path],
            "parent": os.getpid(),
            "module": kind.__module__,
            "file": str(getattr(module, "__file__", "") or ""),
            "name": kind.__qualname__,
            "most": self._most_input,
        }
        try:
            self._send(first)
            said, _ = self._receive(2**16)
        except (Gone, Overrun) as error:
            if self._ended_by_us:
                raise Gone from None
            raise CannotStart("it ended while it was being imported") from error
        if not said.get("ready"):
            self.kill()
            raise CannotStart(_plain(said.get("failed")))
        self.missing = tuple(_plain(one) for one in said.get("missing") or ())

    def run(self, job: Job) -> tuple[dict[str, Any], bytes]:
        """The result, and what its head says. Raises Overrun, Gone, and what the renderer raised as
        ``Refused``."""
        self.jobs += 1
        limits = {"step": job.step, "whole": job.whole, "memory": job.memory}
        # The clock is for what waits without working; the CPU's time, in the child, is what decides.
        self.deadline = time.monotonic() + 30 + 4 * job.whole
        self._send(job.head | limits, job.body)
        said, body = self._receive(job.output + 2**16)
        if said.get("over") == "memory":
            self.kill()
            raise Overrun("memory")
        self.spent = (
            bool(said.get("yielded")) or self.jobs >= 500 or _whole(said.get("resident")) > 150 * 2**20
        )
        self.idle_since = time.monotonic()
        self.deadline = float("inf")
        if said.get("done") is True:
            return said, body
        words = said.get("words")
        raise Refused(
            _plain(said.get("error")),
            _plain(said.get("message")),
            _plain(said.get("code")),
            words if isinstance(words, str) and len(words) < 4000 else "",
        )

    def kill(self) -> None:
        """End it now."""
        with self._dying:
            self._ended_by_us = True
            with suppress(OSError):
                self.process.kill()

    def end(self) -> None:
        """Let it end, or make it, and collect it."""
        with suppress(OSError):
            self.process.stdin.close()  # type: ignore[union-attr]
        try:
            self.process.wait(2 if self.spent or self.deadline == float("inf") else 0)
        except subprocess.TimeoutExpired:
            self.kill()
            self.process.wait()
        self.process.stdout.close()  # type: ignore[union-attr]

    def _send(self, head: dict[str, Any], body: bytes = b"") -> None:
        assert self.process.stdin is not None
        try:
            opener.write_frame(self.process.stdin, head, body)
        except (OSError, ValueError):
            raise self._why() from None

    def _receive(self, most: int) -> tuple[dict[str, Any], bytes]:
        assert self.process.stdout is not None
        try:
            frame = opener.read_frame(self.process.stdout, most)
        except ValueError:  # longer than a result can be, or no frame: it is not ours any more
            self.kill()
            self.process.wait()
            raise Overrun("output") from None
        except OSError:
            frame = None
        if frame is None:
            raise self._why()
        return frame

    def _why(self) -> Exception:
        """What became of a child that has closed its pipe."""
        try:
            status = self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()
            status = self.process.wait()
        if status == opener.OVER_TIME:
            return Overrun("time")
        if status == opener.OVER_MEMORY:
            return Overrun("memory")
        with self._dying:
            ours = self._ended_by_us
        over = _SIGNALS.get(-status) if status < 0 else "broken" if status >= 0xC0000000 else None
        return Gone() if ours or over is None else Overrun(over)  # type: ignore[arg-type]


class Refused(Exception):
    """The renderer's own error, by the name of its class; without one it is a mistake in the renderer."""

    def __init__(self, error: str, message: str, code: str, words: str = "") -> None:
        super().__init__(error)
        self.error, self.message, self.code, self.words = error, message, code, words


def _start() -> subprocess.Popen[bytes]:
    if not sys.executable:
        raise CannotStart("this Python does not know its own program")
    own: dict[str, Any] = (
        {"creationflags": 0x08000000} if sys.platform == "win32" else {"start_new_session": True}
    )  # no window; and a Ctrl-C at the hub is not one at the child, which ends with its pipe
    try:
        return subprocess.Popen(
            [sys.executable, "-I", str(Path(opener.__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            cwd=Path(sys.executable).anchor or None,
            **own,
        )
    except OSError as error:
        raise CannotStart(error.strerror or "no process can be started") from error


def _plain(value: object) -> str:
    """A text that came out of a child: short, one line."""
    text = value if isinstance(value, str) else ""
    return "".join(char if char.isprintable() else " " for char in text[:300])


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


__all__ = ["CannotStart", "Child", "Gone", "Job", "Over", "Overrun", "Refused"]
