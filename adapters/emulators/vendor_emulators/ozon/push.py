"""Push notifications: no signature, duplicates possible, a ping first."""

from typing import Any

from vendor_emulators.outbox import Outbox
from vendor_emulators.ozon.charges import stamp
from vendor_emulators.ozon.model import Posting
from vendor_emulators.ozon.shop import Shop
from vendor_emulators.ozon.views import delivery_window
from vendor_emulators.schedule import Schedule

Json = dict[str, Any]

# Seconds between tries: growing to ten minutes, then five more at ten minutes, then dropped.
_PAUSES = (5, 15, 45, 135, 405, *[600] * 6)


class Pushes:
    """Sends events of all shops to the addresses that were registered."""

    def __init__(self, schedule: Schedule, outbox: Outbox) -> None:
        self._schedule = schedule
        self._outbox = outbox
        self.urls: list[str] = []
        self.delivered = 0
        self.dropped = 0

    def register(self, url: str) -> None:
        if url not in self.urls:
            self.urls.append(url)
            self._send(url, {"message_type": "TYPE_PING", "time": stamp(self._schedule.now())}, 0)

    def changed(self, shop: Shop, posting: Posting, old_substatus: str, by: str) -> None:
        """A listener of Flows."""
        if not self.urls:
            return
        event = self._event(shop, posting, old_substatus)
        for url in self.urls:
            self._send(url, event, 0)

    def _event(self, shop: Shop, posting: Posting, old_substatus: str) -> Json:
        seller = int(shop.company.client_id)
        warehouse = posting.method.warehouse_id
        if len(posting.history) == 1:
            begin, end = delivery_window(posting)
            return {
                "message_type": "TYPE_NEW_POSTING",
                "posting_number": posting.number,
                "products": [
                    {"sku": p.sku, "quantity": p.quantity, "offer_id": p.offer_id} for p in posting.products
                ],
                "in_process_at": stamp(posting.in_process_at),
                "warehouse_id": warehouse,
                "shipment_date": stamp(posting.shipment_date),
                "tpl_integration_type": posting.method.tpl_integration_type,
                "is_express": posting.behaviour.express,
                "tracking_number": posting.tracking_number,
                "delivery_date_begin": begin,
                "delivery_date_end": end,
                "seller_id": seller,
            }
        event: Json = {
            "posting_number": posting.number,
            "new_state": posting.substatus,
            "changed_state_date": stamp(posting.changed_at),
            "warehouse_id": warehouse,
            "seller_id": seller,
        }
        if posting.cancellation is None:
            return {"message_type": "TYPE_STATE_CHANGED", **event}
        reason = posting.cancellation
        return {
            "message_type": "TYPE_POSTING_CANCELLED",
            "products": [{"sku": p.sku, "quantity": p.quantity} for p in posting.products],
            "old_state": old_substatus,
            "reason": {"id": reason.reason_id, "message": reason.reason},
            **event,
        }

    def _send(self, url: str, event: Json, attempt: int) -> None:
        def on_result(status: int | None, answer: bytes) -> None:
            if status == 200:
                self.delivered += 1
            elif attempt < len(_PAUSES):
                self._schedule.after(_PAUSES[attempt], lambda: self._send(url, event, attempt + 1))
            else:
                self.dropped += 1

        self._outbox.send(url, event, on_result)
