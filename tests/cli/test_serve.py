"""``hub serve`` as a process: ready, answering, stopped without noise."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import msgspec
import pytest

from tests.cli.conftest import Run


def _serve(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "hub.cli", "--home", str(home), "serve", "--port", "0", "--json", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("worker", ["--worker", "--no-worker"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ready_answering_and_stopped(home: Path, run: Run, worker: str, number: signal.Signals) -> None:
    token = run("key", "add", "shop", "--seller", "alpha", "--json").json["token"]
    server = _serve(home, worker)
    try:
        assert server.stdout is not None
        ready = msgspec.json.decode(server.stdout.readline())
        assert ready["ready"] is True
        assert ready["url"].startswith("http://127.0.0.1:")
        with httpx.Client(base_url=ready["url"], trust_env=False) as client:
            assert client.get("/v1/health").status_code == 200
            assert client.get("/v1/postings").status_code == 401
            mine = client.get("/v1/postings", headers={"Authorization": f"Bearer {token}"})
            assert mine.json() == {"items": [], "next": ""}
            large = client.get("/v1/postings", headers={"X-Large": "x" * 70_000})
            assert (large.status_code, large.json()["code"]) == (431, "head_too_large")
    finally:
        server.send_signal(number)
        out, err = server.communicate(timeout=30)
    assert server.returncode == 0
    assert (out, err) == ("", "")


def test_an_open_address_needs_a_key_first(process: Run) -> None:
    ended = process("serve", "--host", "0.0.0.0", "--port", "0")
    assert ended.code == 1
    assert "hub key add" in ended.err


def test_a_port_that_is_taken(process: Run) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = process("serve", "--port", str(taken.getsockname()[1]))
    assert ended.code == 1
    assert "--port" in ended.err
    assert "Traceback" not in ended.err


def test_a_worker_stops_on_a_signal(home: Path) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-m", "hub.cli", "--home", str(home), "worker", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    assert msgspec.json.decode(worker.stdout.readline()) == {"ready": True}
    worker.send_signal(signal.SIGTERM)
    out, err = worker.communicate(timeout=30)
    assert (worker.returncode, out, err) == (0, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are POSIX's")
def test_more_connections_than_files_is_one_line_and_no_end(home: Path) -> None:
    """It was sixty thousand tracebacks in five seconds."""
    import socket
    import time
    from contextlib import ExitStack

    limited = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); "
        "from hub.cli import main; main()"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", limited, "--home", str(home), "serve", "--port", "0", "--json", "--no-worker"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        url = httpx.URL(msgspec.json.decode(server.stdout.readline())["url"])
        with ExitStack() as opened:
            for _ in range(90):
                opened.enter_context(socket.create_connection((url.host, url.port or 0), timeout=10))
            time.sleep(2.5)  # it tries again once a second
        end = time.monotonic() + 60
        while True:
            try:
                with httpx.Client(base_url=url, trust_env=False, timeout=10) as client:
                    assert client.get("/v1/health/live").status_code == 200
                break
            except httpx.TransportError:
                assert time.monotonic() < end, "it does not take connections again"
                time.sleep(0.2)
    finally:
        server.send_signal(signal.SIGTERM)
        _, err = server.communicate(timeout=60)
    assert server.returncode == 0
    assert err.count("no connection can be taken") <= 2
    assert len(err.splitlines()) < 20, err[-2000:]
    assert "Traceback" not in err
