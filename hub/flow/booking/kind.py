"""What the operations at a carrier share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hub.flow.journal import operations as journal
from hub.plugin_api.carriers import Carrier
from hub.store import rows

if TYPE_CHECKING:
    from hub.flow.app import App


class ShipmentKind(journal.Kind):
    """What the carriers' operations share: the carrier behind the operation."""

    most_sends = journal.MOST_SENDS
    plugin: Carrier[Any]

    def __init__(self, app: App, operation: rows.OperationRow, actor: str = "hub") -> None:
        super().__init__(app, operation, actor)
        self.posting_id = operation.posting_id

    @staticmethod
    def plugin_of(app: App, account: str) -> Carrier[Any]:
        return app.carrier(account)

    @property
    def carrier(self) -> Carrier[Any]:
        """The carrier."""
        return self.plugin


__all__ = ["ShipmentKind"]
