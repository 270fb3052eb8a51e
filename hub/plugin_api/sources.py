"""The base class of order sources: the marketplaces where postings come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar, Generic, TypeVar

import httpx
import msgspec

from hub.plugin_api.answers import guard
from hub.plugin_api.errors import Failure, Unsupported
from hub.plugin_api.limits import Limit
from hub.plugin_api.models import (
    AccountStatus,
    Assembly,
    CancelReason,
    CancelRequest,
    Handover,
    Parcel,
    Pending,
    Posting,
    Ready,
    ReportResult,
    Stage,
    Ticket,
)
from hub.plugin_api.refusals import Refusal
from hub.plugin_api.settings import Account, Settings
from hub.plugin_api.units import Unit, UnitsCheck

S = TypeVar("S", bound=Settings)


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page of raw postings. ``next`` is the opaque cursor that is saved with the page's rows;
    ``complete`` says that the stream is at its end for now."""

    items: tuple[bytes, ...]
    """Raw postings, as they came: `OrderSource.decode` reads each."""
    next: str
    """Where the next page begins; opaque to the hub."""
    complete: bool
    """The stream is at its end for now."""


class OrderSource(Generic[S]):
    """One marketplace account of one seller; one object per account, like `hub.Carrier`."""

    code: ClassVar[str]
    """lower_snake, the same as the plugin's name."""
    title: ClassVar[str]
    """For people."""
    settings_type: ClassVar[type[Settings]]
    """The struct of an account's settings."""
    streams: ClassVar[tuple[str, ...]] = ("open",)
    """The lists that intake walks, one cursor each. ``open``: what has to be worked on now;
    ``changed``: everything that changed since the cursor, for reconciliation."""
    settle: ClassVar[timedelta] = timedelta(seconds=60)
    """After so long a call that was sent shows in ``posting``, if it arrived."""
    label_batch: ClassVar[int] = 1
    """How many postings one label request takes."""
    addresses: ClassVar[tuple[str, ...]] = ()
    """Where the marketplace is, beside the web addresses that the settings have by default:
    ``"https://api.example.com"``, ``"https://*.example.com"``. The hub connects nowhere else, unless the
    operator names it in plugins.toml."""
    refusals: ClassVar[tuple[Refusal, ...]] = ()
    """What an answer looks like that says "nothing was done, and that is final", as the vendor documents it.
    An answer to an unsafe call that is none of these proves nothing, whatever the plugin raises or returns:
    what became of the call is looked up. Without any, each refusal is looked up first."""
    limits: ClassVar[tuple[Limit, ...]] = ()
    """The vendor's documented limits on requests of one account; say where they are documented."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        guard(cls, OrderSource, _ANSWERS)

    def __init__(self, settings: S, http: httpx.AsyncClient, account: Account) -> None:
        self.settings = settings
        self.http = http
        self.account = account

    async def check(self) -> AccountStatus:
        """Try the credentials without side effects."""
        raise Unsupported(
            "{title} cannot check credentials",
            code="unsupported.cannot_check_credentials",
            values={"title": self.title},
        )

    async def postings(self, stream: str, cursor: str) -> Page:
        """The next page of a stream; the empty cursor begins it."""
        raise Unsupported(
            "{title} lists no postings", code="unsupported.lists_no_postings", values={"title": self.title}
        )

    def decode(self, raw: bytes) -> Posting:
        """One raw posting in the hub's words. Pure; raises on what it cannot read: the core keeps it raw."""
        raise Unsupported(
            "{title} decodes nothing", code="unsupported.decodes_nothing", values={"title": self.title}
        )

    def number(self, raw: bytes) -> str:
        """The posting's number, even of one that ``decode`` refuses; empty where there is none. Pure."""
        return ""

    async def posting(self, number: str) -> bytes:
        """One posting, raw, as complete as the marketplace gives it."""
        raise Unsupported(
            "{title} reads no single posting",
            code="unsupported.reads_no_single_posting",
            values={"title": self.title},
        )

    async def units(self, posting: Posting) -> Sequence[Unit]:
        """The posting's units as the marketplace counts them, each with its id and what is known of it there
        (Ozon: exemplar/create-or-get)."""
        raise Unsupported(
            "{title} asks nothing of units", code="unsupported.nothing_of_units", values={"title": self.title}
        )

    async def tell_units(self, posting: Posting, units: Sequence[Unit]) -> ReportResult:
        """Tell everything that is wanted of the units, of all of them at once. Taken in is not done:
        ``units_check`` is asked (Ozon: exemplar/set)."""
        raise Unsupported(
            "{title} asks nothing of units", code="unsupported.nothing_of_units", values={"title": self.title}
        )

    async def units_check(self, posting: Posting) -> UnitsCheck:
        """How the check of what was told stands (Ozon: exemplar/status)."""
        raise Unsupported(
            "{title} asks nothing of units", code="unsupported.nothing_of_units", values={"title": self.title}
        )

    async def tell_country(self, posting: Posting, sku: str, country: str) -> ReportResult:
        """Tell where the units of a line were made, ISO 3166-1 alpha-2. What is wanted of them may be more
        after that: the posting is read again."""
        raise Unsupported(
            "{title} asks nothing of units", code="unsupported.nothing_of_units", values={"title": self.title}
        )

    async def assemble(self, posting: Posting, parcels: Sequence[Parcel]) -> Assembly:
        """Say that the posting is assembled (Ozon: ship). Taken in is not done: it is read back."""
        raise Unsupported(
            "{title} knows no assembly", code="unsupported.knows_no_assembly", values={"title": self.title}
        )

    async def request_labels(self, postings: Sequence[Posting]) -> Sequence[Ticket | Failure]:
        """Ask for labels: one ticket or failure per posting, in order; postings may share a ticket."""
        raise Unsupported(
            "{title} gives no labels", code="unsupported.gives_no_labels", values={"title": self.title}
        )

    async def fetch_labels(self, ticket: Ticket) -> Pending | Ready | Failure:
        """Read requested labels."""
        raise Unsupported(
            "{title} gives no labels", code="unsupported.gives_no_labels", values={"title": self.title}
        )

    async def set_tracking(self, posting: Posting, tracking_number: str) -> ReportResult:
        """Tell the marketplace the tracking number."""
        raise Unsupported(
            "{title} takes no tracking numbers",
            code="unsupported.takes_no_tracking_numbers",
            values={"title": self.title},
        )

    async def report(self, posting: Posting, stage: Stage) -> ReportResult:
        """Tell the marketplace ``in_transit``, ``ready_for_pickup`` (last mile) or ``delivered``."""
        raise Unsupported(
            "{title} takes no statuses", code="unsupported.takes_no_statuses", values={"title": self.title}
        )

    async def handovers(self, group: str, day: date) -> Sequence[Handover]:
        """The hand-overs that exist for a group on a day."""
        raise Unsupported(
            "{title} knows no hand-over", code="unsupported.knows_no_hand_over", values={"title": self.title}
        )

    async def open_handover(self, group: str, day: date) -> Handover:
        """Make a hand-over of everything in the group that is assembled (Ozon: carriage create)."""
        raise Unsupported(
            "{title} knows no hand-over", code="unsupported.knows_no_hand_over", values={"title": self.title}
        )

    async def fill_handover(self, handover_id: str, numbers: Sequence[str]) -> Handover:
        """Make these postings, and no others, the content of an open hand-over (Ozon: carriage set-postings).
        ``covers`` says what is in it now; ``reason`` why what was asked is not. Said twice, it is done once.
        One that is not what was asked is not closed by the hub; a marketplace without this method is told of
        everything in the group."""
        raise Unsupported(
            "{title} knows no hand-over", code="unsupported.knows_no_hand_over", values={"title": self.title}
        )

    async def close_handover(self, handover_id: str) -> Handover:
        """Close it: from here on its postings are on their way (Ozon: carriage approve)."""
        raise Unsupported(
            "{title} knows no hand-over", code="unsupported.knows_no_hand_over", values={"title": self.title}
        )

    async def handover(self, handover_id: str) -> Handover:
        """Read a hand-over with its papers, once they are made."""
        raise Unsupported(
            "{title} knows no hand-over", code="unsupported.knows_no_hand_over", values={"title": self.title}
        )

    async def cancel_reasons(self, posting: Posting) -> Sequence[CancelReason]:
        """The reasons that the marketplace takes for this posting."""
        raise Unsupported(
            "{title} cannot cancel", code="unsupported.cannot_cancel", values={"title": self.title}
        )

    async def cancel(self, posting: Posting, reason: CancelReason, message: str) -> ReportResult:
        """Cancel the whole posting."""
        raise Unsupported(
            "{title} cannot cancel", code="unsupported.cannot_cancel", values={"title": self.title}
        )

    async def cancel_requests(self, numbers: Sequence[str] = ()) -> Sequence[CancelRequest]:
        """The requests to cancel a posting that wait for the seller's answer; with ``numbers`` those of these
        postings, answered or not (Ozon: conditional-cancellation of rFBS)."""
        raise Unsupported(
            "{title} asks nobody before it cancels",
            code="unsupported.asks_nobody_cancels",
            values={"title": self.title},
        )

    async def answer_cancel_request(self, request: CancelRequest, agree: bool, comment: str) -> ReportResult:
        """Agree, and the posting is cancelled; or refuse, with a comment for whoever asked. Taken in is not
        done: ``cancel_requests`` is asked what became of it."""
        raise Unsupported(
            "{title} asks nobody before it cancels",
            code="unsupported.asks_nobody_cancels",
            values={"title": self.title},
        )

    def explain(self, error: Exception) -> Failure | None:
        """What a vendor's error means, or None for the core's defaults by status. Pure."""
        return None


SOURCE_CAPABILITIES = (
    "check",
    "postings",
    "posting",
    "assemble",
    "tell_units",
    "request_labels",
    "set_tracking",
    "report",
    "open_handover",
    "fill_handover",
    "cancel",
    "answer_cancel_request",
)


def source_capabilities(kind: type[OrderSource[Any]]) -> tuple[str, ...]:
    """The optional methods that a source overrides."""
    return tuple(n for n in SOURCE_CAPABILITIES if getattr(kind, n) is not getattr(OrderSource, n))


_ANSWERS: Mapping[str, object] = {
    "check": AccountStatus,
    "posting": bytes,
    "assemble": Assembly,
    "units": list[Unit],
    "tell_units": ReportResult,
    "units_check": UnitsCheck,
    "tell_country": ReportResult,
    "request_labels": list[Ticket | Failure],
    "fetch_labels": Pending | Ready | Failure,
    "set_tracking": ReportResult,
    "report": ReportResult,
    "handovers": list[Handover],
    "open_handover": Handover,
    "fill_handover": Handover,
    "close_handover": Handover,
    "handover": Handover,
    "cancel_reasons": list[CancelReason],
    "cancel": ReportResult,
    "cancel_requests": list[CancelRequest],
    "answer_cancel_request": ReportResult,
}
"""What each method has to answer. Pages and postings are looked at one by one where they are taken in."""
