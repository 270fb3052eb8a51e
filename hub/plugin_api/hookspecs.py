"""The hooks. Few of them, with objects behind them: remote operations are awaited methods of the
registered classes, never hooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:  # a child that opens files marks its hooks too, and needs no HTTP client for that
    from litestar import Controller

    from hub.plugin_api.carriers import Carrier
    from hub.plugin_api.decisions import ChoiceRequest, Offer, PackingRequest
    from hub.plugin_api.labels import LabelRenderer
    from hub.plugin_api.messengers import Messenger
    from hub.plugin_api.models import Parcel, Posting, Quote, Shipment, Tracking
    from hub.plugin_api.sources import OrderSource

PROJECT = "parcelhub"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Put ``@hub.hookimpl`` above each function of a plugin that is a hook: without it nobody calls it."""


# --- registration: synchronous, asked once at start ---------------------------------------------------


@hookspec
def carriers() -> Iterable[type[Carrier[Any]]]:  # type: ignore[empty-body]
    """The carriers that this plugin brings, as classes."""


@hookspec
def order_sources() -> Iterable[type[OrderSource[Any]]]:  # type: ignore[empty-body]
    """The marketplaces that this plugin brings, as classes."""


@hookspec
def label_renderers() -> Iterable[type[LabelRenderer]]:  # type: ignore[empty-body]
    """The renderers that this plugin brings, as classes at the top of a module: what opens files runs in a
    child process, which imports them by name."""


@hookspec
def messengers() -> Iterable[type[Messenger[Any]]]:  # type: ignore[empty-body]
    """The messengers that this plugin brings, as classes: each carries the hub's messages to people."""


@hookspec
def http_routes() -> Iterable[type[Controller]]:  # type: ignore[empty-body]
    """Routes of the plugin's own: a vendor's webhook, a console. They are served below ``/plugins``."""


# --- lifecycle: once for all allowed plugins; def or async def ----------------------------------------


@hookspec
def startup() -> None:
    """The hub is about to work: once for each process."""


@hookspec
def shutdown() -> None:
    """The hub is about to stop."""


# --- decision: synchronous, pure, the first answer that is not None wins, the hub's own comes last -----
# `seller`, `posting` and `quotes` are the arguments of 0.1.0: they stand in the request.


@hookspec(firstresult=True)
def plan_parcels(request: PackingRequest, seller: str, posting: Posting) -> Sequence[Parcel] | None:
    """The boxes that this posting is packed into; None, or no box, leaves it to the next plugin or the hub.

    Each `hub.Parcel` has its ``number`` from 1, grams, millimetres, and the items of ``request.items`` that
    lie in it: every piece in one box. 100 boxes at most. A plan that is otherwise is not used: the posting
    waits, and a person is told which plugins plan.
    """


@hookspec(firstresult=True)
def choose_quote(
    request: ChoiceRequest, seller: str, posting: Posting, quotes: Sequence[Quote]
) -> Offer | Quote | None:
    """The offer to book: one of ``request.offers``; None leaves it to the next plugin or the hub.

    What a person ordered by name goes before it. An answer that is none of the offers is not taken: the
    log says so, and the hub's own order decides.
    """


# --- notification: def or async def, each runs alone, after the commit, at least once ------------------


@hookspec
def posting_imported(seller: str, posting: Posting) -> None:
    """A posting was seen for the first time, or changed: ``posting`` is as it is now."""


@hookspec
def problem_found(seller: str, posting_number: str, kind: str) -> None:
    """Something needs a person. ``kind`` is the problem's code, one of docs/reference/lists.md."""


@hookspec
def shipment_booked(seller: str, shipment: Shipment) -> None:
    """A booking is confirmed: ``shipment`` has its tracking number."""


@hookspec
def tracking_updated(seller: str, shipment: Shipment, tracking: Tracking) -> None:
    """The carrier told something new: ``tracking`` has everything that is known, oldest first."""


@hookspec
def operation_failed(seller: str, kind: str, subject: str, reason: str) -> None:
    """A booking was refused, or waits for a person. ``kind`` is ``book``, ``subject`` the posting's number,
    ``reason`` a sentence in the seller's language."""
