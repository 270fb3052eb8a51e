"""One tariff that cannot be read costs itself only; a part of a price is never taken for nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spsr_api import BadAnswer, Client, Key, TariffQuery
from spsr_api.documents import parse
from spsr_api.tariffs import tariffs_of

MakeClient = Callable[..., Client]
QUERY = TariffQuery(from_city=Key("992"), to_city=Key("893"), weight=Decimal(1))


def _tariff(price: str, insurance: str = "0") -> str:
    parts = f"<Total_Dost>{price}</Total_Dost><Insurance>{insurance}</Insurance><DP>1-2</DP>"
    return f"<Tariff><TariffType>X</TariffType>{parts}</Tariff>"


async def test_a_tariff_that_cannot_be_read_costs_itself_only(
    make_client: MakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    body = f"<root>{_tariff('100')}{_tariff('much')}{_tariff('300', 'some')}{_tariff('400', '5')}</root>"
    found = await make_client(lambda _: httpx.Response(200, text=body)).tariffs(QUERY)
    assert [one.total for one in found] == [100, 405]
    assert "2 could not be read" in caplog.text


async def test_tariffs_of_which_none_can_be_read_are_not_none(make_client: MakeClient) -> None:
    body = f"<root>{_tariff('much')}</root>"
    with pytest.raises(BadAnswer):
        await make_client(lambda _: httpx.Response(200, text=body)).tariffs(QUERY)


@given(st.text(alphabet="0123456789.,- eExNaInfу", max_size=12))
def test_any_price_costs_itself_only(price: str) -> None:
    found = tariffs_of(parse(f"<root>{_tariff('100')}{_tariff(price)}{_tariff('300')}</root>".encode()))
    assert (found[0].total, found[-1].total) == (100, 300)
    assert all(one.total.is_finite() for one in found)
