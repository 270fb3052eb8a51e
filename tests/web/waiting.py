"""An operation of a seller that waits for a person, with its problem, for both doors."""

from __future__ import annotations

from hub.flow.app import App
from hub.store import Transaction
from tests.web.seed import Seeded


def let_wait(app: App, mine: Seeded) -> None:
    """The seller's booking ends without a clear outcome."""

    def write(tx: Transaction) -> None:
        tx.execute(
            "UPDATE operations SET state = 'human', reason = 'no answer' WHERE id = ?", (mine.operation,)
        )
        tx.execute("UPDATE shipments SET state = 'unknown' WHERE id = ?", (mine.shipment,))
        tx.execute(
            "UPDATE problems SET kind = 'operation_unknown', subject_type = 'operation', subject_id = ?, "
            "operation_id = ?, data = ? WHERE id = ?",
            (mine.operation, mine.operation, '{"kind": "book"}', mine.problem),
        )

    app.store.write_now(write)
