"""The base class of messengers: what carries the hub's messages to a person outside it. The hub decides what
is told, when and how often (docs/adr/0032-the-hub-decides-what-is-told.md); a messenger sends one text to one
address."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping, Sequence
from datetime import time
from typing import Annotated, ClassVar, Generic, Literal, Protocol, TypeVar

import httpx
import msgspec

from hub.plugin_api.answers import guard
from hub.plugin_api.errors import Failure, Unsupported
from hub.plugin_api.limits import Limit
from hub.plugin_api.models import AccountStatus
from hub.plugin_api.settings import Account, Settings
from hub.words import BadValue

_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_LONGEST = 1000  # of a setting


class MessageSettings(Settings, frozen=True, kw_only=True):
    """The base class of a messenger's settings: when the hub tells what, at this address."""

    at_once: Literal["urgent", "all", "nothing"] = "urgent"
    """What is told within a minute: ``urgent`` (money is at stake, or a deadline is near), ``all``, or
    ``nothing``. The rest waits for the next digest."""
    soon_hours: Annotated[int, msgspec.Meta(ge=1, le=168)] = 12
    """A deadline is near so many hours before it."""
    digest_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 60
    """What is not told at once waits so long at most, so that many become one message."""
    quiet: Annotated[str, msgspec.Meta(max_length=_LONGEST)] = ""
    """Quiet hours in the seller's time zone, such as 22:00-08:00: only what has a deadline before they end is
    told then. Empty: none."""
    repeat_hours: Annotated[int, msgspec.Meta(ge=0, le=168)] = 4
    """What is urgent is told again after so many hours, until somebody has seen it; the rest once a day.
    0: nothing is told twice."""
    hourly: Annotated[int, msgspec.Meta(ge=1, le=60)] = 6
    """So many messages in an hour at most: what is more is in the next one."""

    def __post_init__(self) -> None:
        if self.quiet and not _QUIET.fullmatch(self.quiet):
            raise BadValue(
                "quiet: write two times of the day, such as 22:00-08:00", code="messages.quiet_hours_form"
            )

    def quiet_times(self) -> tuple[time, time] | None:
        """When the quiet hours begin and end."""
        found = _QUIET.fullmatch(self.quiet)
        if found is None:
            return None
        first, minute, last, last_minute = map(int, found.groups())
        return time(first, minute), time(last, last_minute)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message, in the seller's language. No data of a buyer is in it."""

    title: str
    """One line: whose it is, how many things wait, the first deadline."""
    text: str
    """Plain text of several lines, the nearest deadline first; no markup."""


M = TypeVar("M", bound=MessageSettings)


class Reach(Protocol):
    """What a messenger asks before it connects by itself."""

    def __call__(self, host: str, port: int, scheme: str = "https") -> Awaitable[Sequence[str]]:
        """The numbers that may be connected to."""
        ...


class Messenger(Generic[M]):
    """One address of one seller: an account of the plugin. The core makes one object per account.

    ``http`` is the hub's transport, as a carrier has it: mark the request that sends with
    ``extensions={"safe": True}``. What connects by itself asks ``reach(host, port, scheme)`` first (``http``,
    ``https`` or ``smtp``), and connects to one of the numbers that it gives: it raises where the operator has
    not allowed that address.
    """

    code: ClassVar[str]
    """lower_snake, the same as the plugin's name."""
    title: ClassVar[str]
    """For people."""
    settings_type: ClassVar[type[MessageSettings]]
    """The struct of an address's settings, derived from `MessageSettings`; the address is a `Secret`."""
    notice: ClassVar[str] = ""
    """What an operator should know before using it."""
    longest: ClassVar[int] = 1900
    """So many bytes of UTF-8 may the title and the text have together: the shortest limit of its services."""
    addresses: ClassVar[tuple[str, ...]] = ()
    """Where its services are, as a carrier has them; ``"smtp://mail.example.com:465"`` for a mail server."""
    limits: ClassVar[tuple[Limit, ...]] = ()
    """The services' documented limits on requests; say where they are documented."""

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        guard(cls, Messenger, _ANSWERS)

    def __init__(self, settings: M, http: httpx.AsyncClient, account: Account) -> None:
        self.settings = settings
        self.http = http
        self.account = account
        self.reach: Reach = _nowhere

    async def check(self) -> AccountStatus:
        """Look at the address without sending anything. Raise `ConfigError` that says what is wrong with it,
        and never the address itself."""
        raise Unsupported(
            "{title} cannot check an address",
            code="unsupported.cannot_check_address",
            values={"title": self.title},
        )

    async def send(self, message: Message) -> None:
        """Send it, once. Raise `Unavailable` for what may work later, `Rejected` or `AuthFailed` for what
        will not: the hub tries again, and then takes the seller's next address. Bounded in time; no redirect
        is followed; nothing that is raised holds the address."""
        raise Unsupported(
            "{title} sends nothing", code="unsupported.sends_nothing", values={"title": self.title}
        )

    def explain(self, error: Exception) -> Failure | None:
        """What an error means, or None for the core's defaults by status. Pure."""
        return None


async def _nowhere(host: str, port: int, scheme: str = "https") -> Sequence[str]:
    raise Unsupported("nothing is connected here", code="unsupported.nothing_connected")


_ANSWERS: Mapping[str, object] = {"check": AccountStatus}

__all__ = ["Message", "MessageSettings", "Messenger"]
