"""Requests of buyers to cancel a posting of rFBS: the seller agrees or refuses, and silence agrees."""

from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from vendor_emulators.ozon.body import Body
from vendor_emulators.ozon.charges import stamp
from vendor_emulators.ozon.errors import business, posting_not_found
from vendor_emulators.ozon.flows import Flows
from vendor_emulators.ozon.model import Posting
from vendor_emulators.ozon.shop import Shop, whole_second
from vendor_emulators.schedule import Schedule
from vendor_emulators.wire import Response

Json = dict[str, Any]
State = Literal["ON_APPROVAL", "APPROVED", "REJECTED"]

_NAMES = {"ON_APPROVAL": "На рассмотрении", "APPROVED": "Подтверждена", "REJECTED": "Отклонена"}
_IDS = {"ON_APPROVAL": 1, "APPROVED": 2, "REJECTED": 3}
_FIRST_ID = 283_784_254
_INITIATORS = ("OZON", "SELLER", "CLIENT", "SYSTEM", "DELIVERY")


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/postings/{number}/cancel-request``."""

    message: str = ""
    reason: str = "Покупатель передумал"
    initiator: str = "CLIENT"
    approves_in_hours: float = 48


class CancelRequest(msgspec.Struct):
    """One request, as the seller's cabinet knows it."""

    id: int
    client_id: str
    posting: Posting
    initiator: str
    reason: str
    message: str
    asked_at: datetime
    approves_at: datetime
    state: State = "ON_APPROVAL"
    decided_at: datetime | None = None
    decided_by: str = ""
    comment: str = ""


class CancelRequests:
    """Those of all shops, by their ids."""

    def __init__(self, schedule: Schedule, flows: Flows) -> None:
        self._schedule = schedule
        self._flows = flows
        self._by_id: dict[int, CancelRequest] = {}

    @property
    def all(self) -> list[CancelRequest]:
        return list(self._by_id.values())

    def _of(self, shop: Shop) -> list[CancelRequest]:
        return [one for one in self._by_id.values() if one.client_id == shop.company.client_id]

    def ask(self, shop: Shop, posting: Posting, asked: Asked) -> CancelRequest | None:
        """Somebody asks; None where the posting is at its end, is not rFBS, or was asked for already."""
        mine = self._of(shop)
        waiting = any(one.posting is posting and one.state == "ON_APPROVAL" for one in mine)
        if posting.closed or posting.scheme != "rfbs" or waiting or asked.initiator not in _INITIATORS:
            return None
        now = whole_second(self._flows.now())
        made = CancelRequest(
            _FIRST_ID + len(self._by_id),
            shop.company.client_id,
            posting,
            asked.initiator,
            asked.reason,
            asked.message,
            now,
            now + timedelta(hours=asked.approves_in_hours),
        )
        self._by_id[made.id] = made

        def silence() -> None:
            if made.state == "ON_APPROVAL":
                self._decide(shop, made, "APPROVED", "ozon", "")

        self._schedule.after(asked.approves_in_hours * 3600, silence)
        return made

    def list_v2(self, shop: Shop, body: Body) -> Json:
        limit = body.integer("limit", required=True, low=1, high=500)
        filters, last = body.part("filters"), body.integer("last_id")
        state = filters.text("state") or "ALL"
        if state != "ALL" and state not in _NAMES:
            raise filters.wrong("state", "value must be one of the defined enum values")
        numbers = set(filters.texts("posting_number"))
        initiators = set(filters.texts("cancellation_initiator"))
        mine = self._of(shop)
        found = [
            one
            for one in mine
            if one.id > last
            and state in ("ALL", one.state)
            and (not numbers or one.posting.number in numbers)
            and (not initiators or one.initiator in initiators)
        ][:limit]
        waiting = sum(one.state == "ON_APPROVAL" for one in mine)
        return {
            "result": [_shown(one) for one in found],
            "last_id": found[-1].id if found else 0,
            "counter": waiting if body.part("with").flag("counter") else 0,
        }

    def approve(self, shop: Shop, body: Body) -> Response:
        return self._answered(shop, body, "APPROVED")

    def reject(self, shop: Shop, body: Body) -> Response:
        if not body.text("comment"):
            raise business("COMMENT_IS_REQUIRED")
        return self._answered(shop, body, "REJECTED")

    def _answered(self, shop: Shop, body: Body, state: State) -> Response:
        asked = self._by_id.get(body.integer("cancellation_id", required=True))
        if asked is None or asked.client_id != shop.company.client_id:
            raise posting_not_found()
        if asked.state != "ON_APPROVAL":
            raise business("HAS_INCORRECT_STATUS")
        self._decide(shop, asked, state, "seller", body.text("comment"))
        return Response(200, b"")

    def _decide(self, shop: Shop, asked: CancelRequest, state: State, by: str, comment: str) -> None:
        asked.state, asked.decided_by, asked.comment = state, by, comment
        asked.decided_at = whole_second(self._flows.now())
        if state == "APPROVED":
            self._flows.cancel_by_buyer(shop, asked.posting, "client", asked.reason)


def _shown(asked: CancelRequest) -> Json:
    return {
        "cancellation_id": asked.id,
        "posting_number": asked.posting.number,
        "cancellation_initiator": asked.initiator,
        "cancellation_reason": {"id": 507, "name": asked.reason},
        "cancellation_reason_message": asked.message,
        "cancelled_at": stamp(asked.asked_at),
        "order_date": stamp(asked.posting.in_process_at),
        "auto_approve_date": stamp(asked.approves_at),
        "approve_date": stamp(asked.decided_at),
        "approve_comment": asked.comment,
        "state": {"id": _IDS[asked.state], "name": _NAMES[asked.state], "state": asked.state},
        "source_id": 0,
        "tpl_integration_type": asked.posting.method.tpl_integration_type,
    }
