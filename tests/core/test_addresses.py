"""Where plugins may connect: what is named, what is closed, and what a name server may not change."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import Any

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.calls.call import Terms, read, send
from hub.calls.connecting import CheckedBackend, checked_transport
from hub.calls.transport import make_client, sending
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import ConfigError, Rejected, Unavailable, Unconfirmed
from hub.plugin_api.settings import Secret, Settings
from hub.plugins.addresses import Addresses, AddressRefused, is_public, own_addresses, written_addresses
from hub.words import render

from .conftest import Serve, request_head

NAMED = Addresses("acme", ("https://api.acme.example", "https://*.files.example", "http://127.0.0.1:8103"))


@pytest.mark.parametrize(
    "url",
    [
        "https://api.acme.example",
        "https://API.acme.example:443/v1?q=1",
        "https://cdn1.files.example/x.pdf",
        "http://127.0.0.1:8103/orders",
    ],
)
def test_what_is_named_may_be_called(url: str) -> None:
    NAMED.check(httpx.URL(url))


@pytest.mark.parametrize(
    "url",
    [
        "http://api.acme.example",
        "https://api.acme.example:8443",
        "https://api.acme.example.evil.example",
        "https://evil.example/api.acme.example",
        "https://api.acme.example@evil.example",
        "https://evilapi.acme.example",
        "https://files.example",
        "https://evilfiles.example",
        "http://127.0.0.1:8104",
        "http://127.1:8103",
        "http://2130706433:8103",
        "http://0x7f.0.0.1:8103",
        "http://[::ffff:127.0.0.1]:8103",
        "http://localhost:8103",
        "http://169.254.169.254/latest",
        "ftp://127.0.0.1:8103",
        "//api.acme.example",
        "https:///x",
    ],
)
def test_what_is_not_named_may_not_and_the_mend_is_said(url: str) -> None:
    with pytest.raises(AddressRefused, match=r"under \[addresses\] in plugins\.toml") as error:
        NAMED.check(httpx.URL(url))
    assert error.value.message.count("acme") >= 1
    assert "/v1" not in error.value.message
    assert "/latest" not in error.value.message


@pytest.mark.parametrize(
    ("listed", "mend"),
    [
        (False, 'writes acme = ["https://other.example"] under [addresses]'),
        (True, 'adds "https://other.example" to the line acme under [addresses]'),
    ],
)
def test_the_mend_does_not_write_a_line_twice(listed: bool, mend: str) -> None:
    with pytest.raises(AddressRefused) as error:
        Addresses("acme", listed=listed).check(httpx.URL("https://other.example/x"))
    assert mend in error.value.message
    for language, ending in (("ru", "запускает хаб снова"), ("zh", "并重新启动")):
        said = render(error.value.said, language)
        assert said.endswith(ending)
        assert "operator" not in said


def test_nothing_is_named_by_default() -> None:
    with pytest.raises(AddressRefused):
        Addresses("acme").check(httpx.URL("https://api.acme.example"))


@pytest.mark.parametrize(
    "number",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.8.8.8", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.168.1.1", "198.18.0.1",
        "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "168.63.129.16", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1",
        "2001::1", "2001:db8::1",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1",
        "ff02::1", "5f00::1",
    ],
)  # fmt: skip
def test_closed_numbers(number: str) -> None:
    assert not is_public(ipaddress.ip_address(number))
    assert not NAMED.opens("api.acme.example", number)


@pytest.mark.parametrize(
    "number", ["8.8.8.8", "185.71.66.1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2a00:1450::1"]
)
def test_open_numbers(number: str) -> None:
    assert is_public(ipaddress.ip_address(number))


@given(st.ip_addresses(v=4))
def test_a_number_is_judged_alike_in_every_dress(number: ipaddress.IPv4Address) -> None:
    plain = is_public(number)
    if not number.is_global and number not in ipaddress.IPv4Network("192.0.0.0/24"):
        assert not plain
    assert is_public(ipaddress.IPv6Address(f"::ffff:{number}")) == plain
    assert is_public(ipaddress.IPv6Address(f"64:ff9b::{number}")) == plain
    assert not is_public(ipaddress.IPv6Address((0x2002 << 112) | (int(number) << 80) | 1))


@given(st.ip_addresses(v=6))
def test_no_number_is_open_that_python_calls_private(number: ipaddress.IPv6Address) -> None:
    carries = number.ipv4_mapped is not None or number in ipaddress.IPv6Network("64:ff9b::/96")
    if is_public(number) and not carries:
        assert not any((number.is_private, number.is_loopback, number.is_link_local, number.is_multicast))


def test_the_operator_opens_numbers_and_networks() -> None:
    assert NAMED.opens("127.0.0.1", "127.0.0.1")
    assert not NAMED.opens("127.0.0.2", "127.0.0.2")
    assert not NAMED.opens("api.acme.example", "127.0.0.1")  # that number is named, that name is not it
    office = Addresses("acme", ("http://courier.office.example", "10.20.0.0/16", "http://localhost:8103"))
    assert office.opens("courier.office.example", "10.20.1.1")
    assert not office.opens("courier.office.example", "10.21.1.1")
    assert office.opens("localhost", "127.0.0.1")
    assert office.opens("localhost", "::1")
    assert not office.opens("localhost", "10.0.0.1")


# --- settings ---------------------------------------------------------------------------------------------


class AcmeSettings(Settings, frozen=True, kw_only=True):
    base_url: str = "https://api.acme.example/v2"
    hosts: tuple[str, ...] = ("https://cdn.acme.example", "acme.example")
    key: Secret = Secret("")


class Acme(Carrier[AcmeSettings]):
    code = "acme"
    title = "Acme"
    settings_type = AcmeSettings
    addresses = ("https://*.files.example",)


def test_a_plugin_brings_its_own() -> None:
    own = own_addresses(Acme)
    assert own == ("https://*.files.example", "https://api.acme.example", "https://cdn.acme.example")
    Addresses("acme", own).check_settings(AcmeSettings())


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        (AcmeSettings(base_url="http://127.0.0.1:1"), "base_url"),
        (AcmeSettings(base_url=" HTTP://evil.example"), "base_url"),
        (AcmeSettings(hosts=("acme.example", "https://evil.example")), "hosts"),
    ],
)
def test_settings_are_refused_by_field(settings: AcmeSettings, field: str) -> None:
    with pytest.raises(AddressRefused, match=f"^{field}: acme may not connect"):
        Addresses("acme", own_addresses(Acme)).check_settings(settings)


def test_a_secret_is_never_read_as_an_address() -> None:
    Addresses("acme", own_addresses(Acme)).check_settings(AcmeSettings(key=Secret("https://s3cret")))


@pytest.mark.parametrize("text", ["http://[::1", "http://0177.0.0.1", "http://256.1.1.1"])
def test_what_is_no_address_is_said_so(text: str) -> None:
    with pytest.raises(ConfigError, match="base_url is no web address"):
        Addresses("acme").check_settings(AcmeSettings(base_url=text))


def test_what_the_file_writes_is_named() -> None:
    written = {
        "base_url": "http://127.0.0.1:9/v1",
        "hosts": ["https://a.example", "b", "http://[::1"],
        "n": 3,
    }
    assert written_addresses(written) == ("http://127.0.0.1:9", "https://a.example")


# --- connecting -------------------------------------------------------------------------------------------

Lookups = Callable[..., None]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Lookups:
    """Names that lead where a test says: to one answer a look-up, the last one for ever."""

    def lead(**answers: Sequence[Sequence[str]]) -> None:
        real = socket.getaddrinfo

        def look_up(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
            left = known.get(str(host))
            if left is None:
                return real(host, port, *rest, **more)
            numbers = left.pop(0) if len(left) > 1 else left[0]
            kinds = [socket.AF_INET6 if ":" in number else socket.AF_INET for number in numbers]
            return [
                (
                    kind,
                    socket.SOCK_STREAM,
                    6,
                    "",
                    (number, port) if kind is socket.AF_INET else (number, port, 0, 0),
                )
                for kind, number in zip(kinds, numbers, strict=True)
            ]

        known = {name.replace("_", "."): list(found) for name, found in answers.items()}
        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return lead


class Tape(httpcore.AsyncMockBackend):
    """Connects to nothing, and writes down to what it would have."""

    def __init__(self) -> None:
        super().__init__([])
        self.connected: list[str] = []

    async def connect_tcp(self, host: str, *rest: Any, **more: Any) -> httpcore.AsyncNetworkStream:
        self.connected.append(host)
        return await super().connect_tcp(host, *rest, **more)


@pytest.mark.parametrize(
    "number", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "fd00:ec2::254", "::ffff:7f00:1"]
)
async def test_a_named_host_that_leads_inside_is_refused(names: Lookups, number: str) -> None:
    names(api_acme_example=[[number]])
    tape = Tape()
    with pytest.raises(AddressRefused, match="leads into a private or local network") as error:
        await CheckedBackend(NAMED, tape).connect_tcp("api.acme.example", 443, 1.0)
    assert tape.connected == []
    assert number not in error.value.message


async def test_the_number_that_was_checked_is_the_one_that_is_called(names: Lookups) -> None:
    """A name server that answers differently a moment later is not asked a moment later."""
    names(api_acme_example=[["8.8.8.8"], ["127.0.0.1"]])
    tape = Tape()
    backend = CheckedBackend(NAMED, tape)
    await backend.connect_tcp("api.acme.example", 443, 1.0)
    assert tape.connected == ["8.8.8.8"]
    with pytest.raises(AddressRefused):
        await backend.connect_tcp("api.acme.example", 443, 1.0)


async def test_of_many_numbers_only_open_ones_are_called(names: Lookups) -> None:
    names(api_acme_example=[["127.0.0.1", "8.8.8.8", "::1"]])
    tape = Tape()
    await CheckedBackend(NAMED, tape).connect_tcp("api.acme.example", 443, 1.0)
    assert tape.connected == ["8.8.8.8"]


async def test_a_number_that_fails_or_hangs_leaves_the_next_one_its_turn(names: Lookups) -> None:
    class Hanging(Tape):
        async def connect_tcp(self, host: str, *rest: Any, **more: Any) -> httpcore.AsyncNetworkStream:
            if host == "1.1.1.1":
                raise httpcore.ConnectError
            if host == "2a00:1450::1":
                await asyncio.Event().wait()
            return await super().connect_tcp(host, *rest, **more)

    names(api_acme_example=[["2a00:1450::1", "1.1.1.1", "8.8.8.8"]])
    tape = Hanging()
    await CheckedBackend(NAMED, tape).connect_tcp("api.acme.example", 443, None)
    assert tape.connected == ["8.8.8.8"]
    names(api_acme_example=[["1.1.1.1", "1.1.1.1"]])
    with pytest.raises(httpcore.ConnectError):
        await CheckedBackend(NAMED, Hanging()).connect_tcp("api.acme.example", 443, 1.0)


async def test_a_name_that_is_not_known_is_a_vendor_that_cannot_be_reached(names: Lookups) -> None:
    with pytest.raises(httpcore.ConnectError):
        await CheckedBackend(NAMED).connect_tcp("nothing.invalid", 443, 5.0)
    with pytest.raises(httpcore.ConnectError):
        await CheckedBackend(NAMED).connect_unix_socket("/tmp/x")


async def test_the_client_connects_where_it_may(serve: Serve) -> None:
    asked: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await request_head(reader))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()

    url = await serve(talk)
    async with make_client(addresses=Addresses("acme", (url,))) as client:
        assert (await client.get(url)).text == "ok"
    for addresses in (Addresses("acme"), Addresses("acme", ("https://api.acme.example",))):
        async with make_client(addresses=addresses) as client:
            with pytest.raises(Unavailable, match="may not connect"):
                await client.get(url)
    assert len(asked) == 1


async def test_a_booking_that_may_not_leave_has_not_left(names: Lookups, serve: Serve) -> None:
    names(api_acme_example=[["127.0.0.1"]])
    async with make_client(addresses=Addresses("acme", ("http://api.acme.example",))) as client:
        with sending("op_1") as operation, pytest.raises(Unavailable, match="may not connect"):
            await client.post("http://api.acme.example/orders")
        assert operation.nothing_left
        with sending("op_2") as operation, pytest.raises(Unavailable, match="may not connect"):
            await client.post("http://elsewhere.example/orders")
        assert operation.nothing_left


async def test_a_link_that_may_not_be_followed_makes_no_booking_undone(serve: Serve) -> None:
    """The booking went out; what it answered leads elsewhere. That is no refusal of the booking."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    url = await serve(talk)
    async with make_client(addresses=Addresses("acme", (url,))) as client:

        async def book() -> None:
            await client.post(f"{url}/orders")
            await client.get("http://127.0.0.1:1/label.pdf")

        with pytest.raises(Unconfirmed):
            await send("Acme, booking", book, operation_id="op_1", terms=Terms(explain=lambda error: None))
        with pytest.raises(Unavailable, match="may not connect"):
            await read("Acme, label", lambda: client.get("http://127.0.0.1:1/"), explain=lambda error: None)


@pytest.mark.parametrize(
    "url", ["http:/127.0.0.1:9/", "127.0.0.1:9/", "//127.0.0.1:9/", "/orders", "file:///etc/x"]
)
async def test_what_is_no_web_address_is_said_so_and_goes_nowhere(url: str) -> None:
    for addresses in (Addresses("acme"), Addresses.everywhere()):
        async with make_client(addresses=addresses) as client:
            with pytest.raises(Rejected, match="not a web address"):
                await read("Acme", lambda: client.get(url), explain=lambda error: None)
            with sending("op_1") as operation, pytest.raises(httpx.UnsupportedProtocol):
                await client.post(url)
            assert operation.nothing_left


def test_an_httpx_that_cannot_be_told_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    class Other:
        def __init__(self, **_: Any) -> None: ...

    monkeypatch.setattr(httpx, "AsyncHTTPTransport", Other)
    with pytest.raises(RuntimeError, match="cannot be told"):
        checked_transport(Addresses("acme"))


async def test_a_client_of_no_account_speaks_to_test_servers_of_this_machine_only(serve: Serve) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()

    url = await serve(talk)
    async with make_client() as client:
        assert (await client.get(url)).text == "ok"
        for other in ("http://10.0.0.1/", "https://api.example.com/", "http://169.254.169.254/"):
            with pytest.raises(Unavailable, match="may not connect"):
                await client.get(other)
