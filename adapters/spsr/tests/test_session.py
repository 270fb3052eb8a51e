"""One session for all requests of an account; a request that costs money is never repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest
from spsr_api import Client, Invoice, InvoiceKey, Key, Party, Piece, Session, SpsrError

MakeClient = Callable[..., Client]

PARTY = Party(city="Москва", address="ул. Примерная, 1")
BOX = Piece(weight=Decimal("1.5"), length=Decimal(20), width=Decimal(15), depth=Decimal(10))
INVOICE = Invoice(reference="ORDER-1", product="PelSt", shipper=PARTY, receiver=PARTY, pieces=(BOX,))


MADE = '<Invoice Status="Created" GCNumber="ORDER-1" InvoiceNumber="7"/>'


class Vendor:
    """Gives out numbered sessions and takes only the last one."""

    def __init__(self) -> None:
        self.logins = 0
        self.refusal = ""
        self.live = ""
        self.calls: list[tuple[str, bool]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        text = request.content.decode()
        if 'Name="WALogin"' in text:
            assert request.extensions["safe"] is True
            self.logins += 1
            if self.refusal:
                return self._answer(f'<Result RC="{self.refusal}"/>')
            self.live = f"{self.logins:040}"
            return self._answer(f'<Result RC="0"/><Login SID="{self.live}"/>')
        name = text.split('Name="')[1].split('"')[0]
        self.calls.append((name, request.extensions.get("safe") is True))
        if name != "WAGetCities" and (f'SID="{self.live}"' not in text or not self.live):
            return self._answer('<Result RC="1006"/>')
        return self._answer(f'<Result RC="0"/>{MADE if name == "WAXmlConverter" else ""}')

    @staticmethod
    def _answer(inner: str) -> httpx.Response:
        return httpx.Response(200, text=f"<root>{inner}</root>")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def _session(clock: Clock | None = None) -> Session:
    return Session("test", "hush", "7600010711", clock=clock or Clock())


async def test_twenty_first_requests_share_one_login(make_client: MakeClient) -> None:
    vendor = Vendor()
    client = make_client(vendor, _session())
    await asyncio.gather(*(client.courier_orders_active() for _ in range(20)))
    assert vendor.logins == 1
    assert vendor.calls == [("WAGetActiveOrders", True)] * 20


async def test_a_read_whose_session_is_gone_logs_in_and_is_repeated_once(make_client: MakeClient) -> None:
    vendor = Vendor()
    client = make_client(vendor, _session())
    await client.courier_orders_active()
    vendor.live = ""
    await asyncio.gather(*(client.offices(Key("992")) for _ in range(10)))
    assert vendor.logins == 2
    assert len(vendor.calls) <= 1 + 20


async def test_a_session_that_is_gone_twice_is_raised(make_client: MakeClient) -> None:
    calls = 0

    def refuses(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        return httpx.Response(200, text='<root><Result RC="1006"/></root>')

    with pytest.raises(SpsrError) as caught:
        await make_client(refuses).courier_orders_active()
    assert caught.value.code == 1006
    assert calls == 2


async def test_a_change_whose_session_is_gone_is_not_repeated(make_client: MakeClient) -> None:
    vendor = Vendor()
    client = make_client(vendor, _session())
    await client.courier_orders_active()
    vendor.live = ""
    with pytest.raises(SpsrError) as caught:
        await client.invoices_create([INVOICE])
    assert caught.value.code == 1006
    assert vendor.calls[1:] == [("WAXmlConverter", False)]
    await client.invoices_create([INVOICE])  # the next one has a new session
    assert vendor.logins == 2


async def test_a_change_takes_only_a_session_that_worked_a_moment_ago(make_client: MakeClient) -> None:
    vendor, clock = Vendor(), Clock()
    client = make_client(vendor, _session(clock))
    await client.courier_orders_active()
    clock.now += 59
    await client.courier_orders_active()
    clock.now += 59
    await client.invoices_create([INVOICE])
    assert vendor.logins == 1
    clock.now += 61
    await client.courier_orders_active()
    assert vendor.logins == 1
    clock.now += 61
    await client.invoices_create([INVOICE])
    assert vendor.logins == 2


async def test_twenty_requests_share_one_refused_login(make_client: MakeClient) -> None:
    vendor = Vendor()
    vendor.refusal = "1004"
    client = make_client(vendor, _session())
    outcomes = await asyncio.gather(
        *(client.courier_orders_active() for _ in range(20)), return_exceptions=True
    )
    assert vendor.logins == 1
    for outcome in outcomes:
        assert isinstance(outcome, SpsrError)
        assert outcome.code == 1004
        assert "hush" not in str(outcome)
    vendor.refusal = ""
    await client.courier_orders_active()


async def test_only_reads_carry_the_safe_mark(make_client: MakeClient) -> None:
    vendor = Vendor()
    client = make_client(vendor, _session())
    await client.invoice_info(InvoiceKey(reference="ORDER-1"))
    await client.monitor([InvoiceKey(number="1")])
    await client.cities("Москва")
    await client.courier_orders_active()
    await client.invoices_create([INVOICE])
    assert [name for name, safe in vendor.calls if not safe] == ["WAXmlConverter"]


async def test_a_login_without_a_session_is_no_login(make_client: MakeClient) -> None:
    client = make_client(
        lambda request: httpx.Response(200, text='<root><Result RC="0"/><Login SID="x"/></root>'), _session()
    )
    with pytest.raises(ValueError, match="session id"):
        await client.login()
