"""Where a plugin's requests may go: to the addresses that the plugin declares, and to those that the operator
names under ``[addresses]`` in plugins.toml. Nothing else is connected to, whoever wrote it into an account.

Private, local and metadata networks are closed also where a name that may be called leads into them: see
`Addresses.opens`, which is asked with the numbers that are connected to (`hub.calls.connecting`).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx
import msgspec

from hub.plugin_api.errors import ConfigError
from hub.plugin_api.settings import Secret, Settings
from hub.words import said

_IP = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_DEFAULT_PORTS = {"http": 80, "https": 443, "smtp": 25}
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_ENTRY = re.compile(
    r"(?P<scheme>https?|smtp)://(?P<host>\[[0-9A-Fa-f:.]+\]|(?:\*\.)?[A-Za-z0-9_.-]+)(?::(?P<port>[0-9]{1,5}|\*))?/?"
)
_SHOWN = 100
FORM = said(
    'an address is "https://api.example.com", "https://*.example.com", "http://127.0.0.1:8101" or with "*" '
    'for any port; a network is "10.0.0.0/8"',
    code="address.form",
)


# What is nobody's vendor, by the registries of special-purpose addresses (IANA, RFC 6890 and its successors).
_CLOSED_4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "168.63.129.16/32",  # a public number that a cloud answers to its own machines
    )
)  # fmt: skip
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_6 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "2001::/23",  # protocols of the IETF, Teredo among them
        "2001:db8::/32", "2002::/16",  # examples; 6to4, which carries any IPv4 number
        "3fff::/20",
    )
)  # fmt: skip
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class AddressRefused(ConfigError):
    """The hub did not connect: the address is neither the plugin's own nor named by the operator."""

    code = "address_not_named"


class _Place(msgspec.Struct, frozen=True):
    """Scheme, host and port that may be called. ``host`` may begin with ``*.``; port 0 is any."""

    scheme: str
    host: str
    port: int

    def fits(self, url: httpx.URL) -> bool:
        if url.scheme != self.scheme or self.port not in (0, _port(url)):
            return False
        host = _host(url)
        return host.endswith(self.host[1:]) if self.host.startswith("*.") else host == self.host


class Addresses:
    """Where one account's requests may go. ``whose`` is the plugin's name, and ``listed`` says that it has a
    line under ``[addresses]``: for messages."""

    def __init__(
        self,
        whose: str,
        entries: Iterable[str] = (),
        *,
        everywhere: bool = False,
        listed: bool = False,
    ) -> None:
        self._whose = whose
        self._listed = listed
        self._everywhere = everywhere
        self._places: list[_Place] = []
        self._networks: list[_Network] = []
        for entry in entries:
            parsed = _parsed(entry)
            if isinstance(parsed, _Place):
                self._places.append(parsed)
            elif parsed is not None:
                self._networks.append(parsed)

    @classmethod
    def everywhere(cls) -> Addresses:
        """No bounds at all: for tests of plugins, where the test says what is called."""
        return cls("", everywhere=True)

    def check(self, url: httpx.URL) -> None:
        """Raise AddressRefused where this may not be called. Asks no name server."""
        if self._everywhere or any(place.fits(url) for place in self._places):
            return
        raise AddressRefused(self._words(origin(url)))

    def check_settings(self, settings: Settings) -> None:
        """Raise AddressRefused for the first setting that holds a web address which may not be called.

        Only says it early: whatever a plugin makes of its settings is checked again when it is called.
        """
        for field, text in _urls(settings):
            try:
                self.check(httpx.URL(text))
            except httpx.InvalidURL:
                raise ConfigError(
                    "settings: {field} is no web address",
                    code="config.settings_no_web_address",
                    values={"field": field},
                ) from None
            except AddressRefused as error:
                raise AddressRefused(
                    "{field}: {said}",
                    code="address_not_named.field",
                    values={"field": field, "said": error.said},
                ) from None

    def opens(self, host: str, number: str) -> bool:
        """Whether ``number``, to which ``host`` leads just now, may be connected to."""
        ip = ipaddress.ip_address(number.partition("%")[0])
        if self._everywhere or is_public(ip):
            return True
        if any(ip.version == network.version and ip in network for network in self._networks):
            return True
        if _bare(host) == "localhost":
            return ip.is_loopback  # the name says so; that it may be called was checked before
        return _literal(host) == ip and any(_literal(place.host) == ip for place in self._places)

    def closed(self, host: str) -> AddressRefused:
        """The one refusal of a name that leads where nothing may be called, whatever is there."""
        return AddressRefused(
            "{whose} may not connect to {short}: the name leads into a private or local network. If that is "
            'meant, the operator of this hub adds that network (as in "10.0.0.0/8") to {whose_2} under '
            "[addresses] in plugins.toml",
            code="address_refused.not_connect_name_leads_into",
            values={
                "whose": self._whose,
                "short": _short(host),
                "whose_2": self._whose or said("the plugin", code="address.plugin"),
            },
        )

    def _words(self, where: str) -> str:
        if self._listed:  # a key that stood there twice would stop the next start
            return said(
                "{whose} may not connect to {where}: this is neither an address of the plugin nor one that "
                'the operator of this hub has named. To allow it, the operator adds "{where}" to the line '
                "{whose} under [addresses] in plugins.toml and starts the hub again",
                code="address.not_connect_neither_plugin_nor_2",
                values={"whose": self._whose, "where": where},
            )
        return said(
            "{whose} may not connect to {where}: this is neither an address of the plugin nor one that the "
            "operator of this hub has named. To allow it, the operator writes {whose} = {line} under "
            "[addresses] in plugins.toml and starts the hub again",
            code="address.not_connect_neither_plugin_nor",
            values={"whose": self._whose, "where": where, "line": f'["{where}"]'},
        )


def is_public(ip: _IP) -> bool:
    """Whether a number is out in the world; one that carries another (mapped, NAT64) is judged by that."""
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _CLOSED_4)
    if ip.ipv4_mapped is not None:
        return is_public(ip.ipv4_mapped)
    if ip in _NAT64:
        return is_public(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return ip in _GLOBAL_6 and not any(ip in network for network in _CLOSED_6)


def own_addresses(kind: type[Any]) -> tuple[str, ...]:
    """What a carrier or source brings itself: its ``addresses``, and the web addresses that its settings have
    by default."""
    found = list(kind.addresses)
    for field in msgspec.structs.fields(kind.settings_type):
        default = field.default
        if isinstance(default, str | tuple | list):
            for text in (default,) if isinstance(default, str) else default:
                if isinstance(text, str) and (place := _origin_of(text)):
                    found.append(place)
    return tuple(found)


def written_addresses(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The web addresses in plain settings, as plugins.toml has them: what the operator wrote is named."""
    return tuple(
        place
        for value in values.values()
        for text in (value if isinstance(value, list | tuple) else (value,))
        if isinstance(text, str) and (place := _origin_of(text))
    )


def wrong_entry(entry: str) -> str:
    """Why an entry of ``[addresses]`` cannot be meant; empty where it can."""
    if _parsed(entry) is None:
        return said(
            "'{short}' is neither an address nor a network: {form}",
            code="address.neither_nor_network",
            values={"short": _short(entry), "form": FORM},
        )
    return ""


def origins_of(settings: Settings) -> tuple[str, ...]:
    """The origins of the web addresses that an account's settings hold, each once."""
    found: dict[str, None] = {}
    for _, text in _urls(settings):
        try:
            found[origin(httpx.URL(text))] = None
        except httpx.InvalidURL:
            continue
    return tuple(found)


def origin(url: httpx.URL) -> str:
    """``scheme://host[:port]``, short enough for a message; never a path, a query or a user."""
    host, port = _host(url), _port(url)
    shown = f"[{host}]" if ":" in host else host
    return _short(f"{url.scheme}://{shown}" + ("" if _DEFAULT_PORTS.get(url.scheme) == port else f":{port}"))


_ASKED: ContextVar[set[str] | None] = ContextVar("origins that were asked", default=None)


@contextmanager
def asked() -> Iterator[set[str]]:
    """The origins that answered within: whose word it is what an account's id at the vendor is."""
    found: set[str] = set()
    token = _ASKED.set(found)
    try:
        yield found
    finally:
        _ASKED.reset(token)


def answered(url: httpx.URL) -> None:
    """An answer came from here."""
    if (found := _ASKED.get()) is not None:
        found.add(origin(url))


def _origin_of(text: str) -> str:
    """The origin of a web address; empty for anything else, which is told where the account is opened."""
    if not _URL.match(text.strip()):
        return ""
    try:
        return origin(httpx.URL(text.strip()))
    except httpx.InvalidURL:
        return ""


def _urls(settings: Settings) -> Iterator[tuple[str, str]]:
    for field in settings.__struct_fields__:
        value = getattr(settings, field)
        if isinstance(value, Secret):
            continue
        for text in value if isinstance(value, list | tuple | set | frozenset) else (value,):
            if isinstance(text, str) and _URL.match(text.strip()):
                yield field, text.strip()


def _parsed(entry: str) -> _Place | _Network | None:
    if match := _ENTRY.fullmatch(entry):
        port = match["port"]
        host = _bare(match["host"])
        try:
            url = httpx.URL(f"{match['scheme']}://{match['host'].removeprefix('*.')}")
        except httpx.InvalidURL:
            return None
        number = 0 if port == "*" else int(port or _DEFAULT_PORTS[url.scheme])
        if number > 65535:
            return None
        return _Place(url.scheme, host if host.startswith("*.") else _host(url), number)
    try:
        return ipaddress.ip_network(entry)
    except ValueError:
        return None


def _literal(host: str) -> _IP | None:
    try:
        return ipaddress.ip_address(_bare(host))
    except ValueError:
        return None


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii", "replace").lower()


def _bare(host: str) -> str:
    return host.lower().removeprefix("[").removesuffix("]")


def _port(url: httpx.URL) -> int:
    return url.port or _DEFAULT_PORTS.get(url.scheme, 0)


def _short(text: str) -> str:
    shown = "".join(char if char.isprintable() else "?" for char in text)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."
