"""Orders that the database has forgotten, beside the one under a booking's own reference: of a later booking
of the posting, or with another carrier (docs/adr/0010)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from hub.carriers import Carrier
from hub.flow import finding, forgetting
from hub.flow.journal_kinds import Outcome
from hub.flow.recording import posting_row
from hub.flow.shipments import reference_of, shipment_of
from hub.store import rows

if TYPE_CHECKING:
    from hub.flow.booking import Book

_LATER = 3  # so many later bookings of a posting are looked for after a restore


async def elsewhere(kind: Book, operation: rows.OperationRow) -> Outcome | None:
    """What is there of the posting under another reference; None where nothing is."""
    return await _later_booking(kind, operation) or await _with_another_carrier(kind, operation)


async def _later_booking(kind: Book, operation: rows.OperationRow) -> Outcome | None:
    """A live order of a later booking of this posting, one that the restored backup has forgotten."""
    ordinals = {reference: ordinal for ordinal, reference in later(kind, operation)}
    for reference, orders in (await finding.find_all(kind.carrier, kind.title, ordinals)).items():
        outcome, ordinal = kind.found(operation, orders), ordinals[reference]
        if outcome.state in ("accepted", "confirmed"):
            named = outcome.result | {"reference": reference, "ordinal": ordinal}
            return msgspec.structs.replace(outcome, result=named)
        if outcome.state == "human":
            return outcome
    return None


async def _with_another_carrier(kind: Book, operation: rows.OperationRow) -> Outcome | None:
    """A live order with another carrier, one that the database has forgotten: a person decides."""
    reader = kind.app.store.reader
    posting = posting_row(reader, operation.posting_id)
    ordinal = shipment_of(reader, operation).ordinal
    for account in kind.app.carrier_accounts(kind.app.seller(posting.seller)):
        carrier = kind.app.carrier(account.id)
        if account.id == operation.account or type(carrier).find is Carrier.find:
            continue
        last = ordinal + (1 if forgetting.is_of_a_new_hub(operation) else _LATER)
        references = [
            reference_of(kind.app, reader, posting, carrier, number) for number in range(ordinal, last)
        ]
        found = await finding.find_all(carrier, carrier.title, references)
        for reference, orders in found.items():
            if any(one.live for one in orders):
                reason = f"{carrier.title} has a live order under {reference}, which was forgotten here"
                return Outcome(state="human", reason=reason, reason_code="elsewhere")
    return None


def later(kind: Book, operation: rows.OperationRow) -> list[tuple[int, str]]:
    """Ordinal and reference of bookings that the database may have forgotten. Of a hub that is new, as
    far as anything tells, only the first is looked for: what was booked again has left the first one's
    traces."""
    if forgetting.ASKED_AFTER_A_RESTORE not in operation.result or forgetting.is_of_a_new_hub(operation):
        return []
    reader = kind.app.store.reader
    posting = posting_row(reader, operation.posting_id)
    first = shipment_of(reader, operation).ordinal + 1
    known = rows.shipments.all(reader, "WHERE posting_id = ?", (posting.id,))
    here = {shipment.ordinal for shipment in known}
    return [
        (ordinal, reference_of(kind.app, reader, posting, kind.carrier, ordinal))
        for ordinal in range(first, first + _LATER)
        if ordinal not in here
    ]


__all__ = ["elsewhere", "later"]
