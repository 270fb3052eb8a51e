"""``hub messages``: an address is added, tried, listed, with the plugin as it is installed; what is seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.flow.pager import Inbox, inbox
from tests.web.seed import Seeded


@pytest.fixture
def got(home: Path) -> Iterator[Inbox]:
    """A server of this test, which the operator has named; the plugin is allowed."""
    with inbox() as found:
        file = home / "plugins.toml"
        text = file.read_text("utf-8").replace("allow = [", 'allow = ["messages", ', 1)
        file.write_text(text + f'\n[addresses]\nmessages = ["{found.base}"]\n', "utf-8")
        yield found


def test_a_sellers_way_to_be_told(
    run: Run, got: Inbox, waiting: Seeded, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    secret = got.base.replace("http", "json") + "/s3cr3t"
    monkeypatch.setenv("TOLD", secret)
    early = run("messages", "test", "alpha")
    assert early.code == 1
    assert "hub account add alpha messages" in early.err
    off = run("account", "add", "alpha", "messages", "--set", "url=env:TOLD")
    assert (off.code, "hub seller change" in off.err) == (1, True)
    file = home / "plugins.toml"
    file.write_text(file.read_text("utf-8").replace("plugins = [", 'plugins = ["messages", ', 1), "utf-8")
    added = run("account", "add", "alpha", "messages", "--name", "phone", "--set", "url=env:TOLD", "--json")
    assert (added.code, added.json["status"]) == (0, "good")
    assert "s3cr3t" not in added.out + added.err

    sent = run("messages", "test", "alpha", "--json")
    assert (sent.code, [one["state"] for one in sent.json]) == (0, ["sent"])
    assert len(got("/s3cr3t")) == 1
    got.answers["/s3cr3t"] = 500
    failed = run("messages", "test", "alpha")
    assert failed.code == 1
    assert "500" in failed.out
    assert "s3cr3t" not in failed.out + failed.err

    listed = run("messages", "list", "alpha", "--json").json
    assert [one["state"] for one in listed["messages"]] == ["failed", "sent"]
    assert listed["waiting"] == 1
    assert run("messages", "list", "alpha").code == 0
    assert run("messages", "seen", "alpha", "--json").json["seen"] == 1
    assert run("messages", "list", "alpha", "--json").json["waiting"] == 0
    assert run("messages", "seen", "alpha", "prb_unknown").code == 1
    for kept in home.iterdir():
        if kept.is_file():
            assert b"s3cr3t" not in kept.read_bytes(), kept.name
