"""A seller's hand-overs, as they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.flow.history.results import HandoverView
from hub.flow.history.view import view_of
from hub.plugin_api.errors import NotFound
from hub.store import Transaction, rows
from hub.store.handovers import newest, of_seller
from hub.words.texts import carrier_title

if TYPE_CHECKING:
    from hub.flow.app import App

_MOST = 200


def handovers(app: App, seller: str, warehouse: str | None = None) -> list[HandoverView]:
    """A seller's latest hand-overs, the newest first; of one warehouse, those of them that are its own."""
    found = newest(app.store.reader, seller=seller, limit=_MOST)
    return [handover_view(app, row) for row in found if warehouse in (None, row.warehouse)]


def handover(app: App, name: str, seller: str | None = None) -> HandoverView:
    """A hand-over by its id, or by its seller's number of a batch or a carriage. Raises NotFound."""
    return handover_view(app, handover_row(app.store.reader, name, seller))


def handover_row(reader: Transaction, name: str, seller: str | None = None) -> rows.HandoverRow:
    """The stored hand-over of this id, or of this number, at the one who was told of it. Raises NotFound."""
    if seller is None:
        found = rows.handovers.get(reader, name)
    else:
        found = next(iter(reversed(of_seller(reader, seller=seller, name=name))), None) if name else None
    if found is None:
        raise NotFound("no such hand-over: 'hub handovers' lists them", code="not_found.no_handover")
    return found


def handover_view(app: App, row: rows.HandoverRow) -> HandoverView:
    """A hand-over."""
    language = app.seller(row.seller).profile.language
    return view_of(HandoverView, row, group=row.grouping, title=taker(app, row, language))


def taker(app: App, row: rows.HandoverRow, language: str) -> str:
    """Who takes the parcels: the carrier by its title, else as the marketplace calls it."""
    if (kind := app.registry.carriers.get(row.carrier)) is not None:
        return carrier_title(row.carrier, kind.title, language)
    account = rows.accounts.get(app.store.reader, row.account) if row.account else None
    source = None if account is None else app.registry.sources.get(account.plugin)
    return row.carrier or ("" if source is None else str(source.title))
