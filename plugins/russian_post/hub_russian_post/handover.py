"""Batches and checkin: how parcels are announced to the office that takes them.

One request makes as many batches as the kinds of parcels need, and says nothing about which parcel went
into which: that is read back. Checkin sends the electronic F103 and freezes a batch: from then on nothing
in it can be changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import russian_post_api as post
from hub import BadReply, Document, Handover, Shipment

from hub_russian_post.reading import GONE, order_id, orders_in

_OPEN = "CREATED"


class Handovers:
    """The batches of one account; a hand-over's id is a batch's name."""

    def __init__(self, otpravka: post.Otpravka) -> None:
        self._otpravka = otpravka

    async def open(self, shipments: Sequence[Shipment], day: date | None = None) -> list[Handover]:
        """Put booked parcels into batches: **one unsafe request**. Those that no batch took are in refused
        hand-overs, one each, with the Post's reason."""
        ids = [order_id(one.carrier_id) for one in shipments]
        made = await self._otpravka.batch_create(ids, sending_date=day)
        names = [one.batch_name for one in made.batches]
        return [*(await self._read_back(shipments, names)), *_refused(shipments, made.errors)]

    async def find(self, shipments: Sequence[Shipment]) -> list[Handover]:
        """The batches that these parcels are in: the look-up after an :meth:`open` without a clear answer."""
        names: dict[str, None] = {}
        for one in shipments:
            try:
                order = await self._otpravka.shipment_get(order_id(one.carrier_id))
            except post.OtpravkaError as error:
                if not error.codes & GONE:
                    raise
                continue
            names.setdefault(order.batch_name)
        return await self._read_back(shipments, list(names))

    async def close(self, handover_id: str) -> Handover:
        """Checkin: **one unsafe request**, and final. Refused with the Post's word (PAST_DUE_DATE, 1024: the
        online balance is too low).

        Raises BadReply where the Post says without a reason that it was not sent: the batch tells."""
        done = await self._otpravka.batch_checkin(handover_id)
        if not done.f103_sent:
            raise BadReply(
                "the list of parcels was not sent to the office, and no reason was given",
                code="bad_reply.list_parcels_not_sent_office",
            )
        return Handover(handover_id=handover_id, state="pending")

    async def read(self, handover_id: str) -> Handover:
        """``open`` until checkin, then ``ready`` with the F103 that the office signs."""
        batch = await self._otpravka.batch_get(handover_id)
        if batch.batch_status == _OPEN:
            return Handover(handover_id=handover_id, state="open")
        content = await self._otpravka.form_f103(handover_id)
        document = Document(content=content, media_type="application/pdf")
        return Handover(handover_id=handover_id, state="ready", document=document, code=handover_id)

    async def _read_back(self, shipments: Sequence[Shipment], names: Sequence[str]) -> list[Handover]:
        numbers = {order_id(one.carrier_id): one.posting_number for one in shipments}
        found = []
        for name in names:
            orders = await orders_in(self._otpravka, name)
            covers = tuple(numbers[order.id] for order in orders if order.id in numbers)
            found.append(Handover(handover_id=name, state="open", covers=covers))
        return found


def _refused(shipments: Sequence[Shipment], errors: Sequence[post.ErrorInfo]) -> list[Handover]:
    return [
        Handover(
            handover_id="",
            state="refused",
            covers=(shipments[error.position].posting_number,),
            reason=error.description or error.code,
        )
        for error in errors
        if error.position is not None and 0 <= error.position < len(shipments)
    ]
