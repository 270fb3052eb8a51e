"""Where a posting leaves from: the warehouse of its seller that the marketplace names, else ``main``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hub.flow.history.recording import advance_soon, record
from hub.flow.history.shipments import latest_shipment
from hub.flow.problems.opening import close_problems, open_problem
from hub.flow.runtime.warehouse import warehouse_of
from hub.plugin_api.models import Posting, Sender
from hub.store import Transaction, problems, rows, warehouses
from hub.store.rows import DEFAULT_WAREHOUSE

MOVED = "moved_after_booking"

Known = dict[tuple[str, str], str]
"""By an account's name and a marketplace's id of a warehouse: the slug of the seller's own."""


def known(connection: Transaction, seller: str) -> Known:
    """Which of the marketplaces' warehouses are which of the seller's."""
    return known_of(warehouses.of_seller(connection, seller))


def known_of(found: Iterable[rows.WarehouseRow]) -> Known:
    """The same, of these warehouses."""
    return {
        (account, one): row.slug
        for row in found
        for account, ids in row.marketplace_warehouses.items()
        for one in ids
    }


def slug_of(posting: Posting, account: rows.AccountRow, places: Known) -> str:
    """The warehouse that a posting of the account leaves from."""
    if not posting.warehouse_id:
        return DEFAULT_WAREHOUSE
    return places.get((account.name, posting.warehouse_id), DEFAULT_WAREHOUSE)


def move(tx: Transaction, row: rows.PostingRow, slug: str, *, actor: str, now: datetime) -> rows.PostingRow:
    """Have the posting leave from another warehouse; what is booked already stays as it is. Nothing is
    written where it leaves from there as it is."""
    if slug == row.warehouse:
        return row
    origin = row.warehouse
    data = {
        "from": row.warehouse,
        "to": slug,
        "marketplace": row.document.warehouse or row.document.warehouse_id,
    }
    row = record(tx, row, "posting.moved", data, actor=actor, now=now, warehouse=slug)
    row = tell_moved(tx, row, origin, now)
    if row.wanted:
        advance_soon(tx, row, now=now)
    return row


def tell_moved(tx: Transaction, row: rows.PostingRow, origin: str, now: datetime) -> rows.PostingRow:
    """Tell a person where a booking has the sender of another warehouse (``origin``) than the posting's: the
    carrier may wait for the parcel elsewhere. Over once the posting is back. What is still being booked is
    looked at when it is."""
    shipment = latest_shipment(tx, row.id)
    if shipment is None or not shipment.live or shipment.state == "booking" or not row.is_open:
        return row
    told = problems.open_about(tx, MOVED, "shipment", shipment.id, account=row.account)
    if told is not None:
        origin = str(told.data["from"])
        row = close_problems(tx, row, MOVED, now=now)
    seller = rows.sellers.get(tx, row.seller)
    if seller is None or _sender(tx, seller, origin) == _sender(tx, seller, row.warehouse):
        return row
    data = {"from": origin, "to": row.warehouse, "carrier": shipment.carrier}
    return open_problem(tx, row, MOVED, data, now=now, about=("shipment", shipment.id))


def _sender(tx: Transaction, seller: rows.SellerRow, slug: str) -> Sender | None:
    return warehouse_of(tx, seller, slug).sender


def sort_anew(tx: Transaction, seller: str, *, actor: str, now: datetime) -> int:
    """After a change of what the warehouses are at the marketplaces: every posting that has not left goes to
    its own. Returns how many did."""
    places = known(tx, seller)
    accounts: dict[str, rows.AccountRow | None] = {}
    moved = 0
    for row in warehouses.open_postings(tx, seller):
        if row.account not in accounts:
            accounts[row.account] = rows.accounts.get(tx, row.account)
        account = accounts[row.account]
        if account is not None:
            moved += move(tx, row, slug_of(row.document, account, places), actor=actor, now=now) is not row
    return moved
