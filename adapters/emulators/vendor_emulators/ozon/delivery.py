"""rFBS: tracking numbers and statuses, one result per item under HTTP 200."""

from typing import Any

from vendor_emulators.ozon.body import Body
from vendor_emulators.ozon.flows import Flows
from vendor_emulators.ozon.model import Posting
from vendor_emulators.ozon.shop import Shop

Json = dict[str, Any]


def set_tracking_numbers(shop: Shop, flows: Flows, body: Body) -> Json:
    """At most 20 pairs a request; set at once, unlike statuses."""
    results = []
    for pair in body.parts("tracking_numbers", low=1, high=20):
        number = pair.text("posting_number", required=True)
        tracking_number = pair.text("tracking_number", required=True)
        posting = shop.postings.get(number)
        refusal = _tracking_refusal(posting)
        if posting is not None and not refusal:
            flows.tracking_number_set(shop, posting, tracking_number)
        results.append({"error": refusal, "posting_number": number, "result": not refusal})
    return {"result": results}


def _tracking_refusal(posting: Posting | None) -> str:
    if posting is None:
        return "POSTING_NOT_FOUND"
    if posting.mover in ("ozon", "registered"):
        return "HAS_INCORRECT_TPL_INTEGRATION_TYPE"
    if posting.status == "cancelled":
        return "POSTING_ALREADY_CANCELLED"
    movable = posting.status == "delivering" and posting.mover == "seller"
    if posting.status != "awaiting_deliver" and not movable:
        return "HAS_INCORRECT_STATUS"
    return ""


def set_status(shop: Shop, flows: Flows, call: str, body: Body) -> Json:
    """``delivering``, ``last-mile``, ``delivered``: accepted here, in force some seconds later."""
    results = []
    for number in body.texts("posting_number", low=1, high=100):
        posting = shop.postings.get(number)
        refusal = "POSTING_NOT_FOUND" if posting is None else flows.seller_status(shop, posting, call)
        results.append({"error": refusal or "", "posting_number": number, "result": not refusal})
    return {"result": results}
