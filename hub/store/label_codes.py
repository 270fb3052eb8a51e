"""Which barcodes belong to which booking, over all sellers of the hub: a page that shows another parcel's is
never printed."""

from __future__ import annotations

from collections.abc import Iterable

from hub.store.connection import Connection

_LEAST = 4  # shorter texts stand on every label: a weight, a zone
_LEAST_NUMBER = 8  # a marketplace's number of six digits may be a postal code
_AT_A_TIME = 400
_OVER = "('delivered', 'returned', 'cancelled', 'lost')"
_LIVE = "('booked', 'checking', 'cancelling', 'unknown')"


def keep(tx: Connection, posting_id: str, shipment_id: str, codes: Iterable[str]) -> None:
    """These codes may stand on the label of this posting's booking (the shipment is empty where the
    marketplace makes the label)."""
    tx.executemany(
        "INSERT INTO label_codes (code, posting_id, shipment_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(code, posting_id, shipment_id) for code in codes],
    )


def holders(reader: Connection, codes: Iterable[str]) -> dict[str, frozenset[str]]:
    """Of each code that belongs to a posting under way, with its live booking: the postings' ids."""
    wanted = sorted({code for code in codes if len(code) >= _LEAST})
    found: dict[str, set[str]] = {}
    for start in range(0, len(wanted), _AT_A_TIME):
        part = wanted[start : start + _AT_A_TIME]
        marks = ", ".join("?" * len(part))
        numbers = [code for code in part if len(code) >= _LEAST_NUMBER]
        of_numbers = ", ".join("?" * len(numbers))
        for code, posting_id in reader.execute(
            "SELECT c.code, c.posting_id FROM label_codes c JOIN postings p ON p.id = c.posting_id "
            f"LEFT JOIN shipments s ON s.id = c.shipment_id WHERE c.code IN ({marks}) "
            f"AND p.stage NOT IN {_OVER} AND (c.shipment_id = '' OR s.state IN {_LIVE}) "
            "UNION SELECT s.tracking_number, s.posting_id FROM shipments s JOIN postings p "
            f"ON p.id = s.posting_id WHERE s.tracking_number IN ({marks}) AND s.state IN {_LIVE} "
            f"AND p.stage NOT IN {_OVER} "
            f"UNION SELECT number, id FROM postings WHERE number IN ({of_numbers}) AND stage NOT IN {_OVER}",
            (*part, *part, *numbers),
        ):
            found.setdefault(code, set()).add(posting_id)
    return {code: frozenset(postings) for code, postings in found.items()}


__all__ = ["holders", "keep"]
