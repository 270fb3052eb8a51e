"""Subscriptions to events (CDEK OpenAPI, July 2026). At most two per client; nothing is signed."""

from __future__ import annotations

from cdek_api.structs import Answer, Received, Sent


class WebhookRequest(Sent, frozen=True, kw_only=True):
    """POST /v2/webhooks. ``type`` ORDER_STATUS, ORDER_MODIFIED, PRINT_FORM, RECEIPT, DOWNLOAD_PHOTO,
    PREALERT_CLOSED, ACCOMPANYING_WAYBILL, OFFICE_AVAILABILITY, DELIV_PROBLEM, DELIV_AGREEMENT or
    COURIER_INFO.

    A second subscription of one type is added, not replaced.
    """

    type: str
    url: str

    def __repr__(self) -> str:
        return f"WebhookRequest(type={self.type!r}, ...)"


class Webhook(Received, frozen=True, kw_only=True):
    """A subscription. Its ``url`` holds the caller's secret path, so repr leaves it out."""

    uuid: str
    type: str | None = None
    url: str | None = None

    def __repr__(self) -> str:
        return f"Webhook(uuid={self.uuid!r}, type={self.type!r}, ...)"


class WebhookAnswer(Answer, frozen=True, kw_only=True):
    """The answer of GET /v2/webhooks/{uuid}."""

    entity: Webhook | None = None
