"""Ozon's own faults of reading: postings seen late, lists that change under the reader."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec

from vendor_emulators.faults import Faults
from vendor_emulators.ozon.body import Body
from vendor_emulators.ozon.flows import Flows
from vendor_emulators.ozon.model import Posting, PostingSpec
from vendor_emulators.ozon.shop import Shop
from vendor_emulators.rules import Rule
from vendor_emulators.wire import Request

Json = dict[str, Any]
Seen = Callable[[Posting], bool]
Reading = Callable[[Shop, Body, Seen], Json]
Arrived = Callable[[Shop, Posting], None]

_LATE = 60.0  # virtual seconds that item_late hides a posting


class SpoiledReading:
    """Reads as the rules in force say. ``item_late`` hides postings younger than ``seconds``.

    ``list_changes`` changes the list between this page and the next: an order ``arrive``s before those that
    were shown, or the first of them that can ``leave``s (the buyer cancels it).
    """

    def __init__(self, faults: Faults, flows: Flows, arrived: Arrived) -> None:
        self._faults = faults
        self._flows = flows
        self._arrived = arrived

    def read(self, reading: Reading, shop: Shop, request: Request, body: Body) -> Json:
        answer = reading(shop, body, self._seen(shop, request))
        if "postings" in answer:
            shown = [shop.postings[_number(posting)] for posting in answer["postings"]]
            rule = self._faults.vendor("list_changes", request, lambda rule: _changeable(rule, shown))
            if rule is not None:
                self._change(rule, shop, shown)
        return answer

    def _seen(self, shop: Shop, request: Request) -> Seen:
        def young(rule: Rule) -> Seen:
            since = self._flows.now() - timedelta(seconds=_LATE if rule.seconds is None else rule.seconds)
            return lambda posting: bool(posting.history) and posting.history[0].at > since

        rule = self._faults.vendor(
            "item_late", request, lambda rule: any(map(young(rule), shop.postings.values()))
        )
        if rule is None:
            return lambda _: True
        hidden = young(rule)
        return lambda posting: not hidden(posting)

    def _change(self, rule: Rule, shop: Shop, shown: list[Posting]) -> None:
        if rule.change == "leave":
            first = next(posting for posting in shown if not posting.closed)
            self._flows.cancel_by_buyer(shop, first, "client", "")
            return
        model, now = shown[0], self._flows.now()
        spec = PostingSpec(
            integration_type_flow=model.flow,
            products=model.products,
            scheme="rfbs" if model.scheme == "rfbs" else "fbs",
            ship_in_hours=((model.shipment_date - now).total_seconds() - 60) / 3600,
            late_in_hours=((model.late_after - now).total_seconds() - 60) / 3600,
            delivery_method_id=model.method.id,
            recipient=model.recipient,
            cross_border=model.cross_border,
        )
        posting = shop.create(spec, now)
        self._arrived(shop, posting)


def _changeable(rule: Rule, shown: list[Posting]) -> bool:
    return any(not posting.closed for posting in shown) if rule.change == "leave" else bool(shown)


def _number(posting: Any) -> str:
    value = msgspec.json.decode(posting) if isinstance(posting, msgspec.Raw) else posting
    number: str = value["posting_number"]
    return number
