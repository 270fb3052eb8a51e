"""``hub doctor`` and the vendors' clocks: read from any answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.doctoring import codes, write_into
from tests.web.seed import PLUGINS_TOML


@contextmanager
def _vendor(ahead: timedelta | None, status: int) -> Iterator[tuple[str, list[str]]]:
    """A vendor that answers every request with this status, and with a clock that is so far ahead."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            asked.append(self.path)
            self.send_response_only(status)
            if ahead is not None:
                self.send_header("Date", format_datetime(datetime.now(UTC) + ahead, usegmt=True))
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = _answer

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _connect(home: Path, url: str) -> None:
    account = (
        f'plugin = "ozon"\nsettings = {{ client_id = "1", api_key = "env:OZON_KEY", base_url = "{url}" }}\n'
    )
    toml = PLUGINS_TOML.replace(
        "\n[sellers.beta]", f"\n[sellers.alpha.accounts.shop]\n{account}\n[sellers.beta]"
    )
    (home / "plugins.toml").write_text(toml, encoding="utf-8")
    write_into(home, lambda tx: None)


@pytest.mark.parametrize(
    ("ahead", "status", "code", "level"),
    [
        (timedelta(0), 200, "clock_ok", "ok"),
        (timedelta(minutes=-2), 500, "clock_off", "warning"),
        (timedelta(hours=1), 403, "clock_off", "problem"),
        (None, 404, "clock_undated", "ok"),
    ],
)
def test_a_vendors_clock_is_read_from_one_answer_whatever_it_says(
    run: Run,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    ahead: timedelta,
    status: int,
    code: str,
    level: str,
) -> None:
    monkeypatch.setenv("OZON_KEY", "very-secret")
    with _vendor(ahead, status) as (url, asked):
        _connect(home, url)
        ended = run("doctor", "--json")
    found = codes(ended)[code]
    assert found["level"] == level
    assert len(asked) == 1
    assert "very-secret" not in ended.out
    if ahead:
        assert abs(found["data"]["difference"] - abs(ahead.total_seconds())) < 5


def test_a_vendor_that_does_not_answer(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZON_KEY", "very-secret")
    with _vendor(None, 200) as (url, _):
        pass  # nobody listens there any more
    _connect(home, url)
    found = codes(run("doctor", "--json"))["clock_silent"]
    assert found["level"] == "warning"
    assert "reached" in found["text"]
