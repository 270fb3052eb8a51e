"""A posting whose address waits for a person, beside what is seeded."""

from __future__ import annotations

import msgspec

from hub.flow.app import App
from hub.plugin_api.ids import new_id
from hub.plugin_api.models import Address, CleanedAddress
from hub.store import Transaction, rows
from tests.web.seed import NOON, Seeded

WRITTEN = Address(country="RU", postal_code="630000", city="Саратов", street="ул. Мира, 5")
SPELLED = Address(
    country="RU", postal_code="410000", region="обл. Саратовская", city="г. Саратов", street="ул. Мира, д. 5"
)


def let_ask(app: App, one: Seeded) -> str:
    """The id of the problem."""
    problem = new_id("prb")

    def write(tx: Transaction) -> None:
        row = rows.recipients.get(tx, one.posting.id)
        assert row is not None
        answer = CleanedAddress(address=SPELLED, as_written=True, doubts=("postal_code",))
        recipient = msgspec.structs.replace(row.document, address=WRITTEN)
        checks = rows.AddressChecks(by_account={one.account: rows.AddressCheck(answer)})
        rows.recipients.save(tx, msgspec.structs.replace(row, document=recipient, checks=checks))
        data = {
            "carrier": "russian_post",
            "account": one.account,
            "doubts": ["postal_code"],
            "suggestion": True,
            "as_written": True,
        }
        rows.problems.insert(
            tx,
            rows.ProblemRow(
                id=problem,
                seller=one.seller,
                posting_id=one.posting.id,
                account=one.account,
                operation_id="",
                kind="address_unclear",
                data=data,
                deadline=NOON,
                state="open",
                answer="",
                created_at=NOON,
                closed_at=None,
                subject_type="posting",
                subject_id=one.posting.id,
            ),
        )

    app.store.write_now(write)
    return problem
