"""What the doors read: postings, shipments, problems, documents, hand-overs, and which plugins run.

Reads are indexed and run where they are asked for. A list walks an index from an opaque cursor
(`hub.flow.history.cursors`), so that a page out of a million costs what a page out of a hundred costs.
"""

from __future__ import annotations

from hub.flow.handover.listing import handover, handovers
from hub.flow.reading.files import document, document_content, document_picture
from hub.flow.reading.posting_pages import Ambiguous, Sort, posting, posting_details, postings
from hub.flow.reading.problem_pages import problem, problems
from hub.flow.reading.running import plugins
from hub.flow.reading.scope import leaves_from
from hub.flow.reading.shipment_pages import operation, shipment, shipments

__all__ = [
    "Ambiguous",
    "Sort",
    "document",
    "document_content",
    "document_picture",
    "handover",
    "handovers",
    "leaves_from",
    "operation",
    "plugins",
    "posting",
    "posting_details",
    "postings",
    "problem",
    "problems",
    "shipment",
    "shipments",
]
