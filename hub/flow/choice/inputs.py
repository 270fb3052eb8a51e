"""What a choice depends on, as one hash: while it is equal, and the offer lasts, nobody is asked again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from hub.flow.history.recording import Ordered, last_order
from hub.flow.history.shipments import latest_shipment
from hub.flow.recipients.address_checks import decided
from hub.flow.sellers.catalogue import complete_items
from hub.plugin_api.models import Item, Sender
from hub.store import Transaction, rows

if TYPE_CHECKING:
    from hub.flow.app import App


def hash_of(
    row: rows.PostingRow,
    profile: rows.SellerProfile,
    sender: Sender | None,
    items: Sequence[Item],
    recipient: rows.RecipientRow | None,
    order: Ordered,
    last: rows.ShipmentRow | None,
) -> str:
    """SHA-256 of what the choice for a posting depends on. ``sender``: where it leaves from; ``items``: its
    lines, with what the catalogue knows; ``order``: what a person ordered last; ``last``: its latest booking.

    The goods stand for the boxes: boxes are planned from them, and a plan that a plugin makes in another way
    each time is not asked for again. Bookings are counted, so that a choice is booked once, and is made
    anew after a refusal. What carriers answer, and how they have done so far, is not in it: that changes with
    time, and a choice lasts for a while only.
    """
    posting = row.document
    parts = (
        items,
        profile.defaults,
        None if recipient is None else recipient.document.address,
        decided(recipient),
        sender,
        profile.carrier_rules,
        order,
        0 if last is None else last.ordinal,
        # One that was not booked here may be of a booking that was forgotten.
        posting.tracking_number if posting.fulfilment.tracking == "seller" else "",
        (posting.ship_by, posting.deliver_by),
    )
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def inputs_hash(app: App, connection: Transaction, row: rows.PostingRow, order: Ordered | None = None) -> str:
    """The same, of what is stored now. ``order``: one that nobody has given yet, in the place of the last."""
    seller = app.seller(row.seller)
    return hash_of(
        row,
        seller.profile,
        app.warehouse(row, seller).sender,
        complete_items(connection, row.seller, row.document.items),
        rows.recipients.get(connection, row.id),
        order or last_order(connection, row.id),
        latest_shipment(connection, row.id),
    )


__all__ = ["hash_of", "inputs_hash"]
