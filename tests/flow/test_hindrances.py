"""What keeps a posting's work from going on is known as soon as it is met, and so is whether it may pass."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from hub.flow.history.hindrances import hindrance
from hub.plugin_api.errors import AuthFailed, Failure, HubError, Unavailable
from hub.plugin_api.models import (
    Booking,
    BookRequest,
    Document,
    Pending,
    Quote,
    QuoteRequest,
    Ready,
    Shipment,
    Ticket,
)
from hub.plugins.addresses import AddressRefused
from tests.faults.machine_vendors import Labels
from tests.flow.desk import Desk, Lookup, desk

EXTRA = {"labels": Labels()}
NOT_NAMED = Unavailable("courier may not connect to http://x", code=AddressRefused.code)


class Failing(Lookup):
    """It fails with ``error``: at ``step``."""

    error: HubError = NOT_NAMED
    step = ""

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        self._fail("quote")
        return await super().quote(request)

    async def book(self, request: BookRequest) -> Booking:
        self._fail("book")
        return await super().book(request)

    async def request_labels(self, shipments: Sequence[Shipment]) -> Sequence[Ticket | Failure]:
        self._fail("label")
        return [Ticket(one.tracking_number) for one in shipments]

    async def fetch_labels(self, ticket: Ticket) -> Pending | Ready | Failure:
        return Ready(document=Document(content=ticket.value.encode(), media_type="text/plain"))

    def _fail(self, step: str) -> None:
        if Failing.step == step:
            raise Failing.error


async def ordered(at: Desk) -> str:
    posting = await at.order()
    await at.ship(posting)
    await at.pass_time(15, news=False)
    return posting


@pytest.mark.parametrize(
    ("step", "error", "lasting"),
    [
        ("book", NOT_NAMED, True),
        ("label", AuthFailed("the key was refused"), True),
        ("book", Unavailable("it cannot be reached"), False),
        ("label", Unavailable("it cannot be reached"), False),
    ],
)
async def test_what_a_try_met_is_told(tmp_path: Path, step: str, error: HubError, lasting: bool) -> None:
    Failing.step, Failing.error = step, error
    async with desk(tmp_path, Failing, extra=EXTRA) as at:
        began = at.clock.now()
        posting = await ordered(at)
        assert hindrance(at.app, posting, since=began) == (error.message, lasting)
        if lasting:
            assert hindrance(at.app, posting, since=at.clock.now()) is None, (
                "what was met before is no answer"
            )
        Failing.step = ""
        await at.pass_time(3600, news=False)
        assert hindrance(at.app, posting, since=began) is None
        assert at.view(posting).stage == "labelled"


async def test_a_carrier_whose_address_is_not_named_is_not_waited_for(tmp_path: Path) -> None:
    Failing.step, Failing.error = "quote", NOT_NAMED
    async with desk(tmp_path, Failing, extra=EXTRA) as at:
        await ordered(at)
        assert "may not connect" in at.problems()["no_quotes"].text
