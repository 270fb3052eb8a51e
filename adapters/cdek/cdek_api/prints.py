"""Printed forms: barcode labels (CDEK OpenAPI, July 2026).

A form is requested, polled until READY (about a second) and fetched as PDF. CDEK keeps it for one hour:
store the PDF, not its address.
"""

from __future__ import annotations

from typing import Annotated

from cdek_api.decoding import Deciding
from cdek_api.structs import Answer, Received, Sent, Status, oldest_first


class PrintOrder(Sent, frozen=True, kw_only=True):
    """An order to print, by ``order_uuid`` or by ``cdek_number`` (a number here, not text)."""

    order_uuid: str | None = None
    cdek_number: int | None = None


class BarcodeRequest(Sent, frozen=True, kw_only=True):
    """POST /v2/print/barcodes: at most 100 orders; ``format`` A4 (default), A5, A6 or A7;
    ``lang`` RUS or ENG."""

    orders: tuple[PrintOrder, ...]
    copy_count: int | None = None
    format: str | None = None
    lang: str | None = None


class PrintOrderInfo(Received, frozen=True, kw_only=True):
    order_uuid: str | None = None
    cdek_number: str | None = None


class PrintEntity(Received, frozen=True, kw_only=True):
    """A form. ``format`` and ``lang`` belong to barcodes, ``type`` to waybills, which we do not ask for."""

    uuid: str | None = None
    orders: tuple[PrintOrderInfo, ...] = ()
    copy_count: int | None = None
    format: str | None = None
    lang: str | None = None
    type: str | None = None
    url: str | None = None
    statuses: Annotated[tuple[Status, ...], Deciding] = ()


class PrintForm(Answer, frozen=True, kw_only=True):
    """The answer of GET /v2/print/barcodes/{uuid} and /v2/print/orders/{uuid}."""

    entity: Annotated[PrintEntity | None, Deciding] = None

    @property
    def status(self) -> str | None:
        """The newest status: ACCEPTED, PROCESSING, READY, INVALID or REMOVED; None where there is none."""
        codes = [s.code for s in oldest_first(self.entity.statuses)] if self.entity else []
        return codes[-1].upper() if codes else None
