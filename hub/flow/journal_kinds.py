"""What the journal has to know of a kind of operation, and what a send or a look-up found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal, Protocol

import msgspec

from hub.calls import Terms
from hub.errors import Failure
from hub.models import Money
from hub.store import Transaction, rows


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a send or a look-up found."""

    state: Literal["accepted", "confirmed", "rejected", "absent", "duplicate", "human"]
    external_id: str = ""
    price: Money | None = None
    reason: str = ""
    reason_code: str = ""
    result: dict[str, Any] = {}
    refusal: bool = False
    """The vendor refused all of it, though the operation has an end of its own for that."""

    @property
    def claims_refusal(self) -> bool:
        """It is believed only where the answer proves it."""
        return self.refusal or self.state == "rejected"


class Kind(Protocol):
    """One kind of operation: how it is sent, how it is looked up, and what its end changes here."""

    title: str
    settle: timedelta
    most_sends: int
    reconciles: bool
    """After a restore the vendor is asked before the first send: the backup may have forgotten one."""

    @property
    def rechecks(self) -> bool:
        """The vendor is asked once more some minutes after it refused: a refusal may be another request's."""
        ...

    @property
    def repeats(self) -> bool:
        """An absent operation may be sent again by the machine (not where create_safety is ``none``)."""
        ...

    @property
    def terms(self) -> Terms:
        """How the vendor refuses such a call, and how its credentials are proved."""
        ...

    def fingerprint(self, connection: Transaction, operation: rows.OperationRow) -> str:
        """Of the whole request as it would be sent now; in the form of ``operation.fingerprint``, where an
        older version wrote that."""
        ...

    async def send(self, operation: rows.OperationRow) -> Outcome:
        """One attempt. It may be begun anew before anything was sent."""
        ...

    async def look(self, operation: rows.OperationRow) -> Outcome:
        """Ask the vendor what became of it. A look-up that fails raises: that is not ``absent``."""
        ...

    async def extra(self, operation: rows.OperationRow) -> Sequence[str]:
        """What else the vendor has under the same reference: an operation that was sent twice is asked."""
        ...

    def double(self, tx: Transaction, operation: rows.OperationRow, extra: tuple[str, ...]) -> None:
        """Tell a person of what ``extra`` found."""
        ...

    def explain(self, error: Exception) -> Failure | None:
        """What the vendor's error means."""
        ...

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        """Change our rows for the state that the operation has now; in the transaction that records it."""
        ...


__all__ = ["Kind", "Outcome"]
