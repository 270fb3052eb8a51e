"""How each posting's label stands: whether it goes into the file, or why it does not; and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from hub.flow.documents.labelling import label_wanted, ready_pages
from hub.flow.history.results import LabelCode, LabelResult, LabelState
from hub.flow.history.shipments import latest_shipment
from hub.flow.packing.parcels import items_of
from hub.flow.problems import account_problems
from hub.flow.problems.kinds import blocking, kind_of
from hub.flow.problems.opening import is_open
from hub.flow.problems.work import STOPPED
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Stage
from hub.store import documents, problems, rows
from hub.words import Sentence, Words, said

if TYPE_CHECKING:
    from hub.flow.app import App

_LAST = "\uffff"


def may_come(result: LabelResult) -> bool:
    """Whether time alone may bring the label: not one that waits for a person."""
    return result.code == "not_ready"


def of_one_seller(found: Iterable[rows.PostingRow | None]) -> None:
    """Raises Rejected: a file has names and addresses of buyers, and is given to one seller."""
    sellers = sorted({row.seller for row in found if row is not None})
    if len(sellers) > 1:
        raise Rejected(
            "these postings are of several sellers, {sellers}: a file holds one seller's papers. Ask for "
            "each seller's alone",
            code="several_sellers",
            values={"sellers": ", ".join(sellers)},
        )


def sorted_out(
    app: App, posting_ids: Iterable[str]
) -> tuple[list[tuple[rows.PostingRow, list[rows.DocumentRow]]], list[LabelResult]]:
    """The postings whose pages are here, in pick-list order; and how each stands, in the order asked."""
    ready, results = [], []
    for posting_id in dict.fromkeys(posting_ids):
        row = rows.postings.get(app.store.reader, posting_id)
        if row is None:
            results.append(
                LabelResult(
                    posting_id="",
                    number=posting_id,
                    state="refused",
                    code="not_found",
                    reason=said("no such posting", code="label.no_posting"),
                )
            )
            continue
        pages = ready_pages(app.store.reader, posting_id)
        state, code, reason = _stands(app, row, bool(pages))
        if state == "ready":
            ready.append((row, pages))
            reason = pages[0].reason
        results.append(
            LabelResult(posting_id=row.id, number=row.number, state=state, code=code, reason=reason)
        )
    ready.sort(key=lambda pair: pick_order(app, pair[0]))
    return ready, results


def _stands(app: App, row: rows.PostingRow, here: bool) -> tuple[LabelState, LabelCode, str]:
    """How the posting's label stands: whether it goes into the file, else the code and words of why not."""
    if Stage(row.stage) is Stage.CANCELLED:
        return (
            "refused",
            "cancelled",
            said(
                "the posting was cancelled: its label must not be printed",
                code="label.posting_cancelled_not_printed",
            ),
        )
    if here:
        return "ready", "", ""
    if not row.wanted and is_open(app.store.reader, row.id, *blocking("undo")):
        return (
            "waiting",
            "cancel_refused",
            said(
                "its cancel was refused: answer that first, 'hub problems'",
                code="label.cancel_refused_answer_first",
            ),
        )
    left = Stage(row.stage).rank >= Stage.HANDED_OVER.rank
    asked = _asked(app, row) if row.wanted or left else None
    if asked is not None:
        return "waiting", "problem", asked
    if Stage(row.stage).final or (left and _needs_none(app, row)):
        return (
            "refused",
            "over",
            said(
                "the posting is {stage}: it needs no label",
                code="label.none_needed",
                values={"stage": row.stage},
            ),
        )
    if not row.wanted:
        return (
            "waiting",
            "not_ordered",
            said("nobody has ordered it shipped yet: 'hub ship'", code="label.nobody_ordered_shipped_yet"),
        )
    late = documents.late_label(app.store.reader, row.id)
    return (
        "waiting",
        "not_ready",
        late.reason if late is not None else said("the label is not ready yet", code="label.not_ready_yet"),
    )


def _needs_none(app: App, row: rows.PostingRow) -> bool:
    """Of a parcel that is called gone: nobody makes a label for it any more. One that only the marketplace
    calls gone, and no carrier has scanned, may still lie here and wait for its label."""
    shipment = latest_shipment(app.store.reader, row.id)
    if shipment is not None and shipment.stage and Stage(shipment.stage).rank >= Stage.HANDED_OVER.rank:
        return True
    return label_wanted(app, row, shipment) is None


def _asked(app: App, row: rows.PostingRow) -> Sentence | None:
    """The question to a person that holds its label up, and the command that answers it."""
    reader, kinds = app.store.reader, (*blocking("assemble", "book", "label"), STOPPED)
    own = (one for one in problems.hindering(reader, row.id) if one.kind in kinds)
    found = next(own, None) or next(iter(account_problems.of_posting(reader, row.id)), None)
    if found is None:
        return None
    values = {
        "problem": Words(code=f"problem.{found.kind}", values=found.data),
        "id": found.id,
        "answers": ", ".join(kind_of(found.kind).offered(found.data)),
    }
    return said(
        "{problem}. It waits for an answer: 'hub problems answer {id}' ({answers})",
        code="label.waits_for_answer",
        values=values,
    )


def pick_order(app: App, row: rows.PostingRow) -> tuple[str, float, str]:
    """By place in the store room, then by deadline."""
    places = sorted(item.place for item in items_of(app, row) if item.place)
    due = row.ship_by.timestamp() if row.ship_by is not None else float("inf")
    return (places[0] if places else _LAST, due, row.number)


def paper_of(app: App, seller: rows.SellerRow, found: Sequence[rows.PostingRow]) -> str:
    """The paper of the warehouse that all of these leave from; the seller's where there are several."""
    several = len({row.warehouse for row in found}) > 1
    return seller.profile.paper if several else app.warehouse(found[0]).paper


__all__ = ["may_come", "of_one_seller", "paper_of", "pick_order", "sorted_out"]
