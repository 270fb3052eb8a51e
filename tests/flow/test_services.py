"""A service that is misspelt is refused where quotes are known; else the question names what there is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from hub.flow import orders
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Quote, QuoteRequest, Service

from .desk import Desk, Lookup, desk


class _Two(Lookup):
    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        (one,) = await super().quote(request)
        return [
            msgspec.structs.replace(one, service=Service(code=code, name=code))
            for code in ("fast", "economy")
        ]


async def _asked(at: Desk) -> str:
    """Ordered with a service that nobody has, before any quotes are known."""
    posting = await at.order()
    await at.ship(posting, carrier="courier", service="ekonomy")
    await at.pass_time()
    return posting


async def test_it_is_refused_where_quotes_are_known(tmp_path: Path) -> None:
    async with desk(tmp_path, _Two) as at:
        posting = await at.order()
        await orders.quote(at.app, posting, "test")
        for carrier, words in (
            ("courier", "courier has no service 'ekonomy'"),
            (None, "no service 'ekonomy'"),
        ):
            (result,) = await orders.ship(
                at.app, "shop", [posting], carrier=carrier, service="ekonomy", actor="test"
            )
            assert (result.state, result.code) == ("refused", "no_service")
            assert f"{words}; there are economy, fast." in result.reason
        await at.pass_time()
        assert not at.books.orders
        await at.ship(posting, carrier="courier", service="economy")
        await at.pass_time()
        assert len(at.books.live()) == 1
        assert at.view(posting).service == "economy"


@pytest.mark.parametrize("way", ["answer", "order", "both"])
async def test_else_the_question_names_what_there_is(tmp_path: Path, way: str) -> None:
    async with desk(tmp_path, _Two) as at:
        posting = await _asked(at)
        told = at.problems()["no_quotes"]
        assert "courier: has no service 'ekonomy'; it has economy, fast" in told.text
        assert "other_carrier" in [one.code for one in told.answers]
        (plain,) = await orders.ship(at.app, "shop", [posting], actor="test")
        assert plain.state == "already"
        assert "courier ekonomy" in plain.reason
        if way == "answer":
            with pytest.raises(Rejected, match="there are economy, fast"):
                await at.answer("no_quotes", "other_carrier", carrier="courier", service="ekonom")
            await at.answer("no_quotes", "other_carrier", carrier="courier", service="economy")
        else:
            named = {"carrier": "courier"} if way == "both" else {}
            await at.ship(posting, service="economy", **named)
        await at.pass_time()
        assert at.view(posting).service == "economy"
        assert not at.problems()


async def test_it_is_refused_while_another_booking_is_being_cancelled(tmp_path: Path) -> None:
    async with desk(tmp_path, _Two) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        await orders.cancel(at.app, posting, "another service", "test")
        (result,) = await orders.ship(
            at.app, "shop", [posting], carrier="courier", service="ekonomy", actor="test"
        )
        assert (result.state, result.code) == ("refused", "no_service")
