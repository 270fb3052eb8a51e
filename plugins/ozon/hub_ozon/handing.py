"""Handing FBS parcels over: Ozon's carriages, grouped by delivery method and day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

import ozon_api
from hub import Document, Handover, Rejected, said
from ozon_api import ErrorReason, OzonError

_PAGES = 100
_SHOWN = 10
_GONE = ("cancelled", "cancelation_enqueued", "cancelation_processing")


async def carriages(client: ozon_api.Client, group: str, day: date) -> Sequence[Handover]:
    """The carriages of a delivery method on a day. Id 0 only says that one may be created."""
    wanted = ozon_api.CarriageFilter(delivery_method_id=int(group), departure_date=day)
    found, cursor = [], ""
    for _ in range(_PAGES):
        page = await client.carriage_delivery_list(filter=wanted, cursor=cursor)
        found += [
            Handover(handover_id=str(one.id), state="open" if one.status == "new" else "pending")
            for method in page.methods
            if str(method.delivery_method_id) == group
            for one in method.carriages
            if one.id and one.status not in _GONE
        ]
        if not page.has_next or not page.methods or page.cursor == cursor:
            break
        cursor = page.cursor
    return found


async def create(client: ozon_api.Client, group: str, day: date) -> Handover:
    """A carriage with everything of the delivery method that is assembled and in none yet."""
    try:
        made = await client.carriage_create(int(group), datetime.combine(day, time(), UTC))
    except OzonError as error:
        if error.token != "POSTING_NOT_FOUND":
            raise
        # All of it may be in one that was made, in the cabinet for example, and not formed.
        for one in await carriages(client, group, day):
            if one.state == "open":
                return one
        text = said(
            "Nothing to hand over: Ozon has no assembled posting here that is in no carriage yet.",
            code="ozon.nothing_hand_over_no_assembled",
        )
        raise Rejected(text, vendor_code=error.message) from error
    return Handover(handover_id=str(made.carriage_id), state="open")


async def fill(client: ozon_api.Client, handover_id: str, numbers: Sequence[str]) -> Handover:
    """Make these postings its content; what Ozon does not take of them is left out, with its word."""
    number = int(handover_id)
    results = (await client.carriage_set_postings(number, list(numbers))).result
    covers = tuple(one.posting_number for one in results if one.result)
    words = [f"{one.posting_number}: {one.error or '?'}" for one in results if not one.result]
    if not await _counted(client, number, len(covers)):
        found = (await client.posting_fbs_act_get_postings(number)).result
        covers = tuple(one.posting_number for one in found)
    return Handover(handover_id=handover_id, state="open", covers=covers, reason=", ".join(words[:_SHOWN]))


async def _counted(client: ozon_api.Client, number: int, count: int) -> bool:
    """Whether the list of the day counts as many postings in this carriage as were put into it; where it says
    nothing of them, that is believed."""
    details = await client.carriage_get(number)
    try:
        day = date.fromisoformat(details.departure_date[:10])
    except ValueError:
        return True
    wanted = ozon_api.CarriageFilter(delivery_method_id=details.delivery_method_id, departure_date=day)
    page = await client.carriage_delivery_list(filter=wanted)
    found = [one.postings_count for method in page.methods for one in method.carriages if one.id == number]
    return not found or found[0] in (0, count)


async def approve(client: ozon_api.Client, handover_id: str) -> Handover:
    """Form it. One that was formed already, in the cabinet for example, is as good."""
    try:
        await client.carriage_approve(int(handover_id))
    except OzonError as error:
        if error.token != "HAS_INCORRECT_STATUS":
            raise
        status = (await client.carriage_get(int(handover_id))).status
        if status == "new" or status in _GONE:
            raise
    return Handover(handover_id=handover_id, state="pending")


async def papers(client: ozon_api.Client, handover_id: str) -> Handover:
    """A carriage as it stands; ``ready`` with the waybill and the text of the drop-off barcode."""
    number = int(handover_id)
    details = await client.carriage_get(number)
    if details.status == "new":
        return Handover(handover_id=handover_id, state="open")
    if details.status in _GONE:
        return Handover(
            handover_id=handover_id,
            state="refused",
            reason=said("The carriage was cancelled at Ozon.", code="ozon.carriage_cancelled"),
        )
    act = (await client.posting_fbs_act_check_status(number)).result
    if act.status in ("error", "cancelled"):
        reason = said(
            "Ozon could not make the papers ({status}).",
            code="ozon.could_not_make_papers",
            values={"status": act.status},
        )
        return Handover(handover_id=handover_id, state="refused", covers=act.added_to_act, reason=reason)
    waiting = Handover(handover_id=handover_id, state="pending", covers=act.added_to_act, reason=act.status)
    if act.status != "ready":
        return waiting
    try:
        code = (await client.posting_fbs_act_get_barcode_text(number)).result
        waybill = await client.posting_fbs_act_get_pdf(number)
    except OzonError as error:
        if error.reason not in (ErrorReason.BUSINESS, ErrorReason.NOT_READY):
            raise
        return waiting  # the act is ready before its files are
    document = Document(content=waybill.content, media_type=waybill.media_type, covers=act.added_to_act)
    return Handover(
        handover_id=handover_id, state="ready", covers=act.added_to_act, document=document, code=code
    )
