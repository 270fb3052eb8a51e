"""Shipping what cannot go on: it says why at once, and does not wait for what somebody has to mend."""

from __future__ import annotations

import time

import pytest

from hub.flow import steps
from hub.plugin_api.errors import HubError, NotFound, Unavailable
from hub.plugins.addresses import AddressRefused
from hub.words import said
from tests.cli.conftest import Run
from tests.web.seed import Seeded

NO_POSTING = NotFound("no such posting", code="not_found.no_posting").said
NOT_NAMED = Unavailable(
    said("{title}: {reason}", code="call.failed", values={"title": "ozon", "reason": NO_POSTING}),
    code=AddressRefused.code,
)


def _fails_with(error: HubError, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(app: object, subject: str) -> None:
        raise error

    monkeypatch.setattr(steps, "run", run)


def test_what_does_not_go_on_by_itself_is_not_waited_for(
    run: Run, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch
) -> None:
    _fails_with(NOT_NAMED, monkeypatch)
    number = seeded["alpha"].postings[2].number
    for _ in range(2):  # ordered again it is tried again, and told again
        began = time.monotonic()
        ended = run("--lang", "ru", "ship", number, "--timeout", "60")
        assert time.monotonic() - began < 30
        assert ended.code == 1
        assert "ozon: такого отправления нет" in ended.out
        assert "Устраните" in ended.err
    told = run("ship", number, "--json", "--timeout", "60").json
    assert (told["settled"], list(told["waiting"].values())) == (False, ["ozon: no such posting"])


def test_what_may_pass_is_waited_for_and_told(
    run: Run, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch
) -> None:
    _fails_with(Unavailable("CDEK: it cannot be reached"), monkeypatch)
    ended = run("--lang", "en", "ship", seeded["alpha"].postings[2].number, "--timeout", "2")
    assert "CDEK: it cannot be reached" in ended.out
    assert "Not everything is settled after 2 s" in ended.err
