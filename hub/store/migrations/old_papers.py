"""Files of labels and packing slips that 0.1.0 composed: whose they are is read off the history, once.

0.1.0 put postings of several sellers into one file and gave it to the first one. Which postings a file holds
stood in their histories only.
"""

from __future__ import annotations

import msgspec

from hub.store.connection import Connection

_PRINTED = "SELECT posting_id, data FROM history WHERE kind IN ('label.printed', 'slip.printed')"
_UNNAMED = "SELECT id FROM documents WHERE kind IN ('labels', 'packing_slips') AND covers IS NULL"


def name_covers(tx: Connection) -> None:
    """Write into every such document the postings that it was printed for: none where nobody knows any."""
    found: dict[str, list[str]] = {row[0]: [] for row in tx.execute(_UNNAMED)}
    for posting_id, data in tx.execute(_PRINTED):
        document = msgspec.json.decode(data).get("document")
        if document in found and posting_id not in found[document]:
            found[document].append(posting_id)
    tx.executemany(
        "UPDATE documents SET covers = ? WHERE id = ?",
        [(msgspec.json.encode(postings).decode(), document) for document, postings in found.items()],
    )


__all__ = ["name_covers"]
