"""``python -m vendor_emulators``: ready line, signals, stdin, clock."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest


class Process:
    """One emulator as its users start it."""

    def __init__(self, *arguments: str, emulator: str = "ozon", **environment: str) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "vendor_emulators", emulator, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        assert self.popen.stdout is not None
        self.ready: dict[str, Any] = json.loads(self.popen.stdout.readline())

    def end(self) -> tuple[int, str]:
        """Exit code and stderr."""
        _, errors = self.popen.communicate(timeout=10)
        return self.popen.returncode, errors


@pytest.fixture
def start() -> Iterator[type[Process]]:
    """Starts emulators and leaves none behind."""
    begun: list[Process] = []

    class Kept(Process):
        def __init__(self, *arguments: str, emulator: str = "ozon", **environment: str) -> None:
            super().__init__(*arguments, emulator=emulator, **environment)
            begun.append(self)

    yield Kept
    for process in begun:
        if process.popen.poll() is None:
            process.popen.kill()
            process.popen.communicate()


def test_ready_line_names_both_ports_and_sigterm_ends_it_quietly(start: type[Process]) -> None:
    process = start("--seed", "7", "--speed", "3600", "--client-id", "5", "--api-key", "k")
    assert process.ready["ready"] is True
    assert process.ready["name"] == "ozon"
    headers = {"Client-Id": "5", "Api-Key": "k"}
    reply = httpx.post(f"{process.ready['url']}/v1/roles", headers=headers, trust_env=False)
    assert reply.status_code == 200
    assert httpx.get(f"{process.ready['files_url']}/s3/x", trust_env=False).status_code == 404
    clock = f"{process.ready['url']}/_emulator/clock"
    assert httpx.get(clock, trust_env=False).json()["speed"] == 3600
    assert (
        httpx.post(clock.replace("clock", "advance"), json={"seconds": 1}, trust_env=False).status_code == 409
    )
    process.popen.send_signal(signal.SIGTERM)
    assert process.end() == (0, "")


def test_closed_stdin_ends_it(start: type[Process]) -> None:
    process = start("--watch-stdin")
    assert process.popen.poll() is None
    assert process.end() == (0, "")  # communicate closes the pipe


def test_clock_file_beats_the_option(start: type[Process], tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    path.write_text(json.dumps({"epoch": time.time(), "start": "2030-01-01T00:00:00Z", "speed": 10}))
    process = start("--speed", "3600", PARCELHUB_CLOCK=str(path))
    view = httpx.get(f"{process.ready['url']}/_emulator/clock", trust_env=False).json()
    assert view["speed"] == 10
    assert view["now"].startswith("2030-01-01T00:")


def test_a_taken_port_is_said_in_one_line(start: type[Process]) -> None:
    port = start().ready["url"].rpartition(":")[2]
    second = subprocess.run(
        [sys.executable, "-m", "vendor_emulators", "ozon", "--port", port],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert "cannot listen" in second.stderr


def test_the_same_seed_makes_the_same_world(start: type[Process]) -> None:
    def numbers(seed: str) -> list[str]:
        process = start("--seed", seed)
        product = {"sku": 1, "offer_id": "a", "name": "a"}
        body = [{"integration_type_flow": "ozon", "products": [product]}] * 3
        reply = httpx.post(f"{process.ready['url']}/_emulator/postings", json=body, trust_env=False)
        made: list[str] = reply.json()["postings"]
        return made

    assert numbers("1") == numbers("1") != numbers("2")


def test_the_courier_is_started_as_one_of_four_classes(start: type[Process]) -> None:
    process = start("--mode", "none", "--key", "k", emulator="courier")
    url = process.ready["url"]
    assert httpx.get(f"{url}/_emulator/state", trust_env=False).json()["mode"] == "none"
    reply = httpx.get(f"{url}/shipments?reference=A", headers={"X-Key": "k"}, trust_env=False)
    assert reply.status_code == 404
