"""Which warehouses something is about: a key of one warehouse sees nothing of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.flow.history.problem_views import ProblemView
from hub.flow.history.results import HandoverView
from hub.flow.history.views import DocumentView, OperationView, PostingView, ShipmentView
from hub.flow.history.warehouse_views import WarehouseView
from hub.store import rows
from hub.store.warehouses import of_postings

if TYPE_CHECKING:
    from hub.flow.app import App


def leaves_from(app: App, found: object) -> set[str]:
    """The warehouses (their slugs) of all postings that something which is shown is about. Empty for what is
    about no posting: a problem of an account, for example."""
    reader = app.store.reader
    match found:
        case PostingView() | HandoverView():
            return {found.warehouse}
        case WarehouseView():
            return {found.slug}
        case DocumentView():
            row = rows.documents.get(reader, found.id)
            several = () if row is None else row.covers or ()
            return of_postings(reader, (*several, found.posting_id))
        case OperationView() if found.subject.startswith("handover:"):
            handed = rows.handovers.get(reader, found.subject.partition(":")[2])
            return set() if handed is None else {handed.warehouse}
        case ProblemView(subject_type="handover"):
            handed = rows.handovers.get(reader, found.subject_id)
            return set() if handed is None else {handed.warehouse}
        case OperationView() | ShipmentView() | ProblemView():
            return of_postings(reader, (found.posting_id,))
    return set()
